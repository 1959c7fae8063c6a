"""The training program: python -m sagemaker_stand_ins.kmeans.train.

Hyperparameters: https://docs.aws.amazon.com/sagemaker/latest/dg/k-means-api-config.html.
"""

import json
import logging
import sys
from collections.abc import Mapping
from typing import Any, Final

from sagemaker_stand_ins.data import examples
from sagemaker_stand_ins.training import amazon
from sagemaker_stand_ins.training.conclusion import ClientError
from sagemaker_stand_ins.training.job import Job
from sagemaker_stand_ins.training.schema import Choice, Flag, Number, Row, Text, validated

log = logging.getLogger(__name__)

_STARTS: Final = ("random", "kmeans++")
ROWS: Final[Mapping[str, Row]] = {
    "feature_dim": Number(1),
    "k": Number(2),
    "mini_batch_size": Number(1, default=5000),
    "epochs": Number(1, default=1),
    "eval_metrics": Text(default='["msd"]'),
    "extra_center_factor": Number(1, auto=True, default="auto"),
    "half_life_time_size": Number(0, default=0),
    "init_method": Choice(_STARTS, default="random"),
    "local_lloyd_init_method": Choice(_STARTS, default="kmeans++"),
    "local_lloyd_max_iter": Number(1, default=300),
    "local_lloyd_num_trials": Number(1, auto=True, default="auto"),
    "local_lloyd_tol": Number(0, 1, whole=False, default=0.0001),
    "force_dense": Flag(default=True),
    "_tuning_objective_metric": Text(default=""),
}


def train(job: Job) -> None:
    """Find the centers and write them.

    Raises:
        ClientError: a hyperparameter, a channel or the data is wrong.
    """
    values = validated(ROWS, job.hyperparameters, required=("feature_dim", "k"))
    measured = _metrics(values["eval_metrics"])
    amazon.tell(job, values)
    if "train" not in job.channels:
        raise ClientError("The channel 'train' is missing.")
    if not amazon.takes_part(job):
        return
    rows = examples.read(job.channels["train"], width=values["feature_dim"], labelled=False).features
    if len(rows) < values["k"]:
        raise ClientError(
            f"The channel 'train' has {len(rows)} rows, which is less than the {values['k']} clusters of 'k'."
        )
    # The library takes a second to come, and what is wrong with the input is told before.
    from sklearn.cluster import KMeans  # noqa: PLC0415

    from sagemaker_stand_ins.kmeans.model import Centers  # noqa: PLC0415

    trials = values["local_lloyd_num_trials"]
    found = KMeans(
        n_clusters=values["k"],
        init={"random": "random", "kmeans++": "k-means++"}[values["local_lloyd_init_method"]],
        n_init=10 if trials == "auto" else trials,
        max_iter=values["local_lloyd_max_iter"],
        tol=values["local_lloyd_tol"],
        random_state=0,
    ).fit(rows)
    centers = Centers(found.cluster_centers_)
    amazon.progress(job, 100)
    _measure(job, "train", centers, rows, measured)
    if "test" in job.channels:
        tested = examples.read(job.channels["test"], width=values["feature_dim"], labelled=False).features
        _measure(job, "test", centers, tested, measured)
    else:
        log.info("Test data was not provided.")
    centers.write(job.model)


def _metrics(text: str) -> list[str]:
    try:
        found = json.loads(text)
    except ValueError:
        found = text.split(",")
    names = [str(name).strip() for name in (found if isinstance(found, list) else [found])]
    for name in names:
        Choice(("msd", "ssd")).read("eval_metrics", name)
    return names


def _measure(job: Job, part: str, centers: Any, rows: Any, measured: list[str]) -> None:
    squares = centers.nearest(rows)[1] ** 2
    for name in measured:
        amazon.loss(job, part, name, squares.mean() if name == "msd" else squares.sum())


if __name__ == "__main__":
    sys.exit(amazon.run(train))
