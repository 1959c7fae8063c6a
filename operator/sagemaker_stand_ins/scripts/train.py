"""Trains by the user's script: `python -m sagemaker_stand_ins.scripts.train`.

The code is fetched first, then AWS's toolkit takes over, where it is installed; it finds the code in /opt/ml/code. SIGTERM, which
SageMaker sends when a job is stopped, reaches the script.
"""

import json
import logging
import os
import shutil
import signal
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sagemaker_stand_ins.training.job import base_directory

from . import plain, source

_log = logging.getLogger("sagemaker_stand_ins.scripts")


def main() -> int:
    """Train; the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)-12s %(levelname)-8s %(message)s")
    base = base_directory()
    signal.signal(signal.SIGTERM, _pass_on)
    try:
        given = hyperparameters(base)
        program = _program(given)
        found = _code(base, program, given)
    except (source.NoSource, ValueError) as error:
        return plain.failed(base, f"ClientError: {error}")
    # What is printed has to reach the log while the script runs.
    os.environ["PYTHONUNBUFFERED"] = "1"
    source.aside()
    source.compatible()
    if find_spec("sagemaker_training") is None:
        return plain.run(base, found, program, given)
    return _with_toolkit()


def hyperparameters(base: Path) -> Mapping[str, Any]:
    """The hyperparameters, each of which is JSON, or else a text.

    Raises:
        ValueError: if the file is no JSON object.
    """
    file = base / "input" / "config" / "hyperparameters.json"
    said = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    if not isinstance(said, dict):
        raise ValueError(f"{file} is no JSON object")  # noqa: TRY004 what is wrong is the file
    return {name: _decoded(value) for name, value in said.items()}


def _decoded(value: Any) -> Any:
    try:
        return json.loads(value)
    except (ValueError, TypeError):
        return value


def _program(given: Mapping[str, Any]) -> str:
    said = given.get("sagemaker_program") or os.environ.get("SAGEMAKER_PROGRAM")
    if not said:
        raise ValueError("this image runs a script, and the hyperparameter sagemaker_program does not name one")
    return str(said)


def _code(base: Path, program: str, given: Mapping[str, Any]) -> Path:
    """The directory of the code, in which the program is."""
    directory = given.get("sagemaker_submit_directory") or os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY")
    code = base / "code"
    found = source.submitted(str(directory), code) if directory else code
    if not (found / program).is_file():
        there = ", ".join(sorted(path.name for path in found.iterdir())) if found.is_dir() else ""
        raise source.NoSource(f"the entry point {program} is not in the code; there is {there or 'nothing'}")
    if found != code:
        shutil.copytree(found, code, dirs_exist_ok=True)  # where the toolkit runs it
    return code


def _with_toolkit() -> int:
    """The toolkit ends the process itself, after it has called `toolkit.main`."""
    from sagemaker_training import trainer  # noqa: PLC0415 it is not in every environment

    os.environ["SAGEMAKER_TRAINING_MODULE"] = "sagemaker_stand_ins.scripts.toolkit:main"
    trainer.train()
    return 0


def _pass_on(number: int, _: Any) -> None:
    """Tell the script; this process goes on to report how it ends."""
    for child in _children():
        try:
            os.kill(child, number)
        except ProcessLookupError:
            continue


def _children() -> list[int]:
    if plain.running:
        return list(plain.running)
    threads = Path(f"/proc/{os.getpid()}/task")
    found = [file.read_text() for file in threads.glob("*/children")] if threads.is_dir() else []
    return [int(child) for line in found for child in line.split()]


if __name__ == "__main__":
    sys.exit(main())
