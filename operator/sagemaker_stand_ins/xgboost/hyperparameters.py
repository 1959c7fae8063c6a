"""The hyperparameters of the algorithm: which there are, what they may be, and what is said of those that are not.

Names, ranges and texts are those of sagemaker-xgboost-container (algorithm_mode/hyperparameter_validation.py) and of
its toolkit (sagemaker_algorithm_toolkit/hyperparameter_validation.py).
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sagemaker_stand_ins.training.conclusion import ClientError
from sagemaker_stand_ins.xgboost import metrics


class Range(Protocol):
    """The values that a hyperparameter may have; its text stands in the message of a refusal."""

    def __contains__(self, value: object) -> bool: ...


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers between two others, each of which belongs to them unless it is open."""

    low: float | None = None
    high: float | None = None
    open_low: bool = False
    open_high: bool = False

    def __contains__(self, value: object) -> bool:
        assert isinstance(value, int | float)
        above = self.low is None or (value > self.low if self.open_low else value >= self.low)
        below = self.high is None or (value < self.high if self.open_high else value <= self.high)
        return above and below

    def __str__(self) -> str:
        low = "(-inf" if self.low is None else f"{'(' if self.open_low else '['}{self.low}"
        high = "+inf)" if self.high is None else f"{self.high}{')' if self.open_high else ']'}"
        return f"{low}, {high}"


@dataclass(frozen=True, slots=True)
class EvaluationMetrics:
    """Names of metrics, of which some may have a threshold: `error@0.3`."""

    def __contains__(self, value: object) -> bool:
        name, at, threshold = str(value).partition("@")
        if not at:
            return value in metrics.ALL
        if name.strip() not in ("error", "ndcg", "map"):
            raise ClientError(
                f"Metric '{value}' is not supported. Parameter 'eval_metric' with customized threshold should "
                "be one of these options: 'error', 'ndcg', 'map'."
            )
        try:
            float(threshold)
        except ValueError:
            raise ClientError(f"Threshold value 't' in '{name.strip()}@t' expects float input.") from None
        return True

    def __str__(self) -> str:
        return str(list(metrics.ALL))


@dataclass(frozen=True, slots=True)
class Hyperparameter:
    """One row of the table: how the text is read and which values it may have; `many` of them, one or nested."""

    read: Callable[[str], Any]
    allowed: Range
    many: str = ""

    def check(self, name: str, value: Any) -> None:
        """Raises ClientError for a value that is not allowed."""
        values = (
            [value] if not self.many else [one for inner in value for one in inner] if self.many == "nested" else value
        )
        try:
            fits = all(one in self.allowed for one in values)
        except (TypeError, AssertionError):
            fits = False
        if not fits and self.many:
            raise ClientError(f"Hyperparameter {name}: value {value} not in range {self.allowed}")
        if not fits:
            raise ClientError(f"Hyperparameter {name}: {value} is not in {self.allowed}")


def _choice(*options: str) -> Hyperparameter:
    return Hyperparameter(str, list(options))


