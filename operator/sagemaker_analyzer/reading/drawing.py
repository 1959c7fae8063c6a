"""Some records of a table, drawn by chance: for what would take too long over all of them.

They are drawn from the files and not by an engine, so that every engine has the same ones, and every run over the same files.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sagemaker_analyzer.reading.stage import Column, Table

Drawn = dict[str, list[float | str | None]]
"""Of each column the values of the records: a number, a text, or None where it is missing."""


def records_of(table: Table) -> int:
    """How many records there are."""
    return sum(pq.read_metadata(path).num_rows for path in table.files)


def drawn(table: Table, columns: Sequence[Column], *, most: int, seed: int) -> Drawn:
    """The columns of at most so many records, in the order in which they stand in the table."""
    sizes = [pq.read_metadata(path).num_rows for path in table.files]
    records = sum(sizes)
    chosen = np.arange(records)
    if records > most:
        chosen = np.sort(np.random.default_rng(seed).choice(records, most, replace=False))
    found: Drawn = {column.name: [] for column in columns}
    start = 0
    for path, size in zip(table.files, sizes, strict=True):
        inside = chosen[(chosen >= start) & (chosen < start + size)] - start
        start += size
        if len(inside):
            with pq.ParquetFile(path) as file:
                _take(file, inside, columns, found)
    return found


def _take(file: pq.ParquetFile, inside: np.ndarray, columns: Sequence[Column], found: Drawn) -> None:
    start = 0
    there = set(file.schema_arrow.names)
    for group in range(file.num_row_groups):
        size = file.metadata.row_group(group).num_rows
        wanted = inside[(inside >= start) & (inside < start + size)] - start
        start += size
        if not len(wanted):
            continue
        part = file.read_row_group(group, [name for name in _names(columns) if name in there]).take(pa.array(wanted))
        for column in columns:
            if column.number not in there:
                found[column.name].extend([None] * len(wanted))
                continue
            pairs = zip(part[column.number].to_pylist(), part[column.text].to_pylist(), strict=True)
            found[column.name].extend(text if number is None else number for number, text in pairs)


def _names(columns: Sequence[Column]) -> list[str]:
    return [name for column in columns for name in (column.number, column.text)]
