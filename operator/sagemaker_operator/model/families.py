"""A resource family: the operations and members that the service model has for one kind of SageMaker resource.

Everything here is read off the model by naming rules. What the model cannot tell (statuses, error texts, references) stands in
the kinds table.
"""

from dataclasses import dataclass
from functools import cached_property

from botocore.model import ListShape, Shape, StructureShape

from .service import has_operation, input_shape, output_shape


@dataclass(frozen=True)
class Family:
    """One resource family of the service model, such as ``TrainingJob``.

    Attributes:
        name: the noun in its operations: ``Create<name>``, ``Describe<name>``.
        identity: the member that names a resource in every one of its operations.
        status: the member of the Describe reply that holds its state, or None for a record without one.
    """

    name: str
    identity: str
    status: str | None = None

    @property
    def create(self) -> str:
        """The operation that makes a resource."""
        return f"Create{self.name}"

    @property
    def describe(self) -> str:
        """The operation that tells everything about one resource."""
        return f"Describe{self.name}"

    @cached_property
    def update(self) -> str | None:
        """The operation that changes a resource in place, if there is one."""
        return self._optional("Update")

    @cached_property
    def delete(self) -> str | None:
        """The operation that removes a resource, if there is one."""
        return self._optional("Delete")

    @cached_property
    def stop(self) -> str | None:
        """The operation that ends a resource's work, if there is one."""
        return self._optional("Stop")

    @cached_property
    def list(self) -> str | None:
        """The operation that pages through the resources, newest first if asked."""
        return next((name for name in (f"List{self.name}s",) if has_operation(name)), None)

    @cached_property
    def arn(self) -> str:
        """The member of the Create and Describe replies that holds the ARN."""
        return next(name for name in output_shape(self.create).members if name.endswith("Arn"))

    @cached_property
    def summaries(self) -> tuple[str, StructureShape] | None:
        """The member of a List reply that holds its rows, and the shape of a row; None where there is no List."""
        if self.list is None:
            return None
        for name, shape in output_shape(self.list).members.items():
            if isinstance(shape, ListShape) and isinstance(shape.member, StructureShape):
                return name, shape.member
        return None

    @cached_property
    def taggable(self) -> bool:
        """Whether Create accepts tags."""
        return "Tags" in input_shape(self.create).members

    @cached_property
    def spec_members(self) -> dict[str, Shape]:
        """What a manifest can set: the members of Create, then those that only Update has, by name."""
        members = dict(input_shape(self.create).members)
        if self.update is not None:
            members |= {k: v for k, v in input_shape(self.update).members.items() if k not in members}
        return members

    @cached_property
    def required(self) -> frozenset[str]:
        """The members that Create demands."""
        return frozenset(input_shape(self.create).required_members)

    @cached_property
    def status_members(self) -> dict[str, Shape]:
        """What only AWS knows: the identity and the members of the Describe reply that a manifest cannot set."""
        described = output_shape(self.describe).members
        return {
            k: v for k, v in described.items() if k == self.identity or (k not in self.spec_members and k != self.arn)
        }

    def _optional(self, verb: str) -> str | None:
        name = f"{verb}{self.name}"
        return name if has_operation(name) else None
