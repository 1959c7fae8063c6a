"""The metrics: those of the library and those that the image adds with scikit-learn.

Names and definitions are those of sagemaker-xgboost-container (constants/xgb_constants.py,
metrics/custom_metrics.py); like there, an added metric counts as the predicted class the largest of several scores,
or 1 where one score is above the middle.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

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

_OF_CLASSES: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "accuracy": ("accuracy_score", {}),
    "balanced_accuracy": ("balanced_accuracy_score", {}),
    "f1": ("f1_score", {"average": "macro"}),
    "f1_binary": ("f1_score", {}),
    "f1_macro": ("f1_score", {"average": "macro"}),
    "precision": ("precision_score", {}),
    "precision_macro": ("precision_score", {"average": "macro"}),
    "precision_micro": ("precision_score", {"average": "micro"}),
    "recall": ("recall_score", {}),
    "recall_macro": ("recall_score", {"average": "macro"}),
    "recall_micro": ("recall_score", {"average": "micro"}),
}
_OF_VALUES: Final = {"mse": "mean_squared_error", "r2": "r2_score"}


def split(wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    """The metrics that the library computes, and those that are added."""
    added = [name for name in wanted if name in _OF_CLASSES or name in _OF_VALUES]
    return [name for name in wanted if name not in added], added


def evaluation(added: Sequence[str], objective: str) -> Callable[[Numbers, Any], Evaluated] | None:
    """What xgboost.train takes as `custom_metric`; None if nothing is added."""
    if not added:
        return None

    # It takes a second to come, and the names above are needed without it.
    from sklearn import metrics  # noqa: PLC0415

    def evaluate(predicted: Numbers, data: Any) -> Evaluated:
        truth, classes = data.get_label(), _classes(predicted, objective)
        found: Evaluated = []
        for name in added:
            if name in _OF_VALUES:
                found.append((name, float(getattr(metrics, _OF_VALUES[name])(truth, predicted))))
            else:
                function, options = _OF_CLASSES[name]
                found.append((name, float(getattr(metrics, function)(truth, classes, **options))))
        return found

    return evaluate


def _classes(predicted: Numbers, objective: str) -> Any:
    if predicted.ndim > 1:
        return predicted.argmax(axis=-1)
    if objective.startswith("multi:"):
        return predicted
    return (predicted > (0.0 if objective == "binary:logitraw" else 0.5)).astype(int)
