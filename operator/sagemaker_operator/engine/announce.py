"""Which Events tell about a pass.

An Event is for something that happened: a condition that turned or took on another reason, or a call that changed AWS. What is
still true needs no Event, and everything that a user must know stands in a condition as well, as Events vanish after an hour.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from . import interrupting
from .facts import Facts
from .steps import Verb
from .verdict import Reason

Type = Literal["Normal", "Warning"]

_DONE = {
    Verb.CREATE: ("Created", "Created {kind} {name} in SageMaker."),
    Verb.UPDATE: ("Updated", "Updated {kind} {name} in SageMaker."),
    Verb.START: ("Starting", "Asked SageMaker to start {kind} {name}."),
    Verb.STOP: ("Stopping", "Asked SageMaker to stop {kind} {name}{why}."),
    Verb.DELETE: ("Deleted", "Asked SageMaker to delete {kind} {name}."),
    Verb.PURGE: ("Deleted", "Deleted the record of an earlier attempt at {kind} {name} in SageMaker."),
    Verb.SIZE: ("Resized", "Changed weights and counts of the variants of {kind} {name} in SageMaker."),
    Verb.TAG: ("Tagged", "Changed the tags of {kind} {name} in SageMaker."),
    Verb.ATTACH: ("Attached", "Attached {kind} {name} in SageMaker."),
    Verb.DETACH: ("Detached", "Detached {kind} {name} in SageMaker."),
    Verb.UNTAG: ("Tagged", "Changed the tags of {kind} {name} in SageMaker."),
}

_TOLD: tuple[tuple[str, Type], ...] = (("Stalled", "Warning"), ("Reconciling", "Normal"), ("Ready", "Normal"))

# ``SecondaryStatusTransitions`` of training and model customization jobs.
_TRANSITIONS = "secondaryStatusTransitions"
_OUTCOMES = frozenset({"Completed", "Failed", "Stopped"})
_TROUBLE = frozenset({"Failed", "Interrupted", "MaxRuntimeExceeded", "MaxWaitTimeExceeded", "Restarting"})


@dataclass(frozen=True, slots=True)
class Announcement:
    """One Event, before it has an object.

    Attributes:
        type: ``Normal`` or ``Warning``.
        reason: a word from `verdict.Reason`, or what was done.
        action: what the operator was doing.
    """

    type: Type
    reason: str
    message: str
    action: str


def calls(facts: Facts) -> tuple[Announcement, ...]:
    """The Events about the calls of a pass that changed AWS."""
    why = interrupting.reason(facts)
    names = {"kind": facts.kind.name, "name": facts.resource.known_name, "why": f": {why}" if why else ""}
    return tuple(
        Announcement("Normal", reason, text.format(**names), verb.value.capitalize())
        for verb, (reason, text) in ((verb, _DONE[verb]) for verb in facts.done)
    )


def news(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Announcement, ...]:
    """The Events about what has become of a resource: the stages that a job went through, in their order, and `turns`.

    What both would tell is told once: a stage in SageMaker's words, an outcome in ours, which are SageMaker's reason.
    """
    stages, turned = _stages(before, after), turns(before, after)
    if turned:
        stages = tuple(one for one in stages if one.reason not in _OUTCOMES)
    known = {one.reason for one in stages}
    told = (one for one in turned if one.type == "Warning" or one.reason not in known)
    return (*stages, *told, *_scaling(before, after))


def turns(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Announcement, ...]:
    """The Events about conditions that turned between two statuses: of each pass the most telling one."""
    for kind, event_type in _TOLD:
        now = _condition(after, kind)
        if now is None or now["status"] != "True":
            continue
        was = _condition(before, kind)
        told = was is not None and was["status"] == "True" and was["reason"] == now["reason"]
        if told and (kind != "Stalled" or was["message"] == now["message"]):  # type: ignore[index]
            return ()
        return (Announcement(event_type, now["reason"], now["message"], "Reconcile"),)
    return ()


def _scaling(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Announcement, ...]:
    """The Event about a resource that is scaled otherwise than before, or cannot be."""
    now, was = _condition(after, "AutoscalingReady"), _condition(before, "AutoscalingReady")
    if now is None or now["reason"] == Reason.UPDATING:
        return ()
    if was is not None and all(was[part] == now[part] for part in ("status", "reason", "message")):
        return ()
    if now["status"] == "True":
        return (Announcement("Normal", "Autoscaling", now["message"], "Scale"),)
    return (Announcement("Warning", "AutoscalingFailed", now["message"], "Scale"),)


def drift(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Announcement, ...]:
    """The Events about drift that was found, as somebody has meddled, and about an edit that SageMaker does not have."""
    found = []
    now, was = _condition(after, "Drifted"), _condition(before, "Drifted")
    if now is not None and (was is None or was["message"] != now["message"]):
        found.append(Announcement("Warning", now["reason"], now["message"], "Compare"))
    now, was = _condition(after, "NotApplied"), _condition(before, "NotApplied")
    if now is not None and (was is None or was["reason"] != now["reason"]):
        waits = now["reason"] == Reason.WAITING
        found.append(Announcement("Normal" if waits else "Warning", now["reason"], now["message"], "Update"))
    return tuple(found)


def _stages(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Announcement, ...]:
    """One Event for each transition that a full look has shown for the first time, late as it may be."""
    told = {_key(one) for one in before.get(_TRANSITIONS) or ()}
    found = (one for one in after.get(_TRANSITIONS) or () if one.get("status") and _key(one) not in told)
    return tuple(
        Announcement(
            "Warning" if one["status"] in _TROUBLE else "Normal",
            one["status"],
            one.get("statusMessage") or f"SageMaker tells of the status {one['status']}.",
            "Observe",
        )
        for one in found
    )


def _key(transition: Mapping[str, Any]) -> tuple[Any, ...]:
    """What makes a transition another one: its end, which comes later, does not."""
    return transition.get("status"), transition.get("startTime"), transition.get("statusMessage")


def _condition(status: Mapping[str, Any], kind: str) -> Mapping[str, Any] | None:
    return next((c for c in status.get("conditions") or () if c["type"] == kind), None)
