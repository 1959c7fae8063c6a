"""Writes Events, so that ``kubectl describe`` tells what happened to an object.

Recording never waits and never fails: the writing is done in the background, repeats of the same event are counted in one Event,
and an object or an outage that would flood the API server is cut short. Events are for people: nothing may depend on them.
"""

import asyncio
import datetime as dt
import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sagemaker_operator.kinds import GROUP, VERSION, AnyKind

from .buckets import Bucket, Buckets
from .client import KubeClient
from .errors import Conflict, Forbidden, KubeError, Missing, Unavailable

Type = Literal["Normal", "Warning"]
_log = logging.getLogger(__name__)
_MESSAGE_LIMIT = 1024
_QUEUE_LIMIT = 1000
_COUNTED_LIMIT = 4096
_ATTEMPTS = 3
# The limits of client-go's recorder: kubectl's users know Events at this pace.
_PER_OBJECT = Bucket(burst=25, per_second=1 / 300)
_TOGETHER = Bucket(burst=20, per_second=20)


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """The object that an Event is about."""

    kind: AnyKind
    namespace: str
    name: str
    uid: str


@dataclass(frozen=True, slots=True)
class _Told:
    """What makes two events the same."""

    reference: ObjectRef
    type: Type
    reason: str
    message: str
    action: str

    @property
    def event_name(self) -> str:
        """The same for the same event, after a restart too, so that counting goes on."""
        text = f"{self.reference.uid}\0{self.type}\0{self.reason}\0{self.message}"
        return f"{self.reference.name[:200]}.{hashlib.blake2s(text.encode(), digest_size=8).hexdigest()}"


class Recorder:
    """Takes events and writes them while `run` runs.

    Args:
        client: writes the Events.
        component: who we are, as shown in the column From.
        instance: which of us.
        dropped: is told why an event was not written: ``object``, ``queue``, ``refused`` or ``unavailable``.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        client: KubeClient,
        *,
        component: str = "sagemaker-operator",
        instance: str,
        dropped: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._component, self._instance = client, component, instance
        self._dropped = dropped or (lambda _why: None)
        self._objects, self._together = Buckets(_PER_OBJECT, clock), Buckets(_TOGETHER, clock)
        self._waiting: OrderedDict[_Told, int] = OrderedDict()
        self._counted: OrderedDict[str, int] = OrderedDict()
        self._work, self._idle = asyncio.Event(), asyncio.Event()
        self._idle.set()

    def record(self, reference: ObjectRef, *, type: Type, reason: str, message: str, action: str) -> None:  # noqa: A002
        """Takes an event; it is written soon, or counted with its like, or dropped when there are too many.

        Args:
            reference: the object it is about.
            type: Normal, or Warning when somebody should look.
            reason: why, in CamelCase, one of few.
            message: one line for people, with the values that matter; cut to 1024 characters.
            action: what was done or tried, in CamelCase, one of few.
        """
        if not self._objects.take(reference.uid):
            self._dropped("object")
            return
        text = message if len(message) <= _MESSAGE_LIMIT else f"{message[: _MESSAGE_LIMIT - 1]}…"
        told = _Told(reference, type, reason, text, action)
        self._waiting[told] = self._waiting.get(told, 0) + 1
        if len(self._waiting) > _QUEUE_LIMIT:
            self._waiting.popitem(last=False)
            self._dropped("queue")
        self._idle.clear()
        self._work.set()

    async def run(self) -> None:
        """Writes what is recorded, until cancelled."""
        while True:
            await self._work.wait()
            while self._waiting:
                if not self._together.take(""):
                    await asyncio.sleep(1 / _TOGETHER.per_second)
                    continue
                await self._write(*self._waiting.popitem(last=False))
            self._work.clear()
            self._idle.set()

    async def drain(self) -> None:
        """Returns when everything recorded so far is written or dropped; `run` must be running."""
        await self._idle.wait()

    async def _write(self, told: _Told, times: int) -> None:
        for attempt in range(_ATTEMPTS):
            try:
                return await self._upsert(told, times)
            except Unavailable as error:
                last: KubeError = error
                await asyncio.sleep(min(error.retry_after or 2**attempt, 10))
            except Conflict as error:
                last = error
            except (Forbidden, Missing) as error:
                # A namespace that is being deleted takes no new Events; that is nobody's concern.
                leaving = isinstance(error, Missing) or "being terminated" in str(error)
                _log.log(logging.DEBUG if leaving else logging.WARNING, "An Event was refused: %s", error)
                return self._dropped("refused")
            except KubeError as error:
                _log.warning("An Event was refused: %s", error)
                return self._dropped("refused")
        _log.warning("An Event was not written: %s", last)
        return self._dropped("unavailable")

    async def _upsert(self, told: _Told, times: int) -> None:
        """Counts up an Event that is there, else makes it."""
        events, name = f"/api/v1/namespaces/{told.reference.namespace}/events", told.event_name
        count = self._counted.get(name)
        if count is not None:
            patch = {"count": count + times, "lastTimestamp": _now()}
            if await self._client.request("PATCH", f"{events}/{name}", patch) is not None:
                return self._remember(name, count + times)
        try:
            await self._client.request("POST", events, self._body(told, times), missing=False)
        except Conflict:
            there = await self._client.request("GET", f"{events}/{name}")
            self._remember(name, int(there.get("count") or 1) if there else 0)
            raise
        return self._remember(name, times)

    def _remember(self, name: str, count: int) -> None:
        self._counted[name] = count
        self._counted.move_to_end(name)
        if len(self._counted) > _COUNTED_LIMIT:
            self._counted.popitem(last=False)

    def _body(self, told: _Told, times: int) -> dict[str, Any]:
        reference, now = told.reference, _now()
        return {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": told.event_name, "namespace": reference.namespace},
            "involvedObject": {
                "apiVersion": f"{GROUP}/{VERSION}",
                "kind": reference.kind.name,
                "namespace": reference.namespace,
                "name": reference.name,
                "uid": reference.uid,
            },
            "type": told.type,
            "reason": told.reason,
            "message": told.message,
            "action": told.action,
            "count": times,
            "firstTimestamp": now,
            "lastTimestamp": now,
            "source": {"component": self._component},
            "reportingComponent": self._component,
            "reportingInstance": self._instance,
        }


def _now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
