"""Private hubs and what is in them: models, notebooks and references to the public hub, each in versions.

The public hub itself is not here; references to its contents are taken on trust.
"""

from collections.abc import Callable
from typing import Any, Final

from botocore.model import ListShape, StructureShape

from sagemaker_local.emulator import model
from sagemaker_local.emulator.effects import give_up, gone, prepare, replace_by
from sagemaker_local.emulator.family import Action, Extra, Family, Timeline, at
from sagemaker_local.emulator.lists import in_period
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

_ABSENT: Final = "ResourceNotFound is declared; the text is unverified"
NO_HUB: Final = Refusal("ResourceNotFound", "Hub {arn} does not exist.", evidence=_ABSENT)
HUB_EXISTS: Final = Refusal("ResourceInUse", "Hub {arn} already exists.", evidence=UNVERIFIED)
HUB_BUSY: Final = Refusal("ResourceInUse", "Hub {arn} is in status {status}.", evidence=UNVERIFIED)
HUB_NOT_EMPTY: Final = Refusal("ResourceInUse", "Hub {arn} has contents. Delete them first.", evidence=UNVERIFIED)
NO_CONTENT: Final = Refusal("ResourceNotFound", "Hub content {arn} does not exist.", evidence=_ABSENT)
CONTENT_EXISTS: Final = Refusal("ResourceInUse", "Hub content {arn} already exists.", evidence=UNVERIFIED)

FIRST: Final = "1.0.0"
REFERENCE: Final = "ModelReference"
_SETTLED: Final = frozenset({"InService", "CreateFailed", "UpdateFailed", "DeleteFailed"})
_PUBLIC: Final = "hub-content/SageMakerPublicHub/"


def hub_exists(call: Call, world: World) -> None:
    """The hub that a request is about exists."""
    name = _hub_name(call)
    if world.find(call.place, "Hub", name) is None:
        raise NO_HUB.error(arn=call.place.arn("hub", name), name=name)


def hub_is_empty(_: Call, hub: Resource, world: World) -> None:
    """DeleteHub's documentation: only hubs without contents can be deleted."""
    contents = world.store.of_kind(hub.place, "HubContent")
    if any(key.startswith(f"{hub.key}/") for key in contents):
        raise HUB_NOT_EMPTY.error(arn=hub.arn)


def content_key(call: Call, world: World) -> str:
    """Hub, type, name and version; without a version the latest, or the first of a new content."""
    request = call.request
    folder = f"{_hub_name(call)}/{request.get('HubContentType', REFERENCE)}/{request['HubContentName']}"
    version = request.get("HubContentVersion")
    if version is None:
        known = _versions(call, world, folder)
        if call.operation == "ImportHubContent":
            version = _after(known[-1]) if known else FIRST
        else:
            version = known[-1] if known else FIRST
    return f"{folder}/{version}"


def note_identity(spec: Json, call: Call, world: World) -> None:
    """The version that was given or found, and the hub by its name and its ARN."""
    spec["HubName"] = _hub_name(call)
    spec["HubContentVersion"] = content_key(call, world).rpartition("/")[2]
    spec["HubArn"] = call.place.arn("hub", spec["HubName"])


def change_content(call: Call, content: Resource, _: World) -> None:
    """UpdateHubContent, at once."""
    for member, value in call.request.items():
        if member.startswith("HubContent") or member == "SupportStatus":
            content.spec[member] = value
    content.modified = call.now


def contents(call: Call, world: World) -> Json:
    """ListHubContents: the latest version of each content."""
    hub_exists(call, world)
    latest: dict[str, Resource] = {}
    for content in world.store.of_kind(call.place, "HubContent").values():
        if content.key.startswith(f"{_hub_name(call)}/{call.request['HubContentType']}/"):
            latest[content.spec["HubContentName"]] = content
    hint = call.request.get("NameContains", "").lower()
    found = [
        content
        for name, content in latest.items()
        if hint in name.lower() and in_period(call.request, "CreationTime", content.created)
    ]
    key = _KEYS.get(call.request.get("SortBy", ""), lambda content: content.created)
    found.sort(key=key, reverse=call.request.get("SortOrder", "Descending") == "Descending")
    page = cut(found, call)
    members = _summary_members()
    rows = [{n: v for n, v in world.stage.describe(content).items() if n in members} for content in page.items]
    return {"HubContentSummaries": rows, **page.token}


def refer(call: Call, world: World) -> Json:
    """CreateHubContentReference: a content that stands for one of the public hub."""
    public = call.request["SageMakerPublicHubContentArn"]
    parts = public.partition(_PUBLIC)[2].split("/")
    given = call.request.get("HubContentName") or (parts[1] if len(parts) > 1 else parts[0])
    wanted = {
        "HubName": call.request["HubName"], "HubContentName": given, "HubContentType": REFERENCE,
        "DocumentSchemaVersion": FIRST, "HubContentDocument": "{}", "Tags": call.request.get("Tags", []),
    }  # fmt: skip
    answer = world.stage.do("ImportHubContent", wanted, call.place, now=call.now)
    content = world.store.find_arn(answer["HubContentArn"])
    assert content is not None, f"ImportHubContent made no {given}"
    content.spec["SageMakerPublicHubContentArn"] = public
    _set_least_version(call, content)
    return answer


