"""Processing jobs of the emulated SageMaker, through boto3."""

from typing import Any

from tests.emulator.asking import arn, processing_job, refused

from sagemaker_local.emulator import Emulator


def describe(client: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.describe_processing_job(ProcessingJobName="baseline")
    return answer


def test_a_job_starts_runs_and_completes(sagemaker: Emulator, client: Any) -> None:
    client.create_processing_job(**processing_job())
    assert describe(client)["ProcessingJobStatus"] == "InProgress"
    assert "ProcessingStartTime" not in describe(client)

    sagemaker.clock.advance(300)

    job = describe(client)
    assert job["ProcessingJobStatus"] == "Completed"
    assert (job["ProcessingEndTime"] - job["ProcessingStartTime"]).total_seconds() == 120


def test_describe_adds_the_defaults_that_aws_adds(client: Any) -> None:
    source = {
        "S3Uri": "s3://b/in",
        "S3DataType": "S3Prefix",
        "S3InputMode": "File",
        "LocalPath": "/opt/ml/processing/in",
    }
    client.create_processing_job(**processing_job(ProcessingInputs=[{"InputName": "in", "S3Input": source}]))

    job = describe(client)

    assert job["StoppingCondition"] == {"MaxRuntimeInSeconds": 86400}
    assert job["ProcessingInputs"][0]["AppManaged"] is False
    assert job["ProcessingInputs"][0]["S3Input"]["S3DataDistributionType"] == "FullyReplicated"


def test_missing_and_duplicate_jobs_are_refused_in_sagemakers_words(client: Any) -> None:
    assert refused(client.describe_processing_job, ProcessingJobName="x") == (
        "ValidationException",
        "Could not find requested job with name: x",
    )
    assert refused(client.stop_processing_job, ProcessingJobName="x") == (
        "ValidationException",
        "Could not find job to update with name x",
    )
    client.create_processing_job(**processing_job())
    assert refused(client.create_processing_job, **processing_job()) == (
        "ResourceInUse",
        (
            "Job name must be unique within an AWS account and region, and a job with this name already exists "
            f"({arn('processing-job/baseline')})"
        ),
    )


def test_a_stopped_job_cannot_be_stopped_again_but_deleted(sagemaker: Emulator, client: Any) -> None:
    client.create_processing_job(**processing_job())
    assert refused(client.delete_processing_job, ProcessingJobName="baseline")[0] == "ResourceInUse"
    client.stop_processing_job(ProcessingJobName="baseline")
    assert describe(client)["ProcessingJobStatus"] == "Stopping"
    sagemaker.clock.advance(60)
    assert describe(client)["ProcessingJobStatus"] == "Stopped"

    assert refused(client.stop_processing_job, ProcessingJobName="baseline") == (
        "ValidationException",
        "The request was rejected because the processing job is in status Stopped.",
    )
    client.delete_processing_job(ProcessingJobName="baseline")
    assert sagemaker.resources("ProcessingJob") == []


def test_a_job_that_runs_too_long_is_stopped(sagemaker: Emulator, client: Any) -> None:
    client.create_processing_job(**processing_job(StoppingCondition={"MaxRuntimeInSeconds": 60}))

    sagemaker.clock.advance(180 + 60)

    assert describe(client)["ProcessingJobStatus"] == "Stopped"


def test_a_chosen_job_fails_with_its_reason(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("ProcessingJob", "base", reason="AlgorithmError: see the logs")
    client.create_processing_job(**processing_job())

    sagemaker.clock.advance(300)

    job = describe(client)
    assert (job["ProcessingJobStatus"], job["FailureReason"]) == ("Failed", "AlgorithmError: see the logs")


def test_quotas_of_processing_jobs_are_their_own(sagemaker: Emulator, client: Any) -> None:
    sagemaker.quotas.set("ml.m5.large for processing job usage", 0)

    code, text = refused(client.create_processing_job, **processing_job())

    assert code == "ResourceLimitExceeded"
    assert "'ml.m5.large for processing job usage' is 0 Instances" in text


def test_the_first_of_the_preferred_instances_is_selected(client: Any) -> None:
    preferred = [{"InstanceType": "ml.m5.large", "InstanceCount": 2}, {"InstanceType": "ml.m5.xlarge"}]
    cluster = {"VolumeSizeInGB": 10, "InstancePreferences": preferred}
    client.create_processing_job(**processing_job(ProcessingResources={"ClusterConfig": cluster}))

    job = client.describe_processing_job(ProcessingJobName="baseline")

    config = job["ProcessingResources"]["ClusterConfig"]
    assert (config["SelectedInstanceType"], config["SelectedInstanceCount"]) == ("ml.m5.large", 2)
