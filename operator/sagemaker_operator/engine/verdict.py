"""What a pass says about a resource: one verdict, spelled as Kubernetes conditions.

The conditions follow kstatus (which Flux, Helm and many others read): `Reconciling` and `Stalled` are there only while they are
true, `Ready` always is, and each says which generation of the manifest it is about. `Succeeded` is the outcome of a job.

A resource that serves stays Ready whatever is under way: then `Ready` speaks about the generation that is being served, so that
``kubectl wait --for=condition=Ready`` after an edit still waits for the edit to arrive.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import Any

from .resource import Object


class Reason(StrEnum):
    """Why a condition is as it is. These words are part of the API; a reason may also be a status of SageMaker."""

    ACCESS_DENIED = "AccessDenied"
    BACKING_OFF = "BackingOff"
    CREATING = "Creating"
    CREATION_FAILED = "CreationFailed"
    DEADLINE_EXCEEDED = "DeadlineExceeded"
    DELETING = "Deleting"
    DELETION_FAILED = "DeletionFailed"
    DEPENDENCY_NOT_FOUND = "DependencyNotFound"
    DEPENDENCY_NOT_READY = "DependencyNotReady"
    DRIFTED = "Drifted"
    INVALID_SPEC = "InvalidSpec"
    IN_USE = "InUse"
    NAME_CONFLICT = "NameConflict"
    NOT_APPLIED = "NotApplied"
    NOT_FOUND = "NotFound"
    PROGRESSING_WITH_RETRY = "ProgressingWithRetry"
    QUOTA_EXCEEDED = "QuotaExceeded"
    READY = "Ready"
    REFERENCE_CYCLE = "ReferenceCycle"
    REFUSED_BY_AWS = "RefusedByAWS"
    ROLLED_BACK = "RolledBack"
    SERVICE_CLOSED = "ServiceClosed"
    SOURCE_UNREADABLE = "SourceUnreadable"
    STARTING = "Starting"
    STARTUP_DEADLINE_EXCEEDED = "StartupDeadlineExceeded"
    STOPPED = "Stopped"
    STOPPING = "Stopping"
    SUCCEEDED = "Succeeded"
    SUSPENDED = "Suspended"
    TOO_LATE = "TooLate"
    UPDATING = "Updating"
    WAITING = "Waiting"


class State(Enum):
    """Where a resource stands, as kstatus sees it."""

    READY = "nothing is left to do"
    RECONCILING = "on its way, nobody need act"
    STALLED = "somebody must act"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a pass.

    Attributes:
        state: whether anything is left to do, and for whom.
        reason: one of `Reason`, or a status of SageMaker.
        message: a sentence for people, the same as long as nothing changes.
        serving: whether the resource does its work all the same.
        current: whether what serves is what this manifest asks for.
        succeeded: the outcome of a job, once it has one.
        stopped: whether that outcome is that somebody stopped it.
        rolled_back: whether AWS undid an update.
        suspended: whether it rests because the manifest says so.
        drifted: the fields in which AWS has something else than a manifest that has not changed.
    """

    state: State
    reason: str
    message: str
    serving: bool = False
    current: bool = True
    succeeded: bool | None = None
    stopped: bool = False
    rolled_back: bool = False
    suspended: bool = False
    drifted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unapplied:
    """What of a manifest SageMaker does not have, although the resource goes on as it is or is done.

    Attributes:
        reason: one of `Reason`; with `Reason.WAITING` it will have it.
        message: which fields, and when SageMaker takes them.
    """

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Aside:
    """A condition about one side of a resource, which changes nothing about whether it is ready.

    Attributes:
        type: of the condition: ``DataCaptureReady``.
        status: True, False or Unknown.
        reason: one of `Reason`, or a word of SageMaker's.
        message: a sentence for people.
    """

    type: str
    status: str
    reason: str
    message: str


# AWS's words can be long, and the API server would refuse the whole status: metav1.Condition allows 32,768.
_LONGEST_MESSAGE = 4096


def ready(reason: str, message: str) -> Verdict:
    """All is as the manifest asks."""
    return Verdict(State.READY, reason, message)


def reconciling(reason: str, message: str) -> Verdict:
    """Under way."""
    return Verdict(State.RECONCILING, reason, message)


def stalled(reason: str, message: str) -> Verdict:
    """It needs a human."""
    return Verdict(State.STALLED, reason, message)


def while_serving(verdict: Verdict, *, current: bool) -> Verdict:
    """The same verdict about a resource that does its work meanwhile."""
    return replace(verdict, serving=True, current=current)


def conditions(
    verdict: Verdict,
    resource: Object,
    now: str,
    *,
    unapplied: Unapplied | None = None,
    asides: Iterable[Aside] = (),
) -> list[dict[str, Any]]:
    """The conditions that say a verdict, sorted by type; a transition time only moves when a status does.

    The outcome of a job stays whatever is said later: while it is being deleted, or when a look at AWS fails.

    Args:
        verdict: what to say.
        resource: what it is about, with the conditions of the last report.
        now: RFC 3339.
        unapplied: what SageMaker does not have of an edit, which changes nothing about the rest.
        asides: further conditions.
    """
    said = {"Ready": _ready_status(verdict)}
    if verdict.state is State.RECONCILING:
        said["Reconciling"] = "True"
    if verdict.state is State.STALLED:
        said["Stalled"] = "True"
    if verdict.succeeded is not None:
        said["Succeeded"] = str(verdict.succeeded)
    if verdict.rolled_back:
        said["RolledBack"] = "True"
    if verdict.suspended:
        said["Suspended"] = "True"
    if verdict.drifted:
        said["Drifted"] = "True"
    made = [_condition(kind, status, verdict, resource, now) for kind, status in said.items()]
    if unapplied is not None:
        about = replace(verdict, reason=unapplied.reason, message=unapplied.message)
        made.append(_condition("NotApplied", "True", about, resource, now))
    made += aside_conditions(asides, resource, now)
    outcome = resource.condition("Succeeded")
    if outcome is not None and verdict.succeeded is None:
        made.append(dict(outcome))
    return sorted(made, key=lambda condition: str(condition["type"]))


def aside_conditions(asides: Iterable[Aside], resource: Object, now: str) -> list[dict[str, Any]]:
    """The conditions about sides of a resource; a transition time only moves when a status does."""
    return [
        _condition(aside.type, aside.status, Verdict(State.READY, aside.reason, aside.message), resource, now)
        for aside in asides
    ]


def _ready_status(verdict: Verdict) -> str:
    if verdict.state is State.READY or verdict.serving:
        return "True"
    return "Unknown" if verdict.state is State.RECONCILING else "False"


def _condition(kind: str, status: str, verdict: Verdict, resource: Object, now: str) -> dict[str, Any]:
    before: Mapping[str, Any] = resource.condition(kind) or {}
    reason, message, generation = verdict.reason, verdict.message, resource.generation
    if kind == "Drifted":
        reason, message = (
            Reason.DRIFTED,
            f"SageMaker has something else than this object in {', '.join(verdict.drifted)}.",
        )
    if kind == "Ready" and verdict.serving:
        reason, message = Reason.READY, "In service."
        if not verdict.current:
            generation = min(int(before.get("observedGeneration", 0)), resource.generation - 1)
    return {
        "type": kind,
        "status": status,
        "reason": str(reason),
        "message": message if len(message) <= _LONGEST_MESSAGE else f"{message[: _LONGEST_MESSAGE - 1]}…",
        "observedGeneration": generation,
        "lastTransitionTime": before["lastTransitionTime"] if before.get("status") == status else now,
    }
