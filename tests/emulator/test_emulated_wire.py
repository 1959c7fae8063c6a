"""The wire of the emulated SageMaker: raw HTTP, as clients get it wrong."""

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.emulator.asking import training_job

from sagemaker_local.emulator import Emulator

SCOPE = "AWS4-HMAC-SHA256 Credential={}/20261121/{}/{}/aws4_request, SignedHeaders=host, Signature=0"
SIGNED = SCOPE.format("123456789012", "us-east-1", "sagemaker")


class Wire:
    """One connection that says exactly what it is told to."""

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)

    def ask(
        self, body: bytes = b"{}", *, target: str = "SageMaker.ListTrainingJobs", signed: str = SIGNED
    ) -> tuple[int, Any]:
        headers = {"X-Amz-Target": target, "Authorization": signed, "Content-Type": "application/x-amz-json-1.1"}
        self._connection.request("POST", "/", body, {k: v for k, v in headers.items() if v})
        self.reply = self._connection.getresponse()
        return self.reply.status, json.loads(self.reply.read())

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def wire(sagemaker: Emulator) -> Iterator[Wire]:
    made = Wire(sagemaker.url)
    yield made
    made.close()


def test_every_answer_has_a_request_id_and_the_content_type_of_aws(wire: Wire) -> None:
    wire.ask()
    first = wire.reply.headers["x-amzn-RequestId"]
    wire.ask(target="SageMaker.Nonsense")

    assert len(first) == 36
    assert wire.reply.headers["x-amzn-RequestId"] != first
    assert wire.reply.headers["Content-Type"] == "application/x-amz-json-1.1"


def test_an_unsigned_request_is_told_so(wire: Wire) -> None:
    assert wire.ask(signed="") == (
        400,
        {"__type": "MissingAuthenticationTokenException", "message": "Request is missing Authentication Token"},
    )


@pytest.mark.parametrize(
    ("signed", "code"),
    [
        ("Bearer abc", "IncompleteSignatureException"),
        (SCOPE.format("123456789012", "us-east-1", "s3"), "InvalidSignatureException"),
    ],
)
def test_a_request_that_is_signed_otherwise_is_refused(wire: Wire, signed: str, code: str) -> None:
    status, error = wire.ask(signed=signed)

    assert (status, error["__type"]) == (400, code)


@pytest.mark.parametrize("target", ["SageMaker.Nonsense", "Other.ListTrainingJobs", ""])
def test_a_wrong_target_is_an_unknown_operation(wire: Wire, target: str) -> None:
    status, error = wire.ask(target=target)

    assert (status, error["__type"]) == (400, "UnknownOperationException")


def test_an_operation_without_behaviour_is_named_and_counted(wire: Wire, sagemaker: Emulator) -> None:
    operation = "ListModels"
    del sagemaker._core.service._handlers[operation]  # as in a later service model, which has more than this emulator

    status, error = wire.ask(target=f"SageMaker.{operation}")

    assert (status, error["__type"]) == (400, "NotEmulated")
    assert operation in error["message"]
    assert sagemaker.journal.count(operation, outcome="NotEmulated") == 1


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b"[]",
        b'"text"',
        b"null",
        b'{"MaxResults": NaN}',
        b"[" * 100_000,
        b'{"NameContains": 3}',
        b'{"MaxResults": "ten"}',
        b'{"MaxResults": true}',
        b'{"MaxResults": 1.5}',
        b'{"NameContains": {"a": "b"}}',
        b'{"NameContains": ["a"]}',
    ],
)
def test_json_that_does_not_fit_is_a_serialization_error(wire: Wire, body: bytes) -> None:
    status, error = wire.ask(body)

    assert (status, error["__type"]) == (400, "SerializationException")


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"TrainingJobName": 3}, "NUMBER_VALUE can not be converted to a String"),
        ({"EnableNetworkIsolation": "yes"}, "STRING_VALUE can not be converted to a Boolean"),
        ({"TrainingJobName": True}, "TRUE_VALUE can not be converted to a String"),
        ({"InputDataConfig": {}}, "Start of structure or map found where not expected."),
        ({"InputDataConfig": "none"}, "Expected list or null"),
        ({"ResourceConfig": []}, "Start of list found where not expected"),
    ],
)
def test_wrong_types_are_refused_in_the_words_of_aws(wire: Wire, members: dict[str, Any], text: str) -> None:
    body = json.dumps(training_job(**members)).encode()

    _, error = wire.ask(body, target="SageMaker.CreateTrainingJob")

    assert error == {"__type": "SerializationException", "message": text}


