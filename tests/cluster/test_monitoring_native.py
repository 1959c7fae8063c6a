"""Monitoring by SageMaker in its short form, as its users see it: definitions, runs, and what becomes of both."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.cluster.asked import asked
from tests.cluster.eventually import eventually
from tests.cluster.operating import Operator
from tests.cluster.user import User
from tests.emulator.asking import endpoint_config, model
from tests.rehearsal.watched import schedule

from sagemaker_local.emulator import Emulator

pytestmark = pytest.mark.serves(
    *("MonitoringSchedule", "ProcessingJob", "TrainingJob", "DataQualityJobDefinition", "ModelQualityJobDefinition"),
    *("ModelBiasJobDefinition", "ModelExplainabilityJobDefinition"),
)

NAME = "monitoringschedule/digits"
BUCKET = "monitored"
ACCOUNT, REGION = "123456789012", "us-east-1"
DEFINITIONS = "dataqualityjobdefinitions.sagemaker-operator.dev"
BASELINE = {"constraintsS3URI": f"s3://{BUCKET}/baseline/constraints.json"}
CAPTURE = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": f"s3://{BUCKET}/captures",
    "CaptureOptions": [{"CaptureMode": "Input"}],
}
DRIFT = {
    "feature_name": "age",
    "constraint_check_type": "baseline_drift_check",
    "description": "Baseline drift distance: 0.31 exceeds threshold: 0.1",
}


def native(**spec: Any) -> dict[str, Any]:
    return schedule(engine="Native", **{"delaySeconds": None, "image": None, "baseline": BASELINE, **spec})


def serving(sagemaker: Emulator) -> None:
    """The endpoint digits captures something in the hours around now."""
    client, s3 = (sagemaker.client(service, REGION, ACCOUNT) for service in ("sagemaker", "s3"))
    client.create_model(**model())
    client.create_endpoint_config(**endpoint_config(DataCaptureConfig=CAPTURE))
    client.create_endpoint(EndpointName="digits", EndpointConfigName="first")
    s3.create_bucket(Bucket=BUCKET)
    for hours in range(-2, 3):
        folder = (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y/%m/%d/%H")
        s3.put_object(Bucket=BUCKET, Key=f"captures/digits/AllTraffic/{folder}/seen.jsonl", Body=b"{}\n")


def test_a_run_of_sagemakers_is_told_with_what_it_found(
    user: User, operators: Callable[..., Operator], sagemaker: Emulator
) -> None:
    operators("--no-leader-elect", "--resync=1").start()
    serving(sagemaker)
    sagemaker.scenarios.violate("MonitoringSchedule", "", violations=[DRIFT])

    user.apply(native(schedule="NOW"))
    user.wait(NAME, condition="ViolationsFound")

    (latest,) = eventually(
        "it is explained", lambda: [one for one in user.status(NAME)["executions"] if one.get("explained")]
    )
    assert (latest["result"], latest["violations"]) == ("CompletedWithViolations", 1)
    assert latest["worst"] == [{"feature": "age", "check": "baseline_drift_check", "value": 0.31, "threshold": 0.1}]
    status = user.status(NAME)
    assert status["inEffect"][0]["scheduleExpression"] == "NOW"
    assert status["monitoringExecutions"][0]["monitoringExecutionStatus"] == "CompletedWithViolations"
    (definition,) = user.objects(DEFINITIONS)
    assert status["inEffect"][0]["jobDefinitionName"] == definition["status"]["jobDefinitionName"]
    (request,) = asked(sagemaker, "CreateDataQualityJobDefinition")
    assert request["DataQualityAppSpecification"]["ImageUri"] == definition["status"]["resolvedImage"]

    user.delete(NAME)
    eventually("its definition goes with it", lambda: not user.objects(DEFINITIONS))


def test_an_account_that_is_new_to_the_service_is_handed_over(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    serving(sagemaker)
    sagemaker.scenarios.close("MonitoringSchedule")

    user.apply(native())
    user.wait(NAME, condition="Stalled")

    told = next(one for one in user.status(NAME)["conditions"] if one["type"] == "Stalled")
    assert told["reason"] == "ServiceClosed"
    assert "Set spec.engine to Operator" in told["message"]
    user.edit(NAME, engine="Operator", image="123456789012.dkr.ecr.us-east-1.amazonaws.com/sagemaker-analyzer:1.0")
    user.wait(NAME, condition="Ready")
    eventually("its definition goes", lambda: not user.objects(DEFINITIONS))
    assert sagemaker.journal.count("CreateMonitoringSchedule") == 1
