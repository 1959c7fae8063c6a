"""Training jobs of the emulated SageMaker, through boto3."""

from typing import Any

import pytest
from tests.emulator.asking import CLUSTER, ROLE, XGBOOST, arn, channel, refused, training_job

from sagemaker_local.emulator import Emulator

SENTENCE = "The request was rejected because the training job is in status {}."


def describe(client: Any, name: str = "digits") -> dict[str, Any]:
    answer: dict[str, Any] = client.describe_training_job(TrainingJobName=name)
    return answer


def test_a_job_runs_through_the_recorded_stages_with_their_messages(sagemaker: Emulator, client: Any) -> None:
    client.create_training_job(**training_job())

    sagemaker.clock.advance(344)

    job = describe(client)
    stages = [(t["Status"], t["StatusMessage"]) for t in job["SecondaryStatusTransitions"]]
    assert stages == [
        ("Starting", "Preparing the instances for training"),
        ("Downloading", "Downloading input data"),
        ("Training", "Training image download completed. Training in progress."),
        ("Uploading", "Uploading generated training model"),
        ("Completed", "Training job completed"),
    ]
    seconds = [(t["EndTime"] - t["StartTime"]).total_seconds() for t in job["SecondaryStatusTransitions"]]
    assert seconds == [185, 49, 103, 7, 0]


@pytest.mark.parametrize(
    ("seconds", "status", "secondary"),
    [
        (0, "InProgress", "Starting"),
        (184, "InProgress", "Starting"),
        (185, "InProgress", "Downloading"),
        (234, "InProgress", "Training"),
        (337, "InProgress", "Uploading"),
        (344, "Completed", "Completed"),
    ],
)
def test_each_stage_begins_at_its_second(
    sagemaker: Emulator, client: Any, seconds: int, status: str, secondary: str
) -> None:
    client.create_training_job(**training_job())

    sagemaker.clock.advance(seconds)

    job = describe(client)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == (status, secondary)


def test_a_completed_job_tells_times_and_artifact(sagemaker: Emulator, client: Any) -> None:
    client.create_training_job(**training_job())

    sagemaker.clock.advance(400)

    job = describe(client)
    assert job["ModelArtifacts"] == {"S3ModelArtifacts": "s3://bucket/models/digits/output/model.tar.gz"}
    assert (job["TrainingStartTime"] - job["CreationTime"]).total_seconds() == 185
    assert job["TrainingEndTime"] == job["LastModifiedTime"]
    assert job["TrainingTimeInSeconds"] == job["BillableTimeInSeconds"] == 159


def test_describe_adds_the_defaults_that_aws_adds(client: Any) -> None:
    client.create_training_job(**training_job(InputDataConfig=[channel("s3://bucket/train")]))

    job = describe(client)

    assert job["StoppingCondition"] == {"MaxRuntimeInSeconds": 86400}
    assert job["EnableNetworkIsolation"] is False
    assert job["EnableInterContainerTrafficEncryption"] is False
    assert job["EnableManagedSpotTraining"] is False
    assert job["OutputDataConfig"]["CompressionType"] == "GZIP"
    assert job["OutputDataConfig"]["KmsKeyId"] == ""
    assert job["InputDataConfig"][0]["RecordWrapperType"] == "None"
    assert "MetricDefinitions" not in job["AlgorithmSpecification"]


def test_a_built_in_image_brings_its_metric_definitions(client: Any) -> None:
    algorithm = {"TrainingImage": XGBOOST, "TrainingInputMode": "File"}
    client.create_training_job(**training_job(AlgorithmSpecification=algorithm))

    names = {m["Name"] for m in describe(client)["AlgorithmSpecification"]["MetricDefinitions"]}

    assert {"train:merror", "validation:rmse"} <= names


def test_a_name_can_be_used_once(client: Any) -> None:
    client.create_training_job(**training_job())

    assert refused(client.create_training_job, **training_job()) == (
        "ResourceInUse",
        (
            "Training job names must be unique within an AWS account and region, and a training job with this name already "
            f"exists ({arn('training-job/digits')})"
        ),
    )


@pytest.mark.parametrize("operation", ["describe_training_job", "stop_training_job", "delete_training_job"])
def test_a_missing_job_is_said_to_be_missing(client: Any, operation: str) -> None:
    said = refused(getattr(client, operation), TrainingJobName="nothing")

    assert said == ("ValidationException", "Requested resource not found.")


