"""The attributes of a queue: which exist, what they may be, and what they are when nobody says."""

import json
from collections.abc import Mapping
from typing import Any, Final

from sagemaker_local.emulator.refusal import Refusal

_MOTO: Final = "moto's SQS"
UNKNOWN: Final = Refusal("InvalidAttributeName", "Unknown Attribute {name}.", evidence=_MOTO)
INVALID: Final = Refusal(
    "InvalidAttributeValue",
    "Invalid value for the parameter {name}. Reason: {reason}",
    evidence=f"{_MOTO}; the reason is this project's own",
)
NO_FIFO: Final = Refusal(
    "UnsupportedOperation",
    "sagemaker-local has standard queues only, and EventBridge needs no other; {name} belongs to FIFO queues.",
    evidence="this project's own answer",
)

LARGEST_MESSAGE: Final = 1_048_576
"""Bytes; the service model's documentation of SendMessage says 1 MiB."""
# Name to least, most and default.
NUMBERS: Final[dict[str, tuple[int, int, int]]] = {
    "VisibilityTimeout": (0, 43_200, 30),
    "MaximumMessageSize": (1024, LARGEST_MESSAGE, LARGEST_MESSAGE),
    "MessageRetentionPeriod": (60, 1_209_600, 345_600),
    "DelaySeconds": (0, 900, 0),
    "ReceiveMessageWaitTimeSeconds": (0, 20, 0),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400, 300),
}
_DOCUMENTS: Final = frozenset({"Policy", "RedrivePolicy", "RedriveAllowPolicy"})
_FIFO: Final = frozenset({"FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"})
_SETTABLE: Final = frozenset(NUMBERS) | _DOCUMENTS | {"KmsMasterKeyId", "SqsManagedSseEnabled"}
_TOLD: Final = frozenset(
    {
        "QueueArn", "CreatedTimestamp", "LastModifiedTimestamp", "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed",
    }
)  # fmt: skip
READABLE: Final = _SETTABLE | _TOLD | _FIFO | {"All"}
ALWAYS: Final = {n: str(v[2]) for n, v in NUMBERS.items() if n != "KmsDataKeyReusePeriodSeconds"} | {
    "SqsManagedSseEnabled": "true"
}


def check(given: Mapping[str, str]) -> dict[str, str]:
    """Attributes that somebody sets; an empty document takes the attribute away.

    Raises:
        ServiceError: there is no such attribute, or it cannot have the value.
    """
    for name, value in given.items():
        if name in _FIFO:
            raise NO_FIFO.error(name=name)
        if name not in _SETTABLE:
            raise UNKNOWN.error(name=name)
        if name in NUMBERS:
            _number(name, value)
        elif name in _DOCUMENTS and value:
            _document(name, value)
        elif name == "SqsManagedSseEnabled" and value.lower() not in {"true", "false"}:
            raise INVALID.error(name=name, reason="Must be true or false.")
    return dict(given)


def redrive(policy: str | None) -> tuple[str, int] | None:
    """The ARN of the dead-letter queue and after how many receipts messages go there."""
    if not policy:
        return None
    read = json.loads(policy)
    return read["deadLetterTargetArn"], int(read["maxReceiveCount"])


def _number(name: str, value: str) -> None:
    low, high, _ = NUMBERS[name]
    if not value.isascii() or not value.isdigit() or not low <= int(value[:12]) <= high:
        raise INVALID.error(name=name, reason=f"Must be between {low} and {high}.")


def _document(name: str, value: str) -> None:
    try:
        read: Any = json.loads(value)
    except (ValueError, RecursionError):
        read = None
    if type(read) is not dict:
        raise INVALID.error(name=name, reason="Must be a JSON object.")
    if name == "RedrivePolicy":
        _redrive_policy(name, read)


def _redrive_policy(name: str, read: dict[str, Any]) -> None:
    for member in ("deadLetterTargetArn", "maxReceiveCount"):
        if member not in read:
            raise INVALID.error(name=name, reason=f"Redrive policy does not contain mandatory attribute: {member}.")
    count = read["maxReceiveCount"]
    if not str(count).isdigit() or not 1 <= int(str(count)[:6]) <= 1000:
        raise INVALID.error(name=name, reason=f"Redrive policy {count} is not valid: 1 to 1000.")
    if not isinstance(read["deadLetterTargetArn"], str) or read["deadLetterTargetArn"].count(":") != 5:
        raise INVALID.error(name=name, reason="deadLetterTargetArn is not the ARN of a queue.")
