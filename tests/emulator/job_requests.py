"""Valid requests for tuning and transform jobs; keyword arguments replace members."""

from typing import Any

from tests.emulator.asking import CLUSTER, IMAGE, ROLE

METRIC = {"Name": "loss", "Regex": "loss=([0-9.]+)"}


def transform_job(name: str = "scores", **members: Any) -> dict[str, Any]:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/batch"}}
    return {
        "TransformJobName": name,
        "ModelName": "digits",
        "TransformInput": {"DataSource": source},
        "TransformOutput": {"S3OutputPath": "s3://bucket/scores"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        **members,
    }


def definition(**members: Any) -> dict[str, Any]:
    return {
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File", "MetricDefinitions": [METRIC]},
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/models/"},
        "ResourceConfig": CLUSTER,
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        **members,
    }


def ranges(**kinds: Any) -> dict[str, Any]:
    rate = {"Name": "eta", "MinValue": "0.01", "MaxValue": "1", "ScalingType": "Logarithmic"}
    return {"ContinuousParameterRanges": [rate], **kinds}


def tuning_config(*, jobs: int = 4, parallel: int = 2, goal: str = "Minimize", **members: Any) -> dict[str, Any]:
    return {
        "Strategy": "Random",
        "HyperParameterTuningJobObjective": {"Type": goal, "MetricName": "loss"},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": jobs, "MaxParallelTrainingJobs": parallel},
        "ParameterRanges": ranges(),
        **members,
    }


def tuning_job(name: str = "search", *, config: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    single = {} if "TrainingJobDefinitions" in members else {"TrainingJobDefinition": definition()}
    return {
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobConfig": config or tuning_config(),
        **single,
        **members,
    }
