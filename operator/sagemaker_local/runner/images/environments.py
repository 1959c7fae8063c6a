"""Virtual environments that are made on first use, and kept in the user's cache.

An environment is made in the place where it stays, as virtual environments cannot be moved, and counts only once its marker is
written: a half-made one is remade. A lock of the file system lets one thread of one process make it. Its name has the hash of
what it is made of, so that another version of sagemaker-local makes another. Nothing is asked of a package index once it is made.
Those that nobody has asked for in a month are removed when another is made.
"""

import fcntl
import hashlib
import os
import shutil
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .pip import Failed, run
from .program import Recipe, Step
from .stand_ins import PACKAGES, location

_FORMAT: Final = "1"  # Another number makes all environments anew.
_READY: Final = ".ready"
_PAUSE: Final = 0.2
_MONTH: Final = 30 * 24 * 3600.0


class Unmakeable(Exception):
    """An environment cannot be made; the message says why, with the installer's last lines, and what to do."""


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment that is ready.

    Attributes:
        directory: all of it; programs only read it.
        bin: goes to the front of PATH, so that `python3` is its own.
        python: its interpreter.
    """

    directory: Path
    bin: Path
    python: Path

    def argv(self, command: Sequence[str]) -> tuple[str, ...]:
        """A program's command as it is started: with what this environment holds by its path.

        `python -m sagemaker_stand_ins.…` is called so that the package of the stand-ins is found, and nothing that is beside it;
        the same goes for the analyzer.
        """
        first, *rest = command
        if first in {"python", "python3"} and rest[:1] == ["-m"] and rest[1:2] and rest[1].split(".")[0] in PACKAGES:
            return (str(self.python), str(location()), *rest[1:])
        own = self.bin / first
        return (str(own) if "/" not in first and own.exists() else first, *rest)


class Environments:
    """All environments that programs may run in."""

    def __init__(self, recipes: Mapping[str, Recipe], cache: Path) -> None:
        self._recipes, self._directory = recipes, cache / "environments"
        self._closed = threading.Event()

    def ready(self, name: str, write: Callable[[str], None], *, stopping: threading.Event | None = None) -> Environment:
        """The environment of a name, made now if it is not there.

        Args:
            name: as `Program.environment` says.
            write: is told, line by line, what is done; nothing if the environment is there.
            stopping: gives up once it is set.

        Raises:
            Unmakeable: if it cannot be made, or was given up.
        """
        recipe = self._recipes[name]
        place = self._directory / f"{recipe.name}-{_key(recipe)}"
        if _usable(place):
            with suppress(OSError):  # a cache that is only read
                (place / _READY).touch()
            return _environment(place)
        write(f"sagemaker-local: the environment {name} is needed for the first time; it is made in {place}")
        gives_up = (self._closed, *([stopping] if stopping else []))
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            with _locked(place.with_name(f"{place.name}.lock"), write, gives_up):
                if not _usable(place):
                    _make(place, recipe, write, gives_up)
            _sweep(self._directory, write)
        except OSError as error:
            raise Unmakeable(f"the environment {name} cannot be made in {place}: {error}") from error
        return _environment(place)

    def close(self) -> None:
        """Give up what is being made."""
        self._closed.set()


def _key(recipe: Recipe) -> str:
    """What an environment depends on: the packages, the interpreter's version and the machine."""
    parts = [_FORMAT, sys.implementation.cache_tag or "", os.uname().machine]
    parts += [f"{step.hashed} {step.requirements}" for step in recipe.steps]
    return f"{sys.implementation.cache_tag}-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:12]}"


def _usable(place: Path) -> bool:
    """Whether it was made to its end, and the interpreter that it stands on is still there."""
    return (place / _READY).exists() and (place / "bin" / "python").exists()


def _environment(place: Path) -> Environment:
    return Environment(place, place / "bin", place / "bin" / "python")


