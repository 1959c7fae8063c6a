"""Predictions and truths to tables, from captured invocations and records of ground truth.

The form of ground truth, and how SageMaker's merge job brings it together with captures:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sagemaker_analyzer.contract.task import Task
from sagemaker_analyzer.errors import NoData
from sagemaker_analyzer.quality.attributes import Attribute, Fields, fields_of, value_of, values_of
from sagemaker_analyzer.reading.capture import events_of
from sagemaker_analyzer.reading.files import files_of, json_of, lines_of
from sagemaker_analyzer.reading.payloads import rows_of
from sagemaker_analyzer.reading.rejected import Kind, Tally, Unreadable
from sagemaker_analyzer.reading.rows import Row
from sagemaker_analyzer.reading.scripts import Preprocessor, preprocessor
from sagemaker_analyzer.reading.stage import Stage
from sagemaker_analyzer.reading.values import Values, of_arrow, of_objects

_ENOUGH = 50_000


@dataclass(frozen=True, slots=True)
class Attributes:
    """Where the label that the model gave, its probability and the true label are.

    `beside` makes more columns of an event, or of the rows that a user's script made of it.
    """

    inference: Attribute | None = None
    probability: Attribute | None = None
    truth: Attribute | None = None
    beside: Callable[[dict[str, Any], list[Row] | None], dict[str, list[object]]] | None = None


@dataclass(slots=True)
class Events:
    """The rows of events on their way to a table, with what they are merged by.

    `id` is that of the event, `event` its place among all, `row` that of the row in the event, which has `rows` of them.
    """

    stage: Stage
    _ids: list[str] = field(default_factory=list)
    _files: list[str] = field(default_factory=list)
    _heights: list[int] = field(default_factory=list)
    _columns: defaultdict[str, list[object]] = field(default_factory=lambda: defaultdict(list))
    _before: int = 0
    _rows: int = 0

    def add(self, file: str, key: str, columns: dict[str, list[object]]) -> None:
        """Adds the rows of an event: columns of equal lengths."""
        self._ids.append(key)
        self._files.append(file)
        self._heights.append(_height(columns))
        self._rows += self._heights[-1]
        for name, values in columns.items():
            self._columns[name] += values
        if self._rows >= _ENOUGH:
            self.flush()

    def flush(self) -> None:
        """Hands over what was gathered."""
        if not self._ids:
            return
        heights = np.array(self._heights)
        events = np.repeat(np.arange(len(heights)), heights)
        starts = np.cumsum(heights) - heights
        columns = {
            "id": _texts(pa.array(self._ids, pa.string()).take(pa.array(events))),
            "file": _texts(pa.array(self._files, pa.string()).take(pa.array(events))),
            "event": of_arrow(pa.array(events + self._before)),
            "row": of_arrow(pa.array(np.arange(len(events)) - starts[events])),
            "rows": of_arrow(pa.array(heights[events])),
            **{name: of_objects(values) for name, values in self._columns.items()},
        }
        self.stage.add("", list(columns.values()), tuple(columns))
        self._before += len(self._ids)
        self._rows = 0
        for gathered in (self._ids, self._files, self._heights, self._columns):
            gathered.clear()


def _texts(texts: pa.Array) -> Values:
    """Texts that stay such also if they look like numbers."""
    return Values(pa.nulls(len(texts), pa.float64()), texts, fractional=False)


def read_predictions(task: Task, places: Attributes, events: Events, tally: Tally) -> None:
    """Adds what the model said in the window."""
    prepare = preprocessor(task.preprocessor) if task.preprocessor else None
    for path in files_of(task.dataset.source):
        for event in events_of(path, task.window, tally):
            try:
                columns = _given(event, places, prepare)
                if _height(columns):
                    events.add(str(path), _id(event), columns)
            except Unreadable as reason:
                tally.add(reason.kind, str(path), str(reason))
    events.flush()


def read_merged(task: Task, places: Attributes, events: Events, tally: Tally, unmatched: Tally) -> None:
    """Adds what the model said in the window with its truth, of records that SageMaker's merge job has merged already."""
    prepare = preprocessor(task.preprocessor) if task.preprocessor else None
    for path in files_of(task.dataset.source):
        for event in events_of(path, task.window, tally):
            try:
                columns = _given(event, places, prepare)
                if event.get("groundTruthData") is None:
                    unmatched.add(Kind.NO_TRUTH, str(path), "a record has no groundTruthData", _height(columns))
                    continue
                columns["truth"] = _equally_many(_truths(event["groundTruthData"], places.truth), columns)
                if _height(columns):
                    events.add(str(path), "", columns)
            except Unreadable as reason:
                tally.add(reason.kind, str(path), str(reason))
    events.flush()


