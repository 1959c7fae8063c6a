"""Containers with scripts of users: what they find under /opt/ml, and the servers of what they have trained."""

import json
import os
import socket
import textwrap
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.runner.yard import PATIENCE, Written, Yard

from sagemaker_local.cluster import places
from sagemaker_local.runner.images import Environment, Environments, Program, Registry
from sagemaker_local.runner.images.stand_ins import location
from sagemaker_local.runner.sandbox import Container

SCIKIT_LEARN = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"


def program(image: str) -> tuple[Program, Environment]:
    """What runs a script for an image; its environment is made once per machine."""
    registry = Registry.load()
    found = registry.find(image, script=True)
    assert found is not None
    return found, environment(found.environment)


def environment(name: str) -> Environment:
    return Environments(Registry.load().recipes, cache=places.cache(os.environ)).ready(name, write=print)


def write_files(directory: Path, files: Mapping[str, str | bytes]) -> None:
    """Files by their paths; texts lose their indentation."""
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else textwrap.dedent(content).encode())


@dataclass(frozen=True, slots=True)
class Trained:
    """How a training ended."""

    code: int | None
    log: str
    failure: str
    model: Path


def prepare(ml: Path, hyperparameters: Mapping[str, Any], files: Mapping[str, str | bytes]) -> None:
    """Lay out /opt/ml for a training."""
    config = ml / "input" / "config"
    for directory in (config, ml / "model", ml / "output"):
        directory.mkdir(parents=True, exist_ok=True)
    channels = sorted({Path(name).parts[2] for name in files if name.startswith("input/data/")})
    write_files(ml, files)
    said = {name: {"TrainingInputMode": "File"} for name in channels}
    hosts = {"current_host": "algo-1", "hosts": ["algo-1"], "network_interface_name": "eth0"}
    (config / "hyperparameters.json").write_text(json.dumps({k: str(v) for k, v in hyperparameters.items()}))
    (config / "inputdataconfig.json").write_text(json.dumps(said))
    (config / "resourceconfig.json").write_text(json.dumps(hosts))


def start_training(
    yard: Yard,
    made: Environment,
    ml: Path,
    degree: tuple[str, ...],
    env: Mapping[str, str] | None = None,
    *,
    hosts: Sequence[str] = ("algo-1",),
) -> tuple[Container, Written]:
    """Start the program of script mode over what was laid out."""
    return yard.start(
        "",
        name=ml.parent.name,
        command=made.argv(("python", "-m", "sagemaker_stand_ins.scripts.train")),
        env={"AWS_DEFAULT_REGION": "us-east-1", **(env or {})},
        degree=degree,
        readable=(location(),),
        hosts=dict.fromkeys(hosts, "127.0.0.1"),
    )


def trained(container: Container, written: Written, ml: Path) -> Trained:
    """How it ends."""
    code = container.wait(PATIENCE)
    failure = ml / "output" / "failure"
    return Trained(code, written.text, failure.read_text() if failure.exists() else "", ml / "model")


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Served:
    """A server of a model."""

    url: str
    container: Container
    written: Written

    def ask(
        self,
        body: bytes | str,
        content_type: str = "text/csv",
        *,
        path: str = "/invocations",
        accept: str = "",
        method: str = "POST",
    ) -> Reply:
        headers = {"Content-Type": content_type} | ({"Accept": accept} if accept else {})
        content = body.encode() if isinstance(body, str) else body
        sent = content if method == "POST" else None
        request = urllib.request.Request(self.url + path, data=sent, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
                return Reply(reply.status, reply.headers.get("Content-Type", ""), reply.read())
        except urllib.error.HTTPError as reply:
            with reply:
                return Reply(reply.code, reply.headers.get("Content-Type", ""), reply.read())

    def await_ping(self) -> None:
        """Return once it answers; fail once it has ended."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                if self.ask(b"", path="/ping", method="GET").status == 200:
                    return
            except urllib.error.URLError:
                assert self.container.wait(0.05) is None, self.written.text
        raise AssertionError(f"no answer to /ping:\n{self.written.text}")


def serve(
    yard: Yard,
    command: tuple[str, ...],
    made: Environment,
    *,
    name: str,
    degree: tuple[str, ...],
    env: Mapping[str, str] | None = None,
) -> Served:
    """Start a server over a directory of the yard; it may not answer yet."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    container, written = yard.start(
        "",
        command=made.argv(command),
        name=name,
        env={"SAGEMAKER_BIND_TO_PORT": str(port), "AWS_DEFAULT_REGION": "us-east-1", **(env or {})},
        degree=degree,
        readable=(location(),),
    )
    return Served(f"http://127.0.0.1:{port}", container, written)
