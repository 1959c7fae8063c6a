"""Predictions and truths brought together by their ids, and told which of them were not.

Of several events with one id the last counts, so that a truth may be corrected later. The rows of an event go with those of its
truth one by one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

import ibis
import ibis.expr.types as ir

from sagemaker_analyzer.engine.engine import Engine
from sagemaker_analyzer.engine.expressions import as_text
from sagemaker_analyzer.errors import BadTask
from sagemaker_analyzer.reading.rejected import Kind, Tally
from sagemaker_analyzer.reading.stage import SAMPLE, Column, Table

_ID = "SageMakerInferenceId"


def id_column(table: Table, *, headless: bool) -> Column:
    """The column with the ids that a batch transform job appends if GenerateInferenceId is on. Raises BadTask if there is none.

    It has a name, or in CSV without a header is the last but one, before the time:
    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-batch.html
    """
    found = [column for column in table.columns if column.name == _ID]
    if not found and headless:
        found = list(table.columns[-2:-1])
    if not found:
        raise BadTask(
            f"ground_truth_source is set, and records have no id: the dataset has no column {_ID}, which batch transform"
            " adds with GenerateInferenceId"
        )
    return found[0]


def with_ids(table: Table, columns: Mapping[str, Column | None]) -> Table:
    """The table whose columns have the names by which they are merged: `id`, `given`, `probability`."""
    named = tuple(replace(column, name=name) for name, column in columns.items() if column is not None)
    return replace(table, columns=named)


class State(StrEnum):
    """What became of a row."""

    MERGED = "merged"
    ALONE = "alone"
    REPEATED = "repeated"
    UNEQUAL = "unequal"


def merged(predictions: ir.Table, truths: ir.Table, given: Table, true: Table) -> ir.Table:
    """The rows of predictions with their truth."""
    one, other = _last(_events(predictions, given)), _last(_events(truths, true))
    return one.inner_join(other.drop("file", "event", "last"), ["id", "row", "rows"])


def tell_unmerged(engine: Engine, predictions: Table, truths: Table, tally: Tally, rejected: Tally) -> None:
    """Counts, by file, the rows that were not merged: in `tally`, and those that cannot be in `rejected`."""
    for one, other, missing in ((predictions, truths, Kind.NO_TRUTH), (truths, predictions, Kind.NO_PREDICTION)):
        for found in engine.rows(lambda a, b, one=one, other=other: _states(a, b, one, other), one, other):
            state, example = State(found["state"]), f"the first id is {found['example']}"
            file = found["file"] or "dataset_source"
            if state is State.ALONE:
                tally.add(missing, file, example, found["records"])
            elif state is State.REPEATED:
                tally.add(Kind.DUPLICATE_ID, file, f"the last one counts; {example}", found["records"])
            elif state is State.UNEQUAL:
                example = f"predictions and ground truth differ in the number of their rows; {example}"
                rejected.add(Kind.UNEQUAL_ROWS, file, example, found["records"])


def _states(one: ir.Table, other: ir.Table, here: Table, there: Table) -> ir.Table:
    rows = _events(one, here)
    known = _last(_events(other, there)).group_by("id").aggregate(others=ibis._.rows.max())
    both = rows.left_join(known, "id")
    state = ibis.cases(
        (both.event != both.last, State.REPEATED.value),
        (both.others.isnull(), State.ALONE.value),
        (both.others != both.rows, State.UNEQUAL.value),
        else_=State.MERGED.value,
    )
    told = both.select(file=both.file, id=both.id, state=state)
    counted = told.group_by(["file", "state"]).aggregate(records=told.count(), example=told.id.min())
    return counted.order_by(["file", "state"])


def _events(data: ir.Table, table: Table) -> ir.Table:
    """The columns by their names: whole numbers, texts, and of labels both forms.

    Records that are no events of one file or several each are an event with one row.
    """
    named = {column.name: column for column in table.columns}
    found: dict[str, Any] = {"id": as_text(data[named["id"].number], data[named["id"].text])}
    found["file"] = data[named["file"].text] if "file" in named else ibis.literal("")
    for name, alone in (("event", 0), ("row", 0), ("rows", 1)):
        found[name] = data[named[name].number].cast("int64") if name in named else ibis.literal(alone, "int64")
    found |= dict(_labels(data, table, set(named) - set(found)))
    if SAMPLE in data.columns:
        found[SAMPLE] = data[SAMPLE]
    rows = data.select(**found)
    return rows.mutate(last=rows.event.max().over(group_by="id"))


def _labels(data: ir.Table, table: Table, names: set[str]) -> Iterable[tuple[str, Any]]:
    for column in table.columns:
        if column.name in names:
            yield f"{column.name}_number", data[column.number]
            yield f"{column.name}_text", data[column.text]


def _last(rows: ir.Table) -> ir.Table:
    return rows.filter(rows.event == rows.last)
