"""What is run for the image of a job: the registry's program in its environment, or the image itself where Docker or Podman is.

A program whose first word is an absolute path brings its own environment; for others the registry's is made on first use.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sagemaker_local.runner.images import Program, Unmakeable
from sagemaker_local.runner.images.stand_ins import location
from sagemaker_local.runner.sandbox import Container, Limits, Network
from sagemaker_local.runner.tools import Tools


class NotMade(Exception):
    """The environment of a program could not be made; the text says why and what to do."""


class Starter(Protocol):
    """What starts containers: the sandbox, or an image in an engine."""

    @property
    def names(self) -> bool:
        """Whether programs reach their peers by name."""

    def inside(self, path: Path, *, ml: Path | None = None) -> str:
        """The path under which a program sees what is on this machine."""

    def start(
        self,
        command: Sequence[str],
        *,
        ml: Path,
        env: Mapping[str, str],
        write: Callable[[str], None],
        hosts: Mapping[str, str] | None = None,
        host: str = "",
        limits: Limits | None = None,
        network: bool | Network = True,
        readable: Sequence[Path] = (),
        ended: Callable[[Container], None] | None = None,
    ) -> Container:
        """Start a program; see `Sandbox.start`."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is run for a job, before its environment is known.

    Attributes:
        starter: what runs it.
        program: the registry's; None for an image that runs as it is.
        command: the words after the entry point of an image, all words otherwise.
    """

    starter: Starter
    program: Program | None
    command: tuple[str, ...]


def task(
    image: str,
    tools: Tools,
    *,
    own: Callable[[Program], tuple[str, ...] | None],
    entry: Sequence[str],
    arguments: Sequence[str],
    usual: tuple[str, ...] = (),
    script: bool = False,
) -> Task | None:
    """What is run for an image; None if nothing is known to.

    Args:
        own: the command that a program of the registry has for this kind of job.
        entry: what the request gives in place of the entry point.
        arguments: what the request gives as arguments.
        usual: the arguments with which SageMaker runs an image if the request gives none.
        script: whether the job brings a script of its own.
    """
    program = tools.images.find(image, script=script)
    if program is not None:
        words = tuple(entry) or own(program)
        return Task(tools.sandbox, program, (*words, *arguments)) if words else None
    if tools.engine is None:
        return None
    given = tuple(arguments) or (() if entry else usual)
    return Task(tools.engine.image(image, entry=tuple(entry)), None, given)


def argv(what: Task, tools: Tools, *, write: Callable[[str], None], stopping: threading.Event) -> tuple[str, ...]:
    """The command as it is started.

    Args:
        write: is told what is done for it.
        stopping: gives up once it is set.

    Raises:
        NotMade: its environment could not be made.
    """
    if what.program is None or what.command[0].startswith("/"):
        return what.command
    try:
        return tools.environments.ready(what.program.environment, write, stopping=stopping).argv(what.command)
    except Unmakeable as failed:
        raise NotMade(str(failed)) from failed


def readable(what: Task) -> tuple[Path, ...]:
    """What a program has to see beside its environment: the stand-ins."""
    return () if what.program is None else (location(),)


def why_not(image: str, tools: Tools, *, script: bool = False) -> str | None:
    """Why nothing runs for an image, as a sentence for the log of a job; None if something does."""
    if tools.engine is not None or tools.images.find(image, script=script) is not None:
        return None
    why = tools.images.why_simulated(image)
    return f"sagemaker-local: this job is simulated: {why}"
