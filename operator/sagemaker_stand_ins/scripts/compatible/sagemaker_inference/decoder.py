"""From bodies to arrays (sagemaker_inference/decoder.py)."""

from typing import Any

from sagemaker_stand_ins.scripts import encoding


def decode(obj: str | bytes, content_type: str) -> Any:
    """An array; raises errors.UnsupportedFormatError for a content type that is none of JSON, CSV and NPY."""
    return encoding.decoded(obj, content_type)
