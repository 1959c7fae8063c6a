"""Spaces of Studio domains: storage and settings that apps run in, of one user or shared."""

from typing import Final

from sagemaker_local.emulator.effects import prepare
from sagemaker_local.emulator.families.studio.remote_access import START_SESSION
from sagemaker_local.emulator.families.studio.tenancy import (
    BUSY,
    DELETE,
    LEFT,
    NO_SPACE,
    SETTLED,
    UPDATE,
    apps_of,
    domain_in_service,
    efs_uid,
)
from sagemaker_local.emulator.family import Action, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

EXISTS: Final = Refusal("ResourceInUse", "Space [{arn}] already exists.", evidence=UNVERIFIED)

CREATE: Final = Timeline((at(0, "Pending"), at(15, "InService", effect=efs_uid)), failed=at(0, "Failed"))


def no_apps(_: Call, resource: Resource, world: World) -> None:
    """First the apps have to be deleted."""
    if apps_of(world, resource):
        raise LEFT.error(what="Space", arn=resource.arn, left="App")


def summary(resource: Resource) -> Json:
    """The address of a space, and what lists show of its settings."""
    spec, domain, region = resource.spec, resource.spec["DomainId"], resource.place.region
    shown: Json = {name: spec[name] for name in ("SpaceSharingSettings", "OwnershipSettings") if name in spec}
    settings = spec.get("SpaceSettings", {})
    shown["SpaceSettings"] = {
        name: settings[name] for name in ("AppType", "RemoteAccess", "SpaceStorageSettings") if name in settings
    }
    return {
        "Url": f"https://{domain}.studio.{region}.sagemaker.aws/spaces/{resource.name}",
        **{f"{name}Summary": value for name, value in shown.items()},
    }


SPACE: Final = Family(
    kind="Space",
    path="space",
    status="Status",
    create=CREATE,
    missing=NO_SPACE,
    exists=EXISTS,
    descending=False,
    checks=(domain_in_service,),
    view=summary,
    actions=(
        Action(
            operation="UpdateSpace",
            accepts=SETTLED,
            refused=BUSY,
            apply=prepare("SpaceSettings", "SpaceDisplayName"),
            timeline=UPDATE,
        ),
        Action(
            operation="DeleteSpace",
            accepts=SETTLED,
            refused=BUSY,
            guards=(no_apps,),
            timeline=DELETE,
        ),
    ),
    extras=(START_SESSION,),
)
