"""Who may work: one process at a time, by a Lease of coordination.k8s.io.

The holder renews the Lease; others take it over when they have seen no renewal for as long as it lasts, by their own clock: what
another machine's clock says is never believed. A holder that cannot renew stops believing in itself well before that, and its
process is expected to end at once (`Lease.lost`), as no request in flight can be taken back otherwise.
"""

import asyncio
import datetime as dt
import logging
import math
import random
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from .client import KubeClient
from .errors import Conflict, KubeError, Missing

_log = logging.getLogger(__name__)
Object = dict[str, Any]


class Lease:
    """A claim on one Lease.

    After a holder was killed, another leads at most ``duration + 1.2 * renew`` seconds later, 14.4 s by default.

    Args:
        client: reads and writes the Lease.
        namespace: the Lease's namespace, which must exist.
        name: the Lease's name; it is made when it does not exist.
        identity: of this process, unlike any other's: a claim with the same identity is taken for our own.
        duration: seconds that a claim outlives its last renewal.
        renew: seconds between renewals; others look twice as often.
        clock: seconds that never go back.

    Attributes:
        lost: is set when this process led and may do so no longer; end it at once.
    """

    def __init__(
        self,
        client: KubeClient,
        *,
        namespace: str,
        name: str,
        identity: str,
        duration: float = 12.0,
        renew: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._namespace, self._name, self._identity = client, namespace, name, identity
        self._duration, self._renew, self._clock = duration, renew, clock
        self._path = f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases"
        self._renewed_at = -math.inf
        self._seen: tuple[str, float] = ("", 0.0)
        self._object: Object = {}
        self._renewer: asyncio.Task[None] | None = None
        self._told = ""
        self._wrote = False  # also when `acquire` was cancelled while the API server was asked
        self.lost = asyncio.Event()

    def held(self) -> bool:
        """Whether this process may work right now: cheap enough to ask before every write."""
        return self._clock() < self._renewed_at + self._duration * 2 / 3

    async def acquire(self) -> None:
        """Returns when this process leads; from then on the claim is renewed until `release`, or until it is `lost`."""
        while True:
            if await self._attempt():
                break
            await asyncio.sleep(self._renew / 2 * random.uniform(0.8, 1.2))
        self._say(f"{self._identity} leads by Lease {self._namespace}/{self._name}")
        self._renewer = asyncio.create_task(self._keep_renewing(), name="lease renewer")

    async def release(self) -> None:
        """Gives the Lease back, so that another can lead at once. Only when no work is under way any more."""
        if self._renewer is not None:
            self._renewer.cancel()
            with suppress(asyncio.CancelledError):
                await self._renewer
            self._renewer = None
        self._renewed_at = -math.inf
        if self.lost.is_set() or not self._wrote:
            return
        try:
            found = await self._client.request("GET", f"{self._path}/{self._name}")
            if found and found["spec"].get("holderIdentity") == self._identity:
                self._object = found
                await self._put({**found["spec"], "holderIdentity": "", "leaseDurationSeconds": 1})
        except KubeError as error:
            _log.warning("The Lease could not be released, others will wait until it expires: %s", error)

    async def _attempt(self) -> bool:
        try:
            return await self._claim()
        except Conflict:
            return False  # somebody else was faster: look again
        except KubeError as error:
            self._say(f"Waiting for Lease {self._namespace}/{self._name}: {error}", level=logging.WARNING)
            return False

    async def _claim(self) -> bool:
        asked_at = self._clock()
        found = await self._client.request("GET", f"{self._path}/{self._name}")
        if found is None:
            self._wrote = True
            metadata = {"name": self._name, "namespace": self._namespace}
            body = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata}
            made = await self._client.request("POST", self._path, {**body, "spec": self._claimed({})}, missing=False)
            assert made is not None
            self._object = made
        else:
            self._object = found
            if not self._free(found):
                return False
            self._wrote, asked_at = True, self._clock()
            await self._put(self._claimed(found.get("spec") or {}))
        self._renewed_at = asked_at
        return True

    def _free(self, found: Object) -> bool:
        spec, version = found.get("spec") or {}, found["metadata"]["resourceVersion"]
        if version != self._seen[0]:
            self._seen = (version, self._clock())
        holder = spec.get("holderIdentity") or ""
        if holder in ("", self._identity):
            return True
        self._say(f"Waiting: {holder} holds Lease {self._namespace}/{self._name}")
        return self._clock() - self._seen[1] > (spec.get("leaseDurationSeconds") or self._duration)

    async def _keep_renewing(self) -> None:
        while not self.lost.is_set():
            await asyncio.sleep(self._renew * random.uniform(0.8, 1.0))
            deadline = self._renewed_at + self._duration * 2 / 3
            if self._clock() >= deadline:
                return self._lose(f"it was not renewed for {self._clock() - self._renewed_at:.1f} s")
            try:
                async with asyncio.timeout(deadline - self._clock()):
                    await self._renew_once()
            except TimeoutError:
                return self._lose("the API server did not answer in time")
            except Missing:
                return self._lose("it was deleted")
            except KubeError as error:
                _log.warning("The Lease could not be renewed, trying again: %s", error)
        return None

    async def _renew_once(self) -> None:
        asked_at = self._clock()
        try:
            await self._put({**self._object["spec"], "renewTime": _now()})
        except Conflict:
            found = await self._client.request("GET", f"{self._path}/{self._name}")
            if found is None:
                return self._lose("it was deleted")
            if (holder := found["spec"].get("holderIdentity")) != self._identity:
                return self._lose(f"{holder or 'nobody'} holds it now")
            self._object, asked_at = found, self._clock()  # somebody changed something else about it
            await self._put({**found["spec"], "renewTime": _now()})
        self._renewed_at = asked_at
        return None

    async def _put(self, spec: Object) -> None:
        put = await self._client.request(
            "PUT", f"{self._path}/{self._name}", {**self._object, "spec": spec}, missing=False
        )
        assert put is not None
        self._object = put

    def _claimed(self, spec: Object) -> Object:
        mine = spec.get("holderIdentity") == self._identity
        return {
            **spec,
            "holderIdentity": self._identity,
            "leaseDurationSeconds": math.ceil(self._duration),
            "acquireTime": spec["acquireTime"] if mine and "acquireTime" in spec else _now(),
            "renewTime": _now(),
            "leaseTransitions": (spec.get("leaseTransitions") or 0) + (0 if mine or not spec else 1),
        }

    def _lose(self, why: str) -> None:
        self._renewed_at = -math.inf
        _log.error("Lease %s/%s is lost: %s", self._namespace, self._name, why)
        self.lost.set()

    def _say(self, message: str, *, level: int = logging.INFO) -> None:
        if message != self._told:
            self._told = message
            _log.log(level, message)


def _now() -> str:
    """For people to read; nobody decides by it."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
