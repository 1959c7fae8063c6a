"""Errors that scripts raise or catch (sagemaker_inference/errors.py)."""

from sagemaker_stand_ins.scripts.encoding import Unknown as UnsupportedFormatError

__all__ = ["UnsupportedFormatError"]
