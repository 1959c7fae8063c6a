"""Records in RecordIO frames: application/x-recordio-protobuf.

A frame is the magic number, the length (the lower 29 bits; the upper three tell parts of a split record), the record
and padding to four bytes. A record is the protobuf message `aialgs.data.Record` of the Developer Guide
(https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-training.html), whose schema is small enough to read it from its
wire format:

    Record          1: map features   2: map label          (entries: 1: key, 2: Value)
    Value           2: float32_tensor   3: float64_tensor   7: int32_tensor
    …Tensor         1: values   2: keys (of a sparse one)   3: shape
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from sagemaker_stand_ins.data.rows import Part, Unreadable

MAGIC: Final = 0xCED7230A
_LENGTH: Final = (1 << 29) - 1
_WIDEST: Final = (1 << 31) - 1
_MOST_CELLS: Final = 1 << 28
"""2 GiB of numbers."""
_VARINT, _I64, _LEN, _I32 = 0, 1, 2, 5
_FLOAT32, _FLOAT64, _INT32 = 2, 3, 7

Field = tuple[int, int, Any]


@dataclass(frozen=True, slots=True)
class Tensor:
    """The numbers of a record; with `keys` they are those of a sparse row of the width `shape`."""

    values: npt.NDArray[np.float64]
    keys: tuple[int, ...] = ()
    shape: tuple[int, ...] = ()

    @property
    def width(self) -> int:
        """Columns of the row."""
        if self.shape:
            return self.shape[-1]
        return max(self.keys) + 1 if self.keys else len(self.values)


@dataclass(frozen=True, slots=True)
class Records:
    """Rows of features, dense or sparse, and the label of each if all have one."""

    features: Any
    labels: npt.NDArray[np.float64] | None


def read(parts: Sequence[Part]) -> Records:
    """All records of all parts.

    Raises:
        Unreadable: a frame or a record is damaged, or the rows are of different lengths. Its line is the record's number.
    """
    rows: list[Tensor] = []
    labels: list[float] = []
    for part in parts:
        before = len(rows)
        try:
            for record in frames(part.content):
                features, label = _record(record)
                rows.append(features)
                labels.extend(label[:1])
                _check_last(rows)
        except (ValueError, IndexError, struct.error) as trouble:
            raise Unreadable(part.name, max(1, len(rows) - before), "", str(trouble)) from None
    return Records(_matrix(rows), np.array(labels) if rows and len(labels) == len(rows) else None)


def _check_last(rows: Sequence[Tensor]) -> None:
    last = rows[-1]
    if last.width > _WIDEST:
        raise ValueError(f"a row of {last.width} columns is too wide")
    if max(last.keys, default=len(last.values) - 1) >= last.width:
        raise ValueError(f"a row of {last.width} columns has values beyond them")
    if rows[-1].width != rows[0].width:
        raise ValueError(f"expected {rows[0].width} values, as in the first record, but found {rows[-1].width}")


def dense(records: Records) -> npt.NDArray[np.float64]:
    """The features with their zeros. Raises Unreadable if they are too many."""
    features = records.features
    if isinstance(features, np.ndarray):
        return features
    height, width = features.shape
    if height * width > _MOST_CELLS:
        raise Unreadable("sparse", 1, "", f"{height} rows of {width} columns are too many for this algorithm here")
    found: npt.NDArray[np.float64] = features.toarray()
    return found


def frames(content: bytes) -> Iterator[bytes]:
    """The records in their frames. Raises ValueError for a damaged frame."""
    at = 0
    while at < len(content):
        if at + 8 > len(content):
            raise ValueError("the data ends within the head of a record")
        magic, word = struct.unpack_from("<II", content, at)
        if magic != MAGIC:
            raise ValueError(f"no RecordIO: the magic number at byte {at} is {magic:#010x}")
        if word >> 29:
            raise ValueError("a record that is split into parts is not supported")
        length = word & _LENGTH
        at += 8
        if at + length > len(content):
            raise ValueError("the data ends within a record")
        yield content[at : at + length]
        at += (length + 3) // 4 * 4


def written(rows: Sequence[Mapping[str, Sequence[float]]], *, among: str = "label") -> bytes:
    """A record for each row with its float32 tensors by name, among the labels as answers have them, or among the features."""
    number = 2 if among == "label" else 1
    return b"".join(
        _framed(b"".join(_entry(number, name, np.asarray(values)) for name, values in row.items())) for row in rows
    )


def _record(message: bytes) -> tuple[Tensor, list[float]]:
    features, label = Tensor(np.empty(0)), list[float]()
    for field, _, value in _fields(message):
        if field in (1, 2):
            tensor = _tensor_of_entry(value)
            if field == 1:
                features = tensor
            else:
                label = tensor.values.tolist()
    return features, label


def _tensor_of_entry(entry: bytes) -> Tensor:
    for field, _, value in _fields(entry):
        if field == 2:
            for kind, _, tensor in _fields(value):
                if kind in (_FLOAT32, _FLOAT64, _INT32):
                    return _tensor(kind, tensor)
                raise ValueError("a record holds something else than a tensor of float32, float64 or int32")
    return Tensor(np.empty(0))


def _tensor(kind: int, message: bytes) -> Tensor:
    values: list[npt.NDArray[np.float64]] = []
    keys: list[int] = []
    shape: list[int] = []
    for field, wire, value in _fields(message):
        if field == 1:
            values.append(_numbers(kind, wire, value))
        elif field in (2, 3):
            (keys if field == 2 else shape).extend(_varints(value) if wire == _LEN else [value])
    found = np.concatenate(values) if values else np.empty(0)
    if keys and len(keys) != len(found):
        raise ValueError(f"a sparse record has {len(keys)} keys for {len(found)} values")
    return Tensor(found, tuple(keys), tuple(shape))


def _numbers(kind: int, wire: int, value: Any) -> npt.NDArray[np.float64]:
    if kind == _INT32:
        found = _varints(value) if wire == _LEN else [value]
        return np.array([one - (1 << 64) if one >> 63 else one for one in found], dtype=np.float64)
    if wire == _VARINT:
        raise ValueError("a record has a whole number among its fractions")
    return np.frombuffer(value, dtype="<f4" if kind == _FLOAT32 else "<f8").astype(np.float64)


def _fields(message: Any) -> Iterator[Field]:
    """The fields of a protobuf message: number, wire type, value (an int for a varint, else bytes)."""
    if isinstance(message, int):
        raise ValueError("a record has a number where a message belongs")  # noqa: TRY004 - damaged data, not a wrong call
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        field, wire = tag >> 3, tag & 7
        value: Any
        if wire == _VARINT:
            value, at = _varint(message, at)
        elif wire in (_LEN, _I64, _I32):
            length, at = _varint(message, at) if wire == _LEN else ((8, at) if wire == _I64 else (4, at))
            if at + length > len(message):
                raise ValueError("a record ends within a field")
            value, at = message[at : at + length], at + length
        else:
            raise ValueError(f"a record has a field of the unknown wire type {wire}")
        yield field, wire, value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    found = shift = 0
    while True:
        byte = message[at]
        found |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return found, at
        if shift > 63:
            raise ValueError("a record has a number of more than 64 bits")


def _varints(packed: bytes) -> list[int]:
    found, at = [], 0
    while at < len(packed):
        one, at = _varint(packed, at)
        found.append(one)
    return found


def _matrix(rows: Sequence[Tensor]) -> Any:
    if not any(row.keys or (row.shape and row.width != len(row.values)) for row in rows):
        return np.vstack([row.values for row in rows]) if rows else np.empty((0, 0))
    ends = np.cumsum([0, *(len(row.values) for row in rows)])
    columns = np.array([key for row in rows for key in (row.keys or range(len(row.values)))], dtype=np.int64)
    return csr_matrix((np.concatenate([row.values for row in rows]), columns, ends), shape=(len(rows), rows[0].width))


def _entry(number: int, name: str, values: npt.NDArray[Any]) -> bytes:
    tensor = _sized(1, values.astype("<f4").tobytes())
    return _sized(number, _sized(1, name.encode()) + _sized(2, _sized(_FLOAT32, tensor)))


def _sized(field: int, content: bytes) -> bytes:
    return _number(field << 3 | _LEN) + _number(len(content)) + content


def _number(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def _framed(record: bytes) -> bytes:
    return struct.pack("<II", MAGIC, len(record)) + record + b"\0" * (-len(record) % 4)
