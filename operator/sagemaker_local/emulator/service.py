"""SageMaker itself: from a validated request to an answer, for every operation that has behaviour.

The families say what happens; this module is what is the same for all of them. One lock serialises requests, timers and whatever
a test reads, so that each request sees a state that existed. Not here: HTTP, faults and the journal (see `server`).
"""

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from sagemaker_local.emulator import lists, model, tags
from sagemaker_local.emulator.bound import Bound
from sagemaker_local.emulator.copies import lasting
from sagemaker_local.emulator.defaults import fill
from sagemaker_local.emulator.family import Action, Extra, Family
from sagemaker_local.emulator.machine import Machine
from sagemaker_local.emulator.refusal import Refusal
from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.scenarios import Scenarios
from sagemaker_local.emulator.timeline import Effect, Timeline, stretched
from sagemaker_local.emulator.tokens import Tokens
from sagemaker_local.emulator.validation import validate
from sagemaker_local.emulator.world import Call, World

Handler = Callable[[Call], Json]

NO_BEHAVIOUR: Final = Refusal(
    "NotEmulated",
    "sagemaker-local has no behaviour for {operation} yet. What it has is listed at /_sagemaker-local/operations.",
    evidence="this project's own answer",
)
UNKNOWN_OPERATION: Final = Refusal(
    "UnknownOperationException",
    "SageMaker has no operation {operation!r}.",
    evidence="code of AWS's JSON services; the text is this project's own",
)


