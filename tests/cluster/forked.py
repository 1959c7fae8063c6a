"""The operator as a child process that starts within a few milliseconds.

The child is forked from a process that has imported everything (`multiprocessing`'s fork server), and from then on it is what
``sagemaker-operator run`` is: its own process, arguments, environment and log. That the command itself starts is seen where the
demo runs it.
"""

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from sagemaker_operator.__main__ import main

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["sagemaker_operator.app", "tests.cluster.forked", "tests.cluster.warmed"])


def fork(flags: Sequence[str], environment: Mapping[str, str], log: Path) -> ForkServerProcess:
    """Begins ``sagemaker-operator run`` with these flags and no other environment; it ends with the caller at the latest."""
    process = _FORKS.Process(target=_run, args=(tuple(flags), dict(environment), str(log)), daemon=True)
    process.start()
    return process


def _run(flags: Sequence[str], environment: Mapping[str, str], log: str) -> None:
    os.environ.clear()
    os.environ.update(environment)
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(output, sys.stdout.fileno())
    os.dup2(output, sys.stderr.fileno())
    main(["run", *flags])
