"""The floor on which jobs are done: a thread for each that has a slot, and a queue of those that wait for one.

Knows nothing of what the work is (`crafts`). A job of several instances takes as many slots, or all there are; jobs begin in the
order in which they came.
"""

import contextlib
import logging
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from sagemaker_local.emulator.resource import EXECUTED, SIMULATED, Resource
from sagemaker_local.emulator.timeline import Timeline

from .assignment import Assignment
from .crafts import Craft
from .sandbox import erase
from .tools import Tools

BY_SCENARIO: Final = (
    "sagemaker-local: a scenario says what happens to this job: it is simulated, and nothing of it runs."
)
BROKEN: Final = "InternalServerError: We encountered an internal error. Please try again."
STOP_SECONDS: Final = 10.0
_log = logging.getLogger(__name__)


class Shop:
    """All jobs that are really done."""

    def __init__(self, crafts: Iterable[Craft], tools: Tools) -> None:
        self._crafts = {craft.kind: craft for craft in crafts}
        self._tools = tools
        self._lock = tools.desk.lock
        self._waiting: deque[tuple[Craft, Assignment]] = deque()
        self._free = tools.slots
        self._threads: dict[Assignment, threading.Thread] = {}
        self._by_arn: dict[str, Assignment] = {}
        self._count = 0

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of jobs."""
        return frozenset(self._crafts)

    def take(self, resource: Resource, timeline: Timeline, *, usual: bool, now: float) -> Timeline:  # noqa: ARG002
        """Begin or stop the work of a job; only the first step of its course follows from that alone."""
        first = timeline.steps[0].status
        assignment = self._by_arn.get(resource.arn)
        if assignment is not None and assignment.resource is resource:
            if first == "Stopping":
                assignment.generation = resource.generation
                assignment.stopping.set()
                self._start_stopped(assignment)
                return replace(timeline, steps=timeline.steps[:1])
            return timeline
        if first != "InProgress":
            return timeline
        craft = self._crafts[resource.kind]
        why = craft.refuses(resource, self._tools) if usual else BY_SCENARIO
        if why is not None:
            resource.facts.pop(EXECUTED, None)
            resource.facts[SIMULATED] = why
            return timeline
        resource.facts[EXECUTED] = True
        self._queue(craft, resource)
        return replace(timeline, steps=timeline.steps[:1])

    def reclaim(self, resource: Resource) -> bool:
        """Take the capacity of a job away, as of managed spot training; whether it was at work."""
        assignment = self._by_arn.get(resource.arn)
        if assignment is None or assignment not in self._threads:
            return False
        assignment.reclaimed.set()
        return True

    def restored(self, now: float) -> None:
        """Begin anew what was at work."""
        service = self._tools.desk.service
        for kind in self._crafts:
            for resource in list(service.world.store.everywhere(kind)):
                if (
                    resource.facts.get(EXECUTED)
                    and resource.status == "InProgress"
                    and resource.arn not in self._by_arn
                ):
                    service.begin(resource, service.family(kind).create, now=now)

    def forget(self) -> None:
        """End all work; its reports are not wanted any more."""
        self._waiting.clear()
        for assignment in self._by_arn.values():
            assignment.resource.gone = True
            assignment.stopping.set()
        self._by_arn.clear()

    def stop(self) -> None:
        """End all work, and wait for it."""
        with self._lock:
            self.forget()
            threads = list(self._threads.values())
        for thread in threads:
            thread.join(STOP_SECONDS)

    def _queue(self, craft: Craft, resource: Resource) -> None:
        self._count += 1
        directory = self._tools.directory / f"{self._count}-{resource.kind}-{resource.name}"[:100]
        assignment = Assignment(resource, directory, generation=resource.generation)
        self._by_arn[resource.arn] = assignment
        self._waiting.append((craft, assignment))
        # Not now: the first step of the course is taken when this returns, and the work comes after it.
        threading.Thread(target=self._look, name="slots", daemon=True).start()

    def _look(self) -> None:
        """Begin what has a slot; what has none is told to wait."""
        with self._lock:
            while self._waiting and self._needs(*self._waiting[0]) <= self._free:
                craft, assignment = self._waiting.popleft()
                self._begin(craft, assignment, self._needs(craft, assignment))
            for craft, assignment in self._waiting:
                if craft.queued is not None and assignment.resource.detail != craft.queued[0]:
                    self._tools.desk.enter(assignment, "InProgress", *craft.queued)

    def _needs(self, craft: Craft, assignment: Assignment) -> int:
        return min(self._tools.slots, max(1, craft.instances(assignment.resource)))

    def _begin(self, craft: Craft, assignment: Assignment, slots: int) -> None:
        self._free -= slots
        assignment.directory.mkdir(parents=True)
        name = f"{craft.kind} {assignment.resource.name}"
        thread = threading.Thread(target=self._do, args=(craft, assignment, slots), name=name, daemon=True)
        self._threads[assignment] = thread
        thread.start()

    def _start_stopped(self, assignment: Assignment) -> None:
        """What is stopped while it waits needs no slot to end."""
        for entry in list(self._waiting):
            if entry[1] is assignment:
                self._waiting.remove(entry)
                self._begin(*entry, 0)

    def _do(self, craft: Craft, assignment: Assignment, slots: int) -> None:
        resource = assignment.resource
        try:
            craft.work(assignment, self._tools)
        except Exception:  # noqa: BLE001 whatever it is, the job ends, and the log says why
            _log.exception("the work of %s failed", resource.arn)
            self._tools.desk.enter(assignment, "Failed", "Failed", "Job failed", reason=BROKEN)
        finally:
            with contextlib.suppress(OSError):
                erase(assignment.directory)
            with self._lock:
                self._free += slots
                self._threads.pop(assignment, None)
                if self._by_arn.get(resource.arn) is assignment:
                    del self._by_arn[resource.arn]
            self._look()
