"""Valid requests for the tests of monitoring, and captured data as endpoints write it."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from tests.emulator.asking import CLUSTER, IMAGE, ROLE, endpoint_config, job_definition, model

TYPES = ("DataQuality", "ModelQuality", "ModelBias", "ModelExplainability")
CAPTURE = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://bucket/captured",
    "CaptureOptions": [{"CaptureMode": "Input"}],
}
DRIFT = {
    "feature_name": "age",
    "constraint_check_type": "baseline_drift_check",
    "description": "Baseline drift distance: 0.31 exceeds threshold: 0.1",
}
CONSTRAINTS = {
    "version": 0,
    "features": [
        {"name": "grade", "inferred_type": "Fractional", "completeness": 1.0},
        {"name": "age", "inferred_type": "Integral", "completeness": 1.0},
        {"name": "job", "inferred_type": "String", "completeness": 1.0, "string_constraints": {"domains": ["a", "b"]}},
    ],
}
HOUR = 3600
BASELINE = {"ConstraintsResource": {"S3Uri": "s3://bucket/baseline/constraints.json"}}


def definition_of(kind: str, name: str = "quality", **members: Any) -> dict[str, Any]:
    """A job definition of one of the four types, for the endpoint digits."""
    watched = {"EndpointInput": {"EndpointName": "digits", "LocalPath": "/opt/ml/processing/input"}}
    output = {"S3Output": {"S3Uri": "s3://bucket/reports", "LocalPath": "/opt/ml/processing/output"}}
    truth = {"GroundTruthS3Input": {"S3Uri": "s3://bucket/truth"}} if kind in ("ModelQuality", "ModelBias") else {}
    config = {"ConfigUri": "s3://bucket/config.json"} if kind in ("ModelBias", "ModelExplainability") else {}
    return {
        "JobDefinitionName": name,
        f"{kind}AppSpecification": {"ImageUri": IMAGE, **config},
        f"{kind}JobInput": {**watched, **truth},
        f"{kind}JobOutputConfig": {"MonitoringOutputs": [output]},
        "JobResources": {"ClusterConfig": CLUSTER},
        "RoleArn": ROLE,
        **members,
    }


def monitored(sagemaker: Any, client: Any, **members: Any) -> None:
    """A serving endpoint that captures data, and a definition, seventy seconds before an hour begins."""
    client.create_model(**model())
    client.create_endpoint_config(**endpoint_config(DataCaptureConfig=CAPTURE))
    client.create_endpoint(EndpointName="digits", EndpointConfigName="first")
    client.create_data_quality_job_definition(**job_definition(**members))
    sagemaker.clock.advance(240)
    sagemaker.clock.advance(HOUR - (sagemaker.clock.now() + 70) % HOUR)


def captured(rows: Iterable[str], *, output: str = "0.5") -> bytes:
    """The captured requests of an hour, one CSV row each."""
    lines = [
        {
            "captureData": {
                "endpointInput": {"observedContentType": "text/csv", "mode": "INPUT", "data": row, "encoding": "CSV"},
                "endpointOutput": {
                    "observedContentType": "text/csv",
                    "mode": "OUTPUT",
                    "data": output,
                    "encoding": "CSV",
                },
            },
            "eventMetadata": {"eventId": "1", "inferenceTime": "2026-01-01T10:00:00Z"},
            "eventVersion": "0",
        }
        for row in rows
    ]
    return "\n".join(map(json.dumps, lines)).encode()


def hour_of(when: float) -> str:
    """The folder of a time."""
    return datetime.fromtimestamp(when, UTC).strftime("%Y/%m/%d/%H")


def executions(client: Any, **filters: Any) -> list[dict[str, Any]]:
    """What ListMonitoringExecutions answers."""
    return list(client.list_monitoring_executions(**filters)["MonitoringExecutionSummaries"])


def last(client: Any) -> dict[str, Any]:
    """LastMonitoringExecutionSummary of the schedule hourly."""
    return dict(client.describe_monitoring_schedule(MonitoringScheduleName="hourly")["LastMonitoringExecutionSummary"])


def job_of(client: Any, execution: dict[str, Any]) -> dict[str, Any]:
    """The processing job of an execution."""
    name = execution["ProcessingJobArn"].rpartition("/")[2]
    return dict(client.describe_processing_job(ProcessingJobName=name))
