"""Search and GetSearchSuggestions over the resources of one account and region."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from botocore.model import StructureShape

from sagemaker_local.emulator import model
from sagemaker_local.emulator.families.lineage.experiments import TRIALS
from sagemaker_local.emulator.family import Extra
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

# What Search calls a kind where it is not the kind's name.
_KINDS: Final = {"ExperimentTrial": "Trial", "ExperimentTrialComponent": "TrialComponent"}
_SUGGESTED: Final = 100


def search(call: Call, world: World) -> Json:
    """Search: the resources of one kind that fit an expression."""
    kind = _kind(call)
    documents = [_document(resource, world) for resource in world.store.of_kind(call.place, kind).values()]
    found = [document for document in documents if fits(call.request.get("SearchExpression", {}), document)]
    by = call.request.get("SortBy", "LastModifiedTime")
    found.sort(key=lambda d: _order(_first(d, by)), reverse=call.request.get("SortOrder", "Descending") == "Descending")
    page = cut(found, call)
    members = _record(kind)
    results = (
        [{kind: {n: v for n, v in document.items() if n in members}} for document in page.items] if members else []
    )
    return {"Results": results, "TotalHits": {"Value": len(found), "Relation": "EqualTo"}, **page.token}


def suggestions(call: Call, world: World) -> Json:
    """GetSearchSuggestions: the names of properties that the hint is part of."""
    kind = _kind(call)
    query = call.request.get("SuggestionQuery", {}).get("PropertyNameQuery", {})
    hint = query.get("PropertyNameHint", "").lower()
    names = set(_record(kind))
    for resource in world.store.of_kind(call.place, kind).values():
        names |= set(_paths(_document(resource, world)))
    fitting = sorted(name for name in names if hint in name.lower())[:_SUGGESTED]
    return {"PropertyNameSuggestions": [{"PropertyName": name} for name in fitting]}


def _kind(call: Call) -> str:
    asked: str = call.request["Resource"]
    return _KINDS.get(asked, asked)


def fits(expression: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Whether a document fits a search expression; an empty one fits everything."""
    results = [_compare(one, list(_values(document, one["Name"]))) for one in expression.get("Filters", ())]
    results += [_nested(one, document) for one in expression.get("NestedFilters", ())]
    results += [fits(one, document) for one in expression.get("SubExpressions", ())]
    if not results:
        return True
    return any(results) if expression.get("Operator") == "Or" else all(results)


def _nested(nested: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Whether one item of a list fits all filters; their names begin with the list's."""
    prefix = f"{nested['NestedPropertyName']}."
    return any(
        all(_compare(one, list(_values(item, one["Name"].removeprefix(prefix)))) for one in nested["Filters"])
        for item in _values(document, nested["NestedPropertyName"])
        if isinstance(item, dict)
    )


def _compare(filter_: Mapping[str, Any], found: list[Any]) -> bool:
    operator, wanted = filter_.get("Operator", "Equals"), str(filter_.get("Value", ""))
    match operator:
        case "Exists":
            return bool(found)
        case "NotExists":
            return not found
        case "NotEquals":
            return all(not _equal(value, wanted) for value in found)
        case "In":
            return any(_equal(value, one) for value in found for one in wanted.split(","))
        case "Contains":
            return any(wanted.lower() in str(value).lower() for value in found)
        case "Equals":
            return any(_equal(value, wanted) for value in found)
    return any(_larger(value, wanted, operator) for value in found)


def _equal(value: Any, wanted: str) -> bool:
    number = _number(wanted)
    if isinstance(value, bool):
        return str(value).lower() == wanted.lower()
    if isinstance(value, (int, float)) and number is not None:
        return value == number
    return str(value) == wanted


def _larger(value: Any, wanted: str, operator: str) -> bool:
    left, right = _number(value), _number(wanted)
    if left is None or right is None:
        return False
    return {
        "GreaterThan": left > right, "GreaterThanOrEqualTo": left >= right,
        "LessThan": left < right, "LessThanOrEqualTo": left <= right,
    }[operator]  # fmt: skip


def _number(value: Any) -> float | None:
    """A number, or a time as epoch seconds; None if it is neither."""
    try:
        return float(value)
    except (TypeError, ValueError):
        pass
    try:
        return datetime.fromisoformat(str(value)).timestamp()
    except ValueError:
        return None


def _values(node: Any, path: str) -> Iterator[Any]:
    """What is found at a path of members; lists are looked through, and a map's key may hold dots."""
    if isinstance(node, list):
        for item in node:
            yield from _values(item, path)
    elif isinstance(node, dict):
        if path in node:
            yield from (node[path] if isinstance(node[path], list) else [node[path]])
            return
        head, dot, rest = path.partition(".")
        if dot and head in node:
            yield from _values(node[head], rest)


def _first(document: Json, path: str) -> Any:
    return next(_values(document, path), None)


def _order(value: Any) -> tuple[int, float, str]:
    number = _number(value) if value is not None else None
    return (0, number, "") if number is not None else (1, 0.0, str(value or ""))


def _document(resource: Resource, world: World) -> Json:
    tags = [{"Key": key, "Value": value} for key, value in resource.tags.items()]
    document = {**world.stage.describe(resource), "Tags": tags}
    trials = resource.facts.get(TRIALS, {}).items()
    parents = [{"TrialName": trial, "ExperimentName": experiment} for trial, experiment in trials]
    return {**document, "Parents": parents} if parents else document


def _record(kind: str) -> frozenset[str]:
    """The members of a search record of a kind; empty if Search knows no records of it."""
    records = model.service_model().shape_for("SearchRecord")
    assert isinstance(records, StructureShape), "search records are structures"
    shape = records.members.get(kind)
    return frozenset(shape.members) if isinstance(shape, StructureShape) else frozenset()


def _paths(node: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield f"{prefix}{name}"
            yield from _paths(value, f"{prefix}{name}.")
    elif isinstance(node, list):
        for item in node:
            yield from _paths(item, prefix)


EXTRAS: Final = (Extra("Search", search), Extra("GetSearchSuggestions", suggestions))
