"""Content types that need no function of the user: JSON, CSV and NPY, to and from arrays.

As sagemaker_containers has them (_encoders.py): names are compared as they come, a single row of CSV is an array of one
dimension, and arrays of one dimension are written as a column. One difference: arrays of pickled objects are refused.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from sagemaker_stand_ins.serving import BadInput

JSON: Final = "application/json"
CSV: Final = "text/csv"
NPY: Final = "application/x-npy"
TEXTS: Final = frozenset({JSON, CSV})
"""What reaches the user's functions as a text instead of bytes."""


class Unknown(Exception):
    """A content type that is none of these; the message is that of AWS's toolkit."""

    def __init__(self, content_type: str) -> None:
        super().__init__(
            f"Content type {content_type} is not supported by this framework.\n\n"
            "Please implement input_fn to to deserialize the request data or an output_fn to\n"
            "serialize the response. For more information, see the SageMaker Python SDK README."
        )


def decoded(content: str | bytes, content_type: str) -> Any:
    """An array.

    Raises:
        Unknown: if the content type is none of these.
        BadInput: if the content is not of its type.
    """
    if content_type not in _READERS:
        raise Unknown(content_type)
    try:
        return _READERS[content_type](content)
    except (ValueError, csv.Error, EOFError, OSError) as error:
        raise BadInput(f"the body cannot be read as {content_type}: {error}") from None


def encoded(prediction: Any, content_type: str) -> bytes:
    """What is sent for a prediction.

    Raises:
        Unknown: if the content type is none of these.
    """
    if content_type not in _WRITERS:
        raise Unknown(content_type)
    return _WRITERS[content_type](prediction)


def _of_csv(content: str | bytes) -> Any:
    text = content if isinstance(content, str) else content.decode()
    rows = list(csv.reader(io.StringIO(text), strict=True))
    array = np.array(rows).squeeze()
    try:
        return array.astype(np.float64)
    except ValueError:
        return array  # texts stay texts


def _to_csv(prediction: Any) -> bytes:
    array = np.array(prediction)
    rows = array.reshape(-1, 1) if array.ndim < 2 else array
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _to_json(prediction: Any) -> bytes:
    return json.dumps(prediction, default=_plain).encode()


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"a prediction of type {type(value).__name__} cannot be written as JSON")


def _of_npy(content: str | bytes) -> Any:
    return np.load(io.BytesIO(content if isinstance(content, bytes) else content.encode()), allow_pickle=False)


def _to_npy(prediction: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, prediction)
    return file.getvalue()


_READERS: Final[Mapping[str, Callable[[str | bytes], Any]]] = {
    JSON: lambda content: np.array(json.loads(content)),
    CSV: _of_csv,
    NPY: _of_npy,
}
_WRITERS: Final[Mapping[str, Callable[[Any], bytes]]] = {JSON: _to_json, CSV: _to_csv, NPY: _to_npy}
