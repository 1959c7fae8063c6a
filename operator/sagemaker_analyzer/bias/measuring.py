"""The metrics of one facet, and what it takes to draw its records again."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from sagemaker_analyzer.bias.cells import Cells, Undefined
from sagemaker_analyzer.bias.counting import Counted, Outcome, counted, was_predicted
from sagemaker_analyzer.bias.flips import Flips, flips
from sagemaker_analyzer.bias.groups import Group
from sagemaker_analyzer.bias.metrics import (
    FLIP_TEST,
    FLIP_TEST_DESCRIPTION,
    POST_TRAINING,
    PRE_TRAINING,
    Definition,
)
from sagemaker_analyzer.bias.records import LABEL, Records, Shape
from sagemaker_analyzer.model import BiasMetric, Facet

_MOST_COMPARED = 20_000
_NO_PREDICTIONS = "there are no predictions"

Drawn = Callable[[np.random.Generator], float]


@dataclass(frozen=True, slots=True)
class Measured:
    """A facet's metrics, and by name their values for records drawn again."""

    facet: Facet
    again: dict[str, Drawn]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The metrics of each stage, by name."""

    pre_training: frozenset[str]
    post_training: frozenset[str]


def measured(
    records: Records, shapes: dict[str, Shape], outcome: Outcome, wanted: Wanted, *, facet: str, group: Group | None
) -> list[Measured]:
    """The metrics of a facet's group, or of each of its values against all others if there is none. Raises BadTask."""
    found = []
    for value, counts in counted(records, outcome, facet, group).items():
        one = group or Group(value, (value,))
        again: dict[str, Drawn] = {}
        pre = tuple(
            _metric(definition, counts.cells, again)
            for definition in PRE_TRAINING
            if definition.name in wanted.pre_training
        )
        post = [
            _metric(definition, counts.predicted, again)
            for definition in POST_TRAINING
            if definition.name in wanted.post_training
        ]
        if FLIP_TEST in wanted.post_training:
            post.append(_flip_test(records, shapes, outcome, counts, again, facet=facet, group=one))
        post.sort(key=lambda metric: metric.name)
        found.append(Measured(Facet(facet, one.name, pre, tuple(post)), again))
    return found


def _metric(definition: Definition, cells: Cells | None, again: dict[str, Drawn]) -> BiasMetric:
    if cells is None:
        return BiasMetric(definition.name, definition.description, None, _NO_PREDICTIONS)
    try:
        value = definition.of(cells)
    except Undefined as reason:
        return BiasMetric(definition.name, definition.description, None, str(reason))
    again[definition.name] = lambda random: definition.of(cells.drawn(random))
    return BiasMetric(definition.name, definition.description, value)


def _flip_test(
    records: Records,
    shapes: dict[str, Shape],
    outcome: Outcome,
    counts: Counted,
    again: dict[str, Drawn],
    *,
    facet: str,
    group: Group,
) -> BiasMetric:
    if counts.predicted is None:
        return BiasMetric(FLIP_TEST, FLIP_TEST_DESCRIPTION, None, _NO_PREDICTIONS)
    try:
        found = _flips(records, shapes, outcome, int(counts.cells.count.sum()), facet=facet, group=group)
    except Undefined as reason:
        return BiasMetric(FLIP_TEST, FLIP_TEST_DESCRIPTION, None, str(reason))
    again[FLIP_TEST] = lambda random: found.drawn(random).value
    return BiasMetric(FLIP_TEST, FLIP_TEST_DESCRIPTION, found.value)


def _flips(
    records: Records, shapes: dict[str, Shape], outcome: Outcome, total: int, *, facet: str, group: Group
) -> Flips:
    """The flip test over every n-th record, of so many that the nearest can be found."""
    features = [name for name in records.names if not name.startswith("\0") and name != facet]
    if texts := [name for name in features if shapes[name].texts]:
        raise Undefined(f"the flip test is for features of numbers, and {', '.join(texts[:5])} have texts")
    if not features:
        raise Undefined("there is no feature beside the facet and the label")
    step = max(1, math.ceil(total / _MOST_COMPARED))

    def query(data: ir.Table) -> ir.Table:
        numbers: dict[str, Any] = {f"x{i}": records.number(data, name) for i, name in enumerate(features)}
        rows = data.select(
            **numbers,
            sensitive=group.has(records, data, facet),
            predicted=was_predicted(records, data, outcome),
            label=records.written(data, LABEL),
        )
        rows = rows.filter(*(rows[name].notnull() for name in rows.columns))
        if step > 1:
            # In an order of their own, so that every engine takes the same ones.
            rows = rows.mutate(place=ibis.row_number().over(order_by=list(rows.columns)))
            rows = rows.filter(rows.place % step == 0)
        return rows

    found = records.rows(query)
    if not found:
        raise Undefined("no record has all features")
    matrix = np.array([[row[f"x{i}"] for i in range(len(features))] for row in found], np.float64)
    sides = (np.array([row[name] for row in found], bool) for name in ("sensitive", "predicted"))
    return flips(matrix, *sides)
