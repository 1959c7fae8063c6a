"""What the page about the emulator tells people to type, typed."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from sagemaker_local.emulator import Emulator
from sagemaker_local.runner.command import emulator as command

PAGE = (Path(__file__).parents[2] / "docs" / "emulator.md").read_text()
ON_THE_PAGE = "http://127.0.0.1:4580"
EMPTY = 'aws sagemaker list-training-jobs --query "TrainingJobSummaries"'


def blocks(heading: str, language: str) -> list[str]:
    """The code blocks of a language below a heading."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", part, re.DOTALL)


def typed(script: str, home: Path) -> str:
    """What a shell prints that has the programs of this environment and knows nothing of AWS."""
    surroundings = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(home)}
    done = subprocess.run(
        ["sh", "-eu"], input=script, env=surroundings, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def flags(words: list[str]) -> dict[str, Any]:
    """What `sagemaker-local emulator` understands."""
    return command.make_context("emulator", words).params


@pytest.mark.parametrize(
    "asked",
    [
        EMPTY,
        'python -c \'import boto3; print(boto3.client("sagemaker").list_training_jobs()["TrainingJobSummaries"])\'',
    ],
)
def test_with_the_environment_of_the_page_clients_need_nothing_else(
    sagemaker: Emulator, tmp_path: Path, asked: str
) -> None:
    environment = blocks("Point clients at it", "sh")[0].replace(ON_THE_PAGE, sagemaker.url)

    assert typed(environment + asked, tmp_path) == "[]"
    assert sagemaker.journal.count("ListTrainingJobs", outcome="ok") == 1


def test_the_client_of_the_page_needs_no_environment(sagemaker: Emulator, tmp_path: Path) -> None:
    snippet = blocks("Point clients at it", "python")[0].replace(ON_THE_PAGE, sagemaker.url)

    assert typed(f"python - <<'END'\n{snippet}\nEND", tmp_path) == "[]"


def test_the_control_calls_of_the_page_are_understood(sagemaker: Emulator, tmp_path: Path) -> None:
    calls = blocks("Over HTTP", "sh")[0].replace("localhost:4580", sagemaker.url).replace("curl ", "curl -sSf ")

    assert typed(calls, tmp_path)
    assert sagemaker.faults.rules() == []
    assert [rule["reason"] for rule in sagemaker.scenarios.rules()] == ["AlgorithmError: no"]


def test_the_containers_of_the_page_are_given_flags_that_exist() -> None:
    (compose,) = blocks("In a container", "yaml")
    build_and_run = blocks("In a container", "sh")[0]
    service = yaml.safe_load(compose)["services"]["sagemaker"]

    run = build_and_run.splitlines()[1].partition(" sagemaker-local:dev ")[2]

    assert flags(service["command"])["speed"] == 60
    assert flags(run.split())["state"] == Path("/state")


def test_each_flag_of_the_command_says_what_it_is_for() -> None:
    assert all(option.help for option in command.params if isinstance(option, click.Option))
