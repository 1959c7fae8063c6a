"""A Kubernetes API server in memory: custom resources with versions, generations, finalizers and owners, and who watches them.

What it does is what the real one does to the objects of a CRD with a status subresource. Stored objects are never changed, only
replaced, so that whoever holds one has that version of it. Not here: how long a request takes and what befalls it (`doors`).
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from sagemaker_operator.composites.table import ALL_KINDS
from sagemaker_operator.engine.report import merged
from sagemaker_operator.engine.resource import Key
from sagemaker_operator.kinds import GROUP, VERSION
from sagemaker_operator.kube.errors import Conflict, Invalid, Missing

from . import schema

Object = dict[str, Any]
# Gets the type of the event, the object, and the object as it was.
Watcher = Callable[[str, Object, Object | None], None]
NAMESPACE = "default"
Cascade = Literal["background", "foreground", "orphan"]
_FOREGROUND = "foregroundDeletion"


class Kubernetes:
    """All objects of one cluster.

    Attributes:
        core: objects of the core API by plural, namespace (empty for those without) and name; put there by tests.
        watchers: hear of every change.
        writes: how many changes there were.

    Args:
        now: tells the time of day.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._objects: dict[Key, Object] = {}
        self._version = 0
        self._made = 0
        self.core: dict[tuple[str, str, str], Object] = {}
        self.watchers: list[Watcher] = []
        self.writes = 0

    def __iter__(self) -> Iterator[Object]:
        return iter(tuple(self._objects.values()))

    def get(self, key: Key) -> Object | None:
        """An object; not to be changed by the caller."""
        return self._objects.get(key)

    def labelled(self, kind: str, namespace: str, label: str) -> list[Object]:
        """The objects of a namespace that carry a label, ``key=value``."""
        name, _, value = label.partition("=")
        return [
            found
            for key, found in self._objects.items()
            if (key.kind, key.namespace) == (kind, namespace) and found["metadata"].get("labels", {}).get(name) == value
        ]

    def create(self, manifest: Mapping[str, Any]) -> Object:
        """A new object.

        Raises:
            Conflict: there is one of that name.
            Invalid: the schema does not allow it.
        """
        metadata = dict(manifest["metadata"])
        key = Key(manifest["kind"], metadata.setdefault("namespace", NAMESPACE), metadata["name"])
        if key.kind not in ALL_KINDS:
            raise Missing(f"{key}: no such kind")
        if key in self._objects:
            raise Conflict(f"{key} already exists")
        self._made += 1
        metadata |= {
            "uid": str(uuid.UUID(int=(self._made << 96) | (4 << 76) | (8 << 60) | 0x5A6E)),
            "generation": 1,
            "creationTimestamp": self._time(),
        }
        spec, wrong = schema.stored(ALL_KINDS[key.kind], "spec", manifest.get("spec", {}))
        status, _ = schema.stored(ALL_KINDS[key.kind], "status", None)
        _refuse(key, wrong)
        body = {"apiVersion": f"{GROUP}/{VERSION}", "kind": key.kind, "metadata": metadata}
        made = self._keep(key, {**body, "spec": spec, "status": status}, None)
        if _owners(made) and not self._owners_of(made):
            self.delete(key)
        return made

    def patch(
        self, key: Key, body: Mapping[str, Any], *, version: str | None = None, status: bool = False
    ) -> Object | None:
        """Merge a patch into an object, or into its status; None if there is no such object.

        Raises:
            Conflict: the object is at another version.
            Invalid: the schema does not allow the result.
        """
        before = self._objects.get(key)
        if before is None:
            return None
        if version is not None and before["metadata"]["resourceVersion"] != version:
            raise Conflict(f"{key}: the object has been modified")
        kind, after = ALL_KINDS[key.kind], dict(before)
        if status:
            wanted = merged(before.get("status") or {}, body.get("status") or {})
            after["status"], wrong = schema.stored(kind, "status", wanted, before.get("status"))
        else:
            given = {name: value for name, value in body.get("metadata", {}).items() if name != "resourceVersion"}
            after["metadata"] = merged(before["metadata"], given)
            wanted = merged(before["spec"], body.get("spec") or {})
            after["spec"], wrong = schema.stored(kind, "spec", wanted, before["spec"])
            wrong += _late_finalizers(before, after)
        _refuse(key, wrong)
        return self._replace(key, before, after)

    def replace_spec(self, key: Key, spec: Mapping[str, Any], annotations: Mapping[str, str] | None = None) -> Object:
        """What ``kubectl apply`` of another manifest makes of an object that it applied before. Raises Invalid."""
        before = self._objects[key]
        after = dict(before)
        after["spec"], wrong = schema.stored(ALL_KINDS[key.kind], "spec", dict(spec), before["spec"])
        if annotations is not None:
            after["metadata"] = {**before["metadata"], "annotations": dict(annotations)}
        _refuse(key, wrong)
        return self._replace(key, before, after)

    def delete(
        self, key: Key, *, uid: str | None = None, version: str | None = None, cascade: Cascade = "background"
    ) -> bool:
        """Ask for an object to go, which it does when its finalizers have gone; whether there was one.

        Args:
            key: its address.
            uid: of the very object that is meant.
            version: at which it must be.
            cascade: whether what it owns goes after it, before it, or stays, as in ``kubectl delete --cascade``.

        Raises:
            Conflict: it is another object, or at another version.
        """
        before = self._objects.get(key)
        if before is None:
            return False
        metadata = before["metadata"]
        if uid not in (None, metadata["uid"]) or version not in (None, metadata["resourceVersion"]):
            raise Conflict(f"{key}: the precondition does not hold")
        if "deletionTimestamp" in metadata:
            return True
        if cascade == "orphan":
            self._orphan(metadata["uid"])
        finalizers = list(metadata.get("finalizers") or ())
        if cascade == "foreground" and self._blocking(metadata["uid"]):
            finalizers.append(_FOREGROUND)
        if not finalizers:
            self._remove(key, before)
            return True
        leaving = {
            "deletionTimestamp": self._time(),
            "generation": metadata["generation"] + 1,
            "finalizers": finalizers,
        }
        self._keep(key, {**before, "metadata": {**metadata, **leaving}}, before)
        if _FOREGROUND in finalizers:
            for owned in self._owned(metadata["uid"]):
                self.delete(owned, cascade="foreground")
        return True

    # What the garbage collector does, which in a real cluster takes a moment

    def _owned(self, uid: str) -> list[Key]:
        return [key for key, found in tuple(self._objects.items()) if uid in {one["uid"] for one in _owners(found)}]

    def _owners_of(self, found: Object) -> list[Key]:
        uids = {one["uid"] for one in _owners(found)}
        return [key for key, other in self._objects.items() if other["metadata"]["uid"] in uids]

    def _blocking(self, uid: str) -> list[Key]:
        """What holds up the foreground deletion of its owner."""
        owned = ((key, _owners(self._objects[key])) for key in self._owned(uid))
        return [key for key, owners in owned if any(o["uid"] == uid and o.get("blockOwnerDeletion") for o in owners)]

    def _orphan(self, uid: str) -> None:
        for key in self._owned(uid):
            owners = [one for one in _owners(self._objects[key]) if one["uid"] != uid]
            self.patch(key, {"metadata": {"ownerReferences": owners or None}})

    def _collect(self, gone: Object) -> None:
        """What was owned goes as well; an owner that waited for it waits for what else it owns, or for nothing any more."""
        for key in self._owned(gone["metadata"]["uid"]):
            self.delete(key)
        for uid in [owner["uid"] for owner in _owners(gone)]:
            waiting = next((key for key, found in self._objects.items() if found["metadata"]["uid"] == uid), None)
            finalizers = self._objects[waiting]["metadata"].get("finalizers") or [] if waiting is not None else []
            if waiting is None or _FOREGROUND not in finalizers:
                continue
            for key in (blocking := self._blocking(uid)):
                self.delete(key, cascade="foreground")
            if not blocking:
                self.patch(waiting, {"metadata": {"finalizers": [name for name in finalizers if name != _FOREGROUND]}})

    def _replace(self, key: Key, before: Object, after: Object) -> Object:
        if after == before:
            return before
        if after["spec"] != before["spec"]:
            after["metadata"] = {**after["metadata"], "generation": before["metadata"]["generation"] + 1}
        if "deletionTimestamp" in after["metadata"] and not after["metadata"].get("finalizers"):
            return self._remove(key, after)
        return self._keep(key, after, before)

    def _keep(self, key: Key, after: Object, before: Object | None) -> Object:
        after = self._versioned(after)
        self._objects[key] = after
        self._tell("ADDED" if before is None else "MODIFIED", after, before)
        return after

    def _remove(self, key: Key, last: Object) -> Object:
        before = self._objects.pop(key)
        last = self._versioned(last)
        self._tell("DELETED", last, before)
        self._collect(last)
        return last

    def _versioned(self, body: Object) -> Object:
        self._version += 1
        return {**body, "metadata": {**body["metadata"], "resourceVersion": str(self._version)}}

    def _tell(self, event: str, after: Object, before: Object | None) -> None:
        self.writes += 1
        for watcher in tuple(self.watchers):
            watcher(event, after, before)

    def _time(self) -> str:
        return self._now().strftime("%Y-%m-%dT%H:%M:%SZ")


def _owners(found: Object) -> list[Object]:
    return found["metadata"].get("ownerReferences") or []


def _late_finalizers(before: Object, after: Object) -> list[str]:
    if "deletionTimestamp" not in before["metadata"]:
        return []
    added = {*after["metadata"].get("finalizers", ())} - {*before["metadata"].get("finalizers", ())}
    return [f"metadata.finalizers: no new finalizers can be added to what is being deleted: {', '.join(added)}"] * bool(
        added
    )


def _refuse(key: Key, wrong: list[str]) -> None:
    if wrong:
        raise Invalid(f"{key} is invalid: {'; '.join(wrong)}")
