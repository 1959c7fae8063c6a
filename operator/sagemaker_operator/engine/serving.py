"""Endpoints that are deleted without their objects, and what SageMaker changes of them in place.

To stop paying for an endpoint is to delete it; and of one that has failed SageMaker accepts nothing but to delete it. In both
cases the custom resource stays, and the endpoint is created again when it is wanted.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sagemaker_operator.kinds.kind import Stage
from sagemaker_operator.model.names import field

from . import address
from .compare import satisfied
from .facts import Facts, Present
from .readiness import of_the_next
from .scaling.checks import released
from .schedule import Pace
from .steps import Intend, Rest, Step, Verb
from .target import Target, fingerprint
from .verdict import Reason, Verdict, ready, reconciling, stalled

_WEIGH = "UpdateEndpointWeightsAndCapacities"
# What a status tells of one endpoint, and not of the next of that name.
_OF_ONE = frozenset({"lastSizing", "lastUpdate", "scaling", "scalingHash", "sizesHash"})
# What is not there is believed to be gone after that many looks.
_MISSES = 3


def stopped(facts: Facts) -> Step | None:
    """What is to cost nothing and is not there, rests."""
    if not facts.resource.spec.get("stopped") or isinstance(facts.observed, Present):
        return None
    if not facts.named and facts.misses < _MISSES:
        return Rest(None, Pace.SOON)
    return Rest(_resting(facts), Pace.EVENT, {"arn": None, **_nothing(facts)})


def never_begun(facts: Facts) -> Step | None:
    """What is to cost nothing from the beginning makes nothing, and waits for nothing."""
    if not facts.resource.spec.get("stopped") or facts.resource.known_name is not None:
        return None
    return Rest(_resting(facts), Pace.EVENT)


def put_away(facts: Facts) -> Step | None:
    """Delete what is to cost nothing, and what has failed and is to be created again."""
    if not isinstance(facts.observed, Present) or facts.stage in (Stage.LEAVING, Stage.CHANGING):
        return None
    if facts.resource.spec.get("stopped"):
        return _deleted(facts, "spec.stopped is true")
    if not facts.resource.spec.get("recreateOnFailure") or facts.stage is not Stage.FAILED or _repairable(facts):
        return None
    told, mark = facts.resource.status.get("recreatedFor") or {}, _mark(facts)
    if told == mark:
        return _deleted(facts, "it has failed")
    if told.get("generation") == mark["generation"] and facts.resource.look_now is None:
        # What was created for the same manifest has failed again.
        return None
    message = f"Deleting it, to create it again: {facts.cause or facts.status}"
    return Intend({"recreatedFor": mark}, reconciling(Reason.DELETING, message))


def sized(facts: Facts) -> Step | None:
    """Bring weights and counts of variants in step when the manifest changes them; what others change of them stays."""
    if not isinstance(facts.target, Target) or not facts.target.sizes or facts.stage is not Stage.READY:
        return None
    if not isinstance(facts.observed, Present) or not facts.observed.complete or facts.update is not None:
        return None
    wanted = facts.target.sizes
    digest = _digest(facts, wanted)
    differing = _differing(wanted, facts.reply)
    if facts.resource.status.get("sizesHash") == digest or not differing:
        return None
    last = facts.resource.status.get("lastSizing") or {}
    verdict = of_the_next(facts, reconciling(Reason.UPDATING, f"Changing the size of {', '.join(differing)}."))
    if Verb.SIZE in facts.done:
        return Rest(verdict, Pace.WATCH)
    if last.get("hash") == digest and last.get("before") != facts.modified and facts.resource.look_now is None:
        message = f"SageMaker did not change the size of {', '.join(differing)}: {facts.cause or 'it says nothing'}"
        return Rest(of_the_next(facts, stalled(Reason.NOT_APPLIED, message)), Pace.DRIFT)
    intent = {"hash": digest, "before": facts.modified}
    if last != intent:
        return Intend({"lastSizing": intent}, verdict)
    asked = [{"VariantName": name, **wanted[name]} for name in differing]
    return address.call(facts, Verb.SIZE, _WEIGH, {"DesiredWeightsAndCapacities": asked})


def memory(facts: Facts) -> dict[str, Any]:
    """What to remember of what a manifest describes in place."""
    if not isinstance(facts.target, Target) or not facts.target.revision:
        return {}
    told: dict[str, Any] = {"artifacts": dict(facts.target.artifacts)} if facts.target.artifacts else {}
    there = facts.stage is Stage.READY and isinstance(facts.observed, Present) and facts.observed.complete
    if not facts.target.sizes:
        # A revision that was returned to has sizes of its own.
        told |= {"sizesHash": None, "lastSizing": None}
    elif there and facts.update is None and not _differing(facts.target.sizes, facts.reply):
        told |= {"sizesHash": _digest(facts, facts.target.sizes), "lastSizing": None}
    return told


def _digest(facts: Facts, sizes: Mapping[str, Any]) -> str:
    """Which sizes of which endpoint: one that was created again begins as its configuration says."""
    return fingerprint({"sizes": sizes, "created": facts.told("CreationTime")})


def _differing(wanted: Mapping[str, Mapping[str, Any]], reply: Mapping[str, Any]) -> tuple[str, ...]:
    found = {variant.get("VariantName"): variant for variant in reply.get("ProductionVariants") or ()}
    return tuple(name for name, size in wanted.items() if name in found and not satisfied(size, found[name]))


def _mark(facts: Facts) -> dict[str, Any]:
    """Which endpoint is created again, and for which version of the manifest."""
    return {"generation": facts.resource.generation, "creationTime": facts.told("CreationTime")}


def _resting(facts: Facts) -> Verdict:
    said = ready(Reason.STOPPED, f"There is no {facts.kind.name} in SageMaker while spec.stopped is true.")
    return replace(said, suspended=True)


def _repairable(facts: Facts) -> bool:
    return facts.status in facts.kind.repairable


def _deleted(facts: Facts, why: str) -> Step:
    if (first := released(facts)) is not None:
        return first
    verdict = reconciling(Reason.DELETING, f"Deleting {facts.kind.name} {facts.resource.known_name}: {why}.")
    if Verb.DELETE in facts.done:
        return Rest(verdict, Pace.WATCH)
    return address.call(facts, Verb.DELETE, facts.kind.family.delete)


def _nothing(facts: Facts) -> dict[str, Any]:
    """What is no longer true of something that is gone."""
    shown = {field(member) for member in facts.kind.family.described if member != facts.kind.family.identity}
    return {name: None for name in facts.resource.status if name in _OF_ONE | shown}
