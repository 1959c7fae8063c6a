"""Transform jobs of the emulated SageMaker, through boto3."""

from typing import Any

import pytest
from tests.emulator.asking import ROLE, arn, model, refused
from tests.emulator.job_requests import transform_job
from tests.emulator.test_emulated_shapes import checked

from sagemaker_local.emulator import Emulator


def status(client: Any) -> str:
    return str(client.describe_transform_job(TransformJobName="scores")["TransformJobStatus"])


def test_a_job_runs_and_tells_its_times(sagemaker: Emulator, client: Any) -> None:
    client.create_model(**model())
    client.create_transform_job(**transform_job())
    assert "TransformStartTime" not in client.describe_transform_job(TransformJobName="scores")

    sagemaker.clock.advance(360)

    job = client.describe_transform_job(TransformJobName="scores")
    assert job["TransformJobStatus"] == "Completed"
    assert (job["TransformStartTime"] - job["CreationTime"]).total_seconds() == 240
    assert (job["TransformEndTime"] - job["TransformStartTime"]).total_seconds() == 120


def test_every_answer_of_a_life_fits_the_model(sagemaker: Emulator) -> None:
    checked(sagemaker, "CreateModel", model())
    checked(sagemaker, "CreateTransformJob", transform_job())
    for seconds in (0, 100, 200, 100):
        sagemaker.clock.advance(seconds)
        checked(sagemaker, "DescribeTransformJob", {"TransformJobName": "scores"})
        checked(sagemaker, "ListTransformJobs", {})


def test_payloads_that_are_too_much_together_are_refused(client: Any) -> None:
    client.create_model(**model())
    code, text = refused(client.create_transform_job, **transform_job(MaxConcurrentTransforms=5, MaxPayloadInMB=25))
    assert (code, "cannot exceed 100 MB" in text) == ("ValidationException", True)
    client.create_transform_job(**transform_job(MaxConcurrentTransforms=4, MaxPayloadInMB=25))


def test_describe_adds_the_defaults_that_aws_adds(client: Any) -> None:
    client.create_model(**model())
    client.create_transform_job(**transform_job())

    job = client.describe_transform_job(TransformJobName="scores")

    assert job["DataProcessing"] == {"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"}
    assert (job["TransformInput"]["SplitType"], job["TransformInput"]["CompressionType"]) == ("None", "None")
    assert (job["TransformOutput"]["AssembleWith"], job["TransformOutput"]["KmsKeyId"]) == ("None", "")


def test_a_model_that_does_not_exist_is_refused(client: Any) -> None:
    assert refused(client.create_transform_job, **transform_job()) == (
        "ValidationException",
        f'Could not find model "{arn("model/digits")}".',
    )


def test_a_name_can_be_used_once(client: Any) -> None:
    client.create_model(**model())
    client.create_transform_job(**transform_job())

    code, text = refused(client.create_transform_job, **transform_job())

    assert code == "ResourceInUse"
    assert arn("transform-job/scores") in text


@pytest.mark.parametrize("operation", ["describe_transform_job", "stop_transform_job"])
def test_a_missing_job_is_said_to_be_missing(client: Any, operation: str) -> None:
    said = refused(getattr(client, operation), TransformJobName="nothing")

    assert said == ("ValidationException", "Could not find requested job with name: nothing")


def test_a_stopped_job_stays_stopped_and_cannot_be_stopped_again(sagemaker: Emulator, client: Any) -> None:
    client.create_model(**model())
    client.create_transform_job(**transform_job())
    client.stop_transform_job(TransformJobName="scores")
    assert status(client) == "Stopping"

    sagemaker.clock.advance(1000)

    assert status(client) == "Stopped"
    assert refused(client.stop_transform_job, TransformJobName="scores") == (
        "ValidationException",
        "The request was rejected because the transform job is in status Stopped.",
    )


def test_a_chosen_job_fails_with_its_reason(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("TransformJob", "scores", reason="ClientError: bad data", at="Transforming")
    client.create_model(**model())
    client.create_transform_job(**transform_job())

    sagemaker.clock.advance(360)

    listed = client.list_transform_jobs()["TransformJobSummaries"]
    assert [(job["TransformJobStatus"], job["FailureReason"]) for job in listed] == [
        ("Failed", "ClientError: bad data")
    ]


def test_input_that_is_not_there_is_refused_in_the_name_of_the_models_role() -> None:
    with Emulator.start(virtual=True, check_s3=True) as sagemaker:
        client = sagemaker.client()
        client.create_model(**model())

        code, text = refused(client.create_transform_job, **transform_job())
        client.close()

    assert code == "ValidationException"
    assert 'No S3 objects found under S3 URL "s3://bucket/batch"' in text
    assert ROLE in text


def test_a_quota_limits_the_instances(sagemaker: Emulator, client: Any) -> None:
    sagemaker.quotas.set("ml.m5.large for transform job usage", 1)
    client.create_model(**model())
    client.create_transform_job(**transform_job())
    assert refused(client.create_transform_job, **transform_job("more"))[0] == "ResourceLimitExceeded"

    sagemaker.clock.advance(360)

    client.create_transform_job(**transform_job("more"))
