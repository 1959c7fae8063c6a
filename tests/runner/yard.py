"""Starts containers for one test, hears what they write, and finds what they leave behind."""

import sys
import textwrap
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from sagemaker_local.runner.sandbox import FILES, FULL, RELOCATED, Container, Sandbox

DEGREES = {"full": FULL, "files": FILES, "relocated": RELOCATED}
PATIENCE = 60.0
MEBI = 1 << 20


class Written:
    """The lines that a program has written so far."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._news = threading.Condition()

    def __call__(self, line: str) -> None:
        with self._news:
            self.lines.append(line)
            self._news.notify_all()

    def await_line(self, wanted: str) -> str:
        with self._news:
            assert self._news.wait_for(lambda: any(wanted in line for line in self.lines), PATIENCE), self.lines
            return next(line for line in self.lines if wanted in line)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


class Yard:
    """Starts containers for one test, and ends what is left of them."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.started: list[Container] = []

    def ml(self, name: str) -> Path:
        path = self.directory / name / "ml"
        path.mkdir(parents=True, exist_ok=True)
        return path

    def start(
        self,
        script: str,
        *,
        name: str = "job",
        degree: tuple[str, ...] = FULL,
        env: Mapping[str, str] = {},
        **more: Any,
    ) -> tuple[Container, Written]:
        command = more.pop("command", ["bash", "-c", textwrap.dedent(script)])
        written = more.pop("write", Written())
        container = Sandbox(degree).start(command, ml=self.ml(name), env=env, write=written, **more)
        self.started.append(container)
        return container, written

    def run(self, script: str, **more: Any) -> tuple[int | None, Written]:
        container, written = self.start(script, **more)
        return container.wait(PATIENCE), written


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    yard = Yard(tmp_path)
    yield yard
    for container in yard.started:
        container.kill()
        assert container.wait(PATIENCE) is not None


@pytest.fixture(params=sorted(DEGREES))
def degree(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return DEGREES[request.param]


@pytest.fixture(params=["full", "files"])
def private(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return DEGREES[request.param]


def python(code: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", textwrap.dedent(code)]


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def processes_with(mark: str) -> list[int]:
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                if mark.encode() in (path / "cmdline").read_bytes():
                    found.append(int(path.name))
            except OSError:
                continue
    return found


def until(condition: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(int(PATIENCE / 0.02)):
        if condition():
            return
        waiting.wait(0.02)
    raise AssertionError("in vain")
