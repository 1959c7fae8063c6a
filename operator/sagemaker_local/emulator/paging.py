"""Pages with opaque tokens.

A token says after how many items the next page begins, for which question it was given; a token of another question is refused.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json
from sagemaker_local.emulator.world import Call

T = TypeVar("T")

INVALID_TOKEN: Final = Refusal(VALIDATION, "Invalid NextToken.", evidence=UNVERIFIED)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Items of one page, and `{"NextToken": …}` if there are more."""

    items: list[T]
    token: Json


def cut(items: Sequence[T], call: Call, *, size: int = 10) -> Page[T]:
    """The page that a request asks for by MaxResults and NextToken."""
    start = _position(call)
    end = start + int(call.request.get("MaxResults", size))
    token = {"NextToken": _token(call, end)} if end < len(items) else {}
    return Page(list(items[start:end]), token)


def plain_token(position: int) -> str:
    """A token of a service whose pages are of no question: it only says where the next one begins."""
    return base64.b64encode(str(position).encode()).decode()


def plain_position(token: object, refusal: Refusal) -> int:
    """Where a page begins; of a token that was never given, `refusal` is raised."""
    if token is None:
        return 0
    try:
        position = int(base64.b64decode(str(token), validate=True))
    except ValueError:
        raise refusal.error() from None
    if position < 0:
        raise refusal.error()
    return position


def _position(call: Call) -> int:
    token = call.request.get("NextToken")
    if not token:
        return 0
    try:
        position, question = json.loads(base64.urlsafe_b64decode(token))
    except (binascii.Error, ValueError, TypeError):
        raise INVALID_TOKEN.error() from None
    if question != _question(call) or not isinstance(position, int) or position < 0:
        raise INVALID_TOKEN.error()
    return position


def _token(call: Call, position: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([position, _question(call)]).encode()).decode()


def _question(call: Call) -> str:
    asked = {k: v for k, v in call.request.items() if k not in ("NextToken", "MaxResults")}
    text = json.dumps([call.operation, call.place.account, call.place.region, asked], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=9).hexdigest()
