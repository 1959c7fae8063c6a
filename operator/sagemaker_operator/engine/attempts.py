"""Attempts at a job: what follows when one is over.

SageMaker runs a job once, and its name is taken for ever; so to try again is to make another job. Each attempt that is over is
written down in the status before anything follows from it, and what follows is told from that record alone: it is the same after
a restart, and a resync begins nothing.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sagemaker_operator.kinds.kind import Stage
from sagemaker_operator.model.names import field

from . import amending
from .accounts import billable_seconds
from .facts import Facts
from .failure import Class, classify, of_words
from .naming import attempt_name
from .policy import RunPolicy
from .readiness import assess
from .resource import Resource
from .schedule import Pace
from .steps import Rest, Verb
from .target import Target
from .times import written
from .verdict import Reason, State, Verdict, ready, reconciling

# As Kubernetes' Job does: 10 s, 20 s, 40 s … up to 6 minutes (https://kubernetes.io/docs/concepts/workloads/controllers/job/).
_FIRST, _FACTOR, _LONGEST = 10.0, 2.0, 360.0
# A status must stay small, whatever happens.
_KEPT = 20
_LONGEST_MESSAGE = 1024

# Why we have stopped a job (``status.stoppedFor``), and what its attempt ended by.
STOPPED_FOR: Mapping[str, Reason] = {
    "Suspend": Reason.SUSPENDED,
    "ActiveDeadline": Reason.DEADLINE_EXCEEDED,
    "StartupDeadline": Reason.STARTUP_DEADLINE_EXCEEDED,
}
_WORDS: Mapping[str, str] = {
    Reason.DEADLINE_EXCEEDED: "It was not over within spec.runPolicy.activeDeadlineSeconds.",
    Reason.STARTUP_DEADLINE_EXCEEDED: "It did not begin its work within spec.runPolicy.startupDeadlineSeconds.",
    Reason.SUSPENDED: "It was stopped, as spec.suspend asks.",
}


@dataclass(frozen=True, slots=True)
class Next:
    """The attempt that follows a failed one.

    Attributes:
        instance_type: what it runs on; None if there is no choice.
        wait: how long to wait before it.
        counts: whether it counts as a retry; to go on to the next instance type does not.
    """

    instance_type: str | None
    wait: timedelta
    counts: bool


def first(facts: Facts) -> dict[str, Any]:
    """What is written down of a job with its name, before its first attempt."""
    if facts.kind.run is None:
        return {}
    policy = RunPolicy(facts.resource)
    on = {"instanceType": policy.instance_type} if policy.instance_type else {}
    return {"activeSince": written(facts.now), "attemptSince": written(facts.now), **on}


def over(resource: Resource) -> Mapping[str, Any] | None:
    """The record of the current attempt, if that is over."""
    records: Sequence[Mapping[str, Any]] = resource.status.get("attempts") or ()
    last = records[-1] if records else None
    return last if last is not None and last.get("attempt") == resource.status.get("attempt") else None


def between(facts: Facts) -> Rest | None:
    """After an attempt and before the next there is nothing in SageMaker to look at."""
    record = over(facts.resource)
    if facts.kind.run is None or record is None or facts.resource.finished:
        return None
    policy, reason = RunPolicy(facts.resource), record["reason"]
    if reason == Reason.SUSPENDED:
        return suspended() if facts.suspend else _begin(facts, Next(None, timedelta(), counts=False))
    if policy.deadline is not None and facts.now >= policy.deadline:
        return exceeded()
    following = after(facts.resource, reason)
    if following is None:
        # The policy was edited meanwhile.
        return Rest(_failed(reason, record["message"]), Pace.NEVER, {"nextAttemptTime": None})
    if facts.suspend:
        return suspended()
    if policy.next_attempt is not None and facts.now < policy.next_attempt:
        return Rest(_backing_off(record, following), Pace.NEVER)
    return _begin(facts, following)


def concluded(facts: Facts) -> Rest:
    """What follows when SageMaker says that an attempt is over."""
    if facts.resource.finished:
        return Rest(outcome(facts.resource), Pace.NEVER)
    verdict = assess(facts)
    record = _record(facts, verdict)
    attempts = [*(facts.resource.status.get("attempts") or ()), record][-_KEPT:]
    kept: dict[str, Any] = {"attempts": attempts}
    if facts.stage is Stage.READY:
        return Rest(verdict, Pace.NEVER, kept)
    reason, policy = record["reason"], RunPolicy(facts.resource)
    if reason == Reason.SUSPENDED:
        rest = suspended() if facts.suspend else Rest(reconciling(Reason.CREATING, "It is resumed."), Pace.AGAIN)
        return replace(rest, status=kept)
    late = policy.deadline is not None and facts.now >= policy.deadline
    following = None if late else after(facts.resource, reason)
    if following is None:
        return Rest(_failed(reason, record["message"], facts.stage), Pace.NEVER, kept)
    kept |= {"nextAttemptTime": written(facts.now + following.wait)}
    return Rest(_backing_off(record, following), Pace.AGAIN if not following.wait else Pace.NEVER, kept)


def after(resource: Resource, reason: str) -> Next | None:
    """What follows an attempt that ended so; None if that was the last one."""
    policy, retries = RunPolicy(resource), int(resource.status.get("retries", 0))
    scarce = reason in (Class.CAPACITY, Reason.STARTUP_DEADLINE_EXCEEDED)
    other = policy.another_instance_type if scarce else None
    if other is not None:
        return Next(other, timedelta(), counts=False)
    if (Class.CAPACITY if scarce else reason) not in policy.retries_on or retries >= policy.limit:
        return None
    first = policy.instance_types[0] if scarce and policy.instance_types else None
    return Next(first, _wait(resource, retries), counts=True)


def elsewhere(facts: Facts) -> Rest | None:
    """Where Create is refused for lack of one instance type, go on to the next; nothing was made, so it is the same attempt."""
    if facts.failure is None or facts.failed is None or facts.failed.verb is not Verb.CREATE or facts.kind.run is None:
        return None
    known = of_words(f"{facts.failure.code}Exception: {facts.failure.message}") or of_words(facts.failure.message)
    other = RunPolicy(facts.resource).another_instance_type if known in (Class.CAPACITY, Class.QUOTA) else None
    if other is None:
        return None
    message = f"{facts.failure.code}: {facts.failure.message} Going on with {other}."
    return Rest(reconciling(Reason.BACKING_OFF, message), Pace.AGAIN, _on(facts.resource, other))


def outcome(resource: Resource) -> Verdict:
    """What was said of a finished job: it stays, whatever SageMaker remembers of it."""
    told = resource.condition("Succeeded") or {}
    ended_well = told.get("status") == "True"
    return Verdict(
        State.READY if ended_well else State.STALLED,
        told["reason"],
        told["message"],
        succeeded=ended_well,
        stopped=resource.status.get("phase") == "Stopped",
    )


def suspended() -> Rest:
    """A job that waits until somebody clears ``spec.suspend``."""
    verdict = ready(Reason.SUSPENDED, "Nothing is created in SageMaker while spec.suspend is true.")
    return Rest(replace(verdict, suspended=True), Pace.EVENT)


def exceeded() -> Rest:
    """A job that has no time left for another attempt."""
    return Rest(
        _failed(Reason.DEADLINE_EXCEEDED, _WORDS[Reason.DEADLINE_EXCEEDED]), Pace.NEVER, {"nextAttemptTime": None}
    )


def _begin(facts: Facts, following: Next) -> Rest:
    """Write down the name of the next attempt, and begin a pass that makes it."""
    resource = facts.resource
    attempt = int(resource.status.get("attempt", 1)) + 1
    name = attempt_name(resource, attempt)
    family = facts.kind.family
    # What was seen of the last attempt is not true of this one; the part of its address that the manifest chose is.
    seen = {*facts.kind.shown, *family.assigned} - (family.address.keys() - {*family.assigned})
    told: dict[str, Any] = {field(member): None for member in seen}
    told |= {"arn": None, "stoppedFor": None, "nextAttemptTime": None, "failure": None, "run": None}
    told |= {facts.kind.identity_field: name, "attempt": attempt, "attemptSince": written(facts.now)}
    told |= {"activeSince": resource.status.get("activeSince") or written(facts.now)}
    if isinstance(facts.target, Target):
        told |= amending.sent(facts.kind, facts.target.members)
    if following.counts:
        told["retries"] = int(resource.status.get("retries", 0)) + 1
    if following.instance_type:
        told |= _on(resource, following.instance_type)
    message = f"Creating {facts.kind.name} {name} in SageMaker, attempt {attempt}."
    return Rest(reconciling(Reason.CREATING, message), Pace.AGAIN, told)


def _on(resource: Resource, instance_type: str) -> dict[str, Any]:
    """What to write down when another instance type is tried: its image may be another one too."""
    if resource.status.get("instanceType") == instance_type:
        return {}
    return {"instanceType": instance_type, "resolvedImage": None, "resolvedImages": None}


def _record(facts: Facts, verdict: Verdict) -> dict[str, Any]:
    """What is kept of an attempt that is over."""
    run, status = facts.kind.run, facts.resource.status
    stopped = STOPPED_FOR.get(status.get("stoppedFor", "")) if facts.stage is Stage.STOPPED else None
    reason = str(stopped or classify(facts.kind, facts.reply, facts.cause) or verdict.reason)
    if facts.stage is Stage.READY:
        reason = Reason.SUCCEEDED
    message = _WORDS[stopped] if stopped else verdict.message
    record = {
        "attempt": int(status.get("attempt", 1)),
        "name": facts.resource.known_name,
        "phase": {Stage.READY: "Succeeded", Stage.STOPPED: "Stopped"}.get(facts.stage, "Failed"),
        "reason": reason,
        "message": message[:_LONGEST_MESSAGE],
        "instanceType": RunPolicy(facts.resource).instance_type,
        "startTime": facts.told(run.start) if run and run.start else None,
        "completionTime": (facts.told(run.end) if run and run.end else None) or written(facts.now),
        "billableSeconds": billable_seconds(facts.kind, facts.reply),
    }
    return {name: told for name, told in record.items() if told is not None}


def _failed(reason: str, message: str, stage: Stage = Stage.FAILED) -> Verdict:
    stopped = stage is Stage.STOPPED and reason not in STOPPED_FOR.values()
    return Verdict(State.STALLED, reason, message, succeeded=False, stopped=stopped)


def _backing_off(record: Mapping[str, Any], following: Next) -> Verdict:
    where = f" on {following.instance_type}" if following.instance_type else ""
    message = f"Attempt {record['attempt']} ended: {record['message']} Attempt {record['attempt'] + 1} follows{where}."
    return reconciling(Reason.BACKING_OFF, message)


def _wait(resource: Resource, retries: int) -> timedelta:
    """How long to wait before a retry; the jitter is the same whenever it is asked for."""
    spread = hashlib.sha256(f"{resource.uid}/{retries}/wait".encode()).digest()[0] / 256
    return timedelta(seconds=min(_LONGEST, _FIRST * _FACTOR**retries) * (1 + spread / 2))
