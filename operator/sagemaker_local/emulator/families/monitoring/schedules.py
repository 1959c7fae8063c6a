"""Monitoring schedules: Pending whenever anything about them is changing, also while they are deleted.

What they run, and when, is in `runs`; a definition that they run is locked by them (see `definitions`).
"""

from copy import deepcopy
from typing import Final

from sagemaker_local.emulator.effects import gone
from sagemaker_local.emulator.families.monitoring import alerts, cron, executions, runs
from sagemaker_local.emulator.families.monitoring.alerts import NO_SCHEDULE
from sagemaker_local.emulator.families.monitoring.definitions import FULL_HOUR, MONITORS, NO_DEFINITION, exactly_one
from sagemaker_local.emulator.families.monitoring.work import work_of
from sagemaker_local.emulator.family import Action, Extra, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

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
NO_ANALYSIS_TIME: Final = Refusal(
    VALIDATION,
    "DataAnalysisStartTime and DataAnalysisEndTime are required if ScheduleExpression is NOW.",
    evidence=UNVERIFIED,
)
BAD_ANALYSIS_TIME: Final = Refusal(
    VALIDATION,
    "DataAnalysisStartTime and DataAnalysisEndTime must be ISO 8601 offsets, the start before the end and at most 24 hours.",
    evidence=UNVERIFIED,
)
CLOSED: Final = Refusal(
    VALIDATION,
    "Amazon SageMaker Model Monitor is no longer open to new customers.",
    evidence=UNVERIFIED,
)


def open_to_all(_: Call, world: World) -> None:
    """AWS closed Model Monitor to new customers on 2026-07-30; here, a scenario does."""
    if "MonitoringSchedule" in world.scenarios.closed():
        raise CLOSED.error()


def schedule_makes_sense(call: Call, world: World) -> None:
    """The cron form is one that Model Monitor takes, and what the schedule runs exists."""
    config = call.request["MonitoringScheduleConfig"]
    _check_times(config.get("ScheduleConfig", {}))
    name = config.get("MonitoringJobDefinitionName")
    if (name is None) == ("MonitoringJobDefinition" not in config):
        raise ONE_DEFINITION.error()
    if name is None:
        for given in config["MonitoringJobDefinition"]["MonitoringInputs"]:
            exactly_one(call.place, given, world)
        return
    monitor = MONITORS[config.get("MonitoringType", "DataQuality")]
    if world.find(call.place, monitor.kind, name) is None:
        raise NO_DEFINITION.error(arn=call.place.arn(monitor.path, name), name=name)


def _check_times(config: Json) -> None:
    """Offsets are needed for NOW; the start is at most 24 hours before the end (ScheduleConfig's documentation)."""
    expression = config.get("ScheduleExpression", cron.DAILY)
    if not cron.understood(expression):
        raise BAD_CRON.error(expression=expression)
    given = [config.get(name) for name in ("DataAnalysisStartTime", "DataAnalysisEndTime")]
    if expression == cron.NOW and None in given:
        raise NO_ANALYSIS_TIME.error()
    start, end = (cron.offset(text) if text is not None else None for text in given)
    if [start, end].count(None) != given.count(None):
        raise BAD_ANALYSIS_TIME.error()
    if start is not None and not 0 < (end or 0.0) - start <= cron.DAY:
        raise BAD_ANALYSIS_TIME.error()


def new_schedule_makes_sense(call: Call, _: Resource, world: World) -> None:
    """The same for an update."""
    schedule_makes_sense(call, world)


def not_executing(_: Call, schedule: Resource, __: World) -> None:
    """ACK: neither update nor delete while an execution is under way."""
    if executions.busy(schedule):
        raise EXECUTING.error(arn=schedule.arn)


def prepare_update(call: Call, schedule: Resource, _: World) -> None:
    """An update replaces the whole configuration once it is through; until then, nothing runs."""
    config = deepcopy(call.request["MonitoringScheduleConfig"])
    complete_config(config)
    schedule.pending = {"MonitoringScheduleConfig": config}
    runs.unplan(schedule)


