"""How good a model has to be: a threshold for each metric, and on which side of it the trouble begins.

Model Monitor documents the names of the groups (https://docs.aws.amazon.com/sagemaker/latest/dg/
model-monitor-model-quality-baseline.html) and not which metrics it has constraints for: unverified. Operators and the text of a
violation are those of Amazon's container for metrics of one's own, which writes the same files ("Metric gini with 0.6111 was
LessThanThreshold 0.6611"), with the standard deviation where there is one.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from sagemaker_analyzer.contract.task import Problem
from sagemaker_analyzer.model import Metric, Quality, Violation


class Operator(StrEnum):
    """What a metric must not be, compared with its threshold."""

    LESS = "LessThanThreshold"
    GREATER = "GreaterThanThreshold"


@dataclass(frozen=True, slots=True)
class MetricConstraint:
    """What has to hold of one metric."""

    metric: str
    threshold: float
    operator: Operator


@dataclass(frozen=True, slots=True)
class QualityConstraints:
    """What has to hold of a model."""

    problem: Problem
    metrics: tuple[MetricConstraint, ...]


_LESS = {
    Problem.REGRESSION: ("r2",),
    Problem.BINARY: (
        *("recall", "precision", "accuracy", "true_positive_rate", "true_negative_rate"),
        *("auc", "f0_5", "f1", "f2"),
    ),
    Problem.MULTICLASS: (
        *("accuracy", "weighted_recall", "weighted_precision"),
        *("weighted_f0_5", "weighted_f1", "weighted_f2"),
    ),
}
_GREATER = {
    Problem.REGRESSION: ("mae", "mse", "rmse"),
    Problem.BINARY: ("false_positive_rate", "false_negative_rate"),
    Problem.MULTICLASS: (),
}


def metrics_of(problem: Problem) -> tuple[str, ...]:
    """The metrics of a problem that constraints may be about."""
    return (*_LESS[problem], *_GREATER[problem])


def suggest(quality: Quality) -> QualityConstraints:
    """The constraints that the model fulfils just so."""
    less, greater = _LESS[quality.problem], _GREATER[quality.problem]
    found = tuple(
        MetricConstraint(metric.name, metric.value, Operator.LESS if metric.name in less else Operator.GREATER)
        for metric in quality.metrics
        if metric.name in {*less, *greater} and math.isfinite(metric.value)
    )
    return QualityConstraints(quality.problem, found)


def violations(quality: Quality, constraints: QualityConstraints) -> tuple[Violation, ...]:
    """The constraints that do not hold; metrics that are not defined for the data violate none (see `unchecked`)."""
    found = []
    for constraint in constraints.metrics:
        metric = quality.metric(constraint.metric)
        if metric is not None and _wrong(metric.value, constraint):
            found.append(_violation(metric, constraint))
    return tuple(found)


def unchecked(quality: Quality, constraints: QualityConstraints) -> tuple[str, ...]:
    """The metrics that have a constraint and no value."""
    names = (constraint.metric for constraint in constraints.metrics)
    return tuple(name for name in names if (found := quality.metric(name)) is None or math.isnan(found.value))


def _wrong(value: float, constraint: MetricConstraint) -> bool:
    if constraint.operator is Operator.LESS:
        return value < constraint.threshold
    return value > constraint.threshold


def _violation(metric: Metric, constraint: MetricConstraint) -> Violation:
    deviation = "" if math.isnan(metric.standard_deviation) else f" +/- {metric.standard_deviation}"
    text = f"Metric {metric.name} with {metric.value}{deviation} was {constraint.operator} {constraint.threshold}"
    return Violation(metric.name, constraint.operator.value, text, metric.value, constraint.threshold)
