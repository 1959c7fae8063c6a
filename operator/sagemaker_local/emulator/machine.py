"""Moves resources along their timelines when their time comes, whether anybody reads them or not.

One timer per resource: each step sets the timer of the next. Timers of a timeline that was replaced are void. What wakes the
machine up in real time is `server`; what moves a virtual clock is `advance`.
"""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import replace

from sagemaker_local.emulator.family import Family, Step, Timeline
from sagemaker_local.emulator.resource import Resource
from sagemaker_local.emulator.scenarios import Scenarios
from sagemaker_local.emulator.world import World

Timer = tuple[float, int, int, Family, Resource, Timeline, int, float]


class Machine:
    """All timers of one emulator. Not thread-safe by itself; `service` holds the lock."""

    def __init__(self, world: World, scenarios: Scenarios) -> None:
        self._world = world
        self._scenarios = scenarios
        self._timers: list[Timer] = []
        self._order = itertools.count()
        self.on_earlier: Callable[[], None] | None = None

    def begin(self, family: Family, resource: Resource, timeline: Timeline, *, now: float) -> None:
        """Set a resource on a timeline, instead of the one it is on."""
        fitted = self._scenarios.fit(resource.kind, resource.name, timeline)
        resource.generation += 1
        self._walk(family, resource, family.plan(resource, fitted), 0, began=now, now=now)

    def next_due(self) -> float | None:
        """When the first timer is due, in epoch seconds; None if nothing is under way."""
        return self._timers[0][0] if self._timers else None

    def run(self, until: float) -> int:
        """Take every step that is due by `until`, in order; returns how many were taken."""
        taken = 0
        while self._timers and self._timers[0][0] <= until:
            due, _, generation, family, resource, timeline, index, began = heapq.heappop(self._timers)
            if generation == resource.generation:
                self._walk(family, resource, timeline, index, began=began, now=due)
                taken += 1
        return taken

    def advance(self, seconds: float) -> int:
        """Move the virtual clock, stopping at each timer on the way; returns how many steps were taken.

        Raises:
            ValueError: the clock is not virtual, or would go backwards.
        """
        clock = self._world.clock
        if not seconds >= 0:
            raise ValueError(f"time does not go backwards: {seconds}")
        end, taken = clock.now() + seconds, 0
        clock.move(clock.now())  # refuses at once if the clock is real
        while (due := self.next_due()) is not None and due <= end:
            clock.move(due)
            taken += self.run(due)
        clock.move(end)
        return taken

    def clear(self) -> None:
        """Forget every timer."""
        self._timers.clear()

    def _walk(
        self,
        family: Family,
        resource: Resource,
        timeline: Timeline,
        index: int,
        *,
        began: float,
        now: float,
    ) -> None:
        """Take step `index` and all that are due with it, then set the timer of the next."""
        generation = resource.generation
        for number in range(index, len(timeline.steps)):
            step = timeline.steps[number]
            due = round(began + step.after / self._world.clock.speed, 3)
            if number > index and due > now:
                self._set_timer((due, next(self._order), generation, family, resource, timeline, number, began))
                return
            failure = self._enter(family, resource, step, now)
            if failure is not None:
                if timeline.failed is not None:
                    self._enter(family, resource, replace(timeline.failed, reason=failure), now)
                return
            if resource.generation != generation:
                return

    def _enter(self, family: Family, resource: Resource, step: Step, now: float) -> str | None:
        """Make a resource what the step says; a text says why it could not."""
        if step.effect is not None:
            failure = step.effect(resource, self._world, now)
            if failure is not None:
                return failure
        if step.status is not None:
            resource.status = step.status
            if step.status not in family.occupies:
                resource.usage = {}
        if step.detail is not None:
            resource.detail = step.detail
        if step.reason is not None:
            resource.reason = step.reason
        resource.modified = now
        family.entered(resource, step, now)
        return None

    def _set_timer(self, timer: Timer) -> None:
        earliest = not self._timers or timer[0] < self._timers[0][0]
        heapq.heappush(self._timers, timer)
        if earliest and self.on_earlier is not None:
            self.on_earlier()
