"""What a manifest asks of Application Auto Scaling, in that service's words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sagemaker_operator.kinds.scalable import FIELD, Scalable
from sagemaker_operator.model import scaling as service
from sagemaker_operator.model.convert import to_request

# Metrics about a whole endpoint, which CloudWatch keeps without the variant:
# https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
_OF_ALL = frozenset(
    {
        "ApproximateAgeOfOldestRequest",
        "ApproximateBacklogSize",
        "ApproximateBacklogSizePerInstance",
        "HasBacklogWithoutCapacity",
    }
)
_OURS = ("AWS/SageMaker", "/aws/sagemaker/Endpoints", "/aws/sagemaker/InferenceComponents")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted for one count.

    Attributes:
        item: the variant; "" for the resource itself.
        dimension: which count of it.
        target: the members of RegisterScalableTarget.
        policies: those of PutScalingPolicy, by the name of the policy.
        actions: those of PutScheduledAction, by the name of the action.
    """

    item: str
    dimension: str
    target: Mapping[str, Any]
    policies: Mapping[str, Mapping[str, Any]]
    actions: Mapping[str, Mapping[str, Any]]


def wanted(row: Scalable | None, spec: Mapping[str, Any], name: str) -> tuple[Wanted, ...]:
    """What a spec asks for, in its order.

    Args:
        row: what can be scaled; None if nothing can.
        spec: the spec, with references resolved.
        name: the name of the resource in SageMaker.
    """
    if row is None:
        return ()
    parts = spec.get(row.items) or () if row.items else (spec,)
    return tuple(_one(row, part, name) for part in parts if part.get(FIELD))


def default_name(policy: Mapping[str, Any]) -> str:
    """What a target-tracking policy is called that has no name: as its metric, for each of which there can be but one."""
    metric = policy.get("predefinedMetric") or policy.get("customizedMetric", {}).get("metricName")
    return str(policy.get("name") or metric)


def _one(row: Scalable, part: Mapping[str, Any], name: str) -> Wanted:
    asked, item = part[FIELD], str(part[row.key]) if row.key else ""
    dimension = next((other for field, other in row.instead.items() if part.get(field)), row.dimension)
    dimensions = {key: text.format(name=name, item=item) for key, text in row.dimensions.items()}
    tracking = {default_name(one): _tracking(one, dimensions) for one in asked.get("targetTracking") or ()}
    steps = {str(one["name"]): _step(one) for one in asked.get("step") or ()}
    actions = {str(one["name"]): _action(one) for one in asked.get("scheduled") or ()}
    target = to_request(service.request("RegisterScalableTarget").members, _only(asked, "minCapacity", "maxCapacity"))
    if (suspended := asked.get("suspendedState")) is not None:
        target["SuspendedState"] = to_request(service.structure("SuspendedState").members, suspended)
    return Wanted(item, dimension, target, {**tracking, **steps}, actions)


def _tracking(asked: Mapping[str, Any], dimensions: Mapping[str, str]) -> dict[str, Any]:
    members = service.structure("TargetTrackingScalingPolicyConfiguration").members
    policy: dict[str, Any] = to_request(members, asked)
    if (metric := asked.get("predefinedMetric")) is not None:
        policy["PredefinedMetricSpecification"] = {"PredefinedMetricType": metric}
    if (told := asked.get("customizedMetric")) is not None:
        custom = to_request(service.structure("CustomizedMetricSpecification").members, told)
        if "Dimensions" not in custom and "Metrics" not in custom and custom.get("Namespace") in _OURS:
            custom["Dimensions"] = [*_dimensions(custom.get("MetricName"), dimensions)]
        policy["CustomizedMetricSpecification"] = custom
    return {"PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": policy}


def _dimensions(metric: object, dimensions: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for name, value in dimensions.items():
        if name != "VariantName" or metric not in _OF_ALL:
            yield {"Name": name, "Value": value}


def _step(asked: Mapping[str, Any]) -> dict[str, Any]:
    policy = to_request(service.structure("StepScalingPolicyConfiguration").members, asked)
    return {"PolicyType": "StepScaling", "StepScalingPolicyConfiguration": policy}


def _action(asked: Mapping[str, Any]) -> dict[str, Any]:
    members = service.request("PutScheduledAction").members
    when: dict[str, Any] = to_request(members, _only(asked, "schedule", "timezone", "startTime", "endTime"))
    bounds = to_request(service.structure("ScalableTargetAction").members, asked)
    return {**when, "ScalableTargetAction": bounds}


def _only(asked: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: asked[name] for name in names if name in asked}
