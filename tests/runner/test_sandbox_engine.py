"""Images that run in Docker or Podman: what the engine is asked, and that a container of it behaves as any other."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.runner import docker_client
from tests.runner.yard import PATIENCE, Written, until

from sagemaker_local.runner.sandbox import Container, Engine, ImageMissing, Limits

IMAGE = "registry.example/my-image:1"


class Desk:
    """A directory with a Docker client that writes down what it is asked."""

    def __init__(self, directory: Path, name: str = "docker") -> None:
        self.directory = directory / "engine"
        self.directory.mkdir(exist_ok=True)
        self.ml = directory / "ml"
        self.ml.mkdir(exist_ok=True)
        self.tell("images", IMAGE)
        client = self.directory / name
        text = Path(str(docker_client.__file__)).read_text(encoding="utf-8")
        client.write_text(f"#!{sys.executable} -IS\n{text}", encoding="utf-8")
        client.chmod(0o755)
        self.environ = {
            "PATH": f"{self.directory}:{os.environ['PATH']}",
            "HOME": "/home/of-the-user",
            "AWS_PROFILE": "mine",
        }

    def tell(self, file: str, text: str = "") -> None:
        (self.directory / file).write_text(text, encoding="utf-8")

    def engine(self) -> Engine:
        found = Engine.find(self.environ)
        assert found is not None
        return found

    def asked(self, verb: str) -> list[list[str]]:
        lines = (self.directory / "asked.jsonl").read_text(encoding="utf-8").splitlines()
        return [words for words in map(json.loads, lines) if words[0] == verb]

    def containers(self) -> list[str]:
        return [path.name for path in self.directory.glob("container-*")]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def sleeper(desk: Desk) -> Iterator[tuple[Container, Written]]:
    written = Written()
    script = "trap 'echo tidy; exit 3' TERM; echo up; while :; do sleep 1000 & wait; done"
    container = desk.engine().image(IMAGE, entry=["bash", "-c"]).start([script], ml=desk.ml, env={}, write=written)
    written.await_line("up")
    yield container, written
    container.kill()
    assert container.wait(PATIENCE) is not None


def test_an_engine_that_is_not_there_or_does_not_answer_is_not_found(desk: Desk, tmp_path: Path) -> None:
    assert Engine.find({"PATH": str(tmp_path)}) is None

    desk.tell("down")

    assert Engine.find(desk.environ | {"PATH": str(desk.directory)}) is None


def test_an_engine_that_hangs_is_not_waited_for(desk: Desk) -> None:
    client = desk.directory / "docker"
    client.write_text("#!/bin/sh\nexec sleep 1000\n", encoding="utf-8")

    assert Engine.find({"PATH": f"{desk.directory}:/usr/bin:/bin"}, patience=0.2) is None


def test_podman_is_taken_where_docker_does_not_answer(tmp_path: Path) -> None:
    desk = Desk(tmp_path, name="podman")

    assert desk.engine().program == str(desk.directory / "podman")


def test_a_container_is_started_with_its_directory_variables_limits_and_arguments(desk: Desk) -> None:
    written = Written()

    container = (
        desk.engine()
        .image(IMAGE)
        .start(
            ["train"],
            ml=desk.ml,
            env={"EPOCHS": "10", "HOME": "/root"},
            write=written,
            hosts={"algo-1": "127.77.0.1"},
            limits=Limits(cpus=1.5, memory=1 << 30, processes=100, open_files=50),
        )
    )

    assert container.wait(PATIENCE) == 0
    assert written.lines == ["entry point: train"]
    (words,) = desk.asked("run")
    assert words[-2:] == [IMAGE, "train"]
    assert {
        f"--volume={desk.ml}:/opt/ml", "--network=host", "--add-host=algo-1:127.77.0.1", "--env=EPOCHS", "--env=HOME=/root",
        "--cpus=1.5", f"--memory={1 << 30}", "--pids-limit=100", "--ulimit=nofile=50:50", "--pull=never",
    } <= set(words)  # fmt: skip


def test_a_program_gets_its_own_variables_and_none_of_the_users(desk: Desk) -> None:
    written = Written()

    desk.engine().image(IMAGE, entry=["env"]).start(
        [], ml=desk.ml, env={"X": "a b", "HOME": "/root"}, write=written
    ).wait(PATIENCE)

    assert {"X=a b", "HOME=/root"} <= set(written.lines)
    assert not [line for line in written.lines if line.startswith("AWS_")]


def test_what_it_writes_to_opt_ml_is_in_the_jobs_directory(desk: Desk) -> None:
    image = desk.engine().image(IMAGE, entry=["bash", "-c"])

    assert image.start(["echo 1 > /opt/ml/result; exit 7"], ml=desk.ml, env={}, write=print).wait(PATIENCE) == 7

    assert (desk.ml / "result").exists()
    assert image.inside(desk.ml) == "/opt/ml"
    assert [path.name for path in desk.ml.parent.iterdir()] == ["engine", "ml"]
    assert desk.containers() == []


def test_a_stop_leaves_the_grace_to_the_engine(desk: Desk, sleeper: tuple[Container, Written]) -> None:
    container, written = sleeper

    container.terminate(grace=4.2)

    assert container.wait(PATIENCE) == 3
    assert written.lines[-1] == "tidy"
    assert desk.asked("stop")[0][:3] == ["stop", "-t", "5"]
    assert desk.containers() == []


def test_a_killed_container_is_removed_from_the_engine(desk: Desk, sleeper: tuple[Container, Written]) -> None:
    container, _ = sleeper

    container.kill()

    assert container.wait(PATIENCE) == -signal.SIGKILL
    assert desk.containers() == []


def test_the_end_of_the_emulator_removes_its_containers_from_the_engine(desk: Desk) -> None:
    code = f"""
        import pathlib, threading
        from sagemaker_local.runner.sandbox import Engine
        image = Engine.find({desk.environ!r}).image({IMAGE!r}, entry=["bash", "-c"])
        image.start(["echo up; sleep 1000"], ml=pathlib.Path({str(desk.ml)!r}), env={{}}, write=lambda x: print(x, flush=True))
        threading.Event().wait()
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True) as emulator:
        assert emulator.stdout is not None
        assert emulator.stdout.readline() == "up\n"
        emulator.kill()

    until(lambda: bool(desk.asked("rm")) and desk.containers() == [])


