"""The operator as a child process, in the hands of somebody who starts, signals, kills and reads it."""

import os
import signal
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.cluster.eventually import eventually
from tests.cluster.forked import fork

from sagemaker_local.cluster.ports import Reservation

# Bugs that a test which looks elsewhere would not notice.
_NEVER_SAID = (
    "Traceback",
    "found no end",
    "failed unexpectedly",
    "Task exception was never retrieved",
    "never awaited",
)


@dataclass
class Operator:
    """One instance; `start` begins a new process each time.

    Attributes:
        flags: of ``sagemaker-operator run``.
        environment: all of it.
        log: what every process of this instance has written, one after another.
    """

    flags: tuple[str, ...]
    environment: dict[str, str]
    log: Path
    process: ForkServerProcess | None = None
    address: str = ""
    _port: Reservation | None = field(default=None, repr=False)

    def start(self, *flags: str, wait: bool = True) -> None:
        """Begins a process and waits until it has listed the cluster, or stands by."""
        assert self.process is None, "it runs already"
        # The port stays reserved while the process lives, and is the process's to listen on.
        self._port = Reservation()
        self.address = f"127.0.0.1:{self._port.port}"
        self.process = fork((f"--http-address={self.address}", *self.flags, *flags), self.environment, self.log)
        if wait:
            self.wait_until_ready()

    def wait_until_ready(self, *, within: float = 30.0) -> None:
        eventually("/readyz of the operator", lambda: self.ready or self._ended(), within=within)

    @property
    def ready(self) -> bool:
        return self.answers("/readyz") == 200

    def answers(self, path: str) -> int | None:
        """The HTTP status of a path, None without an answer."""
        try:
            with urllib.request.urlopen(f"http://{self.address}{path}", timeout=5) as reply:
                return int(reply.status)
        except urllib.error.HTTPError as error:
            with closing(error):
                return error.code
        except OSError:
            return None

    def kill(self) -> None:
        """SIGKILL: it cannot do anything about it."""
        self._signal(signal.SIGKILL)
        self._reap(10)

    def kill_after(self, seconds: float) -> None:
        """Lets it live for so long; it must not end by itself."""
        assert self.process is not None, "it does not run"
        self.process.join(seconds)
        assert self.running, f"it ended by itself with {self.process.exitcode}"
        self.kill()

    def interrupt(self) -> None:
        """SIGTERM, and no waiting."""
        self._signal(signal.SIGTERM)

    def stop(self, *, within: float = 30.0) -> int:
        """SIGTERM, and the exit code."""
        self.interrupt()
        return self._reap(within)

    def exit_code(self, *, within: float = 30.0) -> int:
        """The exit code of a process that ends by itself."""
        return self._reap(within)

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.exitcode is None

    def said(self, *words: str) -> list[str]:
        """The lines of the log with all of the words."""
        return [line for line in self.lines() if all(word in line for word in words)]

    def says(self, *words: str, within: float = 30.0) -> str:
        """Waits for a line of the log with all of the words."""
        return eventually(f"a log line with {words}", lambda: self.said(*words), within=within)[-1]

    def lines(self) -> list[str]:
        return self.log.read_text(errors="replace").splitlines() if self.log.exists() else []

    def complaints(self) -> list[str]:
        return [line for line in self.lines() if any(words in line for words in _NEVER_SAID)]

    def _signal(self, number: int) -> None:
        assert self.process is not None, "it does not run"
        assert self.process.pid is not None
        if self.running:
            os.kill(self.process.pid, number)

    def _reap(self, within: float) -> int:
        assert self.process is not None, "it does not run"
        process, self.process = self.process, None
        process.join(within)
        code = process.exitcode
        if code is None:
            process.kill()
            process.join()
        process.close()
        if self._port is not None:
            self._port.close()
        assert code is not None, f"the operator did not end within {within:.0f} s"
        return code

    def _ended(self) -> bool:
        if not self.running:
            end = "\n".join(self.lines()[-20:])
            raise AssertionError(f"the operator ended before it was ready:\n{end}")
        return False


def environment(*, kubeconfig: Path, home: Path, **more: str) -> dict[str, str]:
    """What a process needs and nothing of what this machine happens to have set, such as AWS profiles."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "HOME": str(home),
        "KUBECONFIG": str(kubeconfig),
        "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_SECRET_ACCESS_KEY": "sagemaker-local",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        **more,
    }
