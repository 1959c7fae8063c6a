"""Copies of requests that are kept for long.

Thousands of requests say the same few things: names of members, instance types, roles. A copy takes each such text from those
that were met before, so that it is kept once and not with every resource. Not here: copies of what is soon forgotten, which the
standard library makes.
"""

from functools import lru_cache
from typing import Any, Final

from sagemaker_local.emulator.resource import Json

SHARED: Final = 256
"""Characters of the longest text that is shared; longer ones, for example scripts, seldom come twice."""
_REMEMBERED: Final = 8192


def lasting(request: Json) -> Json:
    """A copy of plain JSON that has no structure or list in common with it."""
    return {_same(name): _kept(value) for name, value in request.items()}


def _kept(value: Any) -> Any:
    if isinstance(value, str):
        return _same(value) if len(value) <= SHARED else value
    if isinstance(value, dict):
        return lasting(value)
    if isinstance(value, list):
        return [_kept(item) for item in value]
    return value


@lru_cache(maxsize=_REMEMBERED)
def _same(text: str) -> str:
    """The first of equal texts. What was not met for long is forgotten, so that names, which differ, do no harm."""
    return text
