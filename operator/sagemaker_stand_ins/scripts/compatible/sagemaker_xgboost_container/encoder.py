"""Matrices of requests (sagemaker_xgboost_container/encoder.py)."""

import json
from typing import Any

import xgboost

from sagemaker_stand_ins.scripts.xgboost import matrix


def decode(obj: str | bytes, content_type: str) -> xgboost.DMatrix:
    """The rows of a request; raises UnsupportedFormatError for a content type that is not known."""
    return matrix(obj, content_type)


def csv_to_dmatrix(input: str | bytes, dtype: Any = None) -> xgboost.DMatrix:  # noqa: A002, ARG001 as the image calls them
    """The rows of CSV, without labels."""
    return matrix(input, "text/csv")


def libsvm_to_dmatrix(string_like: str | bytes) -> xgboost.DMatrix:
    """The rows of libsvm."""
    return matrix(string_like, "text/libsvm")


def recordio_protobuf_to_dmatrix(string_like: bytes) -> xgboost.DMatrix:
    """The rows of RecordIO-protobuf."""
    return matrix(string_like, "application/x-recordio-protobuf")


def json_to_jsonlines(json_data: Any) -> bytes:
    """A line for each entry of the only list in an object."""
    said = json_data if isinstance(json_data, dict) else json.loads(json_data)
    if len(said) != 1:
        raise ValueError("JSON response is not compatible for conversion to jsonlines.")
    return "".join(json.dumps(entry) + "\n" for entry in next(iter(said.values()))).encode()
