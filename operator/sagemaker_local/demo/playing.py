"""How a play ends: signals, exit codes, and what there is to know about a failure while there is somebody to ask."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sagemaker_local.cluster import ClusterError
from sagemaker_local.demo.errors import NotSeen
from sagemaker_local.demo.objects import Objects
from sagemaker_local.demo.screen import Screen
from sagemaker_local.demo.stage import Stage

FAILURES = (NotSeen, ClusterError, subprocess.CalledProcessError)
INTERRUPTED = 130
_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def play(out: Screen, acts: Callable[[], None]) -> None:
    """Play it; ends the process with 1 if something was not seen, and with 130 if it was interrupted."""
    try:
        with _signals_interrupt():
            acts()
    except KeyboardInterrupt:
        out.say("\nInterrupted; everything is stopped and removed.")
        sys.exit(INTERRUPTED)
    except FAILURES as error:
        out.say(f"\nNot seen: {error}")
        sys.exit(1)


def explain(running: Stage, objects: Objects, out: Screen) -> None:
    """Print what there is to know about a failure, while there is somebody to ask."""
    out.say("\nThis is how the objects were last:")
    try:
        for row in objects.read():
            if not row.settled:
                out.say(f"  {row.of}: {row.state or 'no state'}, Ready={row.ready}, {row.reason}: {row.message}")
    except NotSeen as error:
        out.say(f"  {error}")
    out.say("\nThe operator's last log lines:")
    for line in running.operator.end_of_log():
        out.say(f"  {line}")


@contextmanager
def _signals_interrupt() -> Iterator[None]:
    """Raise KeyboardInterrupt on any signal to stop, and keep further ones from disturbing the cleaning up."""

    def interrupt(_number: int, _frame: object) -> None:
        for number in _STOP:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _STOP}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
