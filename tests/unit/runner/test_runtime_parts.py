"""The pure parts of the runtime: how events are encoded, what is captured, what is counted."""

import os
from collections.abc import Callable, Mapping

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from sagemaker_local.emulator.neighbours import Statistics
from sagemaker_local.emulator.resource import Json, Place
from sagemaker_local.runner.capture import Exchange, Rules, event, rules
from sagemaker_local.runner.runtime import eventstream, wire
from sagemaker_local.runner.runtime.refusals import THROTTLED, TOO_LARGE, Blame, ModelError
from sagemaker_local.runner.runtime.usage import processes, spent
from sagemaker_local.runner.telemetry import Series, Telemetry

HOME = Place("123456789012", "us-east-1")


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_what_is_streamed_is_what_botocore_reads(parts: list[bytes]) -> None:
    buffer = EventStreamBuffer()
    buffer.add_data(b"".join(map(eventstream.part, parts)))
    assert [read.payload for read in buffer] == parts


def test_an_error_in_a_stream_is_an_exception_to_botocore() -> None:
    buffer = EventStreamBuffer()
    buffer.add_data(eventstream.failure("ModelStreamError", Message="gone", ErrorCode="StreamBroken"))
    told = next(buffer).to_response_dict()
    assert told["headers"][":exception-type"] == "ModelStreamError"
    assert told["status_code"] == 400
    assert told["body"] == b'{"Message": "gone", "ErrorCode": "StreamBroken"}'


def config(**members: object) -> Json:
    return {
        "InitialSamplingPercentage": 50,
        "DestinationS3Uri": "s3://bucket/prefix/",
        "CaptureOptions": [{"CaptureMode": "InputAndOutput"}],
        **members,
    }


def test_the_rules_of_capture_are_read_from_the_configuration() -> None:
    assert rules(config()) == Rules("s3://bucket/prefix", 50, frozenset({"Input", "Output"}))
    assert rules(None) is None
    assert rules(config(EnableCapture=False)) is None
    typed = rules(
        config(CaptureContentTypeHeader={"CsvContentTypes": ["Text/CSV"], "JsonContentTypes": ["application/json"]})
    )
    assert typed is not None
    assert (typed.csv, typed.json) == (frozenset({"text/csv"}), frozenset({"application/json"}))


def exchange(request: bytes, content_type: str) -> Exchange:
    return Exchange(HOME, "digits", "v", 0.0, request, content_type, b"{}", "application/json")


@pytest.mark.parametrize(
    ("body", "content_type", "data", "encoding"),
    [
        (b"1,2", "text/csv; charset=utf-8", "1,2", "CSV"),
        (b'{"a":1}', "application/json", '{"a":1}', "JSON"),
        (b"1", "text/plain", "MQ==", "BASE64"),
        (b"\xff", "text/csv", "/w==", "BASE64"),
        ("ü".encode(), "text/csv", "ü", "CSV"),
    ],
)
def test_the_content_type_says_how_data_is_kept(body: bytes, content_type: str, data: str, encoding: str) -> None:
    asked = Rules(
        "s3://b", 100, frozenset({"Input"}), csv=frozenset({"text/csv"}), json=frozenset({"application/json"})
    )
    side = event(asked, exchange(body, content_type), event_id="1")["captureData"]["endpointInput"]
    assert (side["data"], side["encoding"], side["observedContentType"]) == (data, encoding, content_type)


def test_all_operations_of_the_service_model_have_a_path() -> None:
    names = {operation.name for operation in wire.operations()}
    assert names == {"InvokeEndpoint", "InvokeEndpointAsync", "InvokeEndpointWithResponseStream"}
    operation, members = wire.understood(
        "POST", "/endpoints/a/async-invocations", {"X-Amzn-SageMaker-RequestTTLSeconds": "60"}
    )
    assert (operation.name, members) == ("InvokeEndpointAsync", {"EndpointName": "a", "RequestTTLSeconds": 60})


def test_errors_look_as_sdks_read_them() -> None:
    assert wire.error_body(THROTTLED.error()) == b'{"message": null}'
    assert "x-amzn-ErrorType" not in wire.error_headers(TOO_LARGE.error(limit=1))
    china = ModelError(Blame(Place("1", "cn-north-1"), "e", "primary"), status=400, message="no")
    assert china.log == "arn:aws-cn:logs:cn-north-1:1:log-group:/aws/sagemaker/Endpoints/e"
    assert china.members()["ErrorCode"] == "CLIENT_ERROR_FROM_MODEL"


class Cloud:
    """CloudWatch that remembers."""

    def __init__(self) -> None:
        self.data: list[list[object]] = []

    def measure(
        self,
        place: Place,
        namespace: str,
        name: str,
        *,
        dimensions: Mapping[str, str],
        unit: str,
        when: float,
        values: Statistics,
    ) -> Callable[[Statistics], None]:
        datum: list[object] = [name, dict(dimensions), unit, when, values]
        self.data.append(datum)

        def change(now: Statistics) -> None:
            datum[4] = now

        return change


def test_values_of_a_minute_are_one_datum_however_many_they_are() -> None:
    cloud, now = Cloud(), [120.0]
    telemetry = Telemetry(cloud, lambda: now[0])
    for value in range(1, 10_001):
        telemetry.put(HOME, "AWS/SageMaker", "ModelLatency", value, {"EndpointName": "e"}, "Microseconds")
    telemetry.write()
    now[0] = 170.0
    telemetry.put(HOME, "AWS/SageMaker", "ModelLatency", 0.5, {"EndpointName": "e"}, "Microseconds")
    telemetry.write()
    now[0] = 181.0
    telemetry.put(HOME, "AWS/SageMaker", "ModelLatency", 7, {"EndpointName": "e"}, "Microseconds")
    telemetry.write()
    assert cloud.data == [
        ["ModelLatency", {"EndpointName": "e"}, "Microseconds", 120, Statistics(10_001, 50_005_000.5, 0.5, 10_000)],
        ["ModelLatency", {"EndpointName": "e"}, "Microseconds", 180, Statistics(1, 7, 7, 7)],
    ]


def test_whoever_watches_a_metric_sees_what_was_put_since_it_last_looked() -> None:
    telemetry = Telemetry(Cloud(), lambda: 0.0)
    watch = telemetry.watch(Series.of(HOME, "n", "m", {"b": "2", "a": "1"}))
    assert watch.take() is None
    for value in (3, 1):
        telemetry.put(HOME, "n", "m", value, {"a": "1", "b": "2"})
    telemetry.put(HOME, "n", "m", 100, {"a": "1"})
    assert watch.take() == Statistics(2, 4, 1, 3)
    assert watch.take() is None
    watch.close()
    telemetry.put(HOME, "n", "m", 1, {"a": "1", "b": "2"})
    assert watch.take() is None


def test_what_a_server_uses_includes_its_children() -> None:
    table = {
        1: (0, (9.0, 9.0)),
        10: (1, (1.0, 100.0)),
        11: (10, (2.0, 200.0)),
        12: (11, (4.0, 400.0)),
        20: (1, (8.0, 800.0)),
    }
    assert spent((10,), table) == (7.0, 700.0)
    assert spent((20, 99), table) == (8.0, 800.0)
    mine = processes()[os.getpid()]
    assert mine[0] == os.getppid()
    assert mine[1][1] > 1e6
