"""What the emulator says, as the operator understands it.

Both keep SageMaker's words on their own, so that neither can be bent to suit the other unseen. Every text of a family stands here
with what it must mean to the kinds that can hear it.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sagemaker_local.emulator import families
from sagemaker_local.emulator.evidence import refusals
from sagemaker_local.emulator.family import Family
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
    "jobs.training.MISSING": (
        ("TrainingJob", "DescribeTrainingJob", Absent),
        ("TrainingJob", "StopTrainingJob", Absent),
    ),
    "jobs.training.EXISTS": (("TrainingJob", "CreateTrainingJob", Exists),),
    "jobs.training.WRONG_STATUS": (("TrainingJob", "StopTrainingJob", Busy),),
    "jobs.training.STILL_RUNNING": (("TrainingJob", "DeleteTrainingJob", Busy),),
    "jobs.training.POOL_IN_USE": (("TrainingJob", "DeleteTrainingJob", Busy),),
    "jobs.training.STARTING": (("TrainingJob", "UpdateTrainingJob", Refused),),
    "jobs.training.NO_POOL": (("TrainingJob", "UpdateTrainingJob", Refused),),
    "jobs.training.NOT_RUNNING": (("TrainingJob", "UpdateTrainingJob", Refused),),
    "jobs.processing.MISSING": (("ProcessingJob", "DescribeProcessingJob", Absent),),
    "jobs.processing.NONE_TO_STOP": (("ProcessingJob", "StopProcessingJob", Absent),),
    "jobs.processing.EXISTS": (("ProcessingJob", "CreateProcessingJob", Exists),),
    "jobs.processing.WRONG_STATUS": (("ProcessingJob", "StopProcessingJob", Busy),),
    "jobs.processing.STILL_RUNNING": (("ProcessingJob", "DeleteProcessingJob", Busy),),
    "hosting.models.NO_MODEL": (
        ("Model", "DescribeModel", Absent),
        ("EndpointConfig", "CreateEndpointConfig", Refused),
    ),
    "hosting.models.MODEL_EXISTS": (("Model", "CreateModel", Exists),),
    "hosting.models.NO_CONTAINER": (("Model", "CreateModel", Refused),),
    "hosting.models.NO_CONFIG": (("EndpointConfig", "DescribeEndpointConfig", Absent),),
    "hosting.models.NOT_FOR_MODELS": (("EndpointConfig", "CreateEndpointConfig", Refused),),
    "hosting.models.CONFIG_EXISTS": (("EndpointConfig", "CreateEndpointConfig", Exists),),
    "hosting.endpoints.NO_CONFIG": (
        ("Endpoint", "CreateEndpoint", Refused),
        ("Endpoint", "UpdateEndpoint", Refused),
    ),
    "hosting.endpoints.MISSING": (("Endpoint", "DescribeEndpoint", Absent), ("Endpoint", "DeleteEndpoint", Absent)),
    "hosting.endpoints.EXISTS": (("Endpoint", "CreateEndpoint", Exists),),
    "hosting.endpoints.BUSY": (("Endpoint", "UpdateEndpoint", Busy), ("Endpoint", "DeleteEndpoint", Busy)),
    "hosting.endpoints.FAILED": (("Endpoint", "UpdateEndpoint", Refused),),
    "hosting.endpoints.NO_VARIANT": (("Endpoint", "UpdateEndpointWeightsAndCapacities", Refused),),
    "monitoring.definitions.NO_ENDPOINT": (("DataQualityJobDefinition", "CreateDataQualityJobDefinition", Refused),),
    "monitoring.definitions.NO_DEFINITION": (("DataQualityJobDefinition", "DescribeDataQualityJobDefinition", Absent),),
    "monitoring.definitions.DEFINITION_EXISTS": (
        ("DataQualityJobDefinition", "CreateDataQualityJobDefinition", Exists),
    ),
    "monitoring.definitions.DEFINITION_IN_USE": (("DataQualityJobDefinition", "DeleteDataQualityJobDefinition", Busy),),
    "monitoring.definitions.ONE_INPUT": (("DataQualityJobDefinition", "CreateDataQualityJobDefinition", Refused),),
    "monitoring.schedules.NO_DEFINITION": (
        ("MonitoringSchedule", "CreateMonitoringSchedule", Refused),
        ("MonitoringSchedule", "UpdateMonitoringSchedule", Refused),
    ),
    "monitoring.schedules.NO_SCHEDULE": (("MonitoringSchedule", "DescribeMonitoringSchedule", Absent),),
    "monitoring.schedules.SCHEDULE_EXISTS": (("MonitoringSchedule", "CreateMonitoringSchedule", Exists),),
    "monitoring.schedules.WRONG_STATUS": (("MonitoringSchedule", "DeleteMonitoringSchedule", Busy),),
    "monitoring.schedules.EXECUTING": (("MonitoringSchedule", "DeleteMonitoringSchedule", Busy),),
    "monitoring.schedules.BAD_CRON": (("MonitoringSchedule", "CreateMonitoringSchedule", Refused),),
    "monitoring.schedules.ONE_DEFINITION": (("MonitoringSchedule", "CreateMonitoringSchedule", Refused),),
    "monitoring.schedules.NO_ANALYSIS_TIME": (("MonitoringSchedule", "CreateMonitoringSchedule", Refused),),
    "monitoring.schedules.BAD_ANALYSIS_TIME": (("MonitoringSchedule", "CreateMonitoringSchedule", Refused),),
    "monitoring.schedules.CLOSED": (("MonitoringSchedule", "CreateMonitoringSchedule", Refused),),
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
    modules = {f"{room}." for room in _rooms_of(set(KINDS))}

    assert {name for name in said if name.startswith(tuple(modules))} == set(HEARD)


def _rooms_of(kinds: set[str]) -> set[str]:
    """The modules of the emulator that hold the families which the operator has as kinds."""
    rooms = set()
    for info in walk_packages(families.__path__, f"{families.__name__}."):
        module = import_module(info.name)
        if not info.ispkg and any(isinstance(row, Family) and row.kind in kinds for row in vars(module).values()):
            rooms.add(info.name.removeprefix(f"{families.__name__}."))
    return rooms


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
