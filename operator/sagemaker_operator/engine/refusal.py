"""What follows when a call to AWS brings no result: told from the type of the failure alone."""

from sagemaker_operator.errors import Absent, AWSFailure, Busy, Closed, Denied, Limited, Refused, Throttled, Unknown

from .facts import Facts
from .readiness import assess, serves, serves_this
from .schedule import Pace
from .steps import Rest
from .verdict import Reason, Verdict, reconciling, stalled, while_serving

# A reply that is lost once is nothing to tell anybody about; one that is lost again is.
_PATIENCE = 1
# So often in a row AWS may say that it does not find what the manifest names.
_UNSEEN = 3
_LET_GO = "To let go of the SageMaker resource instead, set spec.deletionPolicy to Retain."

_HUMAN: dict[type[AWSFailure], Reason] = {
    Denied: Reason.ACCESS_DENIED,
    Limited: Reason.QUOTA_EXCEEDED,
    Refused: Reason.REFUSED_BY_AWS,
}


def after(facts: Facts, failure: AWSFailure) -> Rest:
    """How a pass that keeps a resource ends after a failure."""
    match failure:
        case Throttled() | Unknown():
            return Rest(_retrying(facts, failure), Pace.RETRY)
        case Busy():
            return Rest(_meanwhile(facts, reconciling(Reason.WAITING, failure.message)), Pace.SOON)
        case Absent():
            # It went away between two calls; the next look tells what that means.
            return Rest(None, Pace.SOON)
        case Closed():
            said = f"{words(failure)} {facts.kind.instead}".strip()
            return Rest(_meanwhile(facts, stalled(Reason.SERVICE_CLOSED, said)), Pace.NEVER)
        case _ if _unseen(facts, failure):
            return Rest(_meanwhile(facts, reconciling(Reason.WAITING, words(failure))), Pace.SOON)
        case _:
            reason = _HUMAN.get(type(failure), Reason.REFUSED_BY_AWS)
            return Rest(_meanwhile(facts, stalled(reason, words(failure))), Pace.RECHECK)


def after_deletion(facts: Facts, failure: AWSFailure) -> Rest:
    """How a pass that takes a resource away ends after a failure; the finalizer stays."""
    match failure:
        case Throttled() | Unknown():
            verdict = reconciling(Reason.DELETING, words(failure)) if facts.tries > _PATIENCE else None
            return Rest(verdict, Pace.RETRY)
        case Busy() | Absent():
            return Rest(
                reconciling(Reason.DELETING, f"Waiting until SageMaker allows it: {failure.message}"), Pace.SOON
            )
        case _:
            reason = Reason.ACCESS_DENIED if isinstance(failure, Denied) else Reason.DELETION_FAILED
            return Rest(stalled(reason, f"{words(failure)} {_LET_GO}"), Pace.RECHECK)


def undone_deletion(facts: Facts) -> Rest | None:
    """What to say of a deletion that SageMaker has accepted and not carried out; it is asked for again at the next look."""
    told = facts.resource.condition("Ready") or {}
    if not facts.kind.undeleted(facts.status) or told.get("reason") != Reason.DELETING:
        return None
    return Rest(stalled(Reason.DELETION_FAILED, f"{assess(facts).message} {_LET_GO}"), Pace.RECHECK)


def words(failure: AWSFailure) -> str:
    """AWS's words, with the operation they are about."""
    about = f"{failure.operation}: " if failure.operation else ""
    return f"{about}{failure.code}: {failure.message}"


def _unseen(facts: Facts, failure: AWSFailure) -> bool:
    """Whether AWS may not see yet what was made a moment ago; if it still does not after a few looks, it never will."""
    told = facts.resource.condition("Reconciling") or {}
    again = told.get("message") == words(failure)
    if facts.resource.says("Stalled") or (again and facts.tries >= _UNSEEN):
        return False
    return any(answer.matches(failure.code, failure.message) for answer in facts.kind.unseen)


def _retrying(facts: Facts, failure: AWSFailure) -> Verdict | None:
    told_before = facts.resource.condition("Ready") is not None
    if isinstance(failure, Throttled) and told_before:
        return None
    if told_before and facts.tries <= _PATIENCE:
        return None
    return _meanwhile(facts, reconciling(Reason.PROGRESSING_WITH_RETRY, words(failure)))


def _meanwhile(facts: Facts, verdict: Verdict) -> Verdict:
    # A failed look leaves "Ready" about whatever it was about; a refused update is about the new manifest.
    return while_serving(verdict, current=serves_this(facts)) if serves(facts) else verdict
