"""What a model would predict for the records of a dataset, as Clarify asks its shadow endpoint."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sagemaker_analyzer.bias.records import GIVEN, PROBABILITY
from sagemaker_analyzer.contract.config import AnalysisConfig
from sagemaker_analyzer.contract.task import Task
from sagemaker_analyzer.errors import BadTask
from sagemaker_analyzer.explain.model import predictor
from sagemaker_analyzer.explain.predictor import Matrix, Row
from sagemaker_analyzer.explain.reading import features_of
from sagemaker_analyzer.reading.stage import Column, Table

_ROWS = 10_000
_NUMBER, _TEXT = "predicted_number", "predicted_text"


def with_predictions(
    task: Task, config: AnalysisConfig, table: Table, label: Column, *, scratch: Path
) -> tuple[Table, dict[str, Column]]:
    """The table with what the model says of each record, and which column of the records that is.

    `scratch` is a directory for the new files. Raises BadTask or BadModel.
    """
    ask, asked = predictor(task, config, scratch=scratch)
    columns = [column for column in features_of(table, config) if column.name != label.name]
    files, outputs = [], 0
    for path in table.files:
        target = scratch / path.name
        with pq.ParquetFile(path) as file:
            fields = [*file.schema_arrow, pa.field(_NUMBER, pa.float64()), pa.field(_TEXT, pa.string())]
            with pq.ParquetWriter(target, pa.schema(fields), compression="lz4") as writer:
                for batch in file.iter_batches(_ROWS):
                    answer = ask(_rows(batch, columns))
                    outputs = answer.shape[1]
                    writer.write_batch(_beside(batch, answer, asked.label_headers))
        files.append(target)
    column = Column("predicted", _NUMBER, _TEXT, fractional=True)
    label_given = outputs > 1 or (asked.label is not None and asked.probability == asked.label)
    return Table(tuple(files), (*table.columns, column)), {GIVEN if label_given else PROBABILITY: column}


def _rows(batch: pa.RecordBatch, columns: Sequence[Column]) -> list[Row]:
    there = set(batch.schema.names)
    found = []
    for column in columns:
        if column.number not in there:
            found.append([None] * batch.num_rows)
            continue
        pairs = zip(batch[column.number].to_pylist(), batch[column.text].to_pylist(), strict=True)
        found.append([text if number is None else number for number, text in pairs])
    return list(zip(*found, strict=True))


def _beside(batch: pa.RecordBatch, answer: Matrix, names: Sequence[str]) -> pa.RecordBatch:
    """The rows with one prediction each: of several outputs the name of the greatest."""
    rows, outputs = answer.shape
    if outputs == 1:
        numbers, texts = pa.array(answer[:, 0]), pa.nulls(rows, pa.string())
    else:
        if names and len(names) != outputs:
            raise BadTask(
                f"predictor.label_headers has {len(names)} names, and the model has {outputs} outputs for each row"
            )
        labels = [names[i] if names else str(i) for i in np.argmax(answer, axis=1)]
        numbers, texts = pa.nulls(rows, pa.float64()), pa.array(labels, pa.string())
    fields = [*batch.schema, pa.field(_NUMBER, pa.float64()), pa.field(_TEXT, pa.string())]
    return pa.record_batch([*batch.columns, numbers, texts], schema=pa.schema(fields))
