"""What people see of Application Auto Scaling: ``status.scaling`` and the condition ``AutoscalingReady``."""

from collections.abc import Iterator, Mapping
from typing import Any

from sagemaker_operator.engine import refusal
from sagemaker_operator.engine.facts import Facts, Missing, Present
from sagemaker_operator.engine.steps import Verb
from sagemaker_operator.engine.target import Target
from sagemaker_operator.engine.verdict import Aside, Reason, Verdict
from sagemaker_operator.errors import AWSFailure, Denied, Limited, Throttled

from . import checks, memory
from .found import Found, Place
from .wanted import Wanted

CONDITION = "AutoscalingReady"


def status(facts: Facts) -> dict[str, Any]:
    """The fields of the status about it; a field that is empty goes."""
    if _gone(facts):
        return {"scaling": [], "scalingHash": ""}
    entries = _settled(facts) if checks.done(facts) else _before(facts)
    known = checks.digest(facts) if checks.done(facts) else facts.resource.status.get("scalingHash", "")
    return {"scaling": entries, "scalingHash": known if entries and not facts.scaling.deregistered else ""}


def asides(facts: Facts, verdict: Verdict) -> Iterator[Aside]:
    """The condition, if there is anything to say; what was said before stays as long as it was not looked at anew."""
    if verdict.suspended or _gone(facts) or (facts.resource.deleting and not checks.kept(facts)):
        return
    before, said = facts.resource.condition(CONDITION), _said(facts)
    if said is not None:
        yield Aside(CONDITION, *said)
    elif before is not None and _concerned(facts):
        if before["status"] == "True" and _outdated(facts):
            yield Aside(
                CONDITION, "Unknown", Reason.WAITING, "The manifest asks for other scaling, which waits for SageMaker."
            )
        else:
            yield Aside(CONDITION, str(before["status"]), str(before["reason"]), str(before["message"]))


def _concerned(facts: Facts) -> bool:
    """Whether anything is to be scaled, or still is, as far as anybody knows."""
    if checks.done(facts):
        return bool(checks.live(facts))
    return not isinstance(facts.target, Target) or bool(facts.target.scaling or checks.kept(facts))


def _outdated(facts: Facts) -> bool:
    """Whether what was told is about an earlier version of the manifest."""
    seen = isinstance(facts.observed, Present) and facts.observed.complete and isinstance(facts.target, Target)
    return seen and facts.resource.status.get("scalingHash") != checks.digest(facts)


def _gone(facts: Facts) -> bool:
    """Whether what was scaled is there no more, or another of its name; its targets have gone with it."""
    born, known = facts.told("CreationTime"), facts.resource.status.get("creationTime")
    if born is not None and known is not None and born != known:
        return True
    return isinstance(facts.observed, Missing) or Verb.CREATE in facts.done


def _said(facts: Facts) -> tuple[str, str, str] | None:
    failure = facts.scaling.failure
    if failure is not None:
        # To be told to wait says nothing about what there is.
        known = isinstance(failure, Throttled) and facts.resource.condition(CONDITION) is not None
        return None if known else ("False", _reason(failure), refusal.words(failure))
    if facts.scaling.deregistered and not facts.resource.deleting:
        names = ", ".join(sorted(place.item or place.resource for place in facts.scaling.deregistered))
        message = f"Nothing scales {names} until the update is done, before which SageMaker wants it deregistered."
        return "False", Reason.UPDATING, message
    if not checks.done(facts) or not (wanted := checks.live(facts)):
        return None
    row = facts.kind.scalable
    assert row is not None
    ranges = ", ".join(_range(place, one) for place, one in wanted.items())
    return "True", "Registered", f"Application Auto Scaling keeps {ranges}."


def _reason(failure: AWSFailure) -> Reason:
    match failure:
        case Denied():
            return Reason.ACCESS_DENIED
        case Limited():
            return Reason.QUOTA_EXCEEDED
        case _:
            return Reason.REFUSED_BY_AWS


def _range(place: Place, wanted: Wanted) -> str:
    least, most = wanted.target["MinCapacity"], wanted.target["MaxCapacity"]
    return f"{place.item or place.resource} between {least} and {most}"


def _settled(facts: Facts) -> list[dict[str, Any]]:
    """What there is, now that it is as wanted."""
    wanted, found = checks.live(facts), facts.scaling.found or {}
    ours = memory.done(wanted)
    entries = []
    for place, one in wanted.items():
        entry = {**ours[place].entry, **_bounds(one)}
        entry["policies"] = [
            {**told, **_policy(found.get(place, Found()), told["name"])} for told in entry.get("policies", ())
        ]
        entries.append(_counted(facts, place, {name: value for name, value in entry.items() if value != []}))
    return entries


def _before(facts: Facts) -> list[dict[str, Any]]:
    """What the status told before, with the counts of now."""
    kept = checks.kept(facts)
    told = zip(memory.remembered(facts.resource.status), facts.resource.status.get("scaling") or (), strict=False)
    return [_counted(facts, place, dict(entry)) for place, entry in told if place in kept]


def _bounds(wanted: Wanted) -> dict[str, Any]:
    return {"minCapacity": wanted.target["MinCapacity"], "maxCapacity": wanted.target["MaxCapacity"]}


def _policy(found: Found, name: str) -> dict[str, Any]:
    there: Mapping[str, Any] = found.policies.get(name) or {}
    told = {"type": there.get("PolicyType"), "arn": there.get("PolicyARN")}
    return {field: value for field, value in told.items() if value}


def _counted(facts: Facts, place: Place, entry: dict[str, Any]) -> dict[str, Any]:
    current, desired = checks.counts(facts).get(place.item, (None, None))
    told = {"current": current, "desired": desired}
    return {**entry, **{name: int(count) for name, count in told.items() if count is not None}}
