"""What to do next about one resource.

`decide` asks a chain of checks, and the first one with something to say is heard. Each check is about one thing and is tested
alone; their order is the policy, and is told by `KEEP` and by `leave.LEAVE`.
"""

from collections.abc import Callable
from dataclasses import replace

from sagemaker_operator.errors import Exists
from sagemaker_operator.kinds import Lifecycle
from sagemaker_operator.kinds.kind import Stage

from . import address, amending, attempts, ownership, refusal, revisions, serving
from .absence import MISSES, missing
from .attaching import unattached
from .facts import Adoption, Drift, Facts, Missing, Present, Unlooked
from .halting import halted
from .interrupting import interrupted, stopping
from .leave import leave
from .policy import RunPolicy
from .postmortem import unread_log
from .readiness import assess, of_the_next, serves_this
from .resource import ADOPT
from .scaling import checks as scaling
from .schedule import Pace
from .steps import AskOwner, Call, Claim, Discard, Intend, Look, Rest, Step, Verb
from .target import Waiting
from .updating import outdated
from .verdict import Reason, reconciling, stalled, while_serving


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


def managed_elsewhere(facts: Facts) -> Step | None:
    """What another controller is to run is left alone."""
    return Rest(None, Pace.NEVER) if RunPolicy(facts.resource).elsewhere else None


def finished(facts: Facts) -> Step | None:
    """A job whose outcome is recorded costs no call any more, once its last edit has arrived; at last the object goes."""
    if not (facts.resource.finished and facts.resource.settled):
        return None
    expiry = RunPolicy(facts.resource).expiry
    if expiry is not None and facts.now >= expiry:
        return Discard("Its time to live after it finished is over (spec.runPolicy).")
    return Rest(None, Pace.NEVER)


def failed_call(facts: Facts) -> Step | None:
    """A failure ends the pass, but for two that lead to a look: the name is taken, or the object is gone."""
    if facts.failure is None:
        return None
    if not isinstance(facts.failure, Exists):
        if (edit := amending.refused(facts, facts.failure)) is not None:
            return edit
        return refusal.after(facts, facts.failure)
    if isinstance(facts.observed, Unlooked):
        return Look()
    if isinstance(facts.observed, Missing):
        if facts.misses < MISSES:
            return Rest(reconciling(Reason.CREATING, refusal.words(facts.failure)), Pace.SOON)
        return Rest(stalled(Reason.NAME_CONFLICT, refusal.words(facts.failure)), Pace.RECHECK)
    return None


def shut_out(facts: Facts) -> Step | None:
    """A service that takes no new customers is asked once: again only for another manifest, or when somebody wants a look."""
    told = facts.resource.condition("Stalled") or {}
    # What it refers to may have been refused in its place, and be there by now.
    itself = str(told.get("message")).startswith(f"{facts.kind.family.create}: ")
    closed = itself and told.get("reason") == Reason.SERVICE_CLOSED and facts.resource.up_to_date
    return Rest(None, Pace.NEVER) if closed and facts.resource.arn is None else None


def waiting(facts: Facts) -> Step | None:
    """A manifest whose references are not ready makes nothing new."""
    if isinstance(facts.target, Waiting) and facts.resource.arn is None and not facts.resource.spec.get("stopped"):
        return Rest(facts.target.verdict, facts.target.pace)
    return None


def unwanted(facts: Facts) -> Step | None:
    """A manifest that is suspended before anything was begun makes nothing yet."""
    if not facts.suspend or facts.resource.known_name is not None:
        return None
    return attempts.suspended()


def unnamed(facts: Facts) -> Step | None:
    """The name is written down before it is used."""
    if facts.resource.known_name is not None or isinstance(facts.target, Waiting):
        return None
    chosen = address.chosen(facts.kind, facts.target.name, facts.target.members)
    return Intend(
        {
            **chosen,
            "attempt": 1,
            "tagKeys": sorted(facts.target.tags),
            **attempts.first(facts),
            **amending.sent(facts.kind, facts.target.members),
            **revisions.pending(facts),
        },
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


def at_rest(facts: Facts) -> Step:
    """Nothing is left to do but to tell how it is."""
    verdict = assess(facts)
    if facts.drifting and facts.drift is Drift.REPORT:
        verdict = replace(verdict, drifted=facts.differing)
    if facts.kind.lifecycle is Lifecycle.JOB:
        concluded = attempts.concluded(facts)
        return replace(concluded, pace=Pace.WATCH) if amending.waits(facts) else concluded
    # Without an Update there is nothing that a reference could still change.
    if isinstance(facts.target, Waiting) and facts.kind.mutable:
        return Rest(of_the_next(facts, facts.target.verdict), facts.target.pace)
    return Rest(verdict, scaling.pace(facts))


def updated(facts: Facts) -> Step | None:
    """An update, with what has to be done at Application Auto Scaling before it; or after all, where it is not to be made."""
    step = outdated(facts)
    if isinstance(step, Intend | Call):
        return scaling.parted(facts) or step
    if isinstance(step, Rest) and Verb.UPDATE not in facts.done:
        return scaling.scaled(facts) or step
    return step


KEEP: tuple[Callable[[Facts], Step | None], ...] = (
    paused,
    managed_elsewhere,
    unclaimed,
    finished,
    attempts.between,
    attempts.elsewhere,
    failed_call,
    shut_out,
    unwanted,
    serving.never_begun,
    waiting,
    unnamed,
    just_created,
    stopping,
    unlooked,
    serving.stopped,
    missing,
    foreign,
    mistagged,
    serving.put_away,
    unattached,
    interrupted,
    amending.amended,
    mid_change,
    unread_log,
    halted,
    updated,
    serving.sized,
    scaling.scaled,
    at_rest,
)


def _serves_this(facts: Facts) -> bool:
    """Whether what serves is what this manifest asks for; a row of a list cannot tell, so the last report is believed."""
    if isinstance(facts.observed, Present) and facts.observed.complete:
        return facts.update is None
    return serves_this(facts)
