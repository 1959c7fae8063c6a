"""The operator as a child process that starts within a few milliseconds, for tests that start it fifty times.

The child is forked from a process that has imported everything (`multiprocessing`'s fork server), and from then on it is what
``sagemaker-operator run`` is: its own process, arguments, environment and log.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from sagemaker_operator.__main__ import main

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["sagemaker_operator.app", "tests.cluster.forked"])


@dataclass
class ForkedOperator:
    """An operator that is killed rather than stopped."""

    flags: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: ForkServerProcess | None = None

    def start(self) -> None:
        self.process = _FORKS.Process(
            target=_run, args=(self.flags, dict(self.environment), str(self.log)), daemon=True
        )
        self.process.start()

    def kill_after(self, seconds: float) -> None:
        """Lets it live for so long; it must not end by itself."""
        assert self.process is not None
        self.process.join(seconds)
        assert self.process.exitcode is None, f"it ended by itself with {self.process.exitcode}"
        self.process.kill()
        self.process.join()
        assert self.process.exitcode == -signal.SIGKILL
        self.process.close()
        self.process = None


def _run(flags: Sequence[str], environment: Mapping[str, str], log: str) -> None:
    os.environ.clear()
    os.environ.update(environment)
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(output, sys.stdout.fileno())
    os.dup2(output, sys.stderr.fileno())
    main(["run", *flags])
