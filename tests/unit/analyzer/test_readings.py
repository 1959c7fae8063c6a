"""Files of records become one table; what cannot be read is counted, and the rest is there."""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from captures import capture, side, write

from sagemaker_analyzer.contract.task import Dataset, Layout, Position, Window
from sagemaker_analyzer.errors import BadTask, NoData
from sagemaker_analyzer.reading.dataset import read_dataset
from sagemaker_analyzer.reading.rejected import Tally

Found = tuple[dict[str, list[object]], dict[str, int]]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "input").mkdir()
    return tmp_path / "input"


def read(
    source: Path,
    layout: Layout = Layout.CAPTURE,
    *,
    header: bool = False,
    window: Window | None = None,
    names: Sequence[str] = (),
    outputs: Position = Position.START,
) -> Found:
    """The columns with their values, and how many records were rejected of each kind."""
    into = source.parent / "stage"
    into.mkdir()
    tally = Tally()
    table = read_dataset(Dataset(source, layout, header, outputs), tally, into=into, window=window, names=names)
    columns: dict[str, list[object]] = {column.name: [] for column in table.columns}
    for path in table.files:
        part = pq.read_table(path)
        for column in table.columns:
            here = column.number in part.column_names
            numbers = part[column.number].to_pylist() if here else [None] * part.num_rows
            texts = part[column.text].to_pylist() if here else [None] * part.num_rows
            columns[column.name] += [n if n is not None else t for n, t in zip(numbers, texts, strict=True)]
    counts: dict[str, int] = {}
    for rejected in tally.rejected():
        counts[rejected.kind] = counts.get(rejected.kind, 0) + rejected.records
    return columns, counts


def test_answers_stand_before_questions_unless_the_format_says_otherwise(source: Path) -> None:
    write(source / "a.jsonl", [capture("1,2.5", "0.9"), capture("3,x", "0.1")])

    columns, rejected = read(source)

    assert columns == {"_c0": [0.9, 0.1], "_c1": [1.0, 3.0], "_c2": [2.5, "x"]}
    assert rejected == {}


def test_answers_may_stand_at_the_end_and_columns_get_the_names_of_the_baseline(source: Path) -> None:
    write(source / "a.jsonl", [capture("1,2", "0.9")])

    columns, _ = read(source, names=("age", "size"), outputs=Position.END)

    assert columns == {"age": [1.0], "size": [2.0], "_c2": [0.9]}


def test_a_request_of_several_rows_is_several_records(source: Path) -> None:
    lines = [capture("1,2\n3,4\n", "0.1\n0.2\n"), capture("5,6\r\n7,8", "0.3,0.4"), capture("9,10\n11,12", "1\n2\n3")]
    write(source / "a.jsonl", lines)

    columns, rejected = read(source)

    assert columns == {"_c0": [0.1, 0.2, 0.3, 0.4], "_c1": [1.0, 3.0, 5.0, 7.0], "_c2": [2.0, 4.0, 6.0, 8.0]}
    assert rejected == {"UnequalRows": 1}


def test_json_is_read_as_records_or_as_rows(source: Path) -> None:
    record = side('{"age": 3, "home": {"city": "Ulm"}}', encoding="JSON", content="application/json")
    write(source / "a.jsonl", [capture(record, side('{"score": 0.5}', encoding="JSON"))])
    (source / "b").mkdir()
    rows = side('{"instances": [{"features": [1, 2]}, {"features": [3, 4]}]}', encoding="JSON")
    write(source / "b/b.jsonl", [capture(rows, side("[0.1, 0.2]", encoding="JSON"))])

    columns, rejected = read(source)

    assert columns["age"][0] == 3.0
    assert columns["home.city"][0] == "Ulm"
    assert columns["score"][0] == 0.5
    assert (columns["_c0"][1:], columns["_c1"][1:], columns["_c2"][1:]) == ([0.1, 0.2], [1.0, 3.0], [2.0, 4.0])
    assert rejected == {}


def test_base64_is_decoded_by_its_content_type(source: Path) -> None:
    def coded(data: bytes, content: str) -> dict[str, str]:
        return side(base64.b64encode(data).decode(), encoding="BASE64", content=content)

    lines = [
        capture(coded(b"1,2", "text/csv")),
        capture(coded(b"[3, 4]", "application/json")),
        capture(coded(b"\x89PNG", "image/png")),
        capture(coded(b"\xff\xfe1", "text/csv")),
        capture(side("no base64!", encoding="BASE64")),
        capture(side("1,2", encoding="ROT13")),
    ]
    write(source / "a.jsonl", lines)

    columns, rejected = read(source)

    assert columns == {"_c0": [1.0, 3.0], "_c1": [2.0, 4.0]}
    assert rejected == {"UnsupportedContent": 2, "NotUtf8": 1, "Undecodable": 1}


