"""The wire of emulated SQS and EventBridge: raw HTTP, as clients get it wrong, and the control API for events."""

import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from tests.emulator.asking import training_job

from sagemaker_local.emulator import Emulator

SCOPE = "AWS4-HMAC-SHA256 Credential=123456789012/20261121/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"
SERVICES = {"AmazonSQS": "sqs", "AWSEvents": "events"}
PREFIXES = tuple(SERVICES)


class Wire:
    """One connection that says exactly what it is told to."""

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)

    def ask(self, target: str, body: bytes = b"{}", *, signed: str | None = None) -> tuple[int, Any]:
        service = SERVICES.get(target.partition(".")[0], "sqs")
        headers = {"X-Amz-Target": target, "Authorization": SCOPE.format(service) if signed is None else signed}
        self._connection.request("POST", "/", body, {k: v for k, v in headers.items() if v})
        self.reply = self._connection.getresponse()
        return self.reply.status, json.loads(self.reply.read())

    def control(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        self._connection.request(method, f"/_sagemaker-local/{path}", json.dumps(body or {}))
        reply = self._connection.getresponse()
        return reply.status, json.loads(reply.read())

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def wire(sagemaker: Emulator) -> Iterator[Wire]:
    made = Wire(sagemaker.url)
    yield made
    made.close()


def code(error: Any) -> str:
    found: str = error["__type"]
    return found.rpartition("#")[2]


@pytest.mark.parametrize(
    ("target", "content_type"),
    [("AmazonSQS.ListQueues", "application/x-amz-json-1.0"), ("AWSEvents.ListRules", "application/x-amz-json-1.1")],
)
def test_each_service_answers_in_its_own_content_type(wire: Wire, target: str, content_type: str) -> None:
    for asked in (target, "AmazonSQS.Nonsense" if "SQS" in target else "AWSEvents.Nonsense"):
        wire.ask(asked)
        assert wire.reply.headers["Content-Type"] == content_type
        assert len(wire.reply.headers["x-amzn-RequestId"]) == 36


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(
    ("signed", "expected"),
    [("", "MissingAuthenticationTokenException"), ("Bearer abc", "IncompleteSignatureException")],
)
def test_requests_that_are_not_signed_are_told_so(wire: Wire, prefix: str, signed: str, expected: str) -> None:
    status, error = wire.ask(f"{prefix}.ListQueues", signed=signed)

    assert (status, code(error)) == (400, expected)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_an_unknown_operation_is_told_apart_from_one_without_behaviour(wire: Wire, prefix: str) -> None:
    real = {"AmazonSQS": "StartMessageMoveTask", "AWSEvents": "CreateArchive"}[prefix]

    unknown, without = wire.ask(f"{prefix}.Nonsense"), wire.ask(f"{prefix}.{real}")

    assert (unknown[0], code(unknown[1])) == (400, "UnknownOperationException")
    assert (without[0], code(without[1])) == (400, "NotEmulated")
    assert real in without[1]["message"]


@pytest.mark.parametrize("target", ["AmazonSQS.SendMessage", "AWSEvents.PutRule"])
@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff\xfe", b"[]", b"null", b'{"a": NaN}', b"[" * 100_000, b'{"QueueUrl": 3, "Name": 3}',
     b'{"QueueUrl": {}, "Name": {}}', b'{"QueueUrl": ["a"], "Name": ["a"]}'],
)  # fmt: skip
def test_json_that_does_not_fit_is_a_serialization_error(wire: Wire, target: str, body: bytes) -> None:
    status, error = wire.ask(target, body)

    assert (status, code(error)) == (400, "SerializationException")


