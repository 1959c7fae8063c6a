"""Pipeline and PipelineExecution: steps of machine learning that run one after the other, and their runs."""

from sagemaker_operator.model.families import Family

from .kind import Column, Detail, Kind, Lifecycle, Reference, Source, says
from .running import Running

PIPELINE = Kind(
    family=Family("Pipeline", identity="PipelineName", status="PipelineStatus"),
    short="smpipe",
    summary="A SageMaker pipeline: a definition of steps that an execution runs; each change makes a version of it.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ResourceNotFound", "does not exist"),),
    exists=(says("ValidationException", "already exists", "must be unique"),),
    # A pipeline whose executions run cannot be deleted.
    busy=(says("ConflictException"),),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"Active"}),
    documents=frozenset({"PipelineDefinition"}),
    exactly_one=(("PipelineDefinition", "PipelineDefinitionS3Location"),),
    sparse=True,
    # UpdatePipeline's documentation: aliases can be given only when the definition changes.
    goes_with={"PipelineVersionAliases": ("PipelineDefinition",)},
    sources=(Source("pipelineDefinitionFrom", "pipelineDefinition"),),
    columns=(
        Column("Last-Run", ".status.lastRunTime", "date"),
        Column("Pipeline-Name", ".status.pipelineName", wide=True),
    ),
    naming_limit=256,
)

PIPELINE_EXECUTION = Kind(
    # SageMaker chooses the ARN; the token keeps a repeated start from being two.
    family=Family(
        "PipelineExecution",
        identity="PipelineExecutionDisplayName",
        status="PipelineExecutionStatus",
        verbs={"create": "StartPipelineExecution", "start": ""},
    ),
    short="smpx",
    summary="One run of a SageMaker pipeline, with parameters of its own.",
    lifecycle=Lifecycle.JOB,
    run=Running(),
    absent=(says("ResourceNotFound", "does not exist"),),
    exists=(says("ConflictException", "already exists"),),
    busy=(says("ConflictException"),),
    changing=frozenset({"Executing"}),
    stopping=frozenset({"Stopping"}),
    ready=frozenset({"Succeeded"}),
    stopped=frozenset({"Stopped"}),
    failed=frozenset({"Failed", "CompletedWithFailures"}),
    references=(
        # A pipeline takes its executions along when it is deleted.
        Reference("pipelineRef", "pipelineName", "Pipeline", "pipelineName", holds=False),
        Reference(
            "selectiveExecutionConfig.sourcePipelineExecutionRef",
            "sourcePipelineExecutionARN",
            "PipelineExecution",
            "arn",
            holds=False,
        ),
    ),
    details=(
        Detail(
            field="steps",
            summary="The steps of the execution, in the order in which they were begun.",
            operation="ListPipelineExecutionSteps",
            rows="PipelineExecutionSteps",
            shows={
                "stepName": "StepName",
                "stepStatus": "StepStatus",
                "failureReason": "FailureReason",
                "startTime": "StartTime",
                "endTime": "EndTime",
                "attemptCount": "AttemptCount",
                "arn": "Metadata.*.Arn",
            },
            asks={"SortOrder": "Ascending"},
            blames=("stepStatus", "Failed", "stepName", "failureReason"),
            most=100,
        ),
    ),
    columns=(
        Column("Execution", ".status.pipelineExecutionDisplayName"),
        Column("Pipeline", ".status.pipelineARN", wide=True),
    ),
    naming_limit=82,
    event="SageMaker Model Building Pipeline Execution Status Change",
)
