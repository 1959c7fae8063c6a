"""What a kind that can describe another resource in place has in its spec: that resource's own fields, and how to roll them out.

The fields are those of the other kinds' specs without what those say about themselves: names, tags, and what may not change, as a
change makes another object.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from sagemaker_operator.composites.endpoint.children import content_of
from sagemaker_operator.kinds import KINDS, Kind
from sagemaker_operator.kinds.inline import Inline
from sagemaker_operator.model.schema import Schema

from . import controls, rules

Spec = Callable[[Kind], Schema]

_MOST_REVISIONS = 20
ROLL_OUT = ("canary", "rollbackTo", "revisionHistoryLimit", "recreateOnFailure", "stopped")


def fields(kind: Kind) -> tuple[str, ...]:
    """The fields of a spec that describe another resource in place; all of them can change."""
    if kind.inline is None:
        return ()
    return (*content_of(KINDS[kind.inline.kind]), *ROLL_OUT)


def add(spec: Schema, kind: Kind, spec_of: Spec) -> None:
    """Add the fields of what a kind can describe in place to the schema of its spec.

    Args:
        spec: the schema, with the kind's own members.
        kind: the row.
        spec_of: the schema of another kind's spec.

    Raises:
        ValueError: if a field is there already.
    """
    row = kind.inline
    if row is None:
        return
    parts = _part(KINDS[row.kind], _loose(KINDS[row.kind], spec_of))
    if shared := parts.keys() & spec["properties"].keys():
        raise ValueError(f"{kind.name}: {', '.join(sorted(shared))} would be there twice")
    for name in row.lists:
        _describe(parts[name]["items"], row, spec_of)
        if name != row.field:
            _hush(parts[name]["items"])
    canary = _canary(parts[row.field]["items"], row)
    _hush(canary)
    spec["properties"] |= parts | {"canary": canary} | deepcopy(_CONTROLS)
    others = [name for name in (*parts, "canary", "rollbackTo", "revisionHistoryLimit") if name != row.field]
    together = " || ".join(f"has(self.{rules.identifier(name)})" for name in others)
    rules.add(
        spec,
        {
            "rule": f"has(self.{row.field}) || !({together})",
            "message": f"{', '.join(others)} belong to {row.field}",
            "fieldPath": f".{row.field}",
        },
    )
    rules.add(
        spec,
        {
            "rule": (
                f"!has(self.canary) || (has(self.{row.field}) && self.{row.field}.size() == 1 && "
                f"!has(self.{row.field}[0].serverlessConfig))"
            ),
            "message": f"a canary stands beside exactly one of {row.field}, which is not serverless",
            "fieldPath": ".canary",
        },
    )


def _loose(kind: Kind, spec_of: Spec) -> Schema:
    """The schema of a kind's spec in which all of it can change."""
    spec = deepcopy(spec_of(kind))
    rules.loosen(spec)
    return spec


def _part(kind: Kind, spec: Schema) -> Schema:
    """The fields of a kind's spec that describe it, with what stands in for them."""
    apart = {kind.identity_field, "tags", *controls.of(kind)}
    return {name: schema for name, schema in spec["properties"].items() if name not in apart}


def _describe(item: Schema, row: Inline, spec_of: Spec) -> None:
    """Let a variant describe its model in place, or say what a container is to serve."""
    inner = _loose(KINDS[row.inner], spec_of)
    kept, checks = _part(KINDS[row.inner], inner), rules.of(inner)
    item["properties"][row.inner_field] = {
        "description": f"The {row.inner} to serve, described in place: an object is made of it.",
        "type": "object",
        "properties": kept,
        **({"x-kubernetes-validations": checks} if checks else {}),
    }
    container = deepcopy(kept["primaryContainer"])
    for name in ("modelDataURL", "modelDataURLRef"):
        container["properties"].pop(name, None)
    container["x-kubernetes-validations"] = [r for r in rules.of(container) if "modelDataURL" not in r["rule"]]
    container["description"] = "The container that serves modelDataURL, or the artifact of trainingJobRef."
    item["properties"]["container"] = container
    item["properties"]["modelDataURL"] = {
        **kept["primaryContainer"]["properties"]["modelDataURL"],
        "description": "The model artifact to serve in a container.",
    }
    _choose(item, row)


def _choose(item: Schema, row: Inline, *, required: bool = False) -> None:
    alternatives = [[row.inner_sets], [row.inner_ref], [row.inner_field], ["modelDataURL", "trainingJobRef"]]
    item["x-kubernetes-validations"] = [r for r in rules.of(item) if row.inner_ref not in r["rule"]]
    rules.add(item, rules.one_of(alternatives, required=required))
    rules.add(
        item,
        {
            "rule": "has(self.container) == (has(self.modelDataURL) || has(self.trainingJobRef))",
            "message": "container, and modelDataURL or trainingJobRef, belong together",
            "fieldPath": ".container",
        },
    )


