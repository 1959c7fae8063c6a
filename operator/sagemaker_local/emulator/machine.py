"""Moves resources along their timelines when their time comes, whether anybody reads them or not.

One timer per resource: each step sets the timer of the next. Timers of a timeline that was replaced are void. Beside its timeline
a resource may have alarms that survive a change of timeline, for example the next run of a schedule. What wakes the machine up in
real time is `server`; what moves a virtual clock is `advance`.
"""

import heapq
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sagemaker_local.emulator.family import Family
from sagemaker_local.emulator.resource import Earlier, Resource
from sagemaker_local.emulator.scenarios import Scenarios
from sagemaker_local.emulator.timeline import Effect, Step, Timeline, at
from sagemaker_local.emulator.world import World


@dataclass(frozen=True, slots=True)
class Timer:
    """What is to happen to a resource, and when.

    Attributes:
        due: epoch seconds.
        timeline: what it is on.
        index: the step that is due.
        began: when the timeline began, in epoch seconds.
        generation: the resource's when the timer was set; None for an alarm, which no other timeline voids.
    """

    due: float
    resource: Resource
    timeline: Timeline
    index: int
    began: float
    generation: int | None


class Machine:
    """All timers of one emulator. Not thread-safe by itself; `service` holds the lock.

    Attributes:
        taken: how many steps were taken so far.
        on_earlier: called when a timer is set that is due before all others.

    Args:
        family: the family of a kind.
    """

    def __init__(self, world: World, scenarios: Scenarios, family: Callable[[str], Family]) -> None:
        self._world = world
        self._scenarios = scenarios
        self._family = family
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self.taken = 0
        self.on_earlier: Callable[[], None] | None = None

    def begin(self, family: Family, resource: Resource, timeline: Timeline, *, now: float) -> None:
        """Set a resource on a timeline, instead of the one it is on."""
        fitted = self._scenarios.fit(resource.kind, resource.name, timeline)
        resource.generation += 1
        course = family.plan(resource, fitted)
        worker = self._world.worker
        if worker is not None:
            course = worker.take(resource, course, usual=fitted is timeline, now=now)
        self._walk(family, resource, course, 0, began=now, now=now)

    def proceed(self, family: Family, resource: Resource, timeline: Timeline, *, now: float) -> None:
        """Set a resource on a timeline as it stands: what somebody who does its work has to report."""
        resource.generation += 1
        self.taken += 1
        self._walk(family, resource, timeline, 0, began=now, now=now)

    def later(self, resource: Resource, after: float, effect: Effect, *, now: float) -> None:
        """Let something happen to a resource in `after` seconds, whatever timeline it is on then."""
        alarm = Timeline((at(0, None), at(after, None, effect=effect)))
        self.restore(Timer(self._due(now, after), resource, alarm, 1, now, None))

    def timers(self) -> Iterator[Timer]:
        """What is under way, the earliest first."""
        for _, _, timer in sorted(self._timers, key=lambda entry: entry[:2]):
            if not self._void(timer):
                yield timer

    def restore(self, timer: Timer) -> None:
        """Set a timer."""
        earliest = not self._timers or timer.due < self._timers[0][0]
        heapq.heappush(self._timers, (timer.due, next(self._order), timer))
        if earliest and self.on_earlier is not None:
            self.on_earlier()

    def next_due(self) -> float | None:
        """When the first timer is due, in epoch seconds; None if nothing is under way."""
        return self._timers[0][0] if self._timers else None

    def run(self, until: float) -> int:
        """Take every step that is due by `until`, in order; returns how many were taken."""
        taken = 0
        while self._timers and self._timers[0][0] <= until:
            due, _, timer = heapq.heappop(self._timers)
            if self._void(timer):
                continue
            taken += 1
            self.taken += 1
            if timer.generation is None:
                self._ring(timer)
            else:
                family = self._family(timer.resource.kind)
                self._walk(family, timer.resource, timer.timeline, timer.index, began=timer.began, now=due)
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
            due = self._due(began, step.after)
            if number > index and due > now:
                self.restore(Timer(due, resource, timeline, number, began, generation))
                return
            failure = self._enter(family, resource, step, now)
            if failure is not None:
                if timeline.failed is not None:
                    self._enter(family, resource, replace(timeline.failed, reason=failure), now)
                return
            if resource.generation != generation or resource.gone:
                return

    def _ring(self, timer: Timer) -> None:
        effect = timer.timeline.steps[timer.index].effect
        if effect is not None:
            effect(timer.resource, self._world, timer.due)

    def _void(self, timer: Timer) -> bool:
        return timer.resource.gone or timer.generation not in (None, timer.resource.generation)

    def _due(self, began: float, after: float) -> float:
        return round(began + after / self._world.clock.speed, 3)

    def _enter(self, family: Family, resource: Resource, step: Step, now: float) -> str | None:
        """Make a resource what the step says; a text says why it could not."""
        before = (resource.status, resource.detail, resource.gone)
        modified = resource.modified
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
        if before != (resource.status, resource.detail, resource.gone):
            resource.earlier = Earlier(before[0], before[1], modified, until=now)
            self._world.notice(resource, now)
        return None
