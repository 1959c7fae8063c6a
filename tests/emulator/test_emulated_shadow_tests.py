"""Inference experiments, inference routers and endpoint policies, through boto3."""

import json
from typing import Any

import pytest
from tests.emulator.asking import ROLE, arn, endpoint_config, model, refused, serving_endpoint, variant

from sagemaker_local.emulator import Emulator

INFRASTRUCTURE = {
    "InfrastructureType": "RealTimeInference",
    "RealTimeInferenceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
}
ACTIONS = {"production": "Retain", "shadow": "Remove"}


def experiment(**members: Any) -> dict[str, Any]:
    variants = [
        {"ModelName": "digits", "VariantName": name, "InfrastructureConfig": INFRASTRUCTURE}
        for name in ("production", "shadow")
    ]
    shadow = {
        "SourceModelVariantName": "production",
        "ShadowModelVariants": [{"ShadowModelVariantName": "shadow", "SamplingPercentage": 30}],
    }
    return {
        "Name": "compare",
        "Type": "ShadowMode",
        "RoleArn": ROLE,
        "EndpointName": "digits",
        "ModelVariants": variants,
        "ShadowModeConfig": shadow,
        **members,
    }


def describe(client: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.describe_inference_experiment(Name="compare")
    return answer


def status(client: Any) -> str:
    return str(describe(client)["Status"])


@pytest.fixture
def serving(sagemaker: Emulator, client: Any) -> None:
    serving_endpoint(sagemaker, client)


def test_an_experiment_without_a_schedule_runs_until_it_is_stopped(
    sagemaker: Emulator, serving: None, client: Any
) -> None:
    client.create_inference_experiment(**experiment())
    seen = [status(client)]
    for seconds in (60, 300, 100_000):
        sagemaker.clock.advance(seconds)
        seen.append(status(client))
    client.stop_inference_experiment(Name="compare", ModelVariantActions=ACTIONS, Reason="seen enough")
    seen.append(status(client))
    sagemaker.clock.advance(300)

    shown = describe(client)
    assert seen == ["Creating", "Starting", "Running", "Running", "Stopping"]
    assert (shown["Status"], shown["StatusReason"]) == ("Completed", "seen enough")
    assert [one["Status"] for one in shown["ModelVariants"]] == ["InService", "Deleted"]
    assert shown["EndpointMetadata"]["EndpointStatus"] == "InService"
    assert shown["CompletionTime"] >= shown["CreationTime"]


def test_an_experiment_keeps_to_its_schedule(sagemaker: Emulator, serving: None, client: Any) -> None:
    now = sagemaker.clock.now()
    client.create_inference_experiment(**experiment(Schedule={"StartTime": now + 3600, "EndTime": now + 7200}))
    seen = []
    for seconds in (3599, 1, 300, 3300, 300):
        sagemaker.clock.advance(seconds)
        seen.append(status(client))

    assert seen == ["Created", "Starting", "Running", "Stopping", "Completed"]


def test_an_experiment_can_be_started_early_updated_and_cancelled(
    sagemaker: Emulator, serving: None, client: Any
) -> None:
    start = sagemaker.clock.now() + 86_400
    client.create_inference_experiment(**experiment(Schedule={"StartTime": start}))
    sagemaker.clock.advance(60)
    client.update_inference_experiment(Name="compare", Description="another")
    updating = status(client)
    sagemaker.clock.advance(60)
    created = (status(client), describe(client)["Description"])
    client.start_inference_experiment(Name="compare")
    sagemaker.clock.advance(300)
    running = status(client)
    client.stop_inference_experiment(Name="compare", ModelVariantActions=ACTIONS, DesiredState="Cancelled")
    sagemaker.clock.advance(300)

    assert (updating, created, running, status(client)) == ("Updating", ("Created", "another"), "Running", "Cancelled")
    client.delete_inference_experiment(Name="compare")
    assert refused(client.describe_inference_experiment, Name="compare")[0] == "ResourceNotFound"


def test_experiments_that_make_no_sense_are_refused(sagemaker: Emulator, serving: None, client: Any) -> None:
    create = client.create_inference_experiment
    now = sagemaker.clock.now()
    shadow = {**experiment()["ShadowModeConfig"], "SourceModelVariantName": "other"}
    month = {"StartTime": now, "EndTime": now + 31 * 86_400}

    assert refused(create, **experiment(EndpointName="x"))[1] == f'Could not find endpoint "{arn("endpoint/x")}".'
    assert "other" in refused(create, **experiment(ShadowModeConfig=shadow))[1]
    assert "30 days" in refused(create, **experiment(Schedule=month))[1]
    assert "30 days" in refused(create, **experiment(Schedule={"EndTime": now - 1}))[1]
    create(**experiment())
    assert refused(create, **experiment())[0] == "ResourceInUse"
    assert refused(client.start_inference_experiment, Name="compare")[0] == "ConflictException"
    assert refused(client.delete_inference_experiment, Name="compare")[0] == "ConflictException"
    sagemaker.clock.advance(60)
    assert "x" in refused(client.stop_inference_experiment, Name="compare", ModelVariantActions={"x": "Remove"})[1]


def target(name: str = "digits", resource: str = "endpoint/digits", **members: Any) -> dict[str, Any]:
    return {"Name": name, "Destinations": [{"ResourceArn": arn(resource)}], **members}


def test_a_router_shows_which_destinations_serve(sagemaker: Emulator, serving: None, client: Any) -> None:
    foreign = {"ResourceArn": "arn:aws:sagemaker:eu-west-1:999999999999:endpoint/theirs"}
    targets = [target(), target("gone", "endpoint/nobody"), {"Name": "foreign", "Destinations": [foreign]}]
    client.create_inference_router(InferenceRouterName="routes", RoutingTargets=targets)
    creating = client.describe_inference_router(InferenceRouterName="routes")["Status"]
    sagemaker.clock.advance(60)

    shown = client.describe_inference_router(InferenceRouterName="routes")

    assert (creating, shown["Status"]) == ("Creating", "InService")
    routed = [one["Destinations"][0]["RoutingStatus"] for one in shown["RoutingTargets"]]
    assert routed == ["Routable", "Unroutable", "Unknown"]
    assert [one["InferenceRouterName"] for one in client.list_inference_routers()["InferenceRouters"]] == ["routes"]


def test_a_router_takes_other_targets_in_two_minutes(sagemaker: Emulator, serving: None, client: Any) -> None:
    client.create_inference_router(InferenceRouterName="routes", RoutingTargets=[target()])
    sagemaker.clock.advance(60)
    update = {"InferenceRouterName": "routes", "RoutingTargets": [target("other")]}
    client.update_inference_router(**update)

    def names() -> list[str]:
        shown = client.describe_inference_router(InferenceRouterName="routes")
        return [one["Name"] for one in shown["RoutingTargets"]]

    during = names()
    busy = refused(client.update_inference_router, **update)[0]
    sagemaker.clock.advance(120)

    assert (during, busy, names()) == (["digits"], "ConflictException", ["other"])
    client.delete_inference_router(InferenceRouterName="routes")
    sagemaker.clock.advance(30)
    assert refused(client.describe_inference_router, InferenceRouterName="routes")[0] == "ResourceNotFound"


def test_a_router_is_created_once_for_each_token(serving: None, client: Any) -> None:
    request = {"InferenceRouterName": "routes", "RoutingTargets": [target()], "ClientToken": "once"}

    first = client.create_inference_router(**request)["InferenceRouterArn"]
    second = client.create_inference_router(**request)["InferenceRouterArn"]

    assert first == second
    assert refused(client.create_inference_router, **{**request, "ClientToken": "twice"})[0] == "ResourceAlreadyExists"
    other = {**request, "RoutingTargets": [target("other")]}
    assert refused(client.create_inference_router, **other)[0] == "ConflictException"


def test_a_target_with_asynchronous_settings_needs_asynchronous_endpoints(
    sagemaker: Emulator, serving: None, client: Any
) -> None:
    paths = {"S3OutputPath": "s3://bucket/out", "S3FailurePath": "s3://bucket/failed"}
    wanted = target(AsyncInferenceConfig={"OutputConfig": paths})

    said = refused(client.create_inference_router, InferenceRouterName="routes", RoutingTargets=[wanted])

    assert (said[0], "asynchronous" in said[1]) == ("ValidationException", True)
    twice = refused(client.create_inference_router, InferenceRouterName="routes", RoutingTargets=[target(), target()])
    assert "digits" in twice[1]


POLICY = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sagemaker:DescribeEndpoint"}]})


def test_an_endpoint_keeps_its_policy_until_it_goes(sagemaker: Emulator, serving: None, client: Any) -> None:
    missing = refused(client.get_endpoint_policy, EndpointName="digits")[0]
    client.put_endpoint_policy(EndpointName="digits", ResourcePolicy=POLICY)
    kept = client.get_endpoint_policy(EndpointName="digits")
    client.delete_endpoint_policy(EndpointName="digits")
    client.delete_endpoint_policy(EndpointName="digits")

    assert (missing, kept["ResourcePolicy"], kept["EndpointArn"]) == (
        "ValidationException",
        POLICY,
        arn("endpoint/digits"),
    )
    assert refused(client.get_endpoint_policy, EndpointName="digits")[0] == "ValidationException"
    assert refused(client.get_endpoint_policy, EndpointName="x")[0] == "ResourceNotFound"


@pytest.mark.parametrize("document", ["no JSON", "[]", "{}", '{"Statement": []}', '{"Statement": [{}]}', '"é"'])
def test_a_policy_that_is_none_is_refused(serving: None, client: Any, document: str) -> None:
    said = refused(client.put_endpoint_policy, EndpointName="digits", ResourcePolicy=document)

    assert said[0] == "ValidationException"
    assert "not valid" in said[1]


def test_an_endpoint_that_is_deleted_takes_no_policy(serving: None, client: Any) -> None:
    client.delete_endpoint(EndpointName="digits")

    said = refused(client.put_endpoint_policy, EndpointName="digits", ResourcePolicy=POLICY)

    assert (said[0], "Deleting" in said[1]) == ("ValidationException", True)


def test_an_autoscaled_endpoint_goes_only_if_the_caller_may_deregister(
    sagemaker: Emulator, serving: None, client: Any
) -> None:
    scaling = sagemaker.client("application-autoscaling")
    scaling.register_scalable_target(
        ServiceNamespace="sagemaker", ResourceId="endpoint/digits/variant/AllTraffic",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount", MinCapacity=1, MaxCapacity=4,
    )  # fmt: skip
    sagemaker.scenarios.fail("Endpoint", "digits", reason="not permitted", at="DeregisterScalableTarget", times=1)

    said = refused(client.delete_endpoint, EndpointName="digits")

    assert "does not have application-autoscaling:DeregisterScalableTarget permission" in said[1]
    client.delete_endpoint(EndpointName="digits")


def test_scaling_advice_needs_a_recommendation(sagemaker: Emulator, client: Any) -> None:
    advise = client.get_scaling_configuration_recommendation
    assert refused(advise, InferenceRecommendationsJobName="x", EndpointName="e")[0] == "ResourceNotFound"
    assert refused(advise, InferenceRecommendationsJobName="x")[0] == "ValidationException"


def test_a_shadow_variant_serves_beside_the_production_variant(sagemaker: Emulator, client: Any) -> None:
    client.create_model(**model())
    shadow = [variant("Shadow", InitialInstanceCount=2)]
    client.create_endpoint_config(**endpoint_config(ShadowProductionVariants=shadow))
    client.create_endpoint_config(**endpoint_config("second", ShadowProductionVariants=shadow))
    client.create_endpoint(EndpointName="digits", EndpointConfigName="first")
    sagemaker.clock.advance(240)
    client.update_endpoint(EndpointName="digits", EndpointConfigName="second")

    pending = client.describe_endpoint(EndpointName="digits")["PendingDeploymentSummary"]
    sagemaker.clock.advance(300)

    assert pending["ShadowProductionVariants"][0]["VariantStatus"][0]["StatusMessage"] == "Launching 2 instance(s)."
    shown = client.describe_endpoint(EndpointName="digits")
    assert shown["ShadowProductionVariants"][0]["CurrentInstanceCount"] == 2
