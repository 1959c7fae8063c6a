"""Lists in the status that are no members of Describe (`kinds.Detail`): when to ask for them, and what they say.

They are for people and for references; no verdict depends on them.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from botocore.model import Shape

from sagemaker_operator.kinds import Detail, Kind
from sagemaker_operator.model.convert import from_reply
from sagemaker_operator.model.names import field
from sagemaker_operator.model.service import input_shape

from .compare import at, every

# A reason in a list is for orientation: the whole one is to be read where it was written.
_LONGEST = 512


def due(kind: Kind, status: Mapping[str, Any], reply: Mapping[str, Any]) -> Iterator[Detail]:
    """The details that a further call has to tell now.

    Args:
        kind: the row.
        status: the last report.
        reply: the new Describe reply.
    """
    for detail in kind.details:
        if detail.operation == kind.family.describe:
            continue
        told = from_reply(kind.shown, {name: reply.get(name) for name in detail.since})
        changed = any(told.get(field(name)) != status.get(field(name)) for name in detail.since)
        if changed or not detail.since or detail.field not in status:
            yield detail


def asked(detail: Detail, reply: Mapping[str, Any]) -> dict[str, Any]:
    """What the operation is asked besides which resource is meant: the best few, where it sorts."""
    members = input_shape(detail.operation).members
    request = {**detail.asks, **({"MaxResults": detail.most} if "MaxResults" in members else {})}
    if detail.minimized:
        goals = [goal for path in detail.minimized for goal in every(reply, path.split("."))]
        request["SortOrder"] = "Ascending" if goals[:1] == ["Minimize"] else "Descending"
    return request


def items(detail: Detail, reply: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The items that a reply tells, as they stand in the status."""
    found = at(reply, detail.rows)
    rows = found if isinstance(found, list) else [found] if found else []
    return [_item(detail, row) for row in rows[: detail.most]]


def described(kind: Kind, reply: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The details that Describe itself tells, by field of the status."""
    own = (detail for detail in kind.details if detail.operation == kind.family.describe)
    return {detail.field: told for detail in own if (told := items(detail, reply))}


def blame(kind: Kind, told: Mapping[str, Any]) -> str | None:
    """The first item that explains a failure, in a sentence; None if none does.

    Args:
        kind: the row.
        told: items by field of the status.
    """
    for detail in kind.details:
        if detail.blames is None:
            continue
        state, value, name, reason = detail.blames
        failed = [item for item in told.get(detail.field) or () if item.get(state) == value]
        # A failure that has a reason comes before those that follow from it.
        for item in sorted(failed, key=lambda one: reason not in one):
            return f"{item.get(name)}: {item.get(reason) or value}"
    return None


def _item(detail: Detail, row: Mapping[str, Any]) -> dict[str, Any]:
    item = {}
    for own, path in detail.shows.items():
        value = _read(row, path.split("."))
        shown = from_reply(_one(detail, own), {own: value}) if value is not None else {}
        for said in shown.values():
            item[own] = f"{said[:_LONGEST]}…" if isinstance(said, str) and len(said) > _LONGEST else said
    return item


@cache
def _one(detail: Detail, own: str) -> Mapping[str, Shape]:
    """The shape of one field, in the form and identity that conversion asks for."""
    return {own: detail.shapes[own]}


def _read(value: Any, way: list[str]) -> Any:
    for step in way:
        if not isinstance(value, Mapping):
            return None
        value = next(iter(value.values()), None) if step == "*" else value.get(step)
    return value
