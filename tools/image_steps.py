"""Run the build steps of the Dockerfile without a container engine, and start what they make.

    python tools/image_steps.py

The steps are read from the Dockerfile itself: its build stages are carried out in a fresh directory, with the Python that runs
this script in the place of the base image's. Then the entry points are started as the stages of the images name them. With
`--wheels` the packages come from the network once, and from a directory afterwards. Not here: what only an engine can do, such as
layers, users and the base image.
"""
# ruff: noqa: INP001, S603, T201 - a script that runs commands

import argparse
import hashlib
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
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


@dataclass(frozen=True, slots=True)
class Instructions:
    """A stage as the Dockerfile has it: the stage or image that it begins with, and its instructions."""

    base: str
    steps: list[tuple[str, str]]

    def said(self, instruction: str) -> str:
        """What the last instruction of a kind says."""
        return dict(self.steps)[instruction]


def stages(dockerfile: str) -> dict[str, Instructions]:
    """The stages by their names, in order, with continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^\s*#.*\n", "", dockerfile))
    found: dict[str, Instructions] = {}
    steps: list[tuple[str, str]] = []
    for line in filter(None, text.splitlines()):
        instruction, _, rest = line.partition(" ")
        if instruction == "FROM":
            base, _, name = rest.partition(" AS ")
            steps = []
            found[name] = Instructions(base, steps)
        else:
            steps.append((instruction, rest.strip()))
    return found


def try_operator(stage: Instructions, environment: dict[str, str]) -> None:
    """Let the operator tell its version and its default command's help."""
    entry, command = json.loads(stage.said("ENTRYPOINT")), json.loads(stage.said("CMD"))
    for started in ([*entry, "--version"], [*entry, *command, "--help"]):
        run(started, environment)


def try_emulator(stage: Instructions, environment: dict[str, str], state: Path) -> None:
    """Start the emulator, on loopback for once, wait until it is healthy, ask it, and stop it as an engine does."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    own = ["--host", "127.0.0.1", "--port", port, "--state", str(state)]
    started = [*json.loads(stage.said("ENTRYPOINT")), *own]
    health = json.loads(stage.said("HEALTHCHECK").partition(" CMD ")[2].replace(stage.said("EXPOSE"), port))
    print(f"+ {shlex.join(started)}", flush=True)
    with subprocess.Popen([found(started[0], environment), *started[1:]], env=environment) as process:
        try:
            deadline = time.monotonic() + 60
            while not healthy(health, environment):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"the emulator is not healthy; it ended with {process.returncode}")
            run(["python", "-c", ASK, port], environment)
        finally:
            process.terminate()
    if process.returncode or not any(state.iterdir()):
        raise SystemExit(f"the emulator ended with {process.returncode}, and left {list(state.iterdir())}")


ASK = """
import boto3, sys
at = {"endpoint_url": f"http://127.0.0.1:{sys.argv[1]}", "region_name": "us-east-1"}
who = {"aws_access_key_id": "123456789012", "aws_secret_access_key": "any"}
boto3.client("s3", **at, **who).create_bucket(Bucket="bucket")
boto3.client("sagemaker", **at, **who).create_experiment(ExperimentName="churn")
print(boto3.client("sagemaker", **at, **who).describe_experiment(ExperimentName="churn")["ExperimentArn"])
"""


def healthy(command: list[str], environment: dict[str, str]) -> bool:
    """Whether the health check of the image passes."""
    asked = [found(command[0], environment), *command[1:]]
    return subprocess.run(asked, env=environment, stderr=subprocess.DEVNULL, check=False).returncode == 0


def run(command: list[str], environment: dict[str, str]) -> None:
    """A command with the programs of the image, which must succeed."""
    print(f"+ {shlex.join(command)}", flush=True)
    subprocess.run([found(command[0], environment), *command[1:]], env=environment, check=True)


def found(program: str, environment: dict[str, str]) -> str:
    """Where the image has a program."""
    return str(Path(environment["PATH"]) / program)


def build(directory: Path, python: str) -> Stage:
    """What stands for the file system of the build stages, empty as yet."""
    base = directory / "base"
    subprocess.run([python, "-m", "venv", str(base)], check=True)
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    # pip reads PIP_NO_COMPILE the other way round. To compile all that is installed takes longer than the little that runs.
    clean |= {"PATH": f"{base / 'bin'}:{clean['PATH']}", "PIP_NO_COMPILE": "0"}
    stage = Stage(directory / "root", clean)
    stage.directory.mkdir()
    return stage


def offline(stage: Stage, wheels: Path) -> None:
    """Let pip take what the requirements pin, by their hashes, from a directory, which is filled the first time."""
    wanted = sorted((ROOT / "requirements").glob("*.txt"))
    parts = [sys.version.encode(), *(file.read_bytes() for file in wanted)]
    kept = wheels / hashlib.sha256(b"".join(parts)).hexdigest()[:16]
    if not kept.exists():
        wheels.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=wheels, prefix="filled-") as name:
            for file in wanted:
                download = ["pip", "download", "--no-deps", "--require-hashes", "--dest", f"{name}/all"]
                subprocess.run([*download, "--requirement", str(file)], env=stage.environment, check=True)
            Path(name, "all").rename(kept)
    stage.environment |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(kept)}


def main() -> None:
    """Carry out the build stages in a temporary directory, and start what the others start."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--python", default=sys.executable, help="the interpreter that stands for the base image's")
    parser.add_argument("--wheels", type=Path, help="keep what is downloaded here, for the next time")
    arguments = parser.parse_args()
    image = stages((ROOT / "Dockerfile").read_text())
    with tempfile.TemporaryDirectory(prefix="sagemaker-operator-image-") as name:
        stage = build(Path(name), arguments.python)
        if arguments.wheels:
            offline(stage, arguments.wheels)
        for step in image["build"].steps:
            stage.carry_out(*step)
        programs = Path(stage.environment["PREFIX"]) / "bin"
        environment = {"PATH": str(programs), "HOME": name}
        try_operator(image["operator"], environment)
        # It begins with the build stage; nothing that is made of that one alone is looked at after this.
        for step in image["build-emulator"].steps:
            stage.carry_out(*step)
        try_emulator(image["emulator"], environment, Path(stage.environment["STATE"]))
        for step in image["build-analyzer"].steps:
            stage.carry_out(*step)
        analyzers = {"PATH": str(Path(stage.environment["ANALYZER"]) / "bin"), "HOME": name}
        run([*json.loads(image["analyzer"].said("ENTRYPOINT")), "--help"], analyzers)


if __name__ == "__main__":
    main()
