"""What a pass can do next. The controller knows how to carry each step out, and nothing about when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sagemaker_operator.kinds import Attachment

from .scaling.found import Change, Place
from .schedule import Pace
from .verdict import Verdict


class Verb(Enum):
    """What a call to AWS is for."""

    CREATE = "create"
    UPDATE = "update"
    START = "start"
    STOP = "stop"
    DELETE = "delete"
    PURGE = "purge"
    SIZE = "size"
    TAG = "tag"
    UNTAG = "untag"
    ATTACH = "attach"
    DETACH = "detach"


@dataclass(frozen=True, slots=True)
class Claim:
    """Put our finalizer on the custom resource."""


@dataclass(frozen=True, slots=True)
class Release:
    """Take our finalizer off: the custom resource may go.

    Attributes:
        message: what became of the SageMaker resource.
    """

    message: str


@dataclass(frozen=True, slots=True)
class Intend:
    """Write into the status what is about to be done, so that whoever comes after a crash knows that it may have been.

    Attributes:
        status: the fields to write.
        verdict: what to say meanwhile, or None to leave the conditions as they are.
    """

    status: Mapping[str, Any]
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """Describe the SageMaker resource."""


@dataclass(frozen=True, slots=True)
class AskOwner:
    """Read the tags of the SageMaker resource."""

    arn: str


@dataclass(frozen=True, slots=True)
class AskAttached:
    """List what the SageMaker resource is attached to."""

    attachment: Attachment


@dataclass(frozen=True, slots=True)
class AskLog:
    """Read the end of the log of a job that failed.

    Attributes:
        group: its log group.
        streams: how the names of its streams begin.
        host: the container that failed, as its stream is named behind that: ``algo-2``; "" if nobody knows.
        lines: how many lines are wanted.
    """

    group: str
    streams: str
    host: str
    lines: int


@dataclass(frozen=True, slots=True)
class Call:
    """Change something at AWS."""

    verb: Verb
    operation: str
    request: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AskScaling:
    """Ask Application Auto Scaling what it has of some counts."""

    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class AskVariants:
    """Ask which variants some endpoint configurations have, and of which instance types."""

    configs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """Change something at Application Auto Scaling.

    Attributes:
        changes: the calls, in their order; one that fails is the last.
        parting: whether they take away what is in the way of something else, and are not what the manifest asks for.
    """

    changes: tuple[Change, ...]
    parting: bool = False


@dataclass(frozen=True, slots=True)
class Rest:
    """End the pass.

    Attributes:
        verdict: what to report; None leaves the report as it is.
        pace: when to look again.
        status: further fields to write with the report; None takes one away.
    """

    verdict: Verdict | None
    pace: Pace
    status: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Discard:
    """Delete the custom resource, and end the pass.

    Attributes:
        message: why.
    """

    message: str


Asking = Look | AskOwner | AskAttached | AskLog | AskScaling | AskVariants
Step = Claim | Release | Intend | Asking | Scale | Call | Rest | Discard
