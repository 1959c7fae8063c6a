"""How input files are split into records, and records are put together to payloads: SplitType and BatchStrategy.

Lines are split at newlines. RecordIO and TFRecord wrap each record in a header and padding: several records in one payload keep
it, a single record loses it (TransformInput.SplitType's documentation). Not here: what is in a record (see `shaping`).
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

MEBIBYTE: Final = 1024 * 1024
_MAGIC: Final = 0xCED7230A  # of RecordIO, from dmlc-core's recordio.h
_WHOLE, _FIRST, _LAST = 0, 1, 3


class BadFrame(ValueError):
    """A file that is not in the format that SplitType says."""


class TooLarge(ValueError):
    """A record that is larger than a payload may be."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file.

    Attributes:
        content: without what wraps it.
        framed: as it is in the file, without the newline of a line.
    """

    content: bytes
    framed: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """What is sent to the model in one request: some records, and the bytes that they make together."""

    records: tuple[Record, ...]
    payload: bytes


def split(body: bytes, split_type: str) -> Iterator[Record]:
    """The records of a file, in order. Raises BadFrame.

    Args:
        body: the file, not compressed.
        split_type: None, Line, RecordIO or TFRecord.
    """
    return _SPLITTERS[split_type](body)


def batches(records: Iterable[Record], *, split_type: str, strategy: str, most: int) -> Iterator[Batch]:
    """The records in payloads of at most `most` bytes, or of any size if that is 0. Raises TooLarge and BadFrame.

    Args:
        strategy: MultiRecord, as many as fit, or SingleRecord.
        split_type: as for `split`.
    """
    between = 1 if split_type == "Line" else 0
    if strategy == "SingleRecord" or split_type == "None":
        for record in records:
            _check(record.content, most)
            yield Batch((record,), record.content)
        return
    kept: list[Record] = []
    size = 0
    for record in records:
        _check(record.framed, most)
        if kept and most and size + between + len(record.framed) > most:
            yield _joined(kept, between)
            kept, size = [], 0
        size += len(record.framed) + (between if kept else 0)
        kept.append(record)
    if kept:
        yield _joined(kept, between)


def _joined(records: list[Record], between: int) -> Batch:
    return Batch(tuple(records), (b"\n" * between).join(record.framed for record in records))


def _check(payload: bytes, most: int) -> None:
    if most and len(payload) > most:
        raise TooLarge(
            f"A record has {len(payload)} bytes, which is more than MaxPayloadInMB allows ({most // MEBIBYTE} MB)."
        )


def _whole(body: bytes) -> Iterator[Record]:
    yield Record(body, body)


def _lines(body: bytes) -> Iterator[Record]:
    start = 0
    while start < len(body):
        end = body.find(b"\n", start)
        end = len(body) if end < 0 else end
        line = body[start:end].removesuffix(b"\r")
        yield Record(line, line)
        start = end + 1


def _recordio(body: bytes) -> Iterator[Record]:
    """MXNet's RecordIO: a magic number, 3 bits that say which part of a record it is and 29 of its length, then padding to 4."""
    position, start, parts = 0, 0, list[bytes]()
    while position < len(body):
        if len(body) < position + 8:
            raise BadFrame(f"The RecordIO header at byte {position} is cut off.")
        magic, described = struct.unpack_from("<II", body, position)
        part, length = described >> 29, described & 0x1FFFFFFF
        end = position + 8 + length
        if magic != _MAGIC or end > len(body):
            raise BadFrame(f"There is no whole RecordIO record at byte {position}.")
        if part in (_WHOLE, _FIRST):
            start, parts = position, []
        parts.append(body[position + 8 : end])
        position = end + -length % 4
        if part in (_WHOLE, _LAST):
            # A record is cut where the magic number stands in it; the cut takes the number out (dmlc-core, recordio.cc).
            yield Record(struct.pack("<I", _MAGIC).join(parts), body[start:position])
            parts = []
    if parts:
        raise BadFrame("The last RecordIO record is not whole.")


def _tfrecord(body: bytes) -> Iterator[Record]:
    """TensorFlow's records: 8 bytes of length, 4 of its checksum, the content, and 4 of its checksum."""
    position = 0
    while position < len(body):
        if len(body) < position + 12:
            raise BadFrame(f"The TFRecord header at byte {position} is cut off.")
        (length,) = struct.unpack_from("<Q", body, position)
        end = position + 12 + length + 4
        if end > len(body):
            raise BadFrame(f"There is no whole TFRecord at byte {position}.")
        yield Record(body[position + 12 : end - 4], body[position:end])
        position = end


_SPLITTERS: Final[Mapping[str, Callable[[bytes], Iterator[Record]]]] = {
    "None": _whole,
    "Line": _lines,
    "RecordIO": _recordio,
    "TFRecord": _tfrecord,
}
