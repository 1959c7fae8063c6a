"""The order in which keys get worked on.

A key is worked on by one worker at a time; a key added meanwhile comes again afterwards, once, however often it was added. Urgent
lanes go first, and within a lane whoever came first. Delays and back-off live here and nowhere else. Not here: what a key means,
or how many calls AWS allows (see `aws.limits`).

The queue has no clock and does not wait: its owner tells it the time, in seconds of any monotonic clock.
"""

import heapq
from collections import deque
from dataclasses import dataclass, field

from .lanes import Lane
from .resource import Key


@dataclass(slots=True)
class WorkQueue:
    """A de-duplicating queue of keys with lanes and delays."""

    _ready: dict[Lane, deque[Key]] = field(default_factory=lambda: {lane: deque() for lane in Lane})
    _lane: dict[Key, Lane] = field(default_factory=dict)
    _busy: set[Key] = field(default_factory=set)
    _due: dict[Key, tuple[float, Lane]] = field(default_factory=dict)
    _timers: list[tuple[float, int, Key]] = field(default_factory=list)
    _order: int = 0

    def add(self, key: Key, lane: Lane) -> None:
        """Work on a key as soon as possible; a more urgent lane wins over one that it already waits in."""
        self._due.pop(key, None)
        waiting = self._lane.get(key)
        if waiting is not None and waiting <= lane:
            return
        self._lane[key] = lane
        if key not in self._busy:
            self._ready[lane].append(key)

    def add_at(self, key: Key, due: float, lane: Lane) -> None:
        """Work on a key at a time, unless it is worked on before; of two times the earlier one counts."""
        planned = self._due.get(key)
        if key in self._lane or (planned is not None and planned[0] <= due):
            return
        self._order += 1
        self._due[key] = (due, lane)
        heapq.heappush(self._timers, (due, self._order, key))

    def take(self, now: float) -> tuple[Key, Lane] | None:
        """The next key to work on, with its lane, or None while there is none; call `done` when the work is over."""
        while self._timers and self._timers[0][0] <= now:
            due, _, key = heapq.heappop(self._timers)
            planned = self._due.get(key)
            if planned is not None and planned[0] == due:
                self.add(key, planned[1])
        for lane, waiting in self._ready.items():
            while waiting:
                key = waiting.popleft()
                # A key that was moved to a more urgent lane leaves a stale entry behind.
                if self._lane.get(key) is lane and key not in self._busy:
                    del self._lane[key]
                    self._busy.add(key)
                    return key, lane
        return None

    def done(self, key: Key) -> None:
        """The work on a key is over; what was added meanwhile is due now."""
        self._busy.discard(key)
        lane = self._lane.get(key)
        if lane is not None:
            self._ready[lane].append(key)

    def forget(self, key: Key) -> None:
        """The key's object is gone: no timer shall bring it back."""
        self._due.pop(key, None)
        self._lane.pop(key, None)

    def next_due(self) -> float | None:
        """When the next delayed key is due, or None."""
        while self._timers and self._due.get(self._timers[0][2], (None,))[0] != self._timers[0][0]:
            heapq.heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    def __len__(self) -> int:
        """How many keys wait to be worked on now."""
        return len(self._lane)

    @property
    def busy(self) -> int:
        """How many keys are being worked on."""
        return len(self._busy)
