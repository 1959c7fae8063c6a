"""Modules of users (sagemaker_containers/_modules.py)."""

from importlib.util import find_spec


def exists(name: str) -> bool:
    """Whether there is such a module."""
    return find_spec(name) is not None
