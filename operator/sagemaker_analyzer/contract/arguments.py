"""Arguments of the command: thresholds that count instead of what the constraints of the baseline say.

Model Monitor has no such arguments. They are for those who start jobs and cannot edit the file in S3:

    --threshold=comparison_threshold=0.2               of all features; the names are those of constraints.json
    --feature-threshold=age=comparison_threshold=0.3   of one feature
    --metric-threshold=f2=LessThanThreshold=0.8        of one metric of a model
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sagemaker_analyzer.errors import BadTask

_SHARES = {
    "comparison_threshold",
    "categorical_comparison_threshold",
    "datatype_check_threshold",
    "domain_content_threshold",
}
_METHODS = {"comparison_method": ("Robust", "Simple"), "categorical_drift_method": ("LInfinity", "ChiSquared")}
_OPERATORS = ("LessThanThreshold", "GreaterThanThreshold")


@dataclass(frozen=True, slots=True)
class Threshold:
    """An entry of `monitoring_config`, for all features or, where there is one, for `feature`."""

    name: str
    value: float | str
    feature: str | None = None


@dataclass(frozen=True, slots=True)
class MetricThreshold:
    """The constraint of one metric."""

    metric: str
    operator: str
    threshold: float


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What counts instead of what the constraints say."""

    features: tuple[Threshold, ...] = ()
    metrics: tuple[MetricThreshold, ...] = ()


def read_arguments(arguments: Sequence[str]) -> Thresholds:
    """What the arguments say. Raises BadTask with the one that is wrong."""
    features: list[Threshold] = []
    metrics: list[MetricThreshold] = []
    for argument in arguments:
        option, _, said = argument.partition("=")
        if option == "--threshold":
            features.append(_threshold(argument, said, feature=None))
        elif option == "--feature-threshold":
            # A feature may have the sign in its name; the two others have not.
            feature, name, value = _three(argument, said)
            features.append(_threshold(argument, f"{name}={value}", feature=feature))
        elif option == "--metric-threshold":
            metric, operator, value = _three(argument, said)
            if operator not in _OPERATORS:
                raise BadTask(f"{argument}: it may be {' or '.join(_OPERATORS)}")
            metrics.append(MetricThreshold(metric, operator, _number(argument, value)))
        else:
            raise BadTask(
                f"{argument} is no argument; there are --threshold, --feature-threshold and --metric-threshold"
            )
    return Thresholds(tuple(features), tuple(metrics))


def _threshold(argument: str, said: str, *, feature: str | None) -> Threshold:
    name, _, value = said.partition("=")
    if name in _METHODS:
        if value not in _METHODS[name]:
            raise BadTask(f"{argument}: it may be {' or '.join(_METHODS[name])}")
        return Threshold(name, value, feature)
    if name not in _SHARES:
        raise BadTask(f"{argument}: there is no threshold {name}; there are {', '.join(sorted({*_SHARES, *_METHODS}))}")
    number = _number(argument, value)
    if not 0 <= number <= 1:
        raise BadTask(f"{argument}: it has to be from 0 to 1")
    return Threshold(name, number, feature)


def _three(argument: str, said: str) -> tuple[str, str, str]:
    parts = said.rsplit("=", 2)
    if len(parts) != 3 or not all(parts):
        raise BadTask(f"{argument}: it has to have three parts, as in --metric-threshold=f2=LessThanThreshold=0.8")
    return parts[0], parts[1], parts[2]


def _number(argument: str, value: str) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise BadTask(f"{argument}: {value!r} is no number") from error
