"""What to do next about one resource.

`decide` asks a chain of checks, and the first one with something to say is heard. Each check is about one thing and is tested
alone; their order is the policy, and is told by `KEEP` and by `leave.LEAVE`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sagemaker_operator.errors import Exists
from sagemaker_operator.kinds import Lifecycle
from sagemaker_operator.kinds.kind import Stage
from sagemaker_operator.model.names import field

from . import address, ownership, refusal
from .attaching import unattached
from .facts import Adoption, Drift, Facts, Missing, Present, Unlooked
from .leave import leave
from .naming import generated_name
from .readiness import assess, serves
from .resource import ADOPT
from .schedule import Pace
from .steps import AskOwner, Call, Claim, Intend, Look, Rest, Step, Verb
from .target import Target, Waiting, fingerprint
from .verdict import Reason, State, Verdict, ready, reconciling, stalled, while_serving

# A Describe right after a Create may find nothing yet: that many looks in a row must agree before it is believed.
MISSES = 3
# An update that changes nothing is not repeated for ever.
_REPEATS = 3


def decide(facts: Facts) -> Step:
    """The next step of a pass."""
    if facts.resource.deleting:
        return paused(facts) or leave(facts)
    return next(step for check in KEEP if (step := check(facts)) is not None)


def paused(facts: Facts) -> Step | None:
    """What somebody has asked to leave alone is left alone, deletion included."""
    return Rest(None, Pace.NEVER) if facts.resource.paused else None


def unclaimed(facts: Facts) -> Step | None:
    """Our finalizer comes before the first write to AWS."""
    return None if facts.resource.claimed else Claim()


def finished(facts: Facts) -> Step | None:
    """A job whose outcome is recorded costs no call any more, once its last edit has arrived."""
    done = facts.resource.finished and facts.resource.settled
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
        return Rest(facts.target.verdict, facts.target.pace)
    return None


def unwanted(facts: Facts) -> Step | None:
    """A manifest that is suspended before anything was begun makes nothing yet."""
    if not facts.suspend or facts.resource.known_name is not None:
        return None
    verdict = ready(Reason.SUSPENDED, "Nothing is created in SageMaker while spec.suspend is true.")
    return Rest(replace(verdict, suspended=True), Pace.EVENT)


def unnamed(facts: Facts) -> Step | None:
    """The name is written down before it is used."""
    if facts.resource.known_name is not None or isinstance(facts.target, Waiting):
        return None
    chosen = address.chosen(facts.kind, facts.target.name, facts.target.members)
    return Intend(
        {**chosen, "attempt": 1, "tagKeys": sorted(facts.target.tags)},
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
    """Only a name that was chosen in this very pass is known to be unused by us, and needs no look before the Create.

    What is to be adopted is looked for first: Create may be refused for other reasons than that it is there, and where SageMaker
    chooses the id it makes another.
    """
    fresh = facts.named and facts.adoption is Adoption.NEVER
    return Look() if isinstance(facts.observed, Unlooked) and not fresh else None


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


def foreign(facts: Facts) -> Step | None:
    """Take over nothing that the manifest does not allow to be taken over."""
    if facts.recognised or facts.ours:
        return None
    if facts.tags is None and facts.taggable:
        return AskOwner(str(facts.arn))
    if facts.manageable:
        return None
    owner = ownership.owner(facts.tags or {}) or "nobody known to this operator"
    hint = "Choose another name, or set spec.adoptionPolicy to take it over."
    if facts.resource.adopts not in (None, facts.arn):
        hint = f"The annotation {ADOPT} names {facts.resource.adopts}."
    return Rest(stalled(Reason.NAME_CONFLICT, f"{facts.arn} exists and belongs to {owner}. {hint}"), Pace.RECHECK)


def mistagged(facts: Facts) -> Step | None:
    """Tags are compared when the manifest changed or the resource is new to us; tags of others stay."""
    if facts.stage is Stage.LEAVING or not facts.taggable or isinstance(facts.target, Waiting):
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
        return _on_it(facts, Verb.STOP, facts.kind.family.stop)
    if facts.stage is not Stage.STOPPED or not facts.kind.suspendable or _correcting(facts):
        return None
    if facts.suspend:
        verdict = ready(Reason.SUSPENDED, f"It is {facts.status}, as spec.suspend asks.")
        return Rest(replace(verdict, suspended=True), Pace.DRIFT)
    if facts.suspend is None and not facts.resource.status.get("stoppedFor"):
        return None
    if Verb.START in facts.done:
        return Rest(reconciling(Reason.STARTING, "SageMaker has accepted to start it."), Pace.WATCH)
    return _on_it(facts, Verb.START, facts.kind.family.start)


def outdated(facts: Facts) -> Step | None:
    """Bring AWS in step with the manifest, once per manifest: what AWS has undone is not tried again."""
    update = facts.update
    if update is None or not isinstance(facts.target, Target):
        return None
    if facts.status in facts.kind.ended or (facts.stage is Stage.FAILED and facts.status not in facts.kind.repairable):
        return None
    if facts.drifting and facts.drift is not Drift.CORRECT:
        return None
    intent = _intent(facts, fingerprint(update.request))
    if Verb.UPDATE in facts.done:
        return Rest(_updating(facts), Pace.WATCH)
    if _undone(facts, intent):
        return Rest(_rolled_back(facts), Pace.DRIFT)
    if intent["repeats"] > _REPEATS:
        message = f"SageMaker accepts the update and keeps another {', '.join(facts.differing)}."
        return Rest(_of_the_next(facts, stalled(Reason.NOT_APPLIED, message)), Pace.DRIFT)
    if facts.resource.status.get("lastUpdate") != intent:
        return Intend({"lastUpdate": intent}, _updating(facts))
    return _on_it(facts, Verb.UPDATE, facts.kind.family.update, update.request)


def at_rest(facts: Facts) -> Step:
    """Nothing is left to do but to tell how it is."""
    verdict = assess(facts)
    if facts.drifting and facts.drift is Drift.REPORT:
        verdict = replace(verdict, drifted=facts.differing)
    if facts.kind.lifecycle is Lifecycle.JOB:
        return Rest(verdict, Pace.NEVER)
    # Without an Update there is nothing that a reference could still change.
    if isinstance(facts.target, Waiting) and facts.kind.mutable:
        return Rest(_of_the_next(facts, facts.target.verdict), facts.target.pace)
    return Rest(verdict, Pace.DRIFT)


KEEP: tuple[Callable[[Facts], Step | None], ...] = (
    paused,
    unclaimed,
    finished,
    failed_call,
    unwanted,
    waiting,
    unnamed,
    just_created,
    unlooked,
    missing,
    foreign,
    mistagged,
    unattached,
    mid_change,
    halted,
    outdated,
    at_rest,
)


_STOPPED_FOR = {
    "Suspend": "spec.suspend is true",
    "Update": "SageMaker updates it only while it is stopped, and it is started again afterwards",
}


def _stop_cause(facts: Facts) -> str | None:
    if facts.suspend and facts.kind.suspendable:
        return "Suspend"
    return "Update" if facts.kind.stops_to_update and _correcting(facts) else None


def _correcting(facts: Facts) -> bool:
    """Whether an update is needed and allowed."""
    return facts.update is not None and (not facts.drifting or facts.drift is Drift.CORRECT)


def _on_it(facts: Facts, verb: Verb, operation: str | None, request: Mapping[str, Any] | None = None) -> Call:
    """A call about the resource that AWS was seen to have."""
    assert operation is not None
    about = address.request(facts, operation)
    assert about is not None, f"{facts.resource.key}: {operation} is not possible before its address is known"
    return Call(verb, operation, {**(request or {}), **about})


def _updating(facts: Facts) -> Verdict:
    verdict = _of_the_next(facts, reconciling(Reason.UPDATING, f"Updating {', '.join(facts.differing)}."))
    return replace(verdict, drifted=facts.differing) if facts.drifting else verdict


def _of_the_next(facts: Facts, verdict: Verdict) -> Verdict:
    """A verdict about what the manifest asks for next, while something else may be serving."""
    return while_serving(verdict, current=False) if serves(facts) else verdict


def _serves_this(facts: Facts) -> bool:
    """Whether what serves is what this manifest asks for; a row of a list cannot tell, so the last report is believed."""
    if isinstance(facts.observed, Present) and facts.observed.complete:
        return facts.update is None
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
    if not facts.kind.rollback or not facts.cause or facts.resource.look_now is not None:
        return False
    last = facts.resource.status.get("lastUpdate") or {}
    return bool(last.get("requestHash") == intent["requestHash"] and last.get("before") != intent["before"])


def _rolled_back(facts: Facts) -> Verdict:
    verdict = Verdict(State.STALLED, Reason.ROLLED_BACK, str(facts.cause), rolled_back=True)
    return _of_the_next(facts, verdict)


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
