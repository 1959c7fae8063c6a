"""The training program: python -m sagemaker_stand_ins.pca.train.

Hyperparameters: https://docs.aws.amazon.com/sagemaker/latest/dg/PCA-reference.html.
"""

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

ROWS: Final[Mapping[str, Row]] = {
    "feature_dim": Number(1),
    "mini_batch_size": Number(1),
    "num_components": Number(1),
    "algorithm_mode": Choice(("regular", "randomized"), default="regular"),
    "extra_components": Number(-1, default=-1),
    "subtract_mean": Flag(default=True),
    "force_dense": Flag(default=True),
    "_tuning_objective_metric": Text(default=""),
}


def train(job: Job) -> None:
    """Find the components and write them.

    Raises:
        ClientError: a hyperparameter, a channel or the data is wrong.
    """
    values = validated(ROWS, job.hyperparameters, required=("feature_dim", "mini_batch_size", "num_components"))
    amazon.tell(job, values)
    if "train" not in job.channels:
        raise ClientError("The channel 'train' is missing.")
    if not amazon.takes_part(job):
        return
    rows = examples.read(job.channels["train"], width=values["feature_dim"], labelled=False).features
    if (most := min(rows.shape)) < values["num_components"]:
        raise ClientError(
            f"The hyperparameter 'num_components' is {values['num_components']}, and "
            f"{rows.shape[0]} rows of {rows.shape[1]} features have at most {most} components."
        )
    # The library takes a second to come, and what is wrong with the input is told before.
    from sagemaker_stand_ins.pca.model import Components  # noqa: PLC0415

    components = Components(*_found(rows, values))
    amazon.progress(job, 100)
    if "test" in job.channels:
        tested = examples.read(job.channels["test"], width=values["feature_dim"], labelled=False).features
        rest = tested - components.mean - components.project(tested) @ components.v.T
        amazon.loss(job, "test", "mse", (rest**2).mean())
    else:
        log.info("Test data is not provided.")
    components.write(job.model)


def _found(rows: Any, values: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    """The mean, the singular values and the components, the largest last."""
    import numpy as np  # noqa: PLC0415
    from sklearn.decomposition import PCA  # noqa: PLC0415
    from sklearn.utils.extmath import randomized_svd, svd_flip  # noqa: PLC0415

    count, randomized = values["num_components"], values["algorithm_mode"] == "randomized"
    extra = values["extra_components"] if values["extra_components"] >= 0 else max(10, count)
    if values["subtract_mean"]:
        solver = {"svd_solver": "randomized", "n_oversamples": extra} if randomized else {"svd_solver": "full"}
        fitted = PCA(n_components=count, random_state=0, **solver).fit(rows)
        return fitted.mean_, fitted.singular_values_[::-1], fitted.components_[::-1].T
    if randomized:
        _, singular, components = randomized_svd(rows, count, n_oversamples=extra, random_state=0)
    else:
        left, singular, components = np.linalg.svd(rows, full_matrices=False)
        _, components = svd_flip(left, components, u_based_decision=False)
    return np.zeros(rows.shape[1]), singular[:count][::-1], components[:count][::-1].T


if __name__ == "__main__":
    sys.exit(amazon.run(train))
