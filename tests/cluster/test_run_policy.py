"""How jobs are run, as kubectl, queues and workflow engines see it; every promise and mixture is in ``tests/rehearsal``."""

import json

import pytest
from tests.builders import training_job
from tests.cluster.asked import asked, calls
from tests.cluster.conftest import SPEED
from tests.cluster.eventually import eventually
from tests.cluster.operating import Operator
from tests.cluster.user import User

from sagemaker_local.emulator import Emulator

pytestmark = pytest.mark.serves("TrainingJob")

JOB = "trainingjob/digits"
CAPACITY = (
    "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type."
)


def made(sagemaker: Emulator) -> list[str]:
    """The calls that began or ended work."""
    return calls(sagemaker, "Create", "Stop", "Delete")


def test_a_queue_admits_a_job_by_clearing_suspend(user: User, operator: Operator, sagemaker: Emulator) -> None:
    user.apply(training_job("digits", suspend=True))
    user.wait(JOB, condition="Suspended")
    assert user.status(JOB)["phase"] == "Suspended"
    assert sagemaker.journal.count("CreateTrainingJob") == 0

    user.patch(JOB, {"spec": {"suspend": False}})

    user.wait(JOB, condition="Succeeded")
    # What an Argo Workflow asks: successCondition: status.phase == Succeeded.
    user.kubectl("wait", JOB, "--for=jsonpath={.status.phase}=Succeeded", "--timeout=10s")
    assert made(sagemaker) == ["CreateTrainingJob"]


def test_a_suspended_job_stops_and_goes_on_from_its_checkpoint_as_another_attempt(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    sagemaker.scenarios.take("TrainingJob", "digits$", seconds=600 * SPEED)
    checkpoints = {"s3URI": "s3://my-bucket/checkpoints"}
    user.apply(training_job("digits", trainingJobName="digits", checkpointConfig=checkpoints))
    user.kubectl("wait", JOB, "--for=jsonpath={.status.phase}=Running", "--timeout=30s")

    user.edit(JOB, suspend=True)
    user.wait(JOB, condition="Suspended")
    assert [(one["name"], one["reason"]) for one in user.status(JOB)["attempts"]] == [("digits", "Suspended")]

    user.edit(JOB, suspend=False)
    user.wait(JOB, condition="Succeeded")
    created = asked(sagemaker, "CreateTrainingJob")
    assert [request["TrainingJobName"] for request in created] == ["digits", "digits-2"]
    assert [request["CheckpointConfig"] for request in created] == [{"S3Uri": "s3://my-bucket/checkpoints"}] * 2
    assert [one["phase"] for one in user.status(JOB)["attempts"]] == ["Stopped", "Succeeded"]


def test_without_capacity_the_next_instance_type_is_tried_with_its_own_image(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    sagemaker.scenarios.fail("TrainingJob", "", reason=CAPACITY, at="Starting", times=1)
    manifest = training_job(
        "digits",
        trainingJobName="digits",
        runPolicy={"instanceTypes": ["ml.m5.xlarge"]},
        algorithmSpecification={"builtIn": {"name": "pytorch", "version": "2.3"}, "trainingInputMode": "File"},
    )
    manifest["spec"]["resourceConfig"]["instanceType"] = "ml.p3.2xlarge"
    user.apply(manifest)

    user.wait(JOB, condition="Succeeded")
    created = asked(sagemaker, "CreateTrainingJob")
    assert [one["ResourceConfig"]["InstanceType"] for one in created] == ["ml.p3.2xlarge", "ml.m5.xlarge"]
    assert ["gpu" in one["AlgorithmSpecification"]["TrainingImage"] for one in created] == [True, False]
    assert "cpu" in user.status(JOB)["resolvedImage"]
    warned = eventually("a warning", lambda: [e for e in user.events(JOB) if e["reason"] == "BackingOff"])
    assert "follows on ml.m5.xlarge" in warned[0]["message"]


def test_a_job_that_takes_too_long_is_stopped_and_has_failed(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    sagemaker.scenarios.take("TrainingJob", "", seconds=600 * SPEED)

    user.apply(training_job("digits", runPolicy={"activeDeadlineSeconds": 1}))

    user.wait(JOB, condition="Stalled")
    assert user.reason(JOB, "Stalled") == "DeadlineExceeded"
    assert user.status(JOB)["phase"] == "Failed"
    assert made(sagemaker) == ["CreateTrainingJob", "StopTrainingJob"]


def test_a_finished_job_goes_when_its_time_to_live_is_over(user: User, operator: Operator, sagemaker: Emulator) -> None:
    user.apply(training_job("digits", runPolicy={"ttlSecondsAfterSucceeded": 0}))

    user.wait_until_gone(JOB)

    assert made(sagemaker) == ["CreateTrainingJob"]
    assert len(sagemaker.resources("TrainingJob")) == 1


def test_what_another_controller_runs_is_left_alone(user: User, operator: Operator, sagemaker: Emulator) -> None:
    user.apply(
        training_job("digits", runPolicy={"managedBy": "kueue.x-k8s.io/multikueue"}),
        training_job("other"),
    )
    user.wait("trainingjob/other", condition="Succeeded")

    found = user.get(JOB)
    assert ("finalizers" in found["metadata"], found["status"]) == (False, {"observedGeneration": -1})
    user.delete(JOB)
    assert sagemaker.journal.count("CreateTrainingJob") == 1


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ({"retryOn": ["AlgorithmError"]}, "retryOn needs a backoffLimit above 0"),
        ({"retryOn": ["AlgorithmError"], "backoffLimit": 0}, "retryOn needs a backoffLimit above 0"),
        ({"retryOn": ["BadLuck"], "backoffLimit": 1}, 'Unsupported value: "BadLuck"'),
        ({"instanceTypes": ["ml.z9.huge"]}, 'Unsupported value: "ml.z9.huge"'),
        ({"activeDeadlineSeconds": 0}, "should be greater than or equal to 1"),
        ({"activeDeadlineSeconds": 5, "startupDeadlineSeconds": 6}, "startupDeadlineSeconds is longer than"),
    ],
    ids=json.dumps,
)
def test_policies_that_contradict_themselves_are_refused(user: User, policy: dict[str, object], told: str) -> None:
    refused = user.kubectl("apply", "-f", "-", stdin=json.dumps(training_job("digits", runPolicy=policy)), check=False)

    assert told in refused.stderr


def test_who_runs_a_job_cannot_change(user: User) -> None:
    user.apply(training_job("digits", suspend=True))

    refused = user.kubectl(
        "patch", JOB, "--type=merge", "-p", '{"spec":{"runPolicy":{"managedBy":"other/one"}}}', check=False
    )

    assert "runPolicy.managedBy is immutable" in refused.stderr
