"""A resource family: the operations and members that the service model has for one kind of SageMaker resource.

Everything here is read off the model by naming rules; a row of the kinds table names the exceptions. What the model cannot tell
(statuses, error texts, references) stands in the kinds table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from botocore.model import ListShape, Shape, StructureShape

from .service import has_operation, input_shape, output_shape

# Members by which Create recognises a request that it has had before.
TOKENS = ("ClientToken", "ClientRequestToken")


@dataclass(frozen=True)
class Family:
    """One resource family of the service model, such as ``TrainingJob``.

    Attributes:
        name: the noun in its operations: ``Create<name>``, ``Describe<name>``.
        identity: the member of Create that names a resource; for families that SageMaker numbers, the member that tells our
            requests apart: a display name or the token.
        status: the member of the Describe reply that holds its state, or None for a record without one.
        verbs: operations that are named by another rule: ``{"create": "StartPipelineExecution"}``.
        parents: members that belong to the address although Describe does not demand them: the ``SpaceName`` of an app.
        addresses: members of the address that are given another member's value: ``{"ModelPackageName": "ModelPackageArn"}``.
        extras: members of Update or Delete that a manifest can set although Create does not have them.
    """

    name: str
    identity: str
    status: str | None = None
    verbs: Mapping[str, str] = field(default_factory=dict, hash=False)
    parents: tuple[str, ...] = ()
    addresses: Mapping[str, str] = field(default_factory=dict, hash=False)
    extras: tuple[str, ...] = ()

    @cached_property
    def create(self) -> str:
        """The operation that makes a resource."""
        return self.verbs.get("create", f"Create{self.name}")

    @property
    def describe(self) -> str:
        """The operation that tells everything about one resource."""
        return f"Describe{self.name}"

    @cached_property
    def update(self) -> str | None:
        """The operation that changes a resource in place, if there is one."""
        return self._optional("update", f"Update{self.name}")

    @cached_property
    def delete(self) -> str | None:
        """The operation that removes a resource, if there is one."""
        return self._optional("delete", f"Delete{self.name}")

    @cached_property
    def stop(self) -> str | None:
        """The operation that ends a resource's work, if there is one."""
        return self._optional("stop", f"Stop{self.name}")

    @cached_property
    def start(self) -> str | None:
        """The operation that takes up a stopped resource's work again, if there is one."""
        return self._optional("start", f"Start{self.name}")

    @cached_property
    def list(self) -> str | None:
        """The operation that pages through the resources, newest first if asked."""
        names = (f"List{self.name}s", f"List{self.name.removesuffix('y')}ies")
        return self.verbs.get("list") or next((name for name in names if has_operation(name)), None)

    @cached_property
    def arn(self) -> str:
        """The member of the Describe reply that holds the ARN."""
        created = [name for name in output_shape(self.create).members if name.endswith("Arn")]
        return next(name for name in (f"{self.name}Arn", "Arn", *created) if name in self.described)

    @cached_property
    def created_arn(self) -> str | None:
        """The member of the Create reply that holds the ARN; None where only Describe tells it."""
        members = output_shape(self.create).members
        return next((name for name in (self.arn, *members) if name in members and name.endswith("Arn")), None)

    @cached_property
    def wrapper(self) -> str | None:
        """The member of the Describe reply that holds all the others, where there is one (``Workteam``)."""
        members = output_shape(self.describe).members
        if self.identity in members or f"{self.name}Arn" in members or len(members) > _MOST_AROUND:
            return None
        held = (name for name, shape in members.items() if isinstance(shape, StructureShape))
        return next((name for name in held if name.startswith(self.name) or name.endswith("Details")), None)

    @cached_property
    def described(self) -> dict[str, Shape]:
        """The members of a Describe reply, without what they are wrapped in."""
        members = dict(output_shape(self.describe).members)
        members.pop("NextToken", None)  # of a list within the reply
        wrapped = members.pop(self.wrapper, None) if self.wrapper else None
        return members | dict(wrapped.members) if isinstance(wrapped, StructureShape) else members

    def unwrap(self, reply: Mapping[str, Any]) -> Mapping[str, Any]:
        """A Describe reply without what its members are wrapped in."""
        return {**reply, **reply.get(self.wrapper, {})} if self.wrapper else reply

    @cached_property
    def address(self) -> dict[str, Shape]:
        """The members that say which resource is meant; their values are kept in the status."""
        members = input_shape(self.describe).members
        required = input_shape(self.describe).required_members
        named = [self.identity] if self.identity in input_shape(self.create).members else []
        own = [name for name in (*required, *self.parents) if name not in self.addresses and name != self.arn]
        created = input_shape(self.create).members
        return {name: members.get(name) or created[name] for name in dict.fromkeys((*named, *own))}

    @cached_property
    def assigned(self) -> tuple[str, ...]:
        """The members of the address that SageMaker chooses; the ARN among them where operations ask for it."""
        members = input_shape(self.create).members
        required = input_shape(self.describe).required_members
        sources = [self.addresses.get(name, name) for name in (*required, *self.parents)]
        return tuple(name for name in sources if name not in members and name != self.identity)

    def addressed(self, operation: str) -> tuple[str, ...]:
        """The members of an operation's input that say which resource is meant; a token says only which request."""
        own = {*self.address, *self.addresses, self.arn}.difference(TOKENS)
        return tuple(name for name in input_shape(operation).members if name in own)

    @cached_property
    def token(self) -> str | None:
        """The member of Create that makes a repeated request harmless, if there is one."""
        return next((name for name in TOKENS if name in input_shape(self.create).members), None)

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
    def sweepable(self) -> bool:
        """Whether one List tells the states of all resources: it needs no parent, and its rows hold ARN and state."""
        if self.list is None or self.summaries is None or input_shape(self.list).required_members:
            return False
        row = self.summaries[1].members
        return self.arn in row and (self.status is None or self.status in row)

    @cached_property
    def taggable(self) -> bool:
        """Whether Create accepts tags."""
        return "Tags" in input_shape(self.create).members

    @cached_property
    def spec_members(self) -> dict[str, Shape]:
        """What a manifest can set: the members of Create, then the extra ones of Update and Delete, by name."""
        members = dict(input_shape(self.create).members)
        for operation in filter(None, (self.update, self.delete)):
            members |= {name: shape for name, shape in input_shape(operation).members.items() if name in self.extras}
        return members

    @cached_property
    def updatable(self) -> frozenset[str]:
        """The members of the spec that Update takes, but for those that say which resource is meant."""
        if self.update is None:
            return frozenset()
        return frozenset(input_shape(self.update).members) & self.spec_members.keys() - {
            *self.addressed(self.update),
            *TOKENS,
            "Tags",
        }

    @cached_property
    def parting(self) -> dict[str, Shape]:
        """What a manifest can set for Delete alone; nothing of it counts before."""
        taken = input_shape(self.delete).members if self.delete else {}
        return {name: taken[name] for name in self.extras if name in taken}

    @cached_property
    def required(self) -> frozenset[str]:
        """The members that Create demands of a manifest; tokens are made up."""
        return frozenset(input_shape(self.create).required_members) - frozenset(TOKENS)

    @cached_property
    def status_members(self) -> dict[str, Shape]:
        """What only AWS knows, and the address: the members of the Describe reply that a manifest cannot set."""
        told = {
            name: shape
            for name, shape in self.described.items()
            if name in self.address or (name not in self.spec_members and name not in (self.arn, "NextToken"))
        }
        return told | {name: shape for name, shape in self.address.items() if name not in told}

    def _optional(self, verb: str, name: str) -> str | None:
        named = self.verbs.get(verb, name)
        return named if has_operation(named) else None


# What stands around a wrapped reply: ``NodeSummary`` and ``Health`` of a cluster's extension.
_MOST_AROUND = 3
