"""What time it is, and how fast timelines run.

`WallClock` reads the machine's clock; its speed shortens every duration and leaves the timestamps of replies real. `VirtualClock`
stands still until somebody moves it. Neither runs anything: timers live in `machine`.
"""

import time
from typing import Protocol


class Clock(Protocol):
    """A source of time in epoch seconds."""

    @property
    def virtual(self) -> bool:
        """Whether time only moves when told."""

    @property
    def speed(self) -> float:
        """How many seconds of SageMaker's time pass in one second of this clock."""

    def now(self) -> float:
        """The time now, in epoch seconds."""

    def move(self, to: float) -> None:
        """Set the time; ValueError if it goes by itself."""


class WallClock:
    """The machine's clock; with `speed=60`, what takes SageMaker an hour takes a minute."""

    virtual = False

    def __init__(self, *, speed: float = 1.0) -> None:
        if not speed > 0:
            raise ValueError(f"speed must be greater than 0, not {speed}")
        self.speed = speed

    def now(self) -> float:
        """The machine's time, in epoch seconds, to the millisecond as in AWS's replies."""
        return round(time.time(), 3)

    def move(self, to: float) -> None:
        """Refuse: this time goes by itself."""
        raise ValueError(
            f"the clock is real and cannot be set to {to}; start the emulator with a virtual clock to advance it"
        )


class VirtualClock:
    """A clock that stands still until `move`."""

    virtual = True

    def __init__(self, *, speed: float = 1.0, start: float | None = None) -> None:
        if not speed > 0:
            raise ValueError(f"speed must be greater than 0, not {speed}")
        self.speed = speed
        # Whole seconds, because SDKs and people compare timestamps.
        self._now = float(int(time.time())) if start is None else start

    def now(self) -> float:
        """The time this clock was last moved to."""
        return self._now

    def move(self, to: float) -> None:
        """Set the time; it never goes backwards."""
        self._now = max(self._now, to)
