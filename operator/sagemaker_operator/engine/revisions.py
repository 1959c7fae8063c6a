"""The roll-outs of what a manifest describes in place (``status.revisions``): what was tried, and what became of it.

A revision is a content: to return to it is not another one, and it keeps its number.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sagemaker_operator.kinds.kind import Stage
from sagemaker_operator.model.names import field

from .facts import Facts, Present
from .steps import Verb
from .target import Target
from .times import written
from .verdict import Verdict

_KEPT = 5
# What SageMaker may use at this moment.
_UNDER_WAY = ("Pending", "RollingOut")


def revisions(facts: Facts, verdict: Verdict) -> list[dict[str, Any]]:
    """The revisions to report, oldest first; those that are not in use are kept up to ``spec.revisionHistoryLimit``."""
    known = [dict(one) for one in facts.resource.status.get("revisions") or ()]
    if facts.kind.inline is None:
        return known
    known = _concluded(facts, known)
    if not isinstance(facts.target, Target) or not facts.target.revision:
        return known
    wanted = facts.target.members.get(_member(facts))
    outcome = _outcome(facts, verdict, wanted)
    if outcome is None:
        return known
    current = _entry(facts, known, facts.target)
    if current.get("outcome") != outcome:
        _conclude(facts, current, outcome)
    return _kept(known, current, facts.resource.spec)


def pending(facts: Facts) -> dict[str, Any]:
    """What to write down before SageMaker is asked to use a revision; empty if it is known to be in use already."""
    if facts.kind.inline is None or not isinstance(facts.target, Target) or not facts.target.revision:
        return {}
    if facts.target.members.get(_member(facts)) in in_use(facts.resource.status):
        return {}
    known = _concluded(facts, [dict(one) for one in facts.resource.status.get("revisions") or ()])
    current = _entry(facts, known, facts.target)
    _conclude(facts, current, "Pending")
    number = latest(facts.resource.status, known)
    return {"revisions": _kept(known, current, facts.resource.spec), "latestRevision": number}


def latest(status: Mapping[str, Any], known: Iterable[Mapping[str, Any]]) -> int:
    """The highest number that any revision ever had; numbers are not given out twice."""
    return max(int(status.get("latestRevision", 0)), *(int(one["revision"]) for one in known), 0)


def in_use(status: Mapping[str, Any]) -> frozenset[str]:
    """The names in SageMaker that an endpoint uses or is about to, as its status tells."""
    told, mixed = status.get("pendingDeploymentSummary") or {}, status.get("endpointStatus") == "UpdateRollbackFailed"
    # Instances of a roll-out that could not be undone are still there.
    outcomes = (*_UNDER_WAY, "RolledBack", "Failed") if mixed else _UNDER_WAY
    listed = (one for one in status.get("revisions") or () if one.get("outcome") in outcomes)
    names = (status.get("endpointConfigName"), told.get("endpointConfigName"), *(_config(one) for one in listed))
    return frozenset(name for name in names if name)


def _config(revision: Mapping[str, Any]) -> str | None:
    return revision.get("endpointConfigName")


def _entry(facts: Facts, known: list[dict[str, Any]], target: Target) -> dict[str, Any]:
    """The wanted revision among the known ones, or a new one."""
    assert facts.kind.inline is not None
    current = next((one for one in known if one["name"] == target.revision), None)
    if current is None:
        number = latest(facts.resource.status, known) + 1
        current = {"revision": number, "name": target.revision}
        known.append(current)
    # An object that was made anew may be called otherwise in SageMaker.
    current[facts.kind.inline.sets] = target.members.get(_member(facts))
    return current


def _conclude(facts: Facts, revision: dict[str, Any], outcome: str) -> None:
    revision |= {"outcome": outcome, "time": written(facts.now)}
    revision.pop("message", None)
    if outcome in ("RolledBack", "Failed") and facts.cause:
        revision["message"] = facts.cause[:1024]


def _concluded(facts: Facts, known: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The revisions, with what became of those whose roll-out is over although the manifest asks for another by now."""
    there = isinstance(facts.observed, Present) and facts.observed.complete and facts.manageable
    asked = Verb.CREATE in facts.done or Verb.UPDATE in facts.done
    if not there or asked or facts.stage not in (Stage.READY, Stage.FAILED):
        return known
    used = facts.reply.get(_member(facts))
    wanted = facts.target.members.get(_member(facts)) if isinstance(facts.target, Target) else None
    found = []
    for one in known:
        over = one.get("outcome") in _UNDER_WAY and _config(one) != wanted
        if over and _config(one) == used:
            _conclude(facts, one, "InService" if facts.stage is Stage.READY else "Failed")
        elif over and one["outcome"] == "RollingOut":
            _conclude(facts, one, "RolledBack" if facts.cause else "Superseded")
        elif over:
            # It was never begun.
            continue
        found.append(one)
    for one in found:
        if one["outcome"] == "InService" and _config(one) != used:
            _conclude(facts, one, "Superseded")
    return found


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
    if facts.stage is Stage.CHANGING:
        return "RollingOut" if _rolling(facts) == wanted else None
    if facts.reply.get(_member(facts)) != wanted:
        return None
    return {Stage.READY: "InService", Stage.FAILED: "Failed"}.get(facts.stage)


def _rolling(facts: Facts) -> Any:
    """What is being rolled out; while an endpoint is updated Describe shows what it had before."""
    told = facts.reply.get("PendingDeploymentSummary") or {}
    before = facts.reply.get(_member(facts)) if facts.status not in facts.kind.serving else None
    return told.get(_member(facts)) or before


def _kept(known: list[dict[str, Any]], current: Mapping[str, Any], spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    limit = int(spec.get("revisionHistoryLimit", _KEPT))
    used = [one for one in known if one is current or one.get("outcome") in ("InService", *_UNDER_WAY)]
    others = sorted((one for one in known if one not in used), key=lambda one: str(one.get("time", "")))
    kept = [*used, *others[len(others) - limit if len(others) > limit else 0 :]] if limit else used
    return sorted(kept, key=lambda one: int(one["revision"]))
