"""Attributions by the shap library's Kernel SHAP, which needs nothing of a model but its predictions.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-shapley-values.html. Not here: what models and data look like.
"""

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sagemaker_analyzer.contract.config import Aggregation, ShapConfig
from sagemaker_analyzer.explain.model_file import imported
from sagemaker_analyzer.explain.predictor import Matrix

_LOG = logging.getLogger(__name__)

_AGGREGATE: dict[Aggregation, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    Aggregation.MEAN_ABS: lambda values: np.abs(values).mean(axis=1),
    Aggregation.MEAN_SQ: lambda values: np.square(values).mean(axis=1),
    Aggregation.MEDIAN: lambda values: np.median(values, axis=1),
}


@dataclass(frozen=True, slots=True)
class Local:
    """How much every feature moved each single prediction away from the expected one.

    Attributes:
        values: by output, record and feature. Those of a record add up to its prediction less what is expected.
        expected: of each output its prediction for the baseline.
    """

    values: NDArray[np.float64]
    expected: NDArray[np.float64]

    def aggregated(self, how: Aggregation) -> NDArray[np.float64]:
        """By output and feature, over all records."""
        return _AGGREGATE[how](self.values)


def explained(predict: Callable[[Matrix], Matrix], records: Matrix, baseline: Matrix, config: ShapConfig) -> Local:
    """The attributions of each record. `records` and `baseline` have a column for each feature. Raises what `predict` raises."""
    shap = imported("shap", "attributions are computed by SHAP")
    # It would tell the attributions of every single record.
    logging.getLogger("shap").setLevel(logging.WARNING)
    with _seeded(config.seed), _told_once():
        explainer = shap.KernelExplainer(predict, baseline, link="logit" if config.logit else "identity")
        # Without regularization, which would leave out features of small effect.
        values = np.asarray(
            explainer.shap_values(records, nsamples=config.samples or "auto", l1_reg=False, silent=True),
            dtype=np.float64,
        )
    expected = np.atleast_1d(np.asarray(explainer.expected_value, dtype=np.float64))
    return Local(np.moveaxis(values.reshape(*records.shape, len(expected)), 2, 0), expected)


@contextmanager
def _told_once() -> Iterator[None]:
    """What SHAP warns of for every record, such as too few samples, once."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        yield
    for text in dict.fromkeys(str(warning.message).splitlines()[0] for warning in found):
        _LOG.warning("SHAP: %s", text)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """SHAP draws from NumPy's global generator."""
    before = np.random.get_state()
    np.random.seed(seed % 2**32)
    try:
        yield
    finally:
        np.random.set_state(before)
