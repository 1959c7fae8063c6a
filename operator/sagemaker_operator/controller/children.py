"""Objects that are made for others: finding, creating and deleting them, without ever making one twice."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from sagemaker_operator.composites.child import Child
from sagemaker_operator.composites.plan import CONTROLLER_UID, Refusal, Wanted, manifest
from sagemaker_operator.engine.announce import Announcement, Type
from sagemaker_operator.engine.resource import Object, Resource
from sagemaker_operator.kinds import KINDS
from sagemaker_operator.kube.errors import Conflict, Forbidden, Invalid, Missing

from .ports import Announcer, Cluster


class Children:
    """Carries out what is planned for children; what becomes of them is told to the parent in Events.

    Args:
        hear: learns an object of a kind as an event would tell it.
    """

    def __init__(
        self, *, cluster: Cluster, hear: Callable[[Any, str | None, Mapping[str, Any]], None], announcer: Announcer
    ) -> None:
        self._cluster, self._hear, self._announcer = cluster, hear, announcer

    async def find(self, parent: Object, kind: str) -> None:
        """Learn all children of a kind from the API server itself, as a watch may lag behind."""
        # Where the CRD is not installed there are none; to create one will say so.
        with suppress(Missing):
            label = f"{CONTROLLER_UID}={parent.uid}"
            for body in await self._cluster.labelled(KINDS[kind], parent.namespace, label):
                self._hear(KINDS[kind], None, body)

    async def create(self, parent: Object, wanted: Wanted) -> Refusal | None:
        """Create a child, or find that an earlier create got through; what keeps it from being created otherwise.

        Raises:
            kube.errors.KubeError: nobody knows whether it was created.
        """
        kind = KINDS[wanted.kind]
        try:
            body = await self._cluster.create(kind, parent.namespace, manifest(parent, wanted))
            self._tell(parent, "Normal", "SuccessfulCreate", f"Created {wanted.kind} {wanted.name}")
        except Conflict as conflict:
            found = await self._cluster.get(kind, parent.namespace, wanted.name)
            if found is None:
                raise
            owner = Resource.read(kind, found).owner
            if owner is None or owner.uid != parent.uid:
                return self._refused(parent, wanted, Refusal(str(conflict), taken=True))
            # An earlier create got through, and its reply did not.
            body = found
        except (Invalid, Forbidden, Missing) as refusal:
            return self._refused(parent, wanted, Refusal(str(refusal)))
        self._hear(kind, "ADDED", body)
        return None

    async def delete(self, parent: Object, child: Child) -> None:
        """Ask for a child to go; that it has gone already is as good."""
        there = False
        # Another object of that name means that this one is gone.
        with suppress(Conflict):
            there = await self._cluster.delete(KINDS[child.kind], parent.namespace, child.name, uid=child.uid)
        if there:
            self._tell(parent, "Normal", "SuccessfulDelete", f"Deleted {child.kind} {child.name}")

    async def release(self, parent: Object, child: Child) -> None:
        """Let a child stay when its parent goes: it is nobody's from then on."""
        kind = KINDS[child.kind]
        body = {"metadata": {"ownerReferences": None, "labels": {CONTROLLER_UID: None}, "uid": child.uid}}
        with suppress(Conflict):
            patched = await self._cluster.patch(kind, parent.namespace, child.name, body)
            if patched is not None:
                self._hear(kind, "MODIFIED", patched)

    def _refused(self, parent: Object, wanted: Wanted, refusal: Refusal) -> Refusal:
        said = f"Error creating {wanted.kind} {wanted.name}: {refusal.message}"
        self._tell(parent, "Warning", "FailedCreate", said)
        return refusal

    def _tell(self, parent: Object, severity: Type, reason: str, said: str) -> None:
        self._announcer.announce(parent, Announcement(severity, reason, said, "Compose"))
