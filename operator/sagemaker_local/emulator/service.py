"""SageMaker itself: from a validated request to an answer, for every operation that has behaviour.

The families say what happens; this module is what is the same for all of them. One lock serialises requests, timers and whatever
a test reads, so that each request sees a state that existed. Not here: HTTP, faults and the journal (see `server`).
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any, Final

from botocore.model import ListShape, StructureShape

from sagemaker_local.emulator import lists, model, tags
from sagemaker_local.emulator.defaults import fill
from sagemaker_local.emulator.family import Action, Family
from sagemaker_local.emulator.machine import Machine
from sagemaker_local.emulator.refusal import Refusal
from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.scenarios import Scenarios
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
        self._bound = {family.kind: Bound(family) for family in families}
        self.scenarios = Scenarios(self._stages)
        self.machine = Machine(world, self.scenarios)
        self._handlers = self._all_handlers()

    def call(self, operation: str, request: Json, place: Place) -> Json:
        """Do one operation.

        Args:
            operation: its name in the model.
            request: its input, decoded; members that AWS would ignore are removed from it.
            place: who asks, and where.

        Raises:
            ServiceError: AWS's answer when it cannot be done.
        """
        handler = self._handlers.get(operation)
        if handler is None:
            known = operation in model.operation_names()
            raise (NO_BEHAVIOUR if known else UNKNOWN_OPERATION).error(operation=operation)
        validate(operation, request)
        with self.lock:
            now = self.world.clock.now()
            self.machine.run(now)
            return handler(Call(operation, request, place, now))

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

    def arn_of(self, operation: str, request: Mapping[str, Any], place: Place) -> str | None:
        """The ARN of the resource that a request is about, if it names one; for access denials."""
        for bound in self._bound.values():
            name = request.get(bound.name_member)
            if operation.endswith(bound.family.kind) and isinstance(name, str):
                return place.arn(bound.family.path, bound.family.key(name))
        return None

    def clear(self) -> None:
        """Forget every resource and everything under way."""
        with self.lock:
            self.machine.clear()
            self.world.store.clear()

    def _stages(self) -> Mapping[str, frozenset[str]]:
        return {kind: bound.stages for kind, bound in self._bound.items() if bound.stages}

    def _all_handlers(self) -> dict[str, Handler]:
        handlers: dict[str, Handler] = {
            "AddTags": lambda call: tags.add(call, self.world),
            "DeleteTags": lambda call: tags.delete(call, self.world),
            "ListTags": lambda call: tags.listed(call, self.world),
        }
        for bound in self._bound.values():
            handlers[f"Create{bound.family.kind}"] = self._bind(self._create, bound)
            handlers[f"Describe{bound.family.kind}"] = self._bind(self._describe, bound)
            handlers[bound.list_operation] = self._bind(self._list, bound)
            for action in bound.family.actions:
                handlers[action.operation] = self._bind_action(bound, action)
        return handlers

    @staticmethod
    def _bind(handler: Callable[["Bound", Call], Json], bound: "Bound") -> Handler:
        return lambda call: handler(bound, call)

    def _bind_action(self, bound: "Bound", action: Action) -> Handler:
        return lambda call: self._act(bound, action, call)

    def _create(self, bound: "Bound", call: Call) -> Json:
        family, world, request = bound.family, self.world, call.request
        name = request[bound.name_member]
        key = family.key(name)
        arn = call.place.arn(family.path, key)
        if world.find(call.place, family.kind, key) is not None:
            raise family.exists.error(arn=arn, name=name)
        given_tags = tags.read(request, arn=arn)
        for check in family.checks:
            check(call, world)
        usage = family.usage(request, call.place, world)
        world.quotas.check(world.store, call.place, usage)
        spec = deepcopy(request)
        spec.pop("Tags", None)
        fill(spec, family.defaults)
        if family.prepare is not None:
            family.prepare(spec, call, world)
        resource = Resource(
            kind=family.kind, name=name, key=key, arn=arn, place=call.place, spec=spec,
            created=call.now, modified=call.now, tags=given_tags, usage=usage,
        )  # fmt: skip
        world.store.add(resource)
        self.machine.begin(family, resource, family.create, now=call.now)
        return bound.answer(f"Create{family.kind}", resource)

    def _describe(self, bound: "Bound", call: Call) -> Json:
        return bound.show(self._find(bound, call, bound.family.missing), bound.described)

    def _list(self, bound: "Bound", call: Call) -> Json:
        resources, token = lists.list_page(call, self.world, bound.family)
        rows = [bound.show(resource, bound.summarised) for resource in resources]
        return {bound.list_member: rows, **token}

    def _act(self, bound: "Bound", action: Action, call: Call) -> Json:
        family = bound.family
        resource = self._find(bound, call, action.missing or family.missing)
        if resource.status in action.tolerates:
            return bound.answer(action.operation, resource)
        if action.accepts is not None and resource.status not in action.accepts:
            assert action.refused is not None, f"{action.operation} accepts some statuses but has no refusal"
            raise action.refused.error(arn=resource.arn, name=resource.name, status=resource.status)
        for guard in action.guards:
            guard(call, resource, self.world)
        if action.apply is not None:
            action.apply(call, resource, self.world)
        if action.timeline is not None:
            self.machine.begin(family, resource, action.timeline, now=call.now)
        return bound.answer(action.operation, resource)

    def _find(self, bound: "Bound", call: Call, missing: Refusal) -> Resource:
        name = call.request[bound.name_member]
        key = bound.family.key(name)
        resource = self.world.find(call.place, bound.family.kind, key)
        if resource is None:
            raise missing.error(arn=call.place.arn(bound.family.path, key), name=name)
        return resource


class Bound:
    """A family together with what the service model says about it."""

    def __init__(self, family: Family) -> None:
        self.family = family
        kind = family.kind
        self.name_member = str(model.input_members(f"Describe{kind}").required_members[0])
        self.arn_member = next(m for m in model.output_members(f"Create{kind}").members if m.endswith("Arn"))
        self.described = frozenset(model.output_members(f"Describe{kind}").members)
        self.list_operation = f"List{kind}s"
        rows = {n: s for n, s in model.output_members(self.list_operation).members.items() if isinstance(s, ListShape)}
        (self.list_member, summaries), *_ = rows.items()
        assert isinstance(summaries.member, StructureShape), f"{self.list_operation} lists no structures"
        self.summarised = frozenset(summaries.member.members)
        self.stages = _stages(family)

    def show(self, resource: Resource, members: frozenset[str]) -> Json:
        """Describe's or List's view of a resource: exactly the members that the shape has."""
        whole: dict[str, Any] = {
            **resource.spec,
            self.arn_member: resource.arn,
            "CreationTime": resource.created,
            "LastModifiedTime": resource.modified,
            **resource.facts,
            **self.family.view(resource),
        }
        if self.family.status is not None:
            whole[self.family.status] = resource.status
        if resource.reason is not None:
            whole["FailureReason"] = resource.reason
        return {name: value for name, value in whole.items() if name in members and value is not None}

    def answer(self, operation: str, resource: Resource) -> Json:
        """What an operation that changes something answers: usually the ARN, often nothing."""
        shape = model.operation(operation).output_shape
        if shape is None or self.arn_member not in shape.members:
            return {}
        return {self.arn_member: resource.arn}


def _stages(family: Family) -> frozenset[str]:
    """Statuses and secondary statuses in which something of this family may fail."""
    timelines = [family.create, *(a.timeline for a in family.actions if a.timeline is not None)]
    steps = [s for t in timelines if t.failed is not None for s in t.steps[:-1]]
    return frozenset(stage for step in steps for stage in (step.status, step.detail) if stage)
