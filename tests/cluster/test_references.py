"""Objects that name each other: one file brings them up in the right order, one delete takes them down in the other."""

import os
import random

import pytest
from tests.builders import (
    Manifest,
    data_quality_job_definition,
    endpoint,
    endpoint_config,
    model,
    monitoring_schedule,
    training_job,
)
from tests.cluster.eventually import eventually
from tests.cluster.operating import Operator
from tests.cluster.user import QUICKLY, User, as_file

from sagemaker_local.emulator import Emulator
from sagemaker_operator.kinds import KINDS

pytestmark = pytest.mark.serves(
    "TrainingJob", "Model", "EndpointConfig", "Endpoint", "DataQualityJobDefinition", "MonitoringSchedule"
)

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
ONE = {"variantName": "main", "instanceType": "ml.m5.large", "initialInstanceCount": 1}
HERE = {"name": "digits"}
# What SageMaker needs gone before it lets go of, or loses track of, the next.
TAKEN_DOWN = (
    "DeleteMonitoringSchedule",
    "DeleteDataQualityJobDefinition",
    "DeleteEndpoint",
    "DeleteEndpointConfig",
    "DeleteModel",
)


@pytest.fixture
def pipeline() -> list[Manifest]:
    """From training to monitoring, everything by reference, in an order that differs from run to run."""
    seed = int(os.environ.get("PIPELINE_SEED") or random.randrange(10**6))
    print(f"PIPELINE_SEED={seed} repeats this order")
    manifests = [
        training_job("digits", deletionPolicy="Delete"),
        model("digits", primaryContainer={"image": IMAGE, "modelDataURLRef": HERE}),
        endpoint_config("digits", productionVariants=[{**ONE, "modelRef": HERE}]),
        endpoint("digits", endpointConfigName=None, endpointConfigRef=HERE),
        data_quality_job_definition(
            "digits",
            dataQualityJobInput={"endpointInput": {"endpointRef": HERE, "localPath": "/opt/ml/processing/input"}},
        ),
        monitoring_schedule(
            "digits", monitoringScheduleConfig={"monitoringType": "DataQuality", "jobDefinitionRef": HERE}
        ),
    ]
    random.Random(seed).shuffle(manifests)
    return manifests


def test_one_file_in_any_order_becomes_ready(
    user: User, operator: Operator, sagemaker: Emulator, pipeline: list[Manifest]
) -> None:
    user.kubectl("apply", *QUICKLY, "-f-", stdin=as_file(*pipeline))

    user.kubectl("wait", "--for=condition=Ready", "--timeout=60s", "-f-", stdin=as_file(*pipeline))
    created = {each["kind"]: sagemaker.journal.count(f"Create{each['kind']}") for each in pipeline}
    assert created == dict.fromkeys(created, 1), "nothing was asked for before what it needs was there"
    served = sagemaker.client().describe_model(ModelName=user.status("model/digits")["modelName"])
    artifact = user.status("trainingjob/digits")["modelArtifacts"]["s3ModelArtifacts"]
    assert served["PrimaryContainer"]["ModelDataUrl"] == artifact


def test_one_delete_takes_everything_down_in_the_right_order(
    user: User, operator: Operator, sagemaker: Emulator, pipeline: list[Manifest]
) -> None:
    user.apply(*pipeline)
    user.wait_for_all("Ready")

    user.kubectl("delete", "-f-", "--timeout=60s", stdin=as_file(*pipeline))

    deletes = [entry for entry in sagemaker.journal.entries() if entry.operation in TAKEN_DOWN]
    assert [entry.operation for entry in deletes] == list(TAKEN_DOWN)
    assert {entry.outcome for entry in deletes} == {"ok"}
    assert {name: sagemaker.resources(name) for name in KINDS} == {name: [] for name in KINDS}
    assert user.objects() == []


def test_what_waits_says_for_whom(user: User, operator: Operator, sagemaker: Emulator) -> None:
    sagemaker.scenarios.fail("TrainingJob", "", reason="AlgorithmError: the data is not numbers")
    user.apply(training_job("digits"), model("digits", primaryContainer={"image": IMAGE, "modelDataURLRef": HERE}))

    user.wait("trainingjob/digits", condition="Stalled")
    eventually(
        "the reason",
        lambda: "the data is not numbers" in user.condition("model/digits", "Reconciling").get("message", ""),
    )
    assert user.reason("model/digits", "Reconciling") == "DependencyNotReady"
    assert sagemaker.journal.count("CreateModel") == 0


def test_what_was_made_stays_ready_when_the_job_that_it_came_from_is_deleted(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    user.apply(training_job("digits"), model("digits", primaryContainer={"image": IMAGE, "modelDataURLRef": HERE}))
    user.wait("model/digits", condition="Ready")

    user.delete("trainingjob/digits")

    user.edit("model/digits", deletionPolicy="Retain")
    user.wait("model/digits", condition="Ready")
    assert [c["type"] for c in user.status("model/digits")["conditions"]] == ["Ready"]
