"""Writes records as `sagemaker.amazon.common.write_numpy_to_dense_tensor` does, with the wire format of protobuf spelled out."""

import struct
from collections.abc import Sequence


def framed(features: Sequence[float], label: float | None = None) -> bytes:
    """One record in its frame."""
    record = sized(1, _entry("values", features))
    if label is not None:
        record += sized(2, _entry("values", [label]))
    return struct.pack("<II", 0xCED7230A, len(record)) + record + b"\0" * (-len(record) % 4)


def sparse(keys: Sequence[int], values: Sequence[float], width: int) -> bytes:
    """One record of a sparse row in its frame."""
    tensor = sized(1, _floats(values)) + sized(2, b"".join(map(_varint, keys))) + sized(3, _varint(width))
    record = sized(1, sized(1, b"values") + sized(2, sized(2, tensor)))
    return struct.pack("<II", 0xCED7230A, len(record)) + record + b"\0" * (-len(record) % 4)


def sized(field: int, content: bytes) -> bytes:
    """A field of protobuf whose length goes before it."""
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _entry(key: str, values: Sequence[float]) -> bytes:
    return sized(1, key.encode()) + sized(2, sized(2, sized(1, _floats(values))))


def _floats(values: Sequence[float]) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])
