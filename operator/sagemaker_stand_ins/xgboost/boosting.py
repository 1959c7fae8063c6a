"""Boosting itself, on the library: rounds with their lines in the log, checkpoints, early stopping, and the model's file.

A round's metrics are one line, `[0]#011train-rmse:…#011validation-rmse:…`: SageMaker's log writes a tab as #011, and
the metric definitions of the image match it so.
"""

import logging
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import xgboost

from sagemaker_stand_ins.training.conclusion import AlgorithmError, ClientError
from sagemaker_stand_ins.training.job import Job
from sagemaker_stand_ins.xgboost import checkpoints, metrics
from sagemaker_stand_ins.xgboost.channels import Table
from sagemaker_stand_ins.xgboost.cluster import Cluster, ports, with_data

log = logging.getLogger(__name__)

MODEL: Final = "xgboost-model"
_USERS_FAULTS: Final = (
    "label must be in [0,1] for logistic regression",
    "label must be in (0, 1) for logistic regression",
    "label must be in [0, num_class)",
    "label must be discrete values in the range of [0, num_class)",
    "Target is multiclass but average='binary'",
    "feature_names mismatch",
    "Number of columns does not match number of features in booster",
    "preds.size() == info.labels_.size()",
    "the dataset only contains pos or neg samples",
    "base_score must be in (0,1) for",
    "label must be nonnegative",
    "label must be non-negative for Poisson/Tweedie regression",
    "label must be positive for gamma regression",
    "Label contains NaN, infinity or a value too large.",
    "Parameter reg_lambda should be greater equal to 0",
)
"""Of the library's messages those that tell of the user's input: sagemaker-xgboost-container, constants/xgb_constants.py,
and what the library of the environment says in their place."""
_NOT_OF_THE_LIBRARY: Final = frozenset(
    (
        "csv_weights",
        "num_round",
        "early_stopping_rounds",
        "save_model_on_termination",
        "_tuning_objective_metric",
        "use_dask_gpu_training",
    )
)


@dataclass(frozen=True, slots=True)
class Data:
    """The rows of this host; those of validation are None without such a channel."""

    train: Table
    validation: Table | None


def boost_together(job: Job, values: Mapping[str, Any], data: Data | None) -> None:
    """Train with all hosts that have data; None of it on this one.

    Raises:
        ClientError: no host has data.
        AlgorithmError: the hosts do not find each other, or the library could not train.
    """
    cluster = Cluster(job.hosts, job.current_host)
    log.info("Distributed node training with %s hosts: %s", len(job.hosts), list(job.hosts))
    if data is None:
        log.warning(
            "Host %s does not have data. Will broadcast to cluster and this host %s will not be used in distributed training. "
            "Please divide the training data across instances properly.",
            job.current_host,
            job.current_host,
        )
    used = cluster.among(with_data(cluster, has_data=data is not None))
    if data is None:
        log.warning("Host %s not being used for distributed training.", job.current_host)
    elif len(used.hosts) == 1:
        boost(job, values, data, is_master=True)
    else:
        with used.joined(port=ports()[1]):
            boost(job, values, data, is_master=used.is_master)


def boost(job: Job, values: Mapping[str, Any], data: Data, *, is_master: bool) -> None:
    """Train on the rows of this host, and write the model if this is the master.

    Raises:
        ClientError: the library refuses the user's input.
        AlgorithmError: it could not train.
    """
    log.info("The library is xgboost %s.", xgboost.__version__)
    train = _matrix(data.train)
    log.info("Train matrix has %s rows and %s columns", train.num_row(), train.num_col())
    watched = [(train, "train")]
    if data.validation is not None:
        watched.append((_matrix(data.validation), "validation"))
        log.info("Validation matrix has %s rows", watched[1][0].num_row())
    start = checkpoints.resumed(job.checkpoints)
    library, added = _measures(values)
    parameters = {
        name: _for_library(value) for name, value in values.items() if name not in _NOT_OF_THE_LIBRARY | {"eval_metric"}
    }
    try:
        model = xgboost.train(
            parameters | ({"eval_metric": library} if library else {}),
            train,
            num_boost_round=max(0, values["num_round"] - start.rounds),
            evals=watched,
            custom_metric=metrics.evaluation(added, values.get("objective", "")),
            callbacks=_callbacks(job, values, start.rounds, is_master=is_master),
            xgb_model=start.model,
            verbose_eval=False,
        )
    except Exception as trouble:
        said = str(trouble).split("\nStack trace:")[0]
        if any(text in said for text in _USERS_FAULTS):
            raise ClientError(said) from None
        raise AlgorithmError(f"XGB train call failed with exception:\n {said}") from trouble
    if is_master:
        checkpoints.written(model, job.model / MODEL)


def _matrix(table: Table) -> xgboost.DMatrix:
    return xgboost.DMatrix(table.features, label=table.labels, weight=table.weights)


def _measures(values: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The metrics of the library and the added ones that are asked for, the objective of a tuning among them."""
    wanted: list[str] = values.get("eval_metric", [])
    if tuned := values.get("_tuning_objective_metric"):
        name = tuned.split(":", 1)[1]
        log.info("Setting up HPO optimized metric to be : %s", name)
        wanted = sorted({*wanted, name}) if wanted else [name]
    return metrics.split(wanted)


def _for_library(value: Any) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], str):
        return ",".join(value)
    return str(value) if isinstance(value, list | tuple) else value


def _callbacks(job: Job, values: Mapping[str, Any], before: int, *, is_master: bool) -> list[Any]:
    keeper = checkpoints.Keeper(job.checkpoints, before) if job.checkpoints and is_master else None
    early = job.model / MODEL if values.get("save_model_on_termination") == "true" and is_master else None
    if early:
        # The model of the last whole round is there, and the job that was stopped has not failed.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    found: list[Any] = [Rounds(before, keeper, early, speaks=is_master)]
    if rounds := values.get("early_stopping_rounds"):
        name = _decisive(values)
        found.append(
            xgboost.callback.EarlyStopping(
                rounds=rounds,
                metric_name=name,
                data_name="validation" if "validation" in job.channels else "train",
                maximize=name.split("@")[0] in metrics.MAXIMIZED if name else None,
                save_best=True,
            )
        )
    return found


def _decisive(values: Mapping[str, Any]) -> str | None:
    """The metric that stops early: the tuning's objective, else the last one asked for, else the objective's own."""
    if tuned := values.get("_tuning_objective_metric"):
        return str(tuned.split(":", 1)[1])
    return values["eval_metric"][-1] if values.get("eval_metric") else None


class Rounds(xgboost.callback.TrainingCallback):  # type: ignore[misc] # the library has no types
    """What happens after each round: its line in the log, its checkpoint, and the model so far for a job that is stopped."""

    def __init__(self, before: int, keeper: checkpoints.Keeper | None, early: Path | None, *, speaks: bool) -> None:
        self._before = before
        self._keeper = keeper
        self._early = early
        self._speaks = speaks

    def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Mapping[str, list[float]]]) -> bool:
        """Called by the library; False lets it go on."""
        number = self._before + epoch
        if self._speaks:
            scores = "".join(
                f"#011{part}-{name}:{found[-1]:.5f}"
                for part, all_of in evals_log.items()
                for name, found in all_of.items()
            )
            print(f"[{number}]{scores}", flush=True)  # noqa: T201 - the log of a container is what it prints
        if self._keeper:
            self._keeper.keep(model, number)
        if self._early:
            checkpoints.written(model, self._early)
        return False
