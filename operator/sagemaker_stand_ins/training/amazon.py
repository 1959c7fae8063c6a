"""What the training programs of Amazon's own algorithms have in common: their log, and which of several instances does the work.

The forms of the lines are those of logs that users show, as in `[07/17/2024 19:38:23 INFO 139933004003136]
#quality_metric: host=algo-1, validation multiclass_accuracy <score>=0.9396503102086858`; the metric definitions of
the algorithms match them.
"""

import json
import logging
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

from sagemaker_stand_ins.training.conclusion import ClientError, conclude
from sagemaker_stand_ins.training.job import Job

log = logging.getLogger(__name__)

_USERS_FAULT: Final = 2
"""EXIT_CODE_CUSTOMER_ERROR of the library that these algorithms share (aws/sagemaker-rl-container, exceptions.py)."""


def run(train: Callable[[Job], None]) -> int:
    """Train, with the log in the algorithms' form; the exit code."""
    print("Docker entrypoint called with argument(s): train", flush=True)  # noqa: T201 - the log is what a container prints
    logging.basicConfig(
        level=logging.INFO,
        stream=sys.stdout,
        format="[%(asctime)s %(levelname)s %(thread)d] %(message)s",
        datefmt="%m/%d/%Y %H:%M:%S",
    )
    logging.captureWarnings(capture=True)
    return conclude(train, users_fault=_USERS_FAULT)


def tell(job: Job, values: Mapping[str, Any]) -> None:
    """Log what was given and what became of it."""
    log.info(
        "Reading provided configuration from %s: %s",
        job.base / "input" / "config" / "hyperparameters.json",
        json.dumps(dict(job.hyperparameters)),
    )
    log.info(
        "Final configuration: %s", json.dumps({name: value for name, value in values.items() if value is not None})
    )


def takes_part(job: Job) -> bool:
    """Whether this instance trains: the first does, and the others have nothing to add as all have the same data.

    Raises:
        ClientError: the data is divided among the instances. AWS's algorithms train on it together, these do not.
    """
    sharded = [
        name for name, channel in job.channels.items() if channel.config.get("S3DistributionType") == "ShardedByS3Key"
    ]
    if len(job.hosts) > 1 and sharded:
        raise ClientError(
            f"The channel {sharded[0]} is divided among {len(job.hosts)} instances by ShardedByS3Key, "
            "which this algorithm does not support in local execution. Use FullyReplicated, or one instance."
        )
    if job.current_host == min(job.hosts):
        return True
    log.info("The instances have the same data: %s trains, and %s has nothing to do.", min(job.hosts), job.current_host)
    return False


def score(job: Job, part: str, name: str, value: float) -> None:
    """Log a metric of which more is better."""
    _measured(job, part, name, "score", value)


def loss(job: Job, part: str, name: str, value: float) -> None:
    """Log a metric of which less is better."""
    _measured(job, part, name, "loss", value)


def _measured(job: Job, part: str, name: str, kind: str, value: float) -> None:
    log.info("#quality_metric: host=%s, %s %s <%s>=%s", job.current_host, part, name, kind, float(value))


def progress(job: Job, percent: int) -> None:
    """Log how much of the epochs is done."""
    log.info("#progress_metric: host=%s, completed %s %% of epochs", job.current_host, percent)


def throughput(job: Job, rate: float) -> None:
    """Log how many rows a second were trained on."""
    log.info("#throughput_metric: host=%s, train throughput=%s records/second", job.current_host, rate)
