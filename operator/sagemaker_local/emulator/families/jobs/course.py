"""The course of a training job: its timelines, and how one is fitted to limits, interruptions, attempts and warm pools.

Timeline and messages are those of a recorded job in the tests of aws-controllers-k8s/sagemaker-controller. Everything here is
about steps and seconds; what a job keeps of them is in `transitions`, and who gets whose warm pool in `pools`.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Final

from sagemaker_local.emulator.effects import gone
from sagemaker_local.emulator.families.jobs import pools
from sagemaker_local.emulator.refusal import VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.timeline import Step, Timeline, at, delayed
from sagemaker_local.emulator.world import Call, World

RECORDED: Final = "recorded Describe replies in aws-controllers-k8s/sagemaker-controller"
STOP_GRACE: Final = 120.0
"""Seconds between SIGTERM and SIGKILL (StopTrainingJob's documentation)."""
RESTART: Final = 10.0
"""Seconds between a failed attempt and the next."""
WARM_START: Final = 20.0
"""Seconds in Starting on the instances of a warm pool."""
WAITS: Final = "waits for its plan"
"""Where a job notes in its spec how many seconds it is until its training plan begins; no answer has such a member."""
WAITING: Final = frozenset({"Starting", "Pending", "Interrupted", "Restarting"})
"""Secondary statuses in which a job is in progress without instances that work for it."""

WAIT_WITHOUT_SPOT: Final = Refusal(
    VALIDATION,
    "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true",
    evidence="Kenza-AI/sagify#111, amazon-sagemaker-examples#869",
)
WAIT_TOO_SHORT: Final = Refusal(
    VALIDATION,
    "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds",
    evidence="the rule: MaxWaitTimeInSeconds' documentation; the text after the first sentence: unverified",
)

CREATE: Final = Timeline(
    (
        at(0, "InProgress", "Starting", "Preparing the instances for training"),
        at(185, "InProgress", "Downloading", "Downloading input data"),
        at(234, "InProgress", "Training", "Training image download completed. Training in progress."),
        at(337, "InProgress", "Uploading", "Uploading generated training model"),
        at(344, "Completed", "Completed", "Training job completed"),
    ),
    failed=at(0, "Failed", "Failed", "Training job failed"),
    detour=(
        at(0, "InProgress", "Interrupted", "Training job interrupted"),
        at(60, "InProgress", "Starting", "Preparing the instances for training"),
        at(240, "InProgress", "Downloading", "Downloading input data"),
        at(290, "InProgress", "Training", "Training image download completed. Training in progress."),
    ),
    queued=at(0, "InProgress", "Pending", "Waiting for compute capacity"),
    evidence=RECORDED,
)
STOP: Final = Timeline(
    (
        at(0, "Stopping", "Stopping", "Stopping the training job"),
        at(STOP_GRACE, "Stopped", "Stopped", "Training job stopped"),
    ),
    evidence="the grace: StopTrainingJob's documentation; the messages: unverified",
)
DELETE: Final = Timeline((at(0, "Deleting"), at(5, None, effect=gone)))


def spot_limits_fit(call: Call, _: World) -> None:
    """A job on spot instances may wait at least as long as it may run; no other job may say how long it waits."""
    check_spot_limits(call.request)


def check_spot_limits(request: Json) -> None:
    """The same for anything that has EnableManagedSpotTraining and StoppingCondition. Raises ServiceError."""
    condition = request.get("StoppingCondition", {})
    wait = condition.get("MaxWaitTimeInSeconds")
    if not request.get("EnableManagedSpotTraining", False):
        if wait is not None:
            raise WAIT_WITHOUT_SPOT.error()
    elif wait is None or wait < condition.get("MaxRuntimeInSeconds", 86400):
        raise WAIT_TOO_SHORT.error()


def fitted(resource: Resource, timeline: Timeline) -> Timeline:
    """The course that a job takes; what stops or deletes it is left as it is."""
    steps = timeline.steps
    if steps[0].status != "InProgress":
        return timeline
    if pools.SOURCE in resource.spec and "retries" not in resource.facts:
        steps = _started_warm(steps)
    steps = _within_limits(resource, steps)
    last = steps[-1]
    if last.status == "Completed" and pools.kept(resource):
        steps = (*steps[:-1], replace(last, effect=pools.retain))
    elif last.status == "Failed" and _may_retry(resource, last):
        again = partial(restart, ran=_ran(steps), took=last.after)
        steps = (*steps[:-1], replace(_RESTARTING, after=last.after, effect=again))
    course = replace(timeline, steps=steps)
    if WAITS in resource.spec and "retries" not in resource.facts:
        # Last, because such waiting counts for no limit (MaxPendingTimeInSeconds' documentation).
        return delayed(course, resource.spec[WAITS]) or course
    return course


def restart(resource: Resource, world: World, now: float, *, ran: float, took: float) -> None:
    """An attempt failed, and another follows: its time counts with the next one's (RetryStrategy's documentation)."""
    facts = resource.facts
    facts["retries"] = facts.get("retries", 0) + 1
    facts["ran"] = facts.get("ran", 0.0) + ran
    facts["took"] = facts.get("took", 0.0) + took + RESTART
    world.stage.later(resource, RESTART, begin_anew, now=now)


def begin_anew(resource: Resource, world: World, now: float) -> None:
    """The next attempt, unless the job was stopped meanwhile."""
    if resource.detail == "Restarting":
        world.stage.begin(resource, CREATE, now=now)


_RESTARTING: Final = at(0, "InProgress", "Restarting", "Restarting the training job")


def _may_retry(resource: Resource, failure: Step) -> bool:
    most = resource.spec.get("RetryStrategy", {}).get("MaximumRetryAttempts", 0)
    internal = (failure.reason or "").startswith("InternalServerError")
    return internal and resource.facts.get("retries", 0) < most


def _started_warm(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps with a shorter start."""
    if len(steps) < 2:
        return tuple(steps)
    saved = max(0.0, steps[1].after - WARM_START)
    return (steps[0], *(replace(step, after=step.after - saved) for step in steps[1:]))


def _within_limits(resource: Resource, steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps, ended by MaxRuntimeInSeconds or MaxWaitTimeInSeconds, whichever is over first."""
    condition = resource.spec["StoppingCondition"]
    ends: list[tuple[float, str, str]] = []
    runtime, wait = condition.get("MaxRuntimeInSeconds"), condition.get("MaxWaitTimeInSeconds")
    pending = _pending(steps, condition.get("MaxPendingTimeInSeconds"))
    if pending is not None:
        ends.append((pending, "Stopped", "Training job pending time exceeded MaxPendingTimeInSeconds provided"))
    if runtime is not None:
        over = _moment_of(steps, runtime - resource.facts.get("ran", 0.0))
        if over is not None:
            ends.append((over, "MaxRuntimeExceeded", "Training job runtime exceeded MaxRuntimeInSeconds provided"))
    if wait is not None:
        over = max(0.0, wait - resource.facts.get("took", 0.0))
        if steps[-1].after > over:
            ends.append((over, "MaxWaitTimeExceeded", "Training job wait time exceeded MaxWaitTimeInSeconds provided"))
    return _stopped_at(steps, *min(ends)) if ends else tuple(steps)


def _moment_of(steps: Sequence[Step], limit: float) -> float | None:
    """When instances have worked for `limit` seconds, waiting not counted; None if they never do."""
    used = 0.0
    for step, following in pairwise(steps):
        if step.detail in WAITING:
            continue
        length = following.after - step.after
        if used + length > limit:
            return step.after + max(0.0, limit - used)
        used += length
    return None


def _pending(steps: Sequence[Step], limit: float | None) -> float | None:
    """When a job has waited for capacity for `limit` seconds; None if it never does."""
    for step, following in pairwise(steps):
        if step.detail == "Pending" and limit is not None and following.after - step.after > limit:
            return step.after + limit
    return None


def _ran(steps: Sequence[Step]) -> float:
    return sum(following.after - step.after for step, following in pairwise(steps) if step.detail not in WAITING)


def _stopped_at(steps: Sequence[Step], moment: float, detail: str, message: str) -> tuple[Step, ...]:
    kept = [step for step in steps if step.after < moment] or [steps[0]]
    grace = 0.0 if kept[-1].detail in WAITING else STOP_GRACE
    return (
        *kept,
        at(moment, "Stopping", "Stopping", "Stopping the training job"),
        at(moment + grace, "Stopped", detail, message),
    )
