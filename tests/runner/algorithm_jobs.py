"""Containers of the built-in algorithms as processes: what they find under /opt/ml, how they end, and a server of their model."""

import json
import os
import re
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest
from tests.runner.warm import LIMIT, Program, Warm, stop

from sagemaker_local.cluster import places
from sagemaker_local.runner.images import Environment, Environments, Registry


@dataclass(frozen=True, slots=True)
class Bench:
    """The environment that the images of the built-in algorithms run in, and a process of it that is warm."""

    environment: Environment
    warm: Warm

    def start(self, command: Sequence[str], variables: Mapping[str, str]) -> Program:
        """Start a program of the registry."""
        _, *arguments = self.environment.argv(command)
        return self.warm.start(arguments, {**variables, "PATH": f"{self.environment.bin}:/usr/bin:/bin"})


@pytest.fixture(scope="session")
def algorithms() -> Iterator[Bench]:
    """Made once per machine, and warmed up once per run."""
    registry = Registry.load()
    made = Environments(registry.recipes, cache=places.cache(os.environ)).ready("algorithms", write=print)
    modules = ("numpy", "scipy.sparse", "xgboost.tracker", "sklearn.linear_model", "sklearn.cluster", "waitress")
    with Warm.started(made.python, modules) as warm:
        yield Bench(made, warm)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a container ended."""

    code: int
    log: str
    failure: str | None

    @property
    def lines(self) -> list[str]:
        return self.log.splitlines()

    def metric(self, regex: str) -> list[float]:
        """The values that a metric definition finds in the log."""
        return [float(match[1]) for line in self.lines if (match := re.match(regex, line) or re.search(regex, line))]


@dataclass(frozen=True, slots=True)
class Container:
    """One instance of a training job, and the directory that is its /opt/ml."""

    algorithm: str
    ml: Path
    bench: Bench
    job: str
    inputs: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, algorithm: str, ml: Path, bench: Bench, *, job: str = "") -> Self:
        for directory in ("input/config", "input/data", "model", "output"):
            (ml / directory).mkdir(parents=True)
        return cls(algorithm, ml, bench, job or str(ml))

    def channel(self, name: str, files: Mapping[str, str | bytes], content_type: str | None = "text/csv") -> Self:
        """A channel with these files."""
        directory = self.ml / "input" / "data" / name
        directory.mkdir()
        for file, content in files.items():
            (directory / file).parent.mkdir(parents=True, exist_ok=True)
            (directory / file).write_bytes(content.encode() if isinstance(content, str) else content)
        said = {"TrainingInputMode": "File", "S3DistributionType": "FullyReplicated", "RecordWrapperType": "None"}
        self.inputs[name] = said | ({"ContentType": content_type} if content_type else {})
        return self

    def checkpoints(self) -> Path:
        """The directory of checkpoints, as a job with a CheckpointConfig has it."""
        directory = self.ml / "checkpoints"
        directory.mkdir(exist_ok=True)
        said = {"LocalPath": "/opt/ml/checkpoints", "S3Uri": "s3://data/checkpoints/"}
        (self.ml / "input" / "config" / "checkpointconfig.json").write_text(json.dumps(said))
        return directory

    def start(self, hosts: Sequence[str] = ("algo-1",), current: str = "algo-1", /, **values: str) -> "Training":
        """Start the training program with these hyperparameters; `lambda_` is lambda."""
        config = self.ml / "input" / "config"
        given = {name.removesuffix("_"): value for name, value in values.items()}
        for name, content in (
            ("hyperparameters", given),
            ("inputdataconfig", self.inputs),
            ("resourceconfig", {"current_host": current, "hosts": list(hosts)}),
        ):
            (config / f"{name}.json").write_text(json.dumps(content))
        command = ["python", "-m", f"sagemaker_stand_ins.{self.algorithm}.train"]
        return Training(self.bench.start(command, self._variables()), self.ml)

    def train(self, **values: str) -> Ended:
        """Run the training program to its end."""
        return self.start(**values).ended()

    @contextmanager
    def serving(self, **variables: str) -> Iterator["Server"]:
        """A server of the model that is in the model directory."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        handler = f"sagemaker_stand_ins.{self.algorithm}.serve"
        command = ["python", "-m", "sagemaker_stand_ins.serving", "--handler", handler]
        program = self.bench.start(command, self._variables() | {"SAGEMAKER_BIND_TO_PORT": str(port)} | variables)
        try:
            server = Server(f"http://127.0.0.1:{port}")
            server.await_ping(program)
            yield server
        finally:
            stop(program)

    def _variables(self) -> dict[str, str]:
        return {
            "SAGEMAKER_BASE_DIR": str(self.ml),
            "OMP_NUM_THREADS": "1",
            "TRAINING_JOB_ARN": f"arn:aws:sagemaker:eu-west-1:123456789012:training-job/{self.job}",
        }


@dataclass(frozen=True, slots=True)
class Training:
    """A training program that runs."""

    program: Program
    ml: Path

    def ended(self) -> Ended:
        try:
            log = self.program.rest()
        finally:
            stop(self.program)
        failure = self.ml / "output" / "failure"
        assert self.program.returncode is not None
        return Ended(self.program.returncode, log, failure.read_text() if failure.exists() else None)

    def stopped_after(self, line: str) -> int:
        """Ask it to end with SIGTERM once its log has such a line; its exit code."""
        for said in self.program.lines():
            if line in said:
                self.program.send(signal.SIGTERM)
                break
        return self.ended().code


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered."""

    status: int
    text: str
    content_type: str
    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True, slots=True)
class Server:
    """A model's server."""

    url: str

    def ask(self, body: str | bytes, content_type: str = "text/csv", accept: str = "") -> Reply:
        headers = {"Content-Type": content_type} | ({"Accept": accept} if accept else {})
        content = body.encode() if isinstance(body, str) else body
        request = urllib.request.Request(f"{self.url}/invocations", data=content, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=LIMIT) as reply:
                return _reply(reply.status, reply.read(), reply.headers)
        except urllib.error.HTTPError as reply:
            with reply:
                return _reply(reply.code, reply.read(), reply.headers)

    def await_ping(self, program: Program) -> None:
        said = ""
        for line in program.lines():
            said += line
            if line.startswith("serving on port"):
                break
        else:
            raise AssertionError(f"the server did not start:\n{said}")
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/ping", timeout=LIMIT):
                    return
            except urllib.error.URLError as error:
                if program.ended.exists() or not isinstance(error.reason, ConnectionRefusedError):
                    raise


def _reply(status: int, body: bytes, headers: Any) -> Reply:
    return Reply(status, body.decode(errors="replace"), headers.get("Content-Type", ""), body)


def computed(bench: Bench, script: str, *arguments: str) -> Any:
    """What a script prints last, as JSON, in the algorithms' environment: the library asked without a stand-in."""
    program = bench.warm.start(["-c", *arguments], {"PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"}, script=script)
    said = program.rest()
    stop(program)
    assert program.returncode == 0, said
    return json.loads(said.splitlines()[-1])


def csv(rows: Sequence[Sequence[float]]) -> str:
    """Rows as CSV, without a header."""
    return "".join(",".join(f"{value:g}" for value in row) + "\n" for row in rows)


def libsvm(rows: Sequence[Sequence[float]]) -> str:
    """Rows with the label first as libsvm, without their zeros."""
    return "".join(
        f"{row[0]:g} " + " ".join(f"{at}:{value:g}" for at, value in enumerate(row[1:]) if value) + "\n" for row in rows
    )
