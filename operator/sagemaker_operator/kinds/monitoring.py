"""The four job definitions and MonitoringSchedule: watching what an endpoint sees."""

from sagemaker_operator.model.families import Family

from .kind import BuiltIn, Column, Detail, Kind, Lifecycle, Reference, says
from .monitoring_definition import REFERENCES
from .monitoring_form import CONFIG, IN_EFFECT, left_to_us, spelled_out

# https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-cloudwatch.html
_MODEL_MONITOR = (
    "Amazon SageMaker Model Monitor takes no new customers since July 30, 2026; it stays for those who use it."
)
# What AWS answers to an account that is new to the service is not documented; what it says of such closures has these words.
_SHUT = tuple(
    says(code, "new customers") for code in ("ValidationException", "AccessDeniedException", "ConflictException")
)


def _definition(monitors: str, *, short: str, summary: str) -> Kind:
    """The row of one type of monitoring; the definitions differ in the names of their members."""
    job = f"{monitors[0].lower()}{monitors[1:]}"
    return Kind(
        family=Family(f"{monitors}JobDefinition", identity="JobDefinitionName"),
        short=short,
        summary=summary,
        lifecycle=Lifecycle.RECORD,
        closed=_MODEL_MONITOR,
        shut=_SHUT,
        instead="Set spec.engine of the MonitoringSchedule to Operator, which needs none of these.",
        absent=(says("ResourceNotFound"),),
        exists=(says("ResourceInUse", "already exists", "must be unique"),),
        # A schedule locks its definition; SageMaker's words for it are not documented.
        busy=(says("ResourceInUse"), says("ConflictException")),
        exactly_one=((f"{monitors}JobInput.EndpointInput", f"{monitors}JobInput.BatchTransformInput"),),
        references=(
            Reference(f"{job}JobInput.endpointInput.endpointRef", "endpointName", "Endpoint", "endpointName"),
            Reference(
                f"{job}BaselineConfig.baseliningJobRef",
                "baseliningJobName",
                "ProcessingJob",
                "processingJobName",
                holds=False,
            ),
        ),
        images=(
            BuiltIn(
                f"{job}AppSpecification.builtIn", "imageURI", "processing", ("jobResources.clusterConfig.instanceType",)
            ),
        ),
        columns=(Column("Definition-Name", ".status.jobDefinitionName", wide=True),),
    )


DATA_QUALITY_JOB_DEFINITION = _definition(
    "DataQuality",
    short="smdqjd",
    summary="A SageMaker data quality job definition: what a monitoring schedule compares captured data with, and on what.",
)
MODEL_QUALITY_JOB_DEFINITION = _definition(
    "ModelQuality",
    short="smmqjd",
    summary="A SageMaker model quality job definition: how a monitoring schedule compares predictions with ground truth.",
)
MODEL_BIAS_JOB_DEFINITION = _definition(
    "ModelBias",
    short="smmbjd",
    summary="A SageMaker model bias job definition: how a monitoring schedule measures the bias of predictions.",
)
MODEL_EXPLAINABILITY_JOB_DEFINITION = _definition(
    "ModelExplainability",
    short="smmejd",
    summary="A SageMaker model explainability job definition: how a monitoring schedule watches what predictions rest on.",
)

_INLINE = f"{CONFIG}.monitoringJobDefinition"
# What a plan tells of a schedule, whoever runs it: fields of the status, then types of conditions (`composites.monitoring`).
_TOLD = (
    *("state", "active", "activeCount", "lastScheduleTime", "lastSuccessfulTime", "nextScheduleTime", "lastMissedTime"),
    *(
        "replacing",
        "analysedUntil",
        "skipping",
        "lastResult",
        "violations",
        "baseline",
        "executions",
        "notified",
        "retraining",
    ),
    *("ViolationsFound", "NoData", "BaselineReady", "Retraining", "Notified"),
)

MONITORING_SCHEDULE = Kind(
    family=Family("MonitoringSchedule", identity="MonitoringScheduleName", status="MonitoringScheduleStatus"),
    short="smms",
    summary="A SageMaker monitoring schedule: runs a monitoring job over captured data again and again.",
    lifecycle=Lifecycle.SERVICE,
    closed=_MODEL_MONITOR,
    shut=_SHUT,
    instead=(
        "Set spec.engine to Operator, with monitoringType, schedule, source, baseline, output and roleARN: then the operator runs"
        " the schedule itself."
    ),
    absent=(says("ResourceNotFound", "Monitoring Schedule", "does not exist", "could not find"),),
    exists=(says("ResourceInUse", "already exists", "must be unique"),),
    busy=(
        says("ValidationException", "Monitoring schedule in status", "in-progress executions"),
        says("ResourceInUse"),
        says("ConflictException"),
    ),
    changing=frozenset({"Pending"}),
    ready=frozenset({"Scheduled"}),
    stopped=frozenset({"Stopped"}),
    failed=frozenset({"Failed"}),
    repairable=frozenset({"Failed"}),
    exactly_one=(
        (
            "MonitoringScheduleConfig.MonitoringJobDefinitionName",
            "MonitoringScheduleConfig.MonitoringJobDefinition",
        ),
    ),
    references=(
        *(
            Reference(
                f"{CONFIG}.{field}", "monitoringJobDefinitionName", f"{monitors}JobDefinition", "jobDefinitionName"
            )
            for monitors, field in REFERENCES.items()
        ),
        Reference(
            f"{_INLINE}.monitoringInputs[].endpointInput.endpointRef", "endpointName", "Endpoint", "endpointName"
        ),
        Reference(
            f"{_INLINE}.baselineConfig.baseliningJobRef",
            "baseliningJobName",
            "ProcessingJob",
            "processingJobName",
            holds=False,
        ),
    ),
    columns=(
        Column("Schedule", ".spec.monitoringScheduleConfig.scheduleConfig.scheduleExpression"),
        Column("Last-Run", ".status.lastMonitoringExecutionSummary.monitoringExecutionStatus"),
        Column("Schedule-Name", ".status.monitoringScheduleName", wide=True),
    ),
    event="SageMaker Monitoring Schedule State Change",
    # The list of schedules tells nothing of their executions.
    unlisted=True,
    details=(
        Detail(
            field=IN_EFFECT,
            summary="What SageMaker runs: one item.",
            operation="DescribeMonitoringSchedule",
            rows="MonitoringScheduleConfig",
            shows={
                "jobDefinitionName": "MonitoringJobDefinitionName",
                "scheduleExpression": "ScheduleConfig.ScheduleExpression",
            },
        ),
        Detail(
            field="monitoringExecutions",
            summary="The latest runs as SageMaker lists them, the newest first.",
            operation="ListMonitoringExecutions",
            rows="MonitoringExecutionSummaries",
            shows={
                "scheduledTime": "ScheduledTime",
                "monitoringExecutionStatus": "MonitoringExecutionStatus",
                "lastModifiedTime": "LastModifiedTime",
                "processingJobARN": "ProcessingJobArn",
                "failureReason": "FailureReason",
            },
            asks={"SortBy": "ScheduledTime", "SortOrder": "Descending"},
            since=("LastMonitoringExecutionSummary",),
            most=10,
        ),
    ),
    spelled_out=spelled_out,
    left_to_us=left_to_us,
    told_beside=frozenset(_TOLD),
)
