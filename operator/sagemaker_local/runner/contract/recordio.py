"""RecordIO, the format in which SageMaker hands records to algorithms that read streams.

It is MXNet's (https://mxnet.apache.org/versions/master/architecture/note_data_loading): a magic number, three bits that say
whether a record goes on in the next one, 29 bits of length, the data, and zeros up to a multiple of four bytes.
"""

import struct
from collections.abc import Iterator
from typing import Final

MAGIC: Final = 0xCED7230A
_HEAD: Final = struct.Struct("<II")
_LONGEST: Final = (1 << 29) - 1
_WHOLE, _FIRST, _MIDDLE, _LAST = 0, 1, 2, 3


def wrapped(body: bytes) -> Iterator[bytes]:
    """One record that holds `body`; in several parts if one part cannot."""
    parts = [body[start : start + _LONGEST] for start in range(0, len(body), _LONGEST)] or [b""]
    for number, part in enumerate(parts):
        yield _HEAD.pack(MAGIC, _flag(number, len(parts)) << 29 | len(part))
        yield part
        yield b"\0" * (-len(part) % 4)


def _flag(number: int, count: int) -> int:
    if count == 1:
        return _WHOLE
    if number == 0:
        return _FIRST
    return _LAST if number == count - 1 else _MIDDLE
