"""How the end of a program is read: its exit code, the failure file, the exit message, what the kernel did to it.

A program that was ended by a signal has the code that Docker gives it, 128 more than the signal (sagemaker-python-sdk#134:
`AlgorithmError: Exit Code: 139`).
"""

from typing import Final

from sagemaker_local.runner.contract.paths import Volume
from sagemaker_local.runner.contract.reasons import LONGEST, OUT_OF_MEMORY, PROGRAM_FAILED, SEE_LOGS, USERS_FAULT

FAILURE: Final = "/opt/ml/output/failure"
MESSAGE: Final = "/opt/ml/output/message"
_MEMORY: Final = "memory"
_DISK: Final = "disk"
NO_SPACE: Final = "[Errno 28] No space left on device"
"""What a program on SageMaker is told by its system when the disk of VolumeSizeInGB is full; here it is killed instead."""


def code(status: int) -> int:
    """The exit code of a program as Docker counts it; `status` is negative for a signal."""
    return status if status >= 0 else 128 - status


def reason_of_training(status: int, volume: Volume, *, cause: str = "") -> str:
    """Why a training job failed whose program ended so.

    Args:
        status: the exit code, or the signal as a negative number.
        cause: the limit for which it was killed, `memory` or another; empty if it was not.
    """
    if cause == _MEMORY:
        return OUT_OF_MEMORY.text
    return _with_code(NO_SPACE if cause == _DISK else told(volume, FAILURE), status)


def reason_of_processing(status: int, message: str, *, cause: str = "") -> str:
    """Why a processing job failed whose program ended so; `message` is its exit message."""
    if cause == _MEMORY:
        return OUT_OF_MEMORY.text
    if cause == _DISK:
        return _with_code(NO_SPACE, status)
    return SEE_LOGS.text if message else _with_code("", status)


def told(volume: Volume, path: str) -> str:
    """The beginning of a file that a program wrote; empty if it wrote none."""
    place = volume.host(path)
    own = None if place is None else volume.own(place)
    if own is None:
        return ""
    try:
        with own.open(encoding="utf-8", errors="replace") as file:
            return file.read(LONGEST)
    except OSError:
        return ""


def _with_code(text: str, status: int) -> str:
    form = (USERS_FAULT if text.startswith("ClientError: ") else PROGRAM_FAILED).text
    shortest = form.format(told="", code=code(status))
    return form.format(told=text[: LONGEST - len(shortest)], code=code(status))
