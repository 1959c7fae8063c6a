"""The engine for one machine: DuckDB, which works in parts and puts on disk what does not fit into the memory it may have."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from sagemaker_analyzer.engine import expressions
from sagemaker_analyzer.engine.engine import Frequencies, Totals
from sagemaker_analyzer.engine.sketches import Sketcher
from sagemaker_analyzer.model import Sketch
from sagemaker_analyzer.reading.stage import Table

# A run may have 1 GB: the rest is for reading and sketches.
_MEMORY = "384MB"


class DuckDB:
    """An `Engine` in this process. Made by `duckdb_engine`."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def totals(self, table: Table) -> dict[str, Totals]:
        """As `Engine.totals`."""
        row = self._rows(expressions.totals(self._data(table), table))[0]

        def of(index: int, name: str) -> Any:
            return row[expressions.field(index, name)] or 0

        return {
            column.name: Totals(
                records=row["records"],
                numbers=of(i, "numbers"),
                texts=of(i, "texts"),
                whole=of(i, "whole"),
                mean=float(of(i, "mean")),
                sum=float(of(i, "sum")),
                std_dev=float(of(i, "std_dev")),
                minimum=float(of(i, "minimum")),
                maximum=float(of(i, "maximum")),
            )
            for i, column in enumerate(table.columns)
        }

    def frequencies(self, table: Table, column: str, most: int) -> Frequencies:
        """As `Engine.frequencies`."""
        found = next(candidate for candidate in table.columns if candidate.name == column)
        grouped = expressions.counts(self._data(table), found)
        rows = self._rows(expressions.most_frequent(grouped, most))
        distinct = len(rows) if len(rows) < most else self._rows(grouped.aggregate(n=grouped.count()))[0]["n"]
        return Frequencies(distinct, tuple((row["value"], row["records"]) for row in rows))

    def sketches(self, table: Table, columns: list[str]) -> dict[str, Sketch]:
        """As `Engine.sketches`: one file after the other, each by its row groups."""
        wanted = {column.number: column.name for column in table.columns if column.name in columns}
        sketchers = {name: Sketcher() for name in wanted.values()}
        for path in table.files:
            with pq.ParquetFile(path) as file:
                here = [number for number in wanted if number in file.schema_arrow.names]
                # Arrow keeps what it has read of a file, of all row groups that it was asked for at once.
                for group in range(file.num_row_groups):
                    for number in here:
                        for array in file.read_row_group(group, columns=[number])[number].chunks:
                            sketchers[wanted[number]].add(array.drop_null().to_numpy(zero_copy_only=False))
        return {name: sketcher.sketch() for name, sketcher in sketchers.items()}

    def rows(self, query: Callable[..., ir.Table], *tables: Table) -> list[dict[str, Any]]:
        """As `Engine.rows`."""
        return self._rows(query(*(self._data(table) for table in tables)))

    def _data(self, table: Table) -> ir.Table:
        return self._connection.read_parquet([str(path) for path in table.files], union_by_name=True)

    def _rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._connection.to_pyarrow(expression).to_pylist()
        return found


@contextmanager
def duckdb_engine(scratch: Path, *, threads: int | None = None) -> Iterator[DuckDB]:
    """An engine that puts on disk, in `scratch`, what it has no memory for."""
    connection = ibis.duckdb.connect(
        memory_limit=_MEMORY, temp_directory=str(scratch), **({"threads": threads} if threads else {})
    )
    try:
        yield DuckDB(connection)
    finally:
        connection.disconnect()
