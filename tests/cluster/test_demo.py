"""The demo as its users run it: a process, its output and its exit code."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = (
    r"This SageMaker is emulated",
    r"\$ kubectl apply -f examples/digits/\n",
    r"Model/digits .* DependencyNotReady: TrainingJob default/digits is not ready",
    r"TrainingJob/digits +Running +Ready=Unknown +Training: ",
    r"TrainingJob/digits +Succeeded +Ready=True",
    r"Endpoint/digits +InService +Ready=True",
    r"MonitoringSchedule/digits +Scheduled +Ready=True",
    r"all 7 objects are Ready; SageMaker has 1 TrainingJob, 1 Model, 1 EndpointConfig, ",
    r"what does the model say about 359 images that it has never seen\?",
    r"[░▒▓█]{4}",
    r"Endpoint/digits recognises (9[5-9]\.\d|100\.0)% of them",
    r"the batch transform job says the same about each",
    r"\$ kubectl apply -f examples/digits/update/\n",
    r"Endpoint/digits +Updating +Ready=True",
    r"Endpoint/digits went from \S+ \(1 instance\) to \S+ \(2 instances\) and was Ready all the time",
    r"\$ kubectl delete .*examples/digits/\n",
    r"Endpoint/digits +gone",
    r"all objects are gone, and SageMaker is empty but for the record of 1 TransformJob",
    r"Everything is stopped and removed\. This SageMaker was emulated",
)


@contextmanager
def running_demo(*, path: str = os.environ["PATH"]) -> Iterator[subprocess.Popen[str]]:
    """A demo without a terminal, which ends with the block at the latest."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sagemaker_local", "demo"],
        cwd=ROOT,
        env=os.environ | {"PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def read_until(process: subprocess.Popen[str], pattern: str) -> re.Match[str]:
    """Read lines up to the one that matches."""
    assert process.stdout is not None
    seen = []
    for line in process.stdout:
        seen.append(line)
        if found := re.search(pattern, line):
            return found
    raise AssertionError(f"no line like {pattern!r}:\n{''.join(seen)}")


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.timeout(240)
def test_the_demo_shows_a_model_trained_deployed_monitored_updated_and_deleted() -> None:
    with running_demo() as demo:
        said, _ = demo.communicate()

    assert demo.returncode == 0, said
    # In this order: each pattern is looked for behind the one before it.
    at = 0
    for pattern in LINES:
        found = re.compile(pattern).search(said, at)
        assert found is not None, f"{pattern!r} is not where it should be:\n{said}"
        at = found.end()


def test_an_interrupted_demo_leaves_no_process_behind() -> None:
    with running_demo() as demo:
        operator = int(read_until(demo, r"the operator runs as process (\d+)")[1])
        demo.send_signal(signal.SIGINT)
        said, _ = demo.communicate(timeout=60)

    assert demo.returncode == 130
    assert "everything is stopped and removed" in said
    assert not exists(operator)


def test_a_demo_whose_operator_dies_says_so_with_the_end_of_its_log_and_fails() -> None:
    with running_demo() as demo:
        operator = int(read_until(demo, r"the operator runs as process (\d+)")[1])
        read_until(demo, r"TrainingJob/digits +Running")
        os.kill(operator, signal.SIGKILL)
        said, _ = demo.communicate(timeout=60)

    assert demo.returncode == 1
    assert "Not seen: the operator at work: it ended with exit code -9" in said
    assert "TrainingJob/digits: Running, Ready=Unknown" in said
    assert re.search(r"The operator's last log lines:\n  \d{4}-", said)


def test_a_demo_whose_kubectl_fails_shows_what_kubectl_said_and_fails(tmp_path: Path) -> None:
    kubectl = tmp_path / "kubectl"
    kubectl.write_text("#!/bin/sh\necho 'error: no such luck' >&2\nexit 7\n")
    kubectl.chmod(0o755)

    with running_demo(path=f"{tmp_path}{os.pathsep}{os.environ['PATH']}") as demo:
        said, _ = demo.communicate(timeout=60)

    assert demo.returncode == 1
    assert "Not seen: kubectl apply --server-side -k crds/ ended with 7: error: no such luck" in said
