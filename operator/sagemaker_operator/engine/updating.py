"""Bringing AWS in step with a manifest by Update: once for each manifest, and never again what AWS has undone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sagemaker_operator.kinds.kind import Stage

from . import address, revisions, rollout
from .facts import Facts
from .readiness import of_the_next
from .schedule import Pace
from .sources import veiled
from .steps import Intend, Rest, Step, Verb
from .target import Target, fingerprint
from .verdict import Reason, State, Verdict, reconciling, stalled

# An update that changes nothing, or that fails for reasons of SageMaker's own, is not repeated for ever.
_REPEATS = 3
# Seconds before such a failure is answered by another update, twice as many each time.
_FIRST_PAUSE = 60


def outdated(facts: Facts) -> Step | None:
    """Bring AWS in step with the manifest, once per manifest: what AWS has undone is not tried again."""
    update = facts.update
    # Edits of jobs have moments of their own (`amending`).
    if update is None or facts.kind.live or not isinstance(facts.target, Target):
        return None
    if facts.status in facts.kind.ended or (facts.stage is Stage.FAILED and facts.status not in facts.kind.repairable):
        return None
    if not facts.correcting:
        return None
    intent = _intent(facts, fingerprint(veiled(update.request, facts.target.secrets)))
    if Verb.UPDATE in facts.done:
        return Rest(_updating(facts), Pace.WATCH)
    if (undone := _given_up(facts, intent)) is not None:
        return undone
    if intent["repeats"] > _REPEATS:
        message = f"SageMaker accepts the update and keeps another {', '.join(facts.differing)}."
        return Rest(of_the_next(facts, stalled(Reason.NOT_APPLIED, message)), Pace.DRIFT)
    known = revisions.pending(facts)
    if facts.resource.status.get("lastUpdate") != intent or known:
        return Intend({"lastUpdate": intent, **known}, _updating(facts))
    request = {**update.request, **rollout.manners(facts, update.request)}
    return address.call(facts, Verb.UPDATE, facts.kind.family.update, request)


def _given_up(facts: Facts, intent: Mapping[str, Any]) -> Rest | None:
    """What to say of an update that AWS has undone: that it is over, or that it is tried again later."""
    if _undone(facts, intent):
        return Rest(_rolled_back(facts), Pace.DRIFT)
    if _pausing(facts, intent):
        message = f"SageMaker has undone the update, which is tried again in a while: {facts.cause}"
        return Rest(of_the_next(facts, reconciling(Reason.PROGRESSING_WITH_RETRY, message)), Pace.RETRY)
    return None


def _updating(facts: Facts) -> Verdict:
    verdict = of_the_next(facts, reconciling(Reason.UPDATING, f"Updating {', '.join(facts.differing)}."))
    return replace(verdict, drifted=facts.differing) if facts.drifting else verdict


def _intent(facts: Facts, request: str) -> dict[str, Any]:
    """What to write down before an update: which one, and how AWS's resource looked before it."""
    last = facts.resource.status.get("lastUpdate") or {}
    seen = facts.modified
    again = last.get("requestHash") == request and last.get("before") != seen
    repeats = int(last.get("repeats", 0)) + 1 if again else int(last.get("repeats", 0))
    # Whoever asks for another try has all of them anew.
    counted = last.get("requestHash") == request and facts.resource.look_now is None
    return {
        "requestHash": request,
        "generation": facts.resource.generation,
        "before": seen,
        "repeats": repeats if counted else 0,
    }


def _undone(facts: Facts, intent: Mapping[str, Any]) -> bool:
    """Whether AWS has carried out this very update, and gone back with a reason; a request to look again is a retry."""
    if not facts.kind.rollback or not facts.cause or facts.resource.look_now is not None:
        return False
    if _passing(facts) and intent["repeats"] <= _REPEATS:
        return False
    last = facts.resource.status.get("lastUpdate") or {}
    return bool(last.get("requestHash") == intent["requestHash"] and last.get("before") != intent["before"])


def _pausing(facts: Facts, intent: Mapping[str, Any]) -> bool:
    """Whether AWS has undone the update for reasons of its own, and so lately that it is left alone for a while."""
    last = facts.resource.status.get("lastUpdate") or {}
    again = last.get("requestHash") == intent["requestHash"] and last.get("before") != intent["before"]
    if not again or not _passing(facts) or not facts.modified or facts.resource.look_now is not None:
        return False
    since = (facts.now - datetime.fromisoformat(facts.modified)).total_seconds()
    return since < float(_FIRST_PAUSE * 2 ** (int(intent["repeats"]) - 1))


def _passing(facts: Facts) -> bool:
    return facts.cause is not None and facts.cause.startswith(facts.kind.passing)


def _rolled_back(facts: Facts) -> Verdict:
    verdict = Verdict(State.STALLED, Reason.ROLLED_BACK, str(facts.cause), rolled_back=True)
    return of_the_next(facts, verdict)
