"""Timelines: what happens to a resource by itself, and when.

A timeline is data. An effect is a function of a module, or a `functools.partial` of one with plain JSON arguments, so that what
is under way can be written to a file and taken up again. Nothing in here runs; `machine` does.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from sagemaker_local.emulator.refusal import UNVERIFIED
from sagemaker_local.emulator.resource import Resource

if TYPE_CHECKING:
    from sagemaker_local.emulator.world import World

# What happens to a resource when a step is reached. A returned text is the reason why the step fails.
Effect: TypeAlias = Callable[[Resource, "World", float], str | None]


@dataclass(frozen=True, slots=True)
class Step:
    """A moment of a timeline: what a resource becomes, `after` seconds from the start.

    Attributes:
        status: the new status; None leaves it.
        detail: the secondary status, where the family has one.
        message: the text that goes with the detail.
        effect: what else happens; it happens before the status is taken on.
        reason: the FailureReason.
    """

    after: float
    status: str | None
    detail: str | None = None
    message: str | None = None
    effect: Effect | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happens to a resource by itself, once something has set it off.

    Attributes:
        failed: what it becomes if a step fails; None when it cannot fail.
        detour: what happens when the work is interrupted; its last step is the stage in which it goes on. Empty if nothing does.
        queued: the stage in which it waits for capacity after its first step; None if it never does.
        evidence: where texts and durations were seen.
    """

    steps: tuple[Step, ...]
    failed: Step | None = None
    detour: tuple[Step, ...] = ()
    queued: Step | None = None
    evidence: str = UNVERIFIED


def at(
    after: float,
    status: str | None,
    detail: str | None = None,
    message: str | None = None,
    *,
    effect: Effect | None = None,
) -> Step:
    """A step, in the order in which one reads a timeline."""
    return Step(after, status, detail, message, effect)


def stretched(timeline: Timeline, seconds: float) -> Timeline:
    """The timeline so that it takes `seconds` altogether, each stage in proportion."""
    total = timeline.steps[-1].after
    factor = seconds / total if total else 0.0
    return replace(timeline, steps=tuple(replace(step, after=step.after * factor) for step in timeline.steps))


def interrupted(timeline: Timeline, stage: str | None = None) -> Timeline | None:
    """The timeline with its detour in the middle of a stage, by default the one in which the work goes on.

    That stage begins anew after the detour. None if nothing interrupts it there.
    """
    if not timeline.detour:
        return None
    steps, back = timeline.steps, timeline.detour[-1]
    wanted = stage or back.detail
    found = [i for i, step in enumerate(steps[:-1]) if wanted in (step.detail, step.status)]
    resumed = [i for i, step in enumerate(steps[:-1]) if step.detail == back.detail]
    if not found or not resumed or found[-1] > resumed[-1]:
        return None
    moment = (steps[found[-1]].after + steps[found[-1] + 1].after) / 2
    detour = [replace(step, after=moment + step.after) for step in timeline.detour]
    lost = moment + back.after - steps[resumed[-1]].after
    rest = [replace(step, after=step.after + lost) for step in steps[resumed[-1] + 1 :]]
    return replace(timeline, steps=(*steps[: found[-1] + 1], *detour, *rest))


def delayed(timeline: Timeline, seconds: float) -> Timeline | None:
    """The timeline with `seconds` of waiting for capacity after its first step; None if it never waits."""
    if timeline.queued is None or len(timeline.steps) < 2:
        return None
    first, *rest = timeline.steps
    moment = first.after + (rest[0].after - first.after) / 2
    waiting = replace(timeline.queued, after=moment)
    return replace(timeline, steps=(first, waiting, *(replace(step, after=step.after + seconds) for step in rest)))
