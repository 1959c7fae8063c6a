"""How well probabilities rank records: the area under the ROC curve, exact, and the points of the curves.

Records with the same probability are one step of a curve, as in scikit-learn. Curves of more than 1,000 steps keep about as
many, at equal distances; Spark's BinaryClassificationMetrics, whose form the documented curves have, does so too. The first point
of the curve of precisions has the precision of the second, as Spark has it.
"""

from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from sagemaker_analyzer.engine.expressions import as_text
from sagemaker_analyzer.model import Curve
from sagemaker_analyzer.quality.compared import SAMPLES, Compared, in_sample

_POINTS = 1000
_BOOLEANS = {"1": "true", "0": "false"}


def ranking(compared: Compared, labels: list[str]) -> tuple[list[float], Curve | None, Curve | None]:
    """The area under the ROC curve, for all records and each sample, and the ROC and precision-recall curves.

    Without records of both classes the area is NaN, and there are no curves.
    """
    found = compared.rows(lambda data: _areas(data, labels))[0]
    areas = [_area(found, i) for i in range(SAMPLES + 1)]
    every = -(-found["steps"] // _POINTS) or 1
    points = compared.rows(lambda data: _points(data, labels, every))
    positives, negatives = found["positives_0"], found["negatives_0"]
    if not points or not positives or not negatives:
        return areas, None, None
    tp, fp = (np.array([point[name] for point in points], float) for name in ("tp", "fp"))
    roc = Curve((0.0, *(fp / negatives).tolist()), (0.0, *(tp / positives).tolist()))
    precisions = (tp / (tp + fp)).tolist()
    return areas, roc, Curve((0.0, *(tp / positives).tolist()), (precisions[0], *precisions))


def _area(found: dict[str, Any], index: int) -> float:
    pairs = (found[f"positives_{index}"] or 0) * (found[f"negatives_{index}"] or 0)
    return found[f"area_{index}"] / pairs if pairs else np.nan


def _steps(data: ir.Table, labels: list[str]) -> ir.Table:
    """For each probability, how many records of each class there are, in all of them and in each sample."""
    true = as_text(data.true_number, data.true_text)
    negative, positive = (true.isin(_names(label)) for label in labels)
    rows = data.mutate(positive=positive, negative=negative)
    rows = rows.filter(rows.probability.notnull() & (rows.positive | rows.negative))
    counts = {}
    for i in range(SAMPLES + 1):
        here = in_sample(rows, i)
        counts[f"p_{i}"] = (here & rows.positive).ifelse(1.0, 0.0).sum()
        counts[f"n_{i}"] = (here & rows.negative).ifelse(1.0, 0.0).sum()
    return rows.group_by("probability").aggregate(**counts)


def _names(label: str) -> list[str]:
    other = _BOOLEANS.get(label)
    return [label, other, other.capitalize(), other.upper()] if other else [label]


def _upto() -> Any:
    return ibis.window(order_by=ibis.desc("probability"), rows=(None, 0))


def _areas(data: ir.Table, labels: list[str]) -> ir.Table:
    """A negative record adds the share of positive ones with a higher probability, and half of those with the same."""
    steps = _steps(data, labels)
    above = steps.mutate(
        **{f"a_{i}": steps[f"p_{i}"].sum().over(_upto()) - steps[f"p_{i}"] / 2 for i in range(SAMPLES + 1)}
    )
    found = {"steps": above.count()}
    for i in range(SAMPLES + 1):
        found[f"area_{i}"] = (above[f"n_{i}"] * above[f"a_{i}"]).sum()
        found[f"positives_{i}"] = above[f"p_{i}"].sum()
        found[f"negatives_{i}"] = above[f"n_{i}"].sum()
    return above.aggregate(**found)


def _points(data: ir.Table, labels: list[str], every: int) -> ir.Table:
    steps = _steps(data, labels)
    summed = steps.select(
        tp=steps.p_0.sum().over(_upto()),
        fp=steps.n_0.sum().over(_upto()),
        step=ibis.row_number().over(order_by=ibis.desc("probability")),
        back=ibis.row_number().over(order_by=ibis.asc("probability")),
    )
    kept = summed.filter((summed.step % every == every - 1) | (summed.back == 0))
    return kept.order_by("step")
