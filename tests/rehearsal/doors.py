"""The ports of one life of the operator: each request takes a moment, may fail, and may be the last thing that it ever did.

A request has two moments, before it takes effect and after. At each the process may be killed: then no line of it runs any more,
and what it had asked for may still be carried out later. Tests count moments, and choose one.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NoReturn, TypeVar

from tests.rehearsal.amazon import Amazon
from tests.rehearsal.kubernetes import Kubernetes

from sagemaker_operator.aws import sweeps
from sagemaker_operator.engine.announce import Announcement
from sagemaker_operator.engine.lanes import Lane
from sagemaker_operator.engine.resource import Key
from sagemaker_operator.engine.resource import Object as Resource
from sagemaker_operator.kinds import AnyKind, Kind
from sagemaker_operator.kube.errors import Conflict, Forbidden, KubeError, Unavailable

_T = TypeVar("_T")
START = datetime(2026, 1, 1, tzinfo=UTC)
# Seconds from asking to doing, and from doing to hearing.
_WAY = 0.01


@dataclass(frozen=True, slots=True)
class Event:
    """A Kubernetes Event that was announced."""

    seconds: float
    key: Key
    uid: str
    type: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A point at which a process may die.

    Attributes:
        side: ``before`` or ``after`` the request takes effect.
        what: the request, such as ``patch status`` or ``CreateTrainingJob``.
    """

    side: str
    what: str


# Kubernetes' faults by name: what a write ends with, and whether it is carried out all the same.
KUBERNETES_FAULTS: Mapping[str, tuple[type[KubeError], bool]] = {
    "conflict": (Conflict, False),
    "unavailable": (Unavailable, False),
    "lost reply": (Unavailable, True),
    "forbidden": (Forbidden, False),
}


@dataclass
class Surroundings:
    """What all lives of the operator have in common.

    Attributes:
        faults: what befalls the next requests to Kubernetes, by the names of `KUBERNETES_FAULTS`.
        events: everything announced so far.
        sent: messages to topics and webhooks: where to, subject or delivery, and text.
        each: is told each moment, and says whether the process dies there.
    """

    loop: asyncio.AbstractEventLoop
    kubernetes: Kubernetes
    amazon: Amazon
    faults: deque[str] = field(default_factory=deque)
    events: list[Event] = field(default_factory=list)
    sent: list[tuple[str, str, str]] = field(default_factory=list)
    each: Callable[[Moment], bool] = lambda _: False

    def now(self) -> datetime:
        """The time of day."""
        return START + timedelta(seconds=self.loop.time())


