"""What is run for the image of a job: the registry's program in its environment, or the image itself where Docker or Podman is.

A program whose commands are absolute paths brings its own environment; for others the registry's is made on first use.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from sagemaker_local.runner.images import Program, Unmakeable
from sagemaker_local.runner.images.stand_ins import locations
from sagemaker_local.runner.sandbox import Container, Limits, Network
from sagemaker_local.runner.tools import Tools

SYSTEM_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


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
        published: int = 0,
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
    words = tuple(entry) or own(program) if program is not None else None
    if program is not None and words:
        return Task(tools.sandbox, program, (*words, *arguments))
    if tools.engine is None:
        return None
    given = tuple(arguments) or (() if entry else usual)
    return Task(tools.engine.image(image, entry=tuple(entry)), None, given)


@dataclass(frozen=True, slots=True)
class Command:
    """What is started.

    Attributes:
        words: the program and its arguments.
        bin: where the programs of its environment are; None if it has none.
    """

    words: tuple[str, ...]
    bin: Path | None = None

    def variables(self, given: Mapping[str, str]) -> dict[str, str]:
        """The variables of the program, in which its environment goes before everything else."""
        if self.bin is None:
            return dict(given)
        return {**given, "PATH": f"{self.bin}:{given.get('PATH') or SYSTEM_PATH}"}


def command(what: Task, tools: Tools, *, write: Callable[[str], None], stopping: threading.Event) -> Command:
    """What is started for a task, once its environment is there.

    Args:
        write: is told what is done for it.
        stopping: gives up once it is set.

    Raises:
        NotMade: its environment could not be made.
    """
    if what.program is None or _brings_its_own(what.program):
        return Command(what.command)
    try:
        environment = tools.environments.ready(what.program.environment, write, stopping=stopping)
    except Unmakeable as failed:
        raise NotMade(str(failed)) from failed
    return Command(environment.argv(what.command), environment.bin)


def readable(what: Task) -> tuple[Path, ...]:
    """What a program has to see beside its environment: our own packages, and the files that its row of the registry names.

    The directory of the first word is seen anyway.
    """
    program = what.program
    if program is None:
        return ()
    words = {word for command in (program.train, program.serve, program.process) if command for word in command[1:]}
    named = [Path(word) for word in words if word.startswith("/")]
    return (*locations(), *sorted({_shown(path) for path in named if path.exists()}))


def why_not(image: str, tools: Tools, *, script: bool = False) -> str | None:
    """Why nothing runs for an image, as a sentence for the log of a job; None if something does."""
    if tools.engine is not None or tools.images.find(image, script=script) is not None:
        return None
    why = tools.images.why_simulated(image)
    return f"sagemaker-local: this job is simulated: {why}"


def _brings_its_own(program: Program) -> bool:
    """Whether everything that a program can do is started by an absolute path, so that no environment is wanted."""
    known = [words for words in (program.train, program.serve, program.process) if words]
    return all(words[0].startswith("/") for words in known)


def _shown(path: Path) -> Path:
    """What is shown of a path that a row names: its directory, as programs import what lies beside them, but no home."""
    directory = path if path.is_dir() else path.parent
    return path if directory == Path.home() else directory
