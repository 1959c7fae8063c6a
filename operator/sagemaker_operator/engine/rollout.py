"""How one configuration of an endpoint takes over from another: which weights its variants begin with.

An update that keeps the properties of variants keeps autoscaled counts, which is what everybody wants, and weights as well: that
is right only as long as the variants are the same. Beside a canary, or after it, a weight means another share.
"""

from collections.abc import Mapping
from typing import Any

from .facts import Facts
from .target import Target

_RETAIN, _EXCLUDE = "RetainAllVariantProperties", "ExcludeRetainedVariantProperties"
_WEIGHT = {"VariantPropertyType": "DesiredWeight"}


def manners(facts: Facts, request: Mapping[str, Any]) -> dict[str, Any]:
    """What an update of these facts says besides, so that the weights of the new configuration hold where they must."""
    target = facts.target
    if facts.kind.inline is None or not isinstance(target, Target) or not target.revision:
        return {}
    listed = list(request.get(_EXCLUDE) or ())
    if not request.get(_RETAIN) or _WEIGHT in listed or not _other_shares(facts, target):
        return {}
    return {_EXCLUDE: [*listed, _WEIGHT]}


def _other_shares(facts: Facts, target: Target) -> bool:
    """Whether the weights that serve now mean nothing for what is to serve: a revision returned to has its own."""
    told = (facts.reply.get(name) or () for name in ("ProductionVariants", "ShadowProductionVariants"))
    serving = {str(variant.get("VariantName")) for variants in told for variant in variants}
    returned_to = facts.resource.spec.get("rollbackTo") is not None
    return returned_to or bool(target.models and target.models.keys() != serving)
