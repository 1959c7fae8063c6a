"""What a container writes, how it ends, and what is left of it."""

import os
import signal
import subprocess
import sys
import textwrap
import threading

import pytest
from tests.runner.yard import PATIENCE, Written, Yard, gone, processes_with, python, until

from sagemaker_local.runner.sandbox import RELOCATED, Container


def test_output_and_errors_are_lines_in_order_and_the_last_may_lack_its_end(
    yard: Yard, degree: tuple[str, ...]
) -> None:
    _, written = yard.run(r"echo one; echo two >&2; echo; printf 'th\xffree\r\n'; printf 'no end'", degree=degree)

    assert written.lines == ["one", "two", "", "th\ufffdree", "no end"]


def test_a_flood_without_line_ends_is_cut_and_counted(yard: Yard) -> None:
    sizes: list[int] = []

    status, _ = yard.run("head -c 100000000 /dev/zero", write=lambda line: sizes.append(len(line)))

    assert status == 0
    assert sum(sizes) == 100_000_000
    assert max(sizes) <= 16 * 1024


def test_a_log_that_fails_does_not_hold_up_the_program(yard: Yard, caplog: pytest.LogCaptureFixture) -> None:
    def full(_: str) -> None:
        raise OSError("No space left on device")

    status, _ = yard.run("head -c 1000000 /dev/zero; exit 4", write=full)

    assert status == 4
    assert "could not be written down" in caplog.text


@pytest.mark.parametrize(
    ("script", "status"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", -9), ("kill -TERM $$", -15)]
)
def test_the_exit_code_or_the_signal_is_the_programs(
    yard: Yard, degree: tuple[str, ...], script: str, status: int
) -> None:
    assert yard.run(script, degree=degree)[0] == status


def test_a_missing_program_says_so_in_its_log(yard: Yard, degree: tuple[str, ...]) -> None:
    status, written = yard.run("", command=["train"], degree=degree)

    assert (status, written.lines) == (127, ['exec: "train": executable file not found'])


def test_a_program_that_cannot_be_run_says_so_in_its_log(yard: Yard, degree: tuple[str, ...]) -> None:
    (yard.ml("job") / "train").write_text("not executable", encoding="utf-8")

    status, written = yard.run("", command=["/opt/ml/train"], degree=degree)

    assert status == 126
    assert "Permission denied" in written.text


def test_sigterm_ends_a_program_that_does_not_handle_it(yard: Yard, degree: tuple[str, ...]) -> None:
    container, written = yard.start(
        "", command=python("print('up', flush=True); import signal; signal.pause()"), degree=degree
    )
    written.await_line("up")

    container.terminate(grace=PATIENCE)

    assert container.wait(PATIENCE) == -signal.SIGTERM


def test_sigterm_is_not_lost_on_a_program_that_has_just_begun(yard: Yard, degree: tuple[str, ...]) -> None:
    for _ in range(3):
        container, _ = yard.start("", command=["sleep", "1000"], degree=degree)
        container.terminate(grace=PATIENCE)
        assert container.wait(PATIENCE / 2) == -signal.SIGTERM


def test_sigterm_reaches_a_bash_that_tidies_up(yard: Yard, degree: tuple[str, ...]) -> None:
    container, written = yard.start(
        "trap 'echo tidy; exit 3' TERM; echo up; while :; do sleep 1000 & wait; done", degree=degree
    )
    written.await_line("up")

    container.terminate(grace=PATIENCE)

    assert container.wait(PATIENCE) == 3
    assert written.lines[-1] == "tidy"


def test_what_ignores_sigterm_is_killed_after_the_grace(yard: Yard, degree: tuple[str, ...]) -> None:
    container, written = yard.start("trap 'echo no' TERM; echo up; while :; do sleep 1000 & wait; done", degree=degree)
    written.await_line("up")

    container.terminate(grace=0.2)

    assert container.wait(PATIENCE) == -signal.SIGKILL
    assert "no" in written.lines


@pytest.mark.parametrize("end", ["kill", "exit"])
def test_nothing_that_a_program_started_outlives_it(yard: Yard, degree: tuple[str, ...], end: str) -> None:
    mark = f"{100000 + os.getpid()}.{len(degree)}{len(end)}"
    then = "sleep 1000" if end == "kill" else "exit 0"
    script = f"(setsid setsid sleep {mark} >/dev/null 2>&1 &) ; sleep {mark} & echo up; {then}"
    container, written = yard.start(script, degree=degree)
    written.await_line("up")

    if end == "kill":
        until(lambda: len(processes_with(mark)) > 1)
        container.kill()

    assert container.wait(PATIENCE) == (-9 if end == "kill" else 0)
    assert processes_with(mark) == []


def test_its_end_is_told_once_after_its_last_line(yard: Yard, degree: tuple[str, ...]) -> None:
    told: list[tuple[int | None, int]] = []
    over = threading.Event()
    written = Written()

    def ended(container: Container) -> None:
        told.append((container.wait(0), len(written.lines)))
        over.set()

    container, _ = yard.start("seq 5000; exit 2", degree=degree, write=written, ended=ended)

    assert over.wait(PATIENCE)
    assert told == [(2, 5000)]
    assert not container.running
    container.terminate(0)
    container.kill()
    assert gone(container.pid)


def test_the_end_of_the_emulator_is_the_end_of_its_containers(yard: Yard, degree: tuple[str, ...]) -> None:
    mark = f"{200000 + os.getpid()}.{len(degree)}"
    code = f"""
        import pathlib, sys, threading
        from sagemaker_local.runner.sandbox import Sandbox
        said = threading.Event()
        Sandbox({degree!r}).start(
            ["bash", "-c", "echo up; sleep {mark} & setsid sleep {mark} & wait"],
            ml=pathlib.Path({str(yard.ml("job"))!r}), env={{}},
            write=lambda line: (print(line, flush=True), said.set()),
        )
        threading.Event().wait()
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True) as emulator:
        assert emulator.stdout is not None
        assert emulator.stdout.readline() == "up\n"
        until(lambda: len(processes_with(mark)) > 1)
        emulator.kill()

    until(lambda: processes_with(mark) == [])


def test_a_relocated_program_that_kills_its_init_ends_as_well(yard: Yard) -> None:
    mark = f"{300000 + os.getpid()}.5"

    status, _ = yard.run(f"sleep {mark} & kill -9 $PPID; sleep {mark}", degree=RELOCATED)

    assert status == -signal.SIGKILL
    until(lambda: processes_with(mark) == [])


def test_a_script_whose_interpreter_is_missing_says_so(yard: Yard, degree: tuple[str, ...]) -> None:
    train = yard.ml("job") / "train"
    train.write_text("#!/bin/bash\r\necho hi\r\n", encoding="utf-8")
    train.chmod(0o755)

    status, written = yard.run("", command=["/opt/ml/train"], degree=degree)

    assert status == 127
    assert "the interpreter that its first line names was not found" in written.text


def test_a_variable_that_no_process_can_have_says_so(yard: Yard, degree: tuple[str, ...]) -> None:
    status, written = yard.run("true", degree=degree, env={"X": "a\0b"})

    assert status == 126
    assert "null byte" in written.text
