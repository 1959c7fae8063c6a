"""From rows and hyperparameters to a linear model, by scikit-learn."""

import warnings
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import ElasticNet, LogisticRegression, QuantileRegressor, Ridge, SGDClassifier, SGDRegressor
from sklearn.metrics import precision_recall_curve
from sklearn.preprocessing import StandardScaler

from sagemaker_stand_ins.linear_learner.hyperparameters import BINARY, MULTICLASS, REGRESSOR
from sagemaker_stand_ins.linear_learner.model import Linear, Numbers
from sagemaker_stand_ins.training.conclusion import ClientError

SEED: Final = 0
_PENALTY: Final = 0.0001
"""What `auto` is for `l1` and `wd` together: scikit-learn's own default."""
_RATE: Final = 0.001
"""Where stochastic gradient descent starts if the rate is left to the algorithm: small enough for hundreds of features."""
_TOO_MUCH: Final = 1e9
_DIVERGED: Final = "The training diverged. Lower the hyperparameter 'learning_rate', or leave it to the algorithm."
_SGD_LOSS: Final = {
    "logistic": "log_loss",
    "hinge_loss": "hinge",
    "squared_loss": "squared_error",
    "absolute_loss": "epsilon_insensitive",
    "eps_insensitive_absolute_loss": "epsilon_insensitive",
    "eps_insensitive_squared_loss": "squared_epsilon_insensitive",
    "huber_loss": "huber",
}


def fitted(rows: Numbers, labels: Numbers, values: Mapping[str, Any]) -> Linear:
    """The model of these rows; its threshold is the middle.

    Raises:
        ClientError: the user's learning rate lets it diverge.
    """
    kind, loss = values["predictor_type"], values["loss"]
    scaler = StandardScaler(with_mean=values["unbias_data"] is not False)
    normalizes = values["normalize_data"] is not False
    prepared = scaler.fit_transform(rows) if normalizes else rows
    wanted, mean, scale = _targets(labels, values)
    model = _estimator(len(rows), values)
    with warnings.catch_warnings():
        # The number of epochs is the user's, and not to converge within them is no fault.
        warnings.simplefilter("ignore", ConvergenceWarning)
        try:
            model.fit(prepared, wanted)
        except ValueError as trouble:
            # "Floating-point under-/overflow occurred at epoch #1."
            if "overflow" in str(trouble):
                raise ClientError(_DIVERGED) from None
            raise
    if not np.isfinite(model.coef_).all() or np.abs(model.coef_).max() > _TOO_MUCH:
        raise ClientError(_DIVERGED)
    width = rows.shape[1]
    zeros, ones = np.zeros(width), np.ones(width)
    return Linear(
        mean=scaler.mean_ if normalizes and scaler.mean_ is not None and scaler.with_mean else zeros,
        scale=scaler.scale_ if normalizes else ones,
        weights=_of_all_classes(np.atleast_2d(model.coef_), model, values),
        bias=_of_all_classes(np.atleast_1d(model.intercept_), model, values),
        label_mean=mean,
        label_scale=scale,
        link={"logistic": "logistic", "softmax_loss": "softmax"}.get(loss, "identity"),
        classes={REGRESSOR: 0, BINARY: 2}.get(kind, values["num_classes"]),
        threshold=0.5 if loss == "logistic" else 0.0,
    )


def threshold(model: Linear, rows: Numbers, labels: Numbers, values: Mapping[str, Any]) -> float:
    """From which score on a row is best told to be of class 1, by the job's criterion; else the middle."""
    criterion = values["binary_classifier_model_selection_criteria"]
    if criterion not in ("f1", "f_beta", "precision_at_target_recall", "recall_at_target_precision"):
        return model.threshold
    precision, recall, cuts = precision_recall_curve(labels, model.scores(rows))
    precision, recall = precision[:-1], recall[:-1]
    if criterion == "precision_at_target_recall":
        merit = np.where(recall >= values["target_recall"], precision, -1 + recall)
    elif criterion == "recall_at_target_precision":
        merit = np.where(precision >= values["target_precision"], recall, -1 + precision)
    else:
        beta = 1.0 if criterion == "f1" else values["f_beta"] ** 2
        merit = (1 + beta) * precision * recall / np.maximum(beta * precision + recall, 1e-12)
    return float(cuts[int(merit.argmax())])


