"""What to do about a resource that AWS does not have."""

from typing import Any

from sagemaker_operator.kinds import Lifecycle
from sagemaker_operator.model.names import field

from .facts import Drift, Facts, Present
from .naming import generated_name
from .resource import ADOPT
from .schedule import Pace
from .steps import Call, Intend, Rest, Step, Verb
from .target import Waiting
from .verdict import Reason, State, Verdict, reconciling, stalled

# A Describe right after a Create may find nothing yet: that many looks in a row must agree before it is believed.
MISSES = 3


def missing(facts: Facts) -> Step | None:
    """Make what is not there; but never a job whose work was already begun."""
    if isinstance(facts.observed, Present):
        return None
    if facts.begun and facts.misses < MISSES:
        return Rest(None, Pace.SOON)
    if facts.begun and facts.kind.lifecycle is Lifecycle.JOB:
        return _lost_job(facts)
    if facts.begun and facts.drift is not Drift.CORRECT:
        subject = f"{facts.kind.name} {facts.resource.known_name}"
        message = f"{subject} was deleted in SageMaker, and spec.driftPolicy is {facts.drift}."
        return Rest(stalled(Reason.NOT_FOUND, message), Pace.DRIFT)
    if facts.resource.adopts and not facts.begun:
        message = f"The annotation {ADOPT} names {facts.resource.adopts}, and there is no such {facts.kind.name}."
        return Rest(stalled(Reason.NOT_FOUND, message), Pace.RECHECK)
    if isinstance(facts.target, Waiting):
        return Rest(facts.target.verdict, facts.target.pace)
    if facts.begun and (facts.kind.family.assigned or facts.kind.family.token):
        return _anew(facts)
    return Call(Verb.CREATE, facts.kind.family.create, facts.target.create_request(facts.kind))


def _anew(facts: Facts) -> Step:
    """Forget what was deleted behind our back: its id leads nowhere, and its token would bring the reply of then."""
    family, attempt = facts.kind.family, int(facts.resource.status.get("attempt", 1)) + 1
    forgotten: dict[str, Any] = {field(member): None for member in family.assigned if member != family.arn}
    if family.identity == family.token:
        forgotten[facts.kind.identity_field] = generated_name(facts.resource, attempt=attempt)
    return Intend({**forgotten, "attempt": attempt, "arn": None}, reconciling(Reason.CREATING, "Creating it again."))


def _lost_job(facts: Facts) -> Step:
    """Its record was deleted behind our back: what is known of its outcome stays, and the work is not done twice."""
    if facts.resource.finished:
        ended_well = facts.resource.says("Succeeded")
        told = facts.resource.condition("Succeeded") or {}
        state = State.READY if ended_well else State.STALLED
        return Rest(Verdict(state, told["reason"], told["message"], succeeded=ended_well), Pace.NEVER)
    message = f"{facts.kind.name} {facts.resource.known_name} was deleted in SageMaker before its outcome was known."
    return Rest(Verdict(State.STALLED, Reason.NOT_FOUND, message, succeeded=False), Pace.NEVER)
