"""Whether features still matter as they did: how like two rankings of them are.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-feature-attribution-drift.html: the normalized discounted
cumulative gain of the baseline's attributions in the order of the current ones, by scikit-learn. Below 0.9 it is a violation.
"""

from collections.abc import Mapping

import numpy as np

THRESHOLD = 0.9
CHECK = "feature_attribution_drift_check"


def ndcg(baseline: Mapping[str, float], current: Mapping[str, float]) -> float:
    """From 0 to 1, which is the same ranking. Both have the same features; attributions below zero matter as those above."""
    from sklearn.metrics import ndcg_score  # noqa: PLC0415 takes a second, which other analyses do not need to wait

    names = list(baseline)
    before = np.abs([[baseline[name] for name in names]])
    after = np.abs([[current[name] for name in names]])
    if len(names) < 2 or not before.any():
        # One feature, or features of which none mattered, have but one ranking.
        return 1.0
    return float(ndcg_score(before, after))


def description(score: float) -> str:
    """Clarify's text, word for word:

    https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-model-attribution-drift-violations.html.
    """
    return f"Feature attribution drift {score} exceeds threshold {THRESHOLD}"
