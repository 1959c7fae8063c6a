"""Captured invocations with their truth, or a dataset that has labels, to records whose bias is measured."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sagemaker_analyzer.bias.predicting import with_predictions
from sagemaker_analyzer.bias.records import FEATURE, GIVEN, LABEL, PROBABILITY, Records, of_events, of_table
from sagemaker_analyzer.contract.config import AnalysisConfig, BiasConfig, ColumnName
from sagemaker_analyzer.contract.task import Layout, Task
from sagemaker_analyzer.engine.engine import Engine
from sagemaker_analyzer.errors import NoData
from sagemaker_analyzer.explain.dense import read_dense
from sagemaker_analyzer.explain.reading import input_rows
from sagemaker_analyzer.quality.attributes import attribute, column_of
from sagemaker_analyzer.quality.merge import id_column, tell_unmerged, with_ids
from sagemaker_analyzer.quality.reading import Attributes, Events, read_merged, read_predictions, read_truths
from sagemaker_analyzer.reading.dataset import read_dataset
from sagemaker_analyzer.reading.rejected import Kind, Tally, Unreadable
from sagemaker_analyzer.reading.rows import Row
from sagemaker_analyzer.reading.stage import Column, Stage, Table


@dataclass(frozen=True, slots=True)
class Reader:
    """What the steps of reading share; what cannot be read is counted in `rejected`, what cannot be merged in `unmatched`."""

    task: Task
    config: AnalysisConfig
    bias: BiasConfig
    engine: Engine
    scratch: Path
    rejected: Tally
    unmatched: Tally

    @property
    def features(self) -> tuple[str, ...]:
        """The features by their names: the headers, or else the columns that metrics look at."""
        if self.config.headers:
            return self.config.feature_names
        columns = [facet.column for facet in self.bias.facets] + ([] if self.bias.group is None else [self.bias.group])
        return tuple(dict.fromkeys(str(column) for column in columns))

    def records(self) -> Records:
        """The records. Raises BadTask, BadModel or NoData."""
        if self.task.dataset.layout is not Layout.CAPTURE:
            return self._of_dataset()
        places = _places(self.task, self)
        given = Events(Stage(self._apart("predictions")))
        if self.task.truth is None:
            read_merged(self.task, places, given, self.rejected, self.unmatched)
            missing = (
                f"{self.task.dataset.source} has no record with groundTruthData in the window; set ground_truth_source"
            )
            return of_events(self.engine, self._some(given, missing), None)
        read_predictions(self.task, places, given, self.rejected)
        missing = f"{self.task.dataset.source} has no prediction in the window"
        return self._merged(self._some(given, missing), self.task.truth)

    def _merged(self, predictions: Table, truth: Path) -> Records:
        true = Events(Stage(self._apart("truths")))
        read_truths(truth, _places(self.task, self).truth, true, self.rejected)
        truths = self._some(true, f"ground_truth_source {truth} has no ground truth")
        tell_unmerged(self.engine, predictions, truths, self.unmatched, self.rejected)
        return of_events(self.engine, predictions, truths)

    def _of_transform(self, table: Table) -> Table:
        """What a batch transform job has written: the features, the model's answer, and the ids that it has appended."""
        headless = self.task.dataset.layout is Layout.CSV and not self.task.dataset.header
        columns: dict[str, Column | None] = {"id": id_column(table, headless=headless)}
        places = _places(self.task, self)
        for name, place in (("given", places.inference), ("probability", places.probability)):
            columns[name] = None if place is None else column_of(place, table)
        known = {column.name: column for column in table.columns}
        columns |= {FEATURE + name: known[name] for name in self.features if name in known}
        return with_ids(table, columns)

    def _of_dataset(self) -> Records:
        table = self._table(self._apart("rows"))
        if self.task.truth is not None:
            return self._merged(self._of_transform(table), self.task.truth)
        label = column_of(attribute("label", str(self.bias.label)), table)
        columns = {LABEL: label}
        asks = self.task.predictor_url or (self.config.predictor is not None and self.config.predictor.is_model)
        for variable, text, name in (
            ("inference_attribute", self.task.inference, GIVEN),
            ("probability_attribute", self.task.probability, PROBABILITY),
        ):
            # Where a model is asked, they tell where in its answers the predictions are.
            if text and not asks:
                columns[name] = column_of(attribute(variable, text), table)
        columns |= _features(table, columns)
        if asks and self.bias.post_training:
            table, predicted = with_predictions(self.task, self.config, table, label, scratch=self._apart("predicted"))
            columns |= predicted
        return of_table(self.engine, table, columns)

    def _table(self, into: Path) -> Table:
        if self.task.dataset.layout is Layout.JSON and self.config.features is not None:
            return read_dense(self.task.dataset.source, self.config, self.rejected, into=into)
        names = self.config.headers if self.task.truth is None else self.features
        return read_dataset(self.task.dataset, self.rejected, into=into, names=names)

    def _some(self, events: Events, words: str) -> Table:
        table = events.stage.close(self.rejected)
        if not table.files:
            parts = (*self.rejected.rejected(), *self.unmatched.rejected())
            raise NoData(
                f"{words}: {', '.join(f'{p.records} {p.kind}: {p.example}' for p in parts) or 'there is none'}"
            )
        return table

    def _apart(self, name: str) -> Path:
        directory = self.scratch / name
        directory.mkdir()
        return directory


def _features(table: Table, others: dict[str, Column]) -> dict[str, Column]:
    used = {column.name for column in others.values()}
    return {column.name: column for column in table.columns if column.name not in used}


def _places(task: Task, reader: Reader) -> Attributes:
    """Where predictions and truths are; if nothing is said, the first column of the response is a probability, as documented."""
    inference = attribute("inference_attribute", task.inference) if task.inference else None
    probability = None
    if inference is None:
        probability = attribute("probability_attribute", task.probability or "0")
    truth = attribute("ground_truth_attribute", task.ground_truth) if task.ground_truth else None

    def beside(event: dict[str, Any], rows: list[Row] | None) -> dict[str, list[object]]:
        rows = input_rows(event, reader.config.features) if rows is None else rows
        values = [_values(row, reader.features, reader.config.headers) for row in rows]
        return {FEATURE + name: [row[i] for row in values] for i, name in enumerate(reader.features)}

    return Attributes(inference, probability, truth, beside)


def _values(row: Row, features: Sequence[str], headers: Sequence[str]) -> list[object]:
    """The values of the features in a row. Raises Unreadable if it has others."""
    if isinstance(row, dict):
        return [row.get(name) for name in features]
    fields: list[object] = list(next(csv.reader([row]), [])) if isinstance(row, str) else row
    if headers:
        if len(fields) != len(features):
            raise Unreadable(
                Kind.OTHER_COLUMNS, f"a row has {len(fields)} columns, and the headers name {len(features)} features"
            )
        return fields
    return [_at(fields, name) for name in features]


def _at(fields: list[object], name: ColumnName) -> object:
    index = int(name) if str(name).isdecimal() else len(fields)
    if index >= len(fields):
        raise Unreadable(
            Kind.NO_ATTRIBUTE, f"a row has {len(fields)} columns without names, and none is {name}; set headers"
        )
    return fields[index]
