"""Jobs, as somebody with kubectl sees them: they run once, and what became of them is told honestly."""

import pytest
from tests.builders import training_job
from tests.cluster.conftest import SPEED
from tests.cluster.eventually import eventually
from tests.cluster.operating import Operator
from tests.cluster.user import User

from sagemaker_local.emulator import Emulator

pytestmark = pytest.mark.serves("TrainingJob")


def test_a_lost_create_reply_does_not_start_a_second_job(user: User, operator: Operator, sagemaker: Emulator) -> None:
    sagemaker.faults.lose_reply("CreateTrainingJob", times=1)

    user.apply(training_job("digits"))

    user.wait("trainingjob/digits", condition="Succeeded")
    assert sagemaker.journal.committed("CreateTrainingJob") == 1


def test_a_failing_job_says_why(user: User, operator: Operator, sagemaker: Emulator) -> None:
    reason = "AlgorithmError: ExecuteUserScriptError: exit code 1"
    sagemaker.scenarios.fail("TrainingJob", "", reason=reason, at="Training")

    user.apply(training_job("digits"))

    user.wait("trainingjob/digits", condition="Stalled")
    assert reason in user.describe("trainingjob/digits")
    assert user.condition("trainingjob/digits", "Succeeded") == {
        **user.condition("trainingjob/digits", "Stalled"),
        "type": "Succeeded",
        "status": "False",
        "reason": "AlgorithmError",
        "message": reason,
    }
    warnings = eventually("a warning", lambda: [e for e in user.events("trainingjob/digits") if e["type"] == "Warning"])
    assert [reason in warning["message"] for warning in warnings] == [True]


def test_a_table_tells_how_an_object_is(user: User, operator: Operator) -> None:
    user.apply(training_job("digits"))
    user.wait("trainingjob/digits", condition="Succeeded")

    short = user.kubectl("get", "sagemaker").stdout.splitlines()
    wide = user.kubectl("get", "smtj", "-o", "wide").stdout.splitlines()

    assert short[0].split() == ["NAME", "PHASE", "SECONDARY", "STARTED", "AGE"]
    assert short[1].split()[:3] == ["trainingjob.sagemaker-operator.dev/digits", "Succeeded", "Completed"]
    assert wide[0].split()[5:] == ["JOB-NAME", "INSTANCE", "BILLABLE", "REASON", "MESSAGE", "ARN"]
    assert user.status("trainingjob/digits")["arn"] in wide[1]


def test_a_job_that_was_stopped_elsewhere_is_not_run_again(user: User, operator: Operator, sagemaker: Emulator) -> None:
    sagemaker.scenarios.take("TrainingJob", "", seconds=600 * SPEED)
    user.apply(training_job("digits"))
    name = running(user, "trainingjob/digits")

    sagemaker.client().stop_training_job(TrainingJobName=name)

    user.wait("trainingjob/digits", condition="Stalled")
    assert user.reason("trainingjob/digits", "Stalled") == "Stopped"
    assert sagemaker.journal.count("CreateTrainingJob") == 1


def test_a_finished_job_whose_record_was_deleted_elsewhere_is_not_run_again(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    user.apply(training_job("digits"))
    user.wait("trainingjob/digits", condition="Succeeded")
    name = user.status("trainingjob/digits")["trainingJobName"]
    sagemaker.client().delete_training_job(TrainingJobName=name)
    eventually("its end", lambda: sagemaker.resources("TrainingJob") == [])

    user.look_now("trainingjob/digits", "once more")

    eventually("a look", lambda: user.status("trainingjob/digits").get("lastHandledReconcileAt") == "once more")
    assert user.condition("trainingjob/digits", "Succeeded")["status"] == "True"
    assert sagemaker.journal.count("CreateTrainingJob") == 1


def test_a_running_job_that_vanishes_is_not_run_again(user: User, operator: Operator, sagemaker: Emulator) -> None:
    sagemaker.scenarios.take("TrainingJob", "", seconds=600 * SPEED)
    user.apply(training_job("digits"))
    running(user, "trainingjob/digits")

    sagemaker.reset()

    user.wait("trainingjob/digits", condition="Stalled", seconds=60)
    assert user.reason("trainingjob/digits", "Stalled") == "NotFound"
    assert sagemaker.journal.count("CreateTrainingJob") == 0


@pytest.mark.parametrize(
    ("policy", "stopped", "deleted", "left"), [("Stop", 1, 0, 1), ("Retain", 0, 0, 1), ("Delete", 1, 1, 0)]
)
def test_deleting_a_running_job_does_what_its_policy_says(
    user: User, operator: Operator, sagemaker: Emulator, *, policy: str, stopped: int, deleted: int, left: int
) -> None:
    sagemaker.scenarios.take("TrainingJob", "", seconds=600 * SPEED)
    user.apply(training_job("digits", deletionPolicy=policy))
    running(user, "trainingjob/digits")

    user.delete("trainingjob/digits")

    assert sagemaker.journal.count("StopTrainingJob") == stopped
    assert sagemaker.journal.count("DeleteTrainingJob") == deleted
    assert len(sagemaker.resources("TrainingJob")) == left


def running(user: User, job: str) -> str:
    """Waits until a job runs and the operator has seen it; gives its name in SageMaker."""
    eventually("it runs", lambda: user.status(job).get("trainingJobStatus"))
    return str(user.status(job)["trainingJobName"])
