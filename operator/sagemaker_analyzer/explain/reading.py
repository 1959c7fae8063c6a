"""The features of records, which are all that an explanation needs of them."""

from pathlib import Path
from typing import Any

from sagemaker_analyzer.contract.config import AnalysisConfig
from sagemaker_analyzer.contract.task import Layout, Task
from sagemaker_analyzer.errors import BadTask
from sagemaker_analyzer.explain.dense import listed, read_dense
from sagemaker_analyzer.reading.dataset import read_dataset
from sagemaker_analyzer.reading.payloads import rows_of
from sagemaker_analyzer.reading.rejected import Kind, Tally, Unreadable
from sagemaker_analyzer.reading.rows import Row
from sagemaker_analyzer.reading.scripts import Preprocessor, preprocessor
from sagemaker_analyzer.reading.stage import Column, Table


def read_features(task: Task, config: AnalysisConfig, tally: Tally, *, into: Path) -> tuple[Table, tuple[Column, ...]]:
    """The records as a table, and which of its columns are the features. Raises BadTask or NoData."""
    if task.dataset.layout is Layout.JSON and config.features is not None:
        table = read_dense(task.dataset.source, config, tally, into=into)
        return table, features_of(table, config)
    captured = task.dataset.layout is Layout.CAPTURE
    headers = config.feature_names if captured else config.headers
    table = read_dataset(
        task.dataset,
        tally,
        into=into,
        window=task.window,
        names=headers,
        prepare=_prepare(task, config.features) if captured else None,
    )
    return table, features_of(table, config)


def features_of(table: Table, config: AnalysisConfig) -> tuple[Column, ...]:
    """The columns of a table that the model gets, in the order of the headers if there are any. Raises BadTask."""
    known = {column.name: column for column in table.columns}
    wanted = config.feature_names
    if not wanted:
        return tuple(column for column in table.columns if column.name != config.label)
    missing = [name for name in wanted if name not in known]
    if missing:
        raise BadTask(
            f"the headers of analysis_config have {', '.join(missing)}, and the data has only {', '.join(known) or 'nothing'}"
        )
    return tuple(known[name] for name in wanted)


def _prepare(task: Task, features: str | None) -> Preprocessor:
    if task.preprocessor:
        return preprocessor(task.preprocessor)

    def inputs(event: dict[str, Any]) -> list[Row]:
        return input_rows(event, features)

    return inputs


def input_rows(event: dict[str, Any], features: str | None) -> list[Row]:
    """The rows that went into the model. `features` is the path of a list of them. Raises Unreadable."""
    side = event["captureData"].get("endpointInput")
    if side is None:
        raise Unreadable(Kind.NOT_A_CAPTURE, "captureData has no endpointInput, in which the features are")
    return [_listed(row, features) for row in rows_of(side)]


def _listed(row: Row, features: str | None) -> Row:
    if features is None or not isinstance(row, dict):
        return row
    return list(listed(row, features))
