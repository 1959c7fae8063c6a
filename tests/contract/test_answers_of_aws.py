"""What the emulator says, as the operator understands it.

Both keep SageMaker's words on their own, so that neither can be bent to suit the other unseen. Every text of a family stands here
with what it must mean to the kinds that can hear it.
"""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sagemaker_local.emulator.evidence import refusals
from sagemaker_operator.aws import failures
from sagemaker_operator.errors import Absent, AWSFailure, Busy, Denied, Exists, Limited, Refused, Throttled, Unknown
from sagemaker_operator.kinds import KINDS

REFUSALS = refusals()
_FACTS = {
    "arn": "arn:aws:sagemaker:eu-west-1:123456789012:thing/x",
    "name": "x",
    "status": "InProgress",
    "schedule": "s",
    "pool": "Available",
    "variant": "v",
    "expression": "e",
}

# The operation in whose answer the text comes, and what it means there.
HEARD: Mapping[str, tuple[tuple[str, str, type[AWSFailure]], ...]] = {
    "training.MISSING": (("TrainingJob", "DescribeTrainingJob", Absent), ("TrainingJob", "StopTrainingJob", Absent)),
    "training.EXISTS": (("TrainingJob", "CreateTrainingJob", Exists),),
    "training.WRONG_STATUS": (("TrainingJob", "StopTrainingJob", Busy),),
    "training.STILL_RUNNING": (("TrainingJob", "DeleteTrainingJob", Busy),),
    "training.POOL_IN_USE": (("TrainingJob", "DeleteTrainingJob", Busy),),
    "training.STARTING": (("TrainingJob", "UpdateTrainingJob", Refused),),
    "training.NO_POOL": (("TrainingJob", "UpdateTrainingJob", Refused),),
    "training.NOT_RUNNING": (("TrainingJob", "UpdateTrainingJob", Refused),),
    "processing.MISSING": (("ProcessingJob", "DescribeProcessingJob", Absent),),
    "processing.NONE_TO_STOP": (("ProcessingJob", "StopProcessingJob", Absent),),
    "processing.EXISTS": (("ProcessingJob", "CreateProcessingJob", Exists),),
    "processing.WRONG_STATUS": (("ProcessingJob", "StopProcessingJob", Busy),),
    "processing.STILL_RUNNING": (("ProcessingJob", "DeleteProcessingJob", Busy),),
    "hosting.NO_MODEL": (
        ("Model", "DescribeModel", Absent),
        ("EndpointConfig", "CreateEndpointConfig", Refused),
    ),
    "hosting.MODEL_EXISTS": (("Model", "CreateModel", Exists),),
    "hosting.NO_CONTAINER": (("Model", "CreateModel", Refused),),
    "hosting.NO_CONFIG": (("EndpointConfig", "DescribeEndpointConfig", Absent),),
    "hosting.CONFIG_EXISTS": (("EndpointConfig", "CreateEndpointConfig", Exists),),
    "endpoints.NO_CONFIG": (
        ("Endpoint", "CreateEndpoint", Refused),
        ("Endpoint", "UpdateEndpoint", Refused),
    ),
    "endpoints.MISSING": (("Endpoint", "DescribeEndpoint", Absent), ("Endpoint", "DeleteEndpoint", Absent)),
    "endpoints.EXISTS": (("Endpoint", "CreateEndpoint", Exists),),
    "endpoints.BUSY": (("Endpoint", "UpdateEndpoint", Busy), ("Endpoint", "DeleteEndpoint", Busy)),
    "endpoints.FAILED": (("Endpoint", "UpdateEndpoint", Refused),),
    "endpoints.NO_VARIANT": (("Endpoint", "UpdateEndpointWeightsAndCapacities", Refused),),
    "monitoring.NO_ENDPOINT": (("DataQualityJobDefinition", "CreateDataQualityJobDefinition", Refused),),
    "monitoring.NO_DEFINITION": (
        ("DataQualityJobDefinition", "DescribeDataQualityJobDefinition", Absent),
        ("MonitoringSchedule", "CreateMonitoringSchedule", Refused),
        ("MonitoringSchedule", "UpdateMonitoringSchedule", Refused),
    ),
    "monitoring.DEFINITION_EXISTS": (("DataQualityJobDefinition", "CreateDataQualityJobDefinition", Exists),),
    "monitoring.DEFINITION_IN_USE": (("DataQualityJobDefinition", "DeleteDataQualityJobDefinition", Busy),),
    "monitoring.ONE_INPUT": (("DataQualityJobDefinition", "CreateDataQualityJobDefinition", Refused),),
    "monitoring.NO_SCHEDULE": (("MonitoringSchedule", "DescribeMonitoringSchedule", Absent),),
    "monitoring.SCHEDULE_EXISTS": (("MonitoringSchedule", "CreateMonitoringSchedule", Exists),),
    "monitoring.WRONG_STATUS": (("MonitoringSchedule", "DeleteMonitoringSchedule", Busy),),
    "monitoring.EXECUTING": (("MonitoringSchedule", "DeleteMonitoringSchedule", Busy),),
    "monitoring.BAD_CRON": (("MonitoringSchedule", "CreateMonitoringSchedule", Refused),),
    "monitoring.ONE_DEFINITION": (("MonitoringSchedule", "CreateMonitoringSchedule", Refused),),
}
CASES = [pytest.param(name, *heard, id=f"{name}-{heard[1]}") for name, hearings in HEARD.items() for heard in hearings]


@pytest.mark.parametrize(("name", "kind", "operation", "meaning"), CASES)
def test_the_operator_understands_what_the_emulator_says(
    name: str, kind: str, operation: str, meaning: type[AWSFailure]
) -> None:
    refusal = REFUSALS[f"families.{name}"]

    heard = KINDS[kind].read(Refused(refusal.code, refusal.text.format(**_FACTS), operation))

    assert type(heard) is meaning


def test_every_text_of_a_family_has_a_meaning_here() -> None:
    said = {name.removeprefix("families.") for name in REFUSALS if name.startswith("families.")}

    assert said == set(HEARD)


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("faults.THROTTLED", Throttled),
        ("faults.INTERNAL", Unknown),
        ("faults.DENIED", Denied),
        ("faults.EXPIRED", Denied),
        ("quotas.EXCEEDED", Limited),
        ("checks.UNTRUSTED_ROLE", Refused),
        ("checks.NO_OBJECTS", Refused),
        ("validation.INVALID", Refused),
    ],
)
def test_failures_that_no_family_owns_are_told_apart_by_code_alone(name: str, meaning: type[AWSFailure]) -> None:
    refusal = REFUSALS[name]
    reply: Any = {
        "Error": {"Code": refusal.code, "Message": refusal.text},
        "ResponseMetadata": {"HTTPStatusCode": refusal.status},
    }

    assert type(failures.read(ClientError(reply, "CreateTrainingJob"), "CreateTrainingJob")) is meaning
