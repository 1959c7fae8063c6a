"""Environments of programs: made once, by pip, from a package that lies beside the test."""

import hashlib
import os
import socket
import subprocess
import threading
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sagemaker_local.runner.images import Environments, Recipe, Step, Unmakeable


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache of all tests here that do not need one of their own."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def wheel(place: Path) -> str:
    """The requirement of a package with nothing in it but its answer."""
    file = place / "answer-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("answer.py", "VALUE = 42\n")
        archive.writestr("answer-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: answer\nVersion: 1.0\n")
        archive.writestr("answer-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("answer-1.0.dist-info/RECORD", "")
    return f"answer @ {file.as_uri()} --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here is to need a package index."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)


def test_an_environment_is_made_once_however_many_ask_for_it(place: Path, wheel: str) -> None:
    environments = made_of(Step(wheel, hashed=True), cache=place)
    said: list[str] = []

    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: environments.ready("small", said.append), range(3)))

    assert len(set(found)) == 1
    assert said.count("sagemaker-local: the environment small is ready") == 1
    assert output(found[0].python, "import answer; print(answer.VALUE)") == "42"
    quiet: list[str] = []
    assert environments.ready("small", quiet.append) == found[0]
    assert quiet == []


def test_a_stand_in_finds_its_own_package_and_nothing_that_is_installed_beside_it(place: Path, wheel: str) -> None:
    environment = made_of(Step(wheel, hashed=True), cache=place).ready("small", print)

    command = environment.argv(["python", "-m", "sagemaker_stand_ins.serving", "--help"])
    ran = subprocess.run(command, capture_output=True, text=True, check=False)

    # The package is found, and then what it needs and this environment has not.
    assert "No module named 'waitress'" in ran.stderr
    with pytest.raises(subprocess.CalledProcessError):
        output(environment.python, "import sagemaker_local")


def test_other_packages_need_another_environment(place: Path, wheel: str) -> None:
    made_of(Step(wheel, hashed=True), cache=place).ready("small", print)

    with pytest.raises(Unmakeable, match="the work was stopped"):
        made_of(Step(f"# a word more\n{wheel}", hashed=True), cache=place).ready("small", print, stopping=stopped())


def test_a_half_made_environment_is_made_anew_and_one_that_nobody_has_used_for_a_month_is_removed(
    place: Path, wheel: str
) -> None:
    forgotten, used = place / "environments" / "forgotten" / ".ready", place / "environments" / "used" / ".ready"
    for marker, age in ((forgotten, 31), (used, 29)):
        marker.parent.mkdir(parents=True)
        marker.touch()
        os.utime(marker, times=(time.time() - age * 24 * 3600,) * 2)
    environments = made_of(Step(wheel, hashed=True), cache=place)
    whole = environments.ready("small", print)
    (whole.directory / ".ready").unlink()
    next(whole.directory.rglob("answer.py")).unlink()
    said: list[str] = []

    again = environments.ready("small", said.append)

    assert again == whole
    assert output(again.python, "import answer; print(answer.VALUE)") == "42"
    assert "sagemaker-local: what is left of an attempt that did not end is removed" in said
    assert not forgotten.parent.exists()
    assert used.exists()


def test_an_environment_whose_interpreter_is_gone_is_not_used(place: Path, wheel: str) -> None:
    environments = made_of(Step(wheel, hashed=True), cache=place)
    environments.ready("small", print).python.unlink()

    with pytest.raises(Unmakeable, match="the work was stopped"):
        environments.ready("small", print, stopping=stopped())


def test_a_package_that_is_not_the_pinned_one_is_refused(tmp_path: Path, wheel: str) -> None:
    other = wheel.rpartition(":")[0] + ":" + "0" * 64
    environments = made_of(Step(other, hashed=True), cache=tmp_path)

    with pytest.raises(Unmakeable, match="the environment small cannot be made") as refused:
        environments.ready("small", print)

    assert "DO NOT MATCH THE HASHES" in str(refused.value)
    assert "look whether a mirror changes files" in str(refused.value)
    assert list((tmp_path / "environments").glob("small-*/")) == []


def test_without_a_package_index_it_says_what_to_do(tmp_path: Path) -> None:
    environments = made_of(Step(f"nowhere==1.0 --hash=sha256:{'0' * 64}\n", hashed=True), cache=tmp_path)

    with pytest.raises(Unmakeable) as refused:
        environments.ready("small", print)

    assert "No matching distribution found for nowhere==1.0" in str(refused.value)
    assert "cannot be reached" in str(refused.value)


def test_what_is_optional_may_fail(tmp_path: Path, wheel: str) -> None:
    missing = Step(f"nowhere==1.0 --hash=sha256:{'0' * 64}\n", hashed=True, optional="a nicety")
    said: list[str] = []

    found = made_of(Step(wheel, hashed=True), missing, cache=tmp_path).ready("small", said.append)

    assert output(found.python, "import answer; print(answer.VALUE)") == "42"
    assert "sagemaker-local: not installed: a nicety" in said


def test_making_is_given_up_when_the_job_is_stopped(tmp_path: Path, silent_index: str) -> None:
    environments = made_of(Step("nowhere\n", hashed=False), cache=tmp_path)
    stopping = threading.Event()

    def note(line: str) -> None:
        if "nowhere" in line or "indexes" in line:
            stopping.set()

    with pytest.raises(Unmakeable, match="the work was stopped"):
        environments.ready("small", note, stopping=stopping)

    assert list((tmp_path / "environments").glob("small-*/")) == []


def test_a_directory_that_cannot_be_written_is_told(tmp_path: Path, wheel: str) -> None:
    (tmp_path / "environments").write_text("in the way")

    with pytest.raises(Unmakeable, match="the environment small cannot be made in"):
        made_of(Step(wheel, hashed=True), cache=tmp_path).ready("small", print)


@pytest.fixture
def silent_index(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package index that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/simple"
        monkeypatch.delenv("PIP_NO_INDEX")
        monkeypatch.setenv("PIP_INDEX_URL", url)
        yield url


def stopped() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


def made_of(*steps: Step, cache: Path) -> Environments:
    return Environments({"small": Recipe("small", steps)}, cache)


def output(python: Path, program: str) -> str:
    ran = subprocess.run([python, "-c", program], check=True, capture_output=True, text=True, cwd="/")
    return ran.stdout.strip()
