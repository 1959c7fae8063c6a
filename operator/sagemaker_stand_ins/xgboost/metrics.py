"""The metrics: those of the library and those that the image adds with scikit-learn.

Names and definitions are those of sagemaker-xgboost-container (constants/xgb_constants.py,
metrics/custom_metrics.py); like there, an added metric counts as the predicted class the largest of several scores,
or 1 where one score is above the middle.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn import metrics

MAXIMIZED: Final = (
    "accuracy", "auc", "aucpr", "balanced_accuracy", "f1", "f1_binary", "f1_macro", "map", "ndcg", "precision", "r2", "recall",
    "precision_macro", "precision_micro", "recall_macro", "recall_micro",
)  # fmt: skip
MINIMIZED: Final = (
    "aft-nloglik", "cox-nloglik", "error", "gamma-deviance", "gamma-nloglik", "interval-regression-accuracy", "logloss", "mae",
    "mape", "merror", "mlogloss", "mphe", "mse", "poisson-nloglik", "rmse", "rmsle", "tweedie-nloglik",
)  # fmt: skip
ALL: Final = MAXIMIZED + MINIMIZED

Numbers = npt.NDArray[np.float64]
Evaluated = list[tuple[str, float]]

_OF_CLASSES: Final[Mapping[str, Callable[[Numbers, Numbers], float]]] = {
    "accuracy": metrics.accuracy_score,
    "balanced_accuracy": metrics.balanced_accuracy_score,
    "f1": lambda truth, found: metrics.f1_score(truth, found, average="macro"),
    "f1_binary": metrics.f1_score,
    "f1_macro": lambda truth, found: metrics.f1_score(truth, found, average="macro"),
    "precision": metrics.precision_score,
    "precision_macro": lambda truth, found: metrics.precision_score(truth, found, average="macro"),
    "precision_micro": lambda truth, found: metrics.precision_score(truth, found, average="micro"),
    "recall": metrics.recall_score,
    "recall_macro": lambda truth, found: metrics.recall_score(truth, found, average="macro"),
    "recall_micro": lambda truth, found: metrics.recall_score(truth, found, average="micro"),
}
_OF_VALUES: Final[Mapping[str, Callable[[Numbers, Numbers], float]]] = {
    "mse": metrics.mean_squared_error,
    "r2": metrics.r2_score,
}


def split(wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    """The metrics that the library computes, and those that are added."""
    added = [name for name in wanted if name in _OF_CLASSES or name in _OF_VALUES]
    return [name for name in wanted if name not in added], added


def evaluation(added: Sequence[str], objective: str) -> Callable[[Numbers, Any], Evaluated] | None:
    """What xgboost.train takes as `custom_metric`; None if nothing is added."""
    if not added:
        return None

    def evaluate(predicted: Numbers, data: Any) -> Evaluated:
        truth = data.get_label()
        classes = _classes(predicted, objective)
        return [
            (
                name,
                float(_OF_CLASSES[name](truth, classes) if name in _OF_CLASSES else _OF_VALUES[name](truth, predicted)),
            )
            for name in added
        ]

    return evaluate


def _classes(predicted: Numbers, objective: str) -> Any:
    if predicted.ndim > 1:
        return predicted.argmax(axis=-1)
    if objective.startswith("multi:"):
        return predicted
    return (predicted > (0.0 if objective == "binary:logitraw" else 0.5)).astype(int)
