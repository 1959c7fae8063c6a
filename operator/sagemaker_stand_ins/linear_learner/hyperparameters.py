"""The hyperparameters of the algorithm, with the defaults and ranges of
https://docs.aws.amazon.com/sagemaker/latest/dg/ll_hyperparameters.html.
"""

from collections.abc import Mapping
from typing import Any, Final

from sagemaker_stand_ins.training.conclusion import ClientError
from sagemaker_stand_ins.training.schema import Choice, Flag, Number, Row, Text, validated

BINARY: Final = "binary_classifier"
MULTICLASS: Final = "multiclass_classifier"
REGRESSOR: Final = "regressor"

_LOSSES: Final[Mapping[str, tuple[str, ...]]] = {
    BINARY: ("auto", "logistic", "hinge_loss"),
    MULTICLASS: ("auto", "softmax_loss", "hinge_loss"),
    REGRESSOR: (
        "auto", "squared_loss", "absolute_loss", "eps_insensitive_squared_loss", "eps_insensitive_absolute_loss", "quantile_loss",
        "huber_loss",
    ),
}  # fmt: skip
_DEFAULT_LOSS: Final = {BINARY: "logistic", MULTICLASS: "softmax_loss", REGRESSOR: "squared_loss"}
_ALL_LOSSES: Final = tuple(dict.fromkeys(loss for losses in _LOSSES.values() for loss in losses))
_CRITERIA: Final = (
    "accuracy", "f1", "f_beta", "precision_at_target_recall", "recall_at_target_precision", "cross_entropy_loss", "loss_function",
)  # fmt: skip
_POSITIVE: Final = Number(0, whole=False, open_low=True, auto=True, default="auto")
_NOT_NEGATIVE: Final = Number(0, whole=False, auto=True, default="auto")
_DECAY: Final = Number(0, 1, whole=False, open_high=True, auto=True, default="auto")

ROWS: Final[Mapping[str, Row]] = {
    "predictor_type": Choice((BINARY, MULTICLASS, REGRESSOR)),
    "num_classes": Number(3, 1_000_000, default=None),
    "feature_dim": Number(1, auto=True, default="auto"),
    "mini_batch_size": Number(1, default=1000),
    "epochs": Number(1, default=15),
    "loss": Choice(_ALL_LOSSES, default="auto"),
    "l1": _NOT_NEGATIVE,
    "wd": _NOT_NEGATIVE,
    "learning_rate": _POSITIVE,
    "optimizer": Choice(("auto", "sgd", "adam", "rmsprop"), default="auto"),
    "use_bias": Flag(default=True, auto=True),
    "normalize_data": Flag(default=True, auto=True),
    "normalize_label": Flag(default="auto", auto=True),
    "unbias_data": Flag(default="auto", auto=True),
    "unbias_label": Flag(default="auto", auto=True),
    "positive_example_weight_mult": Text(default="1.0"),
    "balance_multiclass_weights": Flag(default=False),
    "binary_classifier_model_selection_criteria": Choice(_CRITERIA, default="accuracy"),
    "target_precision": Number(0, 1, whole=False, open_low=True, open_high=True, default=0.8),
    "target_recall": Number(0, 1, whole=False, open_low=True, open_high=True, default=0.8),
    "f_beta": Number(0, whole=False, open_low=True, default=1.0),
    "accuracy_top_k": Number(1, default=3),
    "early_stopping_patience": Number(1, default=3),
    "early_stopping_tolerance": Number(0, whole=False, open_low=True, default=0.001),
    "huber_delta": Number(0, whole=False, default=1.0),
    "loss_insensitivity": Number(0, whole=False, open_low=True, default=0.01),
    "quantile": Number(0, 1, whole=False, open_low=True, open_high=True, default=0.5),
    "margin": Number(0, whole=False, default=1.0),
    "num_models": Number(1, auto=True, default="auto"),
    "num_calibration_samples": Number(1, auto=True, default="auto"),
    "num_point_for_scaler": Number(1, default=10_000),
    "init_method": Choice(("uniform", "normal"), default="uniform"),
    "init_scale": Number(0, whole=False, open_low=True, default=0.07),
    "init_sigma": Number(0, whole=False, open_low=True, default=0.01),
    "init_bias": Number(whole=False, default=0.0),
    "momentum": _DECAY,
    "beta_1": _DECAY,
    "beta_2": _DECAY,
    "bias_lr_mult": _POSITIVE,
    "bias_wd_mult": _NOT_NEGATIVE,
    "use_lr_scheduler": Flag(default=True, auto=True),
    "lr_scheduler_step": Number(1, auto=True, default="auto"),
    "lr_scheduler_factor": Number(0, 1, whole=False, open_low=True, open_high=True, auto=True, default="auto"),
    "lr_scheduler_minimum_lr": _POSITIVE,
    "force_dense": Flag(default=True),
    "_tuning_objective_metric": Text(default=""),
}


def read(given: Mapping[str, str]) -> dict[str, Any]:
    """The values of the hyperparameters of a job; `loss` is never `auto`.

    Raises:
        ClientError: one is missing, unknown, not allowed or does not go with another.
    """
    values = validated(ROWS, given, required=("predictor_type",))
    kind = values["predictor_type"]
    if kind == MULTICLASS and values["num_classes"] is None:
        raise ClientError(
            "No value(s) were specified for 'num_classes' which are required hyperparameter(s) (caused by ValidationError)"
        )
    Choice(_LOSSES[kind]).read("loss", values["loss"])
    if values["loss"] == "auto":
        values["loss"] = _DEFAULT_LOSS[kind]
    weight = values["positive_example_weight_mult"]
    if weight not in ("auto", "balanced"):
        values["positive_example_weight_mult"] = Number(0, whole=False, open_low=True).read(
            "positive_example_weight_mult", weight
        )
    return values
