"""InvokeEndpointAsync: results and failures in S3, notifications, and how requests wait."""

import base64
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.runner.runtime_stage import Answer, Asked, Servers, Stage, endpoint, hosted, model_server, wait_until

from sagemaker_local.emulator import Emulator
from sagemaker_local.runner.runtime import asynchronous

Running = tuple[Emulator, Stage, Any, Any]


def answer(asked: Asked) -> Answer:
    if asked.body == b"break":
        return 500, {}, b"out of memory"
    return 200, {"Content-Type": "text/csv"}, asked.body.upper()


@pytest.fixture
def running() -> Iterator[Running]:
    """An emulator with the bucket `data`, and clients of sagemaker-runtime and S3."""
    servers = Servers()
    with model_server(answer) as url, hosted(servers) as (emulator, stage):
        servers.variants["AllTraffic"] = [url]
        client, s3 = emulator.client("sagemaker-runtime"), emulator.client("s3")
        s3.create_bucket(Bucket="data")
        yield emulator, stage, client, s3
        client.close()
        s3.close()


def deferred(emulator: Emulator, *, limit: int | None = None, **output: Any) -> None:
    """The endpoint `digits`, asynchronous, with results in s3://data/out."""
    config: dict[str, Any] = {"OutputConfig": {"S3OutputPath": "s3://data/out", **output}}
    if limit is not None:
        config["ClientConfig"] = {"MaxConcurrentInvocationsPerInstance": limit}
    endpoint(emulator, config={"AsyncInferenceConfig": config})


def content(s3: Any, url: str) -> bytes:
    """An object, once it is there."""
    bucket, _, key = url.removeprefix("s3://").partition("/")
    wait_until(lambda: s3.list_objects_v2(Bucket=bucket, Prefix=key).get("KeyCount"))
    body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def topics(emulator: Emulator) -> tuple[str, str, Any]:
    """The ARNs of two topics, and what returns the messages that were published to them."""
    sns = emulator.client("sns")
    good, bad = (sns.create_topic(Name=name)["TopicArn"] for name in ("good", "bad"))
    sns.close()

    def published(arn: str) -> list[dict[str, Any]]:
        return [json.loads(one["Message"]) for one in emulator.events.published(arn)]

    return good, bad, published


