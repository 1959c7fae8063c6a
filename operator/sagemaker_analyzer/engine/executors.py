"""What Spark's executors do with Python: read files, unpack rows, sketch numbers, write numbers as texts."""

import pickle
import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql.functions import arrow_udf  # type: ignore[attr-defined]
from pyspark.sql.types import StringType

from sagemaker_analyzer.engine.sketches import Sketcher
from sagemaker_analyzer.reading.part import Reading, read_files
from sagemaker_analyzer.reading.rejected import Tally

STAGED = "number int, found binary, part string, rows binary"
_SCHEMA = pa.schema([("number", pa.int32()), ("found", pa.binary()), ("part", pa.string()), ("rows", pa.binary())])
Batches = Iterator[pa.RecordBatch]


def staged(reading: Reading, groups: Batches) -> Batches:
    """Of each group of files what was found, and the rows of its parts in Arrow's format, some at a time."""
    for batch in groups:
        for group in batch.to_pylist():
            yield from _read(reading, group["number"], [Path(name) for name in group["files"]])


def _read(reading: Reading, number: int, files: list[Path]) -> Batches:
    missing = next((f"{socket.gethostname()} has no {path}" for path in files if not path.is_file()), "")
    with TemporaryDirectory(prefix=f"group-{number}-") as into:
        parts, tally = ((), Tally()) if missing else read_files(reading, files, into=Path(into))
        yield _batch(number, found=pickle.dumps((parts, tally, missing)))
        for part in parts:
            with pq.ParquetFile(part.path) as file:
                for group in range(file.num_row_groups):
                    sink = pa.BufferOutputStream()
                    rows = file.read_row_group(group)
                    with pa.ipc.new_stream(sink, rows.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as out:
                        out.write_table(rows)
                    yield _batch(number, part=str(part.path), rows=sink.getvalue().to_pybytes())


def _batch(
    number: int, *, found: bytes | None = None, part: str | None = None, rows: bytes | None = None
) -> pa.RecordBatch:
    values = {"number": number, "found": found, "part": part, "rows": rows}
    return pa.RecordBatch.from_pylist([values], schema=_SCHEMA)


def unpacked(names: tuple[str, ...], packed: Batches) -> Batches:
    """The rows that `staged` has packed, with all these columns, of which parts may lack some."""
    schema = pa.schema([(name, pa.string() if name.startswith("t") else pa.float64()) for name in names])
    for batch in packed:
        for rows in batch.column(0):
            with pa.ipc.open_stream(rows.as_buffer()) as stream:
                for part in stream:
                    there = set(part.schema.names)
                    columns = [
                        part.column(field.name) if field.name in there else pa.nulls(part.num_rows, field.type)
                        for field in schema
                    ]
                    yield pa.RecordBatch.from_arrays(columns, schema=schema)


def sketched(batches: Batches) -> Batches:
    """A sketch of every column, by its name."""
    sketchers: dict[str, Sketcher] = {}
    for batch in batches:
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            numbers = column.drop_null().to_numpy(zero_copy_only=False)
            sketchers.setdefault(name, Sketcher()).add(numbers)
    if sketchers:
        forms = [sketcher.serialized() for sketcher in sketchers.values()]
        yield pa.RecordBatch.from_arrays([pa.array(list(sketchers)), pa.array(forms, pa.binary())], ["name", "sketch"])


@arrow_udf(StringType())  # type: ignore[untyped-decorator]
def literals(numbers: pa.Array) -> pa.Array:
    """Numbers as Python writes them."""
    return pa.array([None if number is None else repr(number) for number in numbers.to_pylist()], pa.string())
