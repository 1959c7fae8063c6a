"""What a policy or an alarm looks at: a metric, in windows of its period, as one value for each window.

Windows are as much shorter as time is faster, and sums are told as they would be in a whole period, so that targets keep their
meaning: 70 invocations per instance and minute are 70 in a real minute. Values come from `telemetry`; of metrics that somebody
else puts into CloudWatch they are read there. Not here: what follows from them.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from sagemaker_local.emulator.neighbours import Statistics
from sagemaker_local.emulator.resource import Json, Place
from sagemaker_local.runner.telemetry import Series, Telemetry, Watch

MINUTE: Final = 60.0
HIGH_RESOLUTION: Final = 10.0
SHORTEST: Final = 1.0
"""Seconds of the shortest window: requests under way are counted once in a second."""
KEPT: Final = 60
"""Values that are kept."""
NAMESPACE: Final = "AWS/SageMaker"
_SUMMED: Final = frozenset({"Sum", "SampleCount"})


class CloudWatch(Protocol):
    """CloudWatch, as far as metrics are read from it."""

    def measured(
        self, place: Place, namespace: str, name: str, *, dimensions: Mapping[str, str], since: float, until: float
    ) -> Statistics | None:
        """What was put for a metric in a time; None if nothing was."""


@dataclass(frozen=True, slots=True)
class Source:
    """A metric and how it is looked at.

    Attributes:
        statistic: Sum, Average, Minimum, Maximum or SampleCount.
        period: seconds of SageMaker's time.
        idle: the value of a window without any: SageMaker emits zeros where there is no traffic ("Automatic scaling" of the
            developer guide); None where what is missing is missing.
    """

    series: Series
    statistic: str
    period: float = MINUTE
    idle: float | None = None


# The predefined metrics of SageMaker: name, statistic, period, and whether a component's.
_PREDEFINED: Final = {
    "SageMakerVariantInvocationsPerInstance": ("InvocationsPerInstance", "Sum", MINUTE),
    "SageMakerVariantConcurrentRequestsPerModelHighResolution": (
        "ConcurrentRequestsPerModel",
        "Average",
        HIGH_RESOLUTION,
    ),
    "SageMakerInferenceComponentInvocationsPerCopy": ("InvocationsPerCopy", "Sum", MINUTE),
    "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution": (
        "ConcurrentRequestsPerCopy",
        "Average",
        HIGH_RESOLUTION,
    ),
}


def tracked(policy: Json, place: Place) -> Source | None:
    """What a policy of target tracking looks at; None if that cannot be told here.

    Args:
        policy: as DescribeScalingPolicies shows it.
        place: where it is.
    """
    config = policy["TargetTrackingScalingPolicyConfiguration"]
    predefined, custom = config.get("PredefinedMetricSpecification"), config.get("CustomizedMetricSpecification")
    if predefined is not None:
        known = _PREDEFINED.get(predefined["PredefinedMetricType"])
        if known is None:
            return None
        name, statistic, period = known
        return Source(Series.of(place, NAMESPACE, name, _scaled(policy["ResourceId"])), statistic, period, idle=0.0)
    if custom is None or not {"MetricName", "Namespace", "Statistic"} <= custom.keys():
        return None
    dimensions = {one["Name"]: one["Value"] for one in custom.get("Dimensions", ())}
    return Source(Series.of(place, custom["Namespace"], custom["MetricName"], dimensions), custom["Statistic"])


def _scaled(resource_id: str) -> dict[str, str]:
    """The dimensions of the metrics of a variant or a component."""
    match resource_id.split("/"):
        case ["endpoint", endpoint, "variant", variant]:
            return {"EndpointName": endpoint, "VariantName": variant}
        case [_, component]:
            return {"InferenceComponentName": component}
        case _:
            return {}


@dataclass(slots=True)
class Gauge:
    """A source that is looked at: its values, the oldest first."""

    source: Source
    watch: Watch
    window: float
    began: float
    values: deque[float | None] = field(default_factory=lambda: deque(maxlen=KEPT))

    def look(self, now: float, cloud: CloudWatch) -> bool:
        """Take the value of a window that is over; whether one was."""
        lasted = now - self.began
        if lasted < self.window:
            return False
        seen = self.watch.take()
        if seen is None and self.source.series.namespace != NAMESPACE:
            series = self.source.series
            seen = cloud.measured(
                series.place,
                series.namespace,
                series.name,
                dimensions=dict(series.dimensions),
                since=self.began,
                until=now,
            )
        self.began = now
        self.values.append(self.source.idle if seen is None else self._value(seen, lasted))
        return True

    def begin_anew(self, now: float) -> None:
        """Forget all values: they were of another number of instances."""
        self.values.clear()
        self.watch.take()
        self.began = now

    def _value(self, seen: Statistics, lasted: float) -> float:
        whole = self.source.period / lasted if self.source.statistic in _SUMMED else 1.0
        found = {
            "Sum": seen.total,
            "SampleCount": seen.count,
            "Minimum": seen.least,
            "Maximum": seen.most,
        }.get(self.source.statistic, seen.total / seen.count)
        return found * whole


def gauge(source: Source, telemetry: Telemetry, *, speed: float, now: float) -> Gauge:
    """Look at a source from now on; time is `speed` times as fast as SageMaker's."""
    return Gauge(source, telemetry.watch(source.series), max(SHORTEST, source.period / speed), now)
