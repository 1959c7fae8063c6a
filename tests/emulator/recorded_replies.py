"""Replies of SageMaker's Describe operations that were recorded, by the members they have and the form of these.

Recorded in 2021 to 2024 by the authors of aws-controllers-k8s/sagemaker-controller (`pkg/resource/<kind>/testdata`); names,
places, times and long lists are this project's own. What the emulator answers otherwise is listed with the reason in `differs`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.emulator.asking import IMAGE, ROLE, XGBOOST, arn, channel, model, training_job
from tests.emulator.known_answers import Do, asked, waited
from tests.emulator.known_job_answers import TUNED

TIME: Final = 1634017780.493
URI: Final = "s3://bucket/prefix"
YOUNGER: Final = "the member is younger than the recording"
CLUSTER: Final = {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 20}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A recorded reply.

    Attributes:
        case: the kind, and the recording's name.
        operation: what was asked.
        request: its members, or what finds them with a client.
        given: how to come to an equivalent resource.
        reply: what was answered, as JSON on the wire.
        differs: members that only one of the two has or that differ in form, with the reason.
    """

    case: str
    operation: str
    request: dict[str, Any] | Callable[[Any], dict[str, Any]]
    given: tuple[Do, ...]
    reply: dict[str, Any]
    differs: dict[str, str] = field(default_factory=dict)


def _stage(status: str) -> dict[str, Any]:
    return {"Status": status, "StartTime": TIME, "EndTime": TIME + 7, "StatusMessage": "…"}


