"""Where a timeline waits for servers: after a launch. What follows comes when they are healthy, not when time has passed.

Pure. A creation and a change of capacity wait after their first step, an update after each step that launches a batch. Stages
that ask nobody for anything (traffic is activated, instances are terminated) take a second instead of the time they take at
AWS; how long a fleet bakes is what was asked for.
"""

from dataclasses import replace
from typing import Final

from sagemaker_local.emulator.families.hosting.rollouts import Policy
from sagemaker_local.emulator.resource import Resource
from sagemaker_local.emulator.timeline import Step, Timeline
from sagemaker_local.runner.assignment import held

LAUNCHING: Final = "Launching"
PAUSE: Final = 1.0
_SHORT: Final = frozenset({"ActivatingTraffic", "Terminating"})
_UNDER_WAY: Final = frozenset({"Creating", "Updating"})


def gate(timeline: Timeline) -> int | None:
    """The number of the step after which the timeline waits for servers; None if it does not."""
    for number, step in enumerate(timeline.steps[:-1]):
        if step.detail == LAUNCHING:
            return number
    # What cannot fail waits for nobody: a deletion, maintenance, the way back after a failure.
    starts = timeline.failed is not None and len(timeline.steps) > 1
    return 0 if starts and not any(step.detail == LAUNCHING for step in timeline.steps) else None


def parted(timeline: Timeline) -> tuple[Timeline, Timeline | None]:
    """What of a timeline goes on by itself, and what waits behind its first gate; None if it has none."""
    number = gate(timeline)
    return (timeline, None) if number is None else held(timeline, number)


def following(rest: Timeline) -> tuple[Timeline, Timeline | None]:
    """The same for what came after a gate: only launches of further batches are gates there."""
    launches = any(step.detail == LAUNCHING for step in rest.steps[:-1])
    return parted(rest) if launches else (rest, None)


def brisk(timeline: Timeline) -> Timeline:
    """The timeline without the time that AWS takes for what costs no time here."""
    steps: list[Step] = []
    saved = 0.0
    for number, step in enumerate(timeline.steps):
        steps.append(replace(step, after=step.after - saved))
        if step.detail in _SHORT and number + 1 < len(timeline.steps):
            saved += max(0.0, timeline.steps[number + 1].after - step.after - PAUSE)
    return replace(timeline, steps=tuple(steps))


def quick(policy: Policy) -> Policy:
    """A policy by which nothing takes time but what was asked for, and what is waited for."""
    return replace(policy, launch=0.0, shift=PAUSE, terminate=PAUSE)


def waits(resource: Resource, at: Step) -> bool:
    """Whether a resource has come to the gate after that step, and nothing has ended its course before."""
    return resource.status in _UNDER_WAY and (at.detail is None or resource.detail == at.detail)


def is_over(resource: Resource) -> bool:
    """Whether the course that had gates has come to its end, well or not."""
    return resource.gone or resource.status not in _UNDER_WAY
