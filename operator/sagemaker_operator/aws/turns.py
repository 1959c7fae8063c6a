"""Who calls AWS next.

A call goes when a thread is free for it and its operation's bucket has a token; both are taken at the same moment, so that no
call holds a token while it waits for a thread, or a thread while it waits for a token. Of the calls that could go, the one in the
most urgent lane goes, first come first served within a lane; but a lane that was passed over nine times in a row goes tenth, so
that polling slows down under a flood of changes and never stops.

Lives on one event loop, not thread-safe. Not here: how many calls a bucket allows (`limits`).
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from sagemaker_operator.engine.lanes import Lane

from .limits import Bucket, Key, Limits

_PATIENCE = 9


class ClosedError(Exception):
    """The waiting room is closed; there is no turn to end."""


class Timer(Protocol):
    """Something that was set to happen."""

    def cancel(self) -> None:
        """Keep it from happening."""


class Clock(Protocol):
    """The part of an event loop that knows time."""

    def time(self) -> float:
        """Seconds of a monotonic clock."""

    def call_at(self, when: float, callback: Callable[[], object]) -> Timer:
        """Have something called at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class _Waiter:
    number: int
    lane: Lane
    gone: asyncio.Future[None]


class _Line:
    """The calls that wait for one bucket, by lane; those that gave up are skipped."""

    __slots__ = ("_lanes", "bucket")

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self._lanes: dict[Lane, deque[_Waiter]] = {lane: deque() for lane in Lane}

    def join(self, waiter: _Waiter) -> None:
        self._lanes[waiter.lane].append(waiter)

    def heads(self) -> list[_Waiter]:
        """The first of every lane that has any."""
        heads = []
        for lane in self._lanes.values():
            while lane and lane[0].gone.done():
                lane.popleft()
            if lane:
                heads.append(lane[0])
        return heads

    def drain(self) -> Iterator[_Waiter]:
        for lane in self._lanes.values():
            yield from lane
            lane.clear()


class Turns:
    """The waiting room.

    Args:
        limits: the buckets.
        slots: how many calls may be under way at once.
        clock: what tells the time and sets timers; the running event loop if None.
    """

    def __init__(self, limits: Limits, slots: int, clock: Clock | None = None) -> None:
        self._limits = limits
        self._free = slots
        self._clock = clock
        self._lines: dict[Key, _Line] = {}
        self._passed: dict[Lane, int] = dict.fromkeys(Lane, 0)
        self._numbers = count()
        self._timer: Timer | None = None
        self._closed = False

    async def take(self, key: Key, lane: Lane) -> float:
        """Wait for a turn, which `finish` must end.

        Returns:
            How long it took, in seconds.

        Raises:
            ClosedError: if the waiting room is closed.
        """
        if self._closed:
            raise ClosedError
        clock = self._clock or asyncio.get_running_loop()
        arrived = clock.time()
        waiter = _Waiter(next(self._numbers), lane, asyncio.get_running_loop().create_future())
        if (line := self._lines.get(key)) is None:
            line = self._lines[key] = _Line(self._limits.bucket(key))
        line.join(waiter)
        self._admit()
        try:
            await waiter.gone
        except asyncio.CancelledError:
            if waiter.gone.done() and not waiter.gone.cancelled() and waiter.gone.exception() is None:
                line.bucket.give_back()
                self._free += 1
            self._admit()
            raise
        return clock.time() - arrived

    def finish(self, key: Key, *, throttled: bool) -> None:
        """End a turn, and let the bucket learn from its outcome."""
        self._free += 1
        self._limits.bucket(key).feedback(self._now(), throttled=throttled)
        self._admit()

    def close(self) -> None:
        """Send everybody away who still waits."""
        self._closed = True
        for line in self._lines.values():
            for waiter in line.drain():
                if not waiter.gone.done():
                    waiter.gone.set_exception(ClosedError())
        self._lines.clear()
        self._reset()

    def _now(self) -> float:
        return (self._clock or asyncio.get_running_loop()).time()

    def _admit(self) -> None:
        now = self._now()
        while self._free > 0 and (choice := self._choose(now)) is not None:
            bucket, waiter = choice
            bucket.spend(now)
            self._free -= 1
            waiter.gone.set_result(None)
        self._reset()
        waiting = [line.bucket for line in self._lines.values()]
        if self._free > 0 and waiting:
            clock = self._clock or asyncio.get_running_loop()
            self._timer = clock.call_at(min(bucket.ready_at(now) for bucket in waiting), self._admit)

    def _choose(self, now: float) -> tuple[Bucket, _Waiter] | None:
        """Who goes next, of those whose bucket has a token."""
        first: dict[Lane, tuple[Bucket, _Waiter]] = {}
        for key, line in list(self._lines.items()):
            heads = line.heads()
            if not heads:
                del self._lines[key]
            elif not line.bucket.ready(now):
                line.bucket.wanted()
            else:
                for waiter in heads:
                    if waiter.lane not in first or waiter.number < first[waiter.lane][1].number:
                        first[waiter.lane] = line.bucket, waiter
        if not first:
            return None
        return first[self._next_lane(first)]

    def _next_lane(self, lanes: Iterable[Lane]) -> Lane:
        starved = [lane for lane in lanes if self._passed[lane] >= _PATIENCE]
        chosen = max(starved, key=lambda lane: self._passed[lane]) if starved else min(lanes)
        for lane in lanes:
            if lane > chosen:
                self._passed[lane] += 1
        self._passed[chosen] = 0
        return chosen

    def _reset(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
