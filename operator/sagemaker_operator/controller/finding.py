"""Looks a resource up by its name, where SageMaker has chosen its id and the reply that told it was lost.

Names of such resources need not be unique: of several, the one that carries our UID is meant, else the newest.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from sagemaker_operator.engine import address
from sagemaker_operator.engine.facts import Facts
from sagemaker_operator.engine.ownership import UID
from sagemaker_operator.model.names import field
from sagemaker_operator.model.service import input_shape

# Calls an operation of SageMaker, as `passes.Passes` does.
Ask = Callable[[str, Mapping[str, Any]], Awaitable[dict[str, Any]]]

_MOST_PAGES = 50


async def find(facts: Facts, ask: Ask) -> dict[str, Any] | None:
    """What SageMaker chose for the resource of that name: its ARN and ids; None if there is none, or no list tells.

    Raises:
        AWSFailure: if a list or the tags could not be read.
    """
    found = [address.assigned(facts.kind.family, row) async for row in _rows(facts, ask)]
    if len(found) > 1 and facts.kind.family.taggable:
        for ids in found:
            tags = await ask("ListTags", {"ResourceArn": ids[facts.kind.family.arn], "MaxResults": 100})
            if any(tag["Key"] == UID and tag.get("Value") == facts.resource.uid for tag in tags.get("Tags", ())):
                return ids
    return found[0] if found else None


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
    for _ in range(_MOST_PAGES):
        page = await ask(family.list, request)
        for row in page.get(family.summaries[0], ()):
            if row.get(family.identity) == name and all(
                row.get(member, value) == value
                for member, value in known.items()
                if value and member not in family.assigned
            ):
                yield row
        if not page.get("NextToken"):
            return
        request = {**request, "NextToken": page["NextToken"]}
