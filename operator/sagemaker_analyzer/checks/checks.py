"""Whether the constraints hold of a dataset: a chain of checks, each of which says what it found.

The kinds of checks: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-violations.html. The texts of
data_type_check (PacktPublishing/Learn-Amazon-SageMaker, chapter 8) and baseline_drift_check (the expression by which
aws-samples/amazon-sagemaker-drift-detection reads it) are Model Monitor's; the others are in their manner, unverified.
"""

from collections.abc import Callable, Iterator

from sagemaker_analyzer.checks.constraints import Config, Constraints, FeatureConstraint
from sagemaker_analyzer.checks.distances import categorical_distance, numeric_distance
from sagemaker_analyzer.model import Drift, Feature, InferredType, Statistics, Violation

_NUMERIC = {InferredType.INTEGRAL, InferredType.FRACTIONAL}


def violations(
    statistics: Statistics, constraints: Constraints, drifts: tuple[Drift, ...] = ()
) -> tuple[Violation, ...]:
    """All constraints that do not hold: of the columns, then of each feature in the order of the constraints."""
    found = [*_missing(statistics, constraints), *_extra(statistics, constraints)]
    distances = {drift.feature: drift for drift in drifts}
    for constraint in constraints.features:
        feature, config = statistics.feature(constraint.name), constraints.config_of(constraint.name)
        if feature is None or not config.evaluate:
            continue
        found += [said for check in _CHECKS if (said := check(feature, constraint, config)) is not None]
        drift = distances.get(constraint.name)
        if drift is not None and drift.distance > drift.threshold:
            found.append(_drifted(drift))
    return tuple(found)


def drifts(statistics: Statistics, constraints: Constraints, baseline: Statistics | None) -> tuple[Drift, ...]:
    """How far each feature is from the baseline; features that cannot be compared are left out."""
    found = []
    for constraint in constraints.features:
        config = constraints.config_of(constraint.name)
        now = statistics.feature(constraint.name)
        then = baseline.feature(constraint.name) if baseline else None
        if now is None or then is None or not config.compare or not config.evaluate:
            continue
        drift = _drift(now, then, config)
        if drift is not None:
            found.append(drift)
    return tuple(found)


def _drift(now: Feature, then: Feature, config: Config) -> Drift | None:
    if then.inferred_type in _NUMERIC and now.numbers is not None and then.numbers is not None:
        distance = numeric_distance(now.numbers, then.numbers, config.method)
        threshold = config.comparison_threshold
    elif now.texts is not None and then.texts is not None:
        distance = categorical_distance(now.texts, then.texts, config.method, config.categorical_method)
        threshold = config.categorical_threshold
    else:
        return None
    return None if distance is None else Drift(now.name, distance, threshold)


def _drifted(drift: Drift) -> Violation:
    text = f"Baseline drift distance: {drift.distance} exceeds threshold: {drift.threshold}"
    return Violation(drift.feature, "baseline_drift_check", text, drift.distance, drift.threshold)


def _missing(statistics: Statistics, constraints: Constraints) -> Iterator[Violation]:
    here = {feature.name for feature in statistics.features}
    for constraint in constraints.features:
        if constraint.name not in here and constraints.config_of(constraint.name).evaluate:
            yield _columns(constraint.name, "missing", statistics, constraints)


def _extra(statistics: Statistics, constraints: Constraints) -> Iterator[Violation]:
    known = {constraint.name for constraint in constraints.features}
    for feature in statistics.features:
        if feature.name not in known and constraints.config.evaluate:
            yield _columns(feature.name, "extra", statistics, constraints)


def _columns(name: str, kind: str, statistics: Statistics, constraints: Constraints) -> Violation:
    return Violation(
        name,
        f"{kind}_column_check",
        f"There are {kind} columns in current dataset. Number of columns in current dataset: {len(statistics.features)},"
        f" Number of columns in baseline constraints: {len(constraints.features)}",
    )


def _type(feature: Feature, constraint: FeatureConstraint, config: Config) -> Violation | None:
    """A whole number also is a fraction, and every value is a text."""
    if feature.kinds is None or not feature.present or constraint.inferred_type is InferredType.UNKNOWN:
        return None
    fitting = {
        InferredType.INTEGRAL: feature.kinds.integral,
        InferredType.FRACTIONAL: feature.kinds.integral + feature.kinds.fractional,
        InferredType.STRING: feature.present,
    }[constraint.inferred_type]
    share, kind = fitting / feature.present, constraint.inferred_type.value
    if share >= config.type_threshold:
        return None
    text = (
        f"Data type match requirement is not met. Expected data type: {kind}, Expected match:"
        f" {_percent(config.type_threshold)}. Observed: Only {_percent(share)} of data is {kind}."
    )
    return Violation(feature.name, "data_type_check", text, share, config.type_threshold)


def _completeness(feature: Feature, constraint: FeatureConstraint, config: Config) -> Violation | None:  # noqa: ARG001
    wanted = constraint.completeness
    if wanted is None or feature.completeness >= wanted:
        return None
    text = (
        f"Data completeness requirement is not met. Expected completeness: {_percent(wanted)}."
        f" Observed: Only {_percent(feature.completeness)} of data is present."
    )
    return Violation(feature.name, "completeness_check", text, feature.completeness, wanted)


def _sign(feature: Feature, constraint: FeatureConstraint, config: Config) -> Violation | None:  # noqa: ARG001
    """Model Monitor documents the constraint and no check for it: it is told among the types. Unverified."""
    if not constraint.non_negative or feature.numbers is None or feature.numbers.minimum >= 0:
        return None
    text = (
        f"Numerical constraint is not met. Expected values: not negative. Observed minimum: {feature.numbers.minimum}."
    )
    return Violation(feature.name, "data_type_check", text, feature.numbers.minimum, 0.0)


def _domain(feature: Feature, constraint: FeatureConstraint, config: Config) -> Violation | None:
    if constraint.domains is None or feature.texts is None or not feature.present:
        return None
    known = set(constraint.domains)
    share = sum(count for value, count in feature.texts.counts if value in known) / feature.present
    if share >= config.domain_threshold:
        return None
    unknown = next(value for value, _ in feature.texts.counts if value not in known)
    text = (
        f"Categorical values requirement is not met. Expected match: {_percent(config.domain_threshold)}."
        f" Observed: Only {_percent(share)} of values are known; the most frequent unknown value: {unknown[:80]!r}."
    )
    return Violation(feature.name, "categorical_values_check", text, share, config.domain_threshold)


def _percent(share: float) -> str:
    return f"{share * 100}%"


_CHECKS: tuple[Callable[[Feature, FeatureConstraint, Config], Violation | None], ...] = (
    _type,
    _completeness,
    _sign,
    _domain,
)
