"""Bringing AWS in step with a manifest by Update: once for each manifest, and never again what AWS has undone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sagemaker_operator.kinds.kind import Stage

from . import address
from .facts import Facts
from .readiness import of_the_next
from .schedule import Pace
from .sources import veiled
from .steps import Intend, Rest, Step, Verb
from .target import Target, fingerprint
from .verdict import Reason, State, Verdict, reconciling, stalled

# An update that changes nothing is not repeated for ever.
_REPEATS = 3


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
    if _undone(facts, intent):
        return Rest(_rolled_back(facts), Pace.DRIFT)
    if intent["repeats"] > _REPEATS:
        message = f"SageMaker accepts the update and keeps another {', '.join(facts.differing)}."
        return Rest(of_the_next(facts, stalled(Reason.NOT_APPLIED, message)), Pace.DRIFT)
    if facts.resource.status.get("lastUpdate") != intent:
        return Intend({"lastUpdate": intent}, _updating(facts))
    return address.call(facts, Verb.UPDATE, facts.kind.family.update, update.request)


def _updating(facts: Facts) -> Verdict:
    verdict = of_the_next(facts, reconciling(Reason.UPDATING, f"Updating {', '.join(facts.differing)}."))
    return replace(verdict, drifted=facts.differing) if facts.drifting else verdict


def _intent(facts: Facts, request: str) -> dict[str, Any]:
    """What to write down before an update: which one, and how AWS's resource looked before it."""
    last = facts.resource.status.get("lastUpdate") or {}
    seen = facts.modified
    again = last.get("requestHash") == request and last.get("before") != seen
    repeats = int(last.get("repeats", 0)) + 1 if again else int(last.get("repeats", 0))
    return {
        "requestHash": request,
        "generation": facts.resource.generation,
        "before": seen,
        "repeats": repeats if last.get("requestHash") == request else 0,
    }


def _undone(facts: Facts, intent: Mapping[str, Any]) -> bool:
    """Whether AWS has carried out this very update, and gone back with a reason; a request to look again is a retry."""
    if not facts.kind.rollback or not facts.cause or facts.resource.look_now is not None:
        return False
    if facts.cause.startswith(facts.kind.passing) and intent["repeats"] <= _REPEATS:
        return False
    last = facts.resource.status.get("lastUpdate") or {}
    return bool(last.get("requestHash") == intent["requestHash"] and last.get("before") != intent["before"])


def _rolled_back(facts: Facts) -> Verdict:
    verdict = Verdict(State.STALLED, Reason.ROLLED_BACK, str(facts.cause), rolled_back=True)
    return of_the_next(facts, verdict)
