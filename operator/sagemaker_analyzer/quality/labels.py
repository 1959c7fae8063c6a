"""Counts of true labels by the labels that the model gave, which all metrics of classification are made of."""

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from sagemaker_analyzer.engine.expressions import as_text
from sagemaker_analyzer.errors import BadLabels
from sagemaker_analyzer.quality.compared import SAMPLES, Compared, in_sample

_MOST = 100_000
_BOOLEANS = {"false": "0", "true": "1"}


@dataclass(frozen=True, slots=True)
class Counts:
    """`of[true, given]` is how many records there are, in all of them and in each sample; None is a missing label."""

    of: dict[tuple[str | None, str | None], tuple[int, ...]]

    @property
    def records(self) -> int:
        """How many records there are."""
        return sum(counts[0] for counts in self.of.values())

    @property
    def labels(self) -> list[str]:
        """All labels: numbers in their order, else texts in theirs."""
        return sorted({label for pair in self.of for label in pair if label is not None}, key=_order)

    def matrices(self, labels: list[str]) -> list["np.ndarray[Any, np.dtype[np.int64]]"]:
        """The confusion matrix of those labels, in all records and in each sample: truths by rows, given labels by columns."""
        found = np.zeros((SAMPLES + 1, len(labels), len(labels)), np.int64)
        places = {label: i for i, label in enumerate(labels)}
        for (true, given), counts in self.of.items():
            if true in places and given in places:
                found[:, places[true], places[given]] = counts
        return list(found)

    def beyond(self, labels: list[str]) -> int:
        """How many records have a label that is none of those, or none at all."""
        return sum(counts[0] for pair, counts in self.of.items() if not set(pair) <= set(labels))


def counted(compared: Compared, *, threshold: float | None = None, booleans: bool = False) -> Counts:
    """Counts by label; those given are the model's own, or with a threshold 1 for probabilities from it on, and else 0.

    With `booleans`, true is the same label as 1, and false as 0. Raises BadLabels if there are so many that they are none.
    """
    found = compared.rows(lambda data: _pairs(data, threshold))
    if len(found) > _MOST:
        raise BadLabels(
            f"there are more than {_MOST} pairs of true and given labels, such as {found[0]['true']!r} and"
            f" {found[0]['given']!r}; numbers are for problem_type Regression, probabilities for probability_attribute"
        )
    of: dict[tuple[str | None, str | None], tuple[int, ...]] = {}
    for row in found:
        pair = tuple(
            _BOOLEANS.get(str(row[name]).lower(), row[name]) if booleans else row[name] for name in ("true", "given")
        )
        before = of.get(pair, (0,) * (SAMPLES + 1))
        of[pair] = tuple(before[i] + int(row[f"records_{i}"]) for i in range(SAMPLES + 1))
    return Counts(of)


def _pairs(data: ir.Table, threshold: float | None) -> ir.Table:
    given = as_text(data.given_number, data.given_text)
    if threshold is not None:
        given = (data.probability >= threshold).ifelse("1", "0")
        given = data.probability.isnull().ifelse(ibis.null("string"), given)
    rows = data.mutate(true=as_text(data.true_number, data.true_text), given=given)
    counts = {f"records_{i}": in_sample(rows, i).ifelse(1, 0).sum() for i in range(SAMPLES + 1)}
    found = rows.group_by(["true", "given"]).aggregate(**counts)
    return found.order_by([ibis.desc("records_0"), "true", "given"]).limit(_MOST + 1)


def _order(label: str) -> tuple[int, float, str]:
    try:
        return (0, float(label), label)
    except ValueError:
        return (1, 0.0, label)
