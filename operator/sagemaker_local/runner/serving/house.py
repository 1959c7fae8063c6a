"""All servers of one endpoint or inference component, and the part of its course that waits for them.

Looked at whenever something has changed: it brings its crews to what is wanted, and lets the course go on, or fail. Not here: the
thread that looks (see `hosting`), what a crew does to have its servers (see `crew`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock
from typing import Final

from sagemaker_local.emulator.families.hosting.component_updates import specified
from sagemaker_local.emulator.families.hosting.deployment import update_course_of
from sagemaker_local.emulator.resource import EXECUTED, SIMULATED, Resource
from sagemaker_local.emulator.timeline import Step, Timeline
from sagemaker_local.emulator.world import World
from sagemaker_local.runner.assignment import Assignment
from sagemaker_local.runner.serving.crew import Crew
from sagemaker_local.runner.serving.gates import LAUNCHING, brisk, following, is_over, parted, quick, waits
from sagemaker_local.runner.serving.plans import COMPONENT, blueprint_of, group_of_logs, groups_of, quarters_of, to_come
from sagemaker_local.runner.serving.server import simulated
from sagemaker_local.runner.serving.wanted import ROLLING_BACK, Group
from sagemaker_local.runner.tools import Tools

BY_SCENARIO: Final = (
    "sagemaker-local: a scenario says what happens to this resource: it is simulated, and cannot be invoked."
)


@dataclass(frozen=True, slots=True)
class Share:
    """A crew that takes requests, and its weight against the others."""

    group: Group
    crew: Crew


@dataclass(slots=True)
class Wait:
    """A course that waits for servers.

    Attributes:
        gate: the step after which it does.
        rest: what comes then.
    """

    assignment: Assignment
    gate: Step
    rest: Timeline


class House:
    """The servers of one resource. Its methods are called under the service's lock; `lock` is taken after it, and never kept
    while something is reported.
    """

    def __init__(self, resource: Resource, tools: Tools, lock: RLock, wake: Callable[[], None]) -> None:
        self.resource = resource
        self._tools, self._lock, self._wake = tools, lock, wake
        self._world: World = tools.desk.service.world
        self._crews: dict[tuple[str, str], Crew] = {}
        self._wait: Wait | None = None
        self._told: set[tuple[str, str]] = set()
        self.shares: tuple[Share, ...] = ()
        self.simulated: dict[str, str] = {}

    def take(self, timeline: Timeline, *, usual: bool) -> Timeline:
        """What of a course time alone brings about; the rest waits for servers."""
        resource = self.resource
        self._wait = None
        if not usual and resource.status is None:
            resource.facts[SIMULATED] = BY_SCENARIO
            return timeline
        if resource.facts.get(SIMULATED) is None:
            resource.facts[EXECUTED] = True
        if not usual or EXECUTED not in resource.facts or self._is_simulated_altogether():
            return timeline
        leg, rest = parted(self._paced(timeline))
        if rest is not None:
            assignment = Assignment(resource, self._tools.directory, generation=resource.generation, rest=rest)
            self._wait = Wait(assignment, leg.steps[-1], rest)
            with self._lock:
                for crew in self._crews.values():
                    crew.forgive()
        return leg

    def look(self) -> None:
        """Bring everything to what is wanted now; let the course go on if it may."""
        self.refresh()
        while (wait := self._wait) is not None:
            if is_over(self.resource) or not self._tools.desk.listens(wait.assignment):
                self._wait = None
                return
            if not waits(self.resource, wait.gate):
                return
            with self._lock:
                awaited = self._awaited()
                failure = next((crew.failure for crew in awaited if crew.failure), "")
                complete = all(crew.is_complete for crew in awaited)
            if failure:
                self._wait = None
                self._tools.desk.fail(wait.assignment, failure)
            elif complete:
                self._go_on(wait)
            else:
                return
            self.refresh()

    def refresh(self) -> None:
        """Know what is wanted now: which crews there are, of which size, and who takes which share."""
        groups = self._groups()
        with self._lock:
            shares: list[Share] = []
            self.simulated = {}
            for group in groups:
                crew = self._crew(group)
                if crew is not None:
                    crew.adjust(group.instances)
                    shares.append(Share(group, crew))
            kept = {id(share.crew) for share in shares}
            for crew in self._crews.values():
                if id(crew) not in kept:
                    crew.close()
            self.shares = tuple(shares)

    def work(self) -> None:
        """Start and end servers."""
        with self._lock:
            for key, crew in list(self._crews.items()):
                crew.work()
                if crew.is_gone and all(share.crew is not crew for share in self.shares):
                    del self._crews[key]

    def close(self) -> list[Crew]:
        """End everything at once, under `lock`; returns what is to be waited for."""
        self._wait, self.shares = None, ()
        crews = list(self._crews.values())
        for crew in crews:
            crew.close()
            crew.work(at_once=True)
        return crews

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing left to look after."""
        return not self._crews and self._wait is None and (self.resource.gone or self.resource.status == "Failed")

    @property
    def base(self) -> str | None:
        """The component that answers for an adapter; None for all others."""
        given = specified(self.resource.spec) if self.resource.kind == COMPONENT else []
        return next((one["BaseInferenceComponentName"] for one in given if "BaseInferenceComponentName" in one), None)

    @property
    def why_simulated(self) -> list[str]:
        """Why nothing of it runs; empty if something does."""
        why: str | None = self.resource.facts.get(SIMULATED)
        return [why] if why else []

    def _go_on(self, wait: Wait) -> None:
        leg, rest = following(wait.rest)
        wait.assignment.rest = leg
        self._wait = None
        if self._tools.desk.resume(wait.assignment) and rest is not None:
            wait.assignment.rest = rest
            self._wait = Wait(wait.assignment, leg.steps[-1], rest)

    def _awaited(self) -> list[Crew]:
        """Those for whom a course waits: of the new fleet, if there is one, and of the old one on the way back."""
        if self.resource.detail == ROLLING_BACK:
            return [share.crew for share in self.shares if not share.group.coming]
        coming = [share.crew for share in self.shares if share.group.coming]
        return coming or [share.crew for share in self.shares]

    def _groups(self) -> tuple[Group, ...]:
        hosted = EXECUTED in self.resource.facts and not self.resource.gone
        return groups_of(self.resource, self._world) if hosted else ()

    def _crew(self, group: Group) -> Crew | None:
        """The crew of a group; None if there is nothing to run for it."""
        key = (group.deployment, group.variant)
        if key in self._crews:
            return self._crews[key]
        blueprint = blueprint_of(self.resource, self._world, group.settings, group.model)
        if blueprint is None:
            return None
        why = simulated(blueprint, self._tools)
        if why is not None:
            self.simulated[group.variant] = why
            self._tell_once(group, why)
            return None
        quarters = quarters_of(self.resource, group, self._tools, lock=self._lock, wake=self._wake)
        self._crews[key] = Crew(blueprint, quarters)
        return self._crews[key]

    def _tell_once(self, group: Group, why: str) -> None:
        key = (group.deployment, group.variant)
        if key not in self._told:
            self._told.add(key)
            stream = f"{group.variant}/sagemaker-local"
            self._tools.log.stream(self.resource.place, group_of_logs(self.resource), stream).write(why)

    def _paced(self, timeline: Timeline) -> Timeline:
        """The course as it is here: a limit on its time does not count what launches take at AWS."""
        if self.resource.kind != COMPONENT and any(step.detail == LAUNCHING for step in timeline.steps):
            timeline = update_course_of(self.resource, self._world, paced=quick) or timeline
        return brisk(timeline)

    def _is_simulated_altogether(self) -> bool:
        """Whether nothing at all of what is to come would run, although something would have to."""
        reasons = [simulated(blueprint, self._tools) for blueprint in to_come(self.resource, self._world)]
        return bool(reasons) and all(reasons)
