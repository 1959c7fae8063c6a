"""A network that the instances of one job have to themselves.

With network isolation, the containers of a SageMaker job reach their peers and nothing else
(https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html). Here they share one loopback: it belongs to
the first container's namespaces, which the others enter.
"""

import os
import threading
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress

from .container import Container


class Network:
    """Given to `Sandbox.start` for each container of a job. It lasts as long as this object or one of the containers."""

    def __init__(self) -> None:
        """Nobody is in it yet."""
        self._lock = threading.Lock()
        self._doors: Sequence[int] = ()

    def enter(self, start: Callable[[Sequence[int]], Container]) -> Container:
        """Calls `start` with open files of the user and the network namespace to enter, or with none for the first container."""
        with self._lock:
            container = start(self._doors)
            if not self._doors:
                # It may have ended already; then the next one is the first.
                with suppress(OSError):
                    self._open(container.pid)
            return container

    def _open(self, pid: int) -> None:
        doors: list[int] = []
        weakref.finalize(self, _close, doors)
        doors.extend(os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY) for name in ("user", "net"))
        self._doors = doors


def _close(doors: Sequence[int]) -> None:
    for door in doors:
        os.close(door)
