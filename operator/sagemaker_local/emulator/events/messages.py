"""One message of a queue, its receipt handles, and the digests by which SDKs check that it came through whole."""

import base64
import hashlib
import struct
from dataclasses import dataclass, field
from typing import Any, Final

from sagemaker_local.emulator.resource import Json

_STRING: Final = b"\x01"
_BINARY: Final = b"\x02"


@dataclass(slots=True, eq=False)
class Message:
    """A message.

    Attributes:
        sent: when, in epoch seconds of the emulator's clock.
        expires: when its retention ends; this and all below is in seconds of the machine's monotonic clock.
        visible_at: when it may be received again.
        received: how often it was.
        first_received: when, in epoch seconds of the emulator's clock.
        gone: whether it was deleted.
    """

    id: str
    body: str
    sender: str
    sent: float
    expires: float
    attributes: Json = field(default_factory=dict)
    system: dict[str, str] = field(default_factory=dict)
    visible_at: float = 0.0
    received: int = 0
    first_received: float | None = None
    gone: bool = False

    @property
    def handle(self) -> str:
        """The receipt handle of the latest receipt."""
        return base64.b64encode(f"{self.id} {self.received}".encode()).decode()

    @property
    def size(self) -> int:
        """Bytes that it takes, as SQS counts them."""
        return len(self.body.encode()) + sum(_attribute_size(n, v) for n, v in self.attributes.items())

    def system_attributes(self) -> dict[str, str]:
        """What SQS itself says about the message."""
        told = {
            "SenderId": self.sender,
            "SentTimestamp": str(round(self.sent * 1000)),
            "ApproximateReceiveCount": str(self.received),
            **self.system,
        }
        if self.first_received is not None:
            told["ApproximateFirstReceiveTimestamp"] = str(round(self.first_received * 1000))
        return told


def read_handle(handle: str) -> tuple[str, int] | None:
    """Message id and number of the receipt; None if it is no receipt handle of ours."""
    try:
        message, _, number = base64.b64decode(handle, validate=True).decode().partition(" ")
        return (message, int(number)) if message else None
    except ValueError:
        return None


def md5(text: str) -> str:
    """MD5OfBody and MD5OfMessageBody."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def md5_of_attributes(attributes: Json) -> str:
    """MD5OfMessageAttributes: names, types and values in the order of names, each with its length (SQS Developer Guide)."""
    digest = hashlib.md5(usedforsecurity=False)
    for name in sorted(attributes):
        attribute = attributes[name]
        digest.update(_counted(name.encode()) + _counted(attribute["DataType"].encode()))
        if "BinaryValue" in attribute:
            digest.update(_BINARY + _counted(base64.b64decode(attribute["BinaryValue"])))
        else:
            digest.update(_STRING + _counted(attribute["StringValue"].encode()))
    return digest.hexdigest()


def _counted(value: bytes) -> bytes:
    return struct.pack("!I", len(value)) + value


def _attribute_size(name: str, attribute: dict[str, Any]) -> int:
    value = attribute.get("StringValue") or attribute.get("BinaryValue") or ""
    return len(name.encode()) + len(attribute["DataType"]) + len(value.encode())
