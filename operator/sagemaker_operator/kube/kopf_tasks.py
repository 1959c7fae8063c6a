"""Keeps kopf from taking over the event loop it is a guest in.

kopf assumes that the process is its own: it installs handlers for SIGINT and SIGTERM, and at its end it cancels every task that
it does not know.
"""

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .light_kopf import kopf

_KOPF = str(Path(kopf.__file__).parent)
Task = asyncio.Task[Any]


class NotKopf(Collection[Task]):
    """All tasks that are not kopf's: those that it must not cancel. Told apart by where their coroutine was written."""

    def __contains__(self, task: object) -> bool:
        if not isinstance(task, asyncio.Task):
            return False
        code = getattr(task.get_coro(), "cr_code", None)
        return code is None or not code.co_filename.startswith(_KOPF)

    def __iter__(self) -> Iterator[Task]:
        return (task for task in asyncio.all_tasks() if task in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@contextmanager
def signals_left_alone() -> Iterator[None]:
    """While it lasts, nobody can install a signal handler in the running loop."""
    loop = asyncio.get_running_loop()

    def ignore(_signal: int, _callback: object, *_arguments: object) -> None:
        """In place of the loop's own method."""

    vars(loop)["add_signal_handler"] = ignore
    try:
        yield
    finally:
        del vars(loop)["add_signal_handler"]
