"""Every version of every object that the API server ever showed, as a watch tells it."""

import asyncio
import itertools
import json
import ssl
import threading
from collections import defaultdict
from types import TracebackType
from typing import Any, Self

import aiohttp
from tests.cluster.eventually import eventually
from tests.cluster.kstatus import broken_turns, violations

from sagemaker_local.cluster import Cluster
from sagemaker_operator.composites.table import ALL_KINDS
from sagemaker_operator.kinds import GROUP, VERSION

Object = dict[str, Any]
Address = tuple[str, str, str]


class History:
    """Watches all kinds in a thread, over outages of the API server too; a context manager."""

    def __init__(self, cluster: Cluster) -> None:
        self._server, self._token, self._ca = cluster.server, cluster.token, cluster.ca
        self._versions: defaultdict[Address, list[Object]] = defaultdict(list)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="history", daemon=True)

    def versions(self, kind: str, namespace: str, name: str) -> list[Object]:
        """All versions of one object, oldest first; of namesakes too."""
        return list(self._versions[kind, namespace, name])

    def caught_up(self, objects: list[Object]) -> bool:
        """Whether these versions have been seen."""
        return all(
            any(seen["metadata"]["resourceVersion"] == o["metadata"]["resourceVersion"] for seen in self._of(o))
            for o in objects
        )

    def complaints(self, namespace: str) -> list[str]:
        """What was ever wrong with a status in a namespace."""
        found = []
        for (kind, where, name), shown in list(self._versions.items()):
            if where != namespace:
                continue
            told = [what for version in shown for what in violations(version)]
            pairs = itertools.pairwise(shown)
            told += [
                what
                for before, after in pairs
                if before["metadata"]["uid"] == after["metadata"]["uid"]
                for what in broken_turns(before, after)
            ]
            found += [f"{kind} {name}: {what}" for what in dict.fromkeys(told)]
        return found

    def check(self, namespace: str, objects: list[Object]) -> None:
        """Fails the test if any status in its namespace ever broke a rule."""
        eventually("the watch has seen everything", lambda: self.caught_up(objects), within=10)
        complaints = self.complaints(namespace)
        assert not complaints, "\n".join(complaints)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._main.cancel)
        self._thread.join()

    def _of(self, found: Object) -> list[Object]:
        metadata = found["metadata"]
        return self._versions[found["kind"], metadata["namespace"], metadata["name"]]

    def _run(self) -> None:
        self._main = self._loop.create_task(self._watch_all())
        try:
            self._loop.run_until_complete(self._main)
        except asyncio.CancelledError:
            # TLS connections take a moment to close: https://docs.aiohttp.org/en/stable/client_advanced.html
            self._loop.run_until_complete(asyncio.sleep(0.25))
        finally:
            self._loop.close()

    async def _watch_all(self) -> None:
        trust = ssl.create_default_context(cafile=str(self._ca))
        headers = {"Authorization": f"Bearer {self._token}"}
        connector = aiohttp.TCPConnector(ssl=trust, limit=0)
        async with aiohttp.ClientSession(connector=connector, headers=headers, read_bufsize=2**24) as session:
            await asyncio.gather(*(self._keep_watching(session, kind.plural) for kind in ALL_KINDS.values()))

    async def _keep_watching(self, session: aiohttp.ClientSession, plural: str) -> None:
        url = f"{self._server}/apis/{GROUP}/{VERSION}/{plural}?watch=1"
        while True:
            try:
                async with session.get(url, timeout=aiohttp.ClientTimeout(total=None)) as reply:
                    reply.raise_for_status()
                    async for line in reply.content:
                        self._learn(json.loads(line))
            except (aiohttp.ClientError, ValueError):
                await asyncio.sleep(0.1)

    def _learn(self, event: Object) -> None:
        found = event["object"]
        if event["type"] in ("ADDED", "MODIFIED"):
            shown = self._of(found)
            if not shown or shown[-1]["metadata"]["resourceVersion"] != found["metadata"]["resourceVersion"]:
                shown.append(found)
