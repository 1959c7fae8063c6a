"""Waiting for what happens in other processes."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def eventually(what: str, look: Callable[[], Found], *, within: float = 30.0, every: float = 0.05) -> Found:
    """Looks until there is something to see, and gives it; says which condition did not come true."""
    deadline = time.monotonic() + within
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within:.0f} s: {what}; last seen: {found!r}")
        time.sleep(every)
    return found
