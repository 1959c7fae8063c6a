"""Lifecycle configurations of Studio: scripts that apps start with; they stay as long as somebody's settings name them."""

from typing import Any, Final

from sagemaker_local.emulator.effects import AT_ONCE, REMOVE
from sagemaker_local.emulator.families.studio.tenancy import ENDED
from sagemaker_local.emulator.family import Action, Family
from sagemaker_local.emulator.lists import equal
from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal
from sagemaker_local.emulator.resource import Resource
from sagemaker_local.emulator.world import Call, World

_ENDING: Final = "terraform-provider-aws studio_lifecycle_config.go for its end"

MISSING: Final = Refusal("ResourceNotFound", "StudioLifecycleConfig [{arn}] does not exist.", evidence=_ENDING)
EXISTS: Final = Refusal("ResourceInUse", "StudioLifecycleConfig [{arn}] already exists.", evidence=UNVERIFIED)
IN_USE: Final = Refusal(
    "ResourceInUse",
    "Unable to delete StudioLifecycleConfig [{arn}] because {user} uses it.",
    evidence=f"the rule: DeleteStudioLifecycleConfig's documentation; the text: {UNVERIFIED}",
)


def unused(call: Call, resource: Resource, world: World) -> None:
    """Neither the settings of a domain, a user profile or a space name it, nor does an app run with it."""
    for kind in ("Domain", "UserProfile", "Space", "App"):
        for user in world.store.of_kind(call.place, kind).values():
            if not (kind == "App" and user.status in ENDED) and _names(user.spec, resource.arn):
                raise IN_USE.error(arn=resource.arn, user=user.arn)


def _names(node: Any, arn: str) -> bool:
    if isinstance(node, dict):
        return any(_names(value, arn) for value in node.values())
    if isinstance(node, list):
        return any(_names(value, arn) for value in node)
    return bool(node == arn)


STUDIO_LIFECYCLE_CONFIG: Final = Family(
    kind="StudioLifecycleConfig",
    path="studio-lifecycle-config",
    create=AT_ONCE,
    missing=MISSING,
    exists=EXISTS,
    filters={"AppTypeEquals": equal("StudioLifecycleConfigAppType")},
    actions=(
        Action(
            operation="DeleteStudioLifecycleConfig",
            guards=(unused,),
            timeline=REMOVE,
        ),
    ),
)
