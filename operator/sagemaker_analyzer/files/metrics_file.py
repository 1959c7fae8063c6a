"""The metrics that SageMaker publishes in CloudWatch: one JSON object a line.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-cloudwatch.html (the form),
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-cloudwatch.html (the names).
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sagemaker_analyzer.checks.constraints import Constraints
from sagemaker_analyzer.contract.task import Task
from sagemaker_analyzer.model import Analysis, Feature, InferredType


def metrics_lines(task: Task, analysis: Analysis, constraints: Constraints | None, *, at: datetime) -> Iterator[str]:
    """The lines for every feature whose constraints do not say that its metrics are disabled."""
    drifts = {drift.feature: drift.distance for drift in analysis.drifts}
    base = shared(task, at=at)
    for feature in analysis.statistics.features:
        if constraints is not None and not constraints.config_of(feature.name).emit_metrics:
            continue
        for name, values in _values(feature, drifts.get(feature.name)):
            yield json.dumps({"MetricName": f"{name}_{feature.name}", **base, **values})


def shared(task: Task, *, at: datetime) -> dict[str, Any]:
    """What all metrics of a run have."""
    return {"Timestamp": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "Dimensions": _dimensions(task)}


def _dimensions(task: Task) -> list[dict[str, str]]:
    named = (("Endpoint", task.endpoint), ("MonitoringSchedule", task.schedule))
    return [{"Name": name, "Value": value} for name, value in named if value]


def _values(feature: Feature, drift: float | None) -> Iterator[tuple[str, dict[str, Any]]]:
    numbers = feature.numbers
    if numbers is not None and feature.inferred_type is not InferredType.STRING:
        values = {
            "SampleCount": feature.present,
            "Sum": numbers.sum,
            "Minimum": numbers.minimum,
            "Maximum": numbers.maximum,
        }
        yield "feature_data", {"StatisticValues": values}
    yield "feature_non_null", {"Value": feature.completeness}
    if drift is not None:
        yield "feature_baseline_drift", {"Value": drift}
