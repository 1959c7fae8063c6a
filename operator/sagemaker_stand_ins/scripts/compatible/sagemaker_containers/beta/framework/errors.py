"""Errors that scripts raise or catch (sagemaker_containers/_errors.py)."""

from sagemaker_stand_ins.scripts.encoding import Unknown as UnsupportedFormatError


class ClientError(Exception):
    """An error of the user's code."""


__all__ = ["ClientError", "UnsupportedFormatError"]
