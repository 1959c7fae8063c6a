"""What manifests ask for, given what the other custom resources offer."""

from sagemaker_operator.engine import references
from sagemaker_operator.engine.ownership import ownership
from sagemaker_operator.engine.references import Pointer
from sagemaker_operator.engine.resource import Resource
from sagemaker_operator.engine.target import Target, Waiting, understand
from sagemaker_operator.engine.verdict import Reason

from .store import Store


class Targets:
    """Resolves references against the store, and marks what we make as ours.

    Args:
        store: the records of all custom resources.
        cluster: the name of this Kubernetes cluster in ownership tags.
    """

    def __init__(self, store: Store, *, cluster: str) -> None:
        self._store, self._cluster = store, cluster

    def of(self, resource: Resource) -> Target | Waiting:
        """The target of a manifest, or what it waits for."""
        values: dict[Pointer, str] = {}
        for pointer in references.pointers(resource.kind, resource.spec, resource.namespace):
            offer = self._offer(pointer)
            if isinstance(offer, Waiting):
                return offer
            values[pointer] = offer
        owned = ownership(cluster=self._cluster, namespace=resource.namespace, name=resource.name, uid=resource.uid)
        return understand(resource, references.resolve(resource.spec, values), owned)

    def _offer(self, pointer: Pointer) -> str | Waiting:
        record = self._store.get(pointer.target)
        if record is None:
            return Waiting(f"{pointer.target} does not exist.", Reason.DEPENDENCY_NOT_FOUND)
        if record.deleting:
            return Waiting(f"{pointer.target} is being deleted.")
        if not record.ready:
            return Waiting(f"{pointer.target} is not ready{': ' + record.trouble if record.trouble else '.'}")
        offer = record.offers.get(pointer.reference.reads)
        if offer is None:
            return Waiting(f"{pointer.target} has no status.{pointer.reference.reads}.")
        return offer
