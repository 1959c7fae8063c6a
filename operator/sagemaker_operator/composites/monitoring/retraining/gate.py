"""Whether a model that was trained is good enough to go on."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .memory import Measured


@dataclass(frozen=True, slots=True)
class Shut:
    """Why a model does not pass: for people, with what was measured, if anything was."""

    message: str
    metric: Measured | None = None


def value_of(job: Mapping[str, Any], metric: str) -> float | None:
    """The last value of a metric that a TrainingJob reports at its end; None if it reports none.

    Args:
        job: the object as Kubernetes has it.
        metric: the name of the metric.
    """
    listed = (job.get("status") or {}).get("finalMetricDataList") or ()
    found = [one for one in listed if one.get("metricName") == metric and one.get("value") is not None]
    latest = max(found, key=lambda one: str(one.get("timestamp", "")), default=None)
    value = None if latest is None else float(latest["value"])
    return value if value is not None and math.isfinite(value) else None


def missing(job: Mapping[str, Any], metric: str) -> str:
    """What to say of a TrainingJob that does not report a metric."""
    listed = (job.get("status") or {}).get("finalMetricDataList") or ()
    there = ", ".join(sorted({str(one.get("metricName")) for one in listed})) or "none"
    name = job["metadata"]["name"]
    return (
        f"TrainingJob {name} reports no metric {metric}; it reports {there}. Have the training write it and name it in "
        "algorithmSpecification.metricDefinitions, or change onViolation.gate.metric."
    )


def judge(rule: Mapping[str, Any], value: float, current: float | None) -> Measured | Shut:
    """Whether a value is good enough.

    Args:
        rule: ``spec.onViolation.gate``.
        value: the metric of the new model.
        current: that of the model that serves; None where it was not asked for.
    """
    name, least, most = str(rule["metric"]), rule.get("min"), rule.get("max")
    metric = Measured(name, value, current)
    told = f"{name} is {value:.6g}"
    if least is not None and value < least:
        return Shut(f"{told}, below {least:.6g} (onViolation.gate.min).", metric)
    if most is not None and value > most:
        return Shut(f"{told}, above {most:.6g} (onViolation.gate.max).", metric)
    if current is not None and not (value < current if rule.get("goal") == "Minimize" else value > current):
        return Shut(f"{told}, no better than the {current:.6g} of the model that serves.", metric)
    return metric


def passed(metric: Measured) -> str:
    """What to say of a model that is good enough."""
    compared = "" if metric.current is None else f", against {metric.current:.6g} of the model that serves"
    return f"{metric.name} is {metric.value:.6g}{compared}."
