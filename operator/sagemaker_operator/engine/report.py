"""The status to write after a pass.

A status is computed whole, from what AWS told and from what must be remembered, and written only where it differs from the one
that is there: so a restart writes nothing, and a settled resource never causes a write.
"""

from collections.abc import Mapping
from typing import Any

from sagemaker_operator.kinds.kind import Stage
from sagemaker_operator.model.convert import from_reply
from sagemaker_operator.model.names import field

from . import accounts, amending, builtin, hosting, interrupting, postmortem, serving
from .facts import Facts, Present
from .phase import phase
from .revisions import revisions
from .scaling import told as scaling
from .sources import redacted
from .steps import Verb
from .target import Target
from .updates import clearable, unseen_hash
from .verdict import State, Verdict, conditions

# What passes remember besides the name: see the schema of the status.
_MEMORY = (
    "appliedFields",
    "attempt",
    "inputsHash",
    "lastUpdate",
    "liveHash",
    "stoppedFor",
    "tagKeys",
    "unseenHash",
    "arn",
    "lastHandledReconcileAt",
    "resolvedImage",
    "resolvedImages",
    "activeSince",
    "attemptSince",
    "attempts",
    "instanceType",
    "nextAttemptTime",
    "retries",
    "artifacts",
    "lastSizing",
    "latestRevision",
    "recreatedFor",
    "revisions",
    "scaling",
    "scalingHash",
    "sizesHash",
)

_FREE_TEXTS = ("Reason", "Message")


def status(facts: Facts, verdict: Verdict, now: str) -> dict[str, Any]:
    """The status that says a verdict, and everything useful that AWS told."""
    resource = facts.resource
    told = {**_remembered(facts, verdict), **_observed(facts)}
    if isinstance(facts.target, Target):
        told |= builtin.told(facts.target.images)
    told = _with(told, "run", accounts.run(facts))
    told = _with(told, "failure", postmortem.failure(facts))
    if facts.kind.inline is not None:
        told |= serving.memory(facts)
        told = _with(told, "revisions", revisions(facts, verdict))
        told = {name: part for name, part in (told | hosting.told(facts, verdict)).items() if part is not None}
    if facts.kind.run is not None:
        told["phase"] = str(phase(facts, verdict))
        if verdict.suspended:
            # As in Kubernetes' Job, the clock of the deadline begins anew when it is resumed.
            told.pop("activeSince", None)
    told["observedGeneration"] = resource.generation
    asides = [*hosting.asides(facts)] if facts.kind.inline is not None else []
    if facts.kind.scalable is not None:
        for name, part in scaling.status(facts).items():
            told = _with(told, name, part)
        asides += scaling.asides(facts, verdict)
    made = conditions(verdict, resource, now, unapplied=amending.unapplied(facts), asides=asides)
    told["conditions"] = _with_those_beside(made, facts)
    if resource.look_now is not None:
        told["lastHandledReconcileAt"] = resource.look_now
    return told


def change(before: Any, after: Any) -> Any:
    """The JSON merge patch that turns one status into another: only what differs, None for what goes."""
    patch: dict[str, Any] = {}
    for name in {*before, *after}:
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        both = isinstance(old, Mapping) and isinstance(new, Mapping)
        patch[name] = change(old, new) if both else new
    return patch


def merged(before: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """What a JSON merge patch makes of an object."""
    result = dict(before)
    for name, new in patch.items():
        if new is None:
            result.pop(name, None)
        elif isinstance(new, Mapping):
            held = result.get(name)
            result[name] = merged(held if isinstance(held, Mapping) else {}, new)
        else:
            result[name] = new
    return result


def _with_those_beside(made: list[dict[str, Any]], facts: Facts) -> list[dict[str, Any]]:
    """The conditions with those that a plan tells of the same object."""
    if not facts.kind.told_beside:
        return made
    before = facts.resource.status.get("conditions") or ()
    kept = [dict(condition) for condition in before if condition["type"] in facts.kind.told_beside]
    return sorted([*made, *kept], key=lambda condition: str(condition["type"]))


def _with(told: dict[str, Any], name: str, part: Any) -> dict[str, Any]:
    """A status with a part of its own, and without it where there is nothing to say."""
    return {**told, name: part} if part else {other: held for other, held in told.items() if other != name}


def _remembered(facts: Facts, verdict: Verdict) -> dict[str, Any]:
    """What stays of the last status; a full answer of AWS replaces all that is not memory."""
    before, kind = facts.resource.status, facts.kind
    complete = isinstance(facts.observed, Present) and facts.observed.complete and facts.manageable
    memory = {*_MEMORY, *kind.told_beside, kind.identity_field, *map(field, kind.family.address)}
    kept = {name: value for name, value in before.items() if not complete or name in memory}
    if complete and verdict.state is State.READY:
        # Done: the next difference is somebody else's doing, and worth an update of its own.
        kept.pop("lastUpdate", None)
        if not verdict.suspended:
            kept.pop("stoppedFor", None)
        kept.pop("attached", None)
        kept |= _applied(facts)
    elif Verb.UPDATE in facts.done:
        # AWS has been told; it could not say so later.
        kept |= {name: told for name, told in _applied(facts).items() if name == "unseenHash"}
    if complete and facts.stage is Stage.CHANGING and interrupting.cause(facts) is None and kind.run is not None:
        # It was to be stopped, and goes on: if it is stopped later, others have done that.
        kept.pop("stoppedFor", None)
    if complete and kind.live:
        kept |= _edited(facts)
    if facts.manageable:
        kept |= {field(name): told for name, told in facts.chosen.items() if name != kind.family.arn}
    if facts.arn is not None and facts.manageable:
        kept["arn"] = facts.arn
        if isinstance(facts.target, Target) and facts.tags is not None:
            kept["tagKeys"] = sorted(facts.target.tags)
    return kept


def _edited(facts: Facts) -> dict[str, Any]:
    """What tells later which edit of a job has arrived, and how often another was sent."""
    if facts.update is None and isinstance(facts.target, Target):
        return amending.sent(facts.kind, facts.target.members)
    asked = Verb.UPDATE in facts.done or (facts.failed is not None and facts.failed.verb is Verb.UPDATE)
    return {"lastUpdate": amending.tries(facts)} if asked else {}


def _applied(facts: Facts) -> dict[str, Any]:
    """What tells later which fields Update is to unset, and whether one that AWS does not show has changed."""
    if not isinstance(facts.target, Target):
        return {}
    applied: dict[str, Any] = {}
    if known := clearable(facts.kind):
        applied["appliedFields"] = sorted(field(name) for name in known & facts.target.members.keys())
    if any(facts.target.attached.values()):
        applied["attached"] = {name: sorted(names) for name, names in facts.target.attached.items() if names}
    if (digest := unseen_hash(facts.kind, facts.target.members, facts.target.secrets)) is not None:
        applied["unseenHash"] = digest
    if facts.kind.family.update and facts.target.inputs is not None:
        applied["inputsHash"] = facts.target.inputs
    return applied


def _observed(facts: Facts) -> dict[str, Any]:
    if not isinstance(facts.observed, Present) or not facts.manageable:
        return {}
    told = from_reply(facts.kind.shown, facts.reply)
    if facts.hidden:
        # SageMaker quotes the command line of a program that failed, and programs quote what they like.
        texts = {name: text for name, text in told.items() if isinstance(text, str) and name.endswith(_FREE_TEXTS)}
        told |= {name: redacted(text, facts.hidden) for name, text in texts.items()}
    return told | dict(facts.details)
