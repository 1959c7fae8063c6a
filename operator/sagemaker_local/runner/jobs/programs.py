"""What is run for the image of a job: the registry's program, in its environment, with the words of the request.

A program whose first word is an absolute path brings its own environment; for others the registry's is made on first use.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sagemaker_local.runner.images import Program, Unmakeable
from sagemaker_local.runner.images.stand_ins import location
from sagemaker_local.runner.tools import Tools


class NotMade(Exception):
    """The environment of a program could not be made; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is run for a job, before its environment is known."""

    program: Program
    command: tuple[str, ...]


def argv(task: Task, tools: Tools, *, write: Callable[[str], None], stopping: threading.Event) -> tuple[str, ...]:
    """The command as it is started.

    Args:
        write: is told what is done for it.
        stopping: gives up once it is set.

    Raises:
        NotMade: its environment could not be made.
    """
    if task.command[0].startswith("/"):
        return task.command
    try:
        return tools.environments.ready(task.program.environment, write, stopping=stopping).argv(task.command)
    except Unmakeable as failed:
        raise NotMade(str(failed)) from failed


def readable() -> tuple[Path, ...]:
    """What programs have to see beside their environment: the stand-ins."""
    return (location(),)


def why_not(image: str, tools: Tools, *, script: bool = False) -> str | None:
    """Why nothing runs for an image, as a sentence for the log of a job; None if something does."""
    if tools.images.find(image, script=script) is not None:
        return None
    why = tools.images.why_simulated(image)
    return f"sagemaker-local: this job is simulated: {why}"
