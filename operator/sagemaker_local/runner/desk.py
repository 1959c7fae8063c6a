"""Where those who work report what their work has come to.

A report is accepted as long as nobody else has set the resource on another course; after that it is answered with False, and
the work has nothing more to say. Every method may be called from any thread.
"""

from threading import RLock
from typing import Any

from sagemaker_local.emulator.service import SageMaker
from sagemaker_local.emulator.timeline import Effect, Step, Timeline

from .assignment import Assignment


class Desk:
    """Takes reports.

    Attributes:
        lock: the service's. Who first looks and then reports holds it meanwhile, so that nothing comes in between.
    """

    def __init__(self, service: SageMaker) -> None:
        self._service = service
        self.lock: RLock = service.lock

    @property
    def service(self) -> SageMaker:
        """SageMaker itself, to look at other resources under the lock."""
        return self._service

    def now(self) -> float:
        """The time, in epoch seconds."""
        return self._service.world.clock.now()

    def listens(self, assignment: Assignment) -> bool:
        """Whether a report about that work would still be accepted."""
        with self.lock:
            return self._listens(assignment)

    def enter(
        self,
        assignment: Assignment,
        status: str | None,
        detail: str | None = None,
        message: str | None = None,
        *,
        reason: str | None = None,
        effect: Effect | None = None,
    ) -> bool:
        """The resource reaches a step now; arguments as of `timeline.Step`. Returns whether that was accepted."""
        return self._proceed(assignment, Timeline((Step(0, status, detail, message, effect, reason),)))

    def note(self, assignment: Assignment, **facts: Any) -> bool:
        """Keep members of what Describe shows, for example `ExitMessage="…"`; None removes one."""
        with self.lock:
            if not self._listens(assignment):
                return False
            for name, value in facts.items():
                if value is None:
                    assignment.resource.facts.pop(name, None)
                else:
                    assignment.resource.facts[name] = value
            return True

    def resume(self, assignment: Assignment) -> bool:
        """The work has come so far that the rest of the course follows by itself."""
        rest = assignment.rest
        if rest is None or not rest.steps:
            return False
        return self._proceed(assignment, rest)

    def fail(self, assignment: Assignment, reason: str) -> bool:
        """The work did not succeed, and the resource takes the way of failure of the course that it is on."""
        failed = assignment.rest.failed if assignment.rest is not None else None
        if failed is None:
            return False
        step = Step(0, failed.status, failed.detail, failed.message, failed.effect, reason[:1024])
        return self._proceed(assignment, Timeline((step,)))

    def _proceed(self, assignment: Assignment, timeline: Timeline) -> bool:
        with self.lock:
            if not self._listens(assignment):
                return False
            resource, service = assignment.resource, self._service
            now = self.now()
            # Known before the steps are taken: an effect may set the resource on yet another course.
            assignment.generation = resource.generation + 1
            service.machine.proceed(service.family(resource.kind), resource, timeline, now=now)
            return True

    @staticmethod
    def _listens(assignment: Assignment) -> bool:
        return not assignment.resource.gone and assignment.resource.generation == assignment.generation
