"""What SageMaker is known to answer about monitoring schedules and the four kinds of job definitions."""

from typing import Any, Final

from tests.emulator.asking import IMAGE, ROLE, arn, job_definition, schedule
from tests.emulator.known_answers import Do, Refused, Shown, asked, waited
from tests.emulator.known_hosting_answers import serving
from tests.emulator.monitoring_requests import TYPES, captured, definition_of, executions, hour_of, monitored

VALIDATION: Final = "ValidationException"
HOURLY: Final = {"MonitoringScheduleName": "hourly"}
ARN: Final = arn("monitoring-schedule/hourly")
PATHS: Final = {
    "DataQuality": "data-quality",
    "ModelQuality": "model-quality",
    "ModelBias": "model-bias",
    "ModelExplainability": "model-explainability",
}

defined: Final = (*serving, asked("CreateDataQualityJobDefinition", **job_definition()))
pending: Final = (*defined, asked("CreateMonitoringSchedule", **schedule()))
scheduled: Final = (*pending, waited(10))


def _until_the_hour(sagemaker: Any, client: Any) -> None:
    """Seventy seconds before an hour begins, with captured data of this one."""
    monitored(sagemaker, client)
    s3 = sagemaker.client("s3")
    s3.create_bucket(Bucket="bucket")
    key = f"captured/digits/AllTraffic/{hour_of(sagemaker.clock.now())}/a.jsonl"
    s3.put_object(Bucket="bucket", Key=key, Body=captured(["1,2"]))
    s3.close()


def _until_it_executes(sagemaker: Any, client: Any) -> None:
    while not executions(client):
        sagemaker.clock.advance(60)


executing: Final = (_until_the_hour, asked("CreateMonitoringSchedule", **schedule()), _until_it_executes)
CHANGES: Final = (("UpdateMonitoringSchedule", schedule()), ("DeleteMonitoringSchedule", HOURLY))


def _expression(case: str, text: str, **times: str) -> Refused:
    request = schedule(ScheduleConfig={"ScheduleExpression": text, **times})
    return Refused(case, "CreateMonitoringSchedule", request, VALIDATION, "…", given=defined)


def _in_use(kind: str) -> Refused:
    given: tuple[Do, ...] = (
        *serving,
        asked(f"Create{kind}JobDefinition", **definition_of(kind)),
        asked("CreateMonitoringSchedule", **schedule(MonitoringType=kind)),
        waited(10),
    )
    operation = f"Delete{kind}JobDefinition"
    return Refused(
        f"{operation}-its-schedule-exists",
        operation,
        {"JobDefinitionName": "quality"},
        "ResourceInUse",
        "…",
        given=given,
    )


REFUSED: Final = (
    *(
        Refused(f"{operation}-missing", operation, request, "ResourceNotFound", f"Monitoring Schedule {ARN} not found")
        for operation, request in (
            ("DescribeMonitoringSchedule", HOURLY),
            ("DeleteMonitoringSchedule", HOURLY),
            ("StartMonitoringSchedule", HOURLY),
            ("StopMonitoringSchedule", HOURLY),
        )
    ),
    Refused(
        "UpdateMonitoringSchedule-missing",
        "UpdateMonitoringSchedule",
        schedule(),
        "ResourceNotFound",
        f"Monitoring Schedule {ARN} not found",
        given=defined,
    ),
    *(
        Refused(
            f"{operation}-while-Pending",
            operation,
            request,
            VALIDATION,
            "Monitoring schedule in status Pending …",
            given=pending,
        )
        for operation, request in CHANGES
    ),
    *(
        Refused(
            f"{operation}-while-it-executes",
            operation,
            request,
            VALIDATION,
            "…in-progress executions…",
            given=executing,
        )
        for operation, request in CHANGES
    ),
    Refused("StartMonitoringSchedule-that-runs", "StartMonitoringSchedule", HOURLY, VALIDATION, "…", given=scheduled),
    Refused(
        "StopMonitoringSchedule-that-stands-still",
        "StopMonitoringSchedule",
        HOURLY,
        VALIDATION,
        "…",
        given=(*scheduled, asked("StopMonitoringSchedule", **HOURLY), waited(10)),
    ),
    Refused(
        "CreateMonitoringSchedule-the-name-is-taken",
        "CreateMonitoringSchedule",
        schedule(),
        "ResourceInUse",
        "…",
        given=scheduled,
    ),
    Refused(
        "CreateMonitoringSchedule-no-such-definition",
        "CreateMonitoringSchedule",
        schedule(),
        "ResourceNotFound",
        "Monitoring Job Definition …",
    ),
    *(
        Refused(
            f"Describe{kind}JobDefinition-missing",
            f"Describe{kind}JobDefinition",
            {"JobDefinitionName": "quality"},
            "ResourceNotFound",
            f"Monitoring Job Definition {arn(f'{PATHS[kind]}-job-definition/quality')}…",
        )
        for kind in TYPES
    ),
    *(
        Refused(
            f"Delete{kind}JobDefinition-missing",
            f"Delete{kind}JobDefinition",
            {"JobDefinitionName": "quality"},
            "ResourceNotFound",
            "Monitoring Job Definition …",
        )
        for kind in TYPES
    ),
    *(
        Refused(
            f"Create{kind}JobDefinition-the-name-is-taken",
            f"Create{kind}JobDefinition",
            definition_of(kind),
            "ResourceInUse",
            "…",
            given=(*serving, asked(f"Create{kind}JobDefinition", **definition_of(kind))),
        )
        for kind in TYPES
    ),
    *(_in_use(kind) for kind in TYPES),
    Refused(
        "CreateDataQualityJobDefinition-the-endpoint-is-of-another-account",
        "CreateDataQualityJobDefinition",
        job_definition(endpoint="elsewhere"),
        VALIDATION,
        f'Could not find endpoint "{arn("endpoint/elsewhere")}".',
    ),
    Refused(
        "CreateDataQualityJobDefinition-neither-endpoint-nor-batch",
        "CreateDataQualityJobDefinition",
        job_definition(DataQualityJobInput={}),
        VALIDATION,
        "…",
    ),
    Refused(
        "CreateMonitoringSchedule-a-name-of-64-letters",
        "CreateMonitoringSchedule",
        schedule("a" * 64),
        VALIDATION,
        "2 validation errors detected: Value '…' at 'monitoringScheduleName' failed to satisfy constraint: Member must have "
        "length less than or equal to 63; Value …",
    ),
    _expression("CreateMonitoringSchedule-the-prefix-of-the-documentation", "Hourly: cron(0 * ? * * *)"),
    _expression("CreateMonitoringSchedule-not-at-the-full-hour", "cron(5 * ? * * *)"),
    _expression("CreateMonitoringSchedule-at-24-o-clock", "cron(0 24 ? * * *)"),
    _expression("CreateMonitoringSchedule-every-25-hours", "cron(0 0/25 ? * * *)"),
    _expression("CreateMonitoringSchedule-on-a-weekday", "cron(0 12 ? * MON *)"),
    _expression("CreateMonitoringSchedule-on-a-day-of-the-month", "cron(0 12 1 * ? *)"),
    _expression("CreateMonitoringSchedule-at-a-rate", "rate(1 hour)"),
    _expression("CreateMonitoringSchedule-now-but-of-when", "NOW"),
    _expression(
        "CreateMonitoringSchedule-now-of-more-than-a-day",
        "NOW",
        DataAnalysisStartTime="-PT30H",
        DataAnalysisEndTime="-PT0H",
    ),
    _expression(
        "CreateMonitoringSchedule-now-backwards", "NOW", DataAnalysisStartTime="-PT0H", DataAnalysisEndTime="-PT5H"
    ),
)