def run_no_more(_: Call, schedule: Resource, __: World) -> None:
    """What runs already goes on to its end."""
    runs.unplan(schedule)


def complete(request: Json, _: Call, __: World) -> None:
    """What AWS adds to a new schedule."""
    complete_config(request["MonitoringScheduleConfig"])


def complete_config(config: Json) -> None:
    """What AWS adds to a schedule: a daily time, the type, and an hour for an inline job (cdk-real-drift#1578)."""
    config.setdefault("ScheduleConfig", {"ScheduleExpression": cron.DAILY})
    config.setdefault("MonitoringType", "DataQuality")
    inline = config.get("MonitoringJobDefinition")
    if inline is not None:
        inline.setdefault("StoppingCondition", {"MaxRuntimeInSeconds": FULL_HOUR})
        inputs = (source for sources in inline["MonitoringInputs"] for source in sources.values())
        for source in inputs:  # recorded: sagemaker-controller, scheduled_describe.json
            source.setdefault("S3InputMode", "File")
            source.setdefault("S3DataDistributionType", "FullyReplicated")


def begin(schedule: Resource, world: World, now: float) -> None:
    """A new schedule knows what it is about, and has its alert."""
    _know(schedule, world)
    alerts.open_alert(schedule, now)


def take_effect(schedule: Resource, world: World, now: float) -> None:
    """Run what was asked for last, at the new times alone."""
    schedule.spec.update(schedule.pending or {})
    schedule.pending = None
    _know(schedule, world)
    runs.renew(schedule)
    runs.plan(schedule, world, now)


def forget_update(schedule: Resource, _: World, __: float) -> None:
    """An update that failed changes nothing."""
    schedule.pending = None


def _know(schedule: Resource, world: World) -> None:
    config = schedule.spec["MonitoringScheduleConfig"]
    work = work_of(schedule, config, world)
    schedule.facts["MonitoringType"] = config["MonitoringType"]
    schedule.facts["MonitoringJobDefinitionName"] = config.get("MonitoringJobDefinitionName")
    schedule.facts["EndpointName"] = work.endpoint if work else None


SETTLED: Final = frozenset({"Scheduled", "Stopped", "Failed"})
CREATE: Final = Timeline(
    (at(0, "Pending", effect=begin), at(10, "Scheduled", effect=runs.plan)),
    failed=at(0, "Failed"),
)
UPDATE: Final = Timeline(
    (at(0, "Pending"), at(10, "Scheduled", effect=take_effect)),
    failed=at(0, "Failed", effect=forget_update),
)

MONITORING_SCHEDULE: Final = Family(
    kind="MonitoringSchedule",
    path="monitoring-schedule",
    status="MonitoringScheduleStatus",
    create=CREATE,
    missing=NO_SCHEDULE,
    exists=SCHEDULE_EXISTS,
    prepare=complete,
    checks=(open_to_all, schedule_makes_sense),
    view=executions.last,
    hears={"ProcessingJob": runs.hear},
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
            timeline=Timeline((at(0, "Pending"), at(5, "Scheduled", effect=runs.plan))),
        ),
        Action(
            operation="StopMonitoringSchedule",
            accepts=frozenset({"Scheduled"}),
            refused=WRONG_STATUS,
            apply=run_no_more,
            timeline=Timeline((at(0, "Pending"), at(5, "Stopped"))),
        ),
        Action(
            operation="DeleteMonitoringSchedule",
            accepts=SETTLED,
            refused=WRONG_STATUS,
            guards=(not_executing,),
            apply=run_no_more,
            timeline=Timeline((at(0, "Pending"), at(10, None, effect=gone))),
        ),
    ),
    extras=(
        Extra("ListMonitoringExecutions", executions.listed),
        Extra("ListMonitoringAlerts", alerts.listed),
        Extra("ListMonitoringAlertHistory", alerts.history),
        Extra("UpdateMonitoringAlert", alerts.update),
    ),
)
