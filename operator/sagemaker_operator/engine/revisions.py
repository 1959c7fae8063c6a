"""The roll-outs of what a manifest describes in place (``status.revisions``): what was tried, and what became of it.

A revision is a content: to return to it is not another one, and it keeps its number.
"""

from collections.abc import Mapping
from typing import Any

from sagemaker_operator.kinds.kind import Stage
from sagemaker_operator.model.names import field

from .facts import Facts, Present
from .steps import Verb
from .target import Target
from .times import written
from .verdict import Verdict

_KEPT = 5


def revisions(facts: Facts, verdict: Verdict) -> list[dict[str, Any]]:
    """The revisions to report, oldest first; those that are not in use are kept up to ``spec.revisionHistoryLimit``."""
    known = [dict(one) for one in facts.resource.status.get("revisions") or ()]
    if facts.kind.inline is None or not isinstance(facts.target, Target) or not facts.target.revision:
        return known
    wanted = facts.target.members.get(_member(facts))
    outcome = _outcome(facts, verdict, wanted)
    if outcome is None:
        return known
    current = next((one for one in known if one["name"] == facts.target.revision), None)
    if current is None:
        number = max((int(one["revision"]) for one in known), default=0) + 1
        current = {"revision": number, "name": facts.target.revision, facts.kind.inline.sets: wanted}
        known.append(current)
    if current.get("outcome") != outcome:
        current |= {"outcome": outcome, "time": written(facts.now)}
        current.pop("message", None)
        if outcome in ("RolledBack", "Failed") and facts.cause:
            current["message"] = facts.cause[:1024]
    if outcome == "InService":
        for one in known:
            if one is not current and one.get("outcome") in ("InService", "RollingOut"):
                one["outcome"] = "Superseded"
    return _kept(known, current, facts.resource.spec)


def in_use(status: Mapping[str, Any]) -> frozenset[str]:
    """The names in SageMaker that an endpoint uses or is about to, as its status tells."""
    pending = status.get("pendingDeploymentSummary") or {}
    rolling = (
        one.get("endpointConfigName") for one in status.get("revisions") or () if one.get("outcome") == "RollingOut"
    )
    names = (status.get("endpointConfigName"), pending.get("endpointConfigName"), *rolling)
    return frozenset(name for name in names if name)


def _member(facts: Facts) -> str:
    """The member that names what is described in place."""
    assert facts.kind.inline is not None
    sets = facts.kind.inline.sets
    return next(member for member in facts.kind.family.spec_members if field(member) == sets)


def _outcome(facts: Facts, verdict: Verdict, wanted: Any) -> str | None:
    """What has become of the wanted revision; None as long as nothing was begun."""
    if verdict.rolled_back:
        return "RolledBack"
    if Verb.CREATE in facts.done or Verb.UPDATE in facts.done:
        return "RollingOut"
    if not isinstance(facts.observed, Present) or not facts.observed.complete or not facts.manageable:
        return None
    if facts.reply.get(_member(facts)) != wanted:
        return None
    match facts.stage:
        case Stage.READY:
            return "InService"
        case Stage.FAILED:
            return "Failed"
        case _:
            return "RollingOut"


def _kept(known: list[dict[str, Any]], current: Mapping[str, Any], spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    limit = int(spec.get("revisionHistoryLimit", _KEPT))
    used = [one for one in known if one is current or one.get("outcome") in ("InService", "RollingOut")]
    others = sorted((one for one in known if one not in used), key=lambda one: str(one.get("time", "")))
    kept = [*used, *others[len(others) - limit if len(others) > limit else 0 :]] if limit else used
    return sorted(kept, key=lambda one: int(one["revision"]))
