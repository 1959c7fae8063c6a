"""Resource policies of endpoints, and the recommender's advice on scaling them.

A policy lives and dies with its endpoint (PutEndpointPolicy's documentation).
"""

import json
from typing import Any, Final

from sagemaker_local.emulator.family import Action, Extra
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

NO_ENDPOINT: Final = Refusal("ResourceNotFound", 'Could not find endpoint "{arn}".', evidence=UNVERIFIED)
NO_POLICY: Final = Refusal(
    VALIDATION,
    'Endpoint "{arn}" has no policy.',
    evidence=f"that it is a ValidationException: documentation of GetEndpointPolicy; {UNVERIFIED} text",
)
BAD_POLICY: Final = Refusal(
    VALIDATION,
    "The endpoint policy is not valid: {problem}.",
    evidence=f"that it is refused: documentation of PutEndpointPolicy; {UNVERIFIED} text",
)
NOT_NOW: Final = Refusal(
    VALIDATION,
    'A policy cannot be attached to endpoint "{arn}" in status {status}.',
    evidence=f"that it is refused: documentation of PutEndpointPolicy; {UNVERIFIED} text",
)
NO_RECOMMENDATION: Final = Refusal(
    "ResourceNotFound",
    "Inference recommendations job {name} has no such completed recommendation.",
    evidence=UNVERIFIED,
)
ONE_OF_TWO: Final = Refusal(
    VALIDATION,
    "Either RecommendationId or EndpointName must be specified, but not both.",
    evidence=f"the rule: documentation of GetScalingConfigurationRecommendation; {UNVERIFIED} text",
)
_STATEMENT: Final = ("Effect", "Principal", "Action")


def is_a_policy(call: Call, _: Resource, __: World) -> None:
    """It is an ASCII policy document whose statements say who may do what."""
    document: str = call.request["ResourcePolicy"]
    if not document.isascii():
        raise BAD_POLICY.error(problem="it has characters that are not ASCII")
    try:
        policy: Any = json.loads(document)
    except ValueError:
        raise BAD_POLICY.error(problem="it is not JSON") from None
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    listed = statements if isinstance(statements, list) else [statements]
    for statement in listed or [None]:
        lacking = [n for n in _STATEMENT if not isinstance(statement, dict) or n not in statement]
        if lacking:
            raise BAD_POLICY.error(problem=f"a statement lacks {', '.join(lacking)}")


def attach(call: Call, endpoint: Resource, _: World) -> None:
    """Let the policy take the place of the one before."""
    endpoint.facts["ResourcePolicy"] = call.request["ResourcePolicy"]


def has_a_policy(_: Call, endpoint: Resource, __: World) -> None:
    """There is something to be shown."""
    if "ResourcePolicy" not in endpoint.facts:
        raise NO_POLICY.error(arn=endpoint.arn)


def detach(_: Call, endpoint: Resource, __: World) -> None:
    """Forget the policy, if there is one."""
    endpoint.facts.pop("ResourcePolicy", None)


def recommend_scaling(call: Call, world: World) -> Json:
    """How to scale an endpoint that a recommendations job has measured.

    The capacities cover the traffic that is expected, at the load per instance that the job has found. AWS's own way of
    computing them is not known.
    """
    request = call.request
    if ("RecommendationId" in request) == ("EndpointName" in request):
        raise ONE_OF_TWO.error()
    name = request["InferenceRecommendationsJobName"]
    job = world.find(call.place, "InferenceRecommendationsJob", name)
    found: list[Json] = job.facts.get("InferenceRecommendations", []) if job is not None else []
    for one in found:
        endpoint = one.get("EndpointConfiguration", {}).get("EndpointName")
        if request.get("RecommendationId", one.get("RecommendationId")) != one.get("RecommendationId"):
            continue
        if request.get("EndpointName", endpoint) == endpoint:
            return _advice(request, one)
    raise NO_RECOMMENDATION.error(name=name)


def _advice(request: Json, recommendation: Json) -> Json:
    utilization = request.get("TargetCpuUtilizationPerCore", 50)
    metrics = recommendation.get("Metrics", {})
    load = max(1, int(metrics.get("MaxInvocations", 1)))
    target = max(1, load * utilization // 100)
    objective = request.get("ScalingPolicyObjective", {})
    least, most = objective.get("MinInvocationsPerMinute", 0), objective.get("MaxInvocationsPerMinute", load)
    metric = {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}
    tracking = {"MetricSpecification": {"Predefined": metric}, "TargetValue": float(target)}
    endpoint = recommendation.get("EndpointConfiguration", {}).get("EndpointName")
    answer: Json = {
        "InferenceRecommendationsJobName": request["InferenceRecommendationsJobName"],
        "RecommendationId": recommendation.get("RecommendationId"),
        "EndpointName": endpoint,
        "TargetCpuUtilizationPerCore": utilization,
        "ScalingPolicyObjective": objective,
        "Metric": {"InvocationsPerInstance": load, "ModelLatency": int(metrics.get("ModelLatency", 0))},
        "DynamicScalingConfiguration": {
            "MinCapacity": max(1, -(-least // target)),
            "MaxCapacity": max(1, -(-most // target)),
            "ScaleInCooldown": 300,
            "ScaleOutCooldown": 300,
            "ScalingPolicies": [{"TargetTracking": tracking}],
        },
    }
    return {name: value for name, value in answer.items() if value is not None}


POLICY_ACTIONS: Final = (
    Action(
        operation="PutEndpointPolicy",
        missing=NO_ENDPOINT,
        accepts=frozenset(
            {
                "Creating",
                "InService",
                "Updating",
                "SystemUpdating",
                "RollingBack",
                "OutOfService",
                "UpdateRollbackFailed",
            }
        ),
        refused=NOT_NOW,
        guards=(is_a_policy,),
        apply=attach,
    ),
    Action(operation="GetEndpointPolicy", missing=NO_ENDPOINT, guards=(has_a_policy,)),
    Action(operation="DeleteEndpointPolicy", missing=NO_ENDPOINT, apply=detach),
)
SCALING_ADVICE: Final = Extra("GetScalingConfigurationRecommendation", recommend_scaling)
