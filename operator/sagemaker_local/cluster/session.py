"""The one cluster that a user has in the background: is it running, where, and since when.

A lock that the running process holds for its life says whether it runs, so that a killed one is never taken for a running one;
a file beside it says where everything is, once it all is ready. Not here: starting and stopping (see `background`).
"""

import dataclasses
import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sagemaker_local.cluster.credentials import write_private
from sagemaker_local.cluster.errors import RunningAlready

INSTANT_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Running:
    """What is where. Times are ISO 8601 in UTC."""

    pid: int
    since: str
    kubeconfig: str
    server: str
    token: str
    ca: str
    origin: str
    emulator: str
    pids: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Session:
    """The files of the session in one state directory."""

    state: Path

    @property
    def directory(self) -> Path:
        """The running cluster's directory."""
        return self.state / "cluster"

    @property
    def log(self) -> Path:
        """What the background process writes."""
        return self.state / "up.log"

    def holder(self) -> int | None:
        """The id of the process that runs, or starts, the session; None when there is none."""
        try:
            lock = os.open(self._lock, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(os.read(lock, 32) or 0) or None
        finally:
            os.close(lock)
        return None

    def read(self) -> Running | None:
        """What is where, once all is ready; None before that and when nothing runs."""
        try:
            content: dict[str, Any] = json.loads(self._file.read_text())
        except FileNotFoundError:
            return None
        return Running(**content) if content["pid"] == self.holder() else None

    def publish(self, running: Running) -> None:
        """Tell other processes that all is ready."""
        partial = self._file.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        write_private(partial, json.dumps(dataclasses.asdict(running)).encode())
        partial.rename(self._file)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Be the one process that runs the session.

        Raises:
            RunningAlready: another one is.
        """
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._take(lock)
            try:
                yield
            finally:
                self._file.unlink(missing_ok=True)
        finally:
            os.close(lock)

    def _take(self, lock: int) -> None:
        # Whoever asks for the holder has the lock for an instant, so one refusal says nothing.
        deadline = time.monotonic() + INSTANT_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise RunningAlready(f"running already: {self._lock} is locked") from error
                time.sleep(INSTANT_SECONDS / 20)
        os.truncate(lock, 0)
        os.write(lock, str(os.getpid()).encode())

    @property
    def _lock(self) -> Path:
        return self.state / "up.lock"

    @property
    def _file(self) -> Path:
        return self.state / "up.json"
