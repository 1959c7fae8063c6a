"""What the emulator says about pipelines and their executions, and what it means."""

from collections.abc import Mapping

from sagemaker_operator.errors import Absent, AWSFailure, Busy, Exists, Refused

HEARD: Mapping[str, tuple[tuple[str, str, type[AWSFailure]], ...]] = {
    "pipelines.pipelines.MISSING": (
        ("Pipeline", "DescribePipeline", Absent),
        ("Pipeline", "UpdatePipeline", Refused),
        ("Pipeline", "DeletePipeline", Absent),
        ("PipelineExecution", "StartPipelineExecution", Refused),
    ),
    "pipelines.pipelines.EXISTS": (("Pipeline", "CreatePipeline", Exists),),
    "pipelines.pipelines.NO_DEFINITION": (("Pipeline", "CreatePipeline", Refused),),
    "pipelines.pipelines.TWO_DEFINITIONS": (
        ("Pipeline", "CreatePipeline", Refused),
        ("Pipeline", "UpdatePipeline", Refused),
    ),
    "pipelines.pipelines.NOT_IN_S3": (
        ("Pipeline", "CreatePipeline", Refused),
        ("Pipeline", "UpdatePipeline", Refused),
    ),
    "pipelines.pipelines.EXECUTING": (("Pipeline", "DeletePipeline", Busy),),
    "pipelines.pipelines.DELETING": (("Pipeline", "UpdatePipeline", Busy),),
    "pipelines.executions.DELETING": (("PipelineExecution", "StartPipelineExecution", Busy),),
    "pipelines.executions.MISSING": (
        ("PipelineExecution", "DescribePipelineExecution", Absent),
        ("PipelineExecution", "StopPipelineExecution", Absent),
    ),
    "pipelines.executions.EXISTS": (("PipelineExecution", "StartPipelineExecution", Exists),),
    "pipelines.executions.NOT_RUNNING": (("PipelineExecution", "StopPipelineExecution", Busy),),
    "pipelines.executions.NOT_RETRIABLE": (("PipelineExecution", "RetryPipelineExecution", Busy),),
    "pipelines.executions.ROLE_NOT_ALLOWED": (("PipelineExecution", "StartPipelineExecution", Refused),),
    "pipelines.executions.NO_CALLBACK": (("PipelineExecution", "SendPipelineExecutionStepSuccess", Refused),),
}
