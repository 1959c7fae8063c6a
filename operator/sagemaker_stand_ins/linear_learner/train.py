"""The training program: python -m sagemaker_stand_ins.linear_learner.train."""

import logging
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sagemaker_stand_ins.data import examples
from sagemaker_stand_ins.data.examples import Examples, Numbers
from sagemaker_stand_ins.linear_learner import hyperparameters
from sagemaker_stand_ins.linear_learner.hyperparameters import BINARY, REGRESSOR
from sagemaker_stand_ins.training import amazon
from sagemaker_stand_ins.training.conclusion import ClientError
from sagemaker_stand_ins.training.job import Job

log = logging.getLogger(__name__)


def train(job: Job) -> None:
    """Fit the model, measure it and write it.

    Raises:
        ClientError: a hyperparameter, a channel or the data is wrong.
    """
    values = hyperparameters.read(job.hyperparameters)
    amazon.tell(job, values)
    if "train" not in job.channels:
        raise ClientError("The channel 'train' is missing.")
    if not amazon.takes_part(job):
        return
    data = {name: _labelled(job, name, values) for name in ("train", "validation", "test") if name in job.channels}
    # The library takes a second to come, and what is wrong with the input is told before.
    from sagemaker_stand_ins.linear_learner import fitting, measuring  # noqa: PLC0415

    begun = time.perf_counter()
    model = fitting.fitted(*data["train"], values)
    amazon.throughput(job, len(data["train"][1]) / (time.perf_counter() - begun))
    if model.classes == 2:
        model = replace(model, threshold=fitting.threshold(model, *data.get("validation", data["train"]), values))
    amazon.progress(job, 100)
    for part, labelled in data.items():
        measuring.measure(job, part, model, labelled, values)
    if "test" not in data:
        log.info("Test data is not provided.")
    model.write(job.model)


def _labelled(job: Job, name: str, values: Mapping[str, Any]) -> tuple[Numbers, Numbers]:
    """The rows and labels of a channel. Raises ClientError for labels that the predictor does not know."""
    read: Examples = examples.read(job.channels[name], width=values["feature_dim"], labelled=True)
    assert read.labels is not None
    kind = values["predictor_type"]
    if kind == REGRESSOR:
        return read.features, read.labels
    classes = 2 if kind == BINARY else values["num_classes"]
    wrong = [label for label in read.labels.tolist() if label not in range(classes)]
    if wrong:
        raise ClientError(
            f"The channel '{name}' has the label {wrong[0]:g}, and those of a {kind} are "
            f"the whole numbers from 0 to {classes - 1}."
        )
    if name == "train" and len(set(read.labels.tolist())) < 2:
        raise ClientError("All rows of the channel 'train' have the same label, and there is nothing to tell apart.")
    return read.features, read.labels


if __name__ == "__main__":
    sys.exit(amazon.run(train))
