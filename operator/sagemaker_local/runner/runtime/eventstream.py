"""The encoding application/vnd.amazon.eventstream, in which answers are streamed: messages with headers, a payload and checksums.

"Event stream encoding" of Smithy's specification. Only what InvokeEndpointWithResponseStream needs: headers are strings.
"""

import json
import struct
import zlib
from collections.abc import Mapping
from typing import Final

CONTENT_TYPE: Final = "application/vnd.amazon.eventstream"
_STRING: Final = 7


def message(headers: Mapping[str, str], payload: bytes) -> bytes:
    """One message."""
    encoded = b"".join(_header(name, value) for name, value in headers.items())
    total = len(encoded) + len(payload) + 16  # two lengths and two checksums of four bytes
    prelude = struct.pack("!II", total, len(encoded))
    head = prelude + struct.pack("!I", zlib.crc32(prelude)) + encoded + payload
    return head + struct.pack("!I", zlib.crc32(head))


def part(data: bytes) -> bytes:
    """A PayloadPart."""
    kind = {":message-type": "event", ":event-type": "PayloadPart", ":content-type": "application/octet-stream"}
    return message(kind, data)


def failure(name: str, **members: str) -> bytes:
    """An error in the middle of a stream: ModelStreamError or InternalStreamFailure."""
    kind = {":message-type": "exception", ":exception-type": name, ":content-type": "application/json"}
    return message(kind, json.dumps(members).encode())


def _header(name: str, value: str) -> bytes:
    title, text = name.encode(), value.encode()
    return struct.pack("!B", len(title)) + title + struct.pack("!BH", _STRING, len(text)) + text
