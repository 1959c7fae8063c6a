"""What to do next about one resource.

`decide` asks a chain of checks, and the first one with something to say is heard. Each check is about one thing and is tested
alone; their order is the policy, and is told by `KEEP` and by `leave.LEAVE`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sagemaker_operator.errors import Exists
from sagemaker_operator.kinds import Lifecycle
from sagemaker_operator.kinds.kind import Stage

from . import ownership, refusal
from .compare import differences
from .facts import Facts, Missing, Present, Unlooked
from .leave import leave
from .readiness import assess, serves
from .schedule import Pace
from .steps import AskOwner, Call, Claim, Intend, Look, Rest, Step, Verb
from .target import Target, Waiting, fingerprint
from .verdict import Reason, State, Verdict, reconciling, stalled, while_serving

# A Describe right after a Create may find nothing yet: that many looks in a row must agree before it is believed.
MISSES = 3
# An update that changes nothing is not repeated for ever.
_REPEATS = 3


def decide(facts: Facts) -> Step:
    """The next step of a pass."""
    if facts.resource.deleting:
        return leave(facts)
    return next(step for check in KEEP if (step := check(facts)) is not None)


def unclaimed(facts: Facts) -> Step | None:
    """Our finalizer comes before the first write to AWS."""
    return None if facts.resource.claimed else Claim()


def finished(facts: Facts) -> Step | None:
    """A job whose outcome is recorded costs no call any more."""
    done = facts.resource.finished and facts.resource.up_to_date
    return Rest(None, Pace.NEVER) if done else None


def failed_call(facts: Facts) -> Step | None:
    """A failure ends the pass, but for two that lead to a look: the name is taken, or the object is gone."""
    if facts.failure is None:
        return None
    if not isinstance(facts.failure, Exists):
        return refusal.after(facts, facts.failure)
    if isinstance(facts.observed, Unlooked):
        return Look()
    if isinstance(facts.observed, Missing):
        if facts.misses < MISSES:
            return Rest(reconciling(Reason.CREATING, refusal.words(facts.failure)), Pace.SOON)
        return Rest(stalled(Reason.NAME_CONFLICT, refusal.words(facts.failure)), Pace.RECHECK)
    return None


def waiting(facts: Facts) -> Step | None:
    """A manifest whose references are not ready makes nothing new."""
    if isinstance(facts.target, Waiting) and facts.resource.arn is None:
        return Rest(reconciling(Reason.DEPENDENCY_NOT_READY, facts.target.message), Pace.EVENT)
    return None


def unnamed(facts: Facts) -> Step | None:
    """The name is written down before it is used."""
    if facts.resource.known_name is not None or isinstance(facts.target, Waiting):
        return None
    return Intend(
        {facts.kind.identity_field: facts.target.name, "attempt": 1, "tagKeys": sorted(facts.target.tags)},
        reconciling(Reason.CREATING, f"Creating {facts.kind.name} {facts.target.name} in SageMaker."),
    )


def just_created(facts: Facts) -> Step | None:
    """A record is ready once AWS shows it; everything else is watched, and told about when it is first seen.

    The intent says already that it is being created: to write the ARN a second before its state would make a burst of jobs dearer
    by one write in seven.
    """
    if Verb.CREATE not in facts.done or not isinstance(facts.observed, Unlooked):
        return None
    return Look() if facts.kind.lifecycle is Lifecycle.RECORD else Rest(None, Pace.WATCH)


def unlooked(facts: Facts) -> Step | None:
    """Only a name that was chosen in this very pass is known to be unused by us, and needs no look before the Create."""
    return Look() if isinstance(facts.observed, Unlooked) and not facts.named else None


def missing(facts: Facts) -> Step | None:
    """Make what is not there; but never a job whose work was already begun."""
    if isinstance(facts.observed, Present):
        return None
    created = facts.created_arn is not None or facts.resource.arn is not None
    if created and facts.misses < MISSES:
        return Rest(None, Pace.SOON)
    if created and facts.kind.lifecycle is Lifecycle.JOB:
        return _lost_job(facts)
    if isinstance(facts.target, Waiting):
        return Rest(reconciling(Reason.DEPENDENCY_NOT_READY, facts.target.message), Pace.EVENT)
    return Call(Verb.CREATE, facts.kind.family.create, facts.target.create_request(facts.kind))


def foreign(facts: Facts) -> Step | None:
    """Take over nothing that the manifest does not allow to be taken over."""
    if facts.recognised or facts.ours:
        return None
    if facts.tags is None:
        return AskOwner(str(facts.arn))
    if facts.manageable:
        return None
    owner = ownership.owner(facts.tags) or "nobody known to this operator"
    hint = "Choose another name, or set spec.adoptionPolicy to take it over."
    return Rest(stalled(Reason.NAME_CONFLICT, f"{facts.arn} exists and belongs to {owner}. {hint}"), Pace.RECHECK)


def mistagged(facts: Facts) -> Step | None:
    """Tags are compared when the manifest changed or the resource is new to us; tags of others stay."""
    if facts.stage is Stage.LEAVING or not facts.kind.family.taggable or isinstance(facts.target, Waiting):
        return None
    if facts.resource.up_to_date and facts.recognised:
        return None
    if facts.tags is None:
        return AskOwner(str(facts.arn))
    before = dict.fromkeys(facts.resource.status.get("tagKeys") or (), "")
    add, remove = ownership.difference(facts.tags, facts.target.tags, before)
    if add and Verb.TAG not in facts.done:
        tags = [{"Key": key, "Value": tag} for key, tag in sorted(add.items())]
        return Call(Verb.TAG, "AddTags", {"ResourceArn": facts.arn, "Tags": tags})
    if remove and Verb.UNTAG not in facts.done:
        return Call(Verb.UNTAG, "DeleteTags", {"ResourceArn": facts.arn, "TagKeys": sorted(remove)})
    return None


def mid_change(facts: Facts) -> Step | None:
    """While AWS changes it there is nothing to do but watch."""
    if facts.stage not in (Stage.CHANGING, Stage.STOPPING, Stage.LEAVING):
        return None
    verdict = assess(facts)
    if verdict.serving:
        verdict = while_serving(verdict, current=_serves_this(facts))
    return Rest(verdict, Pace.WATCH)


def outdated(facts: Facts) -> Step | None:
    """Bring AWS in step with the manifest, once per manifest: what AWS has undone is not tried again."""
    if not isinstance(facts.target, Target) or not _outdated(facts):
        return None
    if facts.stage is Stage.FAILED and facts.status not in facts.kind.repairable:
        return None
    request = facts.target.update_request(facts.kind)
    intent = _intent(facts, fingerprint(request))
    if Verb.UPDATE in facts.done:
        return Rest(_updating(facts), Pace.WATCH)
    if _undone(facts, intent):
        return Rest(_rolled_back(facts), Pace.DRIFT)
    if intent["repeats"] > _REPEATS:
        message = f"SageMaker accepts the update and keeps another {', '.join(_changed(facts))}."
        return Rest(_of_the_next(facts, stalled(Reason.NOT_APPLIED, message)), Pace.DRIFT)
    if facts.resource.status.get("lastUpdate") != intent:
        return Intend({"lastUpdate": intent}, _updating(facts))
    return Call(Verb.UPDATE, str(facts.kind.family.update), request)


def at_rest(facts: Facts) -> Step:
    """Nothing is left to do but to tell how it is."""
    verdict = assess(facts)
    # Without an Update there is nothing that a reference could still change.
    if isinstance(facts.target, Waiting) and facts.kind.mutable:
        waits = reconciling(Reason.DEPENDENCY_NOT_READY, facts.target.message)
        return Rest(_of_the_next(facts, waits), Pace.EVENT)
    if facts.kind.lifecycle is Lifecycle.JOB:
        return Rest(verdict, Pace.NEVER)
    return Rest(verdict, Pace.DRIFT)


KEEP: tuple[Callable[[Facts], Step | None], ...] = (
    unclaimed,
    finished,
    failed_call,
    waiting,
    unnamed,
    just_created,
    unlooked,
    missing,
    foreign,
    mistagged,
    mid_change,
    outdated,
    at_rest,
)


def _changed(facts: Facts) -> tuple[str, ...]:
    if not isinstance(facts.target, Target) or facts.kind.family.update is None:
        return ()
    return differences(facts.kind, facts.target.members, facts.reply)


def _outdated(facts: Facts) -> bool:
    return bool(isinstance(facts.observed, Present) and facts.observed.complete and _changed(facts))


def _updating(facts: Facts) -> Verdict:
    return _of_the_next(facts, reconciling(Reason.UPDATING, f"Updating {', '.join(_changed(facts))}."))


def _of_the_next(facts: Facts, verdict: Verdict) -> Verdict:
    """A verdict about what the manifest asks for next, while something else may be serving."""
    return while_serving(verdict, current=False) if serves(facts) else verdict


def _serves_this(facts: Facts) -> bool:
    """Whether what serves is what this manifest asks for; a row of a list cannot tell, so the last report is believed."""
    if isinstance(facts.observed, Present) and facts.observed.complete:
        return not _changed(facts)
    told = facts.resource.condition("Ready") or {}
    return bool(told.get("observedGeneration") == facts.resource.generation)


def _intent(facts: Facts, request: str) -> dict[str, Any]:
    """What to write down before an update: which one, and how AWS's resource looked before it."""
    last = facts.resource.status.get("lastUpdate") or {}
    seen = facts.told("LastModifiedTime") or ""
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
    if not facts.kind.rollback or not facts.reply.get(facts.kind.reason) or facts.resource.look_now is not None:
        return False
    last = facts.resource.status.get("lastUpdate") or {}
    return bool(last.get("requestHash") == intent["requestHash"] and last.get("before") != intent["before"])


def _rolled_back(facts: Facts) -> Verdict:
    verdict = Verdict(State.STALLED, Reason.ROLLED_BACK, str(facts.reply.get(facts.kind.reason)), rolled_back=True)
    return _of_the_next(facts, verdict)


def _lost_job(facts: Facts) -> Step:
    """Its record was deleted behind our back: what is known of its outcome stays, and the work is not done twice."""
    if facts.resource.finished:
        ended_well = facts.resource.says("Succeeded")
        told = facts.resource.condition("Succeeded") or {}
        state = State.READY if ended_well else State.STALLED
        return Rest(Verdict(state, told["reason"], told["message"], succeeded=ended_well), Pace.NEVER)
    message = f"{facts.kind.name} {facts.resource.known_name} was deleted in SageMaker before its outcome was known."
    return Rest(Verdict(State.STALLED, Reason.NOT_FOUND, message, succeeded=False), Pace.NEVER)
