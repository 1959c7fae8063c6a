"""Constraints as they are in a file, with the thresholds that the arguments of a run have for them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sagemaker_analyzer.contract.arguments import MetricThreshold, Threshold
from sagemaker_analyzer.files.reading import Entry

_OF_DISTRIBUTIONS = {
    "comparison_threshold",
    "comparison_method",
    "categorical_comparison_threshold",
    "categorical_drift_method",
}


def with_thresholds(file: Entry, thresholds: Iterable[Threshold]) -> Entry:
    """The constraints of features. Raises BadBaseline if they lack a feature that has a threshold."""
    form = file.value
    if not isinstance(form, Mapping):
        return file
    for found in thresholds:
        if found.feature is None:
            form = {**form, "monitoring_config": _changed(form.get("monitoring_config"), found)}
            continue
        features = list(form.get("features") or ())
        at = [i for i, feature in enumerate(features) if _is(feature, found.feature)]
        if not at:
            raise replace(file.entry("features"), value=None).wrong(
                f"it has no feature {found.feature!r}, for which there is a --feature-threshold"
            )
        for i in at:
            own = features[i].get("monitoringConfigOverrides") or features[i].get("monitoring_config_overrides")
            features[i] = {**features[i], "monitoringConfigOverrides": _changed(own, found)}
        form = {**form, "features": features}
    return replace(file, value=form)


def with_metrics(file: Entry, group: str, metrics: Iterable[MetricThreshold]) -> Entry:
    """The constraints of a model, whose metrics are in that group."""
    changed = {m.metric: {"threshold": m.threshold, "comparison_operator": m.operator} for m in metrics}
    given = file.entry(group).value
    if not changed or not isinstance(given, Mapping):
        return file
    return replace(file, value={**file.value, group: {**given, **changed}})


def _changed(config: Any, found: Threshold) -> Any:
    if config is not None and not isinstance(config, Mapping):
        # What is wrong with it is said where it is read.
        return config
    changed = dict(config or {})
    if found.name not in _OF_DISTRIBUTIONS:
        return {**changed, found.name: found.value}
    given = changed.get("distribution_constraints")
    if given is not None and not isinstance(given, Mapping):
        return changed
    distributions = dict(given or {})
    # Where only the one for numbers is said, the one for categories is the same: it must not change with it.
    if found.name == "comparison_threshold" and found.name in distributions:
        distributions.setdefault("categorical_comparison_threshold", distributions[found.name])
    return {**changed, "distribution_constraints": {**distributions, found.name: found.value}}


def _is(feature: Any, name: str) -> bool:
    return isinstance(feature, Mapping) and feature.get("name") == name
