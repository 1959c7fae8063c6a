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
