"""Whether AWS has what a manifest asks for.

Only what the manifest sets is compared: AWS fills in the rest, and what it fills in is not drift.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sagemaker_operator.kinds import Kind
from sagemaker_operator.model.lists import not_in, without_order


@dataclass(frozen=True, slots=True)
class Reading:
    """How values are read where "equal" would be too strict; paths are in the service model's spelling, without indices.

    Attributes:
        unordered: lists without an order, with the member that tells their items apart ("" for plain values).
        documents: texts that are JSON documents.
        hidden: members that Describe never shows, such as passwords, or shows as they are and not as they were wanted.
    """

    unordered: Mapping[str, str] = field(default_factory=dict)
    documents: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()


@cache
def reading(kind: Kind) -> Reading:
    """How the values of a kind are read."""
    family = kind.family
    lists = without_order(family.spec_members)
    hidden = (not_in(family.described, family.spec_members) - kind.shown_at.keys()) | kind.volatile
    return Reading(lists | dict.fromkeys(kind.unordered, ""), kind.documents, frozenset(hidden))


def as_asked(kind: Kind, reply: Mapping[str, Any]) -> Mapping[str, Any]:
    """A Describe reply with each value where a spec has it."""
    shown: Any = reply
    for asked, told in kind.shown_at.items():
        shown = _renamed(shown, asked.split("."), told.split("."))
    return dict(shown)


def every(value: Any, way: Sequence[str]) -> Iterator[Any]:
    """All that stands at a path; a list stands for its items."""
    if isinstance(value, list):
        for item in value:
            yield from every(item, way)
    elif not way:
        yield value
    elif isinstance(value, Mapping) and way[0].removesuffix("[]") in value:
        yield from every(value[way[0].removesuffix("[]")], way[1:])


def at(value: Any, path: str) -> Any:
    """What stands at a path of members; None if nothing does."""
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def satisfied(wanted: Any, found: Any, how: Reading = Reading(), path: str = "") -> bool:
    """Whether a value found at AWS is what was wanted; members that were not asked for do not count."""
    if isinstance(wanted, Mapping):
        held = found if isinstance(found, Mapping) else {}
        return all(_held(value, held.get(name), how, f"{path}.{name}".lstrip(".")) for name, value in wanted.items())
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        items = found if isinstance(found, Sequence) and not isinstance(found, str) else ()
        return len(wanted) == len(items) and all(
            satisfied(one, other, how, path) for one, other in _paired(wanted, items, how.unordered.get(path))
        )
    if path in how.documents:
        return bool(_document(wanted) == _document(found))
    if isinstance(wanted, float) or isinstance(found, float):
        # SageMaker keeps single precision for many numbers: 0.1 comes back as 0.10000000149.
        return isinstance(found, int | float) and math.isclose(wanted, found, rel_tol=1e-6)
    return bool(wanted == found) or (found is None and wanted in ("", False))


def _held(wanted: Any, found: Any, how: Reading, path: str) -> bool:
    return path in how.hidden or satisfied(wanted, found, how, path)


def _paired(wanted: Sequence[Any], items: Sequence[Any], key: str | None) -> list[tuple[Any, Any]]:
    """Each wanted item with the one to compare it with; None for one that is not there."""
    if key is None:
        return list(zip(wanted, items, strict=True))
    if key == "":
        return list(zip(sorted(wanted, key=str), sorted(items, key=str), strict=True))
    known = {item.get(key): item for item in items if isinstance(item, Mapping)}
    return [(item, known.get(item.get(key))) for item in wanted]


def _document(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def _renamed(node: Any, asked: list[str], told: list[str]) -> Any:
    """A reply in which what is told at one path stands at another too; in each item, where the way leads through a list."""
    if isinstance(node, list):
        return [_renamed(item, asked, told) for item in node]
    if not isinstance(node, Mapping):
        return node
    if asked[0] == told[0] and asked[1:] and told[1:]:
        inner = node.get(asked[0])
        return node if inner is None else {**node, asked[0]: _renamed(inner, asked[1:], told[1:])}
    found = at(node, ".".join(told))
    return node if found is None else _put(node, asked, found)


def _put(node: Mapping[str, Any], way: list[str], found: Any) -> dict[str, Any]:
    name, *rest = way
    if not rest:
        return {**node, name: found}
    inner = node.get(name)
    return {**node, name: _put(inner if isinstance(inner, Mapping) else {}, rest, found)}
