"""SQS: the operations on messages, and the table of all operations.

Knows no HTTP and does not wait: a reader that wants to wait for messages registers with the queue (see `front`).
"""

import base64
import re
from collections.abc import Callable
from random import Random
from typing import Any, Final
from uuid import UUID

from sagemaker_local.emulator.events.attributes import redrive
from sagemaker_local.emulator.events.messages import Message, md5, md5_of_attributes, read_handle
from sagemaker_local.emulator.events.queue import Queue
from sagemaker_local.emulator.events.queues import Ask, Queues
from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal, ServiceError
from sagemaker_local.emulator.resource import Json

_MOTO: Final = "moto's SQS"
BAD_HANDLE: Final = Refusal("ReceiptHandleIsInvalid", "The input receipt handle is invalid.", evidence=_MOTO)
NOT_IN_FLIGHT: Final = Refusal(
    "MessageNotInflight",
    "Value {handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for "
    "visibility timeout change.",
    evidence=f"code: the service model; the text: {UNVERIFIED}",
)
OUT_OF_RANGE: Final = Refusal(
    "InvalidParameterValue",
    "Value {value} for parameter {name} is invalid. Reason: Must be between {low} and {high}, if provided.",
    evidence="eight independent public code bases that emulate SQS have it",
)
TOO_LONG: Final = Refusal(
    "InvalidParameterValue",
    "One or more parameters are invalid. Reason: Message must be shorter than {limit} bytes.",
    evidence=_MOTO,
)
EMPTY: Final = Refusal("MissingParameter", "The request must contain the parameter {name}.", evidence=_MOTO)
BAD_TEXT: Final = Refusal(
    "InvalidMessageContents",
    "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | "
    "#x10000 to #x10FFFF",
    evidence="code and characters: the service model; the text: localstack's SQS",
)
BAD_ATTRIBUTE: Final = Refusal(
    "InvalidParameterValue",
    "The message attribute '{name}' is invalid: it needs a DataType of String, Number or Binary, and a value of that type.",
    evidence="code: moto's SQS; the text is this project's own",
)
NO_ENTRIES: Final = Refusal(
    "EmptyBatchRequest", "There should be at least one {operation}RequestEntry in the request.", evidence=_MOTO
)
TOO_MANY: Final = Refusal(
    "TooManyEntriesInBatchRequest",
    "Maximum number of entries per request are 10. You have sent {count}.",
    evidence=_MOTO,
)
REPEATED: Final = Refusal("BatchEntryIdsNotDistinct", "Id {id} repeated.", evidence=_MOTO)
BAD_ID: Final = Refusal(
    "InvalidBatchEntryId",
    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
    evidence=_MOTO,
)
BATCH_TOO_LONG: Final = Refusal(
    "BatchRequestTooLong",
    "Batch requests cannot be longer than {limit} bytes. You have sent {size} bytes.",
    evidence=_MOTO,
)

_FORBIDDEN: Final = re.compile("[^\x09\x0a\x0d\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTRY_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")
_DATA_TYPE: Final = re.compile(r"(String|Number|Binary)(\..+)?")
_LONGEST_VISIBILITY: Final = 43_200

Operation = Callable[[Ask], Json]


