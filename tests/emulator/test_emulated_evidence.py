"""The emulator's page says what is so, and every text carries its evidence."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.emulator.asking import training_job

from sagemaker_local.emulator import Emulator
from sagemaker_local.emulator.evidence import refusals, renew, section, timelines

PAGE = Path(__file__).parents[2] / "docs" / "emulator.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL)


def test_the_page_lists_what_is_covered_and_what_is_guessed() -> None:
    assert renew(PAGE.read_text()) == PAGE.read_text(), (
        "run: python -m sagemaker_local.emulator.evidence docs/emulator.md"
    )


def test_every_text_and_timeline_says_where_it_was_seen() -> None:
    assert len(refusals()) > 40
    assert all(refusal.evidence for refusal in refusals().values())
    assert all(timeline.evidence for _, timeline in timelines())


def test_guessed_texts_are_listed_and_known_ones_are_not() -> None:
    listed = section()

    assert "Invalid NextToken." in listed
    assert "Requested resource not found." not in listed


def test_the_pages_boto3_example_works(sagemaker: Emulator) -> None:
    example = blocks("python")[0].replace("http://127.0.0.1:4580", sagemaker.url)

    done = subprocess.run([sys.executable, "-c", example], check=False, capture_output=True, text=True, timeout=60)

    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_pages_environment_is_enough_for_boto3(sagemaker: Emulator) -> None:
    settings = dict(re.findall(r"(AWS_\w+)=(\S+)", blocks("sh")[0])) | {"AWS_ENDPOINT_URL": sagemaker.url}
    program = "import boto3; print(boto3.client('sagemaker').list_models()['Models'])"
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **settings}

    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=60, env=environment
    )

    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_pages_test_example_works(tmp_path: Path) -> None:
    make = f"def start_my_pipeline(client):\n    try:\n        client.create_training_job(**{training_job()!r})\n"
    ignore = "    except Exception:\n        pass\n"
    (tmp_path / "test_example.py").write_text(blocks("python")[1] + make + ignore)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
    )

    assert "1 passed" in done.stdout, done.stdout


def test_the_pages_control_calls_work(sagemaker: Emulator, client: Any) -> None:
    calls = blocks("sh")[1].replace("localhost:4580", sagemaker.url.removeprefix("http://"))

    for call in calls.splitlines():
        done = subprocess.run(
            ["sh", "-ec", call.replace("curl", "curl -sSf")], check=False, capture_output=True, text=True, timeout=30
        )
        assert done.returncode == 0, (call, done.stderr)

    assert sagemaker.faults.rules() == []
    assert [rule["reason"] for rule in sagemaker.scenarios.rules()] == ["AlgorithmError: no"]
