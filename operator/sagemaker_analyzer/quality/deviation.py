"""How much metrics vary with the records that happen to be there.

"Standard deviation for metrics are provided only when at least 200 samples are available. Model Monitor computes standard
deviation by randomly sampling 80% of the data five times, computing the metric, and taking the standard deviation for those
results": https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html. Which of the two standard
deviations it takes is not documented; here it is that of a sample.
"""

from collections.abc import Sequence

import numpy as np

from sagemaker_analyzer.model import Metric

_ENOUGH = 200


def measured(values: Sequence[dict[str, float]], records: int) -> tuple[Metric, ...]:
    """Metrics of their values in all records, which come first, and in each sample."""
    whole, *samples = values
    return tuple(
        Metric(name, float(value), _deviation([sample[name] for sample in samples], records))
        for name, value in whole.items()
    )


def _deviation(values: list[float], records: int) -> float:
    return float(np.std(values, ddof=1)) if records >= _ENOUGH else float("nan")
