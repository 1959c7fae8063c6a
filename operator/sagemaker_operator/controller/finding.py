"""Finds things in lists: a resource by its name, where SageMaker has chosen its id and the reply that told it was lost.

Names of such resources need not be unique: of several, the one that carries our UID is meant, else the newest.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from botocore.model import ListShape

from sagemaker_operator.engine import address
from sagemaker_operator.engine.facts import Facts
from sagemaker_operator.engine.ownership import UID
from sagemaker_operator.kinds import Attachment
from sagemaker_operator.model.names import field
from sagemaker_operator.model.service import input_shape, output_shape

# Calls an operation of SageMaker, as `passes.Passes` does.
Ask = Callable[[str, Mapping[str, Any]], Awaitable[dict[str, Any]]]

_MOST_PAGES = 50


async def find(facts: Facts, ask: Ask) -> dict[str, Any] | None:
    """What SageMaker chose for the resource of that name: its ARN and ids; None if there is none, or no list tells.

    An ARN that is to be adopted is taken at its word; whether it leads anywhere is seen by looking.

    Raises:
        AWSFailure: if a list or the tags could not be read.
    """
    if facts.resource.adopts:
        return address.assigned(facts.kind.family, {facts.kind.family.arn: facts.resource.adopts})
    found = [address.assigned(facts.kind.family, row) async for row in _rows(facts, ask)]
    if len(found) > 1 and facts.kind.family.taggable:
        for ids in found:
            tags = await ask("ListTags", {"ResourceArn": ids[facts.kind.family.arn], "MaxResults": 100})
            if any(tag["Key"] == UID and tag.get("Value") == facts.resource.uid for tag in tags.get("Tags", ())):
                return ids
    return found[0] if found else None


async def attached(facts: Facts, one: Attachment, ask: Ask) -> frozenset[str]:
    """What the resource is attached to, by name.

    Raises:
        AWSFailure: if the list could not be read.
    """
    request = address.asked(facts, one.listing) or {}
    members = output_shape(one.listing).members
    rows = next(name for name, shape in members.items() if isinstance(shape, ListShape))
    return frozenset([row[one.member] async for row in _pages(one.listing, request, rows, ask)])


async def _pages(operation: str, request: Mapping[str, Any], rows: str, ask: Ask) -> AsyncIterator[Mapping[str, Any]]:
    for _ in range(_MOST_PAGES):
        page = await ask(operation, request)
        for row in page.get(rows, ()):
            yield row
        if not page.get("NextToken"):
            return
        request = {**request, "NextToken": page["NextToken"]}


async def _rows(facts: Facts, ask: Ask) -> AsyncIterator[Mapping[str, Any]]:
    family, name = facts.kind.family, facts.resource.known_name
    if family.list is None or family.summaries is None or family.identity not in family.summaries[1].members:
        return
    filters, members = input_shape(family.list), input_shape(family.list).members
    known = {member: facts.resource.status.get(field(member)) for member in family.address}
    request: dict[str, Any] = {member: known[member] for member in known if member in members and known[member]}
    request |= {"NameContains": name} if "NameContains" in members else {}
    if not set(filters.required_members) <= request.keys():
        return
    async for row in _pages(family.list, request, family.summaries[0], ask):
        same = (
            row.get(member, value) == value
            for member, value in known.items()
            if value and member not in family.assigned
        )
        if row.get(family.identity) == name and all(same):
            yield row
