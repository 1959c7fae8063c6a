"""Token buckets by key, which take no memory for a key that is quiet. Not here: how fast AWS may be called (`aws`)."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bucket:
    """So many at once, and so many per second in the long run."""

    burst: float
    per_second: float


class Buckets:
    """One bucket per key, all of the same size.

    Args:
        size: of each.
        clock: seconds that never go back.
    """

    def __init__(self, size: Bucket, clock: Callable[[], float]) -> None:
        self._size, self._clock = size, clock
        self._levels: dict[Hashable, tuple[float, float]] = {}
        self._swept_at = clock()

    def __len__(self) -> int:
        return len(self._levels)

    def take(self, key: Hashable) -> bool:
        """Takes a token, if there is one."""
        now = self._clock()
        self._sweep(now)
        level = self._level(key, now)
        if level < 1:
            return False
        self._levels[key] = (level - 1, now)
        return True

    def _level(self, key: Hashable, now: float) -> float:
        level, at = self._levels.get(key, (self._size.burst, now))
        return min(self._size.burst, level + (now - at) * self._size.per_second)

    def _sweep(self, now: float) -> None:
        """A full bucket needs no memory; looked for as often as a token comes in."""
        if now - self._swept_at < 1 / self._size.per_second:
            return
        self._swept_at = now
        for key in [key for key in self._levels if self._level(key, now) >= self._size.burst]:
            del self._levels[key]