class SageMaker:
    """The control plane of every account and region of one emulator."""

    def __init__(self, world: World, families: Iterable[Family]) -> None:
        self.lock = threading.RLock()
        self.world = world
        self.tokens = Tokens()
        self._bound = {family.kind: Bound(family) for family in families}
        self.scenarios = Scenarios(self._stages, self.maintain)
        self.machine = Machine(world, self.scenarios, self.family)
        self._handlers = self._all_handlers()
        self._hearing = [bound.family for bound in self._bound.values() if bound.family.hears]
        world.stage = self
        world.scenarios = self.scenarios
        world.listeners.append(self._spread)

    def call(self, operation: str, request: Json, place: Place) -> Json:
        """Do one operation.

        Args:
            operation: its name in the model.
            request: its input, decoded; members that AWS would ignore are removed from it.
            place: who asks, and where.

        Raises:
            ServiceError: AWS's answer when it cannot be done.
        """
        if operation not in self._handlers:
            known = operation in model.operation_names()
            raise (NO_BEHAVIOUR if known else UNKNOWN_OPERATION).error(operation=operation)
        validate(operation, request)
        with self.lock:
            now = self.world.clock.now()
            self.machine.run(now)
            return self.do(operation, request, place, now=now)

    def do(self, operation: str, request: Json, place: Place, *, now: float) -> Json:
        """Do an operation whose request is known to be valid, under the lock. Raises ServiceError."""
        return self._handlers[operation](Call(operation, request, place, now))

    def begin(self, resource: Resource, timeline: Timeline, *, now: float) -> None:
        """Set a resource on a timeline, under the lock."""
        self.machine.begin(self.family(resource.kind), resource, timeline, now=now)

    def later(self, resource: Resource, after: float, effect: Effect, *, now: float) -> None:
        """Let something happen in `after` seconds unless the resource is gone by then, under the lock."""
        self.machine.later(resource, after, effect, now=now)

    def family(self, kind: str) -> Family:
        """The family of a kind; KeyError if there is none."""
        return self._bound[kind].family

    def describe(self, resource: Resource) -> Json:
        """What Describe shows of a resource now, under the lock."""
        return self._bound[resource.kind].describe(resource)

    def operations(self) -> frozenset[str]:
        """The operations that have behaviour."""
        return frozenset(self._handlers)

    def kinds(self) -> tuple[str, ...]:
        """The kinds of the families."""
        return tuple(self._bound)

    def names(self, kind: str) -> list[str]:
        """The names of the resources of a kind that exist now, in all accounts and regions; ValueError for a typo."""
        if kind not in self._bound:
            raise ValueError(f"no kind is called {kind!r}; there are {', '.join(sorted(self._bound))}")
        with self.lock:
            self.machine.run(self.world.clock.now())
            return sorted(resource.name for resource in self.world.store.everywhere(kind))

    def maintain(self, kind: str, match: str, seconds: float) -> list[str]:
        """Let AWS do maintenance now on the resources whose names contain a match and that are settled; returns their names.

        Raises:
            ValueError: the kind knows no maintenance.
        """
        known = {name: bound.family for name, bound in self._bound.items() if bound.family.maintenance is not None}
        if kind not in known:
            raise ValueError(f"AWS does no maintenance on {kind!r}; it does on {', '.join(sorted(known))}")
        family = known[kind]
        assert family.maintenance is not None
        with self.lock:
            now = self.world.clock.now()
            self.machine.run(now)
            settled = family.maintenance.steps[-1].status
            found = [r for r in self.world.store.everywhere(kind) if r.status == settled and re.search(match, r.name)]
            for resource in found:
                self.machine.begin(family, resource, stretched(family.maintenance, seconds), now=now)
        return [resource.name for resource in found]

    def arn_of(self, operation: str, request: Mapping[str, Any], place: Place) -> str | None:
        """The ARN of the resource that a request is about, if it names one; for access denials."""
        for bound in self._bound.values():
            if not operation.endswith(bound.family.kind) or bound.family.new_id:
                continue
            given = tuple(str(request.get(member, "")) for member in bound.identified_by)
            if all(given):
                return bound.arn(place, bound.key(given), request)
        return None

    def clear(self) -> None:
        """Forget every resource and everything under way."""
        with self.lock:
            self.machine.clear()
            self.tokens.clear()
            self.world.store.clear()

    def _spread(self, resource: Resource, now: float) -> None:
        """Let the families hear of a change of which they want to hear."""
        for family in self._hearing:
            hear = family.hears.get(resource.kind)
            if hear is not None:
                hear(resource, self.world, now)

    def _stages(self) -> Mapping[str, frozenset[str]]:
        return {kind: bound.stages for kind, bound in self._bound.items() if bound.stages}

    def _all_handlers(self) -> dict[str, Handler]:
        handlers: dict[str, Handler] = {
            "AddTags": lambda call: tags.add(call, self.world),
            "DeleteTags": lambda call: tags.delete(call, self.world),
            "ListTags": lambda call: tags.listed(call, self.world),
        }
        for bound in self._bound.values():
            handlers[bound.creating] = self._bind(self._create, bound)
            handlers[f"Describe{bound.family.kind}"] = self._bind(self._describe, bound)
            if bound.list_operation is not None:
                handlers.setdefault(bound.list_operation, self._bind(self._list, bound))
            for action in bound.family.actions:
                handlers[action.operation] = self._bind_action(bound, action)
            for extra in bound.family.extras:
                handlers[extra.operation] = self._bind_extra(extra)
        return handlers

    @staticmethod
    def _bind(handler: Callable[[Bound, Call], Json], bound: Bound) -> Handler:
        return lambda call: handler(bound, call)

    def _bind_action(self, bound: Bound, action: Action) -> Handler:
        return lambda call: self._act(bound, action, call)

    def _bind_extra(self, extra: Extra) -> Handler:
        return lambda call: extra.answer(call, self.world)

    def _create(self, bound: Bound, call: Call) -> Json:
        family, world = bound.family, self.world
        known = self.tokens.answer(call, family)
        if known is not None:
            return known
        resource = self._admit(bound, call)
        for check in family.checks:
            check(call, world)
        world.quotas.check(world.store, call.place, resource.usage)
        fill(resource.spec, family.defaults)
        if family.prepare is not None:
            family.prepare(resource.spec, call, world)
        world.store.add(resource)
        self.machine.begin(family, resource, family.create, now=call.now)
        if family.status is None:
            world.notice(resource, call.now)
        answer = bound.answer(call.operation, resource)
        self.tokens.keep(call, family, answer)
        return answer

    def _admit(self, bound: Bound, call: Call) -> Resource:
        """The new resource under its key, which is free, and with its tags, which are sound; nothing else is checked yet."""
        family, request = bound.family, call.request
        *parents, last = bound.identified_by
        given = family.new_id(call, self.world) if family.new_id else request[last]
        if family.keyed is not None and family.new_id is None:
            key = family.keyed(call, self.world)
        else:
            key = bound.key((*(self._parent(call, request[member]) for member in parents), given))
        arn = bound.arn(call.place, key, request)
        name = request.get(family.name_member or last) or given
        there = self.world.find(call.place, bound.shelf, key)
        if there is not None and there.status not in family.frees:
            raise family.exists.error(arn=there.arn, name=name, key=key, account=call.place.account)
        spec = lasting(request)
        spec.pop("Tags", None)
        if family.new_id:
            spec.setdefault(last, given)
        return Resource(
            kind=family.kind, name=name, key=key, arn=arn, place=call.place, spec=spec, created=call.now,
            modified=call.now, tags=tags.read(request, arn=arn), shelf=bound.shelf,
            usage=family.usage(request, call.place, self.world),
        )  # fmt: skip

    def _parent(self, call: Call, identifier: str) -> str:
        """The key of what a new resource belongs to, which may be named by its ARN."""
        if not identifier.startswith("arn:"):
            return identifier
        parent = self.world.store.find_arn(identifier)
        return parent.key if parent is not None and parent.place == call.place else identifier

    def _describe(self, bound: Bound, call: Call) -> Json:
        family = bound.family
        resource = self._find(bound, call, family.missing)
        if self.world.lags.hidden(resource, call.now):
            raise family.missing.error(arn=resource.arn, name=resource.name, key=resource.key)
        answer = bound.describe(resource)
        if family.describe is not None:
            answer = family.describe(call, resource, self.world, answer)
        return {family.wrapped: answer} if family.wrapped else answer

    def _list(self, bound: Bound, call: Call) -> Json:
        for check in bound.family.list_checks:
            check(call, self.world)
        resources, token = lists.list_page(call, self.world, bound, self._bound)
        rows = [self._bound[resource.kind].whole(resource) for resource in resources]
        member, shown = bound.summaries
        return {member: [{n: v for n, v in row.items() if n in shown and v is not None} for row in rows], **token}

    def _act(self, bound: Bound, action: Action, call: Call) -> Json:
        family = bound.family
        resource = self._find(bound, call, action.missing or family.missing, action.identified_by)
        if resource.status in action.tolerates:
            return self._answer(bound, action, call, resource)
        if action.accepts is not None and resource.status not in action.accepts:
            assert action.refused is not None, f"{action.operation} accepts some statuses but has no refusal"
            raise action.refused.error(arn=resource.arn, name=resource.name, key=resource.key, status=resource.status)
        for guard in action.guards:
            guard(call, resource, self.world)
        if action.apply is not None:
            action.apply(call, resource, self.world)
        timeline = action.course(call, resource, self.world) if action.course else action.timeline
        if timeline is not None:
            self.machine.begin(family, resource, timeline, now=call.now)
        return self._answer(bound, action, call, resource)

    def _answer(self, bound: Bound, action: Action, call: Call, resource: Resource) -> Json:
        answer = bound.answer(action.operation, resource)
        return {**answer, **action.answer(call, resource, self.world)} if action.answer else answer

    def _find(self, bound: Bound, call: Call, missing: Refusal, members: tuple[str, ...] = ()) -> Resource:
        """The resource that a request is about, by its identifying members or by its ARN in the last of them."""
        if bound.family.keyed is not None:
            key = bound.family.keyed(call, self.world)
            return self._at(bound, call, key, missing, name=key.rpartition("/")[2])
        identifiers = tuple(call.request[member] for member in members or bound.identified_by)
        last = identifiers[-1]
        if last.startswith("arn:"):
            found = self.world.store.find_arn(last)
            if found is not None and found.shelf == bound.shelf and found.place == call.place:
                return found
            raise missing.error(arn=last, name=last.rpartition("/")[2], key=last.rpartition("/")[2])
        key = bound.key((*(self._parent(call, parent) for parent in identifiers[:-1]), last))
        return self._at(bound, call, key, missing, name=last)

    def _at(self, bound: Bound, call: Call, key: str, missing: Refusal, *, name: str) -> Resource:
        resource = self.world.find(call.place, bound.shelf, key)
        if resource is None:
            raise missing.error(arn=bound.arn(call.place, key, call.request), name=name, key=key)
        return resource
