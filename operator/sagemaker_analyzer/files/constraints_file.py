"""`constraints.json`: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-constraints.html."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sagemaker_analyzer.checks.constraints import CategoricalMethod, Config, Constraints, FeatureConstraint, Method
from sagemaker_analyzer.contract.arguments import Threshold
from sagemaker_analyzer.files.reading import Entry, open_json
from sagemaker_analyzer.files.thresholds import with_thresholds
from sagemaker_analyzer.model import InferredType

_STATES = {True: "Enabled", False: "Disabled"}


def constraints_form(constraints: Constraints) -> dict[str, Any]:
    """The file's content."""
    features = [_feature_form(feature) for feature in constraints.features]
    return {"version": 0, "features": features, "monitoring_config": _config_form(constraints.config)}


def _feature_form(feature: FeatureConstraint) -> dict[str, Any]:
    form: dict[str, Any] = {"name": feature.name, "inferred_type": feature.inferred_type.value}
    if feature.completeness is not None:
        form["completeness"] = feature.completeness
    if feature.non_negative is not None:
        form["num_constraints"] = {"is_non_negative": feature.non_negative}
    if feature.domains is not None:
        form["string_constraints"] = {"domains": list(feature.domains)}
    if feature.config is not None:
        form["monitoringConfigOverrides"] = _config_form(feature.config)
    return form


def _config_form(config: Config) -> dict[str, Any]:
    return {
        "evaluate_constraints": _STATES[config.evaluate],
        "emit_metrics": _STATES[config.emit_metrics],
        "datatype_check_threshold": config.type_threshold,
        "domain_content_threshold": config.domain_threshold,
        "distribution_constraints": {
            "perform_comparison": _STATES[config.compare],
            "comparison_threshold": config.comparison_threshold,
            "comparison_method": config.method.value,
            "categorical_comparison_threshold": config.categorical_threshold,
            "categorical_drift_method": config.categorical_method.value,
        },
    }


def read_constraints(
    path: Path, *, categorical_method: CategoricalMethod | None = None, thresholds: Sequence[Threshold] = ()
) -> Constraints:
    """What a file says, with the method for those that name none, and the thresholds that count instead.

    Raises BadBaseline with the path of what is wrong.
    """
    file = with_thresholds(open_json(path), thresholds)
    default = Config(categorical_method=categorical_method or CategoricalMethod.L_INFINITY)
    config = _config(file.entry("monitoring_config"), default)
    features = tuple(_feature(entry, config) for entry in file.entry("features").items())
    if not features:
        raise file.entry("features").wrong("constraints have at least one feature")
    seen: set[str] = set()
    for feature in features:
        if feature.name in seen:
            raise file.entry("features").wrong(f"it has the feature {feature.name!r} twice")
        seen.add(feature.name)
    return Constraints(features, config)


def _feature(entry: Entry, config: Config) -> FeatureConstraint:
    completeness, numbers, texts = (entry.entry(n) for n in ("completeness", "num_constraints", "string_constraints"))
    domains = texts if texts.value is None else texts.entry("domains")
    return FeatureConstraint(
        name=entry.entry("name").text(),
        inferred_type=entry.entry("inferred_type").one_of(InferredType),
        completeness=None if completeness.value is None else completeness.share(1.0),
        non_negative=None if numbers.value is None else numbers.entry("is_non_negative").flag(),
        domains=None if domains.value is None else tuple(item.text() for item in domains.items()),
        config=_overrides(entry, config),
    )


def _overrides(entry: Entry, config: Config) -> Config | None:
    """The documented name, and the one that SageMaker's Python SDK writes (aws/sagemaker-python-sdk#2745)."""
    for name in ("monitoringConfigOverrides", "monitoring_config_overrides"):
        if entry.entry(name).value:
            return _config(entry.entry(name), config)
    return None


def _config(entry: Entry, default: Config) -> Config:
    if entry.value is None:
        return default
    config = replace(
        default,
        evaluate=entry.entry("evaluate_constraints").enabled(default=default.evaluate),
        emit_metrics=entry.entry("emit_metrics").enabled(default=default.emit_metrics),
        type_threshold=entry.entry("datatype_check_threshold").share(default.type_threshold),
        domain_threshold=entry.entry("domain_content_threshold").share(default.domain_threshold),
    )
    comparison = entry.entry("distribution_constraints")
    if comparison.value is None:
        return config
    threshold = comparison.entry("comparison_threshold")
    # Documented: the categorical threshold is the other one unless it is set.
    categorical = threshold.share(default.categorical_threshold)
    return replace(
        config,
        compare=comparison.entry("perform_comparison").enabled(default=default.compare),
        comparison_threshold=threshold.share(default.comparison_threshold),
        method=comparison.entry("comparison_method").one_of(Method, default.method),
        categorical_threshold=comparison.entry("categorical_comparison_threshold").share(categorical),
        categorical_method=comparison.entry("categorical_drift_method").one_of(
            CategoricalMethod, default.categorical_method
        ),
    )
