"""What a captured request or response says: its rows.

The forms are those of data capture (https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture.html) and, for
JSON, those that model servers understand: a record, a list of values, a list of either, or an object whose only entry is such a
list.
"""

import base64
import binascii
import re

import orjson

from sagemaker_analyzer.contract.task import Position
from sagemaker_analyzer.reading.rejected import Kind, Unreadable
from sagemaker_analyzer.reading.rows import Row

# Python's own notion of lines also ends them at characters that values may have.
_ENDS = re.compile(r"\r\n|\n|\r")


def rows_of(side: object) -> list[Row]:
    """The rows of `endpointInput` or `endpointOutput`. Raises Unreadable."""
    if not isinstance(side, dict) or not isinstance(data := side.get("data"), str):
        raise Unreadable(Kind.NOT_A_CAPTURE, "endpointInput and endpointOutput have to have their data in a string")
    encoding = side.get("encoding")
    if encoding == "CSV":
        return _lines(data)
    if encoding == "JSON":
        return _json(data)
    if encoding == "BASE64":
        return _decoded(data, str(side.get("observedContentType") or ""))
    raise Unreadable(Kind.UNSUPPORTED_CONTENT, f"the encoding {encoding!r} is none of CSV, JSON, BASE64")


def documents_of(side: object) -> list[object]:
    """The JSON documents of `endpointInput` or `endpointOutput`: one, or one a line. Raises Unreadable."""
    if not isinstance(side, dict) or not isinstance(data := side.get("data"), str):
        raise Unreadable(Kind.NOT_A_CAPTURE, "endpointInput and endpointOutput have to have their data in a string")
    plain = _plain(data) if side.get("encoding") == "BASE64" else data.encode()
    try:
        return [orjson.loads(plain)]
    except orjson.JSONDecodeError as error:
        try:
            return [orjson.loads(line) for line in plain.splitlines() if line.strip()]
        except orjson.JSONDecodeError:
            raise Unreadable(Kind.UNDECODABLE, f"the captured data is no JSON: {error}") from error


def joined(inputs: list[Row] | None, outputs: list[Row] | None, position: Position) -> list[Row]:
    """Each row of a request with that of its response. Raises Unreadable if there are not equally many."""
    if inputs is None or outputs is None:
        return inputs if inputs is not None else outputs or []
    if len(outputs) == 1 and len(inputs) > 1:
        outputs = _one_each(outputs[0])
    if len(inputs) != len(outputs):
        raise Unreadable(Kind.UNEQUAL_ROWS, f"{len(inputs)} rows went in and {len(outputs)} came out")
    return [_beside(one, other, position) for one, other in zip(inputs, outputs, strict=True)]


def _lines(data: str) -> list[Row]:
    stripped = data.strip("\r\n")
    if "\n" not in stripped and "\r" not in stripped:
        return [stripped] if stripped else []
    return [line for line in _ENDS.split(stripped) if line]


def _json(data: str | bytes) -> list[Row]:
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Unreadable(Kind.UNDECODABLE, f"the captured JSON is none: {error}") from error
    if isinstance(value, dict) and len(value) == 1:
        only = next(iter(value.values()))
        if isinstance(only, list):
            value = only
    if isinstance(value, list) and any(isinstance(item, list | dict) for item in value):
        return [row(item) for item in value]
    return [row(value)]


def row(item: object) -> Row:
    """A row as JSON has it."""
    if isinstance(item, dict):
        if len(item) == 1 and isinstance(only := next(iter(item.values())), list):
            return only
        return flat(item)
    return item if isinstance(item, list) else [item]


def flat(record: dict[str, object], prefix: str = "") -> dict[str, object]:
    """A record whose nested entries are named by their path: `address.city`."""
    found: dict[str, object] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            found.update(flat(value, f"{prefix}{name}."))
        else:
            found[prefix + name] = value
    return found


def _decoded(data: str, content: str) -> list[Row]:
    plain = _plain(data)
    if "json" in content:
        return _json(plain)
    if content and "csv" not in content and not content.startswith("text/"):
        raise Unreadable(Kind.UNSUPPORTED_CONTENT, f"data of type {content} has no columns")
    try:
        return _lines(plain.decode())
    except UnicodeDecodeError as error:
        raise Unreadable(Kind.NOT_UTF8, f"the captured data is not UTF-8: {error}") from error


def _plain(data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable(Kind.UNDECODABLE, f"the captured data is not base64: {error}") from error


def _one_each(output: Row) -> list[Row]:
    if isinstance(output, str):
        return list(output.split(","))
    return [[value] for value in output] if isinstance(output, list) else [output]


def _beside(given: Row, answered: Row, position: Position) -> Row:
    if isinstance(given, str) and isinstance(answered, str):
        return f"{answered},{given}" if position is Position.START else f"{given},{answered}"
    if not isinstance(given, dict) and not isinstance(answered, dict):
        one, other = _values(given), _values(answered)
        return other + one if position is Position.START else one + other
    named = _named(given, "input")
    outputs = {f"output.{name}" if name in named else name: value for name, value in _named(answered, "output").items()}
    return {**outputs, **named} if position is Position.START else {**named, **outputs}


def _values(given: Row) -> list[object]:
    if isinstance(given, str):
        return list(given.split(","))
    assert isinstance(given, list)
    return given


def _named(given: Row, side: str) -> dict[str, object]:
    return given if isinstance(given, dict) else {f"{side}_c{i}": value for i, value in enumerate(_values(given))}
