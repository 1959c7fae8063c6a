"""User profiles of Studio domains; they stay as long as they have apps or spaces of their own."""

from typing import Final

from sagemaker_local.emulator.effects import prepare
from sagemaker_local.emulator.families.studio.tenancy import (
    APPS_LEFT,
    BUSY,
    DELETE,
    LEFT,
    NO_PROFILE,
    SETTLED,
    UPDATE,
    apps_of,
    domain_in_service,
    efs_uid,
    members,
)
from sagemaker_local.emulator.family import Action, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal
from sagemaker_local.emulator.resource import Resource
from sagemaker_local.emulator.world import Call, World

EXISTS: Final = Refusal("ResourceInUse", "UserProfile [{arn}] already exists.", evidence=UNVERIFIED)

CREATE: Final = Timeline((at(0, "Pending"), at(30, "InService", effect=efs_uid)), failed=at(0, "Failed"))


def nothing_left(call: Call, resource: Resource, world: World) -> None:
    """First the apps have to be deleted, then the spaces that the profile owns."""
    if apps_of(world, resource):
        raise APPS_LEFT.error(arn=resource.arn)
    for space in members(world, call.place, "Space", resource.spec["DomainId"]):
        if space.spec.get("OwnershipSettings", {}).get("OwnerUserProfileName") == resource.name:
            raise LEFT.error(what="UserProfile", arn=resource.arn, left="Space")


# That AWS adds it: ACK's late-initialised fields; the sizes are those of domains, which are not documented either.
_STORAGE: Final = {"DefaultEbsStorageSettings": {"DefaultEbsVolumeSizeInGb": 5, "MaximumEbsVolumeSizeInGb": 100}}

USER_PROFILE: Final = Family(
    kind="UserProfile",
    path="user-profile",
    status="Status",
    create=CREATE,
    missing=NO_PROFILE,
    exists=EXISTS,
    descending=False,
    defaults=(("UserSettings.SpaceStorageSettings", _STORAGE),),
    checks=(domain_in_service,),
    actions=(
        Action(
            operation="UpdateUserProfile",
            accepts=SETTLED,
            refused=BUSY,
            apply=prepare("UserSettings"),
            timeline=UPDATE,
        ),
        Action(
            operation="DeleteUserProfile",
            accepts=SETTLED,
            refused=BUSY,
            guards=(nothing_left,),
            timeline=DELETE,
        ),
    ),
)
