"""Runs venv and pip as processes of their own, tells what they say, and ends them when nobody wants the result any more."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from typing import Final

_LOOK: Final = 0.2
_GRACE: Final = 5.0
_ELSEWHERE: Final = frozenset({"PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"})
"""What would lead Python or pip to another place than the environment that they are to work on."""


class Failed(Exception):
    """A command did not end well.

    Attributes:
        given_up: it was ended because the work was stopped.
    """

    def __init__(self, text: str, *, given_up: bool = False) -> None:
        super().__init__(text)
        self.given_up = given_up


def run(command: Sequence[str], write: Callable[[str], None], gives_up: Sequence[threading.Event]) -> None:
    """Run a command to its end; every line that it says goes to `write`.

    Raises:
        Failed: if it exits with another code than 0, or was given up.
    """
    environ = {key: value for key, value in os.environ.items() if key not in _ELSEWHERE} | {"PIP_USER": "0"}
    with subprocess.Popen(  # noqa: S603 our own interpreter and a command of ours
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environ,
        start_new_session=True,
    ) as process:
        over = threading.Event()
        guard = threading.Thread(target=_guard, args=(process, over, gives_up), daemon=True)
        guard.start()
        assert process.stdout is not None
        for line in process.stdout:
            if text := line.decode(errors="replace").rstrip():
                write(text)
        code = process.wait()
        over.set()
        guard.join()
    if any(event.is_set() for event in gives_up):
        raise Failed("it was given up", given_up=True)
    if code != 0:
        raise Failed(f"`{' '.join(command[1:4])}` ended with code {code}")


def _guard(process: subprocess.Popen[bytes], over: threading.Event, gives_up: Sequence[threading.Event]) -> None:
    while not over.wait(_LOOK):
        if any(event.is_set() for event in gives_up):
            _end(process, signal.SIGTERM)
            if not over.wait(_GRACE):
                _end(process, signal.SIGKILL)
            return


def _end(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
