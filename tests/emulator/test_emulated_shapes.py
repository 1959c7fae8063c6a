"""Every answer of the emulated SageMaker fits the service model: required members, types, enums, nothing invented."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from tests.emulator.asking import (
    CLUSTER,
    XGBOOST,
    channel,
    endpoint_config,
    job_definition,
    model,
    processing_job,
    schedule,
    training_job,
    variant,
)

from sagemaker_local.emulator import Emulator
from sagemaker_local.emulator import model as service_model
from sagemaker_local.emulator.resource import Place
from sagemaker_local.emulator.validation import complaints

HERE = Place("123456789012", "us-east-1")
# AWS itself answers an empty list where the shape wants at least one channel (ACK sets this difference aside).
KNOWN = "at 'inputDataConfig' failed to satisfy constraint: Member must have length greater than or equal to 1"

REQUESTS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "minimal": [
        ("Model", model()),
        ("EndpointConfig", endpoint_config()),
        ("Endpoint", {"EndpointName": "digits", "EndpointConfigName": "first"}),
        ("DataQualityJobDefinition", job_definition()),
        ("MonitoringSchedule", schedule()),
        ("TrainingJob", training_job()),
        ("ProcessingJob", processing_job()),
    ],
    "rich": [
        (
            "Model",
            model(EnableNetworkIsolation=True, VpcConfig={"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}),
        ),
        (
            "EndpointConfig",
            endpoint_config(
                ProductionVariants=[
                    variant(RoutingConfig={"RoutingStrategy": "RANDOM"}),
                    {
                        "VariantName": "s",
                        "ModelName": "digits",
                        "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 2},
                    },
                ],
                ShadowProductionVariants=[variant("Shadow")],
                DataCaptureConfig={
                    "InitialSamplingPercentage": 5,
                    "DestinationS3Uri": "s3://bucket/captured",
                    "CaptureOptions": [{"CaptureMode": "Input"}],
                },
                AsyncInferenceConfig={"OutputConfig": {"S3OutputPath": "s3://bucket/async"}},
            ),
        ),
        (
            "Endpoint",
            {
                "EndpointName": "digits",
                "EndpointConfigName": "first",
                "DeploymentConfig": {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]}},
            },
        ),
        ("DataQualityJobDefinition", job_definition(StoppingCondition={"MaxRuntimeInSeconds": 1800})),
        ("MonitoringSchedule", schedule(ScheduleConfig={"ScheduleExpression": "cron(0 3 ? * * *)"})),
        (
            "TrainingJob",
            training_job(
                AlgorithmSpecification={"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
                InputDataConfig=[channel("s3://bucket/train"), channel("s3://bucket/test", "test")],
                HyperParameters={"eta": "0.1"},
                ResourceConfig={**CLUSTER, "KeepAlivePeriodInSeconds": 60},
                CheckpointConfig={"S3Uri": "s3://bucket/checkpoints"},
            ),
        ),
        ("ProcessingJob", processing_job(Environment={"a": "b"}, StoppingCondition={"MaxRuntimeInSeconds": 100})),
    ],
}
IDENTITY = {"DataQualityJobDefinition": "JobDefinitionName"}


def checked(sagemaker: Emulator, operation: str, request: dict[str, Any]) -> dict[str, Any]:
    """An answer, after it was held against the output shape."""
    answer = sagemaker._core.service.call(operation, copy.deepcopy(request), HERE)
    shape = service_model.operation(operation).output_shape
    if shape is None:
        assert answer == {}
        return answer
    pruned = copy.deepcopy(answer)
    wrong = [text for text in complaints(shape.name, pruned) if KNOWN not in text]
    assert wrong == [], operation
    assert pruned == answer, f"{operation} answers members that the model does not have"
    return answer


def moments(sagemaker: Emulator) -> Iterator[int]:
    for seconds in (0, 11, 180, 60, 100, 400):
        sagemaker.clock.advance(seconds)
        yield seconds


@pytest.mark.parametrize("size", list(REQUESTS))
def test_every_answer_of_a_life_fits_the_model(sagemaker: Emulator, size: str) -> None:
    made = []
    for kind, request in REQUESTS[size]:
        checked(sagemaker, f"Create{kind}", request)
        made.append((kind, request[IDENTITY.get(kind, f"{kind}Name")]))
        if kind == "Endpoint":
            checked(sagemaker, "DescribeEndpoint", {"EndpointName": "digits"})
            sagemaker.clock.advance(240)
    for _ in moments(sagemaker):
        for kind, name in made:
            checked(sagemaker, f"Describe{kind}", {IDENTITY.get(kind, f"{kind}Name"): name})
            checked(sagemaker, f"List{kind}s", {})


def test_what_a_request_says_comes_back(sagemaker: Emulator) -> None:
    """Every member of a create request that Describe has is answered as it was given, or completed."""
    for kind, request in REQUESTS["rich"]:
        checked(sagemaker, f"Create{kind}", request)
        sagemaker.clock.advance(240 if kind == "Endpoint" else 0)
        answer = checked(sagemaker, f"Describe{kind}", {(n := IDENTITY.get(kind, f"{kind}Name")): request[n]})
        for member in set(request) & set(answer) - {"DataCaptureConfig"}:
            assert includes(answer[member], request[member]), f"{kind}.{member}"


def includes(answer: Any, given: Any) -> bool:
    if isinstance(given, dict):
        return all(name in answer and includes(answer[name], value) for name, value in given.items())
    if isinstance(given, list):
        return len(answer) == len(given) and all(map(includes, answer, given))
    return bool(answer == given)
