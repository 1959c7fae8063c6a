"""The training program: python -m sagemaker_stand_ins.xgboost.train.

The order of its work, its log lines and its reasons are those of sagemaker-xgboost-container (algorithm_mode/train.py).
"""

import logging
import sys
import warnings

from sagemaker_stand_ins.training.conclusion import ClientError, conclude
from sagemaker_stand_ins.training.job import Job
from sagemaker_stand_ins.xgboost import channels, hyperparameters

log = logging.getLogger(__name__)


def train(job: Job) -> None:
    """Train on what the job says and write the model.

    Raises:
        ClientError: a hyperparameter, a channel or the data is wrong.
        AlgorithmError: the library could not train.
    """
    log.info("Running XGBoost Sagemaker in algorithm mode")
    values = hyperparameters.validated(job.hyperparameters)
    trained, validated = channels.checked(job.channels)
    form = channels.format_of(trained)
    weighted = values.get("csv_weights") == 1
    rows = channels.table(trained, form, weighted=weighted)
    beside = channels.table(validated, form, weighted=weighted) if validated else None
    if len(job.hosts) == 1:
        if rows is not None and beside is not None:
            channels.check_together(form, rows, beside)
        if rows is None:
            raise ClientError(f"No data in training channel path {trained.path}")
        if validated and beside is None:
            raise ClientError(f"No data in validation channel path {validated.path}")
    # The library takes a second to come, and what is wrong with the input is told before.
    from sagemaker_stand_ins.xgboost import boosting  # noqa: PLC0415

    data = boosting.Data(rows, beside) if rows is not None and not (validated and beside is None) else None
    if len(job.hosts) > 1:
        boosting.boost_together(job, values, data)
    elif data is not None:
        log.info("Single node training.")
        boosting.boost(job, values, data, is_master=True)


def main() -> int:
    """Train; the exit code."""
    logging.basicConfig(
        level=logging.INFO,
        stream=sys.stdout,
        format="[%(asctime)s:%(levelname)s] %(message)s",
        datefmt="%Y-%m-%d:%H:%M:%S",
    )
    logging.captureWarnings(capture=True)
    warnings.simplefilter("default")
    return conclude(train)


if __name__ == "__main__":
    sys.exit(main())
