"""Hears of every change in the cluster, for as long as the process lives.

Watches begin when the API server answers, and begin again when they end; kinds whose CRD is not installed are named once and
watched as soon as it is. Now and then everything is compared with the cluster, because a watch that was cut does not tell what
was deleted meanwhile.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

from sagemaker_operator.kinds import AnyKind
from sagemaker_operator.kube.client import KubeClient
from sagemaker_operator.kube.errors import KubeError
from sagemaker_operator.kube.ingest import watch
from sagemaker_operator.kube.sweep import sweep

from .control import Control

_log = logging.getLogger(__name__)

# One small request; it also tells that the API server is away, which watches only notice by and by.
_DISCOVERY = 5.0
_COMPARISON = 600.0
_SLOWEST = 15.0
# A watch that works leaves hardly any difference; so many say that it does not.
_BLIND = 10


class Listener:
    """Feeds a controller.

    Args:
        client: the API server.
        control: hears everything.
        kinds: what to listen for.
        namespaces: where; none means everywhere.
        listed: is set when all that exists was told.
    """

    def __init__(
        self,
        client: KubeClient,
        control: Control,
        *,
        kinds: Sequence[AnyKind],
        namespaces: Sequence[str],
        listed: asyncio.Event,
    ) -> None:
        self._client, self._control, self._kinds, self._namespaces = client, control, kinds, namespaces
        self._listed, self._missing, self._away = listed, frozenset[str](), False

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until `stop` is set."""
        failures = 0
        while not stop.is_set():
            try:
                served = await self._served()
                failures = 0
                await self._listen(served, stop)
            except KubeError as error:
                failures += 1
                pause = min(_SLOWEST, 0.5 * 2**failures)
                _log.warning(
                    "The Kubernetes API server is not heard; trying again", extra={"error": str(error), "in": pause}
                )
                await _either(stop, pause)

    async def _listen(self, served: Sequence[AnyKind], stop: asyncio.Event) -> None:
        again = asyncio.Event()
        chores = [asyncio.create_task(self._discover(served, again)), asyncio.create_task(self._compare(served, again))]
        ending = asyncio.create_task(_follow(stop, again))
        try:
            await watch(
                served,
                self._client.access,
                self._control.ingest,
                namespaces=self._namespaces,
                stop=again,
                ready=self._listed,
            )
        finally:
            for task in (*chores, ending):
                task.cancel()

    async def _served(self) -> Sequence[AnyKind]:
        plurals = await self._client.served_kinds()
        missing = frozenset(kind.name for kind in self._kinds if kind.plural not in plurals)
        for name in sorted(missing - self._missing):
            _log.warning(
                "The CRD of a kind is not installed: its objects are not served until it is", extra={"kind": name}
            )
        self._missing = missing
        return [kind for kind in self._kinds if kind.name not in missing]

    async def _discover(self, served: Sequence[AnyKind], again: asyncio.Event) -> None:
        while True:
            await asyncio.sleep(_DISCOVERY)
            try:
                now = [kind.name for kind in await self._served()]
            except KubeError as error:
                self._answered(error)
                continue
            self._answered(None)
            if now != [kind.name for kind in served]:
                _log.info("The CRDs that are installed have changed")
                again.set()

    def _answered(self, error: KubeError | None) -> None:
        """Tell once that the API server is away, and once that it is back."""
        if error is not None and not self._away:
            _log.warning("The Kubernetes API server does not answer", extra={"error": str(error)})
        elif error is None and self._away:
            _log.info("The Kubernetes API server answers again")
        self._away = error is not None

    async def _compare(self, served: Sequence[AnyKind], again: asyncio.Event) -> None:
        while True:
            await asyncio.sleep(_COMPARISON)
            found = await sweep(
                self._client,
                served,
                self._control.known,
                on_missing=self._control.vanished,
                on_changed=lambda *_: None,
                namespaces=self._namespaces,
            )
            if found > _BLIND:
                _log.warning("The watch has missed much: listing everything again", extra={"missed": found})
                again.set()


async def _follow(stop: asyncio.Event, again: asyncio.Event) -> None:
    await stop.wait()
    again.set()


async def _either(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
