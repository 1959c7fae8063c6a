"""Files of records without a time: CSV, JSON and Parquet, as baselines and batch transform jobs have them."""

import csv
from collections.abc import Iterator
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from sagemaker_analyzer.reading.files import json_of, lines_of
from sagemaker_analyzer.reading.payloads import row
from sagemaker_analyzer.reading.rejected import Kind, Tally
from sagemaker_analyzer.reading.rows import Rows
from sagemaker_analyzer.reading.stage import Stage
from sagemaker_analyzer.reading.values import of_arrow

_BATCH = 50_000
# An array can only be read as a whole.
_LARGEST_ARRAY = 1 << 27


def read_csv(path: Path, stage: Stage, tally: Tally, *, header: bool) -> None:
    """Adds the rows of a CSV file (RFC 4180); those that have not the header's number of columns are counted."""
    records = csv.reader(_texts(path, tally))
    names = _apart(next(records, [])) if header else None
    rows = Rows(stage, str(path), names)
    try:
        for record in records:
            if names is not None and len(record) != len(names):
                example = f"a row of {len(record)} columns under a header of {len(names)}"
                tally.add(Kind.OTHER_COLUMNS, str(path), example)
            elif record:
                rows.add(list[object](record))
    except csv.Error as error:
        tally.add(Kind.UNREADABLE_FILE, str(path), f"line {records.line_num}: {error}")
    rows.flush()


def _apart(header: list[str]) -> list[str]:
    """The names of a header; those that were there before get a number."""
    names: list[str] = []
    for given in header:
        name, number = given.strip(), 0
        while name in names:
            number += 1
            name = f"{given.strip()}_{number}"
        names.append(name)
    return names


def _texts(path: Path, tally: Tally) -> Iterator[str]:
    for line in lines_of(path, tally):
        try:
            yield line.decode()
        except UnicodeDecodeError as error:
            tally.add(Kind.NOT_UTF8, str(path), str(error))


def read_json(path: Path, stage: Stage, tally: Tally) -> None:
    """Adds the records of JSON lines, or of one JSON array over the whole file."""
    rows = Rows(stage, str(path))
    if (items := _array(path)) is not None:
        for item in items:
            rows.add(row(item))
    else:
        for line in lines_of(path, tally):
            item = json_of(line, path, tally)
            if item is not None:
                rows.add(row(item))
    rows.flush()


def _array(path: Path) -> list[object] | None:
    """The items of a file that is one array of rows; None if it is not, but lines."""
    with path.open("rb") as file:
        if path.stat().st_size > _LARGEST_ARRAY or not file.read(64).lstrip().startswith(b"["):
            return None
        file.seek(0)
        try:
            found = orjson.loads(file.read())
        except orjson.JSONDecodeError:
            return None
    return found if any(isinstance(item, list | dict) for item in found) else None


def read_parquet(path: Path, stage: Stage, tally: Tally) -> None:
    """Adds the rows of a Parquet file; columns that have no text, such as lists, are counted and left out."""
    try:
        with pq.ParquetFile(path) as file:
            names = [name for name in file.schema_arrow.names if _has_text(file.schema_arrow.field(name).type)]
            for name in file.schema_arrow.names:
                if name not in names:
                    kind = file.schema_arrow.field(name).type
                    example = f"column {name} of {kind} has neither numbers nor texts"
                    tally.add(Kind.UNSUPPORTED_CONTENT, str(path), example, file.metadata.num_rows)
            # Arrow keeps what it has read of a file, of all row groups that it was asked for at once.
            for group in range(file.num_row_groups):
                for batch in file.iter_batches(_BATCH, row_groups=[group], columns=names):
                    stage.add(str(path), [of_arrow(array) for array in batch.columns], names)
    except (pa.ArrowException, OSError) as error:
        tally.add(Kind.UNREADABLE_FILE, str(path), str(error))


def _has_text(kind: pa.DataType) -> bool:
    return not pa.types.is_nested(kind) and not pa.types.is_binary(kind) and not pa.types.is_large_binary(kind)
