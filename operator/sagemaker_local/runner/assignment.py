"""One piece of work for one resource, from its creation to its end, and the part of its course that waits for it."""

import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

from sagemaker_local.emulator.resource import Resource
from sagemaker_local.emulator.timeline import Timeline


@dataclass(slots=True, eq=False)
class Assignment:
    """A piece of work.

    Attributes:
        resource: whose work it is. Its spec is what was asked for, with defaults; nobody but the emulator changes it.
        directory: scratch space of this work alone, which exists; it is removed when the work is over.
        stopping: set once somebody asked that the work be stopped, or the resource is gone. The work then ends in good order.
        reclaimed: set when the spot capacity of the work is taken away; whoever goes on with the work clears it.
        generation: that of the resource which this work may report about; `Desk` keeps it up to date.
        rest: what follows by itself once the work has come so far, for resources that go on without it, such as endpoints.
    """

    resource: Resource
    directory: Path
    stopping: threading.Event = field(default_factory=threading.Event)
    reclaimed: threading.Event = field(default_factory=threading.Event)
    generation: int = 0
    rest: Timeline | None = None


def held(timeline: Timeline, at: int) -> tuple[Timeline, Timeline]:
    """A timeline in two: up to and including step number `at`, and what follows, which then begins at once."""
    now, later = timeline.steps[: at + 1], timeline.steps[at + 1 :]
    if not later:
        return timeline, replace(timeline, steps=())
    start = later[0].after
    rest = tuple(replace(step, after=step.after - start) for step in later)
    return replace(timeline, steps=now), replace(timeline, steps=rest)
