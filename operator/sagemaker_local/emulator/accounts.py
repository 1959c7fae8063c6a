"""Who may work in which account: roles that trust, and credentials that expire, when somebody asks for it.

By default everybody may assume every role, whether it exists or not, for ever. `strict` makes AssumeRole look at the role's trust
policy in the emulated IAM (who is trusted, and with which external id), and SageMaker at the age of the credentials, by the
emulator's clock. moto hands out the credentials.
"""

import fnmatch
import re
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from sagemaker_local.emulator.clock import Clock
from sagemaker_local.emulator.faults import EXPIRED
from sagemaker_local.emulator.mount import Moto, Request, Response
from sagemaker_local.emulator.refusal import Refusal
from sagemaker_local.emulator.statements import allow, several
from sagemaker_local.emulator.wire import scope

NOT_TRUSTED: Final = Refusal(
    "AccessDenied",
    "User: arn:aws:iam::{account}:root is not authorized to perform: sts:AssumeRole on resource: {role}",
    evidence="quoted in many public issues",
    status=403,
)
_ROLE: Final = re.compile(r"arn:[\w-]+:iam::(\d{12}):role/(?:.*/)?([^/]+)")
_KEY: Final = re.compile(rb"<AccessKeyId>([^<]+)</AccessKeyId>")
_DEFAULT_DURATION: Final = 3600


class Accounts:
    """Stands before moto: sees the requests for roles, and knows how long their credentials last.

    Attributes:
        strict: whether trust and expiry are checked.
    """

    def __init__(self, moto: Moto, clock: Clock, *, strict: bool = False) -> None:
        self._moto = moto
        self._clock = clock
        self._lock = threading.Lock()
        self._expiries: dict[str, float] = {}
        self.strict = strict

    @property
    def pool(self) -> ThreadPoolExecutor:
        """Where `answer` is to run."""
        return self._moto.pool

    def account_of(self, access_key: str) -> str:
        """The account that an access key works in. Raises ServiceError if it has expired and that counts."""
        expiry = self._expiries.get(access_key)
        if self.strict and expiry is not None and self._clock.now() >= expiry:
            raise EXPIRED.error()
        return self._moto.account_of(access_key)

    def answer(self, request: Request) -> Response:
        """moto's answer, unless the request is for a role that does not trust whoever asks."""
        asked = _assume_role(request)
        if asked is None:
            return self._moto.answer(request)
        signed = scope(request.headers)
        caller = self._moto.account_of(signed.access_key) if signed else ""
        if self.strict and not self._trusts(asked, caller):
            return _denied(NOT_TRUSTED.text.format(account=caller, role=asked.get("RoleArn", "")))
        answer = self._moto.answer(request)
        found = _KEY.search(answer.body)
        if found is not None:
            with self._lock:
                lasts = float(asked.get("DurationSeconds", _DEFAULT_DURATION))
                self._expiries[found[1].decode()] = self._clock.now() + lasts
        return answer

    def clear(self) -> None:
        """Forget which credentials were handed out, and check nothing."""
        with self._lock:
            self._expiries.clear()
        self.strict = False

    def _trusts(self, asked: Mapping[str, str], caller: str) -> bool:
        found = _ROLE.fullmatch(asked.get("RoleArn", ""))
        if found is None or not self._moto.loaded:
            return False
        from moto.iam.models import iam_backends  # noqa: PLC0415 heavy, and only needed once moto is in use

        roles = iam_backends[found[1]]["aws"].roles.values()
        role = next((role for role in roles if role.name == found[2]), None)
        policy = getattr(role, "assume_role_policy_document", None)
        return policy is not None and trusts(policy, account=caller, external_id=asked.get("ExternalId"))


def trusts(policy: str, *, account: str, external_id: str | None) -> bool:
    """Whether a trust policy lets an account assume its role; a statement that is not understood allows nothing."""
    return allow(policy, lambda s: _concerns(s, account) and _conditions_hold(s.get("Condition", {}), external_id))


def _concerns(statement: Mapping[str, Any], account: str) -> bool:
    actions = [str(action) for action in several(statement.get("Action"))]
    if not any(fnmatch.fnmatchcase("sts:assumerole", action.lower()) for action in actions):
        return False
    principal = statement.get("Principal", {})
    trusted = several(principal.get("AWS")) if isinstance(principal, dict) else several(principal)
    return any(who == "*" or str(who) == account or f"::{account}:" in str(who) for who in trusted)


def _conditions_hold(conditions: Mapping[str, Mapping[str, Any]], external_id: str | None) -> bool:
    for operator, wanted in conditions.items():
        for key, values in wanted.items():
            allowed = [str(value) for value in several(values)]
            if key.lower() != "sts:externalid" or external_id is None:
                return False
            match operator:
                case "StringEquals" if external_id in allowed:
                    pass
                case "StringLike" if any(fnmatch.fnmatchcase(external_id, pattern) for pattern in allowed):
                    pass
                case _:
                    return False
    return True


def _assume_role(request: Request) -> dict[str, str] | None:
    """The members of a request for AssumeRole; None for any other request."""
    signed = scope(request.headers)
    if signed is None or signed.service != "sts":
        return None
    members = parse_qs(request.body.decode(errors="replace"))
    return {name: values[0] for name, values in members.items()} if members.get("Action") == ["AssumeRole"] else None


def _denied(text: str) -> Response:
    error = f"<Type>Sender</Type><Code>AccessDenied</Code><Message>{escape(text)}</Message>"
    body = f"<ErrorResponse><Error>{error}</Error></ErrorResponse>"
    return Response(403, [("Content-Type", "text/xml")], body.encode())
