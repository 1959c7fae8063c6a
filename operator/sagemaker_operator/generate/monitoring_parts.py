"""Pieces of the schema of a MonitoringSchedule."""

from sagemaker_operator.model.schema import Schema

_S3 = "^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?$"
NAME = {"type": "string", "minLength": 1, "maxLength": 253}
DISTANCE = {"type": "number", "minimum": 0, "maximum": 1}


def struct(said: str, properties: Schema, *, required: tuple[str, ...] = ()) -> Schema:
    """A structure."""
    made: Schema = {"description": said, "type": "object", "properties": properties}
    return made | ({"required": [*required]} if required else {})


def uri(said: str) -> Schema:
    """A URI of S3."""
    return {"description": said, "type": "string", "pattern": _S3, "maxLength": 1024}


def text(said: str, longest: int) -> Schema:
    """A text that is not empty."""
    return {"description": said, "type": "string", "minLength": 1, "maxLength": longest}


def plain(said: str) -> Schema:
    """A text in a status."""
    return {"description": said, "type": "string"}


def integer(said: str, low: int, high: int) -> Schema:
    """A whole number."""
    return {"description": said, "type": "integer", "format": "int64", "minimum": low, "maximum": high}


def strings(said: str, longest: int, most: int) -> Schema:
    """A list of texts."""
    items = {"type": "string", "minLength": 1, "maxLength": longest}
    return {"description": said, "type": "array", "items": items, "maxItems": most, "x-kubernetes-list-type": "atomic"}


def reference(said: str) -> Schema:
    """The name of another object."""
    return struct(said, {"name": {"description": "Its name.", **NAME}}, required=("name",)) | {
        "x-kubernetes-map-type": "atomic"
    }


def dataset_format() -> Schema:
    """What files hold."""
    csv = struct(
        "Comma-separated values.", {"header": {"description": "Whether the first line has names.", "type": "boolean"}}
    )
    json = struct("JSON.", {"line": {"description": "Whether each line is a record.", "type": "boolean"}})
    made = struct(
        "What the files hold: exactly one of these. Default: CSV with a header.",
        {"csv": csv, "json": json, "parquet": {"description": "Parquet.", "type": "object", "maxProperties": 0}},
    )
    return made | {"minProperties": 1, "maxProperties": 1}
