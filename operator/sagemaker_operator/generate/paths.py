"""Ways into a schema: a path of fields, with or without ``[]`` behind those that are lists."""

from collections.abc import Sequence

from sagemaker_operator.model.names import field
from sagemaker_operator.model.schema import Schema


def at(schema: Schema, way: Sequence[str]) -> Schema:
    """The schema of the structure, or of the items of the list, at the end of a way.

    Raises:
        ValueError: if there is no such field.
    """
    for depth in range(len(way)):
        schema = _step(schema, way[depth], way)
        schema = schema.get("items", schema)
    return schema


def outer(schema: Schema, way: Sequence[str]) -> Schema:
    """The same, but of a list the list itself.

    Raises:
        ValueError: if there is no such field.
    """
    return _step(at(schema, way[:-1]), way[-1], way)


def of_members(path: str) -> list[str]:
    """A path of members of the service model as fields: ``OnlineStoreConfig.SecurityConfig``."""
    return [field(step.removesuffix("[]")) for step in path.split(".")]


def _step(schema: Schema, step: str, way: Sequence[str]) -> Schema:
    name = step.removesuffix("[]")
    if name not in schema.get("properties", {}):
        raise ValueError(f"there is no field {name} on the way {'.'.join(way)}")
    found: Schema = schema["properties"][name]
    return found
