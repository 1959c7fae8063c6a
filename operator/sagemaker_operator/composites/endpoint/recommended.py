"""What Inference Recommender has found for a variant, in the place of what the manifest leaves out.

Of several recommendations the first one is taken.
"""

from collections.abc import Mapping
from typing import Any

from sagemaker_operator.kinds.inline import Inline

# A reference puts the recommendations in this field's place.
_FIELD = "instanceType"


def settled(row: Inline | None, spec: Mapping[str, Any]) -> dict[str, Any]:
    """A spec whose variants have instances, or memory and concurrency, where it refers to recommendations for them.

    Args:
        row: what is described in place; None if nothing is.
        spec: with references resolved: what a job recommends stands in place of the type of instances.
    """
    if row is None:
        return dict(spec)
    lists = {name: [_variant(one) for one in spec[name]] for name in row.lists if name in spec}
    return {**spec, **lists}


def _variant(variant: Mapping[str, Any]) -> Mapping[str, Any]:
    found = variant.get(_FIELD)
    if not isinstance(found, list):
        return variant
    best = found[0] if found else {}
    environment = _environment(best.get("modelConfiguration") or {})
    sized = {**_size(best.get("endpointConfiguration") or {}), **{k: v for k, v in variant.items() if k != _FIELD}}
    return _with(sized, environment) if environment else sized


def _size(recommended: Mapping[str, Any]) -> dict[str, Any]:
    if "serverlessConfig" in recommended:
        return {"serverlessConfig": recommended["serverlessConfig"]}
    told = {name: recommended[name] for name in (_FIELD, "initialInstanceCount") if name in recommended}
    return {"initialInstanceCount": 1, **told}


def _environment(recommended: Mapping[str, Any]) -> dict[str, str]:
    parameters = recommended.get("environmentParameters") or ()
    return {str(one["key"]): str(one["value"]) for one in parameters}


def _with(variant: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """A variant whose container has these environment variables too; what the manifest says goes first."""
    if "container" in variant:
        return {**variant, "container": _surrounded(variant["container"], environment)}
    model = variant.get("model") or {}
    if "primaryContainer" not in model:
        return variant
    return {**variant, "model": {**model, "primaryContainer": _surrounded(model["primaryContainer"], environment)}}


def _surrounded(container: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    return {**container, "environment": {**environment, **container.get("environment", {})}}
