"""Requests to the models of Amazon's own algorithms, and their answers, in the formats that all of these algorithms have.

Requests: CSV, JSON (`{"instances": [{"features": [1, 2]}]}` or with `data.features.values`, sparse ones with `keys`
and `shape`), JSON Lines of such instances, records. Answers: JSON, JSON Lines, records, and CSV where the algorithm
has it. Source: https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-inference.html and the algorithms' pages "response
formats".
"""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sagemaker_stand_ins.data import delimited, recordio
from sagemaker_stand_ins.data.content import CSV, JSON, JSON_LINES, RECORDIO, ContentType
from sagemaker_stand_ins.data.rows import Part, Unreadable
from sagemaker_stand_ins.serving import BadInput, NotAcceptable, Unsupported

Numbers = npt.NDArray[np.float64]
Answer = Mapping[str, Any]
"""What is said of one row: numbers, or lists of numbers, by name."""

_TYPES: Final = {
    JSON: "application/json",
    JSON_LINES: "application/jsonlines",
    RECORDIO: "application/x-recordio-protobuf",
    CSV: "text/csv",
}


_WIDEST: Final = 1 << 28
_UNREADABLE: Final = (Unreadable, ValueError, TypeError, LookupError, AttributeError, OverflowError, MemoryError)
"""What reading raises for a document that is not of the form: the rows of JSON may be anything."""


def execution_parameters() -> Mapping[str, Any]:
    """What a batch transform is told that leaves its strategy open."""
    return {"MaxConcurrentTransforms": os.cpu_count() or 1, "BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": 6}


def rows_of(body: bytes, content_type: str, *, width: int) -> Numbers:
    """The rows of a request.

    Raises:
        Unsupported: its content type is not known.
        BadInput: it is not in its format, or its rows have another number of features.
    """
    form = ContentType.of(content_type or "text/csv").format
    if not body.strip():
        raise BadInput("The request is empty.")
    try:
        rows = _read(form, body)
    except _UNREADABLE as trouble:
        raise BadInput(f"The request cannot be read as {form}: {_reason(trouble)}") from None
    if rows is None:
        raise Unsupported(f"Content type {content_type} is not supported. Use one of {', '.join(_TYPES.values())}.")
    if rows.ndim != 2 or rows.shape[1] != width:
        found = rows.shape[1] if rows.ndim == 2 else 0
        raise BadInput(f"The request has {found} features, and the model was trained with {width}.")
    if not np.isfinite(rows).all():
        raise BadInput("The request has missing or infinite values, which this algorithm does not take.")
    return rows


def wanted(accept: str, *, csv: bool = False) -> str:
    """The format of the answer, JSON if it is left open. Raises NotAcceptable."""
    for one in accept.split(","):
        said = ContentType.of(one)
        if said.name in ("", "*/*", "application/*"):
            return JSON
        if said.format in _TYPES and (csv or said.format != CSV):
            return said.format
    offered = [name for form, name in _TYPES.items() if csv or form != CSV]
    raise NotAcceptable(f"Accept type {accept} is not supported. Use one of {', '.join(offered)}.")


def written(answers: Sequence[Answer], form: str, *, under: str) -> tuple[bytes, str]:
    """The answers in a format, and its content type; `under` is the name that JSON has around them."""
    if form == JSON:
        return json.dumps({under: list(answers)}).encode(), _TYPES[form]
    if form == JSON_LINES:
        return "".join(json.dumps(answer) + "\n" for answer in answers).encode(), _TYPES[form]
    if form == RECORDIO:
        records = [{name: np.atleast_1d(value).tolist() for name, value in answer.items()} for answer in answers]
        return recordio.written(records), _TYPES[form]
    lines = (
        ",".join(str(number) for value in answer.values() for number in np.atleast_1d(value).tolist())
        for answer in answers
    )
    return "".join(f"{line}\n" for line in lines).encode(), _TYPES[form]


def _read(form: str | None, body: bytes) -> Numbers | None:
    part = Part("the request", body)
    if form == CSV:
        lines = part.lines
        return delimited.read([part], between=(delimited.delimiter(lines[0]) if lines else None) or ",", missing=False)
    if form == RECORDIO:
        return recordio.dense(recordio.read([part]))
    if form == JSON:
        return _stacked(json.loads(body)["instances"])
    if form == JSON_LINES:
        return _stacked([json.loads(line) for line in part.lines if line.strip()])
    return None


def _stacked(instances: Sequence[Any]) -> Numbers:
    return np.array([_instance(one) for one in instances], dtype=np.float64).reshape(len(instances), -1)


def _instance(instance: Mapping[str, Any]) -> Any:
    element = instance["data"]["features"] if "data" in instance else instance["features"]
    if not isinstance(element, Mapping):
        return element
    if "keys" not in element:
        return element["values"]
    width = int(np.atleast_1d(element["shape"])[-1])
    if not 0 <= width <= _WIDEST:
        raise ValueError(f"a row of {width} columns is too wide")
    row = np.zeros(width)
    row[np.array(element["keys"], dtype=np.int64)] = element["values"]
    return row


def _reason(trouble: Exception) -> str:
    return f"{trouble} is missing" if isinstance(trouble, KeyError) else str(trouble)
