"""A family together with what the service model says about it: who is meant, and which members an answer has."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from botocore.model import ListShape, StructureShape

from sagemaker_local.emulator import model
from sagemaker_local.emulator.family import Family
from sagemaker_local.emulator.resource import Json, Place, Resource

# The ways in which shapes spell the two times that every resource has.
_CREATED: Final = ("CreationTime", "CreatedAt")
_MODIFIED: Final = ("LastModifiedTime", "LastModifiedAt", "ModifiedTime")


class Bound:
    """One family and its shapes. Shapes are looked up at first use, because there are many."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.creating = family.creating or f"Create{family.kind}"
        self.shelf = family.shelf or family.kind

    @cached_property
    def identified_by(self) -> tuple[str, ...]:
        """The members that say which resource is meant."""
        required = model.input_members(f"Describe{self.family.kind}").required_members
        return self.family.identified_by or tuple(required)

    @cached_property
    def arn_member(self) -> str:
        """The member that holds the ARN."""
        if self.family.arn_member:
            return self.family.arn_member
        created = model.operation(self.creating).output_shape
        answered = [*(created.members if created else ()), *self.described]
        return next(str(member) for member in answered if member.endswith("Arn"))

    @cached_property
    def described(self) -> frozenset[str]:
        """The members of Describe's output, or of what is wrapped in it."""
        shape = model.output_members(f"Describe{self.family.kind}")
        inner = shape.members.get(self.family.wrapped, shape)
        assert isinstance(inner, StructureShape), f"Describe{self.family.kind} wraps no structure"
        return frozenset(inner.members)

    @cached_property
    def list_operation(self) -> str | None:
        """The operation that lists the family, if there is one."""
        if self.family.listing:
            return self.family.listing
        kind = self.family.kind
        names = (f"List{kind}s", f"List{kind.removesuffix('y')}ies")
        return next((name for name in names if name in model.operation_names()), None)

    @cached_property
    def summaries(self) -> tuple[str, frozenset[str]]:
        """The member of the list's output that holds the summaries, and the members of one."""
        assert self.list_operation is not None, f"{self.family.kind} has no list"
        rows = model.output_members(self.list_operation).members.items()
        member, shape = next((name, shape) for name, shape in rows if isinstance(shape, ListShape))
        assert isinstance(shape.member, StructureShape), f"{self.list_operation} lists no structures"
        return member, frozenset(shape.member.members)

    @cached_property
    def stages(self) -> frozenset[str]:
        """Statuses and secondary statuses in which something of this family may fail."""
        family = self.family
        timelines = [family.create, *(a.timeline for a in family.actions if a.timeline is not None)]
        steps = [s for t in timelines if t.failed is not None for s in t.steps[:-1]]
        return family.stages | {stage for step in steps for stage in (step.status, step.detail) if stage}

    def key(self, identifiers: tuple[str, ...]) -> str:
        """The key of a resource from the values of its identifying members."""
        return "/".join([*identifiers[:-1], self.family.key(identifiers[-1])])

    def arn(self, place: Place, key: str, request: Mapping[str, Any]) -> str:
        """The ARN of a resource of this family."""
        tail = self.family.arn_tail
        return place.arn_of(tail(key, request)) if tail else place.arn(self.family.path, key)

    def whole(self, resource: Resource) -> Json:
        """All that is known of a resource, by the members of any shape that shows it."""
        family = self.family
        whole: Json = {
            **resource.spec,
            self.arn_member: resource.arn,
            **dict.fromkeys(_CREATED, resource.created),
            **dict.fromkeys(_MODIFIED, resource.modified),
            **resource.facts,
            **family.view(resource),
        }
        if family.status is not None:
            whole[family.status] = resource.status
        if resource.reason is not None:
            whole["FailureReason"] = resource.reason
        return whole

    def describe(self, resource: Resource) -> Json:
        """Describe's view of a resource: exactly the members that the shape has."""
        return _only(self.whole(resource), self.described)

    def summary(self, resource: Resource) -> Json:
        """A list's view of a resource."""
        return _only(self.whole(resource), self.summaries[1])

    def answer(self, operation: str, resource: Resource) -> Json:
        """What an operation that changes something answers: usually the ARN, often nothing, sometimes the whole resource."""
        shape = model.operation(operation).output_shape
        if shape is None:
            return {}
        if self.family.wrapped in shape.members:
            return {self.family.wrapped: self.describe(resource)}
        if list(shape.members) == [self.arn_member]:
            return {self.arn_member: resource.arn}
        whole = self.whole(resource)
        return {name: whole[name] for name in shape.members if whole.get(name) is not None}


def _only(whole: Json, members: frozenset[str]) -> Json:
    return {name: value for name, value in whole.items() if name in members and value is not None}
