"""Edges between the entities of lineage, and the questions that follow them.

An edge is kept with its source, and ends with either of the two.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sagemaker_local.emulator.family import Extra
from sagemaker_local.emulator.lists import in_period
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.refusal import VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

NO_ENTITY: Final = Refusal(
    "ResourceNotFound",
    "'{arn}' does not exist.",
    evidence="ResourceNotFound is declared; the text is unverified",
)
NO_ASSOCIATION: Final = Refusal(
    "ResourceNotFound",
    "There is no association from '{source}' to '{destination}'.",
    evidence="ResourceNotFound is declared; the text is unverified",
)
TWO_EXPERIMENTS: Final = Refusal(
    VALIDATION,
    "Associations cannot be created between two experiment entities.",
    evidence="AddAssociation's documentation, and sagemaker-experiments#157",
)
NO_GROUP: Final = Refusal(
    "ResourceNotFound",
    "Lineage group '{arn}' does not exist.",
    evidence="ResourceNotFound is declared; the text is unverified",
)

EDGES: Final = "_edges"
"""Destination ARN to type and time of the associations of a source; Describe does not show it."""
GROUP: Final = "sagemaker-default-lineage-group"
_OF_EXPERIMENTS: Final = frozenset({"Experiment", "Trial", "TrialComponent"})
_ENTITIES: Final = ("Experiment", "Trial", "TrialComponent", "Action", "Artifact", "Context")
_DEEPEST: Final = 10


def add(call: Call, world: World) -> Json:
    """AddAssociation; once more changes its type."""
    source, destination = (_entity(call, world, member) for member in ("SourceArn", "DestinationArn"))
    if {source.kind, destination.kind} <= _OF_EXPERIMENTS:
        raise TWO_EXPERIMENTS.error()
    kind = call.request.get("AssociationType", "AssociatedWith")
    source.facts.setdefault(EDGES, {})[destination.arn] = {"type": kind, "created": call.now}
    return {"SourceArn": source.arn, "DestinationArn": destination.arn}


def delete(call: Call, world: World) -> Json:
    """DeleteAssociation."""
    source, destination = call.request["SourceArn"], call.request["DestinationArn"]
    held = world.store.find_arn(source)
    if held is None or held.place != call.place or held.facts.get(EDGES, {}).pop(destination, None) is None:
        raise NO_ASSOCIATION.error(source=source, destination=destination)
    return {"SourceArn": source, "DestinationArn": destination}


def listed(call: Call, world: World) -> Json:
    """ListAssociations."""
    found = [edge for edge in edges(call, world) if _selected(call.request, edge)]
    by = call.request.get("SortBy", "CreationTime")
    reverse = call.request.get("SortOrder", "Descending") == "Descending"
    found.sort(key=lambda edge: (edge.get(by, ""), edge["SourceArn"], edge["DestinationArn"]), reverse=reverse)
    page = cut(found, call)
    return {"AssociationSummaries": page.items, **page.token}


def query(call: Call, world: World) -> Json:
    """QueryLineage: what is reached from the start along the edges."""
    request = call.request
    starts = request.get("StartArns") or [e.arn for e in _entities(call, world)]
    everything = list(edges(call, world))
    reached = dict.fromkeys(starts)
    frontier, taken = set(starts), []
    for _ in range(int(request.get("MaxDepth", _DEEPEST))):
        step = [e for e in everything if _leads_on(e, frontier, request.get("Direction", "Both"))]
        taken += [edge for edge in step if edge not in taken]
        ends = {end for edge in step for end in (edge["SourceArn"], edge["DestinationArn"])}
        frontier = ends - set(reached)
        reached |= dict.fromkeys(sorted(frontier))
        if not frontier:
            break
    vertices = [v for v in (world.store.find_arn(arn) for arn in reached) if v and v.place == call.place]
    kept = [_vertex(v) for v in vertices if _fits(request.get("Filters", {}), v) and v.arn not in starts]
    page = cut(kept, call)
    shown = [{k: e[k] for k in ("SourceArn", "DestinationArn", "AssociationType")} for e in taken]
    return {"Vertices": page.items, "Edges": shown if request.get("IncludeEdges", True) else [], **page.token}


def edges(call: Call, world: World) -> Iterator[Json]:
    """Every association of an account and region, as ListAssociations shows it."""
    for source in _entities(call, world):
        for arn, edge in source.facts.get(EDGES, {}).items():
            destination = world.store.find_arn(arn)
            if destination is not None:
                yield {
                    "SourceArn": source.arn, "DestinationArn": arn, "AssociationType": edge["type"],
                    "SourceType": _type(source), "DestinationType": _type(destination), "SourceName": source.name,
                    "DestinationName": destination.name, "CreationTime": edge["created"],
                }  # fmt: skip


def groups(call: Call, _: World) -> Json:
    """ListLineageGroups: there is one in each account and region."""
    return {"LineageGroupSummaries": [_group(call)]}


def describe_group(call: Call, _: World) -> Json:
    """DescribeLineageGroup."""
    _need_group(call)
    return _group(call)


def group_policy(call: Call, _: World) -> Json:
    """GetLineageGroupPolicy: nothing is shared."""
    _need_group(call)
    return {"LineageGroupArn": call.place.arn("lineage-group", GROUP)}


def _entities(call: Call, world: World) -> Iterator[Resource]:
    for kind in _ENTITIES:
        yield from world.store.of_kind(call.place, kind).values()


def _entity(call: Call, world: World, member: str) -> Resource:
    found = world.store.find_arn(call.request[member])
    if found is None or found.place != call.place or found.kind not in _ENTITIES:
        raise NO_ENTITY.error(arn=call.request[member])
    return found


def _selected(request: Mapping[str, Any], edge: Json) -> bool:
    same = ("SourceArn", "DestinationArn", "SourceType", "DestinationType", "AssociationType")
    if any(name in request and request[name] != edge[name] for name in same):
        return False
    return in_period(request, "Created", edge["CreationTime"])


def _leads_on(edge: Json, frontier: set[str], direction: str) -> bool:
    up = edge["DestinationArn"] in frontier and direction in ("Ascendants", "Both")
    down = edge["SourceArn"] in frontier and direction in ("Descendants", "Both")
    return up or down


def _fits(filters: Mapping[str, Any], vertex: Resource) -> bool:
    return (
        _type(vertex) in filters.get("Types", [_type(vertex)])
        and vertex.kind in filters.get("LineageTypes", [vertex.kind])
        and in_period(filters, "Created", vertex.created)
        and in_period(filters, "Modified", vertex.modified)
        and all(vertex.spec.get("Properties", {}).get(k) == v for k, v in filters.get("Properties", {}).items())
    )


def _vertex(entity: Resource) -> Json:
    return {"Arn": entity.arn, "Type": _type(entity), "LineageType": entity.kind}


def _type(entity: Resource) -> str:
    """What kind of thing an entity stands for: DataSet, Model, Approval …, as its creator said."""
    return str(entity.spec.get(f"{entity.kind}Type") or entity.facts.get("Source", {}).get("SourceType") or entity.kind)


def _group(call: Call) -> Json:
    arn = call.place.arn("lineage-group", GROUP)
    return {"LineageGroupArn": arn, "LineageGroupName": GROUP, "CreationTime": 0, "LastModifiedTime": 0}


def _need_group(call: Call) -> None:
    name = call.request["LineageGroupName"]
    if name.rpartition("/")[2] != GROUP:
        raise NO_GROUP.error(arn=call.place.arn("lineage-group", name))


EXTRAS: Final = (
    Extra("AddAssociation", add),
    Extra("DeleteAssociation", delete),
    Extra("ListAssociations", listed),
    Extra("QueryLineage", query),
    Extra("ListLineageGroups", groups),
    Extra("DescribeLineageGroup", describe_group),
    Extra("GetLineageGroupPolicy", group_policy),
)
