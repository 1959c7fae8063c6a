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
