"""What an invocation leaves behind: captured data in S3, and metrics in CloudWatch."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.runner.runtime_stage import Answer, Asked, Servers, Stage, endpoint, hosted, model_server, wait_until

from sagemaker_local.emulator import Emulator

CAPTURE = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://captured/here/",
    "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
    "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"], "JsonContentTypes": ["application/json"]},
}
Running = tuple[Emulator, Stage, Any]


def answer(asked: Asked) -> Answer:
    if asked.body == b"break":
        return 400, {}, b"broken"
    return 200, {"Content-Type": "text/csv; charset=utf-8"}, b"0.5\n"


@pytest.fixture
def running() -> Iterator[Running]:
    servers = Servers()
    with model_server(answer) as url, hosted(servers) as (emulator, stage):
        servers.variants["AllTraffic"] = [url]
        s3 = emulator.client("s3")
        s3.create_bucket(Bucket="captured")
        s3.close()
        client = emulator.client("sagemaker-runtime")
        yield emulator, stage, client
        client.close()


def captured(emulator: Emulator, prefix: str = "here/") -> dict[str, list[dict[str, Any]]]:
    """Key to events."""
    s3 = emulator.client("s3")
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket="captured", Prefix=prefix).get("Contents", ())]
    bodies = {key: s3.get_object(Bucket="captured", Key=key)["Body"].read().decode() for key in keys}
    s3.close()
    return {key: [json.loads(line) for line in body.splitlines()] for key, body in bodies.items()}


def events(emulator: Emulator, count: int) -> list[dict[str, Any]]:
    """All events, once there are so many."""

    def enough() -> list[dict[str, Any]]:
        found = [event for file in captured(emulator).values() for event in file]
        return found if len(found) >= count else []

    made: list[dict[str, Any]] = wait_until(enough)
    return made


def test_what_was_captured_equals_what_was_sent_in_sagemakers_layout(running: Running) -> None:
    emulator, _, client = running
    endpoint(emulator, "Digits", config={"DataCaptureConfig": CAPTURE})
    sent = [f"{number},2\n".encode() for number in range(25)]
    for number, body in enumerate(sent):
        client.invoke_endpoint(EndpointName="digits", ContentType="text/csv", Body=body, InferenceId=f"i-{number}")
    found = events(emulator, 25)
    assert [event["captureData"]["endpointInput"]["data"].encode() for event in found] == sent
    assert [event["eventMetadata"]["inferenceId"] for event in found] == [f"i-{number}" for number in range(25)]
    first = found[0]
    assert first["captureData"]["endpointInput"] == {
        "observedContentType": "text/csv",
        "mode": "INPUT",
        "data": "0,2\n",
        "encoding": "CSV",
    }
    assert first["captureData"]["endpointOutput"] == {
        "observedContentType": "text/csv; charset=utf-8",
        "mode": "OUTPUT",
        "data": "0.5\n",
        "encoding": "CSV",
    }
    assert first["eventVersion"] == "0"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", first["eventMetadata"]["inferenceTime"])
    assert len({event["eventMetadata"]["eventId"] for event in found}) == 25
    now = datetime.now(UTC)
    hours = "|".join(f"{moment:%Y/%m/%d/%H}" for moment in (now, now - timedelta(hours=1)))
    layout = re.compile(rf"here/Digits/AllTraffic/({hours})/\d\d-\d\d-\d{{3}}-[0-9a-f-]{{36}}\.jsonl")
    assert all(layout.fullmatch(key) for key in captured(emulator))


def test_what_is_neither_csv_nor_json_is_base64_and_only_one_side_may_be_captured(running: Running) -> None:
    emulator, _, client = running
    options = {**CAPTURE, "CaptureOptions": [{"CaptureMode": "Input"}]}
    endpoint(emulator, config={"DataCaptureConfig": options})
    attributes = {"CustomAttributes": "trace=7"}
    client.invoke_endpoint(EndpointName="digits", ContentType="image/png", Body=b"\x89PNG", **attributes)
    (event,) = events(emulator, 1)
    assert event["captureData"] == {
        "endpointInput": {"observedContentType": "image/png", "mode": "INPUT", "data": "iVBORw==", "encoding": "BASE64"}
    }
    assert event["eventMetadata"]["customAttributes"] == ["trace=7"]


def test_what_is_left_is_written_when_the_emulator_stops_or_is_told_to(running: Running) -> None:
    emulator, stage, client = running
    endpoint(emulator, config={"DataCaptureConfig": CAPTURE})
    client.invoke_endpoint(EndpointName="digits", ContentType="text/csv", Body=b"1")
    stage.runtime.flush()
    assert len([event for file in captured(emulator).values() for event in file]) == 1


def test_a_share_of_the_requests_is_captured_and_the_seed_says_which() -> None:
    def run(seed: int) -> list[str]:
        servers = Servers()
        with model_server(answer) as url, hosted(servers, seed=seed) as (emulator, stage):
            servers.variants["AllTraffic"] = [url]
            s3 = emulator.client("s3")
            s3.create_bucket(Bucket="captured")
            s3.close()
            endpoint(emulator, config={"DataCaptureConfig": {**CAPTURE, "InitialSamplingPercentage": 40}})
            client = emulator.client("sagemaker-runtime")
            for number in range(50):
                client.invoke_endpoint(EndpointName="digits", ContentType="text/csv", Body=str(number).encode())
            client.close()
            stage.runtime.flush()
            found = captured(emulator)
        return [e["captureData"]["endpointInput"]["data"] for key in sorted(found) for e in found[key]]

    first = run(1)
    assert 8 <= len(first) <= 32
    assert sorted(first) == sorted(run(1))
    assert sorted(first) != sorted(run(2))


def test_nothing_is_captured_where_it_is_switched_off_or_the_model_failed(running: Running) -> None:
    emulator, stage, client = running
    endpoint(emulator, "off", config={"DataCaptureConfig": {**CAPTURE, "EnableCapture": False}})
    client.invoke_endpoint(EndpointName="off", ContentType="text/csv", Body=b"1")
    endpoint(emulator, "on", config={"DataCaptureConfig": CAPTURE})
    with pytest.raises(ClientError):
        client.invoke_endpoint(EndpointName="on", ContentType="text/csv", Body=b"break")
    stage.runtime.flush()
    assert captured(emulator) == {}


def test_invocations_are_counted_in_cloudwatch(running: Running) -> None:
    emulator, _, client = running
    endpoint(emulator, variants=[{"InitialInstanceCount": 2}])
    for _ in range(30):
        client.invoke_endpoint(EndpointName="digits", Body=b"1")
    with pytest.raises(ClientError):
        client.invoke_endpoint(EndpointName="digits", Body=b"break")
    cloudwatch = emulator.client("cloudwatch")

    def sums(name: str) -> dict[str, float]:
        now = datetime.now(UTC)
        points = cloudwatch.get_metric_statistics(
            Namespace="AWS/SageMaker",
            MetricName=name,
            Dimensions=[{"Name": "EndpointName", "Value": "digits"}, {"Name": "VariantName", "Value": "AllTraffic"}],
            StartTime=now - timedelta(minutes=5),
            EndTime=now + timedelta(minutes=1),
            Period=60,
            Statistics=["Sum", "SampleCount", "Maximum"],
        )["Datapoints"]
        return {key: sum(point[key] for point in points) for key in ("Sum", "SampleCount")}

    wait_until(lambda: sums("Invocations")["Sum"] == 31)
    assert sums("InvocationsPerInstance") == {"Sum": 15.5, "SampleCount": 31}
    assert sums("Invocation4XXErrors") == {"Sum": 1, "SampleCount": 31}
    assert sums("Invocation5XXErrors") == {"Sum": 0, "SampleCount": 31}
    assert sums("InvocationModelErrors") == {"Sum": 1, "SampleCount": 31}
    assert 31 * 100 < sums("ModelLatency")["Sum"] < 31 * 1e6
    assert 0 < sums("OverheadLatency")["Sum"] < sums("ModelLatency")["Sum"] + 31 * 1e5
    wait_until(lambda: sums("ConcurrentRequestsPerModel")["SampleCount"])
    cloudwatch.close()
