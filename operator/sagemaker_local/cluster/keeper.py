"""The process that owns a cluster's children and its directory, and outlives neither its parent nor them.

A parent that is killed can clean nothing up, so it owns nothing: this small process makes the directory, starts the children
and, once its standard input ends (the parent stopped or died), kills them and removes the directory. Should the keeper itself
be killed, Linux kills its children (PR_SET_PDEATHSIG); this process has one thread, which is what that signal is tied to.

Run as a file by an isolated interpreter (`python -I -S keeper.py DIRECTORY PARENT`), so that it starts in milliseconds; hence
only the standard library, and nothing of this package. It speaks JSON, one object a line:

    {"op": "start", "name": "etcd", "argv": [...], "env": {...}, "log": "/path"}   → {"pid": 42} or {"error": "..."}
    {"op": "kill", "name": "etcd"}                                                 → {"code": -9}
    {"op": "poll", "name": "etcd"}                                                 → {"code": null} while it runs

Not here: what the children are (see `components`) and whether they work (see `control_plane`).
"""

import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
PARENT_CHECK_SECONDS = 1.0


class Children:
    """The running children by name."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def start(self, request: dict[str, Any]) -> dict[str, Any]:
        """Start one child with its output appended to its log file."""
        keeper = os.getpid()

        def die_with_keeper() -> None:
            if self._libc is not None:
                self._libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
                if os.getppid() != keeper:  # it died before the line above
                    os._exit(1)

        try:
            with Path(request["log"]).open("ab") as log:
                child = subprocess.Popen(  # noqa: S603 - starting what the parent asks for is its job
                    request["argv"],
                    env=request["env"],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    preexec_fn=die_with_keeper,  # noqa: PLW1509 - this process has one thread
                )
        except OSError as error:
            return {"error": f"{request['argv'][0]}: {error.strerror}"}
        self._running[request["name"]] = child
        return {"pid": child.pid}

    def kill(self, request: dict[str, Any]) -> dict[str, Any]:
        """Kill one child and wait until it is gone.

        SIGKILL, because kube-apiserver does not end on SIGTERM while etcd is away.
        """
        child = self._running.pop(request["name"], None)
        if child is None:
            return {"code": None}
        child.kill()
        return {"code": child.wait()}

    def poll(self, request: dict[str, Any]) -> dict[str, Any]:
        """The exit code of one child, or null while it runs."""
        child = self._running.get(request["name"])
        return {"error": "not started"} if child is None else {"code": child.poll()}

    def kill_all(self) -> None:
        """Kill every child, the last one started first."""
        for name in reversed(list(self._running)):
            self.kill({"name": name})


def requests(parent: int) -> Iterator[dict[str, Any]]:
    """Yield the parent's requests until it closes the pipe or is gone.

    A process that the parent forked without exec may hold the pipe open after the parent's death, hence the second check.
    """
    pending = b""
    while True:
        readable, _, _ = select.select([sys.stdin.fileno()], [], [], PARENT_CHECK_SECONDS)
        if not readable:
            if os.getppid() != parent:
                return
            continue
        data = os.read(sys.stdin.fileno(), 1 << 16)
        if not data:
            return
        *lines, pending = (pending + data).split(b"\n")
        for line in lines:
            yield json.loads(line)


class Ended(Exception):
    """Somebody asked the keeper itself to end."""


def on_signal(_number: int, _frame: object) -> None:
    """Turn a request to end into a clean end."""
    raise Ended


def keep(directory: Path, parent: int) -> None:
    """Serve the parent's requests; leave neither children nor directory behind."""
    children = Children()
    operations = {"start": children.start, "kill": children.kill, "poll": children.poll}
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, on_signal)
        for request in requests(parent):
            answer = operations[request["op"]](request)
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
    except (Ended, BrokenPipeError):
        pass
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        children.kill_all()
        shutil.rmtree(directory, ignore_errors=True)


def claim(directory: Path) -> str | None:
    """Make the directory, or take an empty one; what is in the way otherwise.

    It will be removed with all that is in it, so a directory with anything in it is never taken.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory.chmod(0o700)
        occupied = any(directory.iterdir())
    except OSError as error:
        return f"{directory}: {error.strerror}"
    return f"{directory}: not empty" if occupied else None


def main() -> None:
    """Make the directory, report that it is there, and keep it."""
    directory, parent = Path(sys.argv[1]), int(sys.argv[2])
    trouble = claim(directory)
    sys.stdout.write(json.dumps({"error": trouble} if trouble else {"pid": os.getpid()}) + "\n")
    sys.stdout.flush()
    if not trouble:
        keep(directory, parent)


if __name__ == "__main__":
    main()
