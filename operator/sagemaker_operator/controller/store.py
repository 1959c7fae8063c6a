"""A small record of every custom resource.

Ten thousand settled resources must not fill the memory, so a record keeps the whole object only while there is work to do on it,
and otherwise just what others ask for: whether it is ready, what it offers to those who refer to it, whom it refers to.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sagemaker_operator.composites.child import Child
from sagemaker_operator.engine import policy, references
from sagemaker_operator.engine.resource import Key, Owner, Resource
from sagemaker_operator.engine.revisions import in_use
from sagemaker_operator.engine.schedule import Pace
from sagemaker_operator.kinds import KINDS, Kind, Reference
from sagemaker_operator.kinds.monitoring_form import in_effect

# What of a kind's status other kinds read.
_READ_BY_OTHERS: Mapping[str, tuple[Reference, ...]] = {
    name: tuple(r for kind in KINDS.values() for r in kind.references if r.kind == name) for name in KINDS
}
# A look so soon after one that found nothing tells no more than that.
_REPEATED = timedelta(seconds=1)


@dataclass(slots=True)
class Record:
    """What is known of one custom resource between passes.

    Attributes:
        resource: the whole object, while it is not settled.
        ready: whether it does what its manifest asks.
        serves: whether it does its work, be it for an earlier manifest.
        seen: SageMaker's state words and time of change as last reported.
        created: the ARN and the ids that SageMaker chose, until a report holds them.
        hint: a row of a List reply that says something else.
        tries, pace: how often in a row the last pass ended at the same pace.
        misses: how many looks in a row found nothing, those left out that only repeated the one before.
        missed: when the last of them was.
        scaling_due: when to look whether others have changed how it is scaled, in the clock's seconds; None at first.
        uses: the names in SageMaker of what it has made for itself and must not lose.
        due: the moments at which time alone gives it something to do.
        models: of an EndpointConfig, the model of each variant: its name in SageMaker, or the object that has it.
        owner: the custom resource that it was made for.
        child: what that one knows of it; None if there is none.
    """

    kind: Kind
    key: Key
    uid: str = ""
    version: str = ""
    generation: int = 0
    deleting: bool = False
    claimed: bool = False
    look_now: str | None = None
    paused: bool = False
    ready: bool = False
    serves: bool = False
    settled: bool = False
    finished: bool = False
    trouble: str = ""
    name: str | None = None
    arn: str | None = None
    region: str | None = None
    born: str = ""
    seen: tuple[str | None, str | None, str | None] = (None, None, None)
    offers: Mapping[str, str | list[Any]] = field(default_factory=dict)
    points_to: tuple[tuple[Key, bool], ...] = ()
    resource: Resource | None = None
    created: Mapping[str, Any] | None = None
    hint: Mapping[str, Any] | None = None
    tries: int = 0
    pace: Pace | None = None
    misses: int = 0
    missed: datetime | None = None
    scaling_due: float | None = None
    due: tuple[datetime, ...] = ()
    uses: frozenset[str] = frozenset()
    models: Mapping[str, str | Key] = field(default_factory=dict)
    owner: Owner | None = None
    child: Child | None = None

    @property
    def state(self) -> str:
        """A word for metrics."""
        if self.deleting:
            return "deleting"
        return "ready" if self.ready else "stalled" if self.settled else "reconciling"

    def misses_before(self, now: datetime) -> int:
        """How many looks found nothing before one that is about to be; edits in a row make many, and SageMaker shows late."""
        soon = self.missed is not None and now - self.missed < _REPEATED
        return max(0, self.misses - 1) if soon else self.misses

    def missed_again(self, misses: int, now: datetime) -> None:
        """Take over how many looks found nothing by the end of a pass."""
        if misses > self.misses:
            self.missed = now
        if misses > self.misses or misses == 0:
            self.misses = misses

    def take(self, resource: Resource) -> None:
        """Learn a newer version of the object."""
        status = resource.status
        self.uid, self.version, self.generation = resource.uid, resource.version, resource.generation
        self.deleting, self.claimed, self.look_now = resource.deleting, resource.claimed, resource.look_now
        self.paused = resource.paused
        self.serves = _serves(resource)
        self.ready = self.serves and resource.up_to_date
        self.settled, self.finished = resource.settled, resource.finished
        self.trouble = _trouble(resource)
        self.name, self.arn = resource.known_name, resource.arn
        self.region = resource.spec.get("region")
        self.born = status.get("creationTime") or resource.created
        self.seen = _seen(resource)
        self.offers = _offers(resource)
        self.due = policy.due(resource)
        self.uses = _uses(resource)
        self.models = _models(resource)
        self.owner, self.child = resource.owner, Child.of(resource) if resource.owner else None
        found = references.pointers(resource.kind, resource.spec, resource.namespace)
        self.points_to = tuple((pointer.target, pointer.reference.holds) for pointer in found)
        self.resource = None if self.settled else resource


class Store:
    """All records by key, who refers to whom, and who was made for whom."""

    def __init__(self) -> None:
        self._records: dict[Key, Record] = {}
        self._referrers: defaultdict[Key, set[Key]] = defaultdict(set)
        self._children: defaultdict[str, set[Key]] = defaultdict(set)
        self._watched: dict[Key, tuple[Key, ...]] = {}
        self._watchers: defaultdict[Key, set[Key]] = defaultdict(set)

    def __iter__(self) -> Iterator[Record]:
        return iter(tuple(self._records.values()))

    def __len__(self) -> int:
        return len(self._records)

    def get(self, key: Key) -> Record | None:
        """The record of a key, if there is such an object."""
        return self._records.get(key)

    def take(self, resource: Resource) -> Record:
        """Learn a version of an object; a new UID begins a new record."""
        record = self._records.get(resource.key)
        if record is None or record.uid != resource.uid:
            self.drop(resource.key)
            record = self._records[resource.key] = Record(resource.kind, resource.key)
        before, owner = record.points_to, record.owner
        record.take(resource)
        if record.owner != owner:
            self._part(resource.key, owner)
            if record.owner is not None:
                self._children[record.owner.uid].add(resource.key)
        if record.points_to != before:
            for target, _ in before:
                self._referrers[target].discard(resource.key)
            for target, _ in record.points_to:
                self._referrers[target].add(resource.key)
        return record

    def drop(self, key: Key) -> Record | None:
        """Forget an object that is gone."""
        record = self._records.pop(key, None)
        if record is not None:
            self._part(key, record.owner)
            for target, _ in record.points_to:
                self._referrers[target].discard(key)
                if not self._referrers[target]:
                    del self._referrers[target]
        return record

    def _part(self, key: Key, owner: Owner | None) -> None:
        if owner is not None:
            self._children[owner.uid].discard(key)
            if not self._children[owner.uid]:
                del self._children[owner.uid]

    def models(self, key: Key) -> dict[str, str]:
        """The models of an EndpointConfig, as they are called in SageMaker, by the name of the variant."""
        record = self._records.get(key)
        told = {}
        for variant, model in record.models.items() if record is not None else ():
            found = self._records.get(model) if isinstance(model, Key) else None
            name = found.name if found is not None else model
            if isinstance(name, str):
                told[variant] = name
        return told

    def children(self, uid: str) -> tuple[Child, ...]:
        """What was made for the object of a UID, in the order of their names."""
        records = [self._records[key] for key in sorted(self._children.get(uid, ()))]
        return tuple(record.child for record in records if record.child is not None)

    def watch(self, watcher: Key, targets: tuple[Key, ...]) -> None:
        """Let an object hear of the changes of others, and of no more than those; it holds none of them."""
        for target in self._watched.pop(watcher, ()):
            self._watchers[target].discard(watcher)
            if not self._watchers[target]:
                del self._watchers[target]
        if targets:
            self._watched[watcher] = targets
        for target in targets:
            self._watchers[target].add(watcher)

    def watchers(self, key: Key) -> tuple[Key, ...]:
        """The objects that hear of the changes of one, whether it exists or not."""
        return tuple(self._watchers.get(key, ()))

    def referrers(self, key: Key) -> tuple[Key, ...]:
        """The objects that refer to one, whether it exists or not."""
        return tuple(self._referrers.get(key, ()))

    def dependents(self, key: Key) -> tuple[str, ...]:
        """The objects that one must outlive: they refer to it, and may have something in SageMaker."""
        found = self._makers(key)
        for referrer in self.referrers(key):
            record = self._records.get(referrer)
            # A job that is over needs nothing any more.
            if record is None or record.finished or not record.claimed or not record.name:
                continue
            if (key, True) in record.points_to and not self._done_with(key, record):
                found.append(str(referrer))
        return tuple(sorted(found))

    def _done_with(self, key: Key, maker: Record) -> bool:
        """Whether an object was made for one that is known to use another by now, though it may want this one again."""
        made = self._records.get(key)
        ours = made is not None and made.owner is not None and made.owner.uid == maker.uid
        return made is not None and ours and bool(maker.uses) and not maker.deleting and made.name not in maker.uses

    def _makers(self, key: Key) -> list[str]:
        """Whoever has made an object for itself and uses it, or has to go before it."""
        made = self._records.get(key)
        maker = self._records.get(made.owner.key) if made is not None and made.owner is not None else None
        if made is None or made.owner is None or maker is None or maker.uid != made.owner.uid or not maker.claimed:
            return []
        return [str(maker.key)] if maker.deleting or made.name in maker.uses else []


def _serves(resource: Resource) -> bool:
    """Whether it does its work, be it for an earlier manifest."""
    return resource.says("Ready") and not resource.deleting and not resource.says("Suspended")


def _trouble(resource: Resource) -> str:
    """Why an object needs a human, for those who wait for it: what is merely under way would change with every look."""
    condition = resource.condition("Stalled")
    return "" if condition is None else f"{condition['reason']}: {condition['message']}"


def _seen(resource: Resource) -> tuple[str | None, str | None, str | None]:
    kind, status = resource.kind, resource.status
    return status.get(kind.status_field or ""), status.get(kind.secondary_field or ""), status.get("lastModifiedTime")


def _uses(resource: Resource) -> frozenset[str]:
    if resource.kind.inline is not None:
        return in_use(resource.status)
    if resource.kind.spelled_out is not None:
        return in_effect(resource.status)
    return frozenset()


def _models(resource: Resource) -> dict[str, str | Key]:
    """The model of each variant of an EndpointConfig."""
    if resource.kind.name != "EndpointConfig":
        return {}
    found: dict[str, str | Key] = {}
    for variants in ("productionVariants", "shadowProductionVariants"):
        for variant in resource.spec.get(variants) or ():
            if reference := variant.get("modelRef"):
                found[str(variant.get("variantName"))] = Key("Model", resource.namespace, reference["name"])
            elif "modelName" in variant:
                found[str(variant.get("variantName"))] = variant["modelName"]
    return found


def _offers(resource: Resource) -> dict[str, str | list[Any]]:
    offers = {}
    for reference in _READ_BY_OTHERS[resource.kind.name]:
        found = references.value(reference, resource.status)
        if found is not None:
            offers[reference.reads] = found
    return offers
