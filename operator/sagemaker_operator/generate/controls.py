"""The control fields of a spec: how the operator is to treat an object, whatever SageMaker knows of it."""

from copy import deepcopy

from sagemaker_operator.kinds import Attachment, Kind, Launched, Lifecycle, Policy
from sagemaker_operator.model.schema import Schema

from . import running

_POLICY_DOES = {
    Policy.DELETE: "Delete removes it from SageMaker",
    Policy.RETAIN: "Retain leaves it as it is",
    Policy.STOP: "Stop ends its work and keeps its record",
}
_ALWAYS_MUTABLE = ("tags", "deletionPolicy", "adoptionPolicy", "driftPolicy", "suspend", "runPolicy")


def of(kind: Kind) -> Schema:
    """The control fields of a kind, by name."""
    found = {"deletionPolicy": _deletion(kind), "adoptionPolicy": _ADOPTION, "region": _REGION}
    if kind.lifecycle is not Lifecycle.JOB:
        found |= {"driftPolicy": _drift(kind), "suspend": {"description": suspending(kind), "type": "boolean"}}
    if kind.launched is not None:
        found[kind.launched.field] = _shown(kind.launched)
    return deepcopy(found | running.controls(kind) | {one.field: _names(one) for one in kind.attachments})


def always_mutable(kind: Kind) -> set[str]:
    """The fields that are ours to change at any time, whatever Update can do: tags have operations of their own."""
    launched = {kind.launched.field} if kind.launched is not None else set()
    return {*_ALWAYS_MUTABLE, *launched, *(one.field for one in kind.attachments)}


def suspending(kind: Kind) -> str:
    """What ``suspend`` does for a kind that is no job."""
    waits = f"While this is true a {kind.name} that is not in SageMaker yet is not created"
    if kind.suspendable:
        again = "Without it, what others have stopped stays stopped"
        return f"{waits}, and one that is there is stopped. False keeps it running. {again}."
    return f"{waits}; one that is there stays as it is, as SageMaker cannot stop it. Default: false."


def _deletion(kind: Kind) -> Schema:
    default = kind.policies[0]
    does = ", ".join(_POLICY_DOES[policy] for policy in kind.policies)
    return {
        "description": f"What happens in SageMaker when this object is deleted: {does}. Default: {default}.",
        "type": "string",
        "enum": [policy.value for policy in kind.policies],
    }


def _shown(launched: Launched) -> Schema:
    return {
        "description": (
            f"How many of the {launched.kind}s that it launches are shown as {launched.kind} objects: the newest. They only "
            "tell; to delete one changes nothing in SageMaker. Default: 0."
        ),
        "type": "integer",
        "format": "int32",
        "minimum": 0,
        "maximum": launched.most,
    }


def _drift(kind: Kind) -> Schema:
    return {
        "description": (
            "What to do when somebody changed or deleted the resource in SageMaker: Correct it, Report it in a condition, or "
            f"Ignore it. Default: {kind.drift}."
        ),
        "type": "string",
        "enum": ["Correct", "Report", "Ignore"],
    }


def _names(one: Attachment) -> Schema:
    return {
        "description": one.summary,
        "type": "array",
        "items": {"type": "string", "minLength": 1, "maxLength": 256},
        "maxItems": 100,
        "x-kubernetes-list-type": "set",
    }


_ADOPTION: Schema = {
    "description": (
        "Whether to take over a resource that has this name already: Never, IfUnowned (no owner in its tags) or Always. "
        "Default: Never."
    ),
    "type": "string",
    "enum": ["Never", "IfUnowned", "Always"],
}
_REGION: Schema = {
    "description": "The AWS region, if it is not the operator's own.",
    "type": "string",
    "pattern": "^[a-z]{2,}(-[a-z]+)+-[0-9]+$",
    "maxLength": 32,
}
