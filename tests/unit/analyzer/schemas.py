"""The documented forms of the files, as JSON schemas.

Written from https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-statistics.html,
model-monitor-byoc-constraints.html and model-monitor-interpreting-violations.html.
"""

from typing import Any


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    properties = {**required, **(optional or {})}
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_NUMBER = {"type": "number"}
_TEXT = {"type": "string"}
_STATE = {"enum": ["Enabled", "Disabled"]}
_TYPE = {"enum": ["Integral", "Fractional", "String", "Unknown"]}
_COMMON = _object({"num_present": _NUMBER, "num_missing": _NUMBER})
_BUCKET = _object({"lower_bound": _NUMBER, "upper_bound": _NUMBER, "count": _NUMBER})
_SKETCH = _object({"parameters": _object({"c": _NUMBER, "k": _NUMBER}), "data": _list(_list(_NUMBER))})
_NUMERICAL = _object(
    {
        "common": _COMMON,
        "mean": _NUMBER,
        "sum": _NUMBER,
        "std_dev": _NUMBER,
        "min": _NUMBER,
        "max": _NUMBER,
        "distribution": _object({"kll": _object({"buckets": _list(_BUCKET), "sketch": _SKETCH})}),
    }
)
_CATEGORIES = _object({"buckets": _list(_object({"value": _TEXT, "count": _NUMBER}))})
_STRING = _object({"common": _COMMON, "distinct_count": _NUMBER, "distribution": _object({"categorical": _CATEGORIES})})
_FEATURE = {
    "oneOf": [
        _object({"name": _TEXT, "inferred_type": _TYPE, "numerical_statistics": _NUMERICAL}),
        _object({"name": _TEXT, "inferred_type": _TYPE, "string_statistics": _STRING}),
    ]
}
STATISTICS = _object({"version": _NUMBER, "dataset": _object({"item_count": _NUMBER}), "features": _list(_FEATURE)})

_CONFIG = _object(
    {
        "evaluate_constraints": _STATE,
        "emit_metrics": _STATE,
        "datatype_check_threshold": _NUMBER,
        "domain_content_threshold": _NUMBER,
        "distribution_constraints": _object(
            {
                "perform_comparison": _STATE,
                "comparison_threshold": _NUMBER,
                "comparison_method": {"enum": ["Simple", "Robust"]},
            },
            {
                "categorical_comparison_threshold": _NUMBER,
                "categorical_drift_method": {"enum": ["LInfinity", "ChiSquared"]},
            },
        ),
    }
)
_CONSTRAINT = _object(
    {"name": _TEXT, "inferred_type": _TYPE, "completeness": _NUMBER},
    {
        "num_constraints": _object({"is_non_negative": {"type": "boolean"}}),
        "string_constraints": _object({"domains": _list(_TEXT)}),
        "monitoringConfigOverrides": {"type": "object"},
    },
)
CONSTRAINTS = _object({"version": _NUMBER, "features": _list(_CONSTRAINT), "monitoring_config": _CONFIG})

_CHECKS = [
    "data_type_check",
    "completeness_check",
    "baseline_drift_check",
    "missing_column_check",
    "extra_column_check",
]
_VIOLATION = _object(
    {
        "feature_name": _TEXT,
        "constraint_check_type": {"enum": [*_CHECKS, "categorical_values_check"]},
        "description": _TEXT,
    }
)
VIOLATIONS = _object({"violations": _list(_VIOLATION)})


def _any_of(form: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": form, "minProperties": 1}


# model-monitor-model-quality-metrics.html and model-monitor-model-quality-baseline.html of the same guide.
_SHARES = _list({"type": "number", "minimum": 0, "maximum": 1})
_METRIC = _object(
    {"value": {"oneOf": [_NUMBER, {"const": "NaN"}]}, "standard_deviation": {"oneOf": [_NUMBER, {"const": "NaN"}]}}
)
_METRICS = {
    "type": "object",
    "properties": {
        "confusion_matrix": _any_of(_any_of({"type": "integer"})),
        "receiver_operating_characteristic_curve": _object(
            {"false_positive_rates": _SHARES, "true_positive_rates": _SHARES}
        ),
        "precision_recall_curve": _object({"precisions": _SHARES, "recalls": _SHARES}),
    },
    "additionalProperties": _METRIC,
}
_PROBLEMS = ("regression", "binary_classification", "multiclass_classification")
_DATASET = _object({"item_count": _NUMBER}, {"start_time": _TEXT, "end_time": _TEXT})
QUALITY_STATISTICS = {
    "oneOf": [_object({"version": _NUMBER, "dataset": _DATASET, f"{name}_metrics": _METRICS}) for name in _PROBLEMS]
}
_OPERATOR = {"enum": ["LessThanThreshold", "GreaterThanThreshold"]}
_OF_METRICS = _any_of(_object({"threshold": _NUMBER, "comparison_operator": _OPERATOR}))
QUALITY_CONSTRAINTS = {
    "oneOf": [_object({"version": _NUMBER, f"{name}_constraints": _OF_METRICS}) for name in _PROBLEMS]
}
QUALITY_VIOLATIONS = _object(
    {"violations": _list(_object({"metric_name": _TEXT, "constraint_check_type": _OPERATOR, "description": _TEXT}))}
)
