"""Shapes of the service model as structural OpenAPI schemas (apiextensions v1).

A manifest is checked at the door: `strict` carries over every constraint that the model has. What AWS reports is never refused:
`lenient` keeps types alone, as a constraint that AWS itself breaks would make a status write fail.

Every string, list and map of a strict schema is bounded, with a wide bound where the model has none: the API server estimates the
cost of CEL rules from the bounds, and refuses a CRD whose rules might cost too much.

Not here: what a custom resource adds to these members (`generate.crds`).
"""

from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from .describe import sentence
from .lists import KEYS, SETS
from .names import field
from .patterns import to_re2

# A piece of an OpenAPI document, to be written as YAML.
Schema = dict[str, Any]

# Enumerations beyond this size are open in practice: AWS adds instance types every week, and they differ by region.
MOST_ENUM_VALUES = 50

_LONGEST_STRING = 2048
_MOST_ITEMS = 100
_MOST_PROPERTIES = 100
_INSTANCE_TYPE = r"^ml\.[a-z0-9-]+\.[a-z0-9-]+$"
_LONGEST_ENUM_VALUE = 64


def strict(shape: Shape) -> Schema:
    """The schema of a member that a manifest sets, with all constraints of the model.

    Raises:
        ValueError: for a shape that contains itself, or of a type that no resource has.
    """
    return _strict(shape, inside=())


def lenient(shape: Shape) -> Schema:
    """The schema of a member that AWS reports, without constraints.

    Raises:
        ValueError: for a shape that contains itself, or of a type that no resource has.
    """
    return _lenient(shape, inside=())


def _strict(shape: Shape, inside: tuple[str, ...]) -> Schema:
    inside = _enter(shape, inside)
    match shape:
        case StructureShape():
            schema = _structure(shape, {field(k): _strict(v, inside) for k, v in shape.members.items()})
        case ListShape():
            schema = _list(shape, _strict(shape.member, inside))
        case MapShape():
            schema = _map(shape, _strict(shape.value, inside))
        case StringShape():
            schema = _string(shape)
        case _:
            schema = _scalar(shape) | _range(shape)
    return _described(shape, schema)


def _lenient(shape: Shape, inside: tuple[str, ...]) -> Schema:
    inside = _enter(shape, inside)
    match shape:
        case StructureShape():
            properties = {field(k): _lenient(v, inside) for k, v in shape.members.items()}
            schema: Schema = {"type": "object", "properties": properties}
        case ListShape():
            schema = {"type": "array", "items": _lenient(shape.member, inside)}
        case MapShape():
            schema = {"type": "object", "additionalProperties": _lenient(shape.value, inside)}
        case _:
            schema = _scalar(shape)
    return _described(shape, schema)


def _enter(shape: Shape, inside: tuple[str, ...]) -> tuple[str, ...]:
    if shape.name in inside:
        raise ValueError(f"{shape.name} contains itself: {' → '.join(inside)}; a structural schema cannot say that")
    return (*inside, shape.name)


def _described(shape: Shape, schema: Schema) -> Schema:
    said = sentence(shape.documentation)
    return {"description": said, **schema} if said else schema


def _structure(shape: StructureShape, properties: Schema) -> Schema:
    schema: Schema = {"type": "object", "properties": properties}
    if shape.required_members:
        schema["required"] = [field(name) for name in shape.required_members]
    if shape.is_tagged_union:
        schema |= {"minProperties": 1, "maxProperties": 1}
    return schema


def _list(shape: ListShape, items: Schema) -> Schema:
    schema: Schema = {"type": "array", "items": items}
    if least := shape.metadata.get("min"):
        schema["minItems"] = least
    schema["maxItems"] = shape.metadata.get("max", _MOST_ITEMS)
    if (key := KEYS.get(shape.member.name)) is not None:
        schema |= {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [field(key)]}
    else:
        schema["x-kubernetes-list-type"] = "set" if shape.name in SETS else "atomic"
    return schema


def _map(shape: MapShape, values: Schema) -> Schema:
    if keys := _enumerated(shape):
        # A schema cannot constrain the keys of a map, but it can list properties; these keys are values and keep their spelling.
        return {"type": "object", "properties": dict.fromkeys(keys, values)}
    schema: Schema = {"type": "object", "additionalProperties": values}
    if least := shape.metadata.get("min"):
        schema["minProperties"] = least
    return schema | {"maxProperties": shape.metadata.get("max", _MOST_PROPERTIES)}


def _enumerated(shape: MapShape) -> list[str]:
    return list(shape.key.enum) if isinstance(shape.key, StringShape) else []


def _string(shape: StringShape) -> Schema:
    schema: Schema = {"type": "string"}
    if shape.enum:
        return schema | _enumeration(list(shape.enum))
    if (pattern := shape.metadata.get("pattern")) and (translated := to_re2(pattern)) is not None:
        schema["pattern"] = translated
    if least := shape.metadata.get("min"):
        schema["minLength"] = least
    return schema | {"maxLength": shape.metadata.get("max", _LONGEST_STRING)}


def _enumeration(values: list[str]) -> Schema:
    if len(values) <= MOST_ENUM_VALUES:
        return {"enum": values}
    bound: Schema = {"minLength": 1, "maxLength": _LONGEST_ENUM_VALUE}
    return {"pattern": _INSTANCE_TYPE, **bound} if all(value.startswith("ml.") for value in values) else bound


def _scalar(shape: Shape) -> Schema:
    match shape.type_name:
        case "string":
            return {"type": "string"}
        case "integer" | "long":
            # int64 for both: the ranges of the model are kept where they matter, and a status must hold what AWS reports.
            return {"type": "integer", "format": "int64"}
        case "float" | "double":
            # Without a format: 0.1 as a 32-bit float would read back as another number.
            return {"type": "number"}
        case "boolean":
            return {"type": "boolean"}
        case "timestamp":
            return {"type": "string", "format": "date-time"}
        case other:
            raise ValueError(f"{shape.name} is of type {other}, which no field of a custom resource can hold")


def _range(shape: Shape) -> Schema:
    if shape.type_name in ("boolean", "timestamp"):
        return {}
    return {
        ours: shape.metadata[theirs]
        for theirs, ours in (("min", "minimum"), ("max", "maximum"))
        if theirs in shape.metadata
    }
