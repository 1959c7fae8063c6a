"""The AWS CLI, as it is installed from its package, against the emulator: a user's shell session on jobs and endpoints."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.emulator.asking import arn, endpoint_config, model, training_job

from sagemaker_local.emulator import Emulator

Aws = Callable[..., "subprocess.CompletedProcess[str]"]
PROGRAM = Path(sys.executable).parent / "aws"
# What the CLI's first version exits with when SageMaker refuses a request, and when a waiter gives up.
FAILED = 255


@pytest.fixture
def aws(sagemaker: Emulator, tmp_path: Path) -> Aws:
    """Runs `aws sagemaker …` with a home of its own and an environment that knows the emulator only."""
    environment = {
        "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": sagemaker.url,
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "PATH": "/usr/bin:/bin",
    }

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [str(PROGRAM), "sagemaker", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)

    return run


def told(done: "subprocess.CompletedProcess[str]") -> Any:
    """What a command that succeeded printed as JSON; None if it printed nothing."""
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout) if done.stdout else None


def test_a_training_job_is_created_waited_for_and_deleted(sagemaker: Emulator, aws: Aws) -> None:
    created = aws("create-training-job", "--cli-input-json", json.dumps(training_job()))
    assert told(created) == {"TrainingJobArn": arn("training-job/digits")}
    sagemaker.clock.advance(344)

    assert told(aws("wait", "training-job-completed-or-stopped", "--training-job-name", "digits")) is None
    shown = told(aws("describe-training-job", "--training-job-name", "digits"))
    assert (shown["TrainingJobStatus"], shown["TrainingTimeInSeconds"]) == ("Completed", 159)

    assert told(aws("delete-training-job", "--training-job-name", "digits")) is None
    sagemaker.clock.advance(60)
    assert sagemaker.resources("TrainingJob") == []


def test_an_endpoint_is_created_waited_for_and_deleted(sagemaker: Emulator, client: Any, aws: Aws) -> None:
    client.create_model(**model())
    client.create_endpoint_config(**endpoint_config())

    created = aws("create-endpoint", "--endpoint-name", "digits", "--endpoint-config-name", "first")
    assert told(created) == {"EndpointArn": arn("endpoint/digits")}
    sagemaker.clock.advance(240)
    assert told(aws("wait", "endpoint-in-service", "--endpoint-name", "digits")) is None

    assert told(aws("delete-endpoint", "--endpoint-name", "digits")) is None
    sagemaker.clock.advance(240)
    assert told(aws("wait", "endpoint-deleted", "--endpoint-name", "digits")) is None


def test_a_refusal_is_printed_in_sagemakers_words(aws: Aws) -> None:
    done = aws("describe-training-job", "--training-job-name", "nobody")

    assert (done.returncode, done.stdout) == (FAILED, "")
    assert done.stderr.strip().endswith(
        "An error occurred (ValidationException) when calling the DescribeTrainingJob operation: "
        "Requested resource not found."
    )


def test_waiting_for_a_job_that_failed_ends_at_once(sagemaker: Emulator, client: Any, aws: Aws) -> None:
    sagemaker.scenarios.fail("TrainingJob", "digits", reason="AlgorithmError: exit code 1")
    client.create_training_job(**training_job())
    sagemaker.clock.advance(344)

    done = aws("wait", "training-job-completed-or-stopped", "--training-job-name", "digits")

    assert done.returncode == FAILED
    assert "Waiter encountered a terminal failure state" in done.stderr
    assert sagemaker.journal.count("DescribeTrainingJob") == 1


def test_all_jobs_are_listed_page_by_page(sagemaker: Emulator, client: Any, aws: Aws) -> None:
    for number in range(25):
        client.create_training_job(**training_job(f"job-{number:02d}"))

    listed = told(aws("list-training-jobs", "--sort-by", "Name", "--sort-order", "Ascending"))
    some = told(aws("list-training-jobs", "--page-size", "4", "--max-items", "6"))

    assert [job["TrainingJobName"] for job in listed["TrainingJobSummaries"]] == [f"job-{n:02d}" for n in range(25)]
    assert len(some["TrainingJobSummaries"]) == 6
    assert some["NextToken"]
    # Three pages of ten, and two of four.
    assert sagemaker.journal.count("ListTrainingJobs") == 3 + 2
