"""How a training program ends: exit code 0, or a reason in output/failure, the same in the log, and exit code 1.

A `ClientError` is the user's to fix and stands in the failure file with that word in front, as AWS's own algorithms have it
("Failed. Reason: ClientError: Non-numeric value 'F' found in the header line …, exit code: 1",
aws-samples/amazon-sagemaker-immersion-day#82). Anything else is a fault of the algorithm, with its traceback in the log.
"""

import logging
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from sagemaker_stand_ins.training.job import Job, base_directory

log = logging.getLogger(__name__)


class ClientError(Exception):
    """Something that the user has to change: a hyperparameter, the data, a content type."""


class AlgorithmError(Exception):
    """The algorithm could not go on."""


def conclude(train: Callable[[Job], None], *, users_fault: int = 1) -> int:
    """Train the job of this container; what the process exits with, which is `users_fault` after a ClientError."""
    base = base_directory()
    try:
        train(Job.read(base))
    except ClientError as trouble:
        _failed(base, f"ClientError: {trouble}")
        return users_fault
    except AlgorithmError as trouble:
        return _failed(base, str(trouble))
    except Exception as trouble:  # noqa: BLE001 - whatever it is, the user reads it in FailureReason and its trace in the log
        traceback.print_exc()
        return _failed(base, f"{type(trouble).__name__}: {trouble}")
    return 0


def _failed(base: Path, reason: str) -> int:
    log.error(reason)
    failure = base / "output" / "failure"
    try:
        failure.parent.mkdir(parents=True, exist_ok=True)
        failure.write_text(reason, "utf-8")
    except OSError as trouble:
        print(f"cannot write the reason of the failure to {failure}: {trouble}", file=sys.stderr)  # noqa: T201
    return 1
