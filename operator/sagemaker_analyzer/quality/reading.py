"""Predictions and truths to tables, from captured invocations and records of ground truth.

The form of ground truth, and how SageMaker's merge job brings it together with captures:
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from sagemaker_analyzer.contract.task import Task
from sagemaker_analyzer.quality.attributes import Attribute, only_value, value_of, values_of
from sagemaker_analyzer.reading.capture import events_of
from sagemaker_analyzer.reading.files import files_of, json_of, lines_of
from sagemaker_analyzer.reading.payloads import rows_of
from sagemaker_analyzer.reading.rejected import Kind, Tally, Unreadable
from sagemaker_analyzer.reading.rows import Row
from sagemaker_analyzer.reading.scripts import Preprocessor, preprocessor
from sagemaker_analyzer.reading.stage import Stage
from sagemaker_analyzer.reading.values import Values, of_objects

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
    _columns: dict[str, list[Any]] = field(default_factory=dict)
    _events: int = 0
    _count: int = 0

    def add(self, file: str, key: str, columns: dict[str, list[object]]) -> None:
        """Adds the rows of an event: columns of equal lengths."""
        rows = len(next(iter(columns.values())))
        given: dict[str, list[Any]] = {"id": [key] * rows, "file": [file] * rows, "event": [self._events] * rows}
        given |= {"row": list(range(rows)), "rows": [rows] * rows, **columns}
        for name, values in given.items():
            self._columns.setdefault(name, []).extend(values)
        self._events += 1
        self._count += rows
        if self._count >= _ENOUGH:
            self.flush()

    def flush(self) -> None:
        """Hands over what was gathered."""
        if self._count:
            values = [_FORMS.get(name, of_objects)(column) for name, column in self._columns.items()]
            self.stage.add("", values, tuple(self._columns))
        self._columns.clear()
        self._count = 0


def _texts(values: Sequence[Any]) -> Values:
    """Texts that stay such also if they look like numbers."""
    return Values(pa.nulls(len(values), pa.float64()), pa.array(values, pa.string()), fractional=False)


_FORMS: dict[str, Callable[[Sequence[Any]], Values]] = {"id": _texts, "file": _texts}


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
    """Adds the true labels that were delivered, whenever that was."""
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
    rows = prepare(event) if prepare is not None else None
    if rows is not None:
        columns = {name: [value_of(place, row) for row in rows] for name, place in wanted.items() if place}
    else:
        side = event["captureData"].get("endpointOutput")
        if side is None:
            raise Unreadable(Kind.NOT_A_CAPTURE, "captureData has no endpointOutput, in which the predictions are")
        columns = {name: values_of(place, side) for name, place in wanted.items() if place}
    if places.beside is not None:
        columns |= places.beside(event, rows)
    if len({len(values) for values in columns.values()}) > 1:
        raise Unreadable(Kind.UNEQUAL_ROWS, f"{' and '.join(f'{len(v)} of {n}' for n, v in columns.items())}")
    return columns


def _truth_side(record: object) -> object:
    if not isinstance(record, dict) or not isinstance(record.get("groundTruthData"), dict):
        raise Unreadable(Kind.NOT_A_TRUTH, "a line has no groundTruthData")
    return record["groundTruthData"]


def _truths(side: object, place: Attribute | None) -> list[object]:
    if place is not None and place.steps is not None:
        return values_of(place, side)
    return [_truth(row, place) for row in rows_of(side)]


def _truth(row: Row, place: Attribute | None) -> object:
    """A row of a single value is the label, whatever the column is called where there are several."""
    try:
        return only_value(row)
    except Unreadable:
        if place is None:
            raise
        return value_of(place, row)


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
