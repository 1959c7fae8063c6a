"""The session in the background, seen by other processes: what is said of it, and when."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from sagemaker_local.__main__ import COMMANDS, main
from sagemaker_local.cluster import places
from sagemaker_local.cluster.errors import RunningAlready
from sagemaker_local.cluster.session import Running, Session

HOLDER = """
import os, sys
from pathlib import Path
from sagemaker_local.cluster.session import Running, Session
session = Session(Path(sys.argv[1]))
with session.hold():
    session.publish(Running(os.getpid(), "now", "kubeconfig", "https://x", "t", "ca", "PATH", "http://x", {}))
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(tmp_path / "state")


def running(pid: int) -> Running:
    return Running(pid, "now", "kubeconfig", "https://x", "t", "ca", "PATH", "http://x", {})


def holder(session: Session) -> "subprocess.Popen[bytes]":
    """Another process that holds the session until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(session.state)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def test_a_session_is_seen_while_its_process_holds_it_and_not_after(session: Session) -> None:
    assert session.holder() is None

    with holder(session) as process:
        assert session.holder() == process.pid
        seen = session.read()
        assert seen is not None
        assert (seen.pid, seen.server) == (process.pid, "https://x")

    assert session.holder() is None
    assert session.read() is None


def test_a_killed_session_is_not_taken_for_a_running_one(session: Session) -> None:
    with holder(session) as process:
        process.kill()
        process.wait()

        assert (session.state / "up.json").exists()
        assert session.read() is None


def test_a_second_holder_is_refused(session: Session) -> None:
    with holder(session), pytest.raises(RunningAlready), session.hold():
        pass


def test_the_file_that_holds_a_token_is_its_owners_alone(session: Session) -> None:
    with session.hold():
        session.publish(running(os.getpid()))

        assert (session.state / "up.json").stat().st_mode & 0o777 == 0o600


def test_where_nothing_runs_status_and_down_say_so(tmp_path: Path) -> None:
    nowhere = {"SAGEMAKER_LOCAL_STATE": str(tmp_path / "state")}

    status = CliRunner().invoke(main, ["status"], env=nowhere)
    down = CliRunner().invoke(main, ["down"], env=nowhere)

    assert (status.exit_code, down.exit_code) == (3, 0)
    assert "not running" in status.output
    assert "not running" in down.output
    assert not (tmp_path / "state").exists()


def test_help_names_every_command_and_imports_none() -> None:
    program = (
        "import sys; from sagemaker_local.__main__ import main; main(['--help'], standalone_mode=False);"
        "print('imported', [name for name in sys.modules if name.startswith('sagemaker_local.')])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    for name in COMMANDS:
        assert f"\n  {name} " in said
    assert "imported ['sagemaker_local.__main__']" in said


def test_an_unknown_command_is_refused_by_name() -> None:
    said = CliRunner().invoke(main, ["dance"])

    assert said.exit_code == 2
    assert "No such command 'dance'" in said.output


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"SAGEMAKER_LOCAL_CACHE": "/a"}, "/a"),
        ({"SAGEMAKER_LOCAL_CACHE": "/a", "XDG_CACHE_HOME": "/b"}, "/a"),
        ({"XDG_CACHE_HOME": "/b"}, "/b/sagemaker-local"),
        ({"XDG_CACHE_HOME": "relative"}, "/home/me/.cache/sagemaker-local"),
        ({}, "/home/me/.cache/sagemaker-local"),
    ],
)
def test_the_cache_is_where_the_environment_says(
    environ: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/me")

    assert places.cache(environ) == Path(expected)
