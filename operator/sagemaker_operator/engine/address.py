"""Which SageMaker resource is meant: the members that every operation on it takes.

What a manifest chooses is written to the status before the Create; what SageMaker chooses (a domain's id, an ARN) is known from
the reply of the Create, or from the List operation where that reply was lost.
"""

from collections.abc import Mapping
from typing import Any

from sagemaker_operator.kinds import Kind
from sagemaker_operator.model.families import Family
from sagemaker_operator.model.names import field
from sagemaker_operator.model.service import input_shape

from .compare import every
from .facts import Facts
from .steps import Call, Verb


def asked(facts: Facts, operation: str) -> dict[str, Any] | None:
    """The part of an operation's input that says which resource is meant; None while SageMaker's part of it is not known."""
    family = facts.kind.family
    known = _known(facts)
    values = {
        name: known[source]
        for name in family.addressed(operation)
        if known.get(source := family.addresses.get(name, name)) is not None
    }
    return values if _complete(family, operation, values) else None


def call(facts: Facts, verb: Verb, operation: str | None, request: Mapping[str, Any] | None = None) -> Call:
    """A call about the resource that AWS was seen to have."""
    assert operation is not None, f"{facts.resource.key}: SageMaker has no operation to {verb.value} it"
    about = asked(facts, operation)
    assert about is not None, f"{facts.resource.key}: {operation} is not possible before its address is known"
    return Call(verb, operation, {**(request or {}), **about})


def stop(facts: Facts) -> Call:
    """The call that ends the work of a resource."""
    names = {
        member: {name: fate for path, fate in fates.items() for name in every(facts.reply, path.split("."))}
        for member, fates in facts.kind.stop_names.items()
    }
    return call(facts, Verb.STOP, facts.kind.family.stop, {**facts.kind.stop_sends, **names})


def chosen(kind: Kind, name: str, members: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the status that hold the part of the address that a manifest chooses."""
    known = {**members, kind.family.identity: name}
    return {field(member): known[member] for member in (kind.family.identity, *kind.family.address) if member in known}


def assigned(family: Family, reply: Mapping[str, Any]) -> dict[str, Any]:
    """What SageMaker chose, from the reply of a Create or a row of a List: the ARN and the ids.

    An id that is not told by itself is the last part of the ARN (https://docs.aws.amazon.com/sagemaker/latest/APIReference/
    API_CreateDomain.html).
    """
    told = {**reply, family.arn: reply.get(family.arn) or reply.get(family.created_arn or "")}
    arn = told[family.arn]
    ids = {family.arn: arn} if arn else {}
    for member in family.assigned:
        value = told.get(member)
        if value is None and arn:
            value = str(arn).rpartition("/")[2]
        if value is not None:
            ids[member] = int(value) if _number(family, member) else value
    return ids


def _known(facts: Facts) -> dict[str, Any]:
    family, status = facts.kind.family, facts.resource.status
    kept = {member: status.get(field(member)) for member in (family.identity, *family.address)}
    return {**kept, family.arn: facts.arn, **facts.chosen}


def _complete(family: Family, operation: str, asked: Mapping[str, Any]) -> bool:
    required = {*input_shape(operation).required_members} & {*family.addressed(operation)}
    numbered = {member for member in family.assigned if member in input_shape(operation).members}
    return (required | numbered) <= asked.keys()


def _number(family: Family, member: str) -> bool:
    shape = family.address.get(member)
    return shape is not None and shape.type_name == "integer"
