"""Taking a resource away: what happens between ``kubectl delete`` and the end of the finalizer.

The finalizer leaves only when AWS says that the SageMaker resource is gone, when the deletion policy says that it stays, or when
it turns out never to have been ours.
"""

from collections.abc import Callable
from typing import Any

from sagemaker_operator.errors import Absent, Lacking
from sagemaker_operator.kinds import Lifecycle, Policy
from sagemaker_operator.kinds.kind import Stage
from sagemaker_operator.model.convert import to_request

from . import address, refusal
from .absence import MISSES
from .attaching import still_attached
from .compare import at
from .facts import Facts, Missing, Unlooked
from .scaling.checks import released
from .schedule import Pace
from .steps import AskOwner, Call, Look, Release, Rest, Step, Verb
from .verdict import Reason, Verdict, reconciling

# Where no Create was confirmed, one may still be on its way: the second look decides. What was created may only show late.
_MISSES = 2
# What a Create has just confirmed is surely there, and is not shown everywhere yet.
_UNSEEN = 5


def leave(facts: Facts) -> Step:
    """The next step of a pass over a resource that is being deleted."""
    return next(step for check in LEAVE if (step := check(facts)) is not None)


def nothing_of_ours(facts: Facts) -> Step | None:
    """Without our finalizer there is nothing to wait for; without a name nothing was ever created."""
    if not facts.resource.claimed:
        return Rest(None, Pace.NEVER)
    return Release("Nothing was created in SageMaker.") if facts.resource.known_name is None else None


def retained(facts: Facts) -> Step | None:
    """The manifest may ask to keep the SageMaker resource."""
    if facts.policy is Policy.RETAIN:
        return Release(
            f"{facts.resource.arn or facts.resource.known_name} stays in SageMaker, as deletionPolicy Retain says."
        )
    return None


def needed(facts: Facts) -> Step | None:
    """What others are built on goes after them."""
    if not facts.dependents:
        return None
    return Rest(reconciling(Reason.IN_USE, f"Still used by {', '.join(facts.dependents)}."), Pace.EVENT)


def ended(facts: Facts) -> Step | None:
    """A job that is over needs no stopping."""
    if facts.policy is Policy.STOP and facts.resource.finished:
        return Release("The job is over; its record stays in SageMaker.")
    return None


def failed_call(facts: Facts) -> Step | None:
    """A failure ends the pass; that there is nothing to delete is none."""
    if facts.failure is None or isinstance(facts.failure, Absent):
        return None
    if isinstance(facts.failure, Lacking) and facts.kind.lifecycle is Lifecycle.JOB:
        said = f"{facts.kind.name} {facts.resource.known_name} is over; its record stays in SageMaker"
        return Release(f"{said}, which has no {facts.failure.operation} in this region. Its name stays taken.")
    return refusal.after_deletion(facts, facts.failure)


def earlier_attempts(facts: Facts) -> Step | None:
    """The records of attempts before the last one go as well."""
    family = facts.kind.family
    if facts.policy is not Policy.DELETE or family.delete is None:
        return None
    names = [one["name"] for one in facts.resource.status.get("attempts") or ()]
    left = [name for name in names if name != facts.resource.known_name and name not in facts.purged]
    return Call(Verb.PURGE, family.delete, {family.identity: left[0]}) if left else None


def unlooked(facts: Facts) -> Step | None:
    """What AWS has decides how to take it away."""
    if not isinstance(facts.observed, Unlooked):
        return None
    if Verb.STOP in facts.done:
        return Rest(_deleting(facts, "Waiting for it to stop."), Pace.WATCH)
    return Look()


def gone(facts: Facts) -> Step | None:
    """AWS has it no more."""
    if not isinstance(facts.observed, Missing):
        return None
    # What SageMaker has shown is gone once it is not shown; what it never did may still come to light.
    if not (facts.shown_before or Verb.DELETE in facts.done) and facts.misses < (MISSES if facts.begun else _MISSES):
        return Rest(_deleting(facts, "Making sure that nothing was created."), Pace.SOON)
    return Release(f"{facts.kind.name} {facts.resource.known_name} is gone from SageMaker.")


def foreign(facts: Facts) -> Step | None:
    """What is not ours is left alone."""
    if facts.recognised or facts.ours:
        return None
    if facts.tags is None and facts.taggable:
        return AskOwner(str(facts.arn))
    return Release(f"{facts.arn} belongs to somebody else and is left alone.")


def moving(facts: Facts) -> Step | None:
    """SageMaker deletes nothing that is changing; a running job is stopped first."""
    if facts.stage in (Stage.LEAVING, Stage.STOPPING):
        return Rest(_deleting(facts, f"It is {facts.status}."), Pace.WATCH)
    if facts.stage is Stage.CHANGING and not _stoppable(facts):
        return Rest(_deleting(facts, f"SageMaker cannot delete it while it is {facts.status}."), Pace.WATCH)
    runs = facts.stage is Stage.READY and facts.kind.stops_to_delete and facts.status not in facts.kind.ended
    if facts.stage is Stage.CHANGING or runs:
        return address.stop(facts)
    return None


def _stoppable(facts: Facts) -> bool:
    if facts.kind.family.stop is None:
        return False
    return facts.kind.lifecycle is Lifecycle.JOB or facts.status in facts.kind.stoppable


def held(facts: Facts) -> Step | None:
    """What outlives a job and is in the way of its deletion is ended first, or waited for."""
    hold = facts.kind.held
    if hold is None or facts.policy is not Policy.DELETE:
        return None
    found = at(facts.reply, hold.path)
    if found not in hold.blocks:
        return None
    if found in hold.freed_by and Verb.UPDATE not in facts.done:
        return address.call(facts, Verb.UPDATE, facts.kind.family.update, hold.frees)
    return Rest(_deleting(facts, f"SageMaker deletes it when {hold.said} is no longer {found}."), Pace.WATCH)


def deletable(facts: Facts) -> Step:
    """Delete it, and look whether it went."""
    if facts.policy is Policy.STOP or facts.kind.family.delete is None:
        return Release(f"{facts.kind.name} {facts.resource.known_name} has stopped; its record stays in SageMaker.")
    if Verb.DELETE in facts.done:
        return Rest(_deleting(facts, "SageMaker has accepted the deletion."), Pace.WATCH)
    if (undone := refusal.undone_deletion(facts)) is not None:
        return undone
    return address.call(facts, Verb.DELETE, facts.kind.family.delete, _wishes(facts))


LEAVE: tuple[Callable[[Facts], Step | None], ...] = (
    nothing_of_ours,
    retained,
    needed,
    ended,
    failed_call,
    earlier_attempts,
    unlooked,
    gone,
    foreign,
    moving,
    still_attached,
    held,
    released,
    deletable,
)


def _deleting(facts: Facts, message: str) -> Verdict:
    return reconciling(Reason.DELETING, f"Deleting {facts.kind.name} {facts.resource.known_name}. {message}")


def _wishes(facts: Facts) -> dict[str, Any]:
    """What a manifest says about the deletion itself."""
    parting = facts.kind.family.parting
    return to_request(parting, facts.resource.spec) if parting else {}
