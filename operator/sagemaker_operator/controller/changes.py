"""Which changes in the cluster deserve a pass.

Every event of every custom resource comes by here, so each is handled at once and without any I/O: the record learns it, and the
key is queued if something that we act on has changed. Our own writes come by twice, as reply and as event, in either order: only
what is newer than what is known is learned, and nothing of an object that was heard to be gone.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sagemaker_operator.composites.child import Child
from sagemaker_operator.engine.lanes import Lane
from sagemaker_operator.engine.queue import WorkQueue
from sagemaker_operator.engine.resource import Key, Owner, Resource
from sagemaker_operator.kinds import Kind, Lifecycle

from .store import Record, Store

# Nothing older than a request that was given up can still arrive; so many objects are not deleted meanwhile.
_MOST_GONE = 4096
_Relation = tuple[Owner, Child]
"""Whom an object was made for, and what that one knows of it."""


class Changes:
    """Takes in events and queues keys.

    Args:
        store: learns everything.
        queue: gets the keys.
        settle: called with the record of a resource that is settled when it is first seen.
        watch: called with the record of a job that runs when it is first seen.
        remind: called with the record of a resource that is at rest or watched when it is first seen.
        gone: called with the record of a resource that is no more.
    """

    def __init__(
        self,
        *,
        store: Store,
        queue: WorkQueue,
        settle: Callable[[Record], None],
        watch: Callable[[Record], None],
        remind: Callable[[Record], None],
        gone: Callable[[Record], None],
        wake: Callable[[], None],
    ) -> None:
        self._store, self._queue = store, queue
        self._settle, self._watch, self._remind, self._gone, self._wake = settle, watch, remind, gone, wake
        # Replies to what was asked while they were there would bring them back to life: no event would tell of their end again.
        self._ended: dict[str, None] = {}

    def ingest(self, kind: Kind, event: str | None, body: Mapping[str, Any]) -> None:
        """Learn an event of the Kubernetes API; ``event`` is None for what a listing brings."""
        metadata = body["metadata"]
        key = Key(kind.name, metadata["namespace"], metadata["name"])
        record = self._store.get(key)
        if event == "DELETED":
            self._end(metadata["uid"])
            if record is None or record.uid == metadata["uid"]:
                self.vanished(key)
            return
        if self._is_news(metadata["uid"], metadata["resourceVersion"], record):
            self._take(Resource.read(kind, body), record)
            self._wake()

    def learn(self, resource: Resource) -> None:
        """Learn what we wrote ourselves: nothing of it needs a pass, but others may wait for it."""
        record = self._store.get(resource.key)
        if self._is_news(resource.uid, resource.version, record):
            self._know(resource, record)

    def vanished(self, key: Key) -> None:
        """The object is gone from the cluster."""
        self._queue.forget(key)
        record = self._store.drop(key)
        if record is None:
            return
        self._gone(record)
        self._wake_owners(_relation(record), None)
        self._wake_leaving(record)
        self._wake_made(record, None)
        for referrer in (*self._store.referrers(key), *self._store.watchers(key)):
            self._queue.add(referrer, Lane.TRANSITION)
        self._wake()

    def _take(self, resource: Resource, record: Record | None) -> None:
        first = record is None or record.uid != resource.uid
        asked = not first and record is not None and _asks_for_work(record, resource)
        if first and record is not None:
            self._end(record.uid)
        learned = self._know(resource, record)
        if first:
            self._first_seen(learned)
        elif asked:
            self._queue.add(learned.key, Lane.USER)

    def _know(self, resource: Resource, record: Record | None) -> Record:
        """Take a version of an object into its record, and wake who waits for what is new in it."""
        was, finished = _shown(record), record is not None and record.finished
        watched = _watched(record)
        relation, used = _relation(record), _used(record)
        learned = self._store.take(resource)
        self._wake_owners(relation, _relation(learned))
        self._wake_made(learned, used)
        self._wake_referrers(learned, was)
        for watcher in self._store.watchers(learned.key) if _watched(learned) != watched else ():
            self._queue.add(watcher, Lane.TRANSITION)
        if learned.finished and not finished:
            self._wake_leaving(learned)
        return learned

    def _is_news(self, uid: str, version: str, record: Record | None) -> bool:
        """Whether a version of an object is newer than what is known of it, and the object not known to be gone."""
        if uid in self._ended:
            return False
        return record is None or record.uid != uid or newer(version, record.version)

    def _end(self, uid: str) -> None:
        """Remember that an object is gone for good."""
        self._ended[uid] = None
        if len(self._ended) > _MOST_GONE:
            del self._ended[next(iter(self._ended))]

    def _first_seen(self, record: Record) -> None:
        if record.settled:
            self._settle(record)
        elif _running(record):
            # After a restart running jobs are watched on; many of them cost a few pages of a list.
            self._watch(record)
        else:
            self._queue.add(record.key, Lane.USER)
            return
        self._remind(record)

    def _wake_owners(self, before: _Relation | None, after: _Relation | None) -> None:
        """Whom it was or is made for, if what that one knows of it has changed."""
        for relation in (before, after) if before != after else ():
            known = self._store.get(relation[0].key) if relation is not None else None
            # What is merely listed after a restart is no news to whom it was made for before.
            if relation is not None and (before is not None or known is None or not known.settled):
                self._queue.add(relation[0].key, Lane.TRANSITION)

    def _wake_made(self, record: Record, used: tuple[bool, frozenset[str]] | None) -> None:
        """What was made for it may go now, if it is not in use any more."""
        if _used(record) == used:
            return
        for child in self._store.children(record.uid):
            if child.deleting:
                self._queue.add(Key(child.kind, record.key.namespace, child.name), Lane.USER)

    def _wake_leaving(self, record: Record) -> None:
        """What it refers to may go now, if that is what it waits for."""
        for target, _ in record.points_to:
            pointed = self._store.get(target)
            if pointed is not None and pointed.deleting:
                self._queue.add(target, Lane.USER)

    def _wake_referrers(self, record: Record, was: tuple[bool, str] | None) -> None:
        if _shown(record) == was:
            return
        for referrer in self._store.referrers(record.key):
            known = self._store.get(referrer)
            # What is merely listed after a restart is no news to those that made use of it before.
            if was is not None or known is None or not known.settled:
                self._queue.add(referrer, Lane.TRANSITION)


def _relation(record: Record | None) -> _Relation | None:
    return None if record is None or record.owner is None or record.child is None else (record.owner, record.child)


def _used(record: Record | None) -> tuple[bool, frozenset[str]] | None:
    """What keeps an object's own objects from going."""
    return None if record is None else (record.claimed, record.uses)


