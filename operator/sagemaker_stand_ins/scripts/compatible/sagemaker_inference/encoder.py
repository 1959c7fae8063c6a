"""From arrays to bodies (sagemaker_inference/encoder.py)."""

from typing import Any

from sagemaker_stand_ins.scripts import encoding


def encode(array_like: Any, content_type: str) -> str | bytes:
    """A text for JSON and CSV, bytes for NPY; raises errors.UnsupportedFormatError for others."""
    said = encoding.encoded(array_like, content_type)
    return said.decode() if content_type in encoding.TEXTS else said
