"""The engine for several machines: Apache Spark, whose executors read the files of a dataset where they are.

Every machine has to have all files at the same path, as with SageMaker's S3DataDistributionType FullyReplicated, the default.
What a user's script prepares, and what is merged with ground truth, is read by the first machine and handed to the others.
"""

import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession

from sagemaker_analyzer.contract.task import Dataset, Window
from sagemaker_analyzer.engine import computing
from sagemaker_analyzer.engine.engine import Frequencies, Totals
from sagemaker_analyzer.engine.executors import STAGED, literals, sketched, staged, unpacked
from sagemaker_analyzer.engine.java import launching
from sagemaker_analyzer.engine.sketches import Sketcher
from sagemaker_analyzer.errors import BadTask
from sagemaker_analyzer.model import Sketch
from sagemaker_analyzer.reading.apart import groups_of
from sagemaker_analyzer.reading.dataset import read_dataset, some
from sagemaker_analyzer.reading.files import files_of
from sagemaker_analyzer.reading.part import Reading
from sagemaker_analyzer.reading.rejected import Tally
from sagemaker_analyzer.reading.scripts import Preprocessor
from sagemaker_analyzer.reading.stage import Part, Table, table_of

# Several for each core, so that none waits long for the last.
_TASKS_PER_CORE = 4


class Spark:
    """An `Engine` on a session of Spark. Made by `spark_engine`."""

    __slots__ = ("_frames", "_ibis", "_session")

    def __init__(self, session: SparkSession) -> None:
        self._session = session
        self._ibis = ibis.pyspark.connect(session)
        self._frames: dict[Table, tuple[str, DataFrame]] = {}
        # Ibis knows functions by their names in the database.
        session.udf.register("literal_of", literals)

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
        if prepare is not None:
            return read_dataset(dataset, tally, into=into, window=window, names=names, prepare=prepare)
        files = files_of(dataset.source)
        groups = groups_of([path for path in files if path.stat().st_size], most=self._cores() * _TASKS_PER_CORE)
        rows = [(number, [str(path) for path in group]) for number, group in enumerate(groups)]
        schema = "number int, files array<string>"
        spread = self._session.createDataFrame(rows, schema).repartitionByRange(max(len(rows), 1), "number")
        frame = spread.mapInArrow(partial(staged, Reading(dataset, window, tuple(names))), STAGED)
        frame = frame.persist(StorageLevel.DISK_ONLY)
        table = some(table_of(self._parts(frame, tally), tally), dataset, window, tally, files=len(files))
        self._add(table, self._unpacked(frame, table))
        return table

    def totals(self, table: Table) -> dict[str, Totals]:
        """As `Engine.totals`."""
        return computing.totals(self._rows, self._data(table), table)

    def frequencies(self, table: Table, column: str, most: int) -> Frequencies:
        """As `Engine.frequencies`."""
        return computing.frequencies(self._rows, self._data(table), table, column, most)

    def sketches(self, table: Table, columns: list[str]) -> dict[str, Sketch]:
        """As `Engine.sketches`: of each partition some, which are merged here."""
        wanted = {column.number: column.name for column in table.columns if column.name in columns}
        if not wanted:
            return {}
        numbers = self._frame(table)[1].select(*wanted)
        sketchers = {name: Sketcher() for name in wanted.values()}
        for row in numbers.mapInArrow(sketched, "name string, sketch binary").toLocalIterator():
            sketchers[wanted[row["name"]]].merge([Sketcher.of_bytes(bytes(row["sketch"]))])
        return {name: sketcher.sketch() for name, sketcher in sketchers.items()}

    def rows(self, query: Callable[..., ir.Table], *tables: Table) -> list[dict[str, Any]]:
        """As `Engine.rows`."""
        return self._rows(query(*(self._data(table) for table in tables)))

    def _parts(self, frame: DataFrame, tally: Tally) -> list[Part]:
        parts: list[Part] = []
        for row in frame.filter("found IS NOT NULL").select("number", "found").orderBy("number").collect():
            more, rejected, missing = pickle.loads(row["found"])  # noqa: S301 - executors of this very program have written it
            if missing:
                raise BadTask(
                    f"{missing}; every instance has to have all files: S3DataDistributionType FullyReplicated"
                )
            parts += more
            tally.take(rejected)
        return parts

    def _unpacked(self, frame: DataFrame, table: Table) -> DataFrame:
        kept = frame.filter(frame["part"].isin([str(path) for path in table.files])).select("rows")
        fields = [f"{name} {kind}" for c in table.columns for name, kind in ((c.number, "double"), (c.text, "string"))]
        names = tuple(name for column in table.columns for name in (column.number, column.text))
        return kept.mapInArrow(partial(unpacked, names), ", ".join(fields)).persist(StorageLevel.DISK_ONLY)

    def _add(self, table: Table, frame: DataFrame) -> tuple[str, DataFrame]:
        name = f"table_{len(self._frames)}"
        frame.createOrReplaceTempView(name)
        self._frames[table] = name, frame
        return name, frame

    def _frame(self, table: Table) -> tuple[str, DataFrame]:
        """The data of a table; one that this machine has read is handed to the others."""
        if table in self._frames:
            return self._frames[table]
        parts = [pq.read_table(path) for path in table.files]
        whole = pa.concat_tables(parts, promote_options="default")
        return self._add(table, self._session.createDataFrame(whole).persist(StorageLevel.DISK_ONLY))

    def _data(self, table: Table) -> ir.Table:
        return self._ibis.table(self._frame(table)[0])

    def _rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        frame = self._session.sql(self._ibis.compile(expression))
        return [row.asDict() for row in frame.collect()]

    def _cores(self) -> int:
        return int(self._session.sparkContext.defaultParallelism)


@contextmanager
def spark_engine(master: str, *, host: str | None = None, scratch: Path, memory_mb: int = 1024) -> Iterator[Spark]:
    """An engine on the Spark at a URL such as `spark://algo-1:7077` or `local[2]`.

    `host` is the name by which the others reach this machine; `memory_mb` is what each executor may have.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.executor.memory": f"{memory_mb}m",
        "spark.local.dir": str(scratch),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        # What has no value is missing and no error, as in the other engine.
        "spark.sql.ansi.enabled": "false",
        "spark.sql.shuffle.partitions": "8",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "50000",
        **({"spark.driver.host": host, "spark.driver.bindAddress": host} if host else {}),
    }
    builder = SparkSession.builder.appName("sagemaker-analyzer").master(master)
    for name, value in settings.items():
        builder = builder.config(name, value)
    with launching(scratch):
        session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield Spark(session)
    finally:
        session.stop()
