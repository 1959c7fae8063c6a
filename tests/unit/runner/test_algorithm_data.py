"""The readers of CSV, libsvm and records: what was written is read, and anything else is told and never a crash."""

import contextlib
import json
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.runner.record_writing import framed, sparse

from sagemaker_stand_ins.data import answers, delimited, libsvm, recordio
from sagemaker_stand_ins.data.content import ContentType
from sagemaker_stand_ins.data.rows import Part, Unreadable
from sagemaker_stand_ins.serving import BadInput

number = st.floats(allow_nan=False, allow_infinity=False, width=32)
WIDTH = 3
table = st.lists(st.lists(number, min_size=WIDTH, max_size=WIDTH), min_size=1, max_size=8)


@given(table, st.sampled_from(delimited.DELIMITERS), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_csv_is_read_as_it_was_written(rows: list[list[float]], between: str, end: str, ends: bool) -> None:
    text = end.join(between.join(map(repr, row)) for row in rows) + (end if ends else "")

    assert delimited.read([Part("a", text.encode())], between=between).tolist() == rows
    assert delimited.delimiter(text.splitlines()[0]) == between


@given(st.lists(st.lists(st.one_of(st.none(), number), min_size=WIDTH, max_size=WIDTH), min_size=1, max_size=8))
def test_empty_cells_are_missing_values(rows: list[list[float | None]]) -> None:
    text = "\n".join(",".join("" if cell is None else repr(cell) for cell in row) for row in rows)

    found = delimited.read([Part("a", text.encode())]).tolist()

    assert [[None if math.isnan(cell) else cell for cell in row] for row in found] == rows


@given(table)
def test_libsvm_is_read_as_it_was_written(rows: list[list[float]]) -> None:
    lines = [f"{row[0]!r} " + " ".join(f"{at}:{value!r}" for at, value in enumerate(row[1:])) for row in rows]

    found = libsvm.read([Part("a", "\n".join(lines).encode())])

    assert found.labels.tolist() == [row[0] for row in rows]
    assert found.features.toarray().tolist() == [row[1:] for row in rows]
    assert found.weights is None


@given(table)
def test_records_are_read_as_they_were_written(rows: list[list[float]]) -> None:
    found = recordio.read([Part("a", b"".join(framed(row[1:], row[0]) for row in rows))])

    assert found.features.tolist() == [row[1:] for row in rows]
    assert found.labels is not None
    assert found.labels.tolist() == [row[0] for row in rows]


@given(table)
def test_what_is_answered_in_records_can_be_read(rows: list[list[float]]) -> None:
    content = recordio.written([{"values": row} for row in rows], among="features")

    assert recordio.read([Part("a", content)]).features.tolist() == rows


def test_sparse_records_are_a_sparse_matrix() -> None:
    found = recordio.read([Part("a", sparse([0, 4], [1.5, 2.5], 6) + sparse([], [], 6))])

    assert found.features.toarray().tolist() == [[1.5, 0, 0, 0, 2.5, 0], [0, 0, 0, 0, 0, 0]]
    assert found.labels is None


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=3))
def test_no_content_makes_a_reader_crash(contents: Sequence[bytes]) -> None:
    parts = [Part(f"file-{at}", content) for at, content in enumerate(contents) if content.strip()]

    for read in (delimited.read, libsvm.read, recordio.read):
        with contextlib.suppress(Unreadable):
            read(parts)


def test_a_damaged_record_is_told_or_read_and_never_a_crash() -> None:
    whole = framed([1.5, 2.5], 1.0) + sparse([0, 4], [1.5, 2.5], 6)[8:]
    whole = whole[:4] + len(whole[8:]).to_bytes(4, "little") + whole[8:]
    damaged = [whole[:at] + bytes([value]) + whole[at + 1 :] for at in range(len(whole)) for value in range(256)]
    told = 0

    for content in (*damaged, *(whole[:at] for at in range(len(whole)))):
        try:
            recordio.read([Part("a", content)])
        except Unreadable:
            told += 1

    assert told > 1000


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("1 0:1\n1 0:one\n", 2, "could not convert string to float: 'one'"),
        ("1 0:1\n\n1 2\n", 3, "'2' is not <index>:<value>"),
        ("1 -1:1\n", 1, "the index -1 is not from 0 to 2147483646"),
        ("1 99999999999999999999:1\n", 1, "the index 99999999999999999999 is not from 0 to 2147483646"),
        ("yes 0:1\n", 1, "could not convert string to float: 'yes'"),
    ],
)
def test_a_wrong_row_of_libsvm_is_told_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(Unreadable) as trouble:
        libsvm.read([Part("a.svm", text.encode())])

    assert (trouble.value.line, trouble.value.trouble) == (line, said)


def test_sparse_rows_that_no_memory_holds_are_refused() -> None:
    wide = recordio.read([Part("a", sparse([5], [1.0], 1 << 30))])

    with pytest.raises(Unreadable, match=r"1 rows of 1073741824 columns are too many"):
        recordio.dense(wide)


def test_rows_of_two_files_have_to_be_of_one_length() -> None:
    with pytest.raises(Unreadable, match=r"line 1 of file 'b': expected 2 columns, as in the first row, but found 3"):
        delimited.read([Part("a", b"1,2\n"), Part("b", b"1,2,3\n")])


def test_weights_of_libsvm_are_read_if_all_rows_have_one() -> None:
    found = libsvm.read([Part("a", b"1:0.5 0:1\n0:2 0:3\n")])

    assert found.weights is not None
    assert np.array_equal(found.weights, [0.5, 2])


def test_content_types_are_read_with_their_parameters() -> None:
    said = ContentType.of("Text/CSV; label_size=0; charset=utf-8")

    assert (said.format, said.parameters["label_size"]) == ("csv", "0")
    assert ContentType.of("application/octet-stream").format is None


RECORD = {"data": {"features": {"keys": [0, 2], "values": [1.5, 2.5], "shape": [3]}}}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | number | st.text(max_size=3) | st.just(RECORD),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["instances", "features", "data", "values", "keys", "shape"]), inner)
        ),
        max_leaves=8,
    )
)
def test_a_request_in_json_is_rows_or_refused(document: object) -> None:
    for content_type in ("application/json", "application/jsonlines"):
        try:
            rows = answers.rows_of(json.dumps(document).encode(), content_type, width=3)
        except BadInput:
            continue
        assert rows.shape[1] == 3


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "The request is empty."),
        ('{"instances": []}', "The request cannot be read as json: "),
        ('{"instances": [{"features": [1, 2]}]}', "The request has 2 features, and the model was trained with 3."),
        ('{"instances": [{"features": [1, 2, NaN]}]}', "The request has missing or infinite values"),
        (
            '{"instances": [{"features": {"keys": [9], "values": [1], "shape": [3]}}]}',
            "The request cannot be read as json: index 9 is out of bounds",
        ),
        (
            '{"instances": [{"features": {"keys": [0], "values": [1], "shape": [99999999999]}}]}',
            "The request cannot be read as json: a row of 99999999999 columns is too wide",
        ),
    ],
)
def test_a_request_that_is_not_of_the_form_is_told_why(body: str, said: str) -> None:
    with pytest.raises(BadInput) as trouble:
        answers.rows_of(body.encode(), "application/json", width=3)

    assert str(trouble.value).startswith(said)