CHANNEL: Final = {
    "ChannelName": "train",
    "CompressionType": "None",
    "ContentType": "text/csv",
    "DataSource": {
        "S3DataSource": {"S3DataDistributionType": "FullyReplicated", "S3DataType": "S3Prefix", "S3Uri": URI}
    },
    "RecordWrapperType": "None",
}
ALGORITHM: Final = {
    "EnableSageMakerMetricsTimeSeries": False,
    "MetricDefinitions": [{"Name": "train:mae", "Regex": "…"}],
    "TrainingImage": XGBOOST,
    "TrainingInputMode": "File",
}
JOB: Final = {
    "AlgorithmSpecification": ALGORITHM,
    "CreationTime": TIME,
    "EnableInterContainerTrafficEncryption": False,
    "EnableManagedSpotTraining": False,
    "EnableNetworkIsolation": False,
    "HyperParameters": {"eta": "0.2"},
    "InputDataConfig": [CHANNEL],
    "LastModifiedTime": TIME,
    "OutputDataConfig": {"KmsKeyId": "", "S3OutputPath": URI},
    "ProfilingStatus": "Disabled",
    "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m4.xlarge", "VolumeSizeInGB": 5},
    "RoleArn": ROLE,
    "StoppingCondition": {"MaxRuntimeInSeconds": 86400},
    "TrainingJobArn": arn("training-job/digits"),
    "TrainingJobName": "digits",
}
TRAIN: Final = training_job(
    AlgorithmSpecification={"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
    HyperParameters={"eta": "0.2"},
    InputDataConfig=[{**channel(URI), "ContentType": "text/csv"}],
    ResourceConfig=JOB["ResourceConfig"],
)
GROUPS: Final = {
    "InstanceGroups": [{"InstanceCount": 1, "InstanceGroupName": "train", "InstanceType": "ml.m4.xlarge"}],
    "VolumeSizeInGB": 5,
}
RULE: Final = {
    "RuleConfigurationName": "rule",
    "RuleEvaluatorImage": IMAGE,
    "RuleParameters": {"rule_to_invoke": "Report"},
}
FOUND: Final = {"LastModifiedTime": TIME, "RuleConfigurationName": "rule", "RuleEvaluationStatus": "InProgress"}
DEBUGGED: Final = {
    "DebugHookConfig": {
        "CollectionConfigurations": [{"CollectionName": "losses", "CollectionParameters": {"save_interval": "5"}}],
        "S3OutputPath": URI,
    },
    "ProfilerConfig": {"ProfilingIntervalInMilliseconds": 500, "S3OutputPath": URI},
}
COMPRESSED: Final = {"OutputDataConfig.CompressionType": YOUNGER}
RUNNING: Final = {
    **COMPRESSED,
    "ModelArtifacts": "the service model requires it, AWS leaves it out until there are any",
    "ModelArtifacts.S3ModelArtifacts": "as ModelArtifacts",
}

TRAINING: Final = (
    Recorded(
        case="TrainingJob-success_completed",
        operation="DescribeTrainingJob",
        request={"TrainingJobName": "digits"},
        given=(asked("CreateTrainingJob", **TRAIN), waited(344)),
        reply={
            **JOB,
            "BillableTimeInSeconds": 159,
            "FinalMetricDataList": [
                {"MetricName": "train:merror", "Timestamp": 1634018116, "Value": 0.06942000240087509}
            ],
            "ModelArtifacts": {"S3ModelArtifacts": URI},
            "SecondaryStatus": "Completed",
            "SecondaryStatusTransitions": [
                _stage(status) for status in ("Starting", "Downloading", "Training", "Uploading", "Completed")
            ],
            "TrainingEndTime": TIME,
            "TrainingJobStatus": "Completed",
            "TrainingStartTime": TIME,
            "TrainingTimeInSeconds": 159,
        },
        differs=COMPRESSED,
    ),
    Recorded(
        case="TrainingJob-inprogress_instance_group",
        operation="DescribeTrainingJob",
        request={"TrainingJobName": "digits"},
        given=(
            asked(
                "CreateTrainingJob", **{**TRAIN, "ResourceConfig": GROUPS, "RetryStrategy": {"MaximumRetryAttempts": 2}}
            ),
            waited(200),
        ),
        reply={
            **JOB,
            "ResourceConfig": {"InstanceCount": 0, **GROUPS},
            "RetryStrategy": {"MaximumRetryAttempts": 2},
            "SecondaryStatus": "Downloading",
            "SecondaryStatusTransitions": [
                _stage("Starting"),
                {"Status": "Downloading", "StartTime": TIME, "StatusMessage": "…"},
            ],
            "TrainingJobStatus": "InProgress",
            "TrainingStartTime": TIME,
            "TrainingTimeInSeconds": 31,
        },
        differs={**RUNNING, "TrainingTimeInSeconds": "the emulator counts it at the end"},
    ),
    Recorded(
        case="TrainingJob-inprogress_debugger_variation",
        operation="DescribeTrainingJob",
        request={"TrainingJobName": "digits"},
        given=(
            asked(
                "CreateTrainingJob",
                **TRAIN,
                **DEBUGGED,
                DebugRuleConfigurations=[RULE],
                ProfilerRuleConfigurations=[RULE],
            ),
        ),
        reply={
            **JOB,
            **DEBUGGED,
            "DebugRuleConfigurations": [{**RULE, "VolumeSizeInGB": 0}],
            "DebugRuleEvaluationStatuses": [FOUND],
            "ProfilerRuleConfigurations": [{**RULE, "VolumeSizeInGB": 0}],
            "ProfilerRuleEvaluationStatuses": [FOUND],
            "ProfilingStatus": "Enabled",
            "SecondaryStatus": "Starting",
            "SecondaryStatusTransitions": [{"StartTime": TIME, "Status": "Starting", "StatusMessage": "…"}],
            "TrainingJobStatus": "InProgress",
        },
        differs=RUNNING,
    ),
)

INPUT: Final = {
    "InputName": "in",
    "S3Input": {"S3Uri": URI, "LocalPath": "/opt/ml/processing/in", "S3DataType": "S3Prefix", "S3InputMode": "File"},
}
OUTPUT: Final = {
    "OutputName": "out",
    "S3Output": {"LocalPath": "/opt/ml/processing/out", "S3UploadMode": "EndOfJob", "S3Uri": URI},
}
PROCESS: Final = {
    "AppSpecification": {"ContainerEntrypoint": ["python", "a.py"], "ImageUri": IMAGE},
    "Environment": {"a": "b"},
    "ProcessingJobName": "work",
    "ProcessingResources": CLUSTER,
    "RoleArn": ROLE,
}
EDITED: Final = "the recording is of a job that had just begun, and its status was changed by hand"
TRANSFORM: Final = {
    "TransformJobName": "batch",
    "ModelName": "digits",
    "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
}
SOURCE: Final = {"ContentType": "text/csv", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": URI}}}
RANGES: Final = {
    "CategoricalParameterRanges": [{"Name": "category", "Values": ["test"]}],
    "ContinuousParameterRanges": [{"MaxValue": "5", "MinValue": "0", "Name": "gamma", "ScalingType": "Linear"}],
    "IntegerParameterRanges": [{"MaxValue": "20", "MinValue": "10", "Name": "num_round", "ScalingType": "Linear"}],
}
TUNING: Final[dict[str, Any]] = {
    "HyperParameterTuningJobObjective": {"MetricName": "validation:error", "Type": "Minimize"},
    "ParameterRanges": RANGES,
    "ResourceLimits": {"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 1},
    "Strategy": "Bayesian",
    "TrainingJobEarlyStoppingType": "Auto",
}
TUNED_JOB: Final[dict[str, Any]] = {
    **TUNED["TrainingJobDefinition"],  # type: ignore[dict-item]
    "InputDataConfig": [{**channel(URI), "ContentType": "text/csv", "InputMode": "File"}],
    "StaticHyperParameters": {"base_score": "0.5"},
}

JOBS: Final = (
    Recorded(
        case="ProcessingJob-success_completed",
        operation="DescribeProcessingJob",
        request={"ProcessingJobName": "work"},
        given=(
            asked(
                "CreateProcessingJob", **PROCESS, ProcessingInputs=[INPUT], ProcessingOutputConfig={"Outputs": [OUTPUT]}
            ),
            waited(10_000),
        ),
        reply={
            **PROCESS,
            "CreationTime": TIME,
            "LastModifiedTime": TIME,
            "ProcessingInputs": [
                {
                    "AppManaged": False,
                    "InputName": "in",
                    "S3Input": {
                        **INPUT["S3Input"],  # type: ignore[dict-item]
                        "S3CompressionType": "None",
                        "S3DataDistributionType": "FullyReplicated",
                    },
                }
            ],
            "ProcessingJobArn": arn("processing-job/work"),
            "ProcessingJobStatus": "Completed",
            "ProcessingOutputConfig": {"Outputs": [{"AppManaged": False, **OUTPUT}]},
            "StoppingCondition": {"MaxRuntimeInSeconds": 86400},
        },
        differs={"ProcessingStartTime": EDITED, "ProcessingEndTime": EDITED},
    ),
    Recorded(
        case="TransformJob-success_completed",
        operation="DescribeTransformJob",
        request={"TransformJobName": "batch"},
        given=(
            asked("CreateModel", **model()),
            asked("CreateTransformJob", **TRANSFORM, TransformInput=SOURCE, TransformOutput={"S3OutputPath": URI}),
            waited(10_000),
        ),
        reply={
            **TRANSFORM,
            "CreationTime": TIME,
            "DataProcessing": {"InputFilter": "$", "JoinSource": "None", "OutputFilter": "$"},
            "TransformEndTime": TIME,
            "TransformInput": {**SOURCE, "CompressionType": "None", "SplitType": "None"},
            "TransformJobArn": arn("transform-job/batch"),
            "TransformJobStatus": "Completed",
            "TransformOutput": {"AssembleWith": "None", "KmsKeyId": "", "S3OutputPath": URI},
            "TransformStartTime": TIME,
        },
    ),
    Recorded(
        case="HyperParameterTuningJob-success_completed",
        operation="DescribeHyperParameterTuningJob",
        request={"HyperParameterTuningJobName": "tune"},
        given=(
            asked(
                "CreateHyperParameterTuningJob",
                HyperParameterTuningJobName="tune",
                HyperParameterTuningJobConfig=TUNING,
                TrainingJobDefinition=TUNED_JOB,
            ),
            waited(10_000),
        ),
        reply={
            "BestTrainingJob": {
                "CreationTime": 1634536768,
                "FinalHyperParameterTuningJobObjectiveMetric": {"MetricName": "validation:error", "Value": -3.54},
                "ObjectiveStatus": "Succeeded",
                "TrainingEndTime": 1634537073,
                "TrainingJobArn": arn("training-job/tune-001-589e2e9f"),
                "TrainingJobName": "tune-001-589e2e9f",
                "TrainingJobStatus": "Completed",
                "TrainingStartTime": 1634536966,
                "TunedHyperParameters": {"num_round": "19"},
            },
            "CreationTime": TIME,
            "HyperParameterTuningEndTime": TIME,
            "HyperParameterTuningJobArn": arn("hyper-parameter-tuning-job/tune"),
            "HyperParameterTuningJobConfig": TUNING,
            "HyperParameterTuningJobName": "tune",
            "HyperParameterTuningJobStatus": "Completed",
            "LastModifiedTime": TIME,
            "ObjectiveStatusCounters": {"Failed": 0, "Pending": 0, "Succeeded": 2},
            "TrainingJobDefinition": {
                **TUNED_JOB,
                "AlgorithmSpecification": {
                    "MetricDefinitions": [{"Name": "ObjectiveMetric", "Regex": "…"}],
                    "TrainingImage": XGBOOST,
                    "TrainingInputMode": "File",
                },
                "EnableInterContainerTrafficEncryption": False,
                "EnableManagedSpotTraining": False,
                "EnableNetworkIsolation": True,
                "InputDataConfig": [{**CHANNEL, "InputMode": "File"}],
                "StaticHyperParameters": {"_tuning_objective_metric": "validation:error", "base_score": "0.5"},
            },
            "TrainingJobStatusCounters": {
                "Completed": 2,
                "InProgress": 0,
                "NonRetryableError": 0,
                "RetryableError": 0,
                "Stopped": 0,
            },
        },
        differs={
            "ConsumedResources": YOUNGER,
            "ConsumedResources.RuntimeInSeconds": YOUNGER,
            "TrainingJobDefinition.OutputDataConfig.CompressionType": YOUNGER,
            "TuningJobCompletionDetails": YOUNGER,
            "TuningJobCompletionDetails.NumberOfTrainingJobsObjectiveNotImproving": YOUNGER,
        },
    ),
)
