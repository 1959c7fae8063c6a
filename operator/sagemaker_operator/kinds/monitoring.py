"""DataQualityJobDefinition and MonitoringSchedule: watching what an endpoint sees."""

from sagemaker_operator.model.families import Family

from .kind import Column, Kind, Lifecycle, Reference, says

DATA_QUALITY_JOB_DEFINITION = Kind(
    family=Family("DataQualityJobDefinition", identity="JobDefinitionName"),
    short="smdqjd",
    summary="A SageMaker data quality job definition: what a monitoring schedule compares captured data with, and on what.",
    lifecycle=Lifecycle.RECORD,
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceInUse", "already exists", "must be unique"),),
    # A schedule locks its definition; SageMaker's words for it are not documented.
    busy=(says("ResourceInUse"), says("ConflictException")),
    references=(
        Reference(
            "dataQualityJobInput.endpointInput.endpointRef",
            "endpointName",
            "Endpoint",
            "endpointName",
        ),
    ),
    columns=(Column("Definition-Name", ".status.jobDefinitionName", wide=True),),
)

MONITORING_SCHEDULE = Kind(
    family=Family("MonitoringSchedule", identity="MonitoringScheduleName", status="MonitoringScheduleStatus"),
    short="smms",
    summary="A SageMaker monitoring schedule: runs a monitoring job over captured data again and again.",
    lifecycle=Lifecycle.SERVICE,
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
    references=(
        Reference(
            "monitoringScheduleConfig.jobDefinitionRef",
            "monitoringJobDefinitionName",
            "DataQualityJobDefinition",
            "jobDefinitionName",
        ),
    ),
    columns=(
        Column("Schedule", ".spec.monitoringScheduleConfig.scheduleConfig.scheduleExpression"),
        Column("Last-Run", ".status.lastMonitoringExecutionSummary.monitoringExecutionStatus"),
        Column("Schedule-Name", ".status.monitoringScheduleName", wide=True),
    ),
    event="SageMaker Monitoring Schedule State Change",
)
