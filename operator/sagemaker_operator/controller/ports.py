"""What the controller needs of Kubernetes, of AWS and of its surroundings."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from sagemaker_operator.engine.announce import Announcement
from sagemaker_operator.engine.lanes import Lane
from sagemaker_operator.engine.resource import Object
from sagemaker_operator.kinds import AnyKind, Kind


class Cluster(Protocol):
    """The Kubernetes API, for custom resources."""

    async def get(self, kind: AnyKind, namespace: str, name: str) -> dict[str, Any] | None:
        """The object, or None if there is none."""

    async def patch(
        self,
        kind: AnyKind,
        namespace: str,
        name: str,
        body: Mapping[str, Any],
        *,
        resource_version: str | None = None,
        status: bool = False,
    ) -> dict[str, Any] | None:
        """Apply a JSON merge patch to exactly that version; the new object, or None if there is none."""

    async def create(self, kind: AnyKind, namespace: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create an object; the new object, or `kube.errors.Conflict` if there is one of that name."""

    async def delete(
        self, kind: AnyKind, namespace: str, name: str, *, uid: str, resource_version: str | None = None
    ) -> bool:
        """Ask for exactly that object to be deleted, whether there was one; `kube.errors.Conflict` if it is another."""

    async def labelled(self, kind: AnyKind, namespace: str, label: str) -> list[dict[str, Any]]:
        """The objects of a namespace that carry a label, ``key=value``, as they are now."""

    async def core(self, plural: str, name: str, *, namespace: str | None = None) -> dict[str, Any] | None:
        """An object of the core API, such as a ConfigMap, or None if there is none."""


class Cloud(Protocol):
    """The SageMaker API, and that of Application Auto Scaling beside it."""

    async def call(
        self, operation: str, request: Mapping[str, object], *, region: str, lane: Lane, service: str = "sagemaker"
    ) -> dict[str, Any]:
        """The reply of an operation, or an `errors.AWSFailure`; services by botocore's names."""


class Sweep(Protocol):
    """Pages through what AWS has of a kind, newest first."""

    def __call__(self, kind: Kind, *, region: str, since: datetime | None) -> AsyncIterator[Mapping[str, Any]]:
        """The rows of the List operation, up to the first that was created before a time."""


class Logs(Protocol):
    """What the containers of jobs have written."""

    async def __call__(
        self, group: str, streams: str, *, host: str, lines: int, region: str
    ) -> tuple[str, tuple[str, ...]]:
        """The stream that tells most of a failure, "" if there is none, and its last lines; or an `errors.AWSFailure`.

        Args:
            group: the log group.
            streams: how the names of the streams begin.
            host: how the one that is wanted goes on behind that, if it is known.
            lines: how many lines are wanted.
            region: the AWS region.
        """


class Announcer(Protocol):
    """Tells people what happened."""

    def announce(self, resource: Object, announcement: Announcement) -> None:
        """Post a Kubernetes Event; never waits."""


class Clock(Protocol):
    """Time, for scheduling and for writing down."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    def now(self) -> datetime:
        """The time of day, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class Meter(Protocol):
    """Counts passes and the work that waits."""

    def took(self, depth: int) -> None:
        """A worker took a key; so many are left that wait."""

    def worked(self, seconds: float) -> None:
        """A worker was busy with a key for so long."""

    def retried(self) -> None:
        """A key was put back because its pass failed."""

    def passed(self, kind: str, result: str, seconds: float) -> None:
        """A pass is over."""

    def wrote_status(self, kind: str) -> None:
        """A status was written."""
