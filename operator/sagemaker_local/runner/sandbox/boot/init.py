"""Init: it starts the program, does what the emulator tells it, and leaves nothing behind."""

import contextlib
import json
import math
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterable
from typing import Any

from .linux import LINUX
from .program import start
from .watch import Watch, descendants


class Init:
    """Starts the program, passes on what it is told, and leaves nothing behind."""

    def __init__(self, plan: dict[str, Any], line: socket.socket) -> None:
        """The plan and the lifeline."""
        self.plan = plan
        self.line = line
        self.lifelines = [line]
        self.unread = b""
        self.cause = ""
        self.deadline = float("inf")
        self.program = 0
        self.status: int | None = None
        self.watch = Watch(plan)
        self.ending: dict[str, Any] | None = plan["ending"]

    def run(self) -> None:
        """Until the program has ended; then nothing else of the container runs either, and its end has been told."""
        woken, wake = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(woken, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self.signal(signal.SIGTERM))
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.program = start(self.plan)
        self.tell(started=self.program)
        while self.status is None:
            limit = min(self.watch.seconds(), max(0.0, self.deadline - time.monotonic()))
            watched: list[Any] = [*self.lifelines, woken]
            ready, _, _ = select.select(watched, [], [], None if limit == float("inf") else limit)
            if woken in ready:
                os.read(woken, 4096)
            self.reap()
            if self.line in ready:
                self.listen()
            if self.status is None and not self.cause and (cause := self.watch.exceeded()):
                self.cause = cause
                self.kill()
            if time.monotonic() >= self.deadline:
                self.kill()
        self.kill_rest()
        self.conclude()
        self.tell(status=self.status, cause=self.cause)

    def reap(self) -> None:
        """Takes the ends of all that have ended; the program's is kept."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] == self.program:
                    self.status = os.waitstatus_to_exitcode(ended[1])

    def listen(self) -> None:
        """What the emulator wants; when it is gone, an end."""
        data = self.line.recv(4096)
        if not data:
            self.lifelines = []
            self.kill()
            return
        *lines, self.unread = (self.unread + data).split(b"\n")
        for one in map(json.loads, lines):
            if "kill" in one:
                self.kill()
            elif self.ending:
                # The engine counts the grace, and gets some time to do it.
                self.deadline = min(self.deadline, time.monotonic() + one["terminate"] + 10)
                self.spawn([*self.ending["stop"], str(math.ceil(one["terminate"])), self.ending["name"]])
            else:
                self.deadline = min(self.deadline, time.monotonic() + one["terminate"])
                self.signal(signal.SIGTERM)

    def signal(self, number: int) -> None:
        """To the program alone, as Docker does; what it started is its affair until the grace is over."""
        if self.program and self.status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.program, number)

    def spawn(self, command: list[str]) -> None:
        """Starts a command of the engine beside the program; its words are of no interest."""
        nowhere = [(os.POSIX_SPAWN_OPEN, number, "/dev/null", os.O_WRONLY, 0) for number in (1, 2)]
        with contextlib.suppress(OSError):
            os.posix_spawn(command[0], command, self.plan["env"], file_actions=nowhere)

    def conclude(self) -> None:
        """Takes a container of an engine away, which does not end with the engine's client; and asks before how it ended."""
        if not self.ending:
            return
        for name in ("ask", "tidy", "remove"):
            command = self.ending[name] or ["true"]
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                said = subprocess.run(  # noqa: S603 # an engine's client
                    command,
                    env=self.plan["env"],
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=60,
                    check=False,
                )
                if name == "ask" and b"true" in said.stdout:
                    self.cause = self.cause or "memory"
        if self.status is not None and self.status > 128:
            self.status = 128 - self.status

    def kill(self) -> None:
        """Everything in the container, now."""
        self.deadline = float("inf")
        if "pid" in self.plan["namespaces"] and os.getpid() == 1:
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
            return
        if LINUX:
            # Who is stopped starts nobody: when a look finds nobody new, everybody is known.
            known: set[int] = set()
            while new := set(descendants()) - known:
                send(signal.SIGSTOP, new)
                known |= new
            send(signal.SIGKILL, known)
        elif self.program:
            # The group is there as soon as the program has made its session, and as long as somebody is in it.
            self.signal(signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.program, signal.SIGKILL)

    def kill_rest(self) -> None:
        """What the program has left behind. Who was killed hands its children to init: until there are none."""
        with contextlib.suppress(ChildProcessError):
            while True:
                self.kill()
                os.waitpid(-1, 0)
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass

    def tell(self, **facts: Any) -> None:
        """To the emulator."""
        tell(self.line, **facts)


def send(number: int, pids: Iterable[int]) -> None:
    """A signal to those that are still there."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def tell(line: socket.socket, **facts: Any) -> None:
    """To the emulator, if it is still there."""
    with contextlib.suppress(OSError):
        line.sendall(json.dumps(facts).encode() + b"\n")
