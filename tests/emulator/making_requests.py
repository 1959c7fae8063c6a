"""Valid requests for jobs that make, shrink, measure or choose models; keyword arguments replace members."""

from typing import Any

from tests.emulator.asking import ROLE

OUTPUT = {"S3OutputPath": "s3://bucket/autopilot/"}


def automl_job(name: str = "churn", **members: Any) -> dict[str, Any]:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train.csv"}}
    return {
        "AutoMLJobName": name,
        "InputDataConfig": [{"DataSource": source, "TargetAttributeName": "left"}],
        "OutputDataConfig": OUTPUT,
        "RoleArn": ROLE,
        **members,
    }


def automl_job_v2(name: str = "churn", *, problem: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train.csv"}}
    return {
        "AutoMLJobName": name,
        "AutoMLJobInputDataConfig": [{"ChannelType": "training", "DataSource": source}],
        "AutoMLProblemTypeConfig": problem or {"TabularJobConfig": {"TargetAttributeName": "left"}},
        "OutputDataConfig": OUTPUT,
        "RoleArn": ROLE,
        **members,
    }


def compilation_job(name: str = "small", **members: Any) -> dict[str, Any]:
    return {
        "CompilationJobName": name,
        "RoleArn": ROLE,
        "InputConfig": {"S3Uri": "s3://bucket/models/digits/model.tar.gz", "Framework": "PYTORCH"},
        "OutputConfig": {"S3OutputLocation": "s3://bucket/compiled", "TargetDevice": "ml_c5"},
        "StoppingCondition": {"MaxRuntimeInSeconds": 900},
        **members,
    }


def optimization_job(name: str = "fast", **members: Any) -> dict[str, Any]:
    return {
        "OptimizationJobName": name,
        "RoleArn": ROLE,
        "ModelSource": {"S3": {"S3Uri": "s3://bucket/models/llm"}},
        "DeploymentInstanceType": "ml.g5.12xlarge",
        "OptimizationConfigs": [{"ModelQuantizationConfig": {"OverrideEnvironment": {"OPTION_QUANTIZE": "awq"}}}],
        "OutputConfig": {"S3OutputLocation": "s3://bucket/optimized"},
        "StoppingCondition": {"MaxRuntimeInSeconds": 36000},
        **members,
    }


def recommendations_job(name: str = "sizes", **members: Any) -> dict[str, Any]:
    return {
        "JobName": name,
        "JobType": "Default",
        "RoleArn": ROLE,
        "InputConfig": {
            "ModelName": "digits",
            "ContainerConfig": {"SupportedInstanceTypes": ["ml.c5.large", "ml.m5.large"]},
        },
        **members,
    }


def benchmark_job(name: str = "load", *, config: str = "chat", **members: Any) -> dict[str, Any]:
    return {
        "AIBenchmarkJobName": name,
        "BenchmarkTarget": {"Endpoint": {"Identifier": "llm"}},
        "OutputConfig": {"S3OutputLocation": "s3://bucket/benchmarks"},
        "AIWorkloadConfigIdentifier": config,
        "RoleArn": ROLE,
        **members,
    }


def recommendation_job(name: str = "advice", *, config: str = "chat", **members: Any) -> dict[str, Any]:
    return {
        "AIRecommendationJobName": name,
        "ModelSource": {"S3": {"S3Uri": "s3://bucket/models/llm"}},
        "OutputConfig": {},
        "AIWorkloadConfigIdentifier": config,
        "PerformanceTarget": {"Constraints": [{"Metric": "throughput"}]},
        "RoleArn": ROLE,
        **members,
    }


def job(name: str = "tune", *, category: str = "AgentRFT", **members: Any) -> dict[str, Any]:
    return {
        "JobName": name,
        "RoleArn": ROLE,
        "JobCategory": category,
        "JobConfigSchemaVersion": "1.0.0",
        "JobConfigDocument": "{}",
        **members,
    }


def training_session(name: str = "lora", **members: Any) -> dict[str, Any]:
    return {
        "TrainingSessionName": name,
        "LoraConfig": {"Rank": 8, "Alpha": 16},
        "RoleArn": ROLE,
        "ModelConfig": {
            "BaseModelArn": "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/llm/1.0.0"
        },
        "OutputConfig": {"S3Location": {"Path": "s3://bucket/adapters"}},
        **members,
    }
