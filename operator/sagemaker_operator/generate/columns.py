"""What ``kubectl get`` shows of each kind, and what ``--field-selector`` can ask for."""

from collections.abc import Iterator

from sagemaker_operator.composites.composite import Composite
from sagemaker_operator.kinds import Kind
from sagemaker_operator.model.names import field
from sagemaker_operator.model.schema import Schema

_READY = '.status.conditions[?(@.type=="Ready")]'


def of(kind: Kind) -> list[Schema]:
    """The printer columns: state, Ready, reason, the kind's own, age; with ``-o wide`` also why and what it is in AWS.

    Of a job they are its phase, the kind's own, since when it runs, age; with ``-o wide`` also its name and costs, and why. Of an
    endpoint they are whether it serves, its phase, who gets the requests, and on how many instances.
    """
    if kind.run is not None:
        return list(_of_job(kind))
    if kind.inline is not None:
        return list(_of_endpoint(kind))
    if kind.told_beside:
        return list(_of_schedule(kind))
    state = [] if kind.family.status is None else [_column("State", f".status.{field(kind.family.status)}")]
    return [
        *state,
        _column("Ready", f"{_READY}.status"),
        _column("Reason", f"{_READY}.reason"),
        *(_column(c.name, c.path, c.type) for c in kind.columns if not c.wide),
        _column("Age", ".metadata.creationTimestamp", "date"),
        *(_column(c.name, c.path, c.type, priority=1) for c in kind.columns if c.wide),
        _column("Message", f"{_READY}.message", priority=1),
        _column("ARN", ".status.arn", priority=1),
    ]


def of_composite(row: Composite) -> list[Schema]:
    """The printer columns of a composite: its own, and the age where kubectl's users look for it."""
    narrow = [_column(c.name, c.path, c.type) for c in row.columns if not c.wide]
    wide = [_column(c.name, c.path, c.type, priority=1) for c in row.columns if c.wide]
    return [*narrow, _column("Age", ".metadata.creationTimestamp", "date"), *wide]


def _of_schedule(kind: Kind) -> Iterator[Schema]:
    yield _column("State", ".status.state")
    yield _column("Last-Run", ".status.lastScheduleTime", "date")
    yield _column("Violations", ".status.violations", "integer")
    # As a date kubectl would show how long ago it was.
    yield _column("Next", ".status.nextScheduleTime")
    yield _column("Age", ".metadata.creationTimestamp", "date")
    yield _column("Ready", f"{_READY}.status", priority=1)
    yield _column("Reason", f"{_READY}.reason", priority=1)
    yield from (_column(c.name, c.path, c.type, priority=1) for c in kind.columns)
    yield _column("Message", f"{_READY}.message", priority=1)
    yield _column("ARN", ".status.arn", priority=1)


def _of_job(kind: Kind) -> Iterator[Schema]:
    assert kind.run is not None
    yield _column("Phase", ".status.phase")
    if kind.secondary_field is not None:
        yield _column("Secondary", f".status.{kind.secondary_field}")
    yield from (_column(c.name, c.path, c.type) for c in kind.columns if not c.wide)
    yield _column("Started", ".status.run.startTime", "date")
    yield _column("Age", ".metadata.creationTimestamp", "date")
    if (name := f".status.{kind.identity_field}") not in {c.path for c in kind.columns}:
        yield _column("Job-Name", name, priority=1)
    if kind.run.instance_type:
        yield _column("Instance", ".status.run.instanceType", priority=1)
    if kind.run.instance_count:
        yield _column("Billable", ".status.run.billableSeconds", "integer", priority=1)
    yield from (_column(c.name, c.path, c.type, priority=1) for c in kind.columns if c.wide)
    yield _column("Reason", f"{_READY}.reason", priority=1)
    yield _column("Message", f"{_READY}.message", priority=1)
    yield _column("ARN", ".status.arn", priority=1)


def _of_endpoint(kind: Kind) -> Iterator[Schema]:
    yield _column("Ready", f"{_READY}.status")
    yield _column("Phase", ".status.phase")
    yield from (_column(c.name, c.path, c.type) for c in kind.columns if not c.wide)
    yield _column("Age", ".metadata.creationTimestamp", "date")
    yield from (_column(c.name, c.path, c.type, priority=1) for c in kind.columns if c.wide)
    yield _column("Reason", f"{_READY}.reason", priority=1)
    yield _column("Message", f"{_READY}.message", priority=1)
    yield _column("ARN", ".status.arn", priority=1)


def selectable(kind: Kind) -> list[Schema]:
    """The fields that a list or watch can be narrowed to."""
    state = [] if kind.family.status is None else [f".status.{field(kind.family.status)}"]
    state += [".status.phase"] if kind.run is not None or kind.inline is not None else []
    return [{"jsonPath": path} for path in (*state, f".status.{kind.identity_field}", ".spec.region")]


def _column(name: str, path: str, kind: str = "string", *, priority: int = 0) -> Schema:
    column: Schema = {"name": name, "type": kind, "jsonPath": path}
    return column | {"priority": priority} if priority else column
