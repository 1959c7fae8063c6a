"""Run the build steps of the Dockerfile without a container engine, and start what they make.

    python tools/image_steps.py

The steps are read from the Dockerfile itself: its first stage is carried out in a fresh directory, with the Python that runs this
script in the place of the base image's. Then the entry point is started as the last stage names it. Not here: what only an engine
can do, such as layers, users and the base image.
"""
# ruff: noqa: INP001, S603, T201 - a script that runs commands

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(slots=True)
class Stage:
    """A stage that is being carried out.

    Attributes:
        directory: what stands for the root of its file system.
        environment: for its commands.
        at: its working directory.
    """

    directory: Path
    environment: dict[str, str]
    at: Path = field(init=False)

    def __post_init__(self) -> None:
        self.at = self.directory

    def carry_out(self, instruction: str, rest: str) -> None:
        """One instruction; those that say nothing about files are skipped."""
        match instruction:
            case "ARG":
                name, _, value = rest.partition("=")
                self.environment[name] = str(self.inside(value))
            case "ENV":
                settings = (word.partition("=") for word in shlex.split(rest))
                self.environment.update({name: value for name, _, value in settings if name not in os.environ})
            case "WORKDIR":
                self.at = self.inside(rest)
                self.at.mkdir(parents=True)
            case "COPY":
                *sources, target = shlex.split(rest)
                for source in sources:
                    self.copy(ROOT / source, self.at / target)
            case "RUN":
                print(f"+ {rest}", flush=True)
                subprocess.run(["/bin/sh", "-ec", rest], cwd=self.at, env=self.environment, check=True)

    def inside(self, path: str) -> Path:
        """A path of the image as a path of this machine."""
        return self.directory / path.lstrip("/")

    def copy(self, source: Path, target: Path) -> None:
        """What COPY does with one source that .dockerignore lets through."""
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.py[cod]"))
        else:
            shutil.copy(source, target)


def stages(dockerfile: str) -> list[list[tuple[str, str]]]:
    """The instructions of each stage, with continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^\s*#.*\n", "", dockerfile))
    found: list[list[tuple[str, str]]] = []
    for line in filter(None, text.splitlines()):
        instruction, _, rest = line.partition(" ")
        if instruction == "FROM":
            found.append([])
        elif found:
            found[-1].append((instruction, rest.strip()))
    return found


def entry_point(stage: list[tuple[str, str]]) -> Iterator[list[str]]:
    """The commands that show that the image starts: its version, and its default command's help."""
    said = dict(stage)
    entry, command = json.loads(said["ENTRYPOINT"]), json.loads(said["CMD"])
    yield [*entry, "--version"]
    yield [*entry, *command, "--help"]


def main() -> None:
    """Carry out the first stage in a temporary directory and start what the last one starts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--python", default=sys.executable, help="the interpreter that stands for the base image's")
    arguments = parser.parse_args()
    first, last = stages((ROOT / "Dockerfile").read_text())
    with tempfile.TemporaryDirectory(prefix="sagemaker-operator-image-") as name:
        directory = Path(name)
        base = directory / "base"
        subprocess.run([arguments.python, "-m", "venv", str(base)], check=True)
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
        stage = Stage(directory / "root", clean | {"PATH": f"{base / 'bin'}:{clean['PATH']}"})
        stage.directory.mkdir()
        for instruction, rest in first:
            stage.carry_out(instruction, rest)
        programs = Path(stage.environment["PREFIX"]) / "bin"
        for command in entry_point(last):
            print(f"+ {shlex.join(command)}", flush=True)
            started = [str(programs / command[0]), *command[1:]]
            subprocess.run(started, cwd=directory, env={"PATH": str(programs), "HOME": name}, check=True)


if __name__ == "__main__":
    main()
