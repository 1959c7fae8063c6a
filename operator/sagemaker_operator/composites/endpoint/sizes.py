"""Weights and counts of variants: what SageMaker changes of an endpoint in place, without another configuration."""

from collections.abc import Mapping
from typing import Any

from sagemaker_operator.kinds.inline import Inline

from .children import variants

_MEMBERS = {"initialVariantWeight": "DesiredWeight", "initialInstanceCount": "DesiredInstanceCount"}


def sizes(row: Inline, spec: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What a manifest says about the size of each variant, as UpdateEndpointWeightsAndCapacities takes it.

    The count of a variant that is scaled is not for the manifest to say.
    """
    found = {}
    for variant in variants(row, row.field, spec):
        told = {member: variant[name] for name, member in _MEMBERS.items() if name in variant}
        if "autoscaling" in variant:
            told.pop("DesiredInstanceCount", None)
        if told:
            found[str(variant["variantName"])] = told
    return found
