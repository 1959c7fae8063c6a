"""Endpoints that are scaled, as a user with kubectl sees them; and what the API server refuses of how they are to be scaled."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.builders import Manifest
from tests.cluster.api import Api
from tests.cluster.eventually import eventually
from tests.cluster.operating import Operator
from tests.cluster.test_endpoint_forms import endpoint, model, serverless, variant
from tests.cluster.user import User

from sagemaker_local.cluster import Cluster
from sagemaker_local.emulator import Emulator
from sagemaker_operator.kinds import GROUP, KINDS, VERSION

pytestmark = pytest.mark.serves("Model", "EndpointConfig", "Endpoint")

INVOCATIONS = {"predefinedMetric": "SageMakerVariantInvocationsPerInstance", "targetValue": 70}
CONCURRENCY = {"predefinedMetric": "SageMakerVariantProvisionedConcurrencyUtilization", "targetValue": 0.7}
BACKLOG = {"namespace": "AWS/SageMaker", "metricName": "ApproximateBacklogSizePerInstance", "statistic": "Average"}
WAKE = {
    "name": "wake",
    "adjustmentType": "ChangeInCapacity",
    "stepAdjustments": [{"metricIntervalLowerBound": 0, "scalingAdjustment": 1}],
}
NIGHT = {"name": "night", "schedule": "cron(0 22 * * ? *)", "timezone": "Europe/Berlin", "maxCapacity": 1}
PROVISIONED = {"memorySizeInMB": 2048, "maxConcurrency": 5, "provisionedConcurrency": 2}
ASYNC = {"asyncInferenceConfig": {"outputConfig": {"s3OutputPath": "s3://my-bucket/answers"}}}


def scaled(**said: Any) -> dict[str, Any]:
    """How a variant is to be scaled: between one and four."""
    return {"minCapacity": 1, "maxCapacity": 4, **said}


def on_instances(spec: dict[str, Any] | None = None, **said: Any) -> Manifest:
    return endpoint(variant(autoscaling=scaled(**said)), **(spec or {}))


def on_demand(concurrency: dict[str, Any], **said: Any) -> Manifest:
    return endpoint({**serverless(autoscaling=scaled(**said)), "serverlessConfig": concurrency})


def component(**said: Any) -> Manifest:
    spec = {
        "endpointName": "digits",
        "specification": {"modelName": "digits", "computeResourceRequirements": {"minMemoryRequiredInMb": 1024}},
        "runtimeConfig": {"copyCount": 1},
        "autoscaling": scaled(**said),
    }
    metadata = {"name": "digits"}
    return {"apiVersion": f"{GROUP}/{VERSION}", "kind": "InferenceComponent", "metadata": metadata, "spec": spec}


TAKEN: dict[str, Manifest] = {
    "by bounds alone": on_instances(),
    "by all kinds of policies": on_instances(targetTracking=[INVOCATIONS], step=[WAKE], scheduled=[NIGHT]),
    "by the backlog, to no instance": on_instances(
        ASYNC, minCapacity=0, targetTracking=[{"customizedMetric": BACKLOG, "targetValue": 5}]
    ),
    "by provisioned concurrency": on_demand(PROVISIONED, targetTracking=[CONCURRENCY]),
    "a component, to no copy": component(minCapacity=0),
}
REFUSED: dict[str, tuple[Manifest, str]] = {
    "bounds that are reversed": (
        on_instances(minCapacity=5),
        r"autoscaling\.minCapacity: .*must not be greater than maxCapacity",
    ),
    "bounds of a schedule that are reversed": (
        on_instances(scheduled=[{**NIGHT, "minCapacity": 2}]),
        r"scheduled\[0\]\.minCapacity: .*must not be greater than maxCapacity",
    ),
    "no instance where it cannot wake": (on_instances(minCapacity=0), "can be 0 only with asyncInferenceConfig"),
    "no greatest number": (
        endpoint(variant(autoscaling={"minCapacity": 1})),
        r"autoscaling\.maxCapacity: Required value",
    ),
    "serverless without provisioned concurrency": (
        on_demand({"memorySizeInMB": 2048, "maxConcurrency": 5}),
        r"autoscaling: .*only serverlessConfig\.provisionedConcurrency can be scaled, and it is not set",
    ),
    "a metric of instances for a serverless variant": (
        on_demand(PROVISIONED, targetTracking=[INVOCATIONS]),
        "the one metric of serverless variants",
    ),
    "a metric of serverless variants for instances": (
        on_instances(targetTracking=[CONCURRENCY]),
        "the one metric of serverless variants",
    ),
    "a metric twice": (
        on_instances(targetTracking=[INVOCATIONS, {**INVOCATIONS, "targetValue": 5}]),
        r"targetTracking: .*must have different names",
    ),
    "a name for two policies": (
        on_instances(targetTracking=[{**INVOCATIONS, "name": "wake"}], step=[WAKE]),
        r"step: .*must have different names",
    ),
    "a policy without a metric": (on_instances(targetTracking=[{"targetValue": 5}]), "predefinedMetric"),
    "a policy with two metrics": (
        on_instances(targetTracking=[{**INVOCATIONS, "customizedMetric": BACKLOG}]),
        "exactly one of predefinedMetric and customizedMetric",
    ),
    "an action without effect": (
        on_instances(scheduled=[{"name": "night", "schedule": "rate(1 day)"}]),
        "minCapacity or maxCapacity must be set",
    ),
    "a schedule as cron(8) has it": (
        on_instances(scheduled=[{**NIGHT, "schedule": "0 22 * * *"}]),
        r"schedule: Invalid",
    ),
    "a shadow": (
        endpoint(shadowProductionVariants=[variant("next", model=model("next"), autoscaling=scaled())]),
        r"shadowProductionVariants\[0\]\.autoscaling",
    ),
    "a component with reversed bounds": (component(minCapacity=5), r"spec\.autoscaling\.minCapacity"),
}


@pytest.fixture
def api(cluster: Cluster, crds: None, namespace: str) -> Iterator[Api]:
    with Api(cluster, namespace) as opened:
        yield opened


@pytest.fixture
def operator(operators: Callable[..., Operator]) -> Operator:
    """The operator, looking at services at rest every second instead of every minute."""
    operator = operators("--no-leader-elect", "--resync=1")
    operator.start()
    return operator


@pytest.mark.parametrize("manifest", TAKEN.values(), ids=TAKEN)
def test_what_can_be_scaled_so_is_taken(api: Api, manifest: Manifest) -> None:
    answer = api.create(KINDS[manifest["kind"]], manifest, dry=True)

    assert answer.code == 201, answer.message


@pytest.mark.parametrize(("manifest", "because"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_scaled_so_is_refused_with_a_reason(api: Api, manifest: Manifest, because: str) -> None:
    answer = api.create(KINDS[manifest["kind"]], manifest, dry=True)

    assert answer.code >= 400
    assert re.search(because, answer.message), answer.message


def test_an_endpoint_is_scaled_from_its_first_minute_to_its_last(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    user.apply(on_instances(targetTracking=[INVOCATIONS], scheduled=[NIGHT]))
    user.kubectl("wait", "endpoint/digits", "--for=condition=AutoscalingReady", "--timeout=60s")
    name = user.status("endpoint/digits")["endpointName"]
    sagemaker.scale(name, "main", 3)
    eventually("three serve", lambda: user.status("endpoint/digits")["scaling"][0].get("current") == 3)
    (told,) = user.status("endpoint/digits")["scaling"]

    user.edit("endpoint/digits", productionVariants=[variant(autoscaling=scaled(maxCapacity=9))])
    eventually("it is changed", lambda: limits(sagemaker) == [(1, 9)])
    user.wait("endpoint/digits", condition="AutoscalingReady")
    user.delete("endpoint/digits")

    assert (told["minCapacity"], told["maxCapacity"], told["desired"]) == (1, 4, 3)
    assert told["policies"][0]["arn"].endswith(":policyName/SageMakerVariantInvocationsPerInstance")
    assert [one["name"] for one in told["scheduled"]] == ["night"]
    assert limits(sagemaker) == []
    done = [one.operation for one in sagemaker.journal.entries(outcome="ok")]
    assert done.count("RegisterScalableTarget") == 2
    assert done.index("DeregisterScalableTarget") < done.index("DeleteEndpoint")
    reasons = {event["reason"] for event in user.events("endpoint/digits")}
    assert "Autoscaling" in reasons


def test_who_may_not_scale_is_told_which_permission_is_missing(
    user: User, operator: Operator, sagemaker: Emulator
) -> None:
    sagemaker.faults.deny("RegisterScalableTarget")
    user.apply(on_instances(targetTracking=[INVOCATIONS]))

    eventually("it is told", lambda: user.reason("endpoint/digits", "AutoscalingReady") == "AccessDenied")

    user.wait("endpoint/digits", condition="Ready")
    described = user.describe("endpoint/digits")
    assert "application-autoscaling:RegisterScalableTarget" in described
    assert "AutoscalingFailed" in json.dumps(user.events("endpoint/digits"))


def limits(sagemaker: Emulator) -> list[tuple[int, int]]:
    """The bounds of all that is registered."""
    client = sagemaker.client("application-autoscaling")
    found = client.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    client.close()
    return [(one["MinCapacity"], one["MaxCapacity"]) for one in found]
