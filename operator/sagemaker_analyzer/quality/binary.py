"""How well a model tells two classes apart, of which one is the positive."""

import math

import numpy as np

from sagemaker_analyzer.contract.task import Problem
from sagemaker_analyzer.errors import BadLabels
from sagemaker_analyzer.model import Confusion, Quality
from sagemaker_analyzer.quality.compared import Compared
from sagemaker_analyzer.quality.curves import ranking
from sagemaker_analyzer.quality.deviation import measured
from sagemaker_analyzer.quality.labels import Counts, counted


def binary(compared: Compared, *, threshold: float | None, ranked: bool) -> tuple[Quality, int]:
    """The metrics, and how many records have no label to compare. With a threshold, labels are made of probabilities.

    With `ranked` there are probabilities, and so the curves and the area under the one of the receiver operating characteristic.
    Raises BadLabels if there are not two labels.
    """
    counts = counted(compared, threshold=threshold, booleans=True)
    labels = classes(counts, of_probabilities=threshold is not None)
    if threshold is not None:
        counts = _renamed(counts, labels)
    matrices = counts.matrices(labels)
    values = [_metrics(*matrix.ravel().tolist()) for matrix in matrices]
    records = int(matrices[0].sum())
    roc = precision_recall = None
    if ranked:
        areas, roc, precision_recall = ranking(compared, labels)
        values = [_with_area(found, area) for found, area in zip(values, areas, strict=True)]
    confusion = Confusion(tuple(labels), tuple(map(tuple, matrices[0].tolist())))
    quality = Quality(Problem.BINARY, records, measured(values, records), confusion, roc, precision_recall)
    return quality, counts.beyond(labels)


def classes(counts: Counts, *, of_probabilities: bool) -> list[str]:
    """The negative and the positive label: 0 and 1, or the two that there are in their order. Raises BadLabels.

    Labels beside two true ones are garbage as long as most records have none of it; those made of probabilities do not count.
    """
    truths = [label for label in counts.labels if any(true == label for true, _ in counts.of)]
    labels = truths if of_probabilities else counts.labels
    numbers = {label for label in labels if _is_number(label)}
    if numbers <= {"0", "1"} and (numbers or not labels):
        return ["0", "1"]
    if len(labels) == 2:
        return labels
    if len(truths) == 2 and 2 * counts.beyond(truths) < counts.records:
        return truths
    raise BadLabels(
        f"the labels are {', '.join(labels[:10])}{' and others' if len(labels) > 10 else ''}; BinaryClassification has two,"
        " and if there is only one it has to be 0 or 1. More are for problem_type MulticlassClassification, probabilities for"
        " probability_attribute with probability_threshold_attribute"
    )


def _renamed(counts: Counts, labels: list[str]) -> Counts:
    """Labels that were made of probabilities are 0 and 1, whatever the true ones are."""
    names = dict(zip(("0", "1"), labels, strict=True))
    return Counts(
        {(true, None if given is None else names[given]): found for (true, given), found in counts.of.items()}
    )


def _is_number(label: str) -> bool:
    try:
        return math.isfinite(float(label))
    except ValueError:
        return False


def _metrics(tn: int, fp: int, fn: int, tp: int) -> dict[str, float]:
    """The metrics in the order of the documentation; what is divided by nothing is not defined.

    The best constant classifier always says the positive class, as in the example of the documentation:
    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
    """
    records = tn + fp + fn + tp
    positives = tp + fn
    return {
        "recall": _share(tp, positives),
        "precision": _share(tp, tp + fp),
        "accuracy": _share(tp + tn, records),
        "recall_best_constant_classifier": _share(positives, positives),
        "precision_best_constant_classifier": _share(positives, records),
        "accuracy_best_constant_classifier": _share(positives, records),
        "true_positive_rate": _share(tp, positives),
        "true_negative_rate": _share(tn, tn + fp),
        "false_positive_rate": _share(fp, tn + fp),
        "false_negative_rate": _share(fn, positives),
        **{name: f_beta(beta, tp, fp, fn) for name, beta in BETAS.items()},
        **{
            f"{name}_best_constant_classifier": f_beta(beta, positives, records - positives, 0)
            for name, beta in BETAS.items()
        },
    }


BETAS = {"f0_5": 0.5, "f1": 1.0, "f2": 2.0}


def f_beta(beta: float, tp: float, fp: float, fn: float) -> float:
    """The harmonic mean of precision and recall, of which recall has `beta` times the weight."""
    return _share((1 + beta**2) * tp, (1 + beta**2) * tp + beta**2 * fn + fp)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else np.nan


def _with_area(values: dict[str, float], area: float) -> dict[str, float]:
    """The area stands before the F-scores, as documented."""
    found = list(values.items())
    at = [name for name, _ in found].index("f0_5")
    return dict([*found[:at], ("auc", area), *found[at:]])
