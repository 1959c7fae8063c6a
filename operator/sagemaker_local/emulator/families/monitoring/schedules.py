"""Data quality job definitions and monitoring schedules.

A schedule is Pending whenever anything about it is changing, also while it is deleted; a definition is locked by the schedules
that use it. Not here yet: the executions themselves, and the other three kinds of definition.
"""

import re
from copy import deepcopy
from typing import Final

from sagemaker_local.emulator.checks import role_can_be_assumed
from sagemaker_local.emulator.effects import gone
from sagemaker_local.emulator.families.hosting.endpoints import MISSING as NO_ENDPOINT
from sagemaker_local.emulator.families.hosting.models import AT_ONCE, REMOVE
from sagemaker_local.emulator.family import Action, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.world import Call, World

NO_DEFINITION: Final = Refusal(
    "ResourceNotFound",
    "Monitoring Job Definition {arn} not found",
    evidence="sagemaker-controller#8 matches the first three words; the rest is unverified",
)
DEFINITION_EXISTS: Final = Refusal(
    "ResourceInUse",
    "Monitoring Job Definition {arn} already exists",
    evidence=UNVERIFIED,
)
DEFINITION_IN_USE: Final = Refusal(
    "ResourceInUse",
    "Monitoring Job Definition {arn} is in use by monitoring schedule {schedule}",
    evidence=UNVERIFIED,
)
ONE_INPUT: Final = Refusal(
    VALIDATION,
    "Exactly one of EndpointInput and BatchTransformInput must be given.",
    evidence=UNVERIFIED,
)
NO_SCHEDULE: Final = Refusal(
    "ResourceNotFound",
    "Monitoring Schedule {arn} not found",
    evidence="sagemaker-python-sdk#2708",
)
SCHEDULE_EXISTS: Final = Refusal(
    "ResourceInUse",
    "Monitoring Schedule {arn} already exists",
    evidence=UNVERIFIED,
)
WRONG_STATUS: Final = Refusal(
    VALIDATION,
    "Monitoring schedule in status {status} cannot be modified",
    evidence="amazon-sagemaker-examples#2342 up to the status; the rest is unverified",
)
EXECUTING: Final = Refusal(
    VALIDATION,
    "Monitoring schedule {arn} has in-progress executions",
    evidence="a public code base matches 'in-progress executions'; the rest is unverified",
)
BAD_CRON: Final = Refusal(
    VALIDATION,
    "Invalid schedule expression: {expression}",
    evidence=UNVERIFIED,
)
ONE_DEFINITION: Final = Refusal(
    VALIDATION,
    "Exactly one of MonitoringJobDefinition and MonitoringJobDefinitionName must be given.",
    evidence=UNVERIFIED,
)

DAILY: Final = "cron(0 5 ? * * *)"
"""When AWS runs a schedule that says nothing; it picks a time of its own, this is ours."""
_CRON: Final = re.compile(r"NOW|cron\(0 (\*|([01]?\d|2[0-3])(/(0?[1-9]|1\d|2[0-4]))?) \? \* \* \*\)")
_MONITORS: Final = {"DataQuality": ("DataQualityJobDefinition", "data-quality-job-definition")}


def one_existing_input(call: Call, world: World) -> None:
    """A definition watches one endpoint of the same account (sagemaker-python-sdk#4873), or one batch transform."""
    given = call.request["DataQualityJobInput"]
    if ("EndpointInput" in given) == ("BatchTransformInput" in given):
        raise ONE_INPUT.error()
    _need_endpoint(call.place, given.get("EndpointInput"), world)


def schedule_makes_sense(call: Call, world: World) -> None:
    """The cron form is one that Model Monitor takes, and what the schedule runs exists."""
    config = call.request["MonitoringScheduleConfig"]
    expression = config.get("ScheduleConfig", {}).get("ScheduleExpression", DAILY)
    if not _CRON.fullmatch(expression):
        raise BAD_CRON.error(expression=expression)
    name = config.get("MonitoringJobDefinitionName")
    if (name is None) == ("MonitoringJobDefinition" not in config):
        raise ONE_DEFINITION.error()
    if name is None:
        for given in config["MonitoringJobDefinition"]["MonitoringInputs"]:
            _need_endpoint(call.place, given.get("EndpointInput"), world)
        return
    kind, path = _MONITORS.get(config.get("MonitoringType", "DataQuality"), ("", "job-definition"))
    if world.find(call.place, kind, name) is None:
        raise NO_DEFINITION.error(arn=call.place.arn(path, name), name=name)


def new_schedule_makes_sense(call: Call, _: Resource, world: World) -> None:
    """The same for an update."""
    schedule_makes_sense(call, world)


def not_executing(_: Call, resource: Resource, __: World) -> None:
    """ACK: neither update nor delete while an execution is under way."""
    last = resource.facts.get("LastMonitoringExecutionSummary", {})
    if last.get("MonitoringExecutionStatus") in ("Pending", "InProgress", "Stopping"):
        raise EXECUTING.error(arn=resource.arn)


def not_scheduled(_: Call, definition: Resource, world: World) -> None:
    """A definition stays as long as a schedule runs it (comment in the SageMaker Python SDK)."""
    for schedule in world.store.of_kind(definition.place, "MonitoringSchedule").values():
        if schedule.facts.get("MonitoringJobDefinitionName") == definition.name:
            raise DEFINITION_IN_USE.error(arn=definition.arn, schedule=schedule.arn)


