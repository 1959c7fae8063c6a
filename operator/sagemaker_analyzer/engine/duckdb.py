"""The engine for one machine: DuckDB, which works in parts and puts on disk what does not fit into the memory it may have."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from sagemaker_analyzer.contract.task import Dataset, Window
from sagemaker_analyzer.engine import computing
from sagemaker_analyzer.engine.engine import Frequencies, Totals
from sagemaker_analyzer.engine.sketches import Sketcher
from sagemaker_analyzer.model import Sketch
from sagemaker_analyzer.reading.dataset import read_dataset
from sagemaker_analyzer.reading.rejected import Tally
from sagemaker_analyzer.reading.scripts import Preprocessor
from sagemaker_analyzer.reading.stage import Table

# A run may have 1 GB: the rest is for reading and sketches.
_MEMORY = "384MB"


class DuckDB:
    """An `Engine` in this process. Made by `duckdb_engine`."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def read(
        self,
        dataset: Dataset,
        tally: Tally,
        *,
        into: Path,
        window: Window | None = None,
        names: Sequence[str] = (),
        prepare: Preprocessor | None = None,
    ) -> Table:
        """As `Engine.read`."""
        return read_dataset(dataset, tally, into=into, window=window, names=names, prepare=prepare)

    def totals(self, table: Table) -> dict[str, Totals]:
        """As `Engine.totals`."""
        return computing.totals(self._rows, self._data(table), table)

    def frequencies(self, table: Table, column: str, most: int) -> Frequencies:
        """As `Engine.frequencies`."""
        return computing.frequencies(self._rows, self._data(table), table, column, most)

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
        # DuckDB writes numbers as Python does.
        connection.raw_sql("CREATE MACRO literal_of(number) AS CAST(number AS VARCHAR)")
        yield DuckDB(connection)
    finally:
        connection.disconnect()
