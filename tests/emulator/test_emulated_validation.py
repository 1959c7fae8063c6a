"""What the emulated SageMaker says about requests that break constraints of the service model."""

import copy
import json
import time
from contextlib import suppress
from typing import Any

import pytest
from tests.emulator.asking import CLUSTER, channel, refused, training_job

from sagemaker_local.emulator import model
from sagemaker_local.emulator.refusal import ServiceError
from sagemaker_local.emulator.validation import matches, validate


def wrong(operation: str, request: dict[str, Any]) -> str:
    with pytest.raises(ServiceError) as caught:
        validate(operation, request)
    assert caught.value.code == "ValidationException"
    return caught.value.text


def test_an_enum_is_quoted_with_its_values(client: Any) -> None:
    code, text = refused(
        client.create_training_job, **training_job(ResourceConfig={**CLUSTER, "InstanceType": "ml.t9.medium"})
    )

    start = (
        "1 validation error detected: Value 'ml.t9.medium' at 'resourceConfig.instanceType' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ml."
    )
    assert (code, text[: len(start)], text[-1]) == ("ValidationException", start, "]")


def test_several_errors_are_counted_and_joined() -> None:
    request = training_job("no_underscores", RoleArn="arn:aws:iam::1:role/x-and-more")
    del request["OutputDataConfig"]

    text = wrong("CreateTrainingJob", request)

    assert text.startswith(
        "3 validation errors detected: Value null at 'outputDataConfig' failed to satisfy constraint: "
    )
    assert (
        "Member must not be null; Value 'no_underscores' at 'trainingJobName' failed to satisfy constraint: Member must "
        in text
    )
    assert (
        "satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}; Value 'arn:aws:iam::1:role/x-and-more' at "
        in text
    )


def test_items_of_lists_are_counted_from_one() -> None:
    channels = [channel("s3://bucket/train"), {**channel("s3://bucket/test", "test"), "InputMode": "Carrier"}]

    text = wrong("CreateTrainingJob", training_job(InputDataConfig=channels))

    assert "Value 'Carrier' at 'inputDataConfig.2.member.inputMode' failed" in text


@pytest.mark.parametrize(
    ("members", "complaint"),
    [
        ({"TrainingJobName": "x" * 64}, "Member must have length less than or equal to 63"),
        ({"RoleArn": "short"}, "Member must have length greater than or equal to 20"),
        (
            {"InputDataConfig": []},
            "at 'inputDataConfig' failed to satisfy constraint: Member must have length greater than",
        ),
        ({"StoppingCondition": {"MaxRuntimeInSeconds": 0}}, "Member must have value greater than or equal to 1"),
        ({"RetryStrategy": {"MaximumRetryAttempts": 31}}, "Member must have value less than or equal to 30"),
        (
            {"Environment": {"1abc": "x"}},
            "at 'environment.key' failed to satisfy constraint: Member must satisfy regular",
        ),
        (
            {"RoleArn": "arn:aws:iam::123456789012:user/sagemaker"},
            "Member must satisfy regular expression pattern: arn:aws",
        ),
        ({"Tags": [{"Key": "k" * 129, "Value": ""}]}, "at 'tags.1.member.key' failed"),
        ({"Tags": [{"Key": "k", "Value": "v" * 257}]}, "at 'tags.1.member.value' failed"),
        ({"Tags": [{"Key": str(n), "Value": ""} for n in range(51)]}, "at 'tags' failed to satisfy constraint"),
    ],
)
def test_each_constraint_has_its_sentence(members: dict[str, Any], complaint: str) -> None:
    assert complaint in wrong("CreateTrainingJob", training_job(**members))


def test_a_union_takes_exactly_one_member() -> None:
    request: dict[str, Any] = {"AutoMLProblemTypeConfig": {}}

    assert "'autoMLProblemTypeConfig' failed" in wrong("CreateAutoMLJobV2", request)


def test_patterns_describe_the_whole_text() -> None:
    assert matches("[a-z]+", "abc")
    assert not matches("[a-z]+", "abc ")
    assert matches(r"[\p{Alnum}:_-]+", "aA9")


def test_every_pattern_of_the_model_can_be_matched() -> None:
    service = model.service_model()
    patterns = {str(service.shape_for(name).metadata.get("pattern", "")) for name in service.shape_names}

    for pattern in patterns:
        matches(pattern, "text")

    assert len(patterns) > 200


def test_every_operation_can_be_validated() -> None:
    for operation in model.operation_names():
        with suppress(ServiceError):  # anything else is a shape that cannot be compiled
            validate(operation, {})


def test_a_typical_request_is_checked_in_a_fraction_of_a_millisecond() -> None:
    settings = {f"parameter-{n}": str(n) for n in range(50)}
    request = training_job(HyperParameters=settings, InputDataConfig=[channel("s3://bucket/train")])
    text = json.dumps(request)
    requests = [json.loads(text) for _ in range(300)]
    validate("CreateTrainingJob", copy.deepcopy(request))  # compiles the shapes

    began = time.process_time()
    for each in requests:
        validate("CreateTrainingJob", each)
    seconds = (time.process_time() - began) / len(requests)

    assert seconds < 0.0005
