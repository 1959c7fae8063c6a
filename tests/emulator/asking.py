"""Valid requests for the emulator's tests; keyword arguments replace members."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::123456789012:role/sagemaker"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1"
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
CLUSTER = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10}


def training_job(name: str = "digits", **members: Any) -> dict[str, Any]:
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/models/"},
        "ResourceConfig": CLUSTER,
        **members,
    }


def channel(uri: str, name: str = "train") -> dict[str, Any]:
    return {
        "ChannelName": name,
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}},
    }


def processing_job(name: str = "baseline", **members: Any) -> dict[str, Any]:
    return {
        "ProcessingJobName": name,
        "ProcessingResources": {"ClusterConfig": CLUSTER},
        "AppSpecification": {"ImageUri": IMAGE},
        "RoleArn": ROLE,
        **members,
    }


def model(name: str = "digits", **members: Any) -> dict[str, Any]:
    container = {"Image": IMAGE, "ModelDataUrl": "s3://bucket/models/digits/output/model.tar.gz"}
    return {"ModelName": name, "PrimaryContainer": container, "ExecutionRoleArn": ROLE, **members}


def variant(name: str = "AllTraffic", **members: Any) -> dict[str, Any]:
    return {
        "VariantName": name,
        "ModelName": "digits",
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
        **members,
    }


def endpoint_config(name: str = "first", **members: Any) -> dict[str, Any]:
    return {"EndpointConfigName": name, "ProductionVariants": [variant()], **members}


def job_definition(name: str = "quality", *, endpoint: str = "digits", **members: Any) -> dict[str, Any]:
    output = {"S3Output": {"S3Uri": "s3://bucket/reports", "LocalPath": "/opt/ml/processing/output"}}
    watched = {"EndpointName": endpoint, "LocalPath": "/opt/ml/processing/input"}
    return {
        "JobDefinitionName": name,
        "DataQualityAppSpecification": {"ImageUri": IMAGE},
        "DataQualityJobInput": {"EndpointInput": watched},
        "DataQualityJobOutputConfig": {"MonitoringOutputs": [output]},
        "JobResources": {"ClusterConfig": CLUSTER},
        "RoleArn": ROLE,
        **members,
    }


def schedule(name: str = "hourly", *, definition: str = "quality", **members: Any) -> dict[str, Any]:
    config = {
        "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
        "MonitoringJobDefinitionName": definition,
        "MonitoringType": "DataQuality",
    }
    return {"MonitoringScheduleName": name, "MonitoringScheduleConfig": {**config, **members}}


def serving_endpoint(sagemaker: Any, client: Any, name: str = "digits") -> None:
    """An endpoint that is InService on the configuration `first`; `second` exists too."""
    client.create_model(**model())
    client.create_endpoint_config(**endpoint_config("first"))
    client.create_endpoint_config(**endpoint_config("second"))
    client.create_endpoint(EndpointName=name, EndpointConfigName="first")
    sagemaker.clock.advance(240)


def refused(operation: Callable[..., Any], **request: Any) -> tuple[str, str]:
    """Code and text with which a request is refused."""
    with pytest.raises(ClientError) as caught:
        operation(**request)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def arn(path: str) -> str:
    return f"arn:aws:sagemaker:us-east-1:123456789012:{path}"
