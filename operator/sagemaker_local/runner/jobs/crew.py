"""The containers of one job, one for each instance: started together, watched together, and ended together.

One that fails ends the others, as in SageMaker. Not here: what is in their directories, and what their end means for the job.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sagemaker_local.runner.assignment import Assignment
from sagemaker_local.runner.contract.hosts import Host
from sagemaker_local.runner.contract.paths import Volume
from sagemaker_local.runner.tools import Tools

if TYPE_CHECKING:
    from sagemaker_local.runner.sandbox import Container

GRACE: Final = 120.0
"""Seconds of SageMaker's time between SIGTERM and SIGKILL (StopTrainingJob's documentation)."""
LEAST_GRACE: Final = 1.0
"""Real seconds that a program has at least, however fast the emulator's clock is."""
_LOOK_SECONDS: Final = 0.05

DONE, FAILED, STOPPED, RECLAIMED, OVERRAN, GONE = "done", "failed", "stopped", "reclaimed", "overran", "gone"


@dataclass(slots=True, eq=False)
class Member:
    """One instance of a job."""

    host: Host
    volume: Volume
    write: Callable[[str], None]
    container: "Container | None" = None

    @property
    def status(self) -> int | None:
        """How its program ended; None as long as it runs."""
        return None if self.container is None or self.container.running else self.container.wait(0)

    @property
    def cause(self) -> str:
        """The limit for which it was killed, if one was the cause."""
        return "" if self.container is None else self.container.cause


@dataclass(slots=True, eq=False)
class Crew:
    """All instances of a job."""

    assignment: Assignment
    tools: Tools
    members: list[Member]
    over: list[Member] = field(default_factory=list)
    changed: threading.Event = field(default_factory=threading.Event)

    def watch(self, *, overran: Callable[[], bool], look: Callable[[], None]) -> str:
        """Wait until something has to be done about the job; returns what it is.

        Args:
            overran: whether the job has had its time.
            look: called again and again meanwhile; what it raises is raised here.
        """
        while True:
            if not self.tools.desk.listens(self.assignment):
                return GONE
            if any(member.status for member in self.over):
                return FAILED
            if len(self.over) == len(self.members):
                return DONE
            if self.assignment.stopping.is_set():
                return STOPPED
            if self.assignment.reclaimed.is_set():
                return RECLAIMED
            if overran():
                return OVERRAN
            look()
            self.changed.wait(_LOOK_SECONDS)
            self.changed.clear()

    def ended(self, member: Member) -> None:
        """A container has ended; called in a thread of its own."""
        self.over.append(member)
        self.changed.set()

    def first_failure(self) -> Member:
        """The instance that failed before all others."""
        return next(member for member in self.over if member.status)

    def terminate(self, *, look: Callable[[], None]) -> None:
        """SIGTERM to all, SIGKILL after the grace; returns when nothing runs any more."""
        grace = max(LEAST_GRACE, GRACE / self.tools.speed)
        for container in self._containers():
            container.terminate(grace)
        latest = time.monotonic() + grace + _LOOK_SECONDS
        while any(container.running for container in self._containers()):
            if time.monotonic() > latest or not self.tools.desk.listens(self.assignment):
                self.kill()
                return
            look()
            self.changed.wait(_LOOK_SECONDS)
            self.changed.clear()

    def kill(self) -> None:
        """SIGKILL to all; returns when nothing runs any more."""
        for container in self._containers():
            container.kill()
        for container in self._containers():
            container.wait()

    def _containers(self) -> list["Container"]:
        return [member.container for member in self.members if member.container is not None]
