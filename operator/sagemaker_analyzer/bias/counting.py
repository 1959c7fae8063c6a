"""Records to counts of those that are alike, by an engine, for each facet."""

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from sagemaker_analyzer.bias.cells import Cells
from sagemaker_analyzer.bias.groups import Group
from sagemaker_analyzer.bias.records import GIVEN, LABEL, PROBABILITY, Records
from sagemaker_analyzer.errors import BadTask

_MOST_CELLS = 100_000
_MOST_LABELS = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a favourable outcome is.

    Attributes:
        favourable: the labels that are.
        threshold: what a probability has to be above to predict the second of `predicts`; none if the model gives labels.
        predicts: the labels that probabilities predict.
        labels: whether labels are categories, which distances of distributions tell apart.
        group: the column of the groups that conditional metrics look at.
    """

    favourable: Group
    threshold: float | None = None
    predicts: tuple[str, str] = ("0", "1")
    labels: bool = True
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """Cells, and those of them alone that have a prediction."""

    cells: Cells
    predicted: Cells | None


def counted(records: Records, outcome: Outcome, facet: str, group: Group | None) -> dict[str, Counted]:
    """The counts by the facet's groups: of the one that is given, or else of each value against all others.

    Records without a label, or without a value of the facet, do not count. Raises BadTask if groups are too many.
    """

    def query(data: ir.Table) -> ir.Table:
        rows = data.select(
            facet=records.written(data, facet) if group is None else group.has(records, data, facet).ifelse("1", "0"),
            label=_label(records, data, outcome),
            positive=outcome.favourable.has(records, data, LABEL),
            predicted=was_predicted(records, data, outcome),
            grouped=ibis.null("string") if outcome.group is None else records.written(data, outcome.group),
        )
        rows = rows.filter(rows.facet.notnull(), rows.positive.notnull())
        keys = ["facet", "label", "positive", "predicted", "grouped"]
        found = rows.group_by(keys).aggregate(records=rows.count())
        return found.order_by(keys).limit(_MOST_CELLS + 1)

    rows = records.rows(query)
    if len(rows) > _MOST_CELLS:
        raise BadTask(
            f"the facet {facet} and the group variable {outcome.group} have so many different values that they are no groups; "
            "give value_or_threshold, or another group_variable"
        )
    if group is not None:
        return {group.name: _counted(rows, "1")}
    return {value: _counted(rows, value) for value in dict.fromkeys(row["facet"] for row in rows)}


def _counted(rows: list[dict[str, Any]], facet: str) -> Counted:
    predicted = [row for row in rows if row["predicted"] is not None]
    return Counted(_cells(rows, facet), _cells(predicted, facet) if predicted else None)


def _cells(rows: list[dict[str, Any]], facet: str) -> Cells:
    labels, groups = (_numbers(rows, name) for name in ("label", "grouped"))
    has_predictions = all(row["predicted"] is not None for row in rows)
    return Cells(
        sensitive=np.array([row["facet"] == facet for row in rows], bool),
        label=labels,
        positive=np.array([row["positive"] for row in rows], bool),
        count=np.array([row["records"] for row in rows], np.int64),
        predicted=np.array([row["predicted"] for row in rows], bool) if has_predictions else None,
        group=None if all(row["grouped"] is None for row in rows) else groups,
    )


def _numbers(rows: list[dict[str, Any]], name: str) -> "np.ndarray[Any, np.dtype[np.int64]]":
    places: dict[Any, int] = {}
    return np.array([places.setdefault(row[name], len(places)) for row in rows], np.int64)


def _label(records: Records, data: ir.Table, outcome: Outcome) -> Any:
    if outcome.labels:
        return records.written(data, LABEL)
    return outcome.favourable.has(records, data, LABEL).ifelse("1", "0")


def was_predicted(records: Records, data: ir.Table, outcome: Outcome) -> Any:
    """Whether the model gave the favourable outcome, null where it gave none."""
    if outcome.threshold is not None:
        probability = records.number(data, PROBABILITY)
        label = (probability > outcome.threshold).ifelse(outcome.predicts[1], outcome.predicts[0])
        return probability.isnull().ifelse(ibis.null("boolean"), outcome.favourable.has_written(label))
    for name in (GIVEN, PROBABILITY):
        if name in records.names:
            return outcome.favourable.has(records, data, name)
    return ibis.null("boolean")


def are_categories(distinct: int, favourable: Group) -> bool:
    """Whether labels are few enough to be told apart, and not numbers above a bound."""
    return favourable.above is None and distinct <= _MOST_LABELS
