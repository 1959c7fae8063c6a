"""What is counted and measured, and under which names.

Names of controller-runtime and client-go are used where we can honour their meaning, so that the dashboards for kubebuilder's and
Flux's controllers work; the rest begins with ``sagemaker_operator_``. There are no series per object: those belong to
kube-state-metrics. Only what monitoring schedules have found is told of each, up to a number: that is what alerts are about.
Not here: serving them (`observe.http`).
"""

from collections.abc import Mapping

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    ProcessCollector,
    generate_latest,
)

# controller-runtime's buckets end at 60 s; a pass of ours makes at most a few calls, so every second one of them is enough.
_PASS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0, 20.0, 30.0, 60.0)
_CALL = (0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
MOST_SCHEDULES = 200
"""So many schedules at most have a series of their own: those with the most violations."""
_WAIT = (0.001, 0.01, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0)


class Metrics:
    """All metrics of one process; pass it to who has something to tell.

    Args:
        version: of the operator, for ``sagemaker_operator_build_info``.
    """

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, *, version: str) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        self._passes = Passes(registry)
        self._queue = Queue(registry)
        self._aws = AWS(registry)
        self._kubernetes = Kubernetes(registry)
        self._objects = Gauge(
            "sagemaker_operator_objects", "Custom resources by state.", ["kind", "state"], registry=registry
        )
        self._violations = Gauge(
            "sagemaker_operator_monitoring_violations",
            "Violations in the last run of a MonitoringSchedule that analysed anything.",
            ["namespace", "name"],
            registry=registry,
        )
        self._left_out = Gauge(
            "sagemaker_operator_monitoring_schedules_left_out",
            f"MonitoringSchedules without a series of their own, as there are more than {MOST_SCHEDULES}.",
            registry=registry,
        )
        Gauge("sagemaker_operator_build_info", "Always 1.", ["version"], registry=registry).labels(version).set(1)

    def text(self) -> bytes:
        """All of it in Prometheus' format, of `content_type`."""
        return generate_latest(self._registry)

    def passed(self, kind: str, result: str, seconds: float) -> None:
        """A pass over one object is over.

        Args:
            kind: the object's kind.
            result: ``success``, ``requeue``, ``requeue_after`` or ``error``.
            seconds: how long it took.
        """
        self._passes.passed(kind, result, seconds)

    def working(self, workers: int, *, limit: int) -> None:
        """So many passes are under way, of so many at once."""
        self._passes.active.labels("sagemaker").set(workers)
        self._passes.limit.labels("sagemaker").set(limit)

    def took(self, depth: int) -> None:
        """A worker took a key; so many are left that wait."""
        self._queue.adds.labels("sagemaker").inc()
        self._queue.depth.labels("sagemaker").set(depth)

    def worked(self, seconds: float) -> None:
        """A worker was busy with a key for so long."""
        self._queue.worked.labels("sagemaker").observe(seconds)

    def retried(self) -> None:
        """A key was put back because its pass failed."""
        self._queue.retries.labels("sagemaker").inc()

    def led(self, lease: str, leading: bool) -> None:
        """Whether this process leads by a Lease."""
        self._kubernetes.leading.labels(lease).set(1 if leading else 0)

    def requested(self, method: str, code: str) -> None:
        """The API server answered a request with that status, or ``error`` for no answer."""
        self._kubernetes.requests.labels(code, method).inc()

    def wrote_status(self, kind: str) -> None:
        """The status of an object was written."""
        self._kubernetes.status_writes.labels(kind).inc()

    def dropped_event(self, why: str) -> None:
        """An Event was not written (`kube.recorder`)."""
        self._kubernetes.dropped_events.labels(why).inc()

    def called(self, operation: str, region: str, code: str, seconds: float) -> None:
        """A call to AWS came back with that error code, or ``OK``."""
        self._aws.requests.labels(operation, region, code).inc()
        self._aws.seconds.labels(operation).observe(seconds)

    def waited(self, operation: str, seconds: float) -> None:
        """A call to AWS waited so long for its turn."""
        self._aws.waits.labels(operation).observe(seconds)

    def throttled(self, operation: str) -> None:
        """AWS throttled a call."""
        self._aws.throttles.labels(operation).inc()

    def counted(self, objects: Mapping[tuple[str, str], int]) -> None:
        """How many objects there are by kind and state; replaces what was told before."""
        self._objects.clear()
        for (kind, state), count in objects.items():
            self._objects.labels(kind, state).set(count)

    def violated(self, schedules: Mapping[tuple[str, str], int]) -> None:
        """How many violations there are, by namespace and name of the schedule; replaces what was told before."""
        ordered = sorted(schedules.items(), key=lambda one: (-one[1], one[0]))
        self._violations.clear()
        for (namespace, name), count in ordered[:MOST_SCHEDULES]:
            self._violations.labels(namespace, name).set(count)
        self._left_out.set(max(0, len(ordered) - MOST_SCHEDULES))