def prepare_update(call: Call, resource: Resource, _: World) -> None:
    """An update replaces the whole configuration once it is through."""
    config = deepcopy(call.request["MonitoringScheduleConfig"])
    complete_config(config)
    resource.pending = {"MonitoringScheduleConfig": config}


def complete(request: Json, _: Call, __: World) -> None:
    """What AWS adds to a new schedule."""
    complete_config(request["MonitoringScheduleConfig"])


def complete_config(config: Json) -> None:
    """What AWS adds to a schedule: a daily time, the type, and an hour for an inline job (cdk-real-drift#1578)."""
    config.setdefault("ScheduleConfig", {"ScheduleExpression": DAILY})
    config.setdefault("MonitoringType", "DataQuality")
    inline = config.get("MonitoringJobDefinition")
    if inline is not None:
        inline.setdefault("StoppingCondition", {"MaxRuntimeInSeconds": 3600})


def take_effect(schedule: Resource, world: World, _: float) -> None:
    """Run what was asked for last."""
    schedule.spec.update(schedule.pending or {})
    schedule.pending = None
    config = schedule.spec["MonitoringScheduleConfig"]
    schedule.facts["MonitoringType"] = config["MonitoringType"]
    schedule.facts["MonitoringJobDefinitionName"] = config.get("MonitoringJobDefinitionName")
    schedule.facts["EndpointName"] = _endpoint(schedule, config, world)


def forget_update(schedule: Resource, _: World, __: float) -> None:
    """An update that failed changes nothing."""
    schedule.pending = None


def definition_summary(definition: Resource) -> Json:
    """What lists call a definition."""
    source = definition.spec["DataQualityJobInput"].get("EndpointInput", {})
    return {
        "MonitoringJobDefinitionName": definition.name,
        "MonitoringJobDefinitionArn": definition.arn,
        # The summary's shape requires it, also for a definition that watches a batch transform.
        "EndpointName": source.get("EndpointName", ""),
    }


def _endpoint(schedule: Resource, config: Json, world: World) -> str | None:
    name: str | None
    if "MonitoringJobDefinition" in config:
        inputs = config["MonitoringJobDefinition"]["MonitoringInputs"]
        name = next((i["EndpointInput"]["EndpointName"] for i in inputs if "EndpointInput" in i), None)
        return name
    kind, _ = _MONITORS[config["MonitoringType"]]
    definition = world.find(schedule.place, kind, config["MonitoringJobDefinitionName"])
    name = definition_summary(definition)["EndpointName"] if definition else None
    return name or None


def _need_endpoint(place: Place, source: Json | None, world: World) -> None:
    name = (source or {}).get("EndpointName")
    if name is not None and world.find(place, "Endpoint", name.lower()) is None:
        raise NO_ENDPOINT.error(arn=place.arn("endpoint", name.lower()))


SETTLED: Final = frozenset({"Scheduled", "Stopped", "Failed"})
CREATE: Final = Timeline(
    (at(0, "Pending", effect=take_effect), at(10, "Scheduled")),
    failed=at(0, "Failed"),
)
UPDATE: Final = Timeline(
    (at(0, "Pending"), at(10, "Scheduled", effect=take_effect)),
    failed=at(0, "Failed", effect=forget_update),
)

DATA_QUALITY_JOB_DEFINITION: Final = Family(
    kind="DataQualityJobDefinition",
    path="data-quality-job-definition",
    create=AT_ONCE,
    missing=NO_DEFINITION,
    exists=DEFINITION_EXISTS,
    defaults=(
        ("StoppingCondition", {}),
        ("StoppingCondition.MaxRuntimeInSeconds", 3600),
        ("DataQualityJobInput.EndpointInput.S3InputMode", "File"),
        ("DataQualityJobInput.EndpointInput.S3DataDistributionType", "FullyReplicated"),
    ),
    checks=(role_can_be_assumed("RoleArn"), one_existing_input),
    view=definition_summary,
    actions=(
        Action(
            operation="DeleteDataQualityJobDefinition",
            guards=(not_scheduled,),
            timeline=REMOVE,
        ),
    ),
)

MONITORING_SCHEDULE: Final = Family(
    kind="MonitoringSchedule",
    path="monitoring-schedule",
    status="MonitoringScheduleStatus",
    create=CREATE,
    missing=NO_SCHEDULE,
    exists=SCHEDULE_EXISTS,
    prepare=complete,
    checks=(schedule_makes_sense,),
    actions=(
        Action(
            operation="UpdateMonitoringSchedule",
            accepts=SETTLED,
            refused=WRONG_STATUS,
            guards=(not_executing, new_schedule_makes_sense),
            apply=prepare_update,
            timeline=UPDATE,
        ),
        Action(
            operation="StartMonitoringSchedule",
            accepts=frozenset({"Stopped"}),
            refused=WRONG_STATUS,
            timeline=Timeline((at(0, "Pending"), at(5, "Scheduled"))),
        ),
        Action(
            operation="StopMonitoringSchedule",
            accepts=frozenset({"Scheduled"}),
            refused=WRONG_STATUS,
            timeline=Timeline((at(0, "Pending"), at(5, "Stopped"))),
        ),
        Action(
            operation="DeleteMonitoringSchedule",
            accepts=SETTLED,
            refused=WRONG_STATUS,
            guards=(not_executing,),
            timeline=Timeline((at(0, "Pending"), at(10, None, effect=gone))),
        ),
    ),
)
