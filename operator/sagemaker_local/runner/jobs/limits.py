"""The time that a job may take: MaxRuntimeInSeconds for the time it works, MaxWaitTimeInSeconds for all of it.

Limits are in SageMaker's time, of which `speed` seconds pass in a real one.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Budget:
    """The time of one job.

    Attributes:
        condition: StoppingCondition.
        speed: seconds of SageMaker's time in a real second.
        created: when the job was created, in epoch seconds.
        now: the time, in epoch seconds.
    """

    condition: dict[str, Any]
    speed: float
    created: float
    now: Callable[[], float]
    _ran: float = field(default=0.0, init=False)
    _since: float | None = field(default=None, init=False)

    def work(self) -> None:
        """From now on its instances work."""
        self._since = time.monotonic()

    def pause(self) -> None:
        """From now on it waits."""
        self._ran, self._since = self._worked(), None

    def worked_too_long(self) -> bool:
        """Whether MaxRuntimeInSeconds is over."""
        limit = self.condition.get("MaxRuntimeInSeconds")
        return limit is not None and self._worked() * self.speed > limit

    def waited_too_long(self) -> bool:
        """Whether MaxWaitTimeInSeconds is over."""
        limit = self.condition.get("MaxWaitTimeInSeconds")
        return limit is not None and (self.now() - self.created) * self.speed > limit

    def over(self) -> bool:
        """Whether either is."""
        return self.worked_too_long() or self.waited_too_long()

    def _worked(self) -> float:
        return self._ran + (0.0 if self._since is None else time.monotonic() - self._since)