def test_signals_and_lack_of_memory_are_told_as_everywhere(desk: Desk) -> None:
    desk.tell("out-of-memory")

    container = desk.engine().image(IMAGE, entry=["bash", "-c"]).start(["kill -9 $$"], ml=desk.ml, env={}, write=print)

    assert container.wait(PATIENCE) == -signal.SIGKILL
    assert container.cause == "memory"


def test_an_image_that_is_not_here_is_pulled_before_anything_runs(desk: Desk) -> None:
    desk.tell("registry", "other:1")
    written = Written()

    assert desk.engine().image("other:1").start(["train"], ml=desk.ml, env={}, write=written).wait(PATIENCE) == 0

    assert written.lines == ["Pulling other:1", "Status: Downloaded newer image", "entry point: train"]


def test_an_image_that_cannot_be_pulled_is_an_error_with_the_engines_words(desk: Desk) -> None:
    with pytest.raises(ImageMissing, match=r"missing:1 is not here.*pull access denied for missing:1"):
        desk.engine().image("missing:1").start(["train"], ml=desk.ml, env={}, write=print)

    assert desk.asked("run") == []


def test_a_server_is_published_where_it_is_asked_to_listen(desk: Desk) -> None:
    written = Written()
    image = desk.engine().image(IMAGE, entry=["env"])

    image.start([], ml=desk.ml, env={"SAGEMAKER_BIND_TO_PORT": "41000"}, write=written).wait(PATIENCE)

    assert "--publish=127.0.0.1:41000:8080" in desk.asked("run")[0]
    assert "SAGEMAKER_BIND_TO_PORT=8080" in written.lines


def test_an_isolated_container_has_no_network(desk: Desk) -> None:
    desk.engine().image(IMAGE).start(["train"], ml=desk.ml, env={}, write=print, network=False).wait(PATIENCE)

    assert "--network=none" in desk.asked("run")[0]
