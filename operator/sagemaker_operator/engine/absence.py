"""What to do about a resource that AWS does not have."""

from typing import Any

from sagemaker_operator.kinds import Lifecycle
from sagemaker_operator.model.names import field

from . import attempts, revisions
from .facts import Drift, Facts, Present
from .naming import generated_name
from .policy import RunPolicy
from .resource import ADOPT
from .schedule import Pace
from .steps import Call, Intend, Rest, Step, Verb
from .target import Waiting
from .times import written
from .verdict import Reason, State, Verdict, reconciling, stalled

# A Describe right after a Create may find nothing yet: that many looks in a row must agree before it is believed.
MISSES = 3


def missing(facts: Facts) -> Step | None:
    """Make what is not there; but never a job whose work was already begun."""
    if isinstance(facts.observed, Present):
        return None
    if facts.begun and (lost := _lost(facts)) is not None:
        return lost
    if facts.resource.adopts and not facts.begun:
        message = f"The annotation {ADOPT} names {facts.resource.adopts}, and there is no such {facts.kind.name}."
        return Rest(stalled(Reason.NOT_FOUND, message), Pace.RECHECK)
    if isinstance(facts.target, Waiting):
        return Rest(facts.target.verdict, facts.target.pace)
    if facts.begun and (facts.kind.family.assigned or facts.kind.family.token):
        return _anew(facts)
    if (held := _held(facts)) is not None:
        return held
    if known := revisions.pending(facts):
        return Intend(known, _creating(facts))
    return Call(Verb.CREATE, facts.kind.family.create, facts.target.create_request(facts.kind))


def _lost(facts: Facts) -> Step | None:
    """What was made and is not there any more; None if it is to be made again."""
    if facts.misses < MISSES:
        return Rest(None, Pace.SOON)
    if facts.kind.lifecycle is Lifecycle.JOB:
        return _lost_job(facts)
    again = facts.resource.status.get("recreatedFor") or {}
    if facts.drift is Drift.CORRECT or again.get("generation") == facts.resource.generation:
        return None
    subject = f"{facts.kind.name} {facts.resource.known_name}"
    message = f"{subject} was deleted in SageMaker, and spec.driftPolicy is {facts.drift}."
    return Rest(stalled(Reason.NOT_FOUND, message), Pace.DRIFT)


def _held(facts: Facts) -> Step | None:
    """What keeps a Create, which was refused or interrupted before, from being asked for again."""
    # One that was asked for may still come to light.
    unsure = not facts.named and facts.misses < MISSES
    if facts.suspend and not facts.begun:
        return Rest(None, Pace.SOON) if unsure else attempts.suspended()
    if facts.kind.run is None:
        return None
    deadline = RunPolicy(facts.resource).deadline
    if deadline is not None and facts.now >= deadline:
        return Rest(None, Pace.SOON) if unsure else attempts.exceeded()
    if facts.resource.says("Suspended"):
        return Intend({"activeSince": written(facts.now), "attemptSince": written(facts.now)}, _creating(facts))
    return None


def _creating(facts: Facts) -> Verdict:
    return reconciling(Reason.CREATING, f"Creating {facts.kind.name} {facts.resource.known_name} in SageMaker.")


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
        return Rest(attempts.outcome(facts.resource), Pace.NEVER)
    message = f"{facts.kind.name} {facts.resource.known_name} was deleted in SageMaker before its outcome was known."
    return Rest(Verdict(State.STALLED, Reason.NOT_FOUND, message, succeeded=False), Pace.NEVER)
