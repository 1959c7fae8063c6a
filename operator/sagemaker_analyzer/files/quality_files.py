"""The files of model quality: its `statistics.json`, `constraints.json` and metrics.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html (statistics and metrics),
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-baseline.html (constraints).
"""

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sagemaker_analyzer.contract.arguments import MetricThreshold
from sagemaker_analyzer.contract.task import Problem, Window
from sagemaker_analyzer.files.reading import Entry, open_json
from sagemaker_analyzer.files.thresholds import with_metrics
from sagemaker_analyzer.model import Confusion, Curve, Metric, Quality
from sagemaker_analyzer.quality.constraints import MetricConstraint, Operator, QualityConstraints, metrics_of

_NAMES = {
    Problem.REGRESSION: "regression",
    Problem.BINARY: "binary_classification",
    Problem.MULTICLASS: "multiclass_classification",
}


def quality_form(quality: Quality, window: Window | None = None) -> dict[str, Any]:
    """The content of statistics.json."""
    dataset: dict[str, Any] = {"item_count": quality.records}
    if window is not None:
        dataset |= {"start_time": window.start.isoformat(), "end_time": window.end.isoformat()}
    found: dict[str, Any] = {}
    if quality.confusion is not None:
        found["confusion_matrix"] = _confusion_form(quality.confusion)
    for metric in quality.metrics:
        if metric.name == "auc":
            found |= _curve_forms(quality.roc, quality.precision_recall)
        found[metric.name] = _metric_form(metric)
    return {"version": 0.0, "dataset": dataset, f"{_NAMES[quality.problem]}_metrics": found}


def _confusion_form(confusion: Confusion) -> dict[str, dict[str, int]]:
    return {
        label: dict(zip(confusion.labels, counts, strict=True))
        for label, counts in zip(confusion.labels, confusion.counts, strict=True)
    }


def _curve_forms(roc: Curve | None, precision_recall: Curve | None) -> dict[str, Any]:
    forms = {}
    if roc is not None:
        forms["receiver_operating_characteristic_curve"] = {
            "false_positive_rates": list(roc.x),
            "true_positive_rates": list(roc.y),
        }
    if precision_recall is not None:
        forms["precision_recall_curve"] = {
            "precisions": list(precision_recall.y),
            "recalls": list(precision_recall.x),
        }
    return forms


def _metric_form(metric: Metric) -> dict[str, Any]:
    """Model Monitor writes what is not defined as a text: JSON has no NaN."""
    values = {"value": metric.value, "standard_deviation": metric.standard_deviation}
    return {name: value if math.isfinite(value) else "NaN" for name, value in values.items()}


def quality_constraints_form(constraints: QualityConstraints) -> dict[str, Any]:
    """The content of constraints.json."""
    return {
        "version": 0.0,
        f"{_NAMES[constraints.problem]}_constraints": {
            found.metric: {"threshold": found.threshold, "comparison_operator": found.operator.value}
            for found in constraints.metrics
        },
    }


def read_quality_constraints(
    path: Path, problem: Problem, *, thresholds: Sequence[MetricThreshold] = ()
) -> QualityConstraints:
    """What a file says, and the thresholds that count instead. Raises BadBaseline with the path of what is wrong."""
    name = f"{_NAMES[problem]}_constraints"
    file = with_metrics(open_json(path), name, thresholds)
    group = file.entry(name)
    if not isinstance(group.value, dict) or not group.value:
        there = ", ".join(key for key in file.value if key.endswith("_constraints")) or "no constraints of a model"
        raise group.wrong(f"problem_type {problem} has its constraints there, and the file has {there}")
    known = metrics_of(problem)
    found = []
    for metric in group.value:
        if metric not in known:
            raise group.entry(metric).wrong(f"{problem} has no metric {metric}; it has {', '.join(known)}")
        entry = group.entry(metric)
        found.append(
            MetricConstraint(metric, _threshold(entry, metric), entry.entry("comparison_operator").one_of(Operator))
        )
    return QualityConstraints(problem, tuple(found))


def _threshold(entry: Entry, metric: str) -> float:
    """Errors are not negative, r2 is at most 1, and all other metrics are shares."""
    threshold = entry.entry("threshold")
    value = threshold.number()
    lowest, highest = _RANGES.get(metric, (0.0, 1.0))
    if not math.isfinite(value) or not lowest <= value <= highest:
        words = f"from {lowest:g} to {highest:g}" if math.isfinite(lowest) and math.isfinite(highest) else ""
        raise threshold.wrong(
            f"it has to be {words or (f'at least {lowest:g}' if lowest == 0 else f'at most {highest:g}')}"
        )
    return value


_RANGES = {
    "mae": (0.0, math.inf),
    "mse": (0.0, math.inf),
    "rmse": (0.0, math.inf),
    "r2": (-math.inf, 1.0),
}


def quality_lines(quality: Quality, base: dict[str, Any]) -> Iterator[str]:
    """The lines for CloudWatch: of every metric that has a value; `base` has what all lines share."""
    for metric in quality.metrics:
        if math.isfinite(metric.value):
            yield json.dumps({"MetricName": metric.name, **base, "Value": metric.value})