class Sqs:
    """SQS over the queues of one emulator. Not thread-safe by itself; `Events` holds the lock."""

    def __init__(self, queues: Queues, random: Random) -> None:
        self.queues = queues
        self._random = random
        self.operations: dict[str, Operation] = {
            "CreateQueue": queues.create,
            "DeleteQueue": queues.delete,
            "GetQueueUrl": queues.url,
            "ListQueues": queues.listed,
            "GetQueueAttributes": queues.attributes_of,
            "SetQueueAttributes": queues.set_attributes,
            "PurgeQueue": queues.purge,
            "TagQueue": queues.tag,
            "UntagQueue": queues.untag,
            "ListQueueTags": queues.tags_of,
            "ListDeadLetterSourceQueues": queues.dead_letter_sources,
            "SendMessage": lambda ask: self._send(ask, queues.at(ask), ask.request),
            "SendMessageBatch": lambda ask: self._batch(ask, self._send),
            "ReceiveMessage": self.receive,
            "DeleteMessage": lambda ask: self._delete(ask, queues.at(ask), ask.request),
            "DeleteMessageBatch": lambda ask: self._batch(ask, self._delete),
            "ChangeMessageVisibility": lambda ask: self._change(ask, queues.at(ask), ask.request),
            "ChangeMessageVisibilityBatch": lambda ask: self._batch(ask, self._change),
        }

    def deliver(self, queue: Queue, body: str, *, now: float, ticks: float, delay: float = 0.0, back: int = 0) -> None:
        """Put a message into a queue without a request, as EventBridge does."""
        if not body.isascii():
            body = body.encode(errors="replace").decode()  # half a surrogate pair would break SDKs
        message = self._message(queue, body, "events.amazonaws.com", now=now, ticks=ticks)
        queue.add(message, delay=delay, now=ticks, back=back)

    def wait_seconds(self, ask: Ask) -> float:
        """How long a ReceiveMessage may wait for a message."""
        queue = self.queues.at(ask)
        given = ask.request.get("WaitTimeSeconds")
        if given is None:
            return float(queue.attributes["ReceiveMessageWaitTimeSeconds"])
        return float(_within("WaitTimeSeconds", given, 0, 20))

    def receive(self, ask: Ask) -> Json:
        """ReceiveMessage, without waiting: messages that were received too often go to the dead-letter queue."""
        queue, request = self.queues.at(ask), ask.request
        most = _within("MaxNumberOfMessages", request.get("MaxNumberOfMessages", 1), 1, 10)
        default = int(queue.attributes["VisibilityTimeout"])
        hidden = _within("VisibilityTimeout", request.get("VisibilityTimeout", default), 0, _LONGEST_VISIBILITY)
        _within("WaitTimeSeconds", request.get("WaitTimeSeconds", 0), 0, 20)
        dead = redrive(queue.attributes.get("RedrivePolicy"))
        received: list[Message] = []
        while len(received) < most and (taken := queue.take(most - len(received), now=ask.ticks)):
            for message in taken:
                if dead is not None and message.received >= dead[1] and self._bury(message, queue, dead[0], ask):
                    continue
                message.received += 1
                message.first_received = message.first_received or ask.now
                received.append(message)
        for message in received:  # not before: what is hidden for 0 seconds could be taken again
            queue.hide(message, seconds=hidden, now=ask.ticks)
        return {"Messages": [_row(message, request) for message in received]} if received else {}

    def _bury(self, message: Message, queue: Queue, arn: str, ask: Ask) -> bool:
        """Move a message to the dead-letter queue; False if there is none."""
        grave = self.queues.by_arn(arn)
        if grave is None:
            return False
        queue.delete(message)
        moved = Message(
            message.id, message.body, message.sender, message.sent, message.expires, message.attributes,
            message.system | {"DeadLetterQueueSourceArn": queue.arn}, received=message.received,
            first_received=message.first_received,
        )  # fmt: skip
        grave.add(moved, delay=0, now=ask.ticks)
        return True

    def _send(self, ask: Ask, queue: Queue, request: Json) -> Json:
        body, attributes = request["MessageBody"], request.get("MessageAttributes", {})
        if not body:
            raise EMPTY.error(name="MessageBody")
        if _FORBIDDEN.search(body):
            raise BAD_TEXT.error()
        for name, attribute in attributes.items():
            _check_attribute(name, attribute)
        delay = _within("DelaySeconds", request.get("DelaySeconds", int(queue.attributes["DelaySeconds"])), 0, 900)
        message = self._message(queue, body, ask.place.account, now=ask.now, ticks=ask.ticks)
        message.attributes = attributes
        limit = int(queue.attributes["MaximumMessageSize"])
        if message.size > limit:
            raise TOO_LONG.error(limit=limit)
        trace = request.get("MessageSystemAttributes", {}).get("AWSTraceHeader", {}).get("StringValue")
        message.system |= {"AWSTraceHeader": trace} if trace else {}
        message.system |= {"MessageGroupId": request["MessageGroupId"]} if "MessageGroupId" in request else {}
        queue.add(message, delay=delay, now=ask.ticks)
        digest = {"MD5OfMessageAttributes": md5_of_attributes(attributes)} if attributes else {}
        return {"MessageId": message.id, "MD5OfMessageBody": md5(body), **digest}

    def _delete(self, _: Ask, queue: Queue, request: Json) -> Json:
        """DeleteMessage: the handle of an earlier receipt deletes nothing, which is no error (the service model says so)."""
        message, number = self._by_handle(queue, request["ReceiptHandle"])
        if message is not None and message.received == number:
            queue.delete(message)
        return {}

    def _change(self, ask: Ask, queue: Queue, request: Json) -> Json:
        handle = request["ReceiptHandle"]
        seconds = _within("VisibilityTimeout", request.get("VisibilityTimeout", 0), 0, _LONGEST_VISIBILITY)
        message, _ = self._by_handle(queue, handle)
        if message is None or not queue.in_flight(message, now=ask.ticks):
            raise NOT_IN_FLIGHT.error(handle=handle)
        queue.hide(message, seconds=seconds, now=ask.ticks)
        return {}

    def _batch(self, ask: Ask, do: Callable[[Ask, Queue, Json], Json]) -> Json:
        """Do each entry by itself; one that is refused does not stop the others."""
        queue, entries = self.queues.at(ask), ask.request["Entries"]
        _check_entries(ask.operation, entries)
        done: list[Json] = []
        failed: list[Json] = []
        for entry in entries:
            try:
                done.append({"Id": entry["Id"], **do(ask, queue, entry)})
            except ServiceError as error:
                failed.append({"Id": entry["Id"], "Code": error.code, "Message": error.text, "SenderFault": True})
        return {"Successful": done, "Failed": failed}

    def _by_handle(self, queue: Queue, handle: str) -> tuple[Message | None, int]:
        read = read_handle(handle)
        if read is None:
            raise BAD_HANDLE.error()
        return queue.find(read[0]), read[1]

    def _message(self, queue: Queue, body: str, sender: str, *, now: float, ticks: float) -> Message:
        identity = str(UUID(int=self._random.getrandbits(128), version=4))
        return Message(identity, body, sender, now, ticks + float(queue.attributes["MessageRetentionPeriod"]))


