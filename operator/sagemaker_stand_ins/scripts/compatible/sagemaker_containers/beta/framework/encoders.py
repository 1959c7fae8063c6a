"""From arrays to bodies and back (sagemaker_containers/_encoders.py)."""

from typing import Any

from sagemaker_stand_ins.scripts import encoding


def decode(obj: str | bytes, content_type: str) -> Any:
    """An array; raises errors.UnsupportedFormatError for a content type that is none of JSON, CSV and NPY."""
    return encoding.decoded(obj, content_type)


def encode(array_like: Any, content_type: str) -> str | bytes:
    """A text for JSON and CSV, bytes for NPY; raises errors.UnsupportedFormatError for others."""
    said = encoding.encoded(array_like, content_type)
    return said.decode() if content_type in encoding.TEXTS else said


def json_to_numpy(string_like: str | bytes, dtype: Any = None) -> Any:
    """An array from JSON."""
    array = encoding.decoded(string_like, encoding.JSON)
    return array if dtype is None else array.astype(dtype)


def csv_to_numpy(string_like: str | bytes, dtype: Any = None) -> Any:
    """An array from CSV; a single row has one dimension."""
    array = encoding.decoded(string_like, encoding.CSV)
    return array if dtype is None else array.astype(dtype)


def npy_to_numpy(npy_array: bytes) -> Any:
    """An array from NPY."""
    return encoding.decoded(npy_array, encoding.NPY)


def array_to_json(array_like: Any) -> str | bytes:
    """JSON of an array."""
    return encode(array_like, encoding.JSON)


def array_to_csv(array_like: Any) -> str | bytes:
    """CSV of an array; one of a single dimension is a column."""
    return encode(array_like, encoding.CSV)


def array_to_npy(array_like: Any) -> str | bytes:
    """NPY of an array."""
    return encode(array_like, encoding.NPY)
