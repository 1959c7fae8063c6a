"""Fields that stand in for a value: references to other custom resources, keys of ConfigMaps and Secrets, names of images.

A stand-in is added beside the field that it sets, and at most one of the two may be there; exactly one where SageMaker
demands the value. Several stand-ins may set one field.
"""

from collections.abc import Iterator

from sagemaker_operator.kinds import BuiltIn, Kind, Reference, Source
from sagemaker_operator.model.schema import Schema

from . import paths, rules

StandIn = Reference | Source | BuiltIn


def add(spec: Schema, kind: Kind) -> None:
    """Add a kind's references, sources and names of images to the schema of its spec.

    Raises:
        ValueError: if a field is there already, or what it sets is not.
    """
    for way, sets, fields in groups(kind):
        parent = paths.at(spec, way)
        if sets not in parent["properties"]:
            raise ValueError(f"{kind.name}: {', '.join(fields)} set {sets}, which their structure does not have")
        for own, stand_in in fields.items():
            if own in parent["properties"]:
                raise ValueError(f"{kind.name}: {stand_in.field} is a member of SageMaker's, or stands there twice")
            parent["properties"][own] = _schema(stand_in, parent["properties"][sets])
        required = parent.get("required", [])
        is_required = sets in required
        if is_required:
            required.remove(sets)
            if not required and parent is not spec:
                del parent["required"]
        inline = [[kind.inline.field]] if kind.inline is not None and kind.inline.sets == sets and not way else []
        rules.add(parent, rules.one_of([[sets], *([own] for own in fields), *inline], required=is_required))


def groups(kind: Kind) -> Iterator[tuple[tuple[str, ...], str, dict[str, StandIn]]]:
    """The stand-ins of a kind by what they set: the way to its structure, its field, and the stand-ins by their own field."""
    found: dict[tuple[tuple[str, ...], str], dict[str, StandIn]] = {}
    stand_ins: tuple[StandIn, ...] = (*kind.references, *kind.sources, *kind.images)
    for one in stand_ins:
        *way, own = one.field.split(".")
        fields = found.setdefault((tuple(way), one.sets), {})
        if own.removesuffix("[]") in fields:
            raise ValueError(f"{kind.name}: {one.field} stands twice in the row")
        fields[own.removesuffix("[]")] = one
    for (path, sets), fields in found.items():
        yield path, sets, fields


def _schema(stand_in: StandIn, value: Schema) -> Schema:
    if isinstance(stand_in, Source):
        return _from_object(stand_in)
    if isinstance(stand_in, BuiltIn):
        return _built_in(stand_in)
    target = _named(f"The name of the {stand_in.kind}.", key=False)
    if not stand_in.field.endswith("[]"):
        said = f"The {stand_in.kind} in this namespace whose status.{stand_in.reads} is used as {stand_in.sets}."
        return {"description": said, **target}
    bounds: Schema = {name: value[name] for name in ("minItems", "maxItems") if name in value}
    return {
        "description": f"The {stand_in.kind} objects in this namespace whose status.{stand_in.reads} make up {stand_in.sets}.",
        "type": "array",
        "items": target,
        **bounds,
        "x-kubernetes-list-type": "atomic",
    }


def _from_object(source: Source) -> Schema:
    encoded = ", put into base64" if source.base64 else ""
    said = (
        f"A {source.owner} in this namespace whose keys and values are used as {source.sets}."
        if source.every
        else f"A key of a {source.owner} in this namespace whose value is used as {source.sets}{encoded}."
    )
    return {
        "description": said,
        "type": "object",
        "properties": {source.ref: _named(f"The name of the {source.owner}.", key=not source.every)},
        "required": [source.ref],
    }


def _built_in(row: BuiltIn) -> Schema:
    known = "docs/built-in-images.md lists them"
    default = "; by default what the instance type has." if row.instances else ", where there are several."
    text: Schema = {"type": "string", "minLength": 1, "maxLength": 63}
    return {
        "description": f"One of SageMaker's own images, by name: its URI is used as {row.sets}.",
        "type": "object",
        "properties": {
            "name": {"description": f"The algorithm or framework; {known}.", **text},
            "version": {"description": f"Its version, which may be left out where there is one; {known}.", **text},
            "processor": {
                "description": f"What the image runs on{default}",
                "type": "string",
                "enum": ["cpu", "gpu", "graviton"],
            },
            "python": {
                "description": "The Python in it, as py310; by default the newest.",
                "type": "string",
                "pattern": "^py[0-9]{1,3}$",
                "maxLength": 5,
            },
        },
        "required": ["name"],
        "x-kubernetes-map-type": "atomic",
    }


def _named(said: str, *, key: bool) -> Schema:
    name = {"description": said, "type": "string", "minLength": 1, "maxLength": 253}
    # https://kubernetes.io/docs/concepts/configuration/configmap/: keys are alphanumeric characters, `-`, `_` and `.`
    its_key = {
        "description": "The key.",
        "type": "string",
        "minLength": 1,
        "maxLength": 253,
        "pattern": "^[-._a-zA-Z0-9]+$",
    }
    return {
        "type": "object",
        "properties": {"name": name, "key": its_key} if key else {"name": name},
        "required": ["name", "key"] if key else ["name"],
        "x-kubernetes-map-type": "atomic",
    }
