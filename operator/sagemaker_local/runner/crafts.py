"""How the work of one kind of job is described, and what every department of the workshop has to offer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sagemaker_local.emulator.resource import Resource
from sagemaker_local.emulator.timeline import Timeline

from .assignment import Assignment
from .tools import Tools


@dataclass(frozen=True, slots=True)
class Craft:
    """How jobs of a kind are done.

    Attributes:
        kind: for example TrainingJob.
        refuses: why a job is only simulated, as a sentence for its log; None if it is really done. Quick: it is called under
            the service's lock.
        work: does it; blocks until all is over and reported. It looks at `Assignment.stopping`, also before it begins.
        instances: how many instances work for a job; each takes a slot, as far as there are so many.
        queued: the secondary status and its message while a job waits for a slot; None where the kind has none.
    """

    kind: str
    refuses: Callable[[Resource, Tools], str | None]
    work: Callable[[Assignment, Tools], None]
    instances: Callable[[Resource], int]
    queued: tuple[str, str] | None = None


class Department(Protocol):
    """Some kinds of resources, and all the work for them. See `emulator.world.Worker` for what the methods mean."""

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds whose courses it wants to know of."""

    def take(self, resource: Resource, timeline: Timeline, *, usual: bool, now: float) -> Timeline:
        """What time alone brings about of a course. Under the service's lock."""

    def restored(self, now: float) -> None:
        """What exists was read from a file. Under the lock."""

    def forget(self) -> None:
        """End all work at once; nothing of it exists any more. Under the lock, and quick."""

    def stop(self) -> None:
        """End all work, and return when nothing of it is left. Not under the lock."""
