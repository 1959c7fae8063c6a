"""Files in records, and records in payloads."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagemaker_local.runner.transform.framing import BadFrame, TooLarge, batches, split

MAGIC = 0xCED7230A


def recordio(content: bytes, part: int = 0) -> bytes:
    return struct.pack("<II", MAGIC, part << 29 | len(content)) + content + b"\0" * (-len(content) % 4)


def tfrecord(content: bytes) -> bytes:
    return struct.pack("<QI", len(content), 1) + content + struct.pack("<I", 2)


def contents(body: bytes, split_type: str) -> list[bytes]:
    return [record.content for record in split(body, split_type)]


def payloads(body: bytes, split_type: str, strategy: str, most: int) -> list[bytes]:
    return [b.payload for b in batches(split(body, split_type), split_type=split_type, strategy=strategy, most=most)]


def test_a_file_that_is_not_split_is_one_record() -> None:
    assert contents(b"1\n2\n", "None") == [b"1\n2\n"]


@pytest.mark.parametrize("body", [b"1,2\n3,4\n", b"1,2\n3,4", b"1,2\r\n3,4\r\n"])
def test_lines_end_at_newlines_of_any_kind(body: bytes) -> None:
    assert contents(body, "Line") == [b"1,2", b"3,4"]


def test_an_empty_file_has_no_lines() -> None:
    assert contents(b"", "Line") == []


def test_recordio_keeps_its_frames_in_batches_and_loses_them_in_single_records() -> None:
    body = recordio(b"one") + recordio(b"three")
    assert payloads(body, "RecordIO", "MultiRecord", 0) == [body]
    assert payloads(body, "RecordIO", "SingleRecord", 0) == [b"one", b"three"]


def test_a_recordio_record_in_several_parts_is_one_record_with_the_magic_number_that_was_cut_out() -> None:
    body = recordio(b"aaaa", 1) + recordio(b"bbbb", 2) + recordio(b"cc", 3) + recordio(b"next")
    magic = struct.pack("<I", MAGIC)
    assert contents(body, "RecordIO") == [b"aaaa" + magic + b"bbbb" + magic + b"cc", b"next"]


def test_tfrecords_are_split_by_their_lengths() -> None:
    body = tfrecord(b"one") + tfrecord(b"")
    assert payloads(body, "TFRecord", "MultiRecord", 0) == [body]
    assert payloads(body, "TFRecord", "SingleRecord", 0) == [b"one", b""]


@pytest.mark.parametrize(
    ("body", "split_type"),
    [
        (b"1,2\n", "RecordIO"),
        (recordio(b"cut off")[:-4], "RecordIO"),
        (recordio(b"begun", 1), "RecordIO"),
        (b"short", "TFRecord"),
        (tfrecord(b"cut off")[:-1], "TFRecord"),
    ],
)
def test_a_file_in_another_format_is_told_apart(body: bytes, split_type: str) -> None:
    with pytest.raises(BadFrame, match=r"byte|not whole"):
        contents(body, split_type)


def test_as_many_lines_as_fit_go_into_a_payload() -> None:
    assert payloads(b"11\n22\n33\n44\n5\n", "Line", "MultiRecord", 5) == [b"11\n22", b"33\n44", b"5"]


def test_single_records_go_alone() -> None:
    assert payloads(b"11\n22\n", "Line", "SingleRecord", 5) == [b"11", b"22"]


def test_a_payload_of_any_size_takes_the_whole_file() -> None:
    assert payloads(b"11\n22\n", "Line", "MultiRecord", 0) == [b"11\n22"]


@pytest.mark.parametrize(
    ("split_type", "strategy"), [("Line", "MultiRecord"), ("Line", "SingleRecord"), ("None", "MultiRecord")]
)
def test_a_record_larger_than_a_payload_is_an_error(split_type: str, strategy: str) -> None:
    with pytest.raises(TooLarge, match="MaxPayloadInMB"):
        payloads(b"123456\n", split_type, strategy, 5)


@given(
    st.lists(st.binary(max_size=9).map(lambda line: line.replace(b"\n", b"").rstrip(b"\r")), max_size=20),
    st.integers(9, 30),
)
def test_batches_hold_all_lines_in_order_and_are_never_too_large(lines: list[bytes], most: int) -> None:
    body = b"".join(line + b"\n" for line in lines)
    made = list(batches(split(body, "Line"), split_type="Line", strategy="MultiRecord", most=most))
    assert [record.content for batch in made for record in batch.records] == lines
    assert all(len(batch.payload) <= most for batch in made)
    assert all(batch.payload == b"\n".join(record.content for record in batch.records) for batch in made)