@pytest.mark.parametrize(
    ("target", "body"),
    [
        ("AmazonSQS.SendMessage", {"QueueUrl": "q", "MessageBody": "b", "DelaySeconds": "ten"}),
        ("AmazonSQS.SendMessage", {"QueueUrl": "q", "MessageBody": "b", "MessageAttributes": [1]}),
        ("AmazonSQS.SendMessage", {"QueueUrl": "q", "MessageBody": "b", "MessageAttributes": {"a": "b"}}),
        ("AmazonSQS.SendMessageBatch", {"QueueUrl": "q", "Entries": {"Id": "1"}}),
        ("AmazonSQS.ReceiveMessage", {"QueueUrl": "q", "MaxNumberOfMessages": 1.5}),
        ("AmazonSQS.CreateQueue", {"QueueName": "q", "Attributes": {"VisibilityTimeout": 30}}),
        ("AWSEvents.PutTargets", {"Rule": "r", "Targets": "t"}),
        ("AWSEvents.PutEvents", {"Entries": [{"Time": "yesterday"}]}),
        ("AWSEvents.RemoveTargets", {"Rule": "r", "Ids": [1]}),
    ],
)
def test_wrong_types_are_refused_wherever_they_are(wire: Wire, target: str, body: dict[str, Any]) -> None:
    status, error = wire.ask(target, json.dumps(body).encode())

    assert (status, code(error)) == (400, "SerializationException")


@pytest.mark.parametrize(
    ("target", "body", "expected"),
    [
        ("AmazonSQS.SendMessage", {"QueueUrl": "q"}, "MissingParameter"),
        ("AmazonSQS.SendMessageBatch", {"QueueUrl": "q", "Entries": [{"Id": "1"}]}, "MissingParameter"),
        ("AmazonSQS.ReceiveMessage", {"QueueUrl": None}, "MissingParameter"),
        ("AWSEvents.PutRule", {"EventPattern": "{}"}, "ValidationException"),
        ("AWSEvents.PutRule", {"Name": "no spaces", "EventPattern": "{}"}, "ValidationException"),
        ("AWSEvents.PutRule", {"Name": "r", "EventPattern": "{}", "State": "ON"}, "ValidationException"),
        ("AWSEvents.PutTargets", {"Rule": "r", "Targets": [{"Id": "1"}]}, "ValidationException"),
        ("AWSEvents.PutEvents", {"Entries": []}, "ValidationException"),
    ],
)
def test_missing_and_impossible_members_are_named(wire: Wire, target: str, body: dict[str, Any], expected: str) -> None:
    status, error = wire.ask(target, json.dumps(body).encode())

    assert (status, code(error)) == (400, expected)
    assert error["message"]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_an_oversized_body_is_refused_without_a_retryable_status(wire: Wire, prefix: str) -> None:
    operation = {"AmazonSQS": "SendMessage", "AWSEvents": "PutEvents"}[prefix]

    status, error = wire.ask(f"{prefix}.{operation}", b'{"MessageBody": "' + b"x" * 5_000_000 + b'"}')

    assert (status, code(error)) == (413, "RequestEntityTooLargeException")


def test_queue_errors_name_the_code_that_sdks_go_by(wire: Wire) -> None:
    _, error = wire.ask("AmazonSQS.PurgeQueue", b'{"QueueUrl": "none"}')

    assert error["__type"] == "com.amazonaws.sqs#QueueDoesNotExist"
    assert wire.reply.headers["x-amzn-query-error"] == "AWS.SimpleQueueService.NonExistentQueue;Sender"


def test_the_older_protocol_of_sqs_is_refused_by_name(wire: Wire, sagemaker: Emulator) -> None:
    status, error = wire.ask("", b"Action=ListQueues&Version=2012-11-05")

    assert (status, code(error)) == (400, "NotEmulated")
    assert "X-Amz-Target: AmazonSQS." in error["message"]


def test_texts_that_are_no_unicode_are_refused(wire: Wire) -> None:
    wire.ask("AmazonSQS.CreateQueue", b'{"QueueName": "news"}')
    body = {"QueueUrl": "http://127.0.0.1/123456789012/news", "MessageBody": "x"}
    attributes = {"a": {"DataType": "String", "StringValue": "\ud800"}}

    answers = [
        wire.ask("AmazonSQS.SendMessage", json.dumps({**body, "MessageBody": "\ud800"}).encode()),
        wire.ask("AmazonSQS.SendMessage", json.dumps({**body, "MessageAttributes": attributes}).encode()),
        wire.ask(
            "AmazonSQS.SendMessage",
            json.dumps({**body, "MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": "%"}}}).encode(),
        ),
    ]

    assert [(status, code(error)) for status, error in answers] == [
        (400, "InvalidMessageContents"), (400, "InvalidParameterValue"), (400, "InvalidParameterValue"),
    ]  # fmt: skip