def test_a_window_is_read_exactly_once_by_neighbouring_runs(source: Path) -> None:
    times = ["09:59:59.999Z", "10:00:00Z", "10:59:59.999Z", "11:00:00Z", "12:30:00+02:00"]
    lines = [capture(str(i), time=f"2026-01-01T{time}") for i, time in enumerate(times)]
    write(source / "a.jsonl", [*lines, capture("7", time="soon")])

    window = Window(datetime(2026, 1, 1, 10, tzinfo=UTC), datetime(2026, 1, 1, 11, tzinfo=UTC))
    columns, rejected = read(source, window=window)

    assert columns == {"_c0": [1.0, 2.0, 4.0]}
    assert rejected == {"NoTime": 1}


def test_garbage_is_counted_by_kind_and_the_rest_is_read(source: Path) -> None:
    good = capture("1,2")
    (source / "a.jsonl").write_bytes(
        b"\xef\xbb\xbf" + good.encode() + b"\n" + b"{not json}\n" + b"\n" + b"\x80\xff\n" + b'{"other": 1}\n[1]\n'
        + capture(None).encode() + b"\n" + capture({"data": 1}).encode() + b"\n" + good.encode() + b"\n"
        + good.encode()[:40]
    )  # fmt: skip
    (source / "b.jsonl").write_bytes(good.encode("utf-16"))
    (source / "empty.jsonl").touch()

    columns, rejected = read(source)

    assert columns == {"_c0": [1.0, 1.0], "_c1": [2.0, 2.0]}
    assert rejected == {"NotJson": 1, "NotUtf8": 2, "NotACapture": 4, "Truncated": 1}


def test_columns_that_change_in_mid_hour_are_counted_by_file(source: Path, tmp_path: Path) -> None:
    write(source / "a.jsonl", [capture("1,2"), capture("3,4"), capture("5,6,7")])
    write(source / "b.jsonl", [capture("8,9,10"), capture("1,1")])
    tally = Tally()
    (tmp_path / "stage").mkdir()

    table = read_dataset(Dataset(source, Layout.CAPTURE), tally, into=tmp_path / "stage")

    assert [column.name for column in table.columns] == ["_c0", "_c1"]
    assert [(Path(r.file).name, r.kind, r.records) for r in tally.rejected()] == [
        ("a.jsonl", "OtherColumns", 1),
        ("b.jsonl", "OtherColumns", 1),
    ]
    assert tally.rejected()[0].example == "rows of 3 columns, where most have 2"


def test_literals_are_numbers_only_in_decimal_notation(source: Path) -> None:
    literals = ["1", "+2", "-3.5", ".5", "6.", "7e2", " 8 ", "nan", "", "inf", "1_0", "true", "1e999", "2026-01-01"]
    write(source / "a.jsonl", [capture(f"0,{literal}") for literal in literals])

    columns, _ = read(source)

    numbers = [1.0, 2.0, -3.5, 0.5, 6.0, 700.0, 8.0, None, None]
    assert columns["_c1"] == [*numbers, "inf", "1_0", "true", "1e999", "2026-01-01"]


def test_many_rows_are_read_alike_whatever_columns_turn_out_to_be(source: Path) -> None:
    def row(i: int) -> str:
        late = "x" if i == 119_999 else str(i)
        return f"{i},{i}.5,{i}.0,{'nan' if i == 3 else i},{'a' if i % 2 else 'b'},{late}"

    write(source / "a.jsonl", [capture(row(i)) for i in range(120_000)])
    tally = Tally()
    (source.parent / "stage").mkdir()

    table = read_dataset(Dataset(source, Layout.CAPTURE), tally, into=source.parent / "stage")

    (path,) = table.files
    found = pq.read_table(path)
    columns = [(found[c.number].null_count, found[c.text].null_count, c.fractional) for c in table.columns]
    most = 120_000
    assert columns == [
        (0, most, False),
        (0, most, True),
        (0, most, True),
        (1, most, False),
        (most, 0, False),
        (1, most - 1, False),
    ]
    assert found[table.columns[1].number].to_pylist()[-1] == 119_999.5
    assert found[table.columns[5].text].to_pylist()[-1] == "x"


def test_quoted_commas_do_not_part_columns(source: Path) -> None:
    write(source / "a.jsonl", [capture('1,"a, b"'), capture("2,c")])

    columns, _ = read(source)

    assert sorted(map(str, columns["_c1"])) == ["a, b", "c"]


def test_a_csv_file_with_a_header_names_its_columns(source: Path) -> None:
    text = 'age,job\n3,"a ""b"", c\nd"\n4,\n5,x,y\n'
    (source / "train.csv").write_bytes(text.encode() + b"6,\xe9\n7,z")

    columns, rejected = read(source, Layout.CSV, header=True)

    assert columns == {"age": [3.0, 4.0, 7.0], "job": ['a "b", c\nd', None, "z"]}
    assert rejected == {"OtherColumns": 1, "NotUtf8": 1}


