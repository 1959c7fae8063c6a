"""Resources that stand still: because their manifest suspends them, or because SageMaker updates them only so."""

from dataclasses import replace

from sagemaker_operator.kinds.kind import Stage

from . import address
from .facts import Facts
from .schedule import Pace
from .steps import Intend, Rest, Step, Verb
from .target import Waiting
from .verdict import Reason, ready, reconciling

_STOPPED_FOR = {
    "Suspend": "spec.suspend is true",
    "Update": "SageMaker updates it only while it is stopped, and it is started again afterwards",
}


def halted(facts: Facts) -> Step | None:
    """Stop what is to be suspended, or what SageMaker updates only when it stands still; start it again afterwards.

    Why it was stopped is written down before, so that only what we have stopped is started by us: people stop notebooks
    in the console to save money.
    """
    if facts.stage is Stage.READY and (cause := _stop_cause(facts)):
        verdict = reconciling(Reason.STOPPING, f"Stopping it: {_STOPPED_FOR[cause]}.")
        if Verb.STOP in facts.done:
            return Rest(verdict, Pace.WATCH)
        if facts.resource.status.get("stoppedFor") != cause:
            return Intend({"stoppedFor": cause}, verdict)
        return address.call(facts, Verb.STOP, facts.kind.family.stop)
    # While a reference is not ready, what it was stopped for is not known.
    unknown = isinstance(facts.target, Waiting) and facts.resource.status.get("stoppedFor") == "Update"
    if facts.stage is not Stage.STOPPED or not facts.kind.suspendable or facts.correcting or unknown:
        return None
    if facts.suspend:
        verdict = ready(Reason.SUSPENDED, f"It is {facts.status}, as spec.suspend asks.")
        return Rest(replace(verdict, suspended=True), Pace.DRIFT)
    if facts.suspend is None and not facts.resource.status.get("stoppedFor"):
        return None
    if Verb.START in facts.done:
        return Rest(reconciling(Reason.STARTING, "SageMaker has accepted to start it."), Pace.WATCH)
    return address.call(facts, Verb.START, facts.kind.family.start)


def _stop_cause(facts: Facts) -> str | None:
    if facts.suspend and facts.kind.suspendable:
        return "Suspend"
    return "Update" if facts.kind.stops_to_update and facts.correcting else None
