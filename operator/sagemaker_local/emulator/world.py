"""What behaviour may look at: other resources, other services, quotas, and what scenarios say about roles.

Families receive a `World` and nothing else, so that each check and effect is a small function that a test can call.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from sagemaker_local.emulator.clock import Clock
from sagemaker_local.emulator.lags import Lags
from sagemaker_local.emulator.logs.containers import Stream
from sagemaker_local.emulator.quotas import Quotas
from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.scenarios import Scenarios
from sagemaker_local.emulator.store import Store
from sagemaker_local.emulator.timeline import Effect, Timeline


class Objects(Protocol):
    """S3, as far as SageMaker looks into it and writes to it."""

    def has(self, account: str, bucket: str, prefix: str) -> bool:
        """Whether an object exists whose key starts with the prefix."""

    def holds(self, account: str, bucket: str) -> bool:
        """Whether there is such a bucket."""

    def keys(self, account: str, bucket: str, prefix: str) -> list[str]:
        """The keys that start with the prefix, sorted; empty if there is no such bucket."""

    def get(self, account: str, bucket: str, key: str) -> bytes | None:
        """The content of an object; None if there is none."""

    def put(self, account: str, bucket: str, key: str, body: bytes) -> bool:
        """Write an object; False if there is no such bucket."""


class Services(Protocol):
    """CloudWatch and Application Auto Scaling, as far as SageMaker looks into them."""

    def alarm(self, place: Place, name: str) -> str | None:
        """The state of an alarm: OK, ALARM or INSUFFICIENT_DATA; None if there is no such alarm."""

    def scalable(self, place: Place, resource_id: str) -> tuple[int, int] | None:
        """The least and the greatest capacity of a scalable target; None if it is not registered."""

    def deregister(self, place: Place, resource_id: str) -> None:
        """Let a resource be a scalable target no more, if it is one."""


class Stage(Protocol):
    """What behaviour may set off elsewhere."""

    def do(self, operation: str, request: Json, place: Place, *, now: float) -> Json:
        """Do an operation as SageMaker itself: neither in the journal nor subject to faults. Raises ServiceError."""

    def describe(self, resource: Resource) -> Json:
        """What Describe shows of a resource now."""

    def begin(self, resource: Resource, timeline: Timeline, *, now: float) -> None:
        """Set a resource on a timeline, instead of the one it is on."""

    def later(self, resource: Resource, after: float, effect: Effect, *, now: float) -> None:
        """Let something happen in `after` seconds, beside the timeline of the resource, unless it is gone by then."""


class Worker(Protocol):
    """Who does the work of resources: trains, processes, serves. Without one, all of it is simulated."""

    def take(self, resource: Resource, timeline: Timeline, *, usual: bool, now: float) -> Timeline:
        """What time alone brings about of a course that a resource is set on; the rest follows from the work.

        Called under the service's lock, and must not block.

        Args:
            resource: what begins a course.
            timeline: that course as it would be simulated.
            usual: whether no scenario changed it.
            now: epoch seconds.
        """

    def streams(self, place: Place, group: str, prefix: str) -> list[Stream]:
        """What containers that really run have written to a group of CloudWatch Logs, in streams whose names begin so."""

    def writes_to(self, place: Place, group: str) -> bool:
        """Whether containers that really run have written to a group."""

    def interrupt(self, place: Place, name: str) -> bool:
        """Take the spot capacity of a training job away; whether it was at work. Not under the lock."""

    def flush(self) -> None:
        """Write to S3 now what endpoints have captured. Called under the lock."""

    def suggest(self, tuner: Resource, definition: int, rows: Sequence[Json]) -> dict[str, str] | None:
        """The hyperparameters of the next training job of a tuning job; None leaves them to its draws. Called under the lock.

        Args:
            tuner: the HyperParameterTuningJob.
            definition: which of its definitions the job is of.
            rows: what became of the jobs of that definition, those of the parents of a warm start first.
        """

    def reports(self, job: Resource, metric: str) -> Sequence[float]:
        """The values of a metric that a training job has written so far, the first one first. Called under the lock."""

    def hopeless(self, tuner: Resource, row: Json) -> bool:
        """Whether a training job of a tuning job is not worth going on with. Called under the lock."""

    def restored(self, now: float) -> None:
        """What exists was read from a file: take up what is under way. Called under the lock."""

    def forget(self) -> None:
        """End all work at once, as nothing of it exists any more. Called under the lock."""


# Hears of every resource that was created, took on another status, or is gone (`Resource.gone`); under the service's lock.
Listener = Callable[[Resource, float], None]


@dataclass(slots=True)
class World:
    """Everything around one resource.

    Attributes:
        inputs: S3, or None when inputs are not to be checked.
        storage: S3, for what SageMaker reads and writes.
        services: other services that SageMaker asks; None when there are none.
        distrusting: patterns of role ARNs that cannot be assumed.
        random: the source of everything random, from the seed.
        stage: what sets off other resources; put in place by the service.
        scenarios: what is to take another course; put in place by the service.
        worker: who does the work; None where it is only simulated.
        lags: how far answers lag behind what was done.
    """

    clock: Clock
    store: Store
    quotas: Quotas
    inputs: Objects | None = None
    storage: Objects | None = None
    services: Services | None = None
    distrusting: list[str] = field(default_factory=list)
    random: Random = field(default_factory=lambda: Random(0))
    listeners: list[Listener] = field(default_factory=list)
    worker: Worker | None = None
    stage: Stage = field(init=False)
    scenarios: Scenarios = field(init=False)
    lags: Lags = field(init=False)

    def __post_init__(self) -> None:
        self.lags = Lags(self.clock)

    def find(self, place: Place, kind: str, key: str) -> Resource | None:
        """Another resource by its key as stored, for example a name, or `<domain id>/<user profile name>`."""
        return self.store.find(place, kind, key)

    def notice(self, resource: Resource, now: float) -> None:
        """Tell everybody who listens that a resource changed."""
        for listener in self.listeners:
            listener(resource, now)

    def new_id(self, length: int = 12) -> str:
        """Lower-case letters and digits, as in the ids that AWS makes; from the seed."""
        return "".join(self.random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=length))


@dataclass(frozen=True, slots=True)
class Call:
    """One validated request: what is asked, by which account, in which region, and when."""

    operation: str
    request: Json
    place: Place
    now: float
