"""How well a model tells several classes apart: the metrics of each class, weighted by how many records it has in truth."""

from typing import Any

import numpy as np

from sagemaker_analyzer.contract.task import Problem
from sagemaker_analyzer.errors import BadLabels
from sagemaker_analyzer.model import Confusion, Quality
from sagemaker_analyzer.quality.binary import BETAS
from sagemaker_analyzer.quality.compared import Compared
from sagemaker_analyzer.quality.deviation import measured
from sagemaker_analyzer.quality.labels import counted

_MOST = 1000

Matrix = np.ndarray[Any, np.dtype[np.int64]]


def multiclass(compared: Compared) -> tuple[Quality, int]:
    """The metrics, and how many records have no label to compare. Raises BadLabels if there are too many."""
    counts = counted(compared)
    labels = counts.labels
    if len(labels) > _MOST:
        raise BadLabels(
            f"there are {len(labels)} labels, such as {labels[0]!r}; numbers are for problem_type Regression"
        )
    matrices = counts.matrices(labels)
    records = int(matrices[0].sum())
    values = [_metrics(matrix) for matrix in matrices]
    confusion = Confusion(tuple(labels), tuple(map(tuple, matrices[0].tolist())))
    return Quality(Problem.MULTICLASS, records, measured(values, records), confusion), counts.beyond(labels)


def _metrics(matrix: Matrix) -> dict[str, float]:
    """The metrics in the order of the documentation. The best constant classifier always says the most frequent class.

    In the documentation's example it says the other one of two; why is not documented.
    """
    constant = np.zeros_like(matrix)
    if matrix.size:
        constant[:, int(matrix.sum(axis=1).argmax())] = matrix.sum(axis=1)
    found = _weighted(matrix)
    return found | {f"{name}_best_constant_classifier": value for name, value in _weighted(constant).items()}


def _weighted(matrix: Matrix) -> dict[str, float]:
    true, given, right = matrix.sum(axis=1), matrix.sum(axis=0), np.diag(matrix)
    records = matrix.sum()
    if not records:
        names = ("accuracy", "weighted_recall", "weighted_precision", *(f"weighted_{name}" for name in BETAS))
        return dict.fromkeys(names, np.nan)
    weights = true / records

    def mean(parts: Any, wholes: Any) -> float:
        """A class that is never given has a precision of 0."""
        return float(np.sum(weights * np.divide(parts, wholes, out=np.zeros(len(weights)), where=wholes > 0)))

    scores = {f"weighted_{name}": mean((1 + beta**2) * right, beta**2 * true + given) for name, beta in BETAS.items()}
    return {
        "accuracy": float(right.sum() / records),
        "weighted_recall": mean(right, true),
        "weighted_precision": mean(right, given),
        **scores,
    }