def _hush(schema: Schema) -> None:
    """Leave out what is explained at the first variant already: an API server keeps several copies of each definition."""
    for one in schema.get("properties", {}).values():
        for part in ("properties", "items"):
            _without_words(one.get(part, {}))


def _without_words(node: Any) -> None:
    if isinstance(node, dict):
        if isinstance(node.get("description"), str):
            del node["description"]
        for one in node.values():
            _without_words(one)


def _canary(variant: Schema, row: Inline) -> Schema:
    """What stands beside the only variant: like that one but for its model."""
    own = (row.inner_sets, row.inner_ref, row.inner_field, "modelDataURL", "container")
    sizes = ("instanceType", "initialInstanceCount")
    canary: Schema = {
        "description": (
            "A second variant for a share of the requests, with another model and otherwise like the first one. Raise the share "
            "to try it; to promote it, make it the model of the first variant; remove it to roll back."
        ),
        "type": "object",
        "properties": {
            "trafficPercent": {
                "description": "The share of requests that it gets; 0 deploys it without any.",
                "type": "integer",
                "format": "int32",
                "minimum": 0,
                "maximum": 100,
            },
            "variantName": {
                **deepcopy(variant["properties"]["variantName"]),
                "description": "Its name. Default: canary.",
            },
            **{name: deepcopy(variant["properties"][name]) for name in (*own, *sizes)},
        },
        "required": ["trafficPercent"],
    }
    _choose(canary, row, required=True)
    return canary


_CONTROLS: Schema = {
    "rollbackTo": {
        "description": "The number of a revision in the status that is served instead of what this spec describes.",
        "type": "integer",
        "format": "int64",
        "minimum": 1,
    },
    "revisionHistoryLimit": {
        "description": "How many revisions that are not in use are kept, to return to. Default: 5.",
        "type": "integer",
        "format": "int32",
        "minimum": 0,
        "maximum": _MOST_REVISIONS,
    },
    "recreateOnFailure": {
        "description": (
            "Whether an endpoint that has failed is deleted and created again, which SageMaker allows nothing else for: once for "
            "each version of this spec. Default: false."
        ),
        "type": "boolean",
    },
    "stopped": {
        "description": (
            "While this is true the endpoint is deleted in SageMaker and costs nothing; this object stays, and to clear it "
            "creates the endpoint again. Default: false."
        ),
        "type": "boolean",
    },
}

_TIME: Schema = {"type": "string", "format": "date-time"}
_STATUS: Schema = {
    "revisions": {
        "description": "What was rolled out, oldest first: what is in use, and up to revisionHistoryLimit others.",
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "revision": {"description": "Its number, for rollbackTo.", "type": "integer", "format": "int64"},
                "name": {"description": "The name of the object that holds it.", "type": "string"},
                "outcome": {
                    "description": "Pending, RollingOut, InService, Superseded, RolledBack or Failed.",
                    "type": "string",
                },
                "time": {"description": "Since when that is so.", **_TIME},
                "message": {"description": "Why it failed or was rolled back.", "type": "string"},
            },
        },
        "x-kubernetes-list-type": "atomic",
    },
    "artifacts": {
        "description": "The model artifacts in use, by the name of the training job.",
        "type": "object",
        "additionalProperties": {"type": "string"},
    },
    "latestRevision": {
        "description": "The highest number that a revision ever had.",
        "type": "integer",
        "format": "int64",
    },
    "sizesHash": {
        "description": "A digest of the weights and counts in use, to tell when the spec changes them.",
        "type": "string",
    },
    "lastSizing": {
        "description": "The change of weights and counts that was sent last.",
        "type": "object",
        "properties": {
            "hash": {"description": "A digest of it.", "type": "string"},
            "before": {"description": "When the endpoint had been modified last before it.", "type": "string"},
        },
    },
    "recreatedFor": {
        "description": "Which failed endpoint was deleted to be created again.",
        "type": "object",
        "properties": {
            "generation": {"description": "For which version of this spec.", "type": "integer", "format": "int64"},
            "creationTime": {"description": "When that one was created.", "type": "string"},
        },
    },
}


def report(kind: Kind) -> Schema:
    """The operator's part of the status of what can be described in place; none for other kinds."""
    if kind.inline is None:
        return {}
    told = deepcopy(_STATUS)
    named = {"description": f"The name of the {kind.inline.kind} in SageMaker.", "type": "string"}
    told["revisions"]["items"]["properties"][kind.inline.sets] = named
    return told
