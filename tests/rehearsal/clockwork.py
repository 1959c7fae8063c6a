"""An event loop whose time only moves when nothing else is left to do, and then at once to whatever comes next.

Everything that waits by asyncio waits in this time: sleeps, time-outs, the queue of the controller. Other things with a time of
their own, such as the emulated SageMaker, say when they are due and are told when time has moved. So hours pass in milliseconds,
and the same test takes the same course every time. Not here: threads and sockets; nothing in a rehearsal has any.
"""

import asyncio
import selectors
from collections.abc import Callable, Mapping
from typing import Any

# Turns of the loop at one moment: who needs more goes round in circles.
_MOST_TURNS = 20_000


class Endless(Exception):
    """Something keeps the loop busy without any time passing."""


class Idle(Exception):
    """Nothing is left that could ever happen."""


class Clockwork(asyncio.SelectorEventLoop):
    """The loop; begins at 0 seconds.

    Args:
        due: when something beside the loop is to happen, in its seconds; None if nothing is.
        moved: is told the time whenever it has moved.
    """

    def __init__(self, *, due: Callable[[], float | None], moved: Callable[[float], None]) -> None:
        self._seconds = 0.0
        self._due, self._moved = due, moved
        self._settling: list[asyncio.Future[None]] = []
        self._waiting: list[asyncio.Future[None]] = []
        super().__init__(_Instead(self._pass_time))

    def time(self) -> float:
        """Seconds since the beginning."""
        return self._seconds

    async def settled(self) -> None:
        """Wait until nothing else is left to do at this moment."""
        await self._among(self._settling)

    async def moment(self) -> None:
        """Wait until time has moved."""
        await self._among(self._waiting)

    async def _among(self, waiting: list[asyncio.Future[None]]) -> None:
        future = self.create_future()
        waiting.append(future)
        await future

    def _pass_time(self, timeout: float | None) -> None:
        """There is nothing to do for so many seconds, or until something beside the loop is due."""
        if self._settling:
            _wake(self._settling)
            return
        due = self._due()
        steps = [timeout] if timeout is not None else []
        steps += [max(0.0, due - self._seconds)] if due is not None else []
        if not steps:
            raise Idle("nothing is left that could happen")
        self._seconds += min(steps)
        self._moved(self._seconds)
        _wake(self._waiting)


class _Instead(selectors.SelectSelector):
    """Stands where the loop waits for sockets, of which there are none."""

    def __init__(self, pass_time: Callable[[float | None], None]) -> None:
        super().__init__()
        self._pass_time, self._turns = pass_time, 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            self._turns += 1
            if self._turns > _MOST_TURNS:
                raise Endless(f"{_MOST_TURNS} turns, and no time has passed")
            return []
        self._turns = 0
        self._pass_time(timeout)
        return []


def _wake(waiting: list[asyncio.Future[None]]) -> None:
    for future in waiting:
        if not future.done():
            future.set_result(None)
    waiting.clear()


def complain(loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """The exception handler of a rehearsal: what asyncio would log is a fault."""
    raise context.get("exception") or RuntimeError(str(context.get("message")))