class Life:
    """Implements all of `controller.ports` for one process.

    Attributes:
        alive: whether it was not killed yet.
        passes: how many passes ended, by result.

    Args:
        died: is called when the process is killed.
        straggle: seconds after which a call of a killed process is still carried out; None if it never is.
    """

    def __init__(self, around: Surroundings, died: Callable[[], None], *, straggle: float | None = None) -> None:
        self.around, self.alive, self.straggle = around, True, straggle
        self._died = died
        self.passes: dict[str, int] = {}
        self.writes = 0

    # Cluster

    async def get(self, kind: AnyKind, namespace: str, name: str) -> dict[str, Any] | None:
        return await self._kubernetes("get", lambda: self.around.kubernetes.get(Key(kind.name, namespace, name)))

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
        patch = partial(
            self.around.kubernetes.patch,
            Key(kind.name, namespace, name),
            body,
            version=resource_version,
            status=status,
        )
        return await self._kubernetes("patch status" if status else "patch", patch)

    async def create(self, kind: AnyKind, namespace: str, body: Mapping[str, Any]) -> dict[str, Any]:
        metadata = {**body["metadata"], "namespace": namespace}
        manifest = {"kind": kind.name, **body, "metadata": metadata}
        return await self._kubernetes("create", partial(self.around.kubernetes.create, manifest))

    async def delete(
        self, kind: AnyKind, namespace: str, name: str, *, uid: str, resource_version: str | None = None
    ) -> bool:
        key = Key(kind.name, namespace, name)
        delete = partial(self.around.kubernetes.delete, key, uid=uid, version=resource_version)
        return await self._kubernetes("delete", delete)

    async def labelled(self, kind: AnyKind, namespace: str, label: str) -> list[dict[str, Any]]:
        return await self._kubernetes("list", lambda: self.around.kubernetes.labelled(kind.name, namespace, label))

    async def core(self, plural: str, name: str, *, namespace: str | None = None) -> dict[str, Any] | None:
        where = plural, namespace or "", name
        return await self._kubernetes(f"get {plural}", lambda: self.around.kubernetes.core.get(where))

    # Cloud and Sweep

    async def call(
        self, operation: str, request: Mapping[str, object], *, region: str, lane: Lane, service: str = "sagemaker"
    ) -> dict[str, Any]:
        ask = partial(self.around.amazon.ask, operation, request, region=region, service=service)
        return await self._request(operation, ask)

    async def sweep(self, kind: Kind, *, region: str, since: datetime | None) -> AsyncIterator[Mapping[str, Any]]:
        async with aclosing(sweeps.sweep(self, kind, region=region, since=since)) as rows:  # type: ignore[type-var]
            async for row in rows:
                yield row

    # Files and Messages

    async def anything(self, uri: str, *, region: str) -> bool:
        async def look() -> bool:
            return any(known.startswith(uri) for known in self.around.amazon.files)

        return await self._request("look into S3", look)

    async def objects(self, uri: str, *, most: int, region: str) -> tuple[str, ...]:
        async def look() -> tuple[str, ...]:
            return tuple(sorted(known for known in self.around.amazon.files if known.startswith(uri)))[:most]

        return await self._request("list S3", look)

    async def beginning(self, uri: str, *, most: int, region: str) -> str | None:
        async def read() -> str | None:
            text = self.around.amazon.files.get(uri)
            return None if text is None else text[:most]

        return await self._request("read from S3", read)

    async def publish(self, topic: str, *, subject: str, message: str, region: str) -> str:
        return await self._send("publish", (topic, subject, message))

    async def post(self, url: str, *, body: str, key: str | None, delivery: str) -> int:
        await self._send("post", (url, delivery, body))
        return 200

    async def _send(self, what: str, message: tuple[str, str, str]) -> str:
        async def send() -> str:
            self.around.sent.append(message)
            return f"message-{len(self.around.sent)}"

        return await self._request(what, send)

    # Clock

    def monotonic(self) -> float:
        return self.around.loop.time()

    def now(self) -> datetime:
        return self.around.now()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    # Announcer

    def announce(self, resource: Resource, announcement: Announcement) -> None:
        if self.alive:
            told = announcement.type, announcement.reason, announcement.message
            self.around.events.append(Event(self.around.loop.time(), resource.key, resource.uid, *told))

    # Meter

    def took(self, depth: int) -> None:
        """Nobody looks at that here."""

    def worked(self, seconds: float) -> None:
        """Nobody looks at that here."""

    def retried(self) -> None:
        """Nobody looks at that here."""

    def passed(self, kind: str, result: str, seconds: float) -> None:
        self.passes[result] = self.passes.get(result, 0) + 1

    def wrote_status(self, kind: str) -> None:
        self.writes += 1

    # How requests go

    async def _kubernetes(self, what: str, effect: Callable[[], _T]) -> _T:
        async def carry_out() -> _T:
            if not self.around.faults:
                return effect()
            error, done = KUBERNETES_FAULTS[self.around.faults.popleft()]
            if done:
                effect()
            raise error(f"{what}: as the rehearsal wants it")

        return await self._request(what, carry_out)

    async def _request(self, what: str, effect: Callable[[], Awaitable[_T]]) -> _T:
        await self._moment(Moment("before", what), effect)
        await asyncio.sleep(_WAY)
        if not self.alive:
            await _for_ever()
        answer: Callable[[], _T]
        try:
            answer = partial(_give, await effect())
        except Exception as error:  # noqa: BLE001 it is raised where the answer arrives
            answer = partial(_throw, error)
        await self._moment(Moment("after", what), None)
        await asyncio.sleep(_WAY)
        return answer()

    async def _moment(self, moment: Moment, effect: Callable[[], Awaitable[Any]] | None) -> None:
        if self.alive and self.around.each(moment):
            self.kill()
            if effect is not None and self.straggle is not None:
                self.around.loop.call_later(self.straggle, _start, self.around.loop, effect)
        if not self.alive:
            await _for_ever()

    def kill(self) -> None:
        """No further line of the process runs."""
        if self.alive:
            self.alive = False
            self.around.loop.call_soon(self._died)


def _give(result: _T) -> _T:
    return result


def _throw(error: Exception) -> NoReturn:
    raise error


def _start(loop: asyncio.AbstractEventLoop, effect: Callable[[], Awaitable[Any]]) -> None:
    async def carry_out() -> None:
        try:
            await effect()
        except Exception:  # noqa: BLE001 nobody is left to hear of it
            return

    task = loop.create_task(carry_out())
    _LATE.add(task)
    task.add_done_callback(_LATE.discard)


_LATE: set[asyncio.Task[None]] = set()


async def _for_ever() -> NoReturn:
    while True:
        await asyncio.get_running_loop().create_future()
