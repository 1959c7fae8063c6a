"""List operations, as SageMaker pages, sorts and filters.

Names, times and everything else select before the page is cut; StatusEquals selects within the page (ListTrainingJobs'
documentation), so that an empty page with a token is an ordinary answer. A filter goes by its name: `<Member>Contains`,
`<Member>Equals`, `<Member>Prefix`, `<Time>After`, `<Time>Before`, or the member itself; a family's row may say otherwise.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from sagemaker_local.emulator.bound import Bound
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

Row = TypeVar("Row")

_ABOUT_THE_PAGE: Final = frozenset({"MaxResults", "NextToken", "SortBy", "SortOrder", "StatusEquals"})
_CREATED: Final = frozenset({"Created", "Creation", "CreationTime"})
_MODIFIED: Final = frozenset({"LastModified", "LastModifiedTime", "ModifiedTime", "Modified"})
_SUFFIXES: Final = ("Contains", "Equals", "Prefix", "After", "Before")


def list_page(call: Call, world: World, bound: Bound, families: Mapping[str, Bound]) -> tuple[list[Resource], Json]:
    """The resources of one page, before they become summaries, and the token of the next."""
    everything = world.store.of_kind(call.place, bound.shelf).values()
    found = [
        resource
        for resource in (world.lags.summarised(one, call.now) for one in everything)
        if resource is not None and _selected(call.request, resource, families[resource.kind], bound)
    ]
    page = cut(_sorted(call, bound, found, families), call)
    status = call.request.get("StatusEquals")
    return [r for r in page.items if status is None or r.status == status], page.token


def _sorted(call: Call, bound: Bound, found: list[Resource], families: Mapping[str, Bound]) -> list[Resource]:
    order = call.request.get("SortOrder", "Descending" if bound.family.descending else "Ascending")
    key = _sort_key(call.request.get("SortBy", bound.family.sorted_by), families)
    if key is not None:
        found.sort(key=key)
    if order in ("Descending", "DESCENDING"):
        found.reverse()
    return found


def _sort_key(by: str, families: Mapping[str, Bound]) -> Callable[[Resource], Any] | None:
    """By what to sort; None is the order of creation, which the store keeps."""
    member = "".join(word.title() for word in by.split("_")) if by.isupper() else by
    match member:
        case "CreationTime" | "CreatedAt" | "CreateDate":
            return None
        case "Name":
            return lambda r: r.name
        case "Status":
            return lambda r: (r.status or "", r.created)
        case _:
            return lambda r: (_comparable(families[r.kind].whole(r).get(member)), r.created)


def _comparable(value: Any) -> tuple[int, float, str]:
    """What is not there comes first, numbers and times go by their size."""
    match value:
        case None:
            return 0, 0, ""
        case int() | float():
            return 1, value, ""
        case _:
            return 2, 0, str(value)


def _selected(request: Mapping[str, Any], resource: Resource, own: Bound, listing: Bound) -> bool:
    for name, wanted in request.items():
        if name in _ABOUT_THE_PAGE:
            continue
        select = listing.family.filters.get(name)
        fits = select(wanted, own.whole(resource), resource) if select else _fits(name, wanted, resource, own)
        if not fits:
            return False
    return True


def _fits(name: str, wanted: Any, resource: Resource, bound: Bound) -> bool:
    suffix = next((suffix for suffix in _SUFFIXES if name.endswith(suffix)), "")
    member = name.removesuffix(suffix)
    match suffix:
        case "After" | "Before":
            when = _time(member, resource, bound)
            return when is not None and (when > wanted if suffix == "After" else when < wanted)
        case "Contains" if member == "Name":
            return wanted.lower() in resource.name.lower()
        case "Contains":
            return wanted.lower() in str(bound.whole(resource).get(member, "")).lower()
        case "Prefix":
            return str(bound.whole(resource).get(member, "")).startswith(wanted)
        case _:
            return bool(bound.whole(resource).get(member) == wanted)


def _time(member: str, resource: Resource, bound: Bound) -> float | None:
    if member in _CREATED:
        return resource.created
    if member in _MODIFIED:
        return resource.modified
    found: float | None = bound.whole(resource).get(member)
    return found


def equal(member: str) -> Callable[[Any, Mapping[str, Any], Resource], bool]:
    """A filter that compares with a member of another name."""
    return lambda wanted, shown, _: shown.get(member) == wanted


def within(members: Iterable[str]) -> Callable[[Any, Mapping[str, Any], Resource], bool]:
    """A filter that compares with a member inside of structures, given by the path to it."""
    path = tuple(members)

    def select(wanted: Any, shown: Mapping[str, Any], _: Resource) -> bool:
        node: Any = shown
        for member in path:
            node = node.get(member) if isinstance(node, Mapping) else None
        return bool(node == wanted)

    return select


def in_period(given: Mapping[str, Any], member: str, when: float) -> bool:
    """Whether a time lies between `<member>After` and `<member>Before`, as far as they are given; for lists of their own."""
    after, before = given.get(f"{member}After"), given.get(f"{member}Before")
    return (after is None or when > after) and (before is None or when < before)


def newest_first(rows: Sequence[Row], request: Mapping[str, Any]) -> list[Row]:
    """Rows that are kept oldest first, as SortOrder asks for them, by default Descending; for lists of their own."""
    return list(rows if request.get("SortOrder", "Descending") == "Ascending" else reversed(rows))