class Passes:
    """controller-runtime's metrics of a controller; each kind counts as one."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._total = Counter(
            "controller_runtime_reconcile_total", "Passes by result.", ["controller", "result"], registry=registry
        )
        self._errors = Counter(
            "controller_runtime_reconcile_errors_total", "Passes that failed.", ["controller"], registry=registry
        )
        self._seconds = Histogram(
            "controller_runtime_reconcile_time_seconds",
            "Time per pass.",
            ["controller"],
            registry=registry,
            buckets=_PASS,
        )
        self.active = Gauge("controller_runtime_active_workers", "Passes under way.", ["controller"], registry=registry)
        self.limit = Gauge(
            "controller_runtime_max_concurrent_reconciles",
            "Passes at once, at most.",
            ["controller"],
            registry=registry,
        )

    def passed(self, kind: str, result: str, seconds: float) -> None:
        """Counts a pass."""
        controller = kind.lower()
        self._total.labels(controller, result).inc()
        self._seconds.labels(controller).observe(seconds)
        if result == "error":
            self._errors.labels(controller).inc()


class Queue:
    """client-go's metrics of a work queue."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.depth = Gauge("workqueue_depth", "Keys that wait for a worker.", ["name"], registry=registry)
        self.adds = Counter("workqueue_adds_total", "Keys that were added and taken.", ["name"], registry=registry)
        self.retries = Counter("workqueue_retries_total", "Keys put back.", ["name"], registry=registry)
        self.worked = Histogram(
            "workqueue_work_duration_seconds", "Time with a worker.", ["name"], registry=registry, buckets=_PASS
        )


class AWS:
    """Calls to SageMaker."""

    def __init__(self, registry: CollectorRegistry) -> None:
        prefix = "sagemaker_operator_aws"
        self.requests = Counter(
            f"{prefix}_requests_total", "Calls by outcome.", ["operation", "region", "code"], registry=registry
        )
        self.seconds = Histogram(
            f"{prefix}_request_duration_seconds", "Time per call.", ["operation"], registry=registry, buckets=_CALL
        )
        self.waits = Histogram(
            f"{prefix}_client_wait_seconds",
            "Time until a call's turn.",
            ["operation"],
            registry=registry,
            buckets=_WAIT,
        )
        self.throttles = Counter(
            f"{prefix}_throttles_total", "Calls that AWS throttled.", ["operation"], registry=registry
        )


class Kubernetes:
    """Requests to the API server, and what they were for."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "rest_client_requests_total", "Requests to the API server.", ["code", "method"], registry=registry
        )
        self.leading = Gauge("leader_election_master_status", "1 if this process leads.", ["name"], registry=registry)
        self.status_writes = Counter(
            "sagemaker_operator_status_writes_total", "Statuses written.", ["kind"], registry=registry
        )
        self.dropped_events = Counter(
            "sagemaker_operator_events_dropped_total", "Events not written.", ["reason"], registry=registry
        )