def _literal(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (SyntaxError, MemoryError, RecursionError) as trouble:
        raise ValueError(str(trouble)) from None


def _comma_separated(text: str) -> list[str]:
    return text.split(",")


_TREE_UPDATERS: Final = (
    "grow_colmaker", "distcol", "grow_histmaker", "grow_local_histmaker", "grow_skmaker", "sync", "refresh", "prune",
    "grow_quantile_histmaker",
)  # fmt: skip
_LINEAR_UPDATERS: Final = ("shotgun", "coord_descent")
_GROWING: Final = frozenset(name for name in _TREE_UPDATERS if "grow" in name or name == "distcol")
_OBJECTIVES: Final = (
    "aft_loss_distribution", "binary:logistic", "binary:logitraw", "binary:hinge", "count:poisson", "multi:softmax",
    "multi:softprob", "rank:pairwise", "rank:ndcg", "rank:map", "reg:linear", "reg:squarederror", "reg:logistic", "reg:gamma",
    "reg:pseudohubererror", "reg:squaredlogerror", "reg:tweedie", "survival:aft", "survival:cox",
)  # fmt: skip
_COUNT: Final = Interval(1)
_ZERO_ONE: Final = Hyperparameter(int, Interval(0, 1))
_FRACTION: Final = Hyperparameter(float, Interval(0, 1))
_SHARE: Final = Hyperparameter(float, Interval(0, 1, open_low=True))
_NOT_NEGATIVE: Final = Hyperparameter(float, Interval(0))
_WHOLE: Final = Hyperparameter(int, Interval(0))

TABLE: Final[Mapping[str, Hyperparameter]] = {
    "num_round": Hyperparameter(int, _COUNT),
    "csv_weights": _ZERO_ONE,
    "early_stopping_rounds": Hyperparameter(int, _COUNT),
    "booster": _choice("gbtree", "gblinear", "dart"),
    "verbosity": Hyperparameter(int, Interval(0, 3)),
    "nthread": Hyperparameter(int, _COUNT),
    "eta": _FRACTION,
    "gamma": _NOT_NEGATIVE,
    "max_depth": _WHOLE,
    "min_child_weight": _NOT_NEGATIVE,
    "max_delta_step": _NOT_NEGATIVE,
    "subsample": _SHARE,
    "colsample_bytree": _SHARE,
    "colsample_bylevel": _SHARE,
    "colsample_bynode": _SHARE,
    "lambda": _NOT_NEGATIVE,
    "alpha": _NOT_NEGATIVE,
    "tree_method": _choice("auto", "exact", "approx", "hist", "gpu_hist"),
    "sketch_eps": Hyperparameter(float, Interval(0, 1, open_low=True, open_high=True)),
    "scale_pos_weight": Hyperparameter(float, Interval(0, open_low=True)),
    "updater": Hyperparameter(_comma_separated, [*_TREE_UPDATERS, *_LINEAR_UPDATERS], many="list"),
    "dsplit": _choice("row", "col"),
    "refresh_leaf": _ZERO_ONE,
    "process_type": _choice("default", "update"),
    "grow_policy": _choice("depthwise", "lossguide"),
    "max_leaves": _WHOLE,
    "max_bin": _WHOLE,
    "predictor": _choice("auto", "cpu_predictor", "gpu_predictor"),
    "monotone_constraints": Hyperparameter(_literal, [-1, 0, 1], many="list"),
    "interaction_constraints": Hyperparameter(_literal, _COUNT, many="nested"),
    "sample_type": _choice("uniform", "weighted"),
    "normalize_type": _choice("tree", "forest"),
    "rate_drop": _FRACTION,
    "one_drop": _ZERO_ONE,
    "skip_drop": _FRACTION,
    "lambda_bias": _FRACTION,
    "tweedie_variance_power": Hyperparameter(float, Interval(1, 2, open_low=True, open_high=True)),
    "objective": _choice(*_OBJECTIVES),
    "num_class": Hyperparameter(int, Interval(2)),
    "base_score": _NOT_NEGATIVE,
    "_tuning_objective_metric": _choice(*(f"validation:{name}" for name in metrics.ALL)),
    "eval_metric": Hyperparameter(_comma_separated, EvaluationMetrics(), many="list"),
    "seed": Hyperparameter(int, Interval(-(2**31), 2**31 - 1, open_low=True, open_high=True)),
    "num_parallel_tree": Hyperparameter(int, _COUNT),
    "save_model_on_termination": _choice("true", "false"),
    "aft_loss_distribution": _choice("normal", "logistic", "extreme"),
    "aft_loss_distribution_scale": _NOT_NEGATIVE,
    "single_precision_histogram": _choice("true", "false"),
    "deterministic_histogram": _choice("true", "false"),
    "sampling_method": _choice("uniform", "gradient_based"),
    "prob_buffer_row": Hyperparameter(int, Interval(1.0, open_low=True)),
    "use_dask_gpu_training": _choice("true", "false"),
}
_ALIASES: Final = {"learning_rate": "eta", "min_split_loss": "gamma", "reg_lambda": "lambda", "reg_alpha": "alpha"}


def validated(given: Mapping[str, str]) -> dict[str, Any]:
    """The values of the hyperparameters of a job under their own names.

    Raises:
        ClientError: one is missing, unknown, unreadable, out of its range or does not go with another.
    """
    if "num_round" not in given:
        raise ClientError("Missing required hyperparameter: num_round")
    values: dict[str, Any] = {}
    for written, text in given.items():
        name = _ALIASES.get(written, written)
        if name not in TABLE:
            raise ClientError(f"Extraneous hyperparameter found: {written}")
        try:
            values[name] = TABLE[name].read(text)
        except ValueError:
            raise ClientError(f"Hyperparameter {written}: could not parse value (caused by ValueError)") from None
    for name, value in values.items():
        TABLE[name].check(name, value)
    _check_together(values)
    return values


def _check_together(values: Mapping[str, Any]) -> None:
    objective = values.get("objective", "reg:squarederror")
    if objective in ("multi:softmax", "multi:softprob") and "num_class" not in values:
        raise ClientError("Require input for parameter 'num_class' for multi-classification")
    measured = values.get("eval_metric", ())
    if "auc" in measured and not objective.startswith(("binary:", "rank:")):
        raise ClientError("Metric 'auc' can only be applied for classification and ranking problems.")
    if "aft-nloglik" in measured and objective != "survival:aft":
        raise ClientError("Metric 'aft-nloglik' can only be applied for 'survival:aft' objective.")
    method = values.get("tree_method")
    if "monotone_constraints" in values and method not in ("exact", "hist"):
        raise ClientError(
            "monotone_constraints can be used only when the tree_method parameter is set to either 'exact' or 'hist'."
        )
    if "interaction_constraints" in values and method not in ("exact", "hist", "approx"):
        raise ClientError(
            "interaction_constraints can be used only when the tree_method parameter is set to "
            "either 'exact', 'hist' or 'approx'."
        )
    if values.get("use_dask_gpu_training") == "true":
        raise ClientError(
            "use_dask_gpu_training needs an instance with GPUs, and local execution has none. Set it to 'false'."
        )
    _check_updaters(values.get("updater"), values)


def _check_updaters(updaters: list[str] | None, values: Mapping[str, Any]) -> None:
    if updaters is None:
        return
    if values.get("booster") == "gblinear":
        if len(updaters) != 1 or updaters[0] not in _LINEAR_UPDATERS:
            raise ClientError("Linear updater should be one of these options: 'shotgun', 'coord_descent'.")
    elif values.get("process_type") == "update":
        if not set(updaters) <= {"refresh", "prune"}:
            raise ClientError("process_type 'update' can only be used with updater 'refresh' and 'prune'")
    elif not set(updaters) <= set(_TREE_UPDATERS):
        raise ClientError(
            "Tree updater should be selected from these options: 'grow_colmaker', 'distcol', 'grow_histmaker', "
            "'grow_local_histmaker', 'grow_skmaker', 'grow_quantile_histmaker', 'sync', 'refresh', 'prune', "
            "'shortgun', 'coord_descent'."
        )
    elif sum(name in _GROWING for name in updaters) > 1:
        raise ClientError(
            "Only one tree grow plugin can be selected. Choose one from the"
            "following: 'grow_colmaker', 'distcol', 'grow_histmaker', 'grow_local_histmaker', 'grow_skmaker'"
        )
