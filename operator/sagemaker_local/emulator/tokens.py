"""Idempotency tokens: a create request that comes again with its token is answered as the first time, and creates nothing.

Only a few families have them; all others rely on their names.
"""

import json
from hashlib import blake2b
from typing import Final

from sagemaker_local.emulator.family import Family
from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal
from sagemaker_local.emulator.resource import Json, Place
from sagemaker_local.emulator.world import Call

REUSED: Final = Refusal(
    "ConflictException",
    "The client request token {token} was used before, with another request.",
    evidence=UNVERIFIED,
)
Key = tuple[Place, str, str]


class Tokens:
    """The tokens that were used, with what was asked and answered. Not thread-safe by itself; `service` holds the lock."""

    def __init__(self) -> None:
        self.used: dict[Key, tuple[str, Json]] = {}

    def answer(self, call: Call, family: Family) -> Json | None:
        """The answer of the first time, if this request came before. Raises ServiceError if another came with its token."""
        token = call.request.get(family.token) if family.token else None
        if token is None or (known := self.used.get((call.place, call.operation, token))) is None:
            return None
        asked, answer = known
        if asked != _digest(call, family):
            raise (family.token_reused or REUSED).error(token=token)
        return dict(answer)

    def keep(self, call: Call, family: Family, answer: Json) -> None:
        """Remember what was answered to a request with a token."""
        token = call.request.get(family.token) if family.token else None
        if token is not None:
            self.used[call.place, call.operation, token] = (_digest(call, family), answer)

    def clear(self) -> None:
        """Forget all tokens."""
        self.used.clear()


def _digest(call: Call, family: Family) -> str:
    asked = {name: value for name, value in call.request.items() if name != family.token}
    return blake2b(json.dumps(asked, sort_keys=True).encode(), digest_size=12).hexdigest()
