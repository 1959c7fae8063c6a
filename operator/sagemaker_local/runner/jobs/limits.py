"""The time that a job may take: MaxRuntimeInSeconds for the time it works, MaxWaitTimeInSeconds for all of it.

Limits are in SageMaker's time, of which `speed` seconds pass in a real one.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sagemaker_local.runner.jobs.stages import MAX_RUNTIME, MAX_WAIT


@dataclass(slots=True)
class Budget:
    """The time of one job.

    Attributes:
        condition: StoppingCondition.
        speed: seconds of SageMaker's time in a real second.
        created: when the job was created, in epoch seconds.
        now: the time, in epoch seconds.
        exceeded: the secondary status that says which of them is over; None as long as neither was seen to be.
    """

    condition: dict[str, Any]
    speed: float
    created: float
    now: Callable[[], float]
    exceeded: str | None = field(default=None, init=False)
    _ran: float = field(default=0.0, init=False)
    _since: float | None = field(default=None, init=False)

    def work(self) -> None:
        """From now on its instances work."""
        self._since = time.monotonic()

    def pause(self) -> None:
        """From now on it waits."""
        self._ran, self._since = self._worked(), None

    def over(self) -> bool:
        """Whether either is over; `exceeded` says which was first."""
        if self.exceeded is None:
            late = {MAX_WAIT: self._waited_over(), MAX_RUNTIME: self._worked_over()}
            first = max(late, key=lambda limit: late[limit])
            self.exceeded = first if late[first] > 0 else None
        return self.exceeded is not None

    def _worked_over(self) -> float:
        """Seconds of SageMaker's time by which MaxRuntimeInSeconds is over."""
        return self._worked() * self.speed - float(self.condition.get("MaxRuntimeInSeconds", math.inf))

    def _waited_over(self) -> float:
        """The same for MaxWaitTimeInSeconds."""
        return (self.now() - self.created) * self.speed - float(self.condition.get("MaxWaitTimeInSeconds", math.inf))

    def _worked(self) -> float:
        return self._ran + (0.0 if self._since is None else time.monotonic() - self._since)
