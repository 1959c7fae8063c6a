"""One running container, as whoever started it sees it."""

import contextlib
import json
import logging
import os
import selectors
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from typing import Any

from .errors import SandboxError
from .plan import Plan
from .pump import Lines

LOG = logging.getLogger(__name__)
CHUNK = 1 << 16


class Container:
    """A program and everything that it started. Any thread may call any method.

    Attributes:
        pid: of the process that stands for the container on this machine.
        cause: which limit ended it: "memory", "processes", "disk"; empty for every other end.
    """

    def __init__(
        self,
        process: "subprocess.Popen[bytes]",
        line: socket.socket,
        *,
        write: Callable[[str], None],
        ended: Callable[["Container"], None] | None = None,
        leave: Callable[[], None],
        remark: Callable[[int], str],
    ) -> None:
        """`line`: the lifeline of `boot`. `leave` is called when nothing runs, before `ended`. `remark`: see `launch`."""
        self.pid = process.pid
        self.cause = ""
        self._process = process
        self._line = line
        self._lines = Lines(write)
        self._callback = ended
        self._leave = leave
        self._remark = remark
        self._over = threading.Event()
        self._status: int | None = None
        self._program: int | None = None
        self._unread = b""

    def begin(self, plan: Plan) -> None:
        """Hands the plan over, and returns when the program was started.

        Raises:
            SandboxError: the surroundings could not be made.
        """
        try:
            self._line.settimeout(60)
            self._line.sendall(plan.line())
            answer = self._answer()
        except OSError as error:
            answer = {"broken": str(error)}
        if "started" not in answer:
            self._line.close()
            self._process.kill()
            said, _ = self._process.communicate()
            self._leave()
            raise SandboxError(
                f"The container for {plan.command[0]} could not be made: "
                f"{answer.get('broken') or said.decode(errors='replace')[-500:] or 'its first process ended'}"
            )
        self._line.settimeout(None)
        if "pid" not in plan.namespaces:
            self._program = answer["started"]
        threading.Thread(target=self._attend, name=f"container-{self.pid}", daemon=True).start()

    @property
    def running(self) -> bool:
        """Whether anything of it still runs, or its output is still being written down."""
        return not self._over.is_set()

    def wait(self, timeout: float | None = None) -> int | None:
        """The exit code of the program, or the negative number of the signal that ended it; None: it still runs.

        All of its output has been written down by then. 127: there is no such program, 126: it cannot be run, 125: its limits or
        its directory could not be set; its output says why.
        """
        return self._status if self._over.wait(timeout) else None

    def terminate(self, grace: float) -> None:
        """SIGTERM to the program; SIGKILL to everything after `grace` seconds. Returns at once."""
        self._tell(terminate=max(0.0, grace))

    def kill(self) -> None:
        """SIGKILL to everything. Returns at once; `wait` tells when it is over."""
        self._tell(kill=True)

    def _tell(self, **order: object) -> None:
        with contextlib.suppress(OSError):  # it is over
            self._line.sendall(json.dumps(order).encode() + b"\n")

    def _answer(self) -> dict[str, Any]:
        while b"\n" not in self._unread:
            data = self._line.recv(CHUNK)
            if not data:
                return {}
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _attend(self) -> None:
        """The container's thread: takes its output until all have ended, then tells."""
        try:
            self._take_output()
            self._conclude()
            self._end_lines()
        finally:
            self._line.close()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._leave()
            self._over.set()
        if self._callback:
            self._callback(self)

    def _take_output(self) -> None:
        """Until init has told the end; a process that got away may hold the pipe for ever, so its end is not waited for."""
        assert self._process.stdout is not None
        output = self._process.stdout.fileno()
        os.set_blocking(output, False)
        with selectors.DefaultSelector() as watched:
            watched.register(output, selectors.EVENT_READ)
            watched.register(self._line, selectors.EVENT_READ)
            told = False
            while not told:
                ready = {key.fd for key, _ in watched.select()}
                if output in ready and self._read(output) == 0:
                    watched.unregister(output)
                told = self._line.fileno() in ready
        while self._read(output):
            pass

    def _read(self, output: int) -> int | None:
        """How many bytes there were: none at the end, None if there are none yet."""
        try:
            data = os.read(output, CHUNK)
        except BlockingIOError:
            return None
        try:
            self._lines.feed(data)
        except Exception:
            LOG.exception("Output of container %s could not be written down", self.pid)
            self._lines = Lines(lambda _: None)
        return len(data)

    def _end_lines(self) -> None:
        try:
            self._lines.end()
            remark = self._remark(self._status or 0)
            if remark:
                self._lines.feed(f"{remark}\n".encode())
        except Exception:
            LOG.exception("The last line of container %s could not be written down", self.pid)

    def _conclude(self) -> None:
        answer: dict[str, Any] = {}
        with contextlib.suppress(OSError):
            answer = self._answer()
        self._process.wait()
        if "status" not in answer and self._program is not None:
            # Without a PID namespace, a program can end its init.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._program, signal.SIGKILL)
        self.cause = answer.get("cause", "")
        self._status = answer.get("status", -9)
