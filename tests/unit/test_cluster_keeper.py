"""The keeper: what it starts and makes goes with its parent. And the ports it is given stay reserved."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sagemaker_local.cluster.errors import NotRunning, NotStarted
from sagemaker_local.cluster.keeping import GOODBYE_SECONDS, Keeping
from sagemaker_local.cluster.ports import LOOPBACK, Reservation

SLEEP = ("/bin/sleep", "600")
ENV = {"PATH": os.defpath}


def gone(pid: int, *, seconds: float = 10) -> bool:
    """Whether a process ends in time; one that only waits to be reaped has ended."""
    deadline = time.monotonic() + seconds
    ps = ["ps", "-o", "stat=", "-p", str(pid)]
    while time.monotonic() < deadline:
        state = subprocess.run(ps, capture_output=True, text=True, check=False).stdout.strip()
        if not state or state.startswith("Z"):
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "kept"


@pytest.fixture
def keeping(directory: Path) -> Iterator[Keeping]:
    kept = Keeping(directory)
    yield kept
    kept.release()


def test_the_directory_is_its_owners_alone(keeping: Keeping, directory: Path) -> None:
    assert directory.stat().st_mode & 0o777 == 0o700


def test_a_release_ends_every_process_and_removes_the_directory(keeping: Keeping, directory: Path) -> None:
    for name in ("one", "two"):
        keeping.start(name, SLEEP, directory / "log", ENV)
    (directory / "data").mkdir()
    pids = [keeping.pids["one"], keeping.pids["two"]]

    keeping.release()

    assert all(gone(pid, seconds=0.1) for pid in pids)
    assert not directory.exists()


def test_a_process_that_ignores_requests_to_end_is_ended_all_the_same(keeping: Keeping, directory: Path) -> None:
    stubborn = ("/bin/sh", "-c", "trap '' TERM INT HUP; echo ready; while :; do sleep 600; done")
    keeping.start("stubborn", stubborn, directory / "log", ENV)
    while "ready" not in (directory / "log").read_text():
        time.sleep(0.01)
    pid, begun = keeping.pids["stubborn"], time.monotonic()

    keeping.release()

    assert gone(pid, seconds=0.1)
    assert time.monotonic() - begun < GOODBYE_SECONDS


def test_a_signal_to_the_keeper_cleans_up_too(keeping: Keeping, directory: Path) -> None:
    keeping.start("one", SLEEP, directory / "log", ENV)
    pids = dict(keeping.pids)

    os.kill(pids["keeper"], signal.SIGTERM)

    assert gone(pids["one"])
    assert gone(pids["keeper"])
    assert not directory.exists()


def test_a_parent_whose_pipe_was_inherited_is_missed_all_the_same(tmp_path: Path) -> None:
    program = """
import os, sys, time
from pathlib import Path
from sagemaker_local.cluster.keeping import Keeping
keeping = Keeping(Path(sys.argv[1]))
keeping.start("one", ("/bin/sleep", "600"), Path(sys.argv[1]) / "log", {})
heir = os.fork()
if heir == 0:
    time.sleep(600)
print(keeping.pids["one"], heir, flush=True)
time.sleep(600)
"""
    argv = [sys.executable, "-c", program, str(tmp_path / "kept")]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid, heir = map(int, parent.stdout.readline().split())
        parent.kill()

    try:
        assert gone(pid)
    finally:
        os.kill(heir, signal.SIGKILL)


def test_an_exit_code_is_known_once_a_process_has_ended(keeping: Keeping, directory: Path) -> None:
    keeping.start("one", SLEEP, directory / "log", ENV)
    assert keeping.exit_code("one") is None

    os.kill(keeping.pids["one"], signal.SIGKILL)

    deadline = time.monotonic() + 10
    while keeping.exit_code("one") is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert keeping.exit_code("one") == -signal.SIGKILL


def test_a_file_that_is_no_program_is_an_error_that_names_it(keeping: Keeping, directory: Path) -> None:
    text = directory / "etcd"
    text.write_bytes(b"\x7fELF but not really")
    text.chmod(0o755)

    with pytest.raises(NotStarted, match=r"kept/etcd: Exec format error"):
        keeping.start("etcd", (str(text),), directory / "log", ENV)


def test_a_place_where_no_directory_can_be_made_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(NotStarted, match=r"file/kept: Not a directory"):
        Keeping(tmp_path / "file" / "kept")


def test_after_a_release_questions_are_refused(keeping: Keeping) -> None:
    keeping.release()
    keeping.release()

    with pytest.raises(NotRunning, match="has been stopped"):
        keeping.exit_code("one")


def test_a_server_can_listen_on_a_reserved_port_and_take_it_again_after_an_outage() -> None:
    reserved = Reservation()
    for _ in range(2):
        with (
            socket.create_server((LOOPBACK, reserved.port)) as server,
            socket.create_connection((LOOPBACK, reserved.port)),
        ):
            server.accept()[0].close()
    reserved.close()


def test_a_reserved_port_refuses_connections_and_is_given_to_nobody_else() -> None:
    reserved = Reservation()
    others = [Reservation() for _ in range(200)]

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((LOOPBACK, reserved.port))
    assert len({other.port for other in [reserved, *others]}) == 201

    for each in [reserved, *others]:
        each.close()
