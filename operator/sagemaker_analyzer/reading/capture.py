"""Files of data capture: one line for each invocation of the endpoint, with what went in, what came out and when."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sagemaker_analyzer.contract.task import Dataset, Window
from sagemaker_analyzer.reading.files import json_of, lines_of
from sagemaker_analyzer.reading.payloads import joined, rows_of
from sagemaker_analyzer.reading.rejected import Kind, Tally, Unreadable
from sagemaker_analyzer.reading.rows import Row, Rows
from sagemaker_analyzer.reading.scripts import Preprocessor
from sagemaker_analyzer.reading.stage import Stage


def read_captures(
    path: Path,
    dataset: Dataset,
    window: Window | None,
    stage: Stage,
    tally: Tally,
    *,
    prepare: Preprocessor | None = None,
) -> None:
    """Adds the rows of all invocations in the window, as `prepare` makes them if it is given; the unreadable are counted."""
    rows = Rows(stage, str(path))
    for event in events_of(path, window, tally):
        try:
            for row in prepare(event) if prepare else _rows(event, dataset):
                rows.add(row)
        except Unreadable as reason:
            tally.add(reason.kind, str(path), str(reason))
    rows.flush()


def events_of(path: Path, window: Window | None, tally: Tally) -> Iterator[dict[str, Any]]:
    """The invocations in the window, each with its `captureData`; lines that are none are counted."""
    for line in lines_of(path, tally):
        event = json_of(line, path, tally)
        if event is None:
            continue
        if not isinstance(event, dict) or not isinstance(event.get("captureData"), dict):
            tally.add(Kind.NOT_A_CAPTURE, str(path), "a line has no captureData")
            continue
        try:
            if window is None or window.has(_time(event)):
                yield event
        except Unreadable as reason:
            tally.add(reason.kind, str(path), str(reason))


def _rows(event: dict[str, Any], dataset: Dataset) -> list[Row]:
    captured = event["captureData"]
    given, answered = captured.get("endpointInput"), captured.get("endpointOutput")
    if given is None and answered is None:
        raise Unreadable(Kind.NOT_A_CAPTURE, "captureData has neither endpointInput nor endpointOutput")
    return joined(
        None if given is None else rows_of(given), None if answered is None else rows_of(answered), dataset.outputs
    )


def _time(event: dict[str, Any]) -> datetime:
    metadata = event.get("eventMetadata")
    text = metadata.get("inferenceTime") if isinstance(metadata, dict) else None
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise Unreadable(Kind.NO_TIME, f"inferenceTime is {text!r}, which is no time") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
