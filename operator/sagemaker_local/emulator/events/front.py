"""The wire of SQS (AWS JSON 1.0) and EventBridge (AWS JSON 1.1): who asks for what, long polls, and how answers and errors look.

Knows no HTTP server: it takes headers and a body and gives a reply. Not here: SQS' older Query protocol, which SDKs stopped
speaking in 2023; it is refused with a text that says so.
"""

import asyncio
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sagemaker_local.emulator import wire
from sagemaker_local.emulator.events.events import Events
from sagemaker_local.emulator.events.queues import Ask
from sagemaker_local.emulator.events.requests import check, known
from sagemaker_local.emulator.refusal import Refusal, ServiceError
from sagemaker_local.emulator.resource import Json, Place

UNKNOWN_OPERATION: Final = Refusal(
    "UnknownOperationException",
    "{service} has no operation {operation!r}.",
    evidence="code of AWS's JSON services; the text is this project's own",
)
NO_BEHAVIOUR: Final = Refusal(
    "NotEmulated",
    "sagemaker-local has no behaviour for {operation} of {service}; it has {there_is}.",
    evidence="this project's own answer",
)
OTHER_PROTOCOL: Final = Refusal(
    "NotEmulated",
    "sagemaker-local speaks {service}'s AWS JSON protocol, which needs the header X-Amz-Target: {prefix}<operation>. "
    "Use an SDK of 2024 or later.",
    evidence="this project's own answer",
)
# Codes that SQS had before it spoke JSON, which SDKs go by: `error.code` in the service models of SQS until 2023.
QUERY_CODES: Final = {
    "QueueDoesNotExist": "AWS.SimpleQueueService.NonExistentQueue",
    "QueueNameExists": "QueueAlreadyExists",
    "EmptyBatchRequest": "AWS.SimpleQueueService.EmptyBatchRequest",
    "TooManyEntriesInBatchRequest": "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
    "BatchEntryIdsNotDistinct": "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
    "BatchRequestTooLong": "AWS.SimpleQueueService.BatchRequestTooLong",
    "InvalidBatchEntryId": "AWS.SimpleQueueService.InvalidBatchEntryId",
    "MessageNotInflight": "AWS.SimpleQueueService.MessageNotInflight",
    "UnsupportedOperation": "AWS.SimpleQueueService.UnsupportedOperation",
}


@dataclass(frozen=True, slots=True)
class Protocol:
    """How a service speaks."""

    service: str
    prefix: str
    content_type: str


PROTOCOLS: Final = (
    Protocol("sqs", "AmazonSQS.", "application/x-amz-json-1.0"),
    Protocol("events", "AWSEvents.", "application/x-amz-json-1.1"),
)


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def protocol_of(headers: Mapping[str, str]) -> Protocol | None:
    """The protocol of a request to SQS or EventBridge; None for a request to anything else."""
    target = headers.get("X-Amz-Target", "")
    scope = wire.scope(headers)
    for protocol in PROTOCOLS:
        if target.startswith(protocol.prefix) or (scope is not None and scope.service == protocol.service):
            return protocol
    return None


class EventsFront:
    """The entrance to SQS and EventBridge.

    Args:
        account_of: the account that an access key belongs to.
    """

    def __init__(self, events: Events, account_of: Callable[[str], str]) -> None:
        self._events = events
        self._account_of = account_of
        self._operations = {"sqs": events.sqs.operations, "events": events.bridge.operations}

    async def answer(
        self, protocol: Protocol, headers: Mapping[str, str], body: bytes, connected: Callable[[], bool]
    ) -> Reply:
        """The reply to one request.

        Args:
            protocol: as `protocol_of` found it.
            connected: whether the caller still waits; a message must not go to one who left.
        """
        self._events.requests += 1
        try:
            ask = self._read(protocol, headers, body)
            if ask.operation == "ReceiveMessage":
                answer = await self._receive(ask, connected)
            else:
                with self._events.lock:
                    answer = self._operations[protocol.service][ask.operation](ask)
            return _reply(protocol, 200, wire.encode(answer))
        except ServiceError as error:
            return _refused(protocol, error)

    def _read(self, protocol: Protocol, headers: Mapping[str, str], body: bytes) -> Ask:
        scope = wire.scope(headers)
        if scope is None:
            raise (wire.MALFORMED_SIGNATURE if "Authorization" in headers else wire.UNSIGNED).error()
        target = headers.get("X-Amz-Target", "")
        if not target.startswith(protocol.prefix):
            raise OTHER_PROTOCOL.error(service=protocol.service, prefix=protocol.prefix)
        operation = target.removeprefix(protocol.prefix)
        there_is = self._operations[protocol.service]
        if operation not in there_is:
            refusal = NO_BEHAVIOUR if known(protocol.service, operation) else UNKNOWN_OPERATION
            raise refusal.error(service=protocol.service, operation=operation, there_is=", ".join(sorted(there_is)))
        request = wire.decode(body)
        check(protocol.service, operation, request)
        place = Place(self._account_of(scope.access_key), scope.region)
        base = f"http://{headers.get('Host', '127.0.0.1')}"
        return Ask(operation, request, place, base, self._events.clock.now(), time.monotonic())

    async def _receive(self, ask: Ask, connected: Callable[[], bool]) -> Json:
        """ReceiveMessage: waits until there is a message, the time is up, or the queue or the caller is gone."""
        events, loop = self._events, asyncio.get_running_loop()
        with events.lock:
            until = ask.ticks + events.sqs.wait_seconds(ask)
        while True:
            now = time.monotonic()
            woken = asyncio.Event()
            with events.lock:
                asked = Ask(ask.operation, ask.request, ask.place, ask.base, events.clock.now(), now)
                answer = events.sqs.receive(asked) if connected() else {}
                if answer or now >= until or not connected():
                    return answer
                queue = events.queues.at(ask)
                wake = _waker(loop, woken)
                queue.waiters.append(wake)
                due = queue.next_visible()
            try:
                await _wait(woken, min(until, until if due is None else due) - now)
            finally:
                with events.lock:
                    if wake in queue.waiters:
                        queue.waiters.remove(wake)
                    elif not connected():
                        queue.wake_one()


def _waker(loop: asyncio.AbstractEventLoop, woken: asyncio.Event) -> Callable[[], None]:
    return lambda: _wake(loop, woken)


def _wake(loop: asyncio.AbstractEventLoop, woken: asyncio.Event) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(woken.set)


async def _wait(woken: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(woken.wait(), max(0.0, seconds))
    except TimeoutError:
        return


def _refused(protocol: Protocol, error: ServiceError) -> Reply:
    if protocol.service != "sqs":
        return _reply(protocol, error.status, wire.encode({"__type": error.code, "message": error.text}))
    body = wire.encode({"__type": f"com.amazonaws.sqs#{error.code}", "message": error.text})
    code = QUERY_CODES.get(error.code, error.code)
    return _reply(protocol, error.status, body, {"x-amzn-query-error": f"{code};Sender"})


def _reply(protocol: Protocol, status: int, body: bytes, more: Mapping[str, str] | None = None) -> Reply:
    headers = {"x-amzn-RequestId": str(uuid.uuid4()), "Content-Type": protocol.content_type, **(more or {})}
    return Reply(status, headers, body)
