"""From a fork of init to the program: its session, its limits, its powers."""

import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

from .surroundings import become_powerless

HANDLED = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE, signal.SIGXFSZ)


def start(plan: dict[str, Any]) -> int:
    """Forks the program."""
    # What is buffered must not be written twice, and what comes before the child is itself must not meet the handlers of init.
    sys.stdout.flush()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
    child = os.fork()
    if child:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return child
    try:
        become(plan)
    finally:
        os._exit(125)


def become(plan: dict[str, Any]) -> NoReturn:
    """In the child: the limits, then the program. As in a shell, 127: it is not there, 126: it cannot be run."""
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in HANDLED:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        restrict(plan)
        if "mount" in plan["namespaces"]:
            become_powerless()
        os.chdir(plan["cwd"])
    except OSError as error:
        say_and_exit(f"The container could not be prepared: {error}", 125)
    command = plan["command"]
    try:
        os.execvpe(command[0], command, plan["env"])  # noqa: S606 # no shell, on purpose
    except FileNotFoundError:
        why = "executable file not found"
        if Path(command[0]).is_absolute() and Path(command[0]).exists():
            why = "the interpreter that its first line names was not found"
        say_and_exit(f'exec: "{command[0]}": {why}', 127)
    except (OSError, ValueError) as error:
        say_and_exit(f'exec: "{command[0]}": {error}', 126)


def say_and_exit(text: str, code: int) -> NoReturn:
    """Into the program's own output, where its user looks."""
    os.write(2, f"{text}\n".encode())
    os._exit(code)


def restrict(plan: dict[str, Any]) -> None:
    """The limits that the kernel keeps."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name, value in plan["rlimits"].items():
        which = getattr(resource, f"RLIMIT_{name}", None)
        if which is not None:
            _, hard = resource.getrlimit(which)
            lowest = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(which, (lowest, lowest))
    os.nice(plan["niceness"])
    if plan["cores"] and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, plan["cores"])