def _shown(record: Record | None) -> tuple[bool, str] | None:
    """What those who refer to an object tell about it: whether it is ready, and what keeps it from that."""
    return None if record is None else (record.ready, record.trouble)


def _watched(record: Record | None) -> tuple[Any, ...] | None:
    """What those who hear of an object's changes act upon: also that it has come to rest."""
    return None if record is None else (*(_shown(record) or ()), record.settled, record.generation, record.deleting)


def _asks_for_work(known: Record, resource: Resource) -> bool:
    """Whether somebody wants something. Our finalizer and our answers are our own doing, and may be heard of before the reply."""
    return (
        resource.generation != known.generation
        or resource.deleting != known.deleting
        or (known.claimed and not resource.claimed)
        or resource.look_now not in (None, known.look_now)
        or resource.paused != known.paused
    )


def _running(record: Record) -> bool:
    """Whether the last report says that a job runs, and nothing was asked for since."""
    reported = record.resource is not None and record.resource.up_to_date
    return record.kind.lifecycle is Lifecycle.JOB and record.arn is not None and reported and not record.deleting


def newer(version: str, known: str) -> bool:
    """Whether one resourceVersion came after another."""
    # Comparing resourceVersions as numbers is documented from Kubernetes 1.35 on, and has always been true of etcd.
    try:
        return int(version) > int(known)
    except ValueError:
        return version != known