def test_a_stopped_job_gets_two_minutes_of_grace(sagemaker: Emulator, client: Any) -> None:
    client.create_training_job(**training_job())
    sagemaker.clock.advance(300)
    client.stop_training_job(TrainingJobName="digits")
    client.stop_training_job(TrainingJobName="digits")  # asking again is no error

    sagemaker.clock.advance(119)
    assert describe(client)["TrainingJobStatus"] == "Stopping"
    sagemaker.clock.advance(1)

    job = describe(client)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")
    assert job["TrainingTimeInSeconds"] == 300 + 120 - 185


def test_a_job_that_was_stopped_stays_so(sagemaker: Emulator, client: Any) -> None:
    client.create_training_job(**training_job())
    client.stop_training_job(TrainingJobName="digits")

    sagemaker.clock.advance(10_000)

    assert describe(client)["TrainingJobStatus"] == "Stopped"


@pytest.mark.parametrize("ending", ["Completed", "Failed", "Stopped"])
def test_a_finished_job_cannot_be_stopped(sagemaker: Emulator, client: Any, ending: str) -> None:
    if ending == "Failed":
        sagemaker.scenarios.fail("TrainingJob", "digits", reason="AlgorithmError: exit code 1")
    client.create_training_job(**training_job())
    if ending == "Stopped":
        client.stop_training_job(TrainingJobName="digits")
    sagemaker.clock.advance(500)

    said = refused(client.stop_training_job, TrainingJobName="digits")

    assert said == ("ValidationException", SENTENCE.format(ending))


def test_a_job_that_runs_too_long_is_stopped_not_failed(sagemaker: Emulator, client: Any) -> None:
    client.create_training_job(**training_job(StoppingCondition={"MaxRuntimeInSeconds": 100}))

    sagemaker.clock.advance(185 + 100)
    assert describe(client)["TrainingJobStatus"] == "Stopping"
    sagemaker.clock.advance(120)

    job = describe(client)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")


def test_a_running_job_cannot_be_deleted(client: Any) -> None:
    client.create_training_job(**training_job())

    code, _ = refused(client.delete_training_job, TrainingJobName="digits")

    assert code == "ResourceInUse"


def test_a_deleted_job_frees_its_name(sagemaker: Emulator, client: Any) -> None:
    client.create_training_job(**training_job())
    sagemaker.clock.advance(344)

    client.delete_training_job(TrainingJobName="digits")
    assert describe(client)["TrainingJobStatus"] == "Deleting"
    sagemaker.clock.advance(5)

    assert sagemaker.resources("TrainingJob") == []
    client.create_training_job(**training_job())
    assert describe(client)["SecondaryStatus"] == "Starting"


def test_a_chosen_job_fails_with_its_reason_where_it_is_told_to(sagemaker: Emulator, client: Any) -> None:
    reason = "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type."
    sagemaker.scenarios.fail("TrainingJob", "^unlucky", reason=reason, at="Starting")
    client.create_training_job(**training_job("unlucky-1"))
    client.create_training_job(**training_job("lucky"))

    sagemaker.clock.advance(344)

    job = describe(client, "unlucky-1")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"], job["FailureReason"]) == ("Failed", "Failed", reason)
    assert "TrainingStartTime" not in job
    assert describe(client, "lucky")["TrainingJobStatus"] == "Completed"


def test_a_scenario_may_apply_a_number_of_times(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("TrainingJob", ".", reason="InternalServerError", times=1)
    client.create_training_job(**training_job("first"))
    client.create_training_job(**training_job("second"))

    sagemaker.clock.advance(344)

    assert describe(client, "first")["TrainingJobStatus"] == "Failed"
    assert describe(client, "second")["TrainingJobStatus"] == "Completed"


def test_work_takes_as_long_as_it_is_told_to(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.take("TrainingJob", ".", seconds=25)
    client.create_training_job(**training_job())

    sagemaker.clock.advance(25)

    assert describe(client)["TrainingJobStatus"] == "Completed"


def test_a_warm_pool_lives_on_for_its_time_and_keeps_the_job(sagemaker: Emulator, client: Any) -> None:
    pool = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1, "KeepAlivePeriodInSeconds": 600}
    client.create_training_job(**training_job(ResourceConfig=pool))
    sagemaker.clock.advance(344)
    assert "WarmPoolStatus" not in describe(client)
    sagemaker.clock.advance(2)
    assert describe(client)["WarmPoolStatus"] == {"Status": "Available"}
    assert refused(client.delete_training_job, TrainingJobName="digits")[0] == "ResourceInUse"

    sagemaker.clock.advance(600)

    assert describe(client)["WarmPoolStatus"]["Status"] == "Terminated"
    client.delete_training_job(TrainingJobName="digits")


def test_a_warm_pool_can_be_given_up_after_completion_only(sagemaker: Emulator, client: Any) -> None:
    pool = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1, "KeepAlivePeriodInSeconds": 600}
    give_up = {"TrainingJobName": "digits", "ResourceConfig": {"KeepAlivePeriodInSeconds": 0}}
    client.create_training_job(**training_job(ResourceConfig=pool))
    assert refused(client.update_training_job, **give_up)[0] == "ValidationException"
    sagemaker.clock.advance(344)

    client.update_training_job(**give_up)

    assert describe(client)["WarmPoolStatus"]["Status"] == "Terminated"


