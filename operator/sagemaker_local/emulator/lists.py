"""List operations, as SageMaker pages, sorts and filters.

Names and times select before the page is cut; StatusEquals selects within the page (ListTrainingJobs' documentation), so that an
empty page with a token is an ordinary answer.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sagemaker_local.emulator.family import Family
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

# Filters that compare a member of the summary with a member of the request, where the request calls it otherwise.
SAME: Final = {
    "EndpointName": "EndpointName",
    "MonitoringJobDefinitionName": "MonitoringJobDefinitionName",
    "MonitoringTypeEquals": "MonitoringType",
}


def list_page(call: Call, world: World, family: Family) -> tuple[list[Resource], Json]:
    """The resources of one page, before they become summaries, and the token of the next."""
    found = _sorted(call, family, world.store.of_kind(call.place, family.kind).values())
    page = cut([r for r in found if _selected(call.request, r, family)], call)
    status = call.request.get("StatusEquals")
    return [r for r in page.items if status is None or r.status == status], page.token


def _sorted(call: Call, family: Family, resources: Iterable[Resource]) -> list[Resource]:
    found = list(resources)
    order = call.request.get("SortOrder", "Descending" if family.descending else "Ascending")
    match call.request.get("SortBy", "CreationTime"):
        case "Name":
            found.sort(key=lambda r: r.name)
        case "Status":
            found.sort(key=lambda r: (r.status or "", r.created))
        case _:
            pass  # the store keeps the order of creation
    if order == "Descending":
        found.reverse()
    return found


def _selected(request: Mapping[str, Any], resource: Resource, family: Family) -> bool:
    contains = request.get("NameContains")
    if contains is not None and contains.lower() not in resource.name.lower():
        return False
    if not _in_time(request, "CreationTime", resource.created):
        return False
    if not _in_time(request, "LastModifiedTime", resource.modified):
        return False
    wanted = {SAME[name]: value for name, value in request.items() if name in SAME}
    if not wanted:
        return True
    shown = {**resource.facts, **family.view(resource)}
    return all(shown.get(member) == value for member, value in wanted.items())


def _in_time(request: Mapping[str, Any], member: str, when: float) -> bool:
    after, before = request.get(f"{member}After"), request.get(f"{member}Before")
    return (after is None or when > after) and (before is None or when < before)
