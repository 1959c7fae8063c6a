"""What this operator says about SageMaker's own fields, and its own part of the status.

Not here: the fields that it adds to a spec (`controls`, `standins`).
"""

from collections.abc import Sequence
from copy import deepcopy

from sagemaker_operator.kinds import GROUP, Change, Detail, Kind
from sagemaker_operator.model.families import TOKENS
from sagemaker_operator.model.names import field
from sagemaker_operator.model.schema import Schema, lenient

from . import paths, rules, standins


def name_identity(spec: Schema, kind: Kind) -> None:
    """Say what an identity and a token that are left out will be."""
    own = "derived from the namespace and name of this object"
    for token in TOKENS:
        if (schema := spec["properties"].get(field(token))) is not None:
            schema["description"] = (
                f"Keeps SageMaker from doing the same create twice. Default: made up by the operator, {own}."
            )
    if kind.family.identity not in TOKENS:
        identity = spec["properties"][kind.identity_field]
        identity["description"] = f"The name of the {kind.name} in SageMaker. Default: {own}."


def mark_immutable(spec: Schema, names: Sequence[str]) -> None:
    """Say of each field at the top that cannot change that it cannot, and refuse it when it does."""
    for name in names:
        _fix(spec["properties"][name], name)
    optional = [name for name in names if name not in spec.get("required", [])]
    if optional:
        rules.add(spec, rules.neither_come_nor_gone(optional))


def mark_nested_immutable(spec: Schema, ways: Sequence[Sequence[str]]) -> None:
    """The same for fields within others, which can change otherwise.

    Raises:
        ValueError: if one is within a list whose items the API server cannot tell apart: transitions have no rules there.
    """
    optional: dict[tuple[str, ...], list[str]] = {}
    for *around, name in ways:
        for depth in range(1, len(around) + 1):
            outer = paths.outer(spec, around[:depth])
            if outer["type"] == "array" and outer["x-kubernetes-list-type"] != "map":
                said = ".".join((*around, name))
                raise ValueError(f"{said} cannot be immutable: the items of {'.'.join(around[:depth])} have no key")
        _fix(paths.outer(spec, [*around, name]), name)
        if name not in paths.at(spec, around).get("required", []):
            optional.setdefault(tuple(around), []).append(name)
    for inside, names in optional.items():
        parent = paths.at(spec, inside)
        rules.add(
            parent, rules.neither_comes_nor_goes(*names) if len(names) == 1 else rules.neither_come_nor_gone(names)
        )


def mark_live(spec: Schema, kind: Kind) -> None:
    """Say of what SageMaker changes of a job when it does so, and refuse what it never does."""
    for name, change in kind.live.items():
        own = field(name)
        schema = spec["properties"][own]
        fixed = {paths.of_members(path)[-1] for path in kind.fixed_within if path.startswith(f"{name}.")}
        if change.adds:
            _say(schema, f"Items can be added {_moment(change)}.")
            _only_grows(spec, own, field(change.by))
        elif fixed:
            rules.add(spec, rules.neither_comes_nor_goes(own))
            for part in (
                schema["properties"].keys() - fixed - {own for _, _, more in standins.groups(kind) for own in more}
            ):
                _say(schema["properties"][part], f"It can be changed {_moment(change)}.")
        else:
            _say(schema, f"It can be changed {_moment(change)}.")


def _moment(change: Change) -> str:
    assert change.during is not None
    return change.during.said


def _say(schema: Schema, more: str) -> None:
    schema["description"] = f"{schema.get('description', '')} {more}".lstrip()


def _only_grows(spec: Schema, own: str, key: str) -> None:
    """Refuse to change the items of a list, or to take one away; the whole list can go, as far as its neighbours allow it."""
    items = spec["properties"][own]
    rules.add(items["items"], {**rules.unchanged(own), "message": f"items of {own} can be added, and not changed"})
    rules.add(items, rules.keeps_items(own, key))
    rules.add(spec, rules.stays(own))


def _fix(schema: Schema, name: str) -> None:
    _say(schema, "Immutable.")
    rules.add(schema, rules.unchanged(name))


def report(kind: Kind) -> Schema:
    """The operator's own part of a status."""
    return deepcopy({name: told for name, told in _REPORT.items() if name != "liveHash" or kind.live})


def inputs(kind: Kind) -> Schema:
    """What the status of a kind remembers of the other objects that its manifests take values from."""
    if kind.family.update is None or not (kind.references or kind.sources):
        return {}
    told = "A digest of the values in use that come from other objects, to tell when they change without this one."
    return {"inputsHash": {"description": told, "type": "string"}}


def edits(kind: Kind) -> Schema:
    """What the status of a job remembers of the fields that SageMaker changes while it works."""
    if not kind.live:
        return {}
    told = "A digest of what SageMaker can change of the job, as it was sent last, to tell when that is edited."
    return {"liveHash": {"description": told, "type": "string"}}


def details(kind: Kind) -> Schema:
    """The lists of a status that are no members of Describe."""
    return {detail.field: _list_of(detail) for detail in kind.details}


def _list_of(detail: Detail) -> Schema:
    item: Schema = {"type": "object", "properties": {own: lenient(shape) for own, shape in detail.shapes.items()}}
    for own in (own for own, path in detail.shows.items() if "*" in path):
        # The model describes one of the members that may stand there.
        item["properties"][own]["description"] = "Of whatever it made."
    return {"description": detail.summary, "type": "array", "items": item, "x-kubernetes-list-type": "atomic"}


def images(kind: Kind) -> Schema:
    """What the status tells about images that a manifest names."""
    if not kind.images:
        return {}
    lasts = "It stays as long as this object, whatever later releases of the operator would take."
    one: Schema = {"description": f"The image that builtIn stands for. {lasts}", "type": "string"}
    if len(kind.images) == 1:
        return {"resolvedImage": one}
    several = {
        "description": f"The images that builtIn stands for, if there are several, in the order of the spec. {lasts}",
        "type": "array",
        "items": {"type": "string"},
        "x-kubernetes-list-type": "atomic",
    }
    return {"resolvedImage": one, "resolvedImages": several}


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

_REPORT: Schema = {
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
    "stoppedFor": {
        "description": (
            "Why this object has stopped the resource: Suspend, Update (it is started again afterwards), ActiveDeadline, "
            "StartupDeadline."
        ),
        "type": "string",
    },
    "unseenHash": {
        "description": "A digest of the values in use that SageMaker can change and does not show, to tell when they change.",
        "type": "string",
    },
    "attached": {
        "description": "What this object has attached the resource to, by field, to tell what to detach later.",
        "type": "object",
        "additionalProperties": {"type": "array", "items": {"type": "string"}},
    },
    "appliedFields": {
        "description": "The fields in use that SageMaker can unset, to tell which to unset once they are removed here.",
        "type": "array",
        "items": {"type": "string"},
        "x-kubernetes-list-type": "atomic",
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