def _row(message: Message, request: Json) -> Json:
    """A message as ReceiveMessage shows it: attributes only as asked for."""
    row: Json = {
        "MessageId": message.id,
        "ReceiptHandle": message.handle,
        "MD5OfBody": md5(message.body),
        "Body": message.body,
    }
    wanted = {*request.get("AttributeNames", ()), *request.get("MessageSystemAttributeNames", ())}
    if wanted:
        told = message.system_attributes()
        row["Attributes"] = told if "All" in wanted else {n: v for n, v in told.items() if n in wanted}
    shown = {n: v for n, v in message.attributes.items() if _wanted(n, request.get("MessageAttributeNames", ()))}
    if shown:
        row |= {"MessageAttributes": shown, "MD5OfMessageAttributes": md5_of_attributes(shown)}
    return row


def _wanted(name: str, patterns: list[str]) -> bool:
    return any(p in {"All", ".*", name} or (p.endswith(".*") and name.startswith(p[:-2])) for p in patterns)


def _within(name: str, value: Any, low: int, high: int) -> int:
    number = int(value)
    if not low <= number <= high:
        raise OUT_OF_RANGE.error(value=number, name=name, low=low, high=high)
    return number


def _check_attribute(name: str, attribute: Json) -> None:
    kind = _DATA_TYPE.fullmatch(attribute["DataType"])
    member = "BinaryValue" if kind is not None and kind[1] == "Binary" else "StringValue"
    value = attribute.get(member)
    if kind is None or not value or len(name) > 256 or _FORBIDDEN.search(f"{name}{kind[0]}{value}"):
        raise BAD_ATTRIBUTE.error(name=name)
    if member == "BinaryValue" and not _is_base64(value):
        raise BAD_ATTRIBUTE.error(name=name)


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except ValueError:
        return False
    return True


def _check_entries(operation: str, entries: list[Json]) -> None:
    if not entries:
        raise NO_ENTRIES.error(operation=operation)
    if len(entries) > 10:
        raise TOO_MANY.error(count=len(entries))
    seen: set[str] = set()
    for entry in entries:
        if not _ENTRY_ID.fullmatch(entry["Id"]):
            raise BAD_ID.error()
        if entry["Id"] in seen:
            raise REPEATED.error(id=entry["Id"])
        seen.add(entry["Id"])
    size = sum(len(entry.get("MessageBody", "").encode(errors="replace")) for entry in entries)
    if size > 1_048_576:
        raise BATCH_TOO_LONG.error(limit=1_048_576, size=size)
