"""Records counted by what metrics of bias tell apart, and the counts and shares that the metrics are made of.

All metrics but the flip test need nothing else, so that any number of records fits into memory and that drawing records again
is drawing counts again. Not here: the metrics themselves.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


class Undefined(ValueError):
    """The data does not define a metric; the text says why."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Records that are alike, and how many. All arrays are equally long.

    Attributes:
        sensitive: whether they belong to the facet that may be at a disadvantage.
        label: the number of their observed label, among all labels.
        positive: whether that label is the favourable outcome.
        count: how many there are.
        predicted: whether the model gave them the favourable outcome; none if there are no predictions.
        group: the number of the group that a conditional metric looks at; none if there is no group variable.
    """

    sensitive: Flags
    label: NDArray[np.int64]
    positive: Flags
    count: NDArray[np.int64]
    predicted: Flags | None = None
    group: NDArray[np.int64] | None = None

    def drawn(self, random: np.random.Generator) -> "Cells":
        """As many records, drawn again from these with replacement."""
        records = int(self.count.sum())
        return replace(self, count=random.multinomial(records, self.count / records))


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Counts of one side, the facet or the others: by what was observed and what was predicted."""

    true_positives: float
    false_positives: float
    false_negatives: float
    true_negatives: float

    @property
    def records(self) -> float:
        """How many there are."""
        return self.true_positives + self.false_positives + self.false_negatives + self.true_negatives

    @property
    def positives(self) -> float:
        """How many have the favourable outcome."""
        return self.true_positives + self.false_negatives

    @property
    def predicted_positives(self) -> float:
        """How many were given the favourable outcome."""
        return self.true_positives + self.false_positives


def sizes(cells: Cells) -> tuple[float, float]:
    """How many records are of the others, and how many of the facet. Raises Undefined if there are none of one."""
    others, facet = float(cells.count[~cells.sensitive].sum()), float(cells.count[cells.sensitive].sum())
    if not facet:
        raise Undefined("no record belongs to the facet")
    if not others:
        raise Undefined("every record belongs to the facet")
    return others, facet


def shares(cells: Cells, outcome: Flags) -> tuple[float, float]:
    """The shares of records with an outcome: among the others, and in the facet. Raises Undefined."""
    others, facet = sizes(cells)
    found = cells.count * outcome
    return float(found[~cells.sensitive].sum()) / others, float(found[cells.sensitive].sum()) / facet


def distributions(cells: Cells) -> tuple[Numbers, Numbers]:
    """Of each label its share, among the others and in the facet. Raises Undefined."""
    others, facet = sizes(cells)
    labels = int(cells.label.max()) + 1
    one = np.bincount(cells.label, weights=cells.count * ~cells.sensitive, minlength=labels) / others
    other = np.bincount(cells.label, weights=cells.count * cells.sensitive, minlength=labels) / facet
    return one, other


def outcomes(cells: Cells) -> tuple[Outcomes, Outcomes]:
    """What became of the others, and of the facet. Raises Undefined."""
    sizes(cells)
    predicted = predictions(cells)

    def of(side: Flags) -> Outcomes:
        def counted(which: Flags) -> float:
            return float(cells.count[side & which].sum())

        return Outcomes(
            true_positives=counted(cells.positive & predicted),
            false_positives=counted(~cells.positive & predicted),
            false_negatives=counted(cells.positive & ~predicted),
            true_negatives=counted(~cells.positive & ~predicted),
        )

    return of(~cells.sensitive), of(cells.sensitive)


def predictions(cells: Cells) -> Flags:
    """What was predicted. Raises Undefined if nothing was."""
    if cells.predicted is None:
        raise Undefined("there are no predictions")
    return cells.predicted
