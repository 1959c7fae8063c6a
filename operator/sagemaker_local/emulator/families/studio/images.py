"""Images for Studio: a name with a role, under which `image_versions` are numbered; deleting an image deletes its versions."""

from typing import Final

from sagemaker_local.emulator.checks import role_can_be_assumed
from sagemaker_local.emulator.effects import give_up
from sagemaker_local.emulator.families.studio.changes import make, note
from sagemaker_local.emulator.family import Action, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal(
    "ResourceNotFound",
    "Image with ImageName {name} does not exist. Please provide a valid ImageName.",
    evidence="terraform-provider-aws image.go for 'does not exist', in the form of sagemaker-studio-custom-image-samples#17",
)
NOT_DELETED: Final = Refusal(
    "ResourceNotFound",
    "No Image with the name {name} exists.",
    evidence="terraform-provider-aws image.go for its beginning",
)
EXISTS: Final = Refusal(
    "ResourceInUse",
    "The Image with ImageName {name} already exists. Please use a different ImageName.",
    evidence="sagemaker-studio-custom-image-samples#17",
)
BUSY: Final = Refusal(
    "ResourceInUse",
    "Image {name} is in an invalid state.",
    evidence=f"the text: CreateImageVersion's in sagemaker-studio-custom-image-samples#17; the code: {UNVERIFIED}",
)


def all_gone(resource: Resource, world: World, _: float) -> None:
    """DeleteImage's documentation: an image goes with all its versions."""
    for version in list(world.store.of_kind(resource.place, "ImageVersion").values()):
        if version.spec["ImageName"].lower() == resource.key:
            world.store.remove(version)
    world.store.remove(resource)


CREATE: Final = Timeline((at(0, "CREATING"), at(5, "CREATED")), failed=at(0, "CREATE_FAILED"))
UPDATE: Final = Timeline(
    (at(0, "UPDATING"), at(5, "CREATED", effect=make)),
    failed=at(0, "UPDATE_FAILED", effect=give_up),
)
DELETE: Final = Timeline((at(0, "DELETING"), at(10, None, effect=all_gone)), failed=at(0, "DELETE_FAILED"))


def note_update(call: Call, resource: Resource, _: World) -> None:
    """Keep what an update asks for until it is through."""
    taken: Json = {
        name: call.request[name] for name in ("Description", "DisplayName", "RoleArn") if name in call.request
    }
    note(resource, drop=call.request.get("DeleteProperties", ()), take=taken)


IMAGE: Final = Family(
    kind="Image",
    path="image",
    any_case=True,  # ARNs of images have no capitals, although names may
    status="ImageStatus",
    create=CREATE,
    missing=MISSING,
    exists=EXISTS,
    checks=(role_can_be_assumed("RoleArn"),),
    actions=(
        Action(
            operation="UpdateImage",
            accepts=frozenset({"CREATED", "UPDATE_FAILED"}),
            refused=BUSY,
            apply=note_update,
            timeline=UPDATE,
        ),
        Action(
            operation="DeleteImage",
            missing=NOT_DELETED,
            accepts=frozenset({"CREATED", "CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED"}),
            refused=BUSY,
            timeline=DELETE,
        ),
    ),
)
