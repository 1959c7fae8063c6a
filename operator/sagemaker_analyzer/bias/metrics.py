"""The metrics of bias by their abbreviations, as SageMaker Clarify documents them.

`a` is the facet that may be at an advantage, all other records; `d` the facet that is looked at. Before training:
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-measure-data-bias.html, after training:
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-measure-post-training-bias.html. Where a ratio has no denominator they do
as AWS's open implementation, amazon-sagemaker-clarify: 0 / 0 is 0, anything else / 0 is infinite, and two infinities do not
differ. Not here: the flip test, which needs the records themselves (see `flips`).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sagemaker_analyzer.bias.cells import (
    Cells,
    Flags,
    Numbers,
    Outcomes,
    Undefined,
    distributions,
    outcomes,
    predictions,
    shares,
    sizes,
)


@dataclass(frozen=True, slots=True)
class Definition:
    """What a metric is called and how it comes of counted records; `of` raises Undefined. `balance` is its value without bias."""

    name: str
    description: str
    of: Callable[[Cells], float]
    balance: float = 0.0


def _ci(cells: Cells) -> float:
    others, facet = sizes(cells)
    return (others - facet) / (others + facet)


def _dpl(cells: Cells) -> float:
    others, facet = shares(cells, cells.positive)
    return others - facet


def _kl(cells: Cells) -> float:
    return _divergence(*distributions(cells))


def _js(cells: Cells) -> float:
    others, facet = distributions(cells)
    middle = (others + facet) / 2
    return (_divergence(others, middle) + _divergence(facet, middle)) / 2


def _divergence(one: Numbers, other: Numbers) -> float:
    """Kullback and Leibler's, in nats."""
    there = one > 0
    if (other[there] == 0).any():
        return math.inf
    return float((one[there] * np.log(one[there] / other[there])).sum())


def _norm(order: float) -> Callable[[Cells], float]:
    def norm(cells: Cells) -> float:
        others, facet = distributions(cells)
        return float(np.linalg.norm(others - facet, order))

    return norm


def _tvd(cells: Cells) -> float:
    return _norm(1)(cells) / 2


def _cddl(cells: Cells) -> float:
    return _conditional(cells, cells.positive)


def _conditional(cells: Cells, accepted: Flags) -> float:
    """The disparity of each group (the facet's part of the rejected less its part of the accepted), by the groups' sizes."""
    sizes(cells)
    group = cells.group
    if group is None:
        raise Undefined("there is no group_variable")
    if not (cells.count * accepted).any() or not (cells.count * ~accepted).any():
        raise Undefined("all records have the same outcome")

    def by_group(which: Flags) -> Numbers:
        return np.bincount(group, weights=(cells.count * which).astype(np.float64)).astype(np.float64)

    def part(which: Flags) -> Numbers:
        whole = by_group(which)
        return np.divide(by_group(which & cells.sensitive), whole, out=np.zeros_like(whole), where=whole > 0)

    everybody = by_group(np.ones_like(accepted))
    return float((everybody * (part(~accepted) - part(accepted))).sum() / everybody.sum())


def _dppl(cells: Cells) -> float:
    others, facet = shares(cells, predictions(cells))
    return others - facet


def _di(cells: Cells) -> float:
    others, facet = shares(cells, predictions(cells))
    return _ratio(facet, others)


def _cddpl(cells: Cells) -> float:
    return _conditional(cells, predictions(cells))


def _difference(rate: Callable[[Outcomes], float], *, facet_first: bool = False) -> Callable[[Cells], float]:
    """The difference of a rate: of the others less the facet's, or the other way round."""

    def difference(cells: Cells) -> float:
        others, facet = (rate(side) for side in outcomes(cells))
        if others == facet:
            return 0.0
        return facet - others if facet_first else others - facet

    return difference


def _ratio(part: float, whole: float) -> float:
    if whole == 0:
        return 0.0 if part == 0 else math.inf
    return part / whole


def _acceptance(side: Outcomes) -> float:
    return _ratio(side.positives, side.predicted_positives)


def _rejection(side: Outcomes) -> float:
    return _ratio(side.records - side.positives, side.records - side.predicted_positives)


def _recall(side: Outcomes) -> float:
    return _ratio(side.true_positives, side.positives)


def _specificity(side: Outcomes) -> float:
    return _ratio(side.true_negatives, side.true_negatives + side.false_positives)


def _precision(side: Outcomes) -> float:
    return _ratio(side.true_positives, side.predicted_positives)


def _rejected_rightly(side: Outcomes) -> float:
    return _ratio(side.true_negatives, side.true_negatives + side.false_negatives)


def _accuracy(side: Outcomes) -> float:
    return _ratio(side.true_positives + side.true_negatives, side.records)


def _errors(side: Outcomes) -> float:
    return _ratio(side.false_negatives, side.false_positives)


def _ge(cells: Cells) -> float:
    """The generalized entropy of the benefits (prediction - label + 1) with alpha 2: half their squared variation."""
    benefit = predictions(cells).astype(float) - cells.positive + 1
    records = cells.count.sum()
    mean = float((benefit * cells.count).sum() / records)
    if mean == 0:
        raise Undefined("every prediction is a false negative")
    return float((((benefit / mean) ** 2 - 1) * cells.count).sum() / (2 * records))


PRE_TRAINING: tuple[Definition, ...] = (
    Definition("CDDL", "Conditional Demographic Disparity in Labels (CDDL)", _cddl),
    Definition("CI", "Class Imbalance (CI)", _ci),
    Definition("DPL", "Difference in Positive Proportions in Labels (DPL)", _dpl),
    Definition("JS", "Jensen-Shannon Divergence (JS)", _js),
    Definition("KL", "Kullback-Liebler Divergence (KL)", _kl),
    Definition("KS", "Kolmogorov-Smirnov Distance (KS)", _norm(np.inf)),
    Definition("LP", "L-p Norm (LP)", _norm(2)),
    Definition("TVD", "Total Variation Distance (TVD)", _tvd),
)
"""The descriptions are those of Clarify's files, word for word."""

POST_TRAINING: tuple[Definition, ...] = (
    Definition("AD", "Accuracy Difference (AD)", _difference(_accuracy)),
    Definition("CDDPL", "Conditional Demographic Disparity in Predicted Labels (CDDPL)", _cddpl),
    Definition("DAR", "Difference in Acceptance Rates (DAR)", _difference(_precision)),
    Definition("DCA", "Difference in Conditional Acceptance (DCA)", _difference(_acceptance)),
    Definition("DCR", "Difference in Conditional Rejection (DCR)", _difference(_rejection, facet_first=True)),
    Definition("DI", "Disparate Impact (DI)", _di, balance=1.0),
    Definition("DPPL", "Difference in Positive Proportions in Predicted Labels (DPPL)", _dppl),
    Definition("DRR", "Difference in Rejection Rates (DRR)", _difference(_rejected_rightly, facet_first=True)),
    Definition("GE", "Generalized Entropy (GE)", _ge),
    Definition("RD", "Recall Difference (RD)", _difference(_recall)),
    Definition("SD", "Specificity Difference (SD)", _difference(_specificity, facet_first=True)),
    Definition("TE", "Treatment Equality (TE)", _difference(_errors, facet_first=True)),
)

FLIP_TEST = "FT"
FLIP_TEST_DESCRIPTION = "Flip Test (FT)"