def test_columns_of_the_same_name_stay_apart(source: Path) -> None:
    write(source / "train.csv", ["a,a,b", "1,2,3"])

    columns, _ = read(source, Layout.CSV, header=True)

    assert columns == {"a": [1.0], "a_1": [2.0], "b": [3.0]}


def test_json_lines_may_have_other_keys_each(source: Path) -> None:
    write(source / "a.jsonl", ['{"a": 1, "b": "x"}', '{"a": 2.5, "c": true}', '{"b": null, "a": "?"}', "{"], end="")

    columns, rejected = read(source, Layout.JSON)

    assert columns == {"a": [1.0, 2.5, "?"], "b": ["x", None, None], "c": [None, "true", None]}
    assert rejected == {"Truncated": 1}


def test_records_whose_keys_come_in_another_order_each_make_one_table(source: Path, tmp_path: Path) -> None:
    for i in range(6):
        keys = ["a", "b", "c"][i % 3 :] + ["a", "b", "c"][: i % 3]
        write(source / f"{i}.jsonl", [json.dumps(dict.fromkeys(keys, i))])
    (tmp_path / "stage").mkdir()

    table = read_dataset(Dataset(source, Layout.JSON), Tally(), into=tmp_path / "stage")

    assert len(table.files) == 1
    assert pq.read_metadata(table.files[0]).num_rows == 6


def test_garbage_that_looks_like_an_array_does_not_hide_the_lines_after_it(source: Path) -> None:
    write(source / "a.jsonl", ["[garbage", '{"a": 1}', '{"a": 2}'])

    assert read(source, Layout.JSON) == ({"a": [1.0, 2.0]}, {"NotJson": 1})


def test_values_may_be_long_and_have_any_letters(source: Path) -> None:
    long = "x" * 200_000
    write(source / "a.jsonl", [capture(f'1,"{long}"\n2,a\u2028b\n3,\x0bz\n'), capture("4,\u2028")])

    columns, rejected = read(source)

    assert sorted(map(float, map(str, columns["_c0"]))) == [1.0, 2.0, 3.0, 4.0]
    assert {long, "a\u2028b"} <= set(columns["_c1"])
    assert rejected == {}


def test_a_json_file_may_be_one_array(source: Path) -> None:
    (source / "a.json").write_text(json.dumps([{"a": 1}, {"a": 2}], indent=1))

    assert read(source, Layout.JSON) == ({"a": [1.0, 2.0]}, {})


def test_parquet_is_read_by_its_types_and_broken_files_are_counted(source: Path) -> None:
    table = pa.table(
        {
            "n": [1, 2, None],
            "f": [0.5, float("nan"), float("inf")],
            "s": ["a", None, "3"],
            "b": [True, False, None],
            "l": [[1], [2], []],
        }
    )
    pq.write_table(table, source / "a.parquet")
    (source / "b.parquet").write_bytes((source / "a.parquet").read_bytes()[:-20])

    columns, rejected = read(source, Layout.PARQUET)

    assert columns == {
        "n": [1.0, 2.0, None],
        "f": [0.5, None, "inf"],
        "s": ["a", None, 3.0],
        "b": ["true", "false", None],
    }
    assert rejected == {"UnsupportedContent": 3, "UnreadableFile": 1}


def test_nothing_to_read_is_no_data(source: Path) -> None:
    write(source / "a.jsonl", ["garbage"])

    with pytest.raises(NoData, match="1 could not be read"):
        read(source)


def test_a_source_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTask, match="does not exist"):
        read(tmp_path / "nowhere")


@pytest.mark.parametrize("layout", [Layout.CAPTURE, Layout.CSV])
def test_files_that_several_processes_read_are_one_table_in_their_order(
    source: Path, monkeypatch: pytest.MonkeyPatch, layout: Layout
) -> None:
    rows = (["1,a", "2,b"], ["3,c,d", "4.5,e"], ["5,f", "no record", "6,g"])
    for number, lines in enumerate(rows):
        captured = [capture(line) if "," in line else line for line in lines]
        write(source / f"{number}.txt", captured if layout is Layout.CAPTURE else lines)
    monkeypatch.setattr("sagemaker_analyzer.reading.apart._ENOUGH", 1)

    columns, rejected = read(source, layout, names=["n", "s"])

    assert columns == {"n": [1, 2, 4.5, 5, 6], "s": ["a", "b", "e", "f", "g"]}
    assert rejected == {"OtherColumns": 1, **({"NotJson": 1} if layout is Layout.CAPTURE else {"OtherColumns": 2})}
