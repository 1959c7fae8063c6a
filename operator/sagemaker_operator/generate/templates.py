"""The spec of a kind as a template in another kind's spec: of it objects are made that do not exist yet."""

from copy import deepcopy

from sagemaker_operator.kinds import Kind
from sagemaker_operator.model.schema import Schema

from . import crds, rules


def of(kind: Kind) -> Schema:
    """The schema of a template: all of it can change, and the name in SageMaker is no part of it: each object needs its own."""
    made = deepcopy(crds.spec(kind))
    rules.loosen(made)
    name = kind.identity_field
    made["description"] = (
        f"The spec of each {kind.name}: see the page of that kind. A change is for those that are made after it."
    )
    made["properties"][name]["description"] = f"Not in a template: each {kind.name} has a name of its own."
    refused = f"{name} must not be set: each {kind.name} that is made needs a name of its own"
    rules.add(made, {"rule": f"!has(self.{rules.identifier(name)})", "message": refused, "fieldPath": f".{name}"})
    return made


def metadata(kind: Kind) -> Schema:
    """The schema of what a template says about the metadata of the objects made of it."""
    bounds = {"type": "object", "maxProperties": 64}
    # https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
    label = {"type": "string", "maxLength": 63, "pattern": "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"}
    note = {"type": "string", "maxLength": 65536}
    return {
        "description": f"What each {kind.name} has of labels and annotations.",
        "type": "object",
        "properties": {
            "labels": {"description": "Its labels.", **bounds, "additionalProperties": label},
            "annotations": {"description": "Its annotations.", **bounds, "additionalProperties": note},
        },
    }
