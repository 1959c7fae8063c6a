"""What manifests ask for, given what the other custom resources offer."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sagemaker_operator.composites.endpoint import children, recommended
from sagemaker_operator.composites.endpoint.children import Described
from sagemaker_operator.composites.endpoint.sizes import sizes
from sagemaker_operator.engine import builtin, references, sources
from sagemaker_operator.engine.ownership import ownership
from sagemaker_operator.engine.policy import RunPolicy
from sagemaker_operator.engine.references import Pointer
from sagemaker_operator.engine.resource import Key, Resource
from sagemaker_operator.engine.revisions import in_use
from sagemaker_operator.engine.sources import Asked
from sagemaker_operator.engine.target import Target, Waiting, fingerprint, understand
from sagemaker_operator.engine.verdict import Reason
from sagemaker_operator.images import NONE, Overrides, Unknown
from sagemaker_operator.kinds import KINDS, Reference

from .store import Store


class Targets:
    """Resolves references against the store, and marks what we make as ours.

    Args:
        store: the records of all custom resources.
        cluster: the name of this Kubernetes cluster in ownership tags.
        region: of resources that name none.
        images: what this installation says about SageMaker's own images.
    """

    def __init__(self, store: Store, *, cluster: str, region: str, images: Overrides = NONE) -> None:
        self._store, self._cluster, self._region, self._images = store, cluster, region, images

    def of(self, resource: Resource, values: Mapping[Asked, Any] | Waiting) -> Target | Waiting:
        """The target of a manifest, or what it waits for.

        Args:
            resource: the custom resource.
            values: what its ConfigMaps and Secrets hold, or why that is not known.
        """
        if isinstance(values, Waiting):
            return values
        offers = self._offers(resource)
        if isinstance(offers, Waiting):
            return offers
        hidden = sources.secrets(values, resource.uid)
        owned = ownership(cluster=self._cluster, namespace=resource.namespace, name=resource.name, uid=resource.uid)
        resolved = references.resolve(sources.fill(resource.spec, values), offers)
        resolved = recommended.settled(resource.kind.inline, RunPolicy(resource).on_instance_type(resolved))
        region = resolved.get("region") or self._region
        try:
            resolved, found = builtin.resolve(resource, resolved, region=region, overrides=self._images)
        except Unknown as unknown:
            return Waiting(f"{unknown}.", Reason.INVALID_SPEC, hopeless=True)
        described = _in_place(resource, resolved)
        if isinstance(described, Waiting):
            return described
        if described is not None:
            found_there = self._described(resource, described)
            if isinstance(found_there, Waiting):
                return found_there
            resolved |= found_there
        target = understand(resource, resolved, owned)
        target = replace(target, secrets=hidden, images=found, inputs=_digest(offers, values, hidden))
        if resource.kind.inline is not None:
            target = replace(target, models=self._models(resource, described))
        if described is None:
            return target
        taken = {p.target.name: offer for p, offer in offers.items() if p.reference.sets == "modelDataURL"}
        return replace(target, artifacts=taken, **_of(described, resource, resolved))

    def _offers(self, resource: Resource) -> dict[Pointer, str | list[Any]] | Waiting:
        """What the targets of a manifest's references offer, or the first that it waits for."""
        offers: dict[Pointer, str | list[Any]] = {}
        artifacts = resource.status.get("artifacts") or {}
        for pointer in references.pointers(resource.kind, resource.spec, resource.namespace):
            offer = self._apart(pointer, resource) or self._kept(pointer, resource)
            offer = offer or self._offer(pointer, made=resource.arn is not None)
            known = artifacts.get(str(pointer.target.name)) if pointer.reference.sets == "modelDataURL" else None
            if isinstance(offer, Waiting) and known is not None:
                # What was deployed stays so when the job that made it is cleaned up.
                offer = known
            if isinstance(offer, Waiting):
                return self._cycle(resource.key, pointer.target) or self._own(resource, pointer.target) or offer
            offers[pointer] = offer
        return offers

    def _own(self, resource: Resource, target: Key) -> Waiting | None:
        """What keeps an object that was made for a manifest from being ready: to be mended in that manifest."""
        record = self._store.get(target)
        if record is None or record.owner is None or record.owner.uid != resource.uid:
            return None
        if not record.trouble or record.deleting:
            return None
        closed = record.trouble.startswith(f"{Reason.SERVICE_CLOSED}: ")
        reason = Reason.SERVICE_CLOSED if closed else Reason.DEPENDENCY_NOT_READY
        return Waiting(f"{record.key} is not ready: {record.trouble}", reason, hopeless=True)

    def _described(self, resource: Resource, described: Described) -> dict[str, Any] | Waiting:
        """The field that names what a manifest describes in place, or what it waits for."""
        row, name, asked = resource.kind.inline, described.config, resource.spec.get("rollbackTo")
        assert row is not None
        reference, key = Reference(row.field, row.sets, row.kind, row.reads), Key(row.kind, resource.namespace, name)
        record = self._store.get(key)
        if record is not None and record.deleting and record.name in in_use(resource.status):
            # It stays until nothing uses it any more, and nobody need notice before.
            return {row.sets: record.name}
        if record is None and asked is not None:
            message = (
                f"The {row.kind} {name} of revision {asked}, which spec.rollbackTo asks for, does not exist any more."
            )
            return Waiting(message, Reason.DEPENDENCY_NOT_FOUND, hopeless=True)
        offer = self._offer(Pointer(reference, (), key), made=False)
        if isinstance(offer, Waiting):
            return replace(self._trouble(resource, described) or offer, made_of=described.children)
        return {row.sets: offer}

    def _trouble(self, resource: Resource, described: Described) -> Waiting | None:
        """What keeps an object that a manifest describes in place from being ready: to be mended in that manifest."""
        keys = (Key(one.kind, resource.namespace, one.name) for one in described.children)
        records = (record for record in map(self._store.get, keys) if record is not None)
        told = next((record for record in records if record.trouble and not record.deleting), None)
        return None if told is None else Waiting(f"{told.key} is not ready: {told.trouble}", hopeless=True)

    def _models(self, resource: Resource, described: Described | None) -> dict[str, str]:
        """The models that a manifest asks for, by variant, where an object tells them."""
        row = resource.kind.inline
        assert row is not None
        name = described.config if described else (resource.spec.get("endpointConfigRef") or {}).get("name")
        return self._store.models(Key(row.kind, resource.namespace, name)) if name else {}

    def _cycle(self, start: Key, target: Key) -> Waiting | None:
        """What to say if a resource waits for itself by way of what it waits for."""
        ways: list[tuple[Key, ...]] = [(target,)]
        seen = {target}
        while ways:
            way = ways.pop()
            if way[-1] == start:
                told = " → ".join(map(str, (start, *way)))
                return Waiting(f"These wait for each other: {told}.", Reason.REFERENCE_CYCLE, hopeless=True)
            record = self._store.get(way[-1])
            for further, _ in record.points_to if record is not None else ():
                if further not in seen:
                    seen.add(further)
                    ways.append((*way, further))
        return None

    def _apart(self, pointer: Pointer, resource: Resource) -> Waiting | None:
        """What to say if a target is in another region: a name means nothing there, as an ARN or an address would."""
        record, reference = self._store.get(pointer.target), pointer.reference
        if record is None or reference.reads != KINDS[reference.kind].identity_field:
            return None
        here, there = resource.spec.get("region") or self._region, record.region or self._region
        if here == there:
            return None
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in pointer.parent)
        where = f"spec{''.join(steps)}.{reference.field.rpartition('.')[2]}"
        message = (
            f"{where}: {pointer.target} is in the region {there}, and what refers to it in {here}. Name one in {here}."
        )
        return Waiting(message, Reason.INVALID_SPEC, hopeless=True)

    def _kept(self, pointer: Pointer, resource: Resource) -> str | list[Any] | None:
        """What one that was made for the same owner offers although it is to go: others need it, and so it stays until they go.

        To wait until it is gone would be to wait for the roll-out that waits for it.
        """
        record = self._store.get(pointer.target)
        if record is None or record.owner is None or resource.owner is None or record.owner.uid != resource.owner.uid:
            return None
        held = record.deleting and record.claimed and self._store.dependents(pointer.target)
        return record.offers.get(pointer.reference.reads) if held else None

    def _offer(self, pointer: Pointer, *, made: bool) -> str | list[Any] | Waiting:
        """What a target offers; what is made of it already goes on while the target is being edited."""
        record = self._store.get(pointer.target)
        if record is None:
            return Waiting(f"{pointer.target} does not exist.", Reason.DEPENDENCY_NOT_FOUND)
        if record.deleting:
            return Waiting(f"{pointer.target} is being deleted.")
        if not (record.serves if made else record.ready):
            return Waiting(f"{pointer.target} is not ready{': ' + record.trouble if record.trouble else '.'}")
        offer = record.offers.get(pointer.reference.reads)
        if offer is None:
            return Waiting(f"{pointer.target} has no status.{pointer.reference.reads}.")
        return offer


