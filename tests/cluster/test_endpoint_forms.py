"""Endpoints that describe what they serve, as a user with kubectl sees them; and what the API server refuses of them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.builders import Manifest
from tests.cluster.api import Api
from tests.cluster.eventually import eventually
from tests.cluster.operating import Operator
from tests.cluster.user import User

from sagemaker_local.cluster import Cluster
from sagemaker_local.emulator import Emulator
from sagemaker_operator.kinds import GROUP, KINDS, VERSION

ROLE = "arn:aws:iam::123456789012:role/sagemaker-execution"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
CAPTURE = {
    "initialSamplingPercentage": 20,
    "destinationS3URI": "s3://my-bucket/captured",
    "captureOptions": [{"captureMode": "InputAndOutput"}],
}
SERVERLESS = {"memorySizeInMB": 2048, "maxConcurrency": 5}
HALF = {"type_": "CAPACITY_PERCENT", "value": 50}
ROLLING = {"maximumBatchSize": HALF, "waitIntervalInSeconds": 60}


def model(name: str) -> dict[str, Any]:
    return {"primaryContainer": {"image": IMAGE, "modelDataURL": f"s3://my-bucket/models/{name}/model.tar.gz"}}


def variant(name: str = "main", **more: Any) -> dict[str, Any]:
    """A variant on one instance; None leaves a field out."""
    described = {
        "variantName": name,
        "model": model("digits"),
        "instanceType": "ml.m5.large",
        "initialInstanceCount": 1,
        **more,
    }
    return {key: value for key, value in described.items() if value is not None}


def serverless(**more: Any) -> dict[str, Any]:
    return variant(instanceType=None, initialInstanceCount=None, serverlessConfig=SERVERLESS, **more)


def endpoint(*variants: dict[str, Any], **spec: Any) -> Manifest:
    described = {"executionRoleARN": ROLE, "productionVariants": list(variants or (variant(),)), **spec}
    metadata = {"name": "digits"}
    return {"apiVersion": f"{GROUP}/{VERSION}", "kind": "Endpoint", "metadata": metadata, "spec": described}


def rolled_out(policy: dict[str, Any]) -> Manifest:
    return endpoint(deploymentConfig={"blueGreenUpdatePolicy": {"trafficRoutingConfiguration": policy}})


def canary(**more: Any) -> dict[str, Any]:
    return {"trafficPercent": 10, "model": model("digits-2"), **more}


TAKEN: dict[str, Manifest] = {
    "on instances": endpoint(),
    "serverless": endpoint(serverless()),
    "with weights": endpoint(variant(initialVariantWeight=0), variant("next", initialVariantWeight=1)),
    "with data capture": endpoint(dataCaptureConfig=CAPTURE),
    "with a shadow": endpoint(shadowProductionVariants=[variant("next")]),
    "with a canary": endpoint(canary=canary()),
    "with a dark canary": endpoint(canary=canary(trafficPercent=0)),
    "in batches": endpoint(deploymentConfig={"rollingUpdatePolicy": ROLLING}),
    "for inference components": endpoint(variant(model=None)),
    "on pools of instances": endpoint(
        variant(instanceType=None, instancePools=[{"instanceType": "ml.g5.2xlarge", "priority": 1}])
    ),
}

REFUSED: dict[str, tuple[Manifest, str]] = {
    "two variants of one name": (
        endpoint(variant(), variant()),
        r'spec\.productionVariants\[1\]: Duplicate value: .*"variantName":"main"',
    ),
    "weights that are all zero": (
        endpoint(variant(initialVariantWeight=0), variant("next", initialVariantWeight=0)),
        r"spec\.productionVariants: .*one initialVariantWeight at least must be above 0",
    ),
    "a canary beside a serverless variant": (
        endpoint(serverless(), canary=canary()),
        r"spec\.canary: .*not serverless",
    ),
    "a canary beside two variants": (
        endpoint(variant(), variant("next"), canary=canary()),
        r"spec\.canary: .*exactly one of productionVariants",
    ),
    "a canary with the name of the other one": (
        endpoint(variant("canary"), canary=canary()),
        r"spec\.canary: .*must be another than that of productionVariants",
    ),
    "a canary without a model": (
        endpoint(canary={"trafficPercent": 10}),
        r"spec\.canary.*exactly one of modelName, modelRef, model and modelDataURL",
    ),
    "more than all requests for a canary": (
        endpoint(canary=canary(trafficPercent=101)),
        r"spec\.canary\.trafficPercent: .*less than or equal to 100",
    ),
    "a canary beside a shadow": (
        endpoint(canary=canary(), shadowProductionVariants=[variant("next")]),
        r"spec\.canary: .*canary and shadowProductionVariants exclude each other",
    ),
    "two ways to roll out": (
        endpoint(
            deploymentConfig={
                "rollingUpdatePolicy": ROLLING,
                "blueGreenUpdatePolicy": {
                    "trafficRoutingConfiguration": {"type_": "ALL_AT_ONCE", "waitIntervalInSeconds": 0}
                },
            }
        ),
        r"spec\.deploymentConfig\.rollingUpdatePolicy: .*at most one of blueGreenUpdatePolicy and rollingUpdatePolicy",
    ),
    "a canary of a roll-out without its size": (
        rolled_out({"type_": "CANARY", "waitIntervalInSeconds": 60}),
        r"trafficRoutingConfiguration\.canarySize: .*belongs to the type_ CANARY, which needs it",
    ),
    "the size of another form of roll-out": (
        rolled_out({"type_": "LINEAR", "waitIntervalInSeconds": 60, "canarySize": HALF, "linearStepSize": HALF}),
        r"trafficRoutingConfiguration\.canarySize: .*belongs to the type_ CANARY",
    ),
    "steps that are too large": (
        rolled_out({"type_": "LINEAR", "waitIntervalInSeconds": 60, "linearStepSize": {**HALF, "value": 60}}),
        r"linearStepSize\.value: .*must be 10 to 50 percent",
    ),
    "batches of several variants": (
        endpoint(variant(), variant("next"), deploymentConfig={"rollingUpdatePolicy": ROLLING}),
        r"spec\.deploymentConfig: .*rollingUpdatePolicy goes with a single variant",
    ),
    "steps of a serverless variant": (
        endpoint(serverless(), deploymentConfig={"autoRollbackConfiguration": {"alarms": [{"alarmName": "errors"}]}}),
        r"spec\.deploymentConfig: .*is for variants on instances",
    ),
    "data capture of a serverless variant": (
        endpoint(serverless(), dataCaptureConfig=CAPTURE),
        r"spec\.productionVariants: .*serverlessConfig goes with a single variant, and without dataCaptureConfig",
    ),
    "asynchronous requests for a serverless variant": (
        endpoint(serverless(), asyncInferenceConfig={"outputConfig": {"s3OutputPath": "s3://my-bucket/answers/"}}),
        r"spec\.productionVariants: .*asyncInferenceConfig",
    ),
    "two serverless variants": (
        endpoint(serverless(), {**serverless(), "variantName": "next"}),
        r"spec\.productionVariants: .*single variant",
    ),
    "instances of a serverless variant": (
        endpoint(variant(serverlessConfig=SERVERLESS)),
        r"spec\.productionVariants\[0\]\.serverlessConfig: .*do not go with serverlessConfig",
    ),
    "a variant without a type of instance": (
        endpoint(variant(instanceType=None)),
        r"spec\.productionVariants\[0\]\.instanceType: .*required without serverlessConfig",
    ),
    "a variant without a number of instances": (
        endpoint(variant(initialInstanceCount=None)),
        r"spec\.productionVariants\[0\]\.instanceType: .*initialInstanceCount .*required without serverlessConfig",
    ),
    "captured data behind a slash": (
        endpoint(dataCaptureConfig={**CAPTURE, "destinationS3URI": "s3://my-bucket/captured/"}),
        r"spec\.dataCaptureConfig\.destinationS3URI: .*must not end with a slash",
    ),
    "a content type that is none": (
        endpoint(dataCaptureConfig={**CAPTURE, "captureContentTypeHeader": {"csvContentTypes": ["csv"]}}),
        r"spec\.dataCaptureConfig\.captureContentTypeHeader\.csvContentTypes\[0\]: Invalid value: \"csv\"",
    ),
    "two shadows": (
        endpoint(shadowProductionVariants=[variant("next"), variant("last")]),
        r"spec\.shadowProductionVariants: .*one shadow variant",
    ),
    "a configuration by name and in place": (
        endpoint(endpointConfigName="digits"),
        r"exactly one of endpointConfigName, endpointConfigRef and productionVariants must be set",
    ),
    "a model by name and in place": (
        endpoint(variant(modelName="digits")),
        r"at most one of modelName, modelRef, model and modelDataURL",
    ),
    "an artifact without a container": (
        endpoint(variant(model=None, trainingJobRef={"name": "digits"})),
        r"spec\.productionVariants\[0\]\.container: .*belong together",
    ),
}


@pytest.fixture
def api(cluster: Cluster, crds: None, namespace: str) -> Iterator[Api]:
    with Api(cluster, namespace) as opened:
        yield opened


@pytest.mark.parametrize("manifest", TAKEN.values(), ids=TAKEN)
def test_an_endpoint_is_taken(api: Api, manifest: Manifest) -> None:
    answer = api.create(KINDS["Endpoint"], manifest, dry=True)

    assert answer.code == 201, answer.message


@pytest.mark.parametrize(("manifest", "because"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_endpoint_is_refused_by_the_name_of_the_field(api: Api, manifest: Manifest, because: str) -> None:
    answer = api.create(KINDS["Endpoint"], manifest, dry=True)

    assert answer.code >= 400
    assert re.search(because, answer.message), answer.message


def test_a_configuration_of_its_own_keeps_to_the_same_rules(api: Api) -> None:
    config = endpoint(
        {**serverless(), "model": None, "modelName": "digits"}, executionRoleARN=None, dataCaptureConfig=CAPTURE
    )
    config["kind"] = "EndpointConfig"
    config["spec"] = {
        "productionVariants": [{"variantName": "main", "modelName": "digits", "serverlessConfig": SERVERLESS}],
        "dataCaptureConfig": CAPTURE,
    }

    answer = api.create(KINDS["EndpointConfig"], config, dry=True)

    assert re.search(r"spec\.productionVariants: .*and without dataCaptureConfig", answer.message), answer.message


def test_kubectl_shows_who_gets_the_requests_and_where_to_send_them(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    user.apply(endpoint(dataCaptureConfig=CAPTURE))
    user.wait("endpoint/digits", condition="Ready")
    user.edit("endpoint/digits", canary=canary())
    eventually("the canary serves", lambda: row(user)["TRAFFIC"].startswith("main 90%, canary 10%"))
    user.wait("endpoint/digits", condition="Ready")

    shown = row(user, "--output=wide")

    assert (shown["READY"], shown["PHASE"], shown["INSTANCES"]) == ("True", "InService", "2")
    name = user.status("endpoint/digits")["endpointName"]
    assert shown["URL"] == f"{sagemaker.url}/endpoints/{name}/invocations"
    user.wait("endpoint/digits", condition="DataCaptureReady")
    models = {one["variantName"]: one["modelName"] for one in user.status("endpoint/digits")["traffic"]}
    assert set(models.values()) == set(sagemaker.resources("Model"))


def test_to_raise_a_canary_needs_no_other_configuration_and_to_remove_it_returns_to_the_old_one(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    user.apply(endpoint())
    user.wait("endpoint/digits", condition="Ready")
    first = user.status("endpoint/digits")["endpointConfigName"]
    user.edit("endpoint/digits", canary=canary(trafficPercent=0))
    eventually("it is dark", lambda: row(user)["TRAFFIC"].startswith("main 100%, canary 0%"))
    user.wait("endpoint/digits", condition="Ready")

    user.edit("endpoint/digits", canary=canary(trafficPercent=50))

    eventually("it has half", lambda: row(user)["TRAFFIC"].startswith("main 50%, canary 50%"))
    user.wait("endpoint/digits", condition="Ready")
    assert sagemaker.journal.committed("CreateEndpointConfig") == 2
    assert sagemaker.journal.committed("UpdateEndpoint") == 1

    user.edit("endpoint/digits", canary=None)

    eventually("it is gone", lambda: row(user)["TRAFFIC"].startswith("main 100%"))
    user.wait("endpoint/digits", condition="Ready")
    assert user.status("endpoint/digits")["endpointConfigName"] == first
    assert sagemaker.journal.committed("CreateEndpointConfig") == 2


def row(user: User, *flags: str) -> dict[str, str]:
    """What ``kubectl get smep`` shows of the only endpoint, by the heads of its columns."""
    head, shown = user.kubectl("get", "smep", *flags).stdout.splitlines()[:2]
    starts = [found.start() for found in re.finditer(r"\S+", head)]
    ends = [*starts[1:], None]
    return {head[a:b].strip(): shown[a:b].strip() for a, b in zip(starts, ends, strict=True)}
