"""The parent's end of the keeper: starting it, asking it, letting it go.

Not here: what it does with the requests (see `keeper`).
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sagemaker_local.cluster import keeper
from sagemaker_local.cluster.errors import NotRunning, NotStarted

GOODBYE_SECONDS = 20.0


class Keeping:
    """A directory and named processes that end with this process at the latest."""

    def __init__(self, directory: Path) -> None:
        """Start a keeper for that directory, which it makes.

        Raises:
            NotStarted: the directory cannot be made or is in use.
        """
        self.directory = directory
        self.pids: dict[str, int] = {}
        self._lock = threading.Lock()
        self._process = subprocess.Popen(  # noqa: S603 - our own file, run by our own interpreter
            [sys.executable, "-I", "-S", keeper.__file__, str(directory), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Ctrl-C in a terminal is the parent's to handle.
            start_new_session=True,
            cwd="/",
            text=True,
        )
        try:
            self.pids["keeper"] = self._answer()["pid"]
        except BaseException:
            self._part()
            raise

    def start(self, name: str, argv: tuple[str, ...], log: Path, env: Mapping[str, str]) -> None:
        """Start one process under a name.

        Raises:
            NotStarted: the system cannot run that program.
        """
        request = {"op": "start", "name": name, "argv": argv, "log": str(log), "env": dict(env)}
        self.pids[name] = self._ask(request)["pid"]

    def kill(self, name: str) -> None:
        """Kill one process; it is gone when this returns."""
        self._ask({"op": "kill", "name": name})
        self.pids.pop(name, None)

    def exit_code(self, name: str) -> int | None:
        """How one process ended; None while it runs."""
        code: int | None = self._ask({"op": "poll", "name": name})["code"]
        return code

    def release(self) -> None:
        """Kill all processes and remove the directory; both are gone when this returns. Idempotent."""
        with self._lock:
            self._part()
            self.pids.clear()
            # Its own doing, unless somebody killed the keeper.
            shutil.rmtree(self.directory, ignore_errors=True)

    def _part(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        with self._lock:
            assert self._process.stdin is not None
            if self._process.stdin.closed:
                raise NotRunning(f"the cluster in {self.directory} has been stopped")
            try:
                self._process.stdin.write(json.dumps(request) + "\n")
                self._process.stdin.flush()
            except BrokenPipeError as error:
                raise self._gone() from error
            return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise self._gone()
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise NotStarted(answer["error"])
        return answer

    def _gone(self) -> NotRunning:
        code = self._process.wait()
        return NotRunning(f"the process that keeps the cluster in {self.directory} ended with {code}")
