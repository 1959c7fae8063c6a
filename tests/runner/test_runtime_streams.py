"""InvokeEndpointWithResponseStream, and what sagemaker-runtime does not have."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError, EventStreamError
from tests.runner.runtime_stage import (
    QuietHandler,
    Servers,
    Stage,
    endpoint,
    hosted,
    listening,
    model_server,
    wait_until,
)

from sagemaker_local.emulator import Emulator
from sagemaker_local.runner.runtime import invoking


@contextmanager
def streaming_server(parts: list[bytes], *, gate: threading.Event | None = None, breaks: bool = False) -> Iterator[str]:
    """A model server that sends each part by itself; after the first it waits for the gate, or breaks off."""

    class Handler(QuietHandler):
        def do_POST(self) -> None:  # noqa: N802 the name that http.server calls
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for number, part in enumerate(parts):
                self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
                if number == 0 and gate is not None:
                    gate.wait(10)
                if number == 0 and breaks:
                    self.close_connection = True
                    return
            self.wfile.write(b"0\r\n\r\n")

    with listening(Handler) as url:
        yield url


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Emulator, Stage]]:
    with hosted(Servers()) as (emulator, stage):
        endpoint(emulator)
        yield emulator, stage


@pytest.fixture
def client(running: tuple[Emulator, Stage]) -> Iterator[Any]:
    made = running[0].client("sagemaker-runtime")
    yield made
    made.close()


@contextmanager
def stream(client: Any) -> Iterator[Any]:
    answer = client.invoke_endpoint_with_response_stream(EndpointName="digits", ContentType="text/plain", Body=b"go")
    with closing(answer["Body"]):
        yield answer


def test_parts_come_as_soon_as_the_model_has_them(running: tuple[Emulator, Stage], client: Any) -> None:
    gate = threading.Event()
    with streaming_server([b"one ", b"two"], gate=gate) as url:
        running[1].servers.variants["AllTraffic"] = [url]
        with stream(client) as answer:
            assert (answer["ContentType"], answer["InvokedProductionVariant"]) == ("text/plain", "AllTraffic")
            events = iter(answer["Body"])
            assert next(events)["PayloadPart"]["Bytes"] == b"one "
            gate.set()
            assert b"".join(event["PayloadPart"]["Bytes"] for event in events) == b"two"
    assert running[1].servers.in_flight == 0


def test_what_was_streamed_is_captured_as_a_whole(running: tuple[Emulator, Stage], client: Any) -> None:
    emulator, stage = running
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="captured")
    capture = {
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": "s3://captured/here",
        "CaptureOptions": [{"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {"CsvContentTypes": ["text/plain"]},
    }
    endpoint(emulator, "kept", config={"DataCaptureConfig": capture})
    with streaming_server([b"one ", b"two"]) as url:
        stage.servers.variants["AllTraffic"] = [url]
        answer = client.invoke_endpoint_with_response_stream(EndpointName="kept", Body=b"go")
        with closing(answer["Body"]) as body:
            list(body)
    stage.runtime.flush()
    (kept,) = s3.list_objects_v2(Bucket="captured")["Contents"]
    event = json.loads(s3.get_object(Bucket="captured", Key=kept["Key"])["Body"].read())
    s3.close()
    assert event["captureData"]["endpointOutput"]["data"] == "one two"


def test_a_model_that_breaks_off_ends_the_stream_with_an_error(running: tuple[Emulator, Stage], client: Any) -> None:
    with streaming_server([b"one ", b"two"], breaks=True) as url:
        running[1].servers.variants["AllTraffic"] = [url]
        with stream(client) as answer:
            events = iter(answer["Body"])
            assert next(events)["PayloadPart"]["Bytes"] == b"one "
            with pytest.raises(EventStreamError) as caught:
                next(events)
    assert caught.value.response["Error"]["Code"] == "ModelStreamError"


def test_a_model_that_does_not_end_its_stream_in_time_is_told_so(
    running: tuple[Emulator, Stage], client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invoking, "STREAMED_SECONDS", 0.3)
    gate = threading.Event()
    with streaming_server([b"one ", b"two"], gate=gate) as url:
        running[1].servers.variants["AllTraffic"] = [url]
        with stream(client) as answer, pytest.raises(EventStreamError) as caught:
            list(answer["Body"])
        gate.set()
    assert caught.value.response["Error"]["Code"] == "ModelStreamError"
    told = "Your model primary did not complete sending the inference response in the allotted time."
    assert caught.value.response["Error"]["Message"] == told


def test_a_caller_that_leaves_in_the_middle_of_a_stream_is_no_fault(
    running: tuple[Emulator, Stage], client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    gate = threading.Event()
    with streaming_server([b"one "] + [b"x" * 60_000] * 400, gate=gate) as url:
        running[1].servers.variants["AllTraffic"] = [url]
        with stream(client) as answer:
            next(iter(answer["Body"]))
        gate.set()
        wait_until(lambda: running[1].servers.in_flight == 0)
        wait_until(lambda: running[0].journal.count("InvokeEndpointWithResponseStream", outcome="lost"))
    assert caplog.text == ""


def test_an_error_before_the_first_part_is_answered_as_of_invoke_endpoint(
    running: tuple[Emulator, Stage], client: Any
) -> None:
    with model_server(lambda _: (500, {}, b"broken")) as url:
        running[1].servers.variants["AllTraffic"] = [url]
        with pytest.raises(ClientError) as caught, stream(client):
            pass
    assert caught.value.response["Error"]["Code"] == "ModelError"


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("POST", "/endpoints/digits/invocations-bidirectional-stream", "NotEmulated"),
        ("POST", "/endpoints/digits/elsewhere", "UnknownOperationException"),
        ("GET", "/endpoints/digits/invocations", "UnknownOperationException"),
    ],
)
def test_what_there_is_not_is_refused_by_name(
    running: tuple[Emulator, Stage], method: str, path: str, code: str
) -> None:
    connection = http.client.HTTPConnection(urlsplit(running[0].url).netloc, timeout=10)
    scope = "Credential=123456789012/20260101/us-east-1/sagemaker/aws4_request"
    connection.request(
        method, path, b"", {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"}
    )
    answer = connection.getresponse()
    assert answer.headers["x-amzn-ErrorType"] == code
    answer.read()
    connection.close()