def _make(place: Path, recipe: Recipe, write: Callable[[str], None], gives_up: Sequence[threading.Event]) -> None:
    if place.exists():
        write("sagemaker-local: what is left of an attempt that did not end is removed")
        shutil.rmtree(place)
    last: deque[str] = deque(maxlen=12)

    def tell(line: str) -> None:
        last.append(line)
        write(line)

    try:
        run([sys.executable, "-m", "venv", str(place)], tell, gives_up)
        for number, step in enumerate(recipe.steps):
            _install(place, step, place / f"requirements-{number}.txt", tell, gives_up)
    except Failed as failure:
        shutil.rmtree(place, ignore_errors=True)
        raise Unmakeable(_told(recipe, failure, last)) from None
    (place / _READY).touch()
    write(f"sagemaker-local: the environment {recipe.name} is ready")


def _sweep(directory: Path, write: Callable[[str], None]) -> None:
    """Remove environments of earlier versions and of rows that are no more: their markers are touched at each use."""
    for marker in directory.glob(f"*/{_READY}"):
        place = marker.parent
        if time.time() - _used(marker) > _MONTH:
            write(f"sagemaker-local: {place} was not used for a month; it is removed")
            marker.unlink(missing_ok=True)
            shutil.rmtree(place, ignore_errors=True)


def _used(marker: Path) -> float:
    try:
        return marker.stat().st_mtime
    except FileNotFoundError:  # somebody else has just removed it
        return time.time()


def _install(
    place: Path, step: Step, file: Path, write: Callable[[str], None], gives_up: Sequence[threading.Event]
) -> None:
    file.write_text(step.requirements, encoding="utf-8")
    options = ["--require-hashes"] if step.hashed else []
    # The one package of ours that is no wheel is built with the setuptools that a step before has installed with its hash.
    options += ["--no-build-isolation"] if step.optional else ["--only-binary", ":all:"] if step.hashed else []
    command = [str(place / "bin" / "python"), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    try:
        run([*command, "--progress-bar", "off", *options, "-r", str(file)], write, gives_up)
    except Failed as failure:
        if not step.optional or failure.given_up:
            raise
        write(f"sagemaker-local: not installed: {step.optional}")


def _told(recipe: Recipe, failure: Failed, last: Sequence[str]) -> str:
    if failure.given_up:
        return f"the environment {recipe.name} was not made: the work was stopped"
    said = "\n".join(last)
    return f"the environment {recipe.name} cannot be made: {failure}\n{said}\n{_advice(said)}"


def _advice(said: str) -> str:
    """What to do, by what venv and pip say (pip._internal; ensurepip's text in Debian's patch of venv)."""
    if "ensurepip is not" in said or "No module named ensurepip" in said or "No module named venv" in said:
        return "Install the package that brings venv to this Python, on Debian python3-venv, and start the job again."
    if "No space left on device" in said:
        return "The disk is full: make room, or set SAGEMAKER_LOCAL_CACHE to a directory on another one."
    offline = (
        "ConnectionError",
        "NewConnectionError",
        "Max retries exceeded",
        "Name or service not known",
        "ReadTimeout",
    )
    if any(word in said for word in (*offline, "Temporary failure in name resolution", "Connection broken")):
        return (
            "The package index does not answer: connect this machine once, or give pip a mirror or a directory of wheels "
            "(PIP_INDEX_URL, PIP_FIND_LINKS), and start the job again."
        )
    if "THESE PACKAGES DO NOT MATCH THE HASHES" in said:
        return "The package index gave another file than the one that was pinned: look whether a mirror changes files."
    if "No matching distribution found" in said:
        return (
            f"The package index has no wheel for Python {sys.version_info.major}.{sys.version_info.minor} on this machine, "
            "or cannot be reached: look at pip's configuration (`pip config list`)."
        )
    return "Read what pip says above; once that is mended, start the job again: the environment is then made anew."


@contextmanager
def _locked(file: Path, write: Callable[[str], None], gives_up: Sequence[threading.Event]) -> Iterator[None]:
    """While this lasts, nobody else makes the environment: flock tells threads apart too, as each opens the file itself."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _taken(descriptor):
            write("sagemaker-local: somebody else makes this environment; waiting for it")
            while not _taken(descriptor):
                if any(event.is_set() for event in gives_up):
                    raise Unmakeable("the environment was not waited for: the work was stopped")
                gives_up[-1].wait(_PAUSE)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
