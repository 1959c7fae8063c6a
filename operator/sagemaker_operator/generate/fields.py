"""The fields that this operator adds to SageMaker's: references, control fields, and its own part of the status."""

from collections.abc import Sequence

from sagemaker_operator.kinds import GROUP, Kind, Policy, Reference
from sagemaker_operator.model.schema import Schema

from . import rules

_POLICY_DOES = {
    Policy.DELETE: "Delete removes it from SageMaker",
    Policy.RETAIN: "Retain leaves it as it is",
    Policy.STOP: "Stop ends its work and keeps its record",
}


def controls(kind: Kind) -> Schema:
    """The control fields of a spec."""
    default = kind.policies[0]
    does = ", ".join(_POLICY_DOES[policy] for policy in kind.policies)
    return {
        "deletionPolicy": {
            "description": f"What happens in SageMaker when this object is deleted: {does}. Default: {default}.",
            "type": "string",
            "enum": [policy.value for policy in kind.policies],
        },
        "adoptionPolicy": {
            "description": (
                "Whether to take over a resource that has this name already: Never, IfUnowned (no owner in its tags) or Always. "
                "Default: Never."
            ),
            "type": "string",
            "enum": ["Never", "IfUnowned", "Always"],
        },
        "region": {
            "description": "The AWS region, if it is not the operator's own.",
            "type": "string",
            "pattern": "^[a-z]{2,}(-[a-z]+)+-[0-9]+$",
            "maxLength": 32,
        },
    }


def refer(spec: Schema, reference: Reference) -> None:
    """Add a reference to the structure that holds the field it stands in for."""
    *way, own = reference.field.split(".")
    parent = _at(spec, way)
    properties = parent["properties"]
    if reference.sets not in properties:
        raise ValueError(f"the reference {reference.field} sets {reference.sets}, which its structure does not have")
    properties[own] = {
        "description": f"The {reference.kind} in this namespace whose status.{reference.reads} is used as {reference.sets}.",
        "type": "object",
        "properties": {
            "name": {
                "description": f"The name of the {reference.kind}.",
                "type": "string",
                "minLength": 1,
                "maxLength": 253,
            }
        },
        "required": ["name"],
        "x-kubernetes-map-type": "atomic",
    }
    required = parent.get("required", [])
    is_required = reference.sets in required
    if is_required:
        required.remove(reference.sets)
        if not required and parent is not spec:
            del parent["required"]
    parent["x-kubernetes-validations"] = [*rules.of(parent), rules.one_of(reference, required=is_required)]


def name_identity(spec: Schema, kind: Kind) -> None:
    """Say what an identity that is left out will be."""
    identity = spec["properties"][kind.identity_field]
    identity["description"] = (
        f"The name of the {kind.name} in SageMaker. Default: derived from the namespace and name of this object."
    )


def mark_immutable(spec: Schema, names: Sequence[str]) -> None:
    """Say of each field that cannot change that it cannot, and refuse it when it does."""
    for name in names:
        schema = spec["properties"][name]
        schema["description"] = f"{schema['description']} Immutable."
        schema["x-kubernetes-validations"] = [*rules.of(schema), rules.unchanged(name)]


def report() -> Schema:
    """The operator's own part of a status."""
    return {
        "arn": {"description": "The Amazon Resource Name of the resource.", "type": "string"},
        "observedGeneration": {
            "description": "The generation of the spec that this status is about.",
            "type": "integer",
            "format": "int64",
        },
        "conditions": {
            "description": "Ready, Reconciling, Stalled and others: see the reference page of this kind.",
            "type": "array",
            "items": _CONDITION,
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["type"],
        },
        "attempt": {
            "description": "How many resources were asked of SageMaker for this object; part of a generated name.",
            "type": "integer",
            "format": "int64",
        },
        "lastUpdate": {
            "description": "The change that was sent to SageMaker and is not done yet.",
            "type": "object",
            "properties": {
                "requestHash": {"description": "A digest of the request.", "type": "string"},
                "before": {"description": "When the resource had been modified last before it.", "type": "string"},
                "repeats": {
                    "description": "How often the same request was sent again, as SageMaker kept something else.",
                    "type": "integer",
                    "format": "int64",
                },
                "generation": {
                    "description": "The generation of the spec that it was made of.",
                    "type": "integer",
                    "format": "int64",
                },
            },
        },
        "tagKeys": {
            "description": "The keys of the tags that this object put on the resource, to tell which to remove later.",
            "type": "array",
            "items": {"type": "string"},
            "x-kubernetes-list-type": "atomic",
        },
        "lastHandledReconcileAt": {
            "description": f"The value of the annotation {GROUP}/reconcile-requested-at that was acted upon last.",
            "type": "string",
        },
    }


# metav1.Condition, as https://github.com/kubernetes/apimachinery/blob/master/pkg/apis/meta/v1/types.go bounds it.
_CONDITION: Schema = {
    "type": "object",
    "required": ["type", "status", "lastTransitionTime", "reason", "message"],
    "properties": {
        "type": {"description": "What it is about.", "type": "string", "maxLength": 316},
        "status": {"description": "True, False or Unknown.", "type": "string", "enum": ["True", "False", "Unknown"]},
        "observedGeneration": {
            "description": "The generation of the spec that it is about.",
            "type": "integer",
            "format": "int64",
            "minimum": 0,
        },
        "lastTransitionTime": {"description": "When its status changed last.", "type": "string", "format": "date-time"},
        "reason": {
            "description": "Why, in one word that programs can rely on.",
            "type": "string",
            "minLength": 1,
            "maxLength": 1024,
            "pattern": "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$",
        },
        "message": {"description": "Why, for people.", "type": "string", "maxLength": 32768},
    },
}


def _at(schema: Schema, way: Sequence[str]) -> Schema:
    for step in way:
        schema = schema["properties"][step.removesuffix("[]")]
        if step.endswith("[]"):
            schema = schema["items"]
    return schema