def read_truths(source: Path, place: Attribute | None, events: Events, tally: Tally) -> None:
    """Adds the true labels that were delivered, whenever that was. Raises NoData if there is not even a directory for them."""
    if not source.exists():
        raise NoData(f"ground_truth_source {source} does not exist: no ground truth was delivered")
    for path in files_of(source):
        for line in lines_of(path, tally):
            record = json_of(line, path, tally)
            if record is None:
                continue
            try:
                truths = _truths(_truth_side(record), place)
                if truths:
                    events.add(str(path), _id(record), {"truth": truths})
            except Unreadable as reason:
                tally.add(reason.kind, str(path), str(reason))
    events.flush()


def _given(event: dict[str, Any], places: Attributes, prepare: Preprocessor | None) -> dict[str, list[object]]:
    wanted = {"given": places.inference, "probability": places.probability}
    side = event["captureData"].get("endpointOutput")
    if prepare is None and side is None:
        raise Unreadable(Kind.NOT_A_CAPTURE, "captureData has no endpointOutput, in which the predictions are")
    prepared = prepare(event) if prepare else None
    fields: list[Fields] | None = None
    columns: dict[str, list[object]] = {}
    for name, place in wanted.items():
        if place is None:
            continue
        if prepared is None and place.steps is not None:
            columns[name] = values_of(place, side)
            continue
        if fields is None:
            fields = [fields_of(row) for row in (rows_of(side) if prepared is None else prepared)]
        columns[name] = [value_of(place, row) for row in fields]
    if places.beside is not None:
        columns |= places.beside(event, prepared)
    if len({len(values) for values in columns.values()}) > 1:
        raise Unreadable(Kind.UNEQUAL_ROWS, " and ".join(f"{len(v)} of {n}" for n, v in columns.items()))
    return columns


def _truth_side(record: object) -> object:
    if not isinstance(record, dict) or not isinstance(record.get("groundTruthData"), dict):
        raise Unreadable(Kind.NOT_A_TRUTH, "a line has no groundTruthData")
    return record["groundTruthData"]


def _truths(side: object, place: Attribute | None) -> list[object]:
    if place is not None and place.steps is not None:
        return values_of(place, side)
    return [_truth(fields_of(row), place) for row in rows_of(side)]


def _truth(fields: Fields, place: Attribute | None) -> object:
    """The only value of a row is the label, whatever the column is called where there are several."""
    if len(fields) == 1:
        return next(iter(fields.values())) if isinstance(fields, dict) else fields[0]
    if place is None:
        raise Unreadable(
            Kind.NO_ATTRIBUTE, f"ground truth has {len(fields)} columns, and ground_truth_attribute names none"
        )
    return value_of(place, fields)


def _equally_many(truths: list[object], columns: dict[str, list[object]]) -> list[object]:
    if len(truths) != _height(columns):
        raise Unreadable(
            Kind.UNEQUAL_ROWS, f"{_height(columns)} rows came out, and {len(truths)} are in the ground truth"
        )
    return truths


def _height(columns: dict[str, list[object]]) -> int:
    return len(next(iter(columns.values())))


def _id(event: Any) -> str:
    """The id that callers gave or else that of the endpoint, as documented."""
    metadata = event.get("eventMetadata")
    found = (metadata.get("inferenceId") or metadata.get("eventId")) if isinstance(metadata, dict) else None
    if not isinstance(found, str) or not found:
        raise Unreadable(Kind.NO_ID, "eventMetadata has neither inferenceId nor eventId")
    return found
