"""How good a model is on the rows of a channel, in the metrics that the algorithm logs.

Names: https://docs.aws.amazon.com/sagemaker/latest/dg/linear-learner-tuning.html and logs that users show.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn import metrics

from sagemaker_stand_ins.linear_learner.model import Linear, Numbers
from sagemaker_stand_ins.training import amazon
from sagemaker_stand_ins.training.job import Job


@dataclass(frozen=True, slots=True)
class Scored:
    """The rows of a channel with what is true of them and what the model says."""

    labels: Numbers
    scores: Numbers
    found: npt.NDArray[np.int64]


def measure(job: Job, part: str, model: Linear, data: tuple[Numbers, Numbers], values: Mapping[str, Any]) -> None:
    """Log the metrics of these rows and labels."""
    rows, labels = data
    scores = model.scores(rows)
    if model.classes == 0:
        _regression(job, part, labels, scores, values)
        return
    scored = Scored(labels, scores, model.labels(scores))
    if model.classes == 2:
        _binary(job, part, scored, values)
    else:
        _multiclass(job, part, scored, values)


def _regression(job: Job, part: str, labels: Numbers, scores: Numbers, values: Mapping[str, Any]) -> None:
    squared = float(((scores - labels) ** 2).mean())
    _objective(job, part, ("mse_objective", squared), values)
    amazon.loss(job, part, "mse", squared)
    amazon.loss(job, part, "absolute_loss", np.abs(scores - labels).mean())
    amazon.loss(job, part, "rmse", squared**0.5)
    if len(labels) > 1:
        amazon.score(job, part, "r2", metrics.r2_score(labels, scores))


def _binary(job: Job, part: str, scored: Scored, values: Mapping[str, Any]) -> None:
    labels, scores, found = scored.labels, scored.scores, scored.found
    if values["loss"] == "logistic":
        entropy = metrics.log_loss(labels, scores, labels=[0, 1])
        _objective(job, part, ("binary_classification_cross_entropy_objective", entropy), values)
    else:
        _objective(job, part, ("hinge_loss_objective", np.maximum(0, 1 - (2 * labels - 1) * scores).mean()), values)
    amazon.score(job, part, "binary_classification_accuracy", metrics.accuracy_score(labels, found))
    beta = values["f_beta"]
    amazon.score(job, part, f"binary_f_{beta:.3f}", metrics.fbeta_score(labels, found, beta=beta, zero_division=0))
    amazon.score(job, part, "precision", metrics.precision_score(labels, found, zero_division=0))
    amazon.score(job, part, "recall", metrics.recall_score(labels, found, zero_division=0))
    if len(np.unique(labels)) == 2:
        amazon.score(job, part, "roc_auc_score", metrics.roc_auc_score(labels, scores))
        amazon.score(job, part, "binary_balanced_accuracy", metrics.balanced_accuracy_score(labels, found))


def _multiclass(job: Job, part: str, scored: Scored, values: Mapping[str, Any]) -> None:
    labels, scores, found = scored.labels, scored.scores, scored.found
    classes, top = list(range(values["num_classes"])), values["accuracy_top_k"]
    if values["loss"] == "softmax_loss":
        entropy = metrics.log_loss(labels, scores, labels=classes)
        _objective(job, part, ("multiclass_cross_entropy_objective", entropy), values)
    amazon.score(job, part, "multiclass_accuracy", metrics.accuracy_score(labels, found))
    if top < len(classes):
        best = np.argsort(scores, axis=1)[:, -top:]
        amazon.score(job, part, f"multiclass_top_k_accuracy_{top}", (best == labels[:, None]).any(axis=1).mean())
    averages = {"average": "macro", "zero_division": 0, "labels": np.unique(labels)}
    amazon.score(job, part, "macro_recall", metrics.recall_score(labels, found, **averages))
    amazon.score(job, part, "macro_precision", metrics.precision_score(labels, found, **averages))
    beta = values["f_beta"]
    amazon.score(job, part, f"macro_f_{beta:.3f}", metrics.fbeta_score(labels, found, beta=beta, **averages))


def _objective(job: Job, part: str, loss: tuple[str, float], values: Mapping[str, Any]) -> None:
    """What is minimized: after the last epoch, and of the model."""
    name, value = loss
    if part != "test":
        amazon.loss(job, f"epoch={values['epochs'] - 1}, {part}", name, value)
    amazon.loss(job, part, name, value)