def test_an_oversized_body_is_refused_without_a_retryable_status(wire: Wire) -> None:
    status, error = wire.ask(b'{"NameContains": "' + b"x" * 5_000_000 + b'"}')

    assert (status, error["__type"]) == (413, "RequestEntityTooLargeException")


def test_unknown_members_and_nulls_are_ignored_as_aws_does(wire: Wire) -> None:
    members: dict[str, Any] = {
        "Invented": 1,
        "VpcConfig": None,
        "ResourceConfig": {**training_job()["ResourceConfig"], "New": "x"},
    }

    status, _ = wire.ask(json.dumps(training_job(**members)).encode(), target="SageMaker.CreateTrainingJob")
    _, job = wire.ask(b'{"TrainingJobName": "digits"}', target="SageMaker.DescribeTrainingJob")

    assert status == 200
    assert "New" not in job["ResourceConfig"]
    assert "VpcConfig" not in job


def test_declared_errors_spell_their_text_with_a_capital(wire: Wire) -> None:
    body = json.dumps(training_job()).encode()
    wire.ask(body, target="SageMaker.CreateTrainingJob")

    _, error = wire.ask(body, target="SageMaker.CreateTrainingJob")

    assert set(error) == {"__type", "Message"}


def test_accounts_and_regions_see_nothing_of_each_other(wire: Wire) -> None:
    body = json.dumps(training_job()).encode()
    wire.ask(body, target="SageMaker.CreateTrainingJob")
    elsewhere = SCOPE.format("123456789012", "eu-west-1", "sagemaker")
    others = SCOPE.format("222222222222", "us-east-1", "sagemaker")

    assert wire.ask(signed=elsewhere)[1] == wire.ask(signed=others)[1] == {"TrainingJobSummaries": []}
    _, made = wire.ask(body, target="SageMaker.CreateTrainingJob", signed=others)
    assert made == {"TrainingJobArn": "arn:aws:sagemaker:us-east-1:222222222222:training-job/digits"}


def test_an_access_key_of_another_form_is_the_default_account(wire: Wire) -> None:
    body = json.dumps(training_job()).encode()

    _, made = wire.ask(
        body, target="SageMaker.CreateTrainingJob", signed=SCOPE.format("AKIAEXAMPLE", "cn-north-1", "sagemaker")
    )

    assert made["TrainingJobArn"] == "arn:aws-cn:sagemaker:cn-north-1:123456789012:training-job/digits"


def test_the_runtime_api_is_refused_clearly(sagemaker: Emulator) -> None:
    runtime = sagemaker.client("sagemaker-runtime")

    with pytest.raises(runtime.exceptions.ClientError) as caught:
        runtime.invoke_endpoint(EndpointName="digits", Body=b"1,2")

    runtime.close()
    assert caught.value.response["Error"]["Code"] == "NotEmulated"


def test_a_fault_of_the_emulator_itself_shows_no_trace_and_is_not_retried(
    sagemaker: Emulator, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    sagemaker._core.service.world.store = None  # type: ignore[assignment]

    status, error = wire.ask()

    assert (status, error["__type"]) == (400, "SageMakerLocalFault")
    assert "Traceback" not in error["message"]
    assert "AttributeError" in caplog.text
    assert sagemaker.journal.count(outcome="SageMakerLocalFault") == 1
