"""Versions of images for Studio: numbered from 1, never twice, and asked for by number, by alias, or as the latest."""

from collections.abc import Iterable, Iterator
from typing import Final

from sagemaker_local.emulator.effects import gone, merge
from sagemaker_local.emulator.families.studio import images
from sagemaker_local.emulator.family import Action, Extra, Family, Timeline, at
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal("ResourceNotFound", "ImageVersion [{arn}] does not exist.", evidence=UNVERIFIED)
NO_LATEST: Final = Refusal(
    "ResourceNotFound",
    "Latest ImageVersion with ImageName {name} does not exist. Please provide a valid ImageName.",
    evidence="sagemaker-studio-custom-image-samples#17",
)
NO_ALIAS: Final = Refusal(
    "ResourceNotFound",
    "ImageVersion with ImageName {name} and Alias {alias} does not exist.",
    evidence=UNVERIFIED,
)
EXISTS: Final = Refusal("ResourceInUse", "ImageVersion [{arn}] already exists.", evidence=UNVERIFIED)
INVALID_STATE: Final = Refusal(
    VALIDATION,
    "Image {name} is in an invalid state.",
    evidence="sagemaker-studio-custom-image-samples#17",
)
ALIAS_TAKEN: Final = Refusal(
    "ResourceInUse",
    "Alias {alias} of Image {name} already belongs to version {version}.",
    evidence=UNVERIFIED,
)
BUSY: Final = Refusal("ResourceInUse", "ImageVersion [{arn}] is in status {status}.", evidence=UNVERIFIED)
_DESCRIBED: Final = (
    "VendorGuidance",
    "JobType",
    "MLFramework",
    "ProgrammingLang",
    "Processor",
    "Horovod",
    "ReleaseNotes",
)


def pull(resource: Resource, world: World, _: float) -> None:
    """The version keeps the image by its digest, whatever becomes of the tag."""
    repository = resource.spec["BaseImage"].partition("@")[0]
    head, slash, leaf = repository.rpartition("/")
    digest = f"{world.random.getrandbits(256):064x}"
    resource.facts["ContainerImage"] = f"{head}{slash}{leaf.partition(':')[0]}@sha256:{digest}"


CREATE: Final = Timeline((at(0, "CREATING"), at(60, "CREATED", effect=pull)), failed=at(0, "CREATE_FAILED"))
DELETE: Final = Timeline((at(0, "DELETING"), at(10, None, effect=gone)), failed=at(0, "DELETE_FAILED"))


def versions(world: World, place: Place, image: str) -> Iterator[Resource]:
    """The versions of an image that exist, the oldest first."""
    for version in world.store.of_kind(place, "ImageVersion").values():
        if version.spec["ImageName"].lower() == image.lower():
            yield version


def key_of(call: Call, world: World) -> str:
    """The key of the version that a request is about: by number, by alias, or else the latest."""
    name, alias = call.request["ImageName"], call.request.get("Alias")
    known = list(versions(world, call.place, name))
    if "Version" in call.request:
        number = call.request["Version"]
        return next((v.key for v in known if v.spec["Version"] == number), f"{name}/{number}")
    if alias is not None:
        known = [version for version in known if alias in version.spec.get("Aliases", ())]
        if not known:
            raise NO_ALIAS.error(name=name, alias=alias)
    if not known:
        raise NO_LATEST.error(name=name)
    return known[-1].key


def next_number(call: Call, world: World) -> str:
    """The number of a new version; those of deleted ones are not used again."""
    image = world.find(call.place, "Image", call.request["ImageName"].lower())
    return str((image.facts.get("LatestVersion", 0) if image is not None else 0) + 1)


def count(request: Json, call: Call, world: World) -> None:
    """Note that the number is taken."""
    request["Version"] = int(request["Version"])
    image = _image(call, world)
    image.facts["LatestVersion"] = request["Version"]
    request["ImageArn"] = image.arn


def image_exists(call: Call, world: World) -> None:
    """Refuse what is about versions of an image that does not exist."""
    _image(call, world)


def image_is_created(call: Call, world: World) -> None:
    """A version is made only of an image that is there and at rest."""
    if _image(call, world).status != "CREATED":
        raise INVALID_STATE.error(name=call.request["ImageName"])


def _image(call: Call, world: World) -> Resource:
    name = call.request["ImageName"]
    image = world.find(call.place, "Image", name.lower())
    if image is None:
        raise images.MISSING.error(name=name)
    return image


def aliases_are_free(call: Call, world: World) -> None:
    """No other version has an alias that a new one is to have."""
    _free(call, world, call.request.get("Aliases", ()), but=None)


def new_aliases_are_free(call: Call, resource: Resource, world: World) -> None:
    """No other version has an alias that is to be added."""
    _free(call, world, call.request.get("AliasesToAdd", ()), but=resource)


def _free(call: Call, world: World, aliases: Iterable[str], *, but: Resource | None) -> None:
    image = call.request["ImageName"]
    taken = {
        alias: version
        for version in versions(world, call.place, image)
        if version is not but
        for alias in version.spec.get("Aliases", ())
    }
    for alias in aliases:
        if alias in taken:
            raise ALIAS_TAKEN.error(alias=alias, name=image, version=taken[alias].spec["Version"])


def change(call: Call, resource: Resource, world: World) -> None:
    """An update counts at once; aliases go before others come."""
    merge(*_DESCRIBED)(call, resource, world)
    going = call.request.get("AliasesToDelete", ())
    kept = [alias for alias in resource.spec.get("Aliases", ()) if alias not in going]
    resource.spec["Aliases"] = list(dict.fromkeys([*kept, *call.request.get("AliasesToAdd", ())]))


def list_aliases(call: Call, world: World) -> Json:
    """The aliases of an image or of one version, in alphabetical order."""
    image, wanted = _image(call, world), call.request
    found = sorted(
        alias
        for version in versions(world, call.place, image.key)
        if wanted.get("Version", version.spec["Version"]) == version.spec["Version"]
        for alias in version.spec.get("Aliases", ())
        if wanted.get("Alias", alias) == alias
    )
    page = cut(found, call)
    return {"SageMakerImageVersionAliases": page.items, **page.token}


IMAGE_VERSION: Final = Family(
    kind="ImageVersion",
    path="image-version",
    arn_tail=lambda key, _: f"image-version/{key.lower()}",
    status="ImageVersionStatus",
    create=CREATE,
    missing=MISSING,
    exists=EXISTS,
    identified_by=("ImageName", "Version"),
    new_id=next_number,
    keyed=key_of,
    name_member="ImageName",
    token="ClientToken",  # noqa: S106  the name of a member
    checks=(image_is_created, aliases_are_free),
    prepare=count,
    list_checks=(image_exists,),
    actions=(
        Action(
            operation="UpdateImageVersion",
            accepts=frozenset({"CREATED"}),
            refused=BUSY,
            guards=(new_aliases_are_free,),
            apply=change,
        ),
        Action(
            operation="DeleteImageVersion",
            accepts=frozenset({"CREATED", "CREATE_FAILED", "DELETE_FAILED"}),
            refused=BUSY,
            timeline=DELETE,
        ),
    ),
    extras=(Extra("ListAliases", list_aliases),),
)
