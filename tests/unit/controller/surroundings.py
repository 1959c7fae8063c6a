"""What the controller needs around it, in memory: a clock that is moved by hand, objects, and a list of what AWS has."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sagemaker_operator.engine.resource import FINALIZER, Resource
from sagemaker_operator.kinds import GROUP, KINDS, VERSION, Kind

START = datetime(2026, 1, 1, tzinfo=UTC)
ARN = "arn:aws:sagemaker:eu-west-1:123456789012:training-job/"
GROUP_ARN = "arn:aws:sagemaker:eu-west-1:123456789012:feature-group/"


@dataclass
class HandClock:
    """Implements `controller.ports.Clock`; sleeping moves it."""

    seconds: float = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return START

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)


@dataclass
class Listing:
    """Implements `controller.ports.Sweep` over rows that a test writes down."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    sweeps: int = 0
    then: Any = None

    async def __call__(self, kind: Kind, *, region: str, since: datetime | None) -> AsyncIterator[Mapping[str, Any]]:
        self.sweeps += 1
        for row in tuple(self.rows):
            yield row
        if self.then is not None:
            self.then(self.sweeps)


def job(name: str, *, version: int = 1, **status: Any) -> dict[str, Any]:
    """A claimed training job as the API server shows it."""
    return {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "TrainingJob",
        "metadata": {
            "namespace": "default",
            "name": name,
            "uid": f"uid-{name}",
            "generation": 1,
            "resourceVersion": str(version),
            "finalizers": [FINALIZER],
            "creationTimestamp": "2026-01-01T00:00:00Z",
        },
        "spec": {},
        "status": {"observedGeneration": -1, **status},
    }


def running(name: str, secondary: str = "Training", **more: Any) -> dict[str, Any]:
    """A training job whose last report says that it runs."""
    return job(
        name,
        observedGeneration=1,
        trainingJobName=name,
        arn=f"{ARN}{name}",
        trainingJobStatus="InProgress",
        secondaryStatus=secondary,
        conditions=[condition("Reconciling", "True"), condition("Ready", "Unknown")],
        **more,
    )


def condition(kind: str, status: str, reason: str = "Because") -> dict[str, Any]:
    """One condition."""
    return {"type": kind, "status": status, "reason": reason, "message": "m", "observedGeneration": 1}


def row(name: str, secondary: str = "Training", status: str = "InProgress") -> dict[str, Any]:
    """What ListTrainingJobs says about one."""
    return {
        "TrainingJobName": name,
        "TrainingJobArn": f"{ARN}{name}",
        "TrainingJobStatus": status,
        "SecondaryStatus": secondary,
        "LastModifiedTime": START,
        "CreationTime": START,
    }


def group(name: str) -> dict[str, Any]:
    """A feature group at rest, as the API server shows it."""
    told = job(
        name,
        observedGeneration=1,
        featureGroupName=name,
        arn=f"{GROUP_ARN}{name}",
        featureGroupStatus="Created",
        lastModifiedTime="2026-01-01T00:00:00Z",
        conditions=[condition("Ready", "True")],
    )
    return {**told, "kind": "FeatureGroup"}


def group_row(name: str, status: str = "Created") -> dict[str, Any]:
    """What ListFeatureGroups says about one."""
    named = {"FeatureGroupName": name, "FeatureGroupArn": f"{GROUP_ARN}{name}"}
    return {**named, "FeatureGroupStatus": status, "CreationTime": START}


def read(body: Mapping[str, Any]) -> Resource:
    """The resource in an object."""
    return Resource.read(KINDS[body["kind"]], body)
