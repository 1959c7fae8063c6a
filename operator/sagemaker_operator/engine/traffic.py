"""Which share of the requests each variant of an endpoint gets, and on how many instances: as Describe tells it, in short.

``status.productionVariants`` has all of it; this is what a column and a dashboard want.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sagemaker_operator.model.names import field

Json = dict[str, Any]

# SageMaker's member to the field of the status.
_SHOWN = {
    "CurrentWeight": "weight",
    "DesiredWeight": "desiredWeight",
    "CurrentInstanceCount": "instances",
    "DesiredInstanceCount": "desiredInstances",
}


def traffic(reply: Mapping[str, Any], models: Mapping[str, str]) -> list[Json]:
    """The variants of an endpoint, shadow variants last.

    Args:
        reply: what DescribeEndpoint says.
        models: the name of the model in SageMaker by the name of the variant, as far as it is known.
    """
    serving: Sequence[Mapping[str, Any]] = reply.get("ProductionVariants") or ()
    total = sum(float(one.get("CurrentWeight", 0)) for one in serving)
    told = [_variant(one, models) | _percent(one, total) for one in serving]
    shadows: Sequence[Mapping[str, Any]] = reply.get("ShadowProductionVariants") or ()
    return told + [_variant(one, models) | {"shadow": True} for one in shadows]


def summary(told: Sequence[Mapping[str, Any]]) -> str:
    """The traffic in one line: ``main 90%, canary 10%``."""
    return ", ".join(f"{one['variantName']} {'shadow' if one.get('shadow') else _share(one)}" for one in told)


def instances(told: Sequence[Mapping[str, Any]]) -> int | None:
    """On how many instances an endpoint runs; None if on none that can be counted, as it is serverless."""
    counts = [int(one["instances"]) for one in told if "instances" in one]
    return sum(counts) if counts else None


def models_of(told: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The names of the models that a status tells, by the name of the variant."""
    return {str(one["variantName"]): str(one["modelName"]) for one in told if "modelName" in one}


def _variant(one: Mapping[str, Any], models: Mapping[str, str]) -> Json:
    name = str(one.get("VariantName"))
    told: Json = {"variantName": name}
    if name in models:
        told["modelName"] = models[name]
    told |= {own: one[member] for member, own in _SHOWN.items() if member in one}
    serverless = one.get("CurrentServerlessConfig") or {}
    told |= {field(member): value for member, value in serverless.items()}
    states = [str(state["Status"]) for state in one.get("VariantStatus") or () if state.get("Status")]
    return told | ({"state": states[-1]} if states else {})


def _percent(one: Mapping[str, Any], total: float) -> Json:
    if "CurrentWeight" not in one:
        return {}
    return {"percent": round(100 * float(one["CurrentWeight"]) / total) if total else 0}


def _share(one: Mapping[str, Any]) -> str:
    percent = one.get("percent")
    if percent is None:
        return "?"
    if not percent and one.get("weight"):
        return "<1%"
    return f"{percent}%"