def is_reference(_: Call, content: Resource, __: World) -> None:
    """The operations on references know no other contents."""
    if content.spec["HubContentType"] != REFERENCE:
        raise NO_CONTENT.error(arn=content.arn)


def change_reference(call: Call, content: Resource, _: World) -> None:
    """UpdateHubContentReference."""
    _set_least_version(call, content)
    content.modified = call.now


def urls(call: Call, world: World) -> Json:
    """CreateHubContentPresignedUrls: of private contents there is nothing to be fetched but the document."""
    hub_exists(call, world)
    key = content_key(call, world)
    if world.find(call.place, "HubContent", key) is None:
        raise NO_CONTENT.error(arn=call.place.arn("hub-content", key))
    url = f"https://{_hub_name(call)}.s3.{call.place.region}.amazonaws.com/{key}/document.json?X-Amz-Expires=3600"
    return {"AuthorizedUrlConfigs": [{"Url": url, "LocalPath": "document.json"}]}


def _set_least_version(call: Call, content: Resource) -> None:
    if "MinVersion" in call.request:
        content.spec["ReferenceMinVersion"] = call.request["MinVersion"]


def _hub_name(call: Call) -> str:
    return str(call.request["HubName"]).rpartition("/")[2]


def _versions(call: Call, world: World, folder: str) -> list[str]:
    """The versions of a content, the latest last."""
    keys = world.store.of_kind(call.place, "HubContent")
    found = [key.rpartition("/")[2] for key in keys if key.rpartition("/")[0] == folder]
    return sorted(found, key=_number)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _after(version: str) -> str:
    major, minor, patch = (*_number(version), 0, 0, 0)[:3]
    return f"{major}.{minor}.{patch + 1}"


def _summary_members() -> frozenset[str]:
    rows = model.output_members("ListHubContents").members["HubContentSummaries"]
    assert isinstance(rows, ListShape), "summaries are a list"
    assert isinstance(rows.member, StructureShape), "a summary is a structure"
    return frozenset(rows.member.members)


_KEYS: Final[dict[str, Callable[[Resource], Any]]] = {
    "HubContentName": lambda content: content.name,
    "HubContentStatus": lambda content: (content.status, content.created),
}

HUB: Final = Family(
    kind="Hub",
    path="hub",
    status="HubStatus",
    create=Timeline((at(0, "Creating"), at(15, "InService")), failed=at(0, "CreateFailed")),
    missing=NO_HUB,
    exists=HUB_EXISTS,
    actions=(
        Action(
            operation="UpdateHub",
            accepts=_SETTLED,
            refused=HUB_BUSY,
            apply=prepare("HubDescription", "HubDisplayName", "HubSearchKeywords"),
            timeline=Timeline(
                (at(0, "Updating"), at(10, "InService", effect=replace_by)),
                failed=at(0, "UpdateFailed", effect=give_up),
            ),
        ),
        Action(
            operation="DeleteHub",
            accepts=_SETTLED,
            refused=HUB_BUSY,
            guards=(hub_is_empty,),
            timeline=Timeline((at(0, "Deleting"), at(10, None, effect=gone)), failed=at(0, "DeleteFailed")),
        ),
    ),
)

HUB_CONTENT: Final = Family(
    kind="HubContent",
    path="hub-content",
    status="HubContentStatus",
    creating="ImportHubContent",
    listing="ListHubContentVersions",
    identified_by=("HubName", "HubContentType", "HubContentName"),
    arn_member="HubContentArn",
    create=Timeline((at(0, "Importing"), at(10, "Available")), failed=at(0, "ImportFailed")),
    missing=NO_CONTENT,
    exists=CONTENT_EXISTS,
    keyed=content_key,
    checks=(hub_exists,),
    list_checks=(hub_exists,),
    prepare=note_identity,
    defaults=(("SupportStatus", "Supported"),),
    filters={
        "HubName": lambda wanted, shown, _: shown.get("HubName") == wanted.rpartition("/")[2],
        "MinVersion": lambda wanted, shown, _: _number(shown["HubContentVersion"]) >= _number(wanted),
        "MaxSchemaVersion": lambda wanted, shown, _: _number(shown["DocumentSchemaVersion"]) <= _number(wanted),
    },
    actions=(
        Action(operation="UpdateHubContent", apply=change_content),
        Action(operation="UpdateHubContentReference", guards=(is_reference,), apply=change_reference),
        Action(
            operation="DeleteHubContent",
            timeline=Timeline((at(0, "Deleting"), at(5, None, effect=gone)), failed=at(0, "DeleteFailed")),
        ),
        Action(
            operation="DeleteHubContentReference",
            guards=(is_reference,),
            timeline=Timeline((at(0, "Deleting"), at(5, None, effect=gone)), failed=at(0, "DeleteFailed")),
        ),
    ),
    extras=(
        Extra("ListHubContents", contents),
        Extra("CreateHubContentReference", refer),
        Extra("CreateHubContentPresignedUrls", urls),
        Extra("ListResourceCatalogs", lambda call, _: {"ResourceCatalogs": cut([], call).items}),
    ),
)
