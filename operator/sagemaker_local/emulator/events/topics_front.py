"""The entrance to SNS: who asks for what in the Query protocol, what goes wrong with it on request, and the journal.

Knows no HTTP server: it takes headers and a form and gives a reply, or says that the connection is to be cut.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Final

from sagemaker_local.emulator import model, wire
from sagemaker_local.emulator.events import query
from sagemaker_local.emulator.events.events import Events
from sagemaker_local.emulator.events.front import NO_BEHAVIOUR, UNKNOWN_OPERATION, Reply
from sagemaker_local.emulator.events.queues import Ask
from sagemaker_local.emulator.events.requests import known
from sagemaker_local.emulator.events.topics import topic_place
from sagemaker_local.emulator.faults import Effect, Fault, Faults
from sagemaker_local.emulator.front import CUT_BY
from sagemaker_local.emulator.journal import Entry, Journal
from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal, ServiceError
from sagemaker_local.emulator.resource import Json, Place
from sagemaker_local.emulator.validation import complaints

SERVICE: Final = "sns"
_CODES: Final = "code and status: the service model; the text: "
INVALID: Final = Refusal("ValidationError", "{problem}", evidence="wording of AWS's Query services")
THROTTLED: Final = Refusal("Throttled", "Rate exceeded", evidence=f"{_CODES}{UNVERIFIED}", status=429)
INTERNAL: Final = Refusal("InternalError", "Internal Error", evidence=f"{_CODES}{UNVERIFIED}", status=500)
UNAVAILABLE: Final = Refusal(
    "ServiceUnavailable",
    "The request has failed due to a temporary failure of the server.",
    evidence="Common Errors of the SNS API Reference",
    status=503,
)
EXPIRED: Final = Refusal(
    "ExpiredToken", "The security token included in the request is expired", evidence=UNVERIFIED, status=403
)
DENIED: Final = Refusal(
    "AuthorizationError",
    "User: arn:aws:sts::{account}:assumed-role/sagemaker-local/session is not authorized to perform: SNS:{operation} on "
    "resource: {resource} because no identity-based policy allows the SNS:{operation} action",
    evidence="the sentence is IAM's own, quoted in many public issues",
    status=403,
)
_ANSWERS: Final = {
    Effect.THROTTLE: THROTTLED,
    Effect.ERROR: INTERNAL,
    Effect.UNAVAILABLE: UNAVAILABLE,
    Effect.EXPIRE: EXPIRED,
    Effect.DENY: DENIED,
}
_BY_LINK: Final = frozenset({"ConfirmSubscription", "Unsubscribe"})
"""What links in messages do, whose requests are not signed."""


def concerns(headers: Mapping[str, str], text: str) -> bool:
    """Whether a request is for SNS; `text` is its URL's query."""
    scope = wire.scope(headers)
    return scope.service == SERVICE if scope is not None else query.form(text).get("Action") in _BY_LINK


class TopicsFront:
    """The entrance to SNS.

    Args:
        account_of: the account that an access key belongs to.
    """

    def __init__(self, events: Events, journal: Journal, faults: Faults, account_of: Callable[[str], str]) -> None:
        self._events, self._journal, self._faults, self._account_of = events, journal, faults, account_of
        self._model = model.service_model(SERVICE)

    async def answer(self, headers: Mapping[str, str], given: Mapping[str, str]) -> Reply | None:
        """The reply to one request, whose form is given; None means that the connection is cut without one."""
        self._events.requests += 1
        request: Json = {}
        operation, place = given.get("Action", ""), self._place(headers, given)
        try:
            request = self._read(operation, given)
            fault = self._faults.choose(operation, request, place.account)
            if fault is not None and fault.effect in CUT_BY:
                await asyncio.sleep(fault.seconds)
                self._note(headers, operation, request, place, CUT_BY[fault.effect])
                return None
            _suffer(fault, operation, request, place)
            base = f"http://{headers.get('Host', '127.0.0.1')}"
            ask = Ask(operation, request, place, base, self._events.clock.now(), time.monotonic())
            with self._events.lock:
                told = self._events.topics.operations[operation](ask)
        except ServiceError as error:
            self._note(headers, operation, request, place, error.code)
            return _reply(error.status, query.error(error, self._model.metadata["xmlNamespace"]))
        lost = fault is not None and fault.effect is Effect.LOSE_REPLY
        self._note(headers, operation, request, place, "lost" if lost else "ok")
        return None if lost else _reply(200, query.answer(self._model.operation_model(operation), told))

    def _place(self, headers: Mapping[str, str], given: Mapping[str, str]) -> Place:
        scope = wire.scope(headers)
        if scope is not None:
            return Place(self._account_of(scope.access_key), scope.region)
        arn = given.get("TopicArn") or given.get("SubscriptionArn", "")
        return topic_place(arn) if arn.count(":") >= 5 else Place("", "")

    def _read(self, operation: str, given: Mapping[str, str]) -> Json:
        there_is = self._events.topics.operations
        if operation not in there_is:
            refusal = NO_BEHAVIOUR if known(SERVICE, operation) else UNKNOWN_OPERATION
            raise refusal.error(service=SERVICE, operation=operation, there_is=", ".join(sorted(there_is)))
        shape = self._model.operation_model(operation).input_shape
        if shape is None:
            return {}
        request: Json = query.read(given, shape)
        wrong = complaints(shape.name, request, service=SERVICE)
        if wrong:
            raise INVALID.error(problem=f"{len(wrong)} validation error(s) detected: {'; '.join(wrong)}")
        return request

    def _note(self, headers: Mapping[str, str], operation: str, request: Json, place: Place, outcome: str) -> None:
        self._journal.add(
            Entry(
                time=self._events.clock.now(),
                operation=operation,
                account=place.account,
                region=place.region,
                caller=headers.get("User-Agent", ""),
                asked=wire.encode(request),
                outcome=outcome,
                committed=outcome in ("ok", "lost"),
            )
        )


def _suffer(fault: Fault | None, operation: str, request: Json, place: Place) -> None:
    refusal = _ANSWERS.get(fault.effect) if fault is not None else None
    if refusal is not None:
        resource = request.get("TopicArn") or "*"
        raise refusal.error(account=place.account, operation=operation, resource=resource)


def _reply(status: int, body: bytes) -> Reply:
    return Reply(status, {"Content-Type": query.CONTENT_TYPE}, body)