def test_a_result_is_where_the_answer_said(running: Running) -> None:
    emulator, stage, client, s3 = running
    deferred(emulator)
    s3.put_object(Bucket="data", Key="in/one.csv", Body=b"abc")
    request = {"EndpointName": "digits", "InputLocation": "s3://data/in/one.csv", "ContentType": "text/csv"}
    accepted = client.invoke_endpoint_async(**request, InferenceId="mine")
    assert accepted["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert accepted["InferenceId"] == "mine"
    assert accepted["OutputLocation"].startswith("s3://data/out/")
    assert accepted["OutputLocation"].endswith(".out")
    assert "FailureLocation" not in accepted
    assert content(s3, accepted["OutputLocation"]) == b"ABC"
    wait_until(lambda: stage.servers.in_flight == 0)


def test_a_small_input_comes_with_the_request_and_its_result_goes_where_the_request_says(running: Running) -> None:
    emulator, _, client, s3 = running
    deferred(emulator)
    accepted = client.invoke_endpoint_async(
        EndpointName="digits", Body=b"inline", S3OutputPathExtension="today", Filename="result.csv"
    )
    assert accepted["OutputLocation"] == "s3://data/out/today/result.csv"
    assert content(s3, "s3://data/out/today/result.csv") == b"INLINE"


def test_a_failure_of_the_model_is_kept_and_told(running: Running) -> None:
    emulator, _, client, s3 = running
    good, bad, published = topics(emulator)
    notices = {"SuccessTopic": good, "ErrorTopic": bad, "IncludeInferenceResponseIn": ["ERROR_NOTIFICATION_TOPIC"]}
    deferred(emulator, S3FailurePath="s3://data/failed", NotificationConfig=notices)
    accepted = client.invoke_endpoint_async(EndpointName="digits", Body=b"break")
    assert accepted["FailureLocation"].startswith("s3://data/failed/")
    assert accepted["FailureLocation"].endswith("-error.out")
    assert content(s3, accepted["FailureLocation"]) == b"out of memory"
    (notice,) = wait_until(lambda: published(bad))
    assert notice["invocationStatus"] == "Failed"
    assert notice["failureReason"].startswith(
        'ClientError: Received server error (500) from primary with message "out of'
    )
    assert base64.b64decode(notice["responseBody"]["content"]) == b"out of memory"
    assert published(good) == []


def test_a_result_is_told_to_the_topic_for_successes(running: Running) -> None:
    emulator, _, client, s3 = running
    good, bad, published = topics(emulator)
    deferred(emulator, NotificationConfig={"SuccessTopic": good, "ErrorTopic": bad})
    s3.put_object(Bucket="data", Key="in.csv", Body=b"abc")
    accepted = client.invoke_endpoint_async(
        EndpointName="digits", InputLocation="s3://data/in.csv", ContentType="text/csv"
    )
    (notice,) = wait_until(lambda: published(good))
    assert notice["requestParameters"] == {
        "contentType": "text/csv",
        "endpointName": "digits",
        "inputLocation": "s3://data/in.csv",
    }
    assert notice["responseParameters"] == {"contentType": "text/csv", "outputLocation": accepted["OutputLocation"]}
    kind = {
        name: notice[name] for name in ("awsRegion", "invocationStatus", "eventSource", "eventName", "eventVersion")
    }
    assert kind == {
        "awsRegion": "us-east-1",
        "invocationStatus": "Completed",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
        "eventVersion": "1.0",
    }
    assert notice["inferenceId"] == accepted["InferenceId"]


@pytest.mark.parametrize(
    ("output", "location", "reason"),
    [
        ({}, "s3://data/none.csv", "ClientError: Unable to download the input payload from s3://data/none.csv"),
        (
            {"S3OutputPath": "s3://nowhere/out"},
            "s3://data/in.csv",
            "ClientError: Unable to upload the result to s3://nowhere",
        ),
    ],
)
def test_an_input_or_a_bucket_that_is_not_there_is_a_failure(
    running: Running, output: dict[str, Any], location: str, reason: str
) -> None:
    emulator, _, client, s3 = running
    _, bad, published = topics(emulator)
    deferred(emulator, NotificationConfig={"ErrorTopic": bad}, S3FailurePath="s3://data/failed", **output)
    s3.put_object(Bucket="data", Key="in.csv", Body=b"abc")
    accepted = client.invoke_endpoint_async(EndpointName="digits", InputLocation=location)
    assert content(s3, accepted["FailureLocation"]).decode().startswith(reason)
    (notice,) = wait_until(lambda: published(bad))
    assert notice["failureReason"].startswith(reason)


def test_requests_wait_for_an_instance_and_the_metrics_say_so(running: Running) -> None:
    emulator, stage, client, s3 = running
    (url,) = stage.servers.variants["AllTraffic"]
    stage.servers.variants["AllTraffic"] = []
    deferred(emulator)
    accepted = [client.invoke_endpoint_async(EndpointName="digits", Body=b"x") for _ in range(3)]
    cloudwatch = emulator.client("cloudwatch")

    def most(name: str) -> float:
        now = datetime.now(UTC)
        points = cloudwatch.get_metric_statistics(
            Namespace="AWS/SageMaker",
            MetricName=name,
            Dimensions=[{"Name": "EndpointName", "Value": "digits"}],
            StartTime=now - timedelta(minutes=5),
            EndTime=now + timedelta(minutes=1),
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
        return max((float(point["Maximum"]) for point in points), default=-1.0)

    wait_until(lambda: most("HasBacklogWithoutCapacity") == 1.0)
    assert most("ApproximateBacklogSize") == 3
    assert s3.list_objects_v2(Bucket="data").get("KeyCount") == 0
    stage.servers.variants["AllTraffic"] = [url]
    assert [content(s3, one["OutputLocation"]) for one in accepted] == [b"X"] * 3
    cloudwatch.close()


def test_an_instance_gets_no_more_at_once_than_it_takes(running: Running) -> None:
    emulator, stage, client, s3 = running
    busy, most, lock, over = 0, 0, threading.Lock(), threading.Event()

    def slow(asked: Asked) -> Answer:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        over.wait(0.05)
        with lock:
            busy -= 1
        return answer(asked)

    with model_server(slow) as url:
        stage.servers.variants["AllTraffic"] = [url]
        deferred(emulator, limit=2)
        accepted = [client.invoke_endpoint_async(EndpointName="digits", Body=b"x") for _ in range(8)]
        assert [content(s3, one["OutputLocation"]) for one in accepted] == [b"X"] * 8
    assert most == 2


def test_a_request_that_waits_longer_than_it_may_expires(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asynchronous, "LIVES", 0)
    emulator, stage, client, s3 = running
    stage.servers.variants["AllTraffic"] = []
    deferred(emulator, S3FailurePath="s3://data/failed")
    accepted = client.invoke_endpoint_async(EndpointName="digits", Body=b"x")
    assert b"was in the queue for more than 0 seconds" in content(s3, accepted["FailureLocation"])


def test_what_does_not_fit_the_endpoint_is_refused(running: Running) -> None:
    emulator, _, client, _ = running
    deferred(emulator)
    endpoint(emulator, "direct")
    invalid = client.exceptions.ValidationError
    with pytest.raises(invalid, match="is an asynchronous endpoint"):
        client.invoke_endpoint(EndpointName="digits", Body=b"1")
    with pytest.raises(invalid, match="is not an asynchronous endpoint"):
        client.invoke_endpoint_async(EndpointName="direct", Body=b"1")
    with pytest.raises(invalid, match="Exactly one of Body and InputLocation"):
        client.invoke_endpoint_async(EndpointName="digits", Body=b"1", InputLocation="s3://data/in")
    with pytest.raises(invalid, match="Exactly one of Body and InputLocation"):
        client.invoke_endpoint_async(EndpointName="digits")
    with pytest.raises(invalid, match="more than 128000 bytes"):
        client.invoke_endpoint_async(EndpointName="digits", Body=b"x" * 128_001)


def test_requests_of_an_endpoint_that_is_deleted_are_dropped(running: Running) -> None:
    emulator, stage, client, s3 = running
    (url,) = stage.servers.variants["AllTraffic"]
    stage.servers.variants["AllTraffic"] = []
    deferred(emulator)
    client.invoke_endpoint_async(EndpointName="digits", Body=b"x")
    sagemaker = emulator.client()
    sagemaker.delete_endpoint(EndpointName="digits")
    wait_until(lambda: not sagemaker.list_endpoints()["Endpoints"])
    sagemaker.close()
    wait_until(lambda: not stage.runtime._asynchronous._lines)
    stage.servers.variants["AllTraffic"] = [url]
    assert s3.list_objects_v2(Bucket="data").get("KeyCount") == 0


def test_a_backlog_wakes_an_endpoint_that_was_scaled_to_nothing(running: Running) -> None:
    emulator, stage, client, _ = running
    deferred(emulator)
    scaling, cloudwatch = emulator.client("application-autoscaling"), emulator.client("cloudwatch")
    target = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/digits/variant/AllTraffic",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    scaling.register_scalable_target(**target, MinCapacity=0, MaxCapacity=2)
    sagemaker = emulator.client()

    def counted(number: int) -> bool:
        (variant,) = sagemaker.describe_endpoint(EndpointName="digits")["ProductionVariants"]
        return bool(variant["CurrentInstanceCount"] == number)

    emulator.scale("digits", "AllTraffic", 0)
    wait_until(lambda: counted(0))
    stage.servers.variants["AllTraffic"] = []
    policy = scaling.put_scaling_policy(
        **target,
        PolicyName="wake",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "Cooldown": 300,
            "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
        },
    )
    cloudwatch.put_metric_alarm(
        AlarmName="asleep",
        Namespace="AWS/SageMaker",
        MetricName="HasBacklogWithoutCapacity",
        Dimensions=[{"Name": "EndpointName", "Value": "digits"}],
        Statistic="Average",
        Period=60,
        EvaluationPeriods=2,
        Threshold=1.0,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[policy["PolicyARN"]],
    )
    client.invoke_endpoint_async(EndpointName="digits", Body=b"x")
    wait_until(lambda: counted(1))
    for one in (scaling, cloudwatch, sagemaker):
        one.close()
