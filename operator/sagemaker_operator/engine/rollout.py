"""How one configuration of an endpoint takes over from another: which weights its variants begin with, and in which steps.

An update that keeps the properties of variants keeps autoscaled counts, which is what everybody wants, and weights as well: that
is right only as long as the variants are the same. Beside a canary, or after it, a weight means another share. And
SageMaker moves requests in steps only between fleets of the same variants.
"""

from collections.abc import Mapping
from typing import Any

from .facts import Facts
from .target import Target

_RETAIN, _EXCLUDE = "RetainAllVariantProperties", "ExcludeRetainedVariantProperties"
_WEIGHT = {"VariantPropertyType": "DesiredWeight"}
_DEPLOYMENT, _POLICIES = "DeploymentConfig", ("BlueGreenUpdatePolicy", "RollingUpdatePolicy")


def manners(facts: Facts, request: Mapping[str, Any]) -> dict[str, Any]:
    """What an update of these facts says otherwise than the manifest, where other variants than before are to serve."""
    target = facts.target
    if facts.kind.inline is None or not isinstance(target, Target) or not target.revision:
        return {}
    others = _other_variants(facts, target)
    said = {_DEPLOYMENT: _at_once(request[_DEPLOYMENT])} if others and request.get(_DEPLOYMENT) else {}
    listed = list(request.get(_EXCLUDE) or ())
    # A revision that is returned to has weights of its own.
    anew = others or facts.resource.spec.get("rollbackTo") is not None
    if not request.get(_RETAIN) or _WEIGHT in listed or not anew:
        return said
    return {**said, _EXCLUDE: [*listed, _WEIGHT]}


def _other_variants(facts: Facts, target: Target) -> bool:
    told = (facts.reply.get(name) or () for name in ("ProductionVariants", "ShadowProductionVariants"))
    serving = {str(variant.get("VariantName")) for variants in told for variant in variants}
    return bool(target.models and target.models.keys() != serving)


def _at_once(deployment: Mapping[str, Any]) -> dict[str, Any]:
    """The same roll-out without steps, with its alarms and what is left of its waiting.

    "Your new endpoint configuration must have the same variant name as the old endpoint configuration":
    https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
    """
    kept = {name: part for name, part in deployment.items() if name not in _POLICIES}
    steps = deployment.get("BlueGreenUpdatePolicy")
    if steps is None:
        return kept
    routing = {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}
    return {**kept, "BlueGreenUpdatePolicy": {**steps, "TrafficRoutingConfiguration": routing}}