def _in_place(resource: Resource, resolved: Mapping[str, Any]) -> Described | Waiting | None:
    """What a manifest describes in place, or the revision that it returns to, for which nothing is made; None if neither."""
    if not children.uses(resource.kind, resolved):
        return None
    asked = resource.spec.get("rollbackTo")
    if asked is None:
        return children.describe(resource, resolved)
    revisions = resource.status.get("revisions") or ()
    name = next((str(one["name"]) for one in revisions if one.get("revision") == asked), None)
    if name is None:
        message = f"spec.rollbackTo is {asked}, and status.revisions has no such revision."
        return Waiting(message, Reason.INVALID_SPEC, hopeless=True)
    return Described(children=(), config=name)


def _of(described: Described, resource: Resource, resolved: Mapping[str, Any]) -> dict[str, Any]:
    """What a target tells of what is described in place."""
    assert resource.kind.inline is not None
    sized = {} if "rollbackTo" in resource.spec else sizes(resource.kind.inline, resolved)
    return {"made_of": described.children, "revision": described.config, "sizes": sized}


def _digest(offers: Mapping[Pointer, Any], values: Mapping[Asked, Any], hidden: Mapping[str, str]) -> str | None:
    """A digest of what a manifest takes from elsewhere; None if it takes nothing."""
    taken = {"references": [*offers.values()], "sources": sources.veiled([*values.values()], hidden)}
    return fingerprint(taken) if offers or values else None