def _targets(labels: Numbers, values: Mapping[str, Any]) -> tuple[Numbers, float, float]:
    """The labels as the model is fitted to them, and the mean and the scale that were taken out of them."""
    if values["predictor_type"] != REGRESSOR or values["normalize_label"] is False:
        return labels, 0.0, 1.0
    mean = float(labels.mean()) if values["unbias_label"] is not False else 0.0
    scale = float(labels.std()) or 1.0
    return (labels - mean) / scale, mean, scale


def _penalties(values: Mapping[str, Any]) -> tuple[float, float]:
    """l1 and l2; what is left to the algorithm is little of the second."""
    l1, wd = values["l1"], values["wd"]
    return (0.0 if l1 == "auto" else l1), (_PENALTY if wd == "auto" else wd)


def _estimator(rows: int, values: Mapping[str, Any]) -> Any:
    loss, bias = values["loss"], values["use_bias"] is not False
    l1, l2 = _penalties(values)
    given = values["learning_rate"] != "auto"
    if loss == "quantile_loss":
        return QuantileRegressor(quantile=values["quantile"], alpha=l1, fit_intercept=bias)
    if loss == "softmax_loss" or (loss == "logistic" and not given):
        return _logistic(rows, l1, l2, values)
    if loss == "squared_loss" and not given:
        if l1:
            options = {"alpha": l1 + l2, "l1_ratio": l1 / (l1 + l2), "max_iter": max(1000, values["epochs"])}
            return ElasticNet(fit_intercept=bias, random_state=SEED, **options)
        return Ridge(alpha=rows * l2, fit_intercept=bias)
    options = _stochastic(l1, l2, values) | {"loss": _SGD_LOSS[loss], "fit_intercept": bias}
    if values["predictor_type"] == REGRESSOR:
        delta = {"huber_loss": "huber_delta"}.get(loss, "loss_insensitivity")
        return SGDRegressor(epsilon=0.0 if loss == "absolute_loss" else values[delta], **options)
    return SGDClassifier(class_weight=_weights(values), **options)


def _logistic(rows: int, l1: float, l2: float, values: Mapping[str, Any]) -> Any:
    penalty = l1 + l2
    return LogisticRegression(
        solver="saga",
        C=1 / (rows * penalty) if penalty else np.inf,
        l1_ratio=l1 / penalty if penalty else 0.0,
        max_iter=values["epochs"],
        tol=values["early_stopping_tolerance"],
        fit_intercept=values["use_bias"] is not False,
        class_weight=_weights(values),
        random_state=SEED,
    )


def _stochastic(l1: float, l2: float, values: Mapping[str, Any]) -> dict[str, Any]:
    rate = values["learning_rate"]
    return {
        "penalty": "elasticnet" if l1 + l2 else None,
        "alpha": l1 + l2,
        "l1_ratio": l1 / (l1 + l2) if l1 + l2 else 0.0,
        "max_iter": values["epochs"],
        "tol": values["early_stopping_tolerance"],
        "n_iter_no_change": values["early_stopping_patience"],
        "learning_rate": "adaptive" if rate == "auto" else "constant",
        "eta0": _RATE if rate == "auto" else rate,
        "random_state": SEED,
    }


def _weights(values: Mapping[str, Any]) -> Any:
    if values["predictor_type"] == MULTICLASS:
        return "balanced" if values["balance_multiclass_weights"] else None
    weight = values["positive_example_weight_mult"]
    return "balanced" if weight in ("auto", "balanced") else {0: 1.0, 1: weight}


def _of_all_classes(found: Numbers, model: Any, values: Mapping[str, Any]) -> Numbers:
    """A row for each class, also for those that no row of the data is of: such a class is never the answer."""
    if values["predictor_type"] != MULTICLASS:
        return found
    seen = model.classes_.astype(int)
    if len(seen) == 2:
        found = np.concatenate([-found, found])
    missing = -1e30 if found.ndim == 1 else 0.0
    placed = np.full((values["num_classes"], *found.shape[1:]), missing)
    placed[seen] = found
    return placed
