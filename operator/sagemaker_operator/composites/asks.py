"""What a plan can ask of the world, and what it is told.

A plan is pure: where it needs to know what stands in S3, or wants a message to be sent, it says so, and is made again with the
answer in `Situation.answers`. A `Question` changes nothing, and nothing is said before it is answered. Before an `Act` the status
is written, so what must be remembered of a message or an edit stands there before it goes out; whoever comes after a crash asks
again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fetch:
    """Another object of the same namespace, as it is now: `Told` the object as Kubernetes has it, or None if there is none."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Describe:
    """What SageMaker has, whoever made it there: `Told` the reply of its Describe, or None if there is no such thing.

    Attributes:
        kind: one whose name alone tells which one it is.
        name: in SageMaker.
        region: empty for that of the operator, as everywhere.
    """

    kind: str
    name: str
    region: str


@dataclass(frozen=True, slots=True)
class Look:
    """Whether anything lies under a prefix in S3: `Told` true or false."""

    uri: str
    region: str


@dataclass(frozen=True, slots=True)
class List:
    """What lies under a prefix in S3: `Told` the URIs of the first objects, in their order.

    Attributes:
        most: how many are wanted at most.
    """

    uri: str
    region: str
    most: int


@dataclass(frozen=True, slots=True)
class Read:
    """The beginning of an object in S3: `Told` its text, or None if there is no such object.

    Attributes:
        most: how many bytes are wanted at most.
    """

    uri: str
    region: str
    most: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Publish:
    """A message to an SNS topic: `Told` its id."""

    topic: str
    region: str
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class Post:
    """A message to a webhook whose address, and perhaps key, stand in Secrets: `Told` the HTTP status.

    Attributes:
        delivery: the same for each try of the same message, so that a receiver can tell repetitions.
        address: the name and the key of the Secret that holds the URL.
        signing: those of the key to sign with, if there is one.
        body: JSON.
    """

    delivery: str
    address: tuple[str, str]
    signing: tuple[str, str] | None
    body: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of another object of the same namespace: `Told` the object as it is afterwards, or None if there is none.

    Attributes:
        version: the resourceVersion that the change is for; if there is a later one, it is `Denied` and can be asked anew.
        patch: a JSON merge patch, as text.
    """

    kind: str
    name: str
    version: str
    patch: str


Question = Fetch | Describe | Look | List | Read
Act = Publish | Post | Edit
Ask = Question | Act


@dataclass(frozen=True, slots=True)
class Told:
    """The answer."""

    value: Any


@dataclass(frozen=True, slots=True)
class Denied:
    """There is no answer.

    Attributes:
        message: why, and what to do about it.
        passing: whether to ask again soon may help.
    """

    message: str
    passing: bool = False


Answers = Mapping[Ask, Told | Denied]
