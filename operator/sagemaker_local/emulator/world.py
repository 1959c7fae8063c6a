"""What behaviour may look at: other resources, S3, quotas, and what scenarios say about roles.

Families receive a `World` and nothing else, so that each check and effect is a small function that a test can call.
"""

from dataclasses import dataclass, field
from typing import Protocol

from sagemaker_local.emulator.clock import Clock
from sagemaker_local.emulator.quotas import Quotas
from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.store import Store


class Objects(Protocol):
    """The part of S3 that SageMaker looks at before it starts a job."""

    def has(self, account: str, bucket: str, prefix: str) -> bool:
        """Whether an object exists whose key starts with the prefix."""


@dataclass(slots=True)
class World:
    """Everything around one resource.

    Attributes:
        objects: S3, or None when inputs are not to be checked.
        distrusting: patterns of role ARNs that cannot be assumed.
    """

    clock: Clock
    store: Store
    quotas: Quotas
    objects: Objects | None = None
    distrusting: list[str] = field(default_factory=list)

    def find(self, place: Place, kind: str, name: str) -> Resource | None:
        """Another resource by its name as stored."""
        return self.store.find(place, kind, name)


@dataclass(frozen=True, slots=True)
class Call:
    """One validated request: what is asked, by which account, in which region, and when."""

    operation: str
    request: Json
    place: Place
    now: float
