"""`constraint_violations.json`, and beside it `rejected.json`, which Model Monitor does not have.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-violations.html
"""

from collections.abc import Iterable
from typing import Any

from sagemaker_analyzer.model import Analysis, Rejected, Violation

_OF_METRICS = {"LessThanThreshold", "GreaterThanThreshold"}


def violations_form(violations: Iterable[Violation]) -> dict[str, Any]:
    """The file's content. What is not as it has to be is a feature, a metric of the model or of a facet, or a ranking.

    https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-violations.html and
    https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-model-attribution-drift-violations.html
    """
    return {"violations": [_violation_form(said) for said in violations]}


def _violation_form(said: Violation) -> dict[str, Any]:
    check = {"constraint_check_type": said.check, "description": said.description}
    if said.facet:
        return {"facet": said.facet, "facet_value": said.facet_value, "metric_name": said.feature, **check}
    if said.check == "feature_attribution_drift_check":
        return {"label": said.feature, "metric_name": "shap", **check}
    return {"metric_name" if said.check in _OF_METRICS else "feature_name": said.feature, **check}


def rejected_form(analysis: Analysis) -> dict[str, Any]:
    """What could not be read, by file and kind, and what of predictions and truths could not be brought together."""
    return {"rejected": _parts(analysis.rejected), "unmerged": _parts(analysis.unmatched)}


def _parts(parts: Iterable[Rejected]) -> list[dict[str, Any]]:
    return [
        {"kind": str(part.kind), "file": part.file, "records": part.records, "example": part.example} for part in parts
    ]
