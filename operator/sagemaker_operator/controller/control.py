"""The controller as one thing: events go in, passes come out."""

import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sagemaker_operator.composites.composite import Composite
from sagemaker_operator.composites.table import COMPANIONS, COMPOSITES
from sagemaker_operator.engine.queue import WorkQueue
from sagemaker_operator.engine.resource import FINALIZER, Key
from sagemaker_operator.images import NONE, Overrides
from sagemaker_operator.kinds import AnyKind, Kind, Policy

from .asking import Asking, Files, Messages
from .changes import Changes
from .children import Children
from .composing import Composing
from .offspring import Offspring
from .passes import Passes
from .ports import Announcer, Clock, Cloud, Cluster, Logs, Meter, Sweep
from .store import Store
from .targets import Targets
from .watchlist import Watchlist
from .workers import Workers

_log = logging.getLogger(__name__)


class Control:
    """Wires store, queue, passes, workers and watchlist together.

    Args:
        cluster, cloud, sweep, announcer, clock, meter: the outside world.
        logs: reads what failed jobs have written; None leaves that out.
        files: reads what lies in S3; without it nothing can be monitored.
        messages: tells people of what was found; without it nobody is told but by Events.
        cluster_name: in ownership tags.
        region: of resources that name none.
        deletion_policy: of resources that name none; None leaves it to their kind.
        images: what goes before the shipped table of SageMaker's own images.
        elsewhere: where SageMaker is, if not at AWS.
        analyzer: the image that monitors, where a manifest names none.
        resync, drift: seconds between looks at what is at rest (see `watchlist`).
        first_look: seconds before the first look at what AWS is changing.
    """

    def __init__(  # noqa: PLR0913 - the one place where all parts meet
        self,
        *,
        cluster: Cluster,
        cloud: Cloud,
        sweep: Sweep,
        announcer: Announcer,
        clock: Clock,
        meter: Meter,
        cluster_name: str,
        region: str,
        logs: Logs | None = None,
        files: Files | None = None,
        messages: Messages | None = None,
        deletion_policy: Policy | None = None,
        images: Overrides = NONE,
        elsewhere: str = "",
        analyzer: str = "",
        resync: float = 60.0,
        drift: float = 36_000.0,
        first_look: float = 1.0,
    ) -> None:
        self._store, self._queue = Store(), WorkQueue()
        self._watchlist = Watchlist(
            queue=self._queue,
            sweep=sweep,
            clock=clock,
            region=region,
            resync=resync,
            drift=drift,
            wake=self._wake,
            first_look=first_look,
        )
        self._changes = Changes(
            store=self._store,
            queue=self._queue,
            settle=self._watchlist.settle,
            watch=self._watchlist.watch,
            remind=self._watchlist.remind,
            gone=self._watchlist.forget,
            wake=self._wake,
        )
        children = Children(cluster=cluster, hear=self._changes.ingest, announcer=announcer)
        passes = Passes(
            cluster=cluster,
            cloud=cloud,
            store=self._store,
            learn=self._changes.learn,
            targets=Targets(self._store, cluster=cluster_name, region=region, images=images),
            offspring=Offspring(cluster=cluster, store=self._store, children=children),
            announcer=announcer,
            clock=clock,
            logs=logs,
            region=region,
            default_policy=deletion_policy,
            drift=drift,
            elsewhere=elsewhere,
        )
        self._composing = Composing(
            cluster=cluster,
            store=self._store,
            queue=self._queue,
            children=children,
            asking=Asking(cluster=cluster, cloud=cloud, files=files, messages=messages, region=region),
            announcer=announcer,
            clock=clock,
            wake=self._wake,
            analyzer=analyzer,
        )
        self._workers = Workers(
            queue=self._queue,
            store=self._store,
            passes=passes,
            composing=self._composing,
            watcher=self._watchlist,
            clock=clock,
            meter=meter,
            gone=self._gone,
            first_look=first_look,
        )

    def ingest(self, kind: AnyKind, event: str | None, body: Mapping[str, Any]) -> None:
        """Learn an event of the Kubernetes API."""
        if isinstance(kind, Composite):
            self._composing.ingest(kind, event, body)
        elif isinstance(kind, Kind):
            key = Key(kind.name, body["metadata"]["namespace"], body["metadata"]["name"])
            if _in_sagemaker(kind, body):
                self._changes.ingest(kind, event, body)
            elif self._store.get(key) is not None:
                # SageMaker had it before.
                self._changes.vanished(key)
            if (beside := COMPANIONS.get(kind.name)) is not None:
                self._composing.ingest(beside, event, body)

    def known(self, kind: AnyKind) -> dict[tuple[str, str], tuple[str, str]]:
        """The UID and resourceVersion of every object of a kind that we know, by namespace and name."""
        return {
            (known.key.namespace, known.key.name): (known.uid, known.version)
            for known in (*self._store, *self._composing)
            if known.kind.name == kind.name
        }

    def vanished(self, kind: AnyKind, namespace: str, name: str) -> None:
        """An object is gone, and no event had told so."""
        _log.warning("An object vanished unseen", extra={"kind": kind.name, "namespace": namespace, "object": name})
        self._gone(Key(kind.name, namespace, name))

    async def run(self, workers: int) -> None:
        """Work until `stop`, then finish what is under way."""
        try:
            await self._workers.run(workers)
        finally:
            await self._watchlist.close()

    def stop(self) -> None:
        """Begin no further pass."""
        self._workers.stop()

    def busy(self) -> int:
        """How many passes are under way."""
        return self._queue.busy

    def states(self) -> Counter[tuple[str, str]]:
        """How many objects there are by kind and state: ready, stalled or reconciling."""
        composed = (known for known in self._composing if self._store.get(known.key) is None)
        return Counter((known.kind.name, known.state) for known in (*self._store, *composed))

    def violations(self) -> dict[tuple[str, str], int]:
        """How many violations the last run of each monitoring schedule found, by namespace and name."""
        return {
            (one.key.namespace, one.key.name): int(one.parent.status["violations"])
            for one in self._composing
            if "violations" in one.parent.status
        }

    def _gone(self, key: Key) -> None:
        if key.kind in COMPOSITES or key.kind in COMPANIONS:
            self._composing.vanished(key)
        if key.kind not in COMPOSITES:
            self._changes.vanished(key)

    def _wake(self) -> None:
        self._workers.wake()


def _in_sagemaker(kind: Kind, body: Mapping[str, Any]) -> bool:
    """Whether an object stands for something in SageMaker, or may still have something there."""
    ours = kind.left_to_us is not None and kind.left_to_us(body.get("spec") or {})
    return not ours or FINALIZER in (body["metadata"].get("finalizers") or ())
