"""Tells what is in the cluster, as it happens: kopf as a thin informer.

kopf supplies discovery, lists, watches and their recovery; it stores nothing on our objects, writes nothing, and its handlers do
nothing but hand over. It never tells of objects that vanished while a watch was cut: `kube.sweep` finds those. Not here: what
an event is good for.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from sagemaker_operator.kinds import GROUP, VERSION, AnyKind

from .access import Access
from .errors import AccessError, KubeError, Unavailable
from .kopf_session import Session
from .kopf_storage import NoDiffBase, NoProgress
from .kopf_tasks import NotKopf, signals_left_alone
from .light_kopf import kopf

OnEvent = Callable[[AnyKind, str | None, dict[str, Any]], None]
_log = logging.getLogger(__name__)
# Long enough to list 100,000 objects; without an end, a kind that vanished between discovery and list would go unwatched unseen.
_FIRST_LISTS = 300.0


async def watch(
    kinds: Sequence[AnyKind],
    access: Access,
    on_event: OnEvent,
    *,
    namespaces: Sequence[str] = (),
    stop: asyncio.Event,
    ready: asyncio.Event,
) -> None:
    """Calls `on_event` for every object that exists and for every change, until `stop` is set.

    Args:
        kinds: what to watch; their CRDs must be installed (`KubeClient.served_kinds`).
        access: the way to the API server.
        on_event: gets the kind, the event's type (None for an object found by listing, else ADDED, MODIFIED or DELETED) and the
            object. It must be quick and must not raise: an event that it fails on would be lost, so that ends the watch.
        namespaces: where to watch; none means everywhere.
        stop: ends the watch.
        ready: is set when everything that existed at the start was listed.

    Raises:
        KubeError: watching cannot go on. Start again with a fresh process rather than with a half-blind one.
    """
    if not kinds:
        ready.set()
        await stop.wait()
        return
    watching = _Watching(kinds, access, on_event, namespaces, ready)
    asked = asyncio.create_task(watching.end_with(stop))
    late = asyncio.get_running_loop().call_later(_FIRST_LISTS, watching.give_up_lists)
    try:
        await _kopf(watching, namespaces)
    except (KubeError, asyncio.CancelledError):
        raise
    except Exception as error:
        raise watching.failure or Unavailable(f"Watching ended: {error or type(error).__name__}") from error
    finally:
        late.cancel()
        asked.cancel()
        await watching.session.close()
    if watching.failure:
        raise watching.failure
    if not stop.is_set():
        raise Unavailable("Watching ended without being asked to")


class _Watching:
    """One run of kopf: what it is to watch, and why it ends."""

    def __init__(
        self,
        kinds: Sequence[AnyKind],
        access: Access,
        on_event: OnEvent,
        namespaces: Sequence[str],
        ready: asyncio.Event,
    ) -> None:
        self.kinds, self.on_event, self.ready = {kind.plural: kind for kind in kinds}, on_event, ready
        self.ending = asyncio.Event()
        self.failure: KubeError | None = None
        scopes = [f"/namespaces/{namespace}" for namespace in namespaces] or [""]
        self._unlisted = {f"/apis/{GROUP}/{VERSION}{scope}/{kind.plural}" for kind in kinds for scope in scopes}
        self.session = Session(access, watched=self.listed, refused=self.refused)
        self._access = access

    def listed(self, path: str) -> None:
        """kopf asks for a watch only when its list is complete."""
        self._unlisted.discard(path)
        if not self._unlisted:
            self.ready.set()

    async def end_with(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.ending.set()

    def give_up_lists(self) -> None:
        if self._unlisted:
            missing = ", ".join(sorted(self._unlisted))
            self._fail(Unavailable(f"Not listed within {_FIRST_LISTS:.0f} s: {missing}"))

    def refused(self) -> None:
        self._fail(AccessError(f"{self._access.server} does not accept the credentials of {self._access.source}"))

    async def login(self, **_: Any) -> kopf.AiohttpSession:
        """kopf's login handler."""
        return self.session.open()

    def wanted(self, resource: Any) -> bool:
        """kopf's selector of what to watch."""
        return resource.plural in self.kinds

    async def hand_over(self, *, event: Any, resource: Any, **_: Any) -> None:
        """kopf's event handler; kopf would only log an exception."""
        kind = self.kinds[resource.plural]
        try:
            self.on_event(kind, event["type"], event["object"])
        except Exception as error:
            _log.exception("An event of %s could not be taken in", kind.name)
            self._fail(KubeError(f"An event of {kind.name} could not be taken in: {error!r}"))
            raise

    def _fail(self, failure: KubeError) -> None:
        self.failure = self.failure or failure
        self.ending.set()


async def _kopf(watching: _Watching, namespaces: Sequence[str]) -> None:
    registry = kopf.OperatorRegistry()
    kopf.on.login(registry=registry)(watching.login)
    # One handler for all kinds: kopf goes over all handlers several times for each event.
    kopf.on.event(watching.wanted, group=GROUP, version=VERSION, registry=registry, id="ingest")(watching.hand_over)
    with signals_left_alone():
        tasks = await kopf.spawn_tasks(
            registry=registry,
            settings=_settings(),
            clusterwide=not namespaces,
            namespaces=namespaces,
            standalone=True,
            stop_flag=watching.ending,
        )
    await kopf.run_tasks(tasks, ignored=NotKopf())


def _settings() -> kopf.OperatorSettings:
    settings = kopf.OperatorSettings()
    settings.persistence.diffbase_storage = NoDiffBase()
    settings.persistence.progress_storage = NoProgress()
    # Nothing that could be missed lives shorter than this, and a worker task per object lives on for this long (memory).
    settings.queueing.idle_timeout = 0.1
    settings.watching.chunk_size = 500
    settings.watching.server_timeout = 300
    settings.watching.connect_timeout = 5
    settings.networking.request_timeout = 30
    settings.networking.connect_timeout = 5
    # As patient as kopf's own, in shorter steps: an API server that is back is heard again within 5 s, not 21 s.
    settings.networking.error_backoffs = (0.5, 1, 2, 3, *[5] * 10)
    settings.scanning.disabled = True
    settings.posting.enabled = False
    # kopf would kill the process this long after its own end; when the process ends is the application's business.
    settings.process.ultimate_exiting_timeout = None
    return settings
