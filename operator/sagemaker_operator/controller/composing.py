"""Passes over composites: ask for the plan, carry it out, until it asks for nothing more.

What a composite wants is compared with the children that the store knows. Before anything is created the children are read from
the API server itself, as a watch may lag behind, and a job that was overlooked might be started beside another. Every step leaves
the world in a state from which another process can go on. What a plan asks of others is answered by `asking`. Some composites
stand for a SageMaker resource as well: of these the plan says its own part of the status, and `passes` the rest. Not here: what
is planned (`composites`), and when a key comes again (`workers`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sagemaker_operator.composites.asks import Ask, Denied, Question, Told
from sagemaker_operator.composites.composite import Composite
from sagemaker_operator.composites.plan import Plan, Refusal, Situation
from sagemaker_operator.engine import announce, report
from sagemaker_operator.engine.lanes import Lane
from sagemaker_operator.engine.queue import WorkQueue
from sagemaker_operator.engine.resource import Key, Object
from sagemaker_operator.engine.schedule import Pace
from sagemaker_operator.engine.times import written
from sagemaker_operator.engine.verdict import aside_conditions, conditions

from .asking import Asking
from .changes import newer
from .children import Children
from .passes import EndlessPass, Vanished
from .ports import Announcer, Clock, Cluster
from .store import Store

# A plan may follow from what was just created or answered; more rounds mean that a plan never has enough.
_MOST_ROUNDS = 24


@dataclass(slots=True)
class Composition:
    """What is known of one composite between passes.

    Attributes:
        parent: the object as last heard of.
        listed: whether its children were read from the API server since the start.
        going: the UIDs of children that were asked to go.
        tries, pace: how often in a row the last pass ended at the same pace.
    """

    kind: Composite
    parent: Object
    listed: bool = False
    going: frozenset[str] = frozenset()
    tries: int = 0
    pace: Pace | None = None

    @property
    def key(self) -> Key:
        """Its address."""
        return self.parent.key

    @property
    def uid(self) -> str:
        """Which object of that address it is."""
        return self.parent.uid

    @property
    def version(self) -> str:
        """Its resourceVersion as last heard of."""
        return self.parent.version

    @property
    def generation(self) -> int:
        """The version of its manifest."""
        return self.parent.generation

    @property
    def state(self) -> str:
        """A word for metrics."""
        if self.parent.deleting:
            return "deleting"
        told = self.parent.up_to_date
        return "ready" if told and self.parent.says("Ready") else "stalled" if told else "reconciling"


@dataclass(frozen=True, slots=True)
class Composed:
    """How a pass over a composite ended.

    Attributes:
        refused: whether Kubernetes did not accept a child.
        wrote: whether it wrote a status.
        wake_at: when time gives it something to do.
    """

    refused: bool = False
    wrote: bool = False
    wake_at: datetime | None = None


@dataclass(slots=True)
class _Round:
    """What one pass has come to so far."""

    refused: dict[str, Refusal] = field(default_factory=dict)
    answers: dict[Ask, Told | Denied] = field(default_factory=dict)
    wrote: bool = False
    fresh: bool = False


class Composing:
    """Keeps the composites, and runs their passes.

    Args:
        children: carries out what is planned.
        asking: answers what plans ask.
        analyzer: the image of the analyzer, where a manifest names none.
    """

    def __init__(
        self,
        *,
        cluster: Cluster,
        store: Store,
        queue: WorkQueue,
        children: Children,
        asking: Asking,
        announcer: Announcer,
        clock: Clock,
        wake: Callable[[], None],
        analyzer: str = "",
    ) -> None:
        self._cluster, self._store, self._queue, self._children, self._asking = cluster, store, queue, children, asking
        self._analyzer = analyzer
        self._announcer, self._clock, self._wake = announcer, clock, wake
        self._compositions: dict[Key, Composition] = {}

    def __iter__(self) -> Iterator[Composition]:
        return iter(tuple(self._compositions.values()))

    def get(self, key: Key) -> Composition | None:
        """What is known of a composite, if there is such an object."""
        return self._compositions.get(key)

    def ingest(self, kind: Composite, event: str | None, body: Mapping[str, Any]) -> None:
        """Learn an event of the Kubernetes API; any change deserves a pass, which costs nothing if nothing follows."""
        parent = Object.read(kind, body)
        known = self._compositions.get(parent.key)
        if event == "DELETED":
            if known is None or known.uid == parent.uid:
                self.vanished(parent.key)
            return
        if known is None or known.uid != parent.uid:
            self._compositions[parent.key] = Composition(kind, parent)
        elif newer(parent.version, known.parent.version):
            known.parent = parent
        else:
            return
        self._store.watch(parent.key, kind.watches(parent))
        self._queue.add(parent.key, Lane.USER)
        for watcher in self._store.watchers(parent.key):
            self._queue.add(watcher, Lane.TRANSITION)
        self._wake()

    def vanished(self, key: Key) -> None:
        """The object is gone; the garbage collector of Kubernetes takes its children."""
        self._queue.forget(key)
        self._compositions.pop(key, None)
        self._store.watch(key, ())

    async def run(self, composition: Composition) -> Composed:
        """One pass.

        Raises:
            Vanished: the object is gone.
            EndlessPass: the plan never has enough.
            kube.errors.KubeError: a request failed; the next pass finds what it may have done.
        """
        if composition.parent.paused:
            return Composed()
        so_far = _Round()
        if not composition.listed:
            await self._list(composition, so_far)
        for _ in range(_MOST_ROUNDS):
            parent = composition.parent
            plan = self._plan(composition, so_far)
            if await self._ask(composition, [ask for ask in plan.asks if isinstance(ask, Question)], so_far):
                continue
            if plan.create and not so_far.fresh:
                await self._list(composition, so_far)
                continue
            await self._report(composition, parent, plan, so_far)
            acted = await self._ask(composition, plan.asks, so_far)
            await self._carry_out(composition, plan, so_far)
            if not plan.create and not acted:
                return Composed(bool(so_far.refused), so_far.wrote, plan.wake_at)
        raise EndlessPass(f"{composition.key}: {_MOST_ROUNDS} rounds and no end")

    async def _ask(self, composition: Composition, asks: Iterable[Ask], so_far: _Round) -> bool:
        """Have answered what was not yet in this pass; whether there was anything."""
        unanswered = [ask for ask in asks if ask not in so_far.answers]
        for ask in unanswered:
            so_far.answers[ask] = await self._asking.answer(composition.parent, ask)
        return bool(unanswered)

    async def _carry_out(self, composition: Composition, plan: Plan, so_far: _Round) -> None:
        """What a plan wants of the children."""
        for wanted in plan.create:
            if (refusal := await self._children.create(composition.parent, wanted)) is not None:
                so_far.refused[wanted.name] = refusal
        for child in plan.delete:
            await self._children.delete(composition.parent, child)
            composition.going |= {child.uid}
        for child in plan.release:
            await self._children.release(composition.parent, child)

    def _plan(self, composition: Composition, so_far: _Round) -> Plan:
        children = self._store.children(composition.uid)
        composition.going &= {child.uid for child in children}
        known = tuple(replace(c, deleting=True) if c.uid in composition.going else c for c in children)
        now = self._clock.now()
        return composition.kind.plan(
            Situation(composition.parent, known, now, so_far.refused, so_far.answers, self._analyzer)
        )

    async def _list(self, composition: Composition, so_far: _Round) -> None:
        for name in composition.kind.makes:
            await self._children.find(composition.parent, name)
        composition.listed = so_far.fresh = True

    async def _report(self, composition: Composition, parent: Object, plan: Plan, so_far: _Round) -> None:
        told = _told(composition.kind, parent, plan, written(self._clock.now()))
        change = report.change(parent.status, told)
        events = plan.events
        if change:
            body = await self._cluster.patch(
                parent.kind,
                parent.namespace,
                parent.name,
                {"status": change},
                resource_version=parent.version,
                status=True,
            )
            if body is None:
                raise Vanished(str(parent.key))
            written_now, so_far.wrote = Object.read(parent.kind, body), True
            # An edit that came after it may have been heard of already.
            if newer(written_now.version, composition.parent.version):
                composition.parent = written_now
            events = (*events, *announce.turns(parent.status, written_now.status))
        for event in events:
            self._announcer.announce(parent, event)


def _told(kind: Composite, parent: Object, plan: Plan, now: str) -> dict[str, Any]:
    """The status that a plan makes, with what is not the plan's to say as it was."""
    if plan.verdict is None:
        others = {name: value for name, value in parent.status.items() if name not in kind.tells}
        theirs = [one for one in parent.status.get("conditions") or () if one["type"] not in kind.tells]
        ours = aside_conditions(plan.asides, parent, now)
        said = sorted((*theirs, *ours), key=lambda condition: str(condition["type"]))
        return {**others, **plan.status, **({"conditions": said} if said else {})}
    told = {**plan.status, "observedGeneration": parent.generation}
    told["conditions"] = conditions(plan.verdict, parent, now, asides=plan.asides)
    handled = parent.look_now or parent.status.get("lastHandledReconcileAt")
    return told if handled is None else {**told, "lastHandledReconcileAt": handled}
