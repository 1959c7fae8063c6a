"""Ports on loopback for model servers: below those that the kernel gives to clients, and never one twice at a time."""

import socket
import threading
from random import Random
from typing import Final

FIRST: Final = 20000
LAST: Final = 32000
_lock: Final = threading.Lock()
_taken: Final[set[int]] = set()
_random: Final = Random()


class NoPort(OSError):
    """No port is free."""


def take() -> int:
    """A port that nobody listens on, kept until `give_back`. Raises NoPort."""
    with _lock:
        for _ in range(2000):
            port = _random.randint(FIRST, LAST)
            if port not in _taken and _is_free(port):
                _taken.add(port)
                return port
    raise NoPort(f"none of the ports {FIRST} to {LAST} is free on this machine")


def give_back(port: int) -> None:
    """It may be taken again."""
    with _lock:
        _taken.discard(port)


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