def test_events_with_any_text_are_delivered(wire: Wire) -> None:
    wire.ask("AmazonSQS.CreateQueue", b'{"QueueName": "news"}')
    wire.ask("AWSEvents.PutRule", json.dumps({"Name": "r", "EventPattern": '{"source":["mine"]}'}).encode())
    target = {"Id": "q", "Arn": "arn:aws:sqs:us-east-1:123456789012:news"}
    wire.ask("AWSEvents.PutTargets", json.dumps({"Rule": "r", "Targets": [target]}).encode())
    entry = {"Source": "mine", "DetailType": "Thing", "Detail": '{"text": "\\ud800 \\u00fc"}'}

    status, answer = wire.ask("AWSEvents.PutEvents", json.dumps({"Entries": [entry]}).encode())
    _, received = wire.ask("AmazonSQS.ReceiveMessage", b'{"QueueUrl": "http://127.0.0.1/123456789012/news"}')

    assert (status, answer["FailedEntryCount"]) == (200, 0)
    assert json.loads(received["Messages"][0]["Body"])["detail"]["text"] == "? ü"


def test_a_message_does_not_go_to_a_reader_who_left(wire: Wire, sagemaker: Emulator) -> None:
    wire.ask("AmazonSQS.CreateQueue", b'{"QueueName": "news"}')
    url = "http://127.0.0.1/123456789012/news"
    body = json.dumps({"QueueUrl": url, "WaitTimeSeconds": 20}).encode()
    host, port = sagemaker.url.removeprefix("http://").split(":")
    head = (
        f"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AmazonSQS.ReceiveMessage\r\nAuthorization: {SCOPE.format('sqs')}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as leaving:
        leaving.sendall(head.encode() + body)
        wire.ask("AmazonSQS.ListQueues")

    wire.ask("AmazonSQS.SendMessage", json.dumps({"QueueUrl": url, "MessageBody": "mine"}).encode())
    _, received = wire.ask("AmazonSQS.ReceiveMessage", json.dumps({"QueueUrl": url, "WaitTimeSeconds": 2}).encode())

    assert [message["Body"] for message in received["Messages"]] == ["mine"]


def test_the_control_api_sets_and_shows_how_events_are_delivered(wire: Wire, sagemaker: Emulator) -> None:
    answer = wire.control("POST", "events", {"lose": 0.5, "reorder": 3, "check_queue_policies": True})
    status, shown = wire.control("GET", "events")

    assert answer == (200, {"ok": True})
    assert status == 200
    assert shown == {
        "duplicate": 0.0, "lose": 0.5, "reorder": 3, "delay": 0.0, "check_queue_policies": True,
        "counts": {"made": 0, "delivered": 0, "lost": 0, "undeliverable": 0, "dropped": 0},
    }  # fmt: skip
    assert wire.control("DELETE", "events") == (200, {"ok": True})
    assert sagemaker.events.as_json()["lose"] == 0


@pytest.mark.parametrize(
    ("body", "named"),
    [({"loose": 1}, "loose"), ({"lose": 2}, "probability"), ({"reorder": "x"}, "reorder"), ({"delay": -1}, "seconds")],
)
def test_a_control_call_with_a_typo_is_refused(wire: Wire, body: dict[str, Any], named: str) -> None:
    status, answer = wire.control("POST", "events", body)

    assert status == 400
    assert named in answer["error"]


def test_requests_for_queues_and_rules_load_no_other_emulator(wire: Wire, sagemaker: Emulator, client: Any) -> None:
    wire.ask("AmazonSQS.CreateQueue", b'{"QueueName": "news"}')
    wire.ask("AWSEvents.PutRule", json.dumps({"Name": "r", "EventPattern": '{"source":["aws.sagemaker"]}'}).encode())
    client.create_training_job(**training_job())

    assert not sagemaker._core.moto.loaded
