"""Why a job failed, as a word: what a retry decides by, and what people look for first.

SageMaker begins a FailureReason with its class where it knows one, and some causes only show in the words behind it: a missing
permission and a throttled call both come as ``ClientError``. Not here: what to do about a failure (see `refusal` for calls).
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sagemaker_operator.kinds import Kind
from sagemaker_operator.kinds.kind import Stage


class Class(StrEnum):
    """The classes that this operator knows; another one that SageMaker puts in front of its words is passed on as it is."""

    ACCESS_DENIED = "AccessDenied"
    ALGORITHM = "AlgorithmError"
    CAPACITY = "CapacityError"
    CLIENT = "ClientError"
    INTERNAL = "InternalServerError"
    INTERRUPTED = "Interrupted"
    MAX_RUNTIME = "MaxRuntimeExceeded"
    QUOTA = "QuotaExceeded"
    THROTTLING = "ThrottlingError"


# FailureReason begins with its class where SageMaker knows one: "AlgorithmError: ExecuteUserScriptError: …".
_PREFIX = re.compile(r"^([A-Z][A-Za-z0-9]+(?:Error|Exception)):")

_NAMED: Mapping[str, Class] = {
    "CapacityError": Class.CAPACITY,
    "EC2InsufficientCapacityError": Class.CAPACITY,
    "InternalServerException": Class.INTERNAL,
    "ResourceLimitExceededException": Class.QUOTA,
    "AccessDeniedException": Class.ACCESS_DENIED,
    "ThrottlingException": Class.THROTTLING,
}

# The last statuses of a job that ran into a limit of its own; spot instances that never (again) came are an interruption.
_REFINED: Mapping[str, Class] = {"MaxRuntimeExceeded": Class.MAX_RUNTIME, "MaxWaitTimeExceeded": Class.INTERRUPTED}

# Words that tell more than the class in front of them. What the container's own program says is never read this way.
_TELLING: tuple[tuple[Class, re.Pattern[str]], ...] = tuple(
    (meant, re.compile(pattern, re.IGNORECASE))
    for meant, pattern in (
        (
            Class.CAPACITY,
            r"insufficient ?(?:instance ?)?capacity|unable to provision requested (?:ml )?compute capacity",
        ),
        (Class.QUOTA, r"ResourceLimitExceeded|account-level service limit|LimitExceededException"),
        (
            Class.THROTTLING,
            r"Throttling(?:Exception|Error)?\b|\bRate exceeded|TooManyRequests|\bSlowDown\b|reduce your request rate",
        ),
        (
            Class.ACCESS_DENIED,
            r"not authorized to perform|\bAccess ?Denied(?:Exception)?\b|\bUnauthorizedOperation\b|\b403 Forbidden\b",
        ),
    )
)


def classify(kind: Kind, reply: Mapping[str, Any], cause: str | None) -> str | None:
    """The class of a failure.

    Args:
        kind: of the job that is over.
        reply: what Describe says of it.
        cause: why it failed in SageMaker's words, if it says so.

    Returns:
        A `Class`, another class that SageMaker named, or None: nothing is known, or nothing has failed.
    """
    refined = _REFINED.get(str(reply.get(kind.secondary))) if kind.secondary else None
    if refined is not None and kind.stage(reply.get(kind.family.status or "")) in (Stage.FAILED, Stage.STOPPED):
        return refined
    return of_words(cause or "")


def of_words(text: str) -> str | None:
    """The class that a FailureReason or an error message tells, None if none."""
    known = _PREFIX.match(text)
    named = _NAMED.get(known[1], known[1]) if known else None
    if named == Class.ALGORITHM:
        return named
    return next((meant for meant, pattern in _TELLING if pattern.search(text)), named)
