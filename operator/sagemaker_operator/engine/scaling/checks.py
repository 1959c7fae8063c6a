"""When Application Auto Scaling is asked, and when it is told.

It is asked when a manifest or what serves has changed, and when somebody looks for drift, never just because an endpoint was
looked at. SageMaker refuses to remove a variant that is scaled, or to give it another instance type, so its target goes before
that, and comes back once the update is done; before an endpoint goes, all of ours go.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sagemaker_operator.engine import refusal
from sagemaker_operator.engine.compare import at
from sagemaker_operator.engine.facts import Drift, Facts, Present
from sagemaker_operator.engine.schedule import Pace
from sagemaker_operator.engine.steps import AskScaling, AskVariants, Intend, Scale, Step
from sagemaker_operator.engine.target import Target, fingerprint
from sagemaker_operator.errors import Absent, Busy, Throttled, Unknown
from sagemaker_operator.kinds.kind import Stage

from . import difference, memory
from .found import Change, Place
from .memory import Ours
from .wanted import Wanted


def scaled(facts: Facts) -> Step | None:
    """Bring Application Auto Scaling in step with the manifest, once what is to be scaled serves."""
    if not _settled(facts) or facts.scaling.failure is not None or facts.scaling.applied:
        return None
    wanted, ours = live(facts), kept(facts)
    if not (wanted or ours) or not _due(facts):
        return None
    if facts.scaling.found is None:
        return AskScaling(tuple(dict.fromkeys((*wanted, *ours))))
    changes = difference.changes(wanted, facts.scaling.found, ours)
    if not changes:
        return None
    planned = memory.planned(ours, wanted)
    if memory.names(planned.values()) != memory.names(ours.values()):
        return Intend({"scaling": _merged(facts, planned)})
    return Scale(changes)


def parted(facts: Facts) -> Step | None:
    """Take away the targets of variants that an update removes, or gives another instance type, before the update."""
    ours, row = kept(facts), facts.kind.scalable
    if not ours or row is None or not row.items or not isinstance(facts.target, Target):
        return None
    before, then = (str(told.get("EndpointConfigName", "")) for told in (facts.reply, facts.target.members))
    if not then or before == then:
        return None
    unasked = tuple(name for name in (before, then) if name not in facts.scaling.variants)
    if unasked and facts.scaling.failure is None:
        return AskVariants(unasked)
    old, new = (facts.scaling.variants.get(name) or {} for name in (before, then))
    places = tuple(p for p in ours if p.item not in new or new[p.item] != old.get(p.item))
    return _taken(facts, places)


def released(facts: Facts) -> Step | None:
    """Take away all of our targets, before what they scale goes."""
    return _taken(facts, tuple(kept(facts)))


def pace(facts: Facts) -> Pace:
    """When to look again at what is settled otherwise."""
    match facts.scaling.failure:
        case None:
            return Pace.DRIFT
        case Throttled() | Unknown():
            return Pace.RETRY
        case Busy() | Absent():
            return Pace.SOON
        case _:
            return Pace.RECHECK


def live(facts: Facts) -> dict[Place, Wanted]:
    """What the manifest asks for, of what serves."""
    row = facts.kind.scalable
    if row is None or not isinstance(facts.target, Target):
        return {}
    there = counts(facts)
    found = (one for one in facts.target.scaling if one.item in there)
    return {_place(facts, one): one for one in found}


def kept(facts: Facts) -> dict[Place, Ours]:
    """What is ours, as the status told it and this pass has not taken it away."""
    ours = memory.remembered(facts.resource.status)
    return {place: one for place, one in ours.items() if place not in facts.scaling.deregistered}


def counts(facts: Facts) -> dict[str, tuple[Any, Any]]:
    """The counts at present and those that are wanted of all that serves, by variant, as SageMaker tells them."""
    row = facts.kind.scalable
    if row is None or not facts.reply:
        return {}
    parts = facts.reply.get(row.found) or () if row.found else (facts.reply,)
    return {
        str(one["VariantName"]) if row.found else "": (_first(one, row.current), _first(one, row.desired))
        for one in parts
    }


def digest(facts: Facts) -> str:
    """What the calls depend on: what is wanted, and what it is wanted of."""
    wanted = [(place, one.target, one.policies, one.actions) for place, one in live(facts).items()]
    seen = {"config": facts.reply.get("EndpointConfigName"), "created": facts.told("CreationTime")}
    return fingerprint({"wanted": wanted, **seen})


def done(facts: Facts) -> bool:
    """Whether this pass knows that Application Auto Scaling has what is wanted."""
    if facts.scaling.failure is not None or not _settled(facts):
        return False
    found = facts.scaling.found
    return found is not None and (facts.scaling.applied or not difference.changes(live(facts), found, kept(facts)))


def _first(part: Mapping[str, Any], paths: Iterable[str]) -> Any:
    return next((found for path in paths if (found := at(part, path)) is not None), None)


def _settled(facts: Facts) -> bool:
    if facts.kind.scalable is None or not isinstance(facts.target, Target) or facts.stage is not Stage.READY:
        return False
    return isinstance(facts.observed, Present) and facts.observed.complete


def _due(facts: Facts) -> bool:
    """Whether there is a reason to ask, or it was asked already."""
    if facts.scaling.found is not None or facts.resource.look_now is not None:
        return True
    if facts.scaling.asked and facts.drift is Drift.CORRECT:
        return True
    return facts.resource.status.get("scalingHash") != digest(facts)


def _taken(facts: Facts, places: tuple[Place, ...]) -> Step | None:
    if not places:
        return None
    failure = facts.scaling.failure
    if failure is None:
        return Scale(tuple(Change(place, "DeregisterScalableTarget") for place in places), parting=True)
    if facts.resource.deleting:
        return refusal.after_deletion(facts, failure)
    rest = refusal.after(facts, failure)
    return replace(rest, verdict=rest.verdict and replace(rest.verdict, current=False))


def _place(facts: Facts, wanted: Wanted) -> Place:
    row = facts.kind.scalable
    assert row is not None
    resource = row.resource.format(name=facts.resource.known_name, item=wanted.item)
    return Place(wanted.item, resource, wanted.dimension)


def _merged(facts: Facts, planned: Mapping[Place, Ours]) -> list[dict[str, Any]]:
    """The entries of the status, with what is planned besides what they tell already."""
    told = {
        ours.place: entry
        for ours, entry in zip(
            memory.remembered(facts.resource.status).values(), facts.resource.status.get("scaling") or (), strict=False
        )
    }
    return [{**told.get(place, {}), **one.entry} for place, one in planned.items()]