PARTS: Final = job_definition()
INLINE: Final = {
    "MonitoringInputs": [PARTS["DataQualityJobInput"]],
    "MonitoringOutputConfig": PARTS["DataQualityJobOutputConfig"],
    "MonitoringResources": PARTS["JobResources"],
    "MonitoringAppSpecification": {"ImageUri": IMAGE},
    "RoleArn": ROLE,
}
inline: Final = (
    *serving,
    asked(
        "CreateMonitoringSchedule",
        MonitoringScheduleName="hourly",
        MonitoringScheduleConfig={"MonitoringJobDefinition": INLINE},
    ),
)


def _schedule(case: str, path: str, value: Any, *given: Do) -> Shown:
    return Shown(f"MonitoringSchedule-{case}", "DescribeMonitoringSchedule", HOURLY, path, value, given=given)


def _taken_on(text: str, **times: str) -> Shown:
    config = {"ScheduleExpression": text, **times}
    made = asked("CreateMonitoringSchedule", **schedule(ScheduleConfig=config))
    path = "MonitoringScheduleConfig.ScheduleConfig.ScheduleExpression"
    return _schedule(text, path, text, *defined, made)


SHOWN: Final = (
    _schedule("an-inline-definition-gets-its-type", "MonitoringType", "DataQuality", *inline),
    _schedule(
        "an-inline-definition-gets-an-hour",
        "MonitoringScheduleConfig.MonitoringJobDefinition.StoppingCondition.MaxRuntimeInSeconds",
        3600,
        *inline,
    ),
    _schedule(
        "aws-picks-a-time-of-the-day",
        "MonitoringScheduleConfig.ScheduleConfig.ScheduleExpression",
        "cron(0 … ? * * *)",
        *inline,
    ),
    _schedule("is-Pending-while-it-is-created", "MonitoringScheduleStatus", "Pending", *pending),
    _schedule("is-Scheduled-then", "MonitoringScheduleStatus", "Scheduled", *scheduled),
    _schedule(
        "is-Pending-while-it-is-updated",
        "MonitoringScheduleStatus",
        "Pending",
        *scheduled,
        asked("UpdateMonitoringSchedule", **schedule()),
    ),
    _schedule(
        "is-Pending-while-it-is-deleted",
        "MonitoringScheduleStatus",
        "Pending",
        *scheduled,
        asked("DeleteMonitoringSchedule", **HOURLY),
    ),
    _schedule(
        "is-Stopped",
        "MonitoringScheduleStatus",
        "Stopped",
        *scheduled,
        asked("StopMonitoringSchedule", **HOURLY),
        waited(10),
    ),
    _schedule("says-what-it-executes", "LastMonitoringExecutionSummary.MonitoringExecutionStatus", str, *executing),
    _taken_on("cron(0 * ? * * *)"),
    _taken_on("cron(0 12 ? * * *)"),
    _taken_on("cron(0 17/12 ? * * *)"),
    _taken_on("cron(0 0/2 ? * * *)"),
    _taken_on("NOW", DataAnalysisStartTime="-PT5H", DataAnalysisEndTime="-PT0H"),
)
