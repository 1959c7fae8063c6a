"""A job that failed, as somebody with kubectl sees it: what kind of failure it was, its last words, and what to allow."""

import pytest
from tests.builders import training_job
from tests.cluster.eventually import eventually
from tests.cluster.operating import Operator
from tests.cluster.user import User

from sagemaker_local.emulator import Emulator

pytestmark = pytest.mark.serves("TrainingJob")

TWO = {"instanceType": "ml.m5.large", "instanceCount": 2, "volumeSizeInGB": 1}


def test_a_failed_job_shows_its_last_words_its_costs_and_its_stages(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    reason = "AlgorithmError: ValueError: no column 'age'\nexit code 1 on algo-2"
    sagemaker.scenarios.fail("TrainingJob", "", reason=reason, at="Training")

    user.apply(training_job("digits", resourceConfig=TWO, runPolicy={"logTailLines": 3}))

    user.wait("trainingjob/digits", condition="Stalled")
    status = user.status("trainingjob/digits")
    failure, run = status["failure"], status["run"]
    assert (failure["class"], failure["message"]) == ("AlgorithmError", reason)
    assert failure["logStream"].startswith(f"{status['trainingJobName']}/algo-2-")
    assert failure["logTail"][:2] == ["ValueError: no column 'age'", "exit code 1 on algo-2"]
    assert run["billableSeconds"] == 2 * status["billableTimeInSeconds"]
    assert run["consoleURL"].endswith(f"/sagemaker/home?region=us-east-1#/jobs/{status['trainingJobName']}")
    stages = {"Starting", "Downloading", "Training"}
    eventually(
        "its stages are told", lambda: stages <= {event["reason"] for event in user.events("trainingjob/digits")}
    )
    assert "Log Tail" in user.describe("trainingjob/digits")


def test_a_create_that_is_denied_names_the_permission_until_it_is_there(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    sagemaker.faults.deny("CreateTrainingJob")
    user.apply(training_job("digits"))

    user.kubectl("wait", "--for=jsonpath={.status.failure.class}=AccessDenied", "--timeout=30s", "trainingjob/digits")
    missing = user.status("trainingjob/digits")["failure"]["missingPermission"]
    sagemaker.faults.clear()
    user.look_now("trainingjob/digits", "allowed")
    user.wait("trainingjob/digits", condition="Succeeded")

    assert missing["action"] == "sagemaker:CreateTrainingJob"
    assert missing["because"] == "no identity-based policy allows it"
    assert "failure" not in user.status("trainingjob/digits")


def test_a_log_that_may_not_be_read_keeps_nothing_else_from_being_told(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    sagemaker.scenarios.fail("TrainingJob", "", reason="AlgorithmError: exit code 1", at="Training")
    sagemaker.faults.deny("GetLogEvents")

    user.apply(training_job("digits"))

    user.wait("trainingjob/digits", condition="Stalled")
    failure = user.status("trainingjob/digits")["failure"]
    assert failure["class"] == "AlgorithmError"
    assert "Allow logs:GetLogEvents to the credentials that the operator runs with." in failure["message"]
    assert "logTail" not in failure
