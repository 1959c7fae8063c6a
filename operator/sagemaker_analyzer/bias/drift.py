"""Whether bias has become worse than that of the baseline, and whether that may be chance.

Worse is farther from no bias, whichever side is favoured. "If the value of a bias metric in the job analysis results file is
worse than its corresponding value in the baseline constraints file, a violation is logged"
(https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-violations.html), unless a normal bootstrap
interval around it still reaches what is allowed (https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift.html).
"""

import math
from collections.abc import Callable

import numpy as np

from sagemaker_analyzer.bias.cells import Undefined

CHECK = "bias_drift_check"
_DRAWS = 500
_DEVIATIONS = 1.96
"""Of a normal distribution, so many standard deviations to both sides hold 95 %. Clarify does not document its confidence."""


def is_worse(value: float, baseline: float, *, balance: float, drawn: Callable[[np.random.Generator], float]) -> bool:
    """Whether a metric is worse than the baseline's by more than chance; `drawn` is its value for records drawn again.

    A value without bias is `balance`.
    """
    allowed = abs(baseline - balance)
    if abs(value - balance) <= allowed:
        return False
    if math.isinf(value):
        return True
    spread = _DEVIATIONS * _deviation(drawn)
    return bool(abs(value - balance) - spread > allowed)


def description(value: float) -> str:
    """Clarify's text, word for word."""
    return f"Value {value} does not meet the constraint requirement"


def _deviation(drawn: Callable[[np.random.Generator], float]) -> float:
    """The standard deviation of a metric by the bootstrap; infinite if there is none, since then anything may be chance."""
    random = np.random.default_rng(0)
    values = []
    for _ in range(_DRAWS):
        try:
            values.append(drawn(random))
        except Undefined:
            values.append(math.nan)
    finite = np.array([value for value in values if math.isfinite(value)])
    return float(finite.std(ddof=1)) if len(finite) > 0.9 * _DRAWS else math.inf
