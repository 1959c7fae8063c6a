"""Starts a training script as AWS's toolkit does, where that cannot be installed: it comes as source with a module in C.

The variables SM_* are in the container's environment already; hyperparameters become arguments, sorted, `-x` or `--name`. Reasons
of failures have the toolkit's form (sagemaker_training.errors).
"""

import json
import logging
import os
import shlex
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from . import hearing, source

_log = logging.getLogger("sagemaker_stand_ins.scripts")

running: set[int] = set()
"""The process ids of scripts that have not ended."""


def run(base: Path, code: Path, program: str, given: Mapping[str, Any]) -> int:
    """Run a script to its end; the exit code of this process.

    Args:
        base: what stands for /opt/ml.
        code: the directory with the script.
        program: the script's name in it.
        given: all hyperparameters.
    """
    try:
        source.require(code)
    except source.Unmet as error:
        return failed(base, f"InstallRequirementsError:\n{error}")
    own = {name: value for name, value in given.items() if not name.startswith("sagemaker_")}
    words = arguments(own)
    command = _command(code, program, words)
    variables = {
        "SM_USER_ENTRY_POINT": program,
        "SM_MODULE_NAME": program.removesuffix(".py"),
        "SM_MODULE_DIR": str(given.get("sagemaker_submit_directory", code)),
        "SM_USER_ARGS": json.dumps(words, separators=(",", ":")),
    }
    _log.info("Invoking user script: %s", shlex.join(command))
    exit_code, said = _run(command, code, {**os.environ, **variables, "PYTHONPATH": _path(code)})
    if exit_code == 0:
        _log.info("Reporting training SUCCESS")
        return 0
    return failed(
        base, f'ExecuteUserScriptError:\nExitCode {exit_code}\nErrorMessage "{said}"\nCommand "{shlex.join(command)}"'
    )


def failed(base: Path, reason: str) -> int:
    """Write a reason where SageMaker looks for it, unless the script has written one; the exit code."""
    _log.error("Reporting training FAILURE")
    _log.error(reason)
    file = base / "output" / "failure"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(reason, "utf-8")
    return 1


def arguments(given: Mapping[str, Any]) -> list[str]:
    """Hyperparameters as arguments of a command line, as sagemaker_training.mapping.to_cmd_args has them."""
    words: list[str] = []
    for name in sorted(given):
        words += [f"--{name}" if len(name) > 1 else f"-{name}", _argument(given[name])]
    return words


def _argument(value: Any) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{key}={value[key]}" for key in sorted(value))
    return "" if value is None else str(value)


def _command(code: Path, program: str, words: Iterable[str]) -> list[str]:
    """The same three kinds of entry points as the toolkit's: a package, a Python script, anything else."""
    if program.endswith(".sh"):
        return ["/bin/sh", program, *words]
    if (code / "setup.py").is_file():
        return [sys.executable, "-m", program.removesuffix(".py").replace("/", "."), *words]
    if program.endswith(".py"):
        return [sys.executable, program, *words]
    (code / program).chmod(0o755)
    return [str(code / program), *words]


def _path(code: Path) -> str:
    known = os.environ.get("PYTHONPATH")
    return f"{code}:{known}" if known else str(code)


def _run(command: list[str], cwd: Path, environ: Mapping[str, str]) -> tuple[int, str]:
    """The exit code, and the end of what it said to stderr."""
    with (
        hearing.heard(sys.stderr.fileno()) as (writing, last),
        subprocess.Popen(command, cwd=cwd, env=environ, stderr=writing) as process,  # noqa: S603 the user's script
    ):
        running.add(process.pid)
        exit_code = process.wait()
        running.discard(process.pid)
    return exit_code, hearing.told(last)
