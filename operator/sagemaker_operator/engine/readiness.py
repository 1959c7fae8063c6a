"""What the state of a SageMaker resource means for the people who wait for it."""

from sagemaker_operator.kinds import Lifecycle
from sagemaker_operator.kinds.kind import Stage

from .facts import Facts
from .failure import classify
from .verdict import Reason, State, Verdict, ready, reconciling, stalled, while_serving


def assess(facts: Facts) -> Verdict:
    """The verdict about a resource that AWS has, from its state alone."""
    if facts.kind.lifecycle is Lifecycle.JOB:
        return _job(facts)
    if facts.kind.lifecycle is Lifecycle.RECORD:
        return ready(Reason.READY, f"{_subject(facts)} exists.")
    return _service(facts)


def serves(facts: Facts) -> bool:
    """Whether the resource does its work right now, as far as anybody knows."""
    if facts.kind.lifecycle is Lifecycle.JOB:
        return False
    if facts.reply:
        return facts.stage is Stage.READY or facts.status in facts.kind.serving
    return facts.resource.says("Ready")


def of_the_next(facts: Facts, verdict: Verdict) -> Verdict:
    """A verdict about what the manifest asks for next, while something else may be serving."""
    return while_serving(verdict, current=False) if serves(facts) else verdict


def serves_this(facts: Facts) -> bool:
    """Whether what serves is what this manifest asks for, as far as the last report knew."""
    told = facts.resource.condition("Ready") or {}
    return bool(told.get("observedGeneration") == facts.resource.generation)


def _job(facts: Facts) -> Verdict:
    match facts.stage:
        case Stage.READY:
            return Verdict(State.READY, Reason.SUCCEEDED, f"{_subject(facts)} is {facts.status}.", succeeded=True)
        case Stage.FAILED | Stage.STOPPED:
            reason, message = cause(facts)
            return Verdict(State.STALLED, reason, message, succeeded=False)
        case _:
            return reconciling(_word(facts), f"{_subject(facts)} is {facts.status}{_detail(facts)}.")


def _service(facts: Facts) -> Verdict:
    match facts.stage:
        case Stage.READY:
            return ready(facts.status or Reason.READY, f"{_subject(facts)} is {facts.status}.")
        case Stage.FAILED | Stage.STOPPED:
            reason, message = cause(facts)
            return stalled(reason, f"{message}{_way_out(facts)}")
        case _:
            verdict = reconciling(_word(facts), f"{_subject(facts)} is {facts.status}.")
            return while_serving(verdict, current=True) if serves(facts) else verdict


def _way_out(facts: Facts) -> str:
    """What is left to do about something that cannot be updated any more."""
    if facts.kind.inline is None or facts.status in facts.kind.repairable:
        return ""
    said = f" SageMaker accepts nothing for such an {facts.kind.name} but to delete it"
    if not facts.resource.spec.get("recreateOnFailure"):
        return f"{said}: set spec.recreateOnFailure to have it deleted and created again."
    return f"{said}, which was tried once for this version of the manifest: change what has failed."


def _subject(facts: Facts) -> str:
    return f"{facts.kind.name} {facts.reply.get(facts.kind.family.identity, facts.resource.known_name)} in SageMaker"


def _word(facts: Facts) -> str:
    refined = facts.reply.get(facts.kind.secondary) if facts.kind.secondary else None
    return str(refined or facts.status or Reason.CREATING)


def _detail(facts: Facts) -> str:
    refined = facts.reply.get(facts.kind.secondary) if facts.kind.secondary else None
    return f" ({refined})" if refined and refined != facts.status else ""


def cause(facts: Facts) -> tuple[str, str]:
    """Why a resource failed or stopped: in one word, and in SageMaker's own if it has some."""
    told = str(facts.cause or "")
    known = classify(facts.kind, facts.reply, facts.cause)
    return known or _word(facts), told or f"{_subject(facts)} is {facts.status}{_detail(facts)}."
