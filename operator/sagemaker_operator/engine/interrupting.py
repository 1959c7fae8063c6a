"""Jobs that are ended before they are done: because they are to be suspended, or because they take too long."""

from collections.abc import Mapping

from sagemaker_operator.kinds.kind import Stage

from . import address
from .facts import Facts, Unlooked
from .policy import RunPolicy
from .schedule import Pace
from .steps import Intend, Rest, Step, Verb
from .verdict import Reason, Verdict, reconciling

_WHY: Mapping[str, str] = {
    "Suspend": "spec.suspend is true",
    "ActiveDeadline": "it is not over within spec.runPolicy.activeDeadlineSeconds",
    "StartupDeadline": "it has not begun its work within spec.runPolicy.startupDeadlineSeconds",
}


def interrupted(facts: Facts) -> Step | None:
    """Stop a job that is not to go on; why is written down before, so that a job that others have stopped is told apart."""
    why = cause(facts)
    if why is None:
        return None
    if facts.resource.status.get("stoppedFor") != why:
        return Intend({"stoppedFor": why}, _stopping(why))
    return address.stop(facts)


def stopping(facts: Facts) -> Rest | None:
    """A job that was asked to stop in this pass is seen to do so later."""
    if facts.kind.run is None or Verb.STOP not in facts.done or not isinstance(facts.observed, Unlooked):
        return None
    return Rest(_stopping(str(facts.resource.status.get("stoppedFor"))), Pace.WATCH)


def cause(facts: Facts) -> str | None:
    """Why a job is to be stopped that goes on in SageMaker; None if it may go on."""
    run = facts.kind.run
    if run is None or facts.kind.family.stop is None or facts.stage is not Stage.CHANGING:
        return None
    policy = RunPolicy(facts.resource)
    if policy.deadline is not None and facts.now >= policy.deadline:
        return "ActiveDeadline"
    if facts.suspend:
        return "Suspend"
    late = policy.startup_deadline is not None and facts.now >= policy.startup_deadline
    return "StartupDeadline" if late and not facts.reply.get(run.start) else None


def reason(facts: Facts) -> str | None:
    """Why a job was asked to stop, for an Event; None if it is being deleted, or is no job."""
    if facts.kind.run is None or facts.resource.deleting:
        return None
    return _WHY.get(facts.resource.status.get("stoppedFor", ""))


def _stopping(cause: str) -> Verdict:
    return reconciling(Reason.STOPPING, f"Stopping it: {_WHY.get(cause, cause)}.")
