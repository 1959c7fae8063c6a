"""One resource as SageMaker keeps it, and where it lives."""

from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

Json: TypeAlias = dict[str, Any]

EXECUTED: Final = "executed"
"""A fact that no answer shows: the job's work is really done, here. True or missing."""
SIMULATED: Final = "simulated"
"""A fact that no answer shows: why a job is only simulated although others are really done; a text for its log."""


@dataclass(frozen=True, slots=True)
class Place:
    """An account and a region: what one never sees of another."""

    account: str
    region: str

    def arn(self, path: str, name: str) -> str:
        """The ARN of a SageMaker resource here, for example path `training-job`."""
        return self.arn_of(f"{path}/{name}")

    def arn_of(self, tail: str) -> str:
        """The ARN of a SageMaker resource here by all that follows the account."""
        return f"arn:{partition(self.region)}:sagemaker:{self.region}:{self.account}:{tail}"


def partition(region: str) -> str:
    """The ARN partition of a region."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a resource was before its last change, for answers that lag."""

    status: str | None
    detail: str | None
    modified: float
    until: float


@dataclass(slots=True, eq=False)
class Resource:
    """A resource and everything that happened to it.

    Attributes:
        name: what people call it; lists and scenarios go by it.
        key: what tells it from others of its kind: the name as names are compared (Endpoint ignores case), with the names of
            what it belongs to before it (`d-abc/alice`), or the id that AWS made.
        shelf: the kind under which it is kept; another than `kind` where two kinds share their names.
        spec: the members of the create request with the defaults that AWS fills in.
        facts: members of Describe that behaviour adds: times, transitions, variants …
        pending: what an update in flight will bring once it succeeds.
        usage: instances in use by quota name.
        generation: grows with each new timeline, so that timers of the one before are void.
        gone: whether it was removed.
        earlier: what it was before its last change of status.
    """

    kind: str
    name: str
    key: str
    arn: str
    place: Place
    spec: Json
    created: float
    modified: float
    status: str | None = None
    detail: str | None = None
    reason: str | None = None
    facts: Json = field(default_factory=dict)
    pending: Json | None = None
    tags: dict[str, str] = field(default_factory=dict)
    usage: dict[str, int] = field(default_factory=dict)
    generation: int = 0
    shelf: str = ""
    gone: bool = False
    earlier: Earlier | None = None

    def __post_init__(self) -> None:
        self.shelf = self.shelf or self.kind
