"""The values of metrics in the order in which programs wrote them, for whoever decides about a job while it runs.

Describe shows the last value of each metric; tuning looks at all of them to stop a job early. Kept in memory, for the latest jobs
alone.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

MOST_JOBS: Final = 2000
MOST_POINTS: Final = 100_000
"""Values of one metric of one job; the oldest are dropped beyond."""


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a metric, and when it was written, in epoch seconds."""

    value: float
    when: float


class Series:
    """The metrics of the jobs of one emulator, by the ARN of the job. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: OrderedDict[str, dict[str, list[Point]]] = OrderedDict()

    def begin(self, job: str) -> None:
        """A job begins, and has no values yet, even if there was one of that ARN before."""
        with self._lock:
            self._jobs.pop(job, None)
            self._jobs[job] = {}
            while len(self._jobs) > MOST_JOBS:
                self._jobs.popitem(last=False)

    def record(self, job: str, name: str, value: float, when: float) -> None:
        """A program has written a value."""
        with self._lock:
            points = self._jobs.setdefault(job, {}).setdefault(name, [])
            points.append(Point(value, when))
            if len(points) > MOST_POINTS:
                del points[: MOST_POINTS // 2]

    def of(self, job: str, name: str) -> tuple[Point, ...]:
        """The values of a metric so far, the oldest first."""
        with self._lock:
            return tuple(self._jobs.get(job, {}).get(name, ()))

    def last(self, job: str) -> dict[str, Point]:
        """The last value of each metric that a job has written."""
        with self._lock:
            return {name: points[-1] for name, points in self._jobs.get(job, {}).items()}