def test_the_profiler_can_be_changed_while_training_only(sagemaker: Emulator, client: Any) -> None:
    change = {"TrainingJobName": "digits", "ProfilerConfig": {"DisableProfiler": True}}
    client.create_training_job(**training_job())
    assert refused(client.update_training_job, **change)[0] == "ValidationException"
    sagemaker.clock.advance(240)

    client.update_training_job(**change)

    assert describe(client)["ProfilerConfig"]["DisableProfiler"] is True
    sagemaker.clock.advance(200)
    assert refused(client.update_training_job, **change)[0] == "ValidationException"


def test_the_profiler_and_the_warm_pool_cannot_be_changed_in_one_call(sagemaker: Emulator, client: Any) -> None:
    client.create_training_job(**training_job(ResourceConfig={**CLUSTER, "KeepAlivePeriodInSeconds": 600}))
    sagemaker.clock.advance(344)
    both = {"ResourceConfig": {"KeepAlivePeriodInSeconds": 0}, "ProfilerConfig": {"DisableProfiler": True}}

    assert "together" in refused(client.update_training_job, TrainingJobName="digits", **both)[1]


def test_remote_debugging_can_be_changed_while_downloading_and_training_only(sagemaker: Emulator, client: Any) -> None:
    change = {"TrainingJobName": "digits", "RemoteDebugConfig": {"EnableRemoteDebug": True}}
    client.create_training_job(**training_job())
    assert refused(client.update_training_job, **change)[0] == "ValidationException"
    sagemaker.clock.advance(190)

    client.update_training_job(**change)

    assert describe(client)["RemoteDebugConfig"] == {"EnableRemoteDebug": True}
    sagemaker.clock.advance(150)
    assert describe(client)["SecondaryStatus"] == "Uploading"
    assert "Uploading" in refused(client.update_training_job, **change)[1]


def test_rules_of_the_profiler_are_added_to_those_that_are_there(sagemaker: Emulator, client: Any) -> None:
    rules = [{"RuleConfigurationName": name, "RuleEvaluatorImage": "image"} for name in ("memory", "cpu")]
    client.create_training_job(**training_job(ProfilerRuleConfigurations=rules[:1]))
    sagemaker.clock.advance(240)

    client.update_training_job(TrainingJobName="digits", ProfilerRuleConfigurations=rules[1:])

    there = describe(client)
    assert [rule["RuleConfigurationName"] for rule in there["ProfilerRuleConfigurations"]] == ["memory", "cpu"]
    assert len(there["ProfilerRuleEvaluationStatuses"]) == 2


def test_a_role_that_sagemaker_cannot_assume_is_refused_in_its_words(sagemaker: Emulator, client: Any) -> None:
    sagemaker.roles.refuse("role/sagemaker$")

    said = refused(client.create_training_job, **training_job())

    assert said == (
        "ValidationException",
        (
            f"Could not assume role {ROLE}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to "
            "assume the role."
        ),
    )
    assert sagemaker.resources("TrainingJob") == []


def test_a_quota_counts_the_instances_of_running_jobs(sagemaker: Emulator, client: Any) -> None:
    sagemaker.quotas.set("ml.m5.large for training job usage", 1)
    client.create_training_job(**training_job("one"))

    said = refused(client.create_training_job, **training_job("two"))

    assert said == (
        "ResourceLimitExceeded",
        (
            "The account-level service limit 'ml.m5.large for training job usage' is 1 Instances, with current utilization of 1 "
            "Instances and a request delta of 1 Instances. Please use AWS Service Quotas to request an increase for this quota. "
            "If AWS Service Quotas is not available, contact AWS support to request an increase for this quota."
        ),
    )
    sagemaker.clock.advance(344)
    client.create_training_job(**training_job("two"))


def test_the_waiter_of_boto3_sees_completion(sagemaker: Emulator, client: Any) -> None:
    client.create_training_job(**training_job())
    sagemaker.clock.advance(344)

    waiter = client.get_waiter("training_job_completed_or_stopped")

    waiter.wait(TrainingJobName="digits", WaiterConfig={"Delay": 0, "MaxAttempts": 1})
