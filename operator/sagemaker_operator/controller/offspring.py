"""The objects that a manifest describes in place: made before they are waited for, and cleaned up once nothing uses them."""

from collections.abc import Iterable

from sagemaker_operator.composites.child import Child, tags
from sagemaker_operator.composites.endpoint.surplus import surplus
from sagemaker_operator.composites.plan import Wanted
from sagemaker_operator.engine.facts import Facts, Present
from sagemaker_operator.engine.resource import Key, Resource
from sagemaker_operator.engine.target import Target, Waiting
from sagemaker_operator.engine.verdict import Reason
from sagemaker_operator.kinds import KINDS
from sagemaker_operator.kinds.kind import Stage

from .children import Children
from .launching import Ask, Launching
from .ports import Cluster
from .store import Store


class Offspring:
    """Makes, and takes away, what custom resources with a SageMaker resource of their own own besides."""

    def __init__(self, *, cluster: Cluster, store: Store, children: Children) -> None:
        self._cluster, self._store, self._children = cluster, store, children
        self._launching = Launching(store=store, children=children)

    async def make(self, resource: Resource, wanted: Iterable[Wanted]) -> Waiting | bool:
        """Create what is missing.

        Returns:
            What keeps something from being there, or whether anything was created.

        Raises:
            kube.errors.KubeError: nobody knows whether it was created; the next pass finds it.
        """
        asleep = (resource.spec.get("suspend") or resource.spec.get("stopped")) and resource.arn is None
        if resource.paused or resource.deleting or asleep:
            return False
        made = False
        for one in wanted:
            record = self._store.get(Key(one.kind, resource.namespace, one.name))
            if record is None:
                refusal = await self._children.create(resource, one)
                if refusal is not None:
                    reason = Reason.NAME_CONFLICT if refusal.taken else Reason.CREATION_FAILED
                    return Waiting(f"{one.kind} {one.name}: {refusal.message}", reason, hopeless=True)
                made = True
            elif record.owner is None or record.owner.uid != resource.uid:
                message = f"{record.key} belongs to an earlier object or to somebody else, and has to go first."
                return Waiting(message, Reason.NAME_CONFLICT)
        return made

    async def prune(self, facts: Facts) -> None:
        """Delete what nothing uses any more, and give the rest the tags of its maker, once SageMaker is at rest."""
        row = facts.kind.inline
        at_rest = isinstance(facts.observed, Present) and facts.observed.complete and facts.stage is Stage.READY
        if row is None or not at_rest or not isinstance(facts.target, Target) or facts.update is not None:
            return
        resource = facts.resource
        there = self._store.children(resource.uid)

        def refers_to(child: Child) -> tuple[str, ...]:
            record = self._store.get(Key(child.kind, resource.namespace, child.name))
            return tuple(target.name for target, _ in record.points_to) if record is not None else ()

        wanted = facts.target.made_of
        gone = surplus(row, there, wanted=wanted, status=resource.status, refers_to=refers_to)
        for child in gone:
            await self._children.delete(resource, child)
        for child in there:
            # Their names come from their content, which tags are no part of.
            if child not in gone and not child.deleting and child.tags != tags(resource.spec):
                body = {"spec": {"tags": resource.spec.get("tags")}}
                await self._cluster.patch(KINDS[child.kind], resource.namespace, child.name, body)

    async def keep(self, facts: Facts, ask: Ask) -> None:
        """Bring the objects for what a job has launched in step with that, as `Launching.keep`."""
        await self._launching.keep(facts, ask)

    async def retain(self, resource: Resource) -> None:
        """Let the SageMaker resources of all children stay when their objects go."""
        for child in self._store.children(resource.uid):
            body = {"spec": {"deletionPolicy": "Retain"}}
            await self._cluster.patch(KINDS[child.kind], resource.namespace, child.name, body)
