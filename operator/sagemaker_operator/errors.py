"""What can go wrong at AWS, by what we do about it.

    AWSFailure
    ├── Throttled     slow down the bucket, keep the place in the queue
    ├── Unknown       time-out, 5xx, lost reply, nonsense: it may have happened
    └── Answered      AWS understood and said no
        ├── Absent    it does not exist: an answer, not a fault
        ├── Exists    the name is taken: ask whose it is
        ├── Busy      not in this state: look again soon
        └── Refused   a human must act: stall with AWS's words
            ├── Denied    credentials or permissions, not the manifest
            ├── Limited   a quota, not the manifest
            ├── Lacking   an operation that this region does not have
            └── Closed    a service that takes no new customers

The edge (`aws`) raises `Throttled`, `Unknown`, `Denied`, `Limited`, `Lacking` and plain `Refused`; only a kind's row can tell by
the text whether a refusal means `Absent`, `Exists`, `Busy` or `Closed` (`kinds.kind.Kind.read`).
"""

import re

# Request ids, time stamps and encoded authorization messages differ on every call: in a condition they would be a status
# write each, and an encoded message may hold what the caller must not publish.
_VOLATILE = re.compile(r"\s*\(Request ID: [^)]*\)|\s*RequestId: \S+|\s*Encoded authorization failure message: \S+")


class AWSFailure(Exception):
    """A call to AWS that brought no result.

    Attributes:
        code: AWS's error code, such as ``ValidationException``; a class name for failures below HTTP.
        message: AWS's words without request ids.
        operation: the operation that was called, such as ``CreateTrainingJob``.
    """

    def __init__(self, code: str, message: str, operation: str = "") -> None:
        self.code = code
        self.message = _VOLATILE.sub("", message).strip()
        self.operation = operation
        super().__init__(f"{operation}: {code}: {self.message}" if operation else f"{code}: {self.message}")

    def __reduce__(self) -> tuple[type["AWSFailure"], tuple[str, str, str]]:
        return type(self), (self.code, self.message, self.operation)


class Throttled(AWSFailure):
    """Too many calls: nothing was done."""


class Unknown(AWSFailure):
    """No usable answer: the call may have been carried out."""


class Answered(AWSFailure):
    """AWS understood the call and did not carry it out."""


class Absent(Answered):
    """The resource does not exist."""


class Exists(Answered):
    """The name is taken."""


class Busy(Answered):
    """The resource cannot do this in its present state, and will leave that state by itself."""


class Refused(Answered):
    """The call will fail again until somebody changes something."""


class Denied(Refused):
    """Credentials are missing, expired or not allowed to do this."""


class Limited(Refused):
    """A service quota is used up."""


class Lacking(Refused):
    """This region, or this version of SageMaker, does not have the operation."""


class Closed(Refused):
    """The service takes no new customers, and this account is one: neither the manifest nor a permission changes that."""
