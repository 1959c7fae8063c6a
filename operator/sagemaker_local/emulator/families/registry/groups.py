"""Model package groups: what versions of a model belong to, with a resource policy of their own."""

from typing import Any, Final

from sagemaker_local.emulator.effects import gone
from sagemaker_local.emulator.family import Action, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal(
    VALIDATION,
    "ModelPackageGroup {arn} does not exist.",
    evidence="moto 5.2.5; ACK generator.yaml matches its last words",
)
EXISTS: Final = Refusal(
    VALIDATION,
    "Model Package Group already exists: {arn}",
    evidence="several public code bases match its first words",
)
NOT_EMPTY: Final = Refusal(
    "ConflictException",
    "The model package group {name} has model packages. Delete them before you delete the group.",
    evidence=UNVERIFIED,
)
MISSING_FOR_POLICY: Final = Refusal(
    VALIDATION,
    "Cannot find Model Package Group: {arn}",
    evidence="terraform-provider-aws matches its first words",
)
NO_POLICY: Final = Refusal(
    VALIDATION,
    "Cannot find resource policy for {arn}",
    evidence="terraform-provider-aws matches its first words",
)
REGISTERED: Final = Timeline((at(0, "Pending"), at(1, "InProgress"), at(2, "Completed")), failed=at(0, "Failed"))
DELETE: Final = Timeline((at(0, "Deleting"), at(2, None, effect=gone)))
LIVE: Final = frozenset({"Pending", "InProgress", "Completed", "Failed", "DeleteFailed"})


def empty(call: Call, group: Resource, world: World) -> None:
    """No package may be left in a group that is deleted."""
    packages = world.store.of_kind(call.place, "ModelPackage").values()
    if any(package.spec.get("ModelPackageGroupName") == group.name for package in packages):
        raise NOT_EMPTY.error(name=group.name)


def has_policy(_: Call, group: Resource, __: World) -> None:
    """A policy has to be put before it can be read or deleted."""
    if "ResourcePolicy" not in group.facts:
        raise NO_POLICY.error(arn=group.arn)


def put_policy(call: Call, group: Resource, _: World) -> None:
    """Keep a resource policy in place of the one before."""
    group.facts["ResourcePolicy"] = call.request["ResourcePolicy"]


def delete_policy(_: Call, group: Resource, __: World) -> None:
    """Forget the resource policy."""
    del group.facts["ResourcePolicy"]


def shared(wanted: Any, _: Any, __: Resource) -> bool:
    """ListModelPackageGroups' filter CrossAccountFilterOption; nothing is shared between accounts here."""
    return bool(wanted == "SameAccount")


def number_next(group: Resource) -> int:
    """The number of the next version; numbers of deleted versions do not come again."""
    return int(group.facts.get("LastVersion", 0)) + 1


def created_by(_: Resource) -> Json:
    """Describe tells who created a resource; nobody of Studio did."""
    return {"CreatedBy": {}}


MODEL_PACKAGE_GROUP: Final = Family(
    kind="ModelPackageGroup",
    path="model-package-group",
    status="ModelPackageGroupStatus",
    create=REGISTERED,
    missing=MISSING,
    exists=EXISTS,
    descending=False,
    view=created_by,
    filters={"CrossAccountFilterOption": shared},
    actions=(
        Action(
            operation="DeleteModelPackageGroup",
            accepts=LIVE,
            tolerates=frozenset({"Deleting"}),
            refused=NOT_EMPTY,
            guards=(empty,),
            timeline=DELETE,
        ),
        Action(operation="PutModelPackageGroupPolicy", missing=MISSING_FOR_POLICY, apply=put_policy),
        Action(operation="GetModelPackageGroupPolicy", missing=MISSING_FOR_POLICY, guards=(has_policy,)),
        Action(
            operation="DeleteModelPackageGroupPolicy",
            missing=MISSING_FOR_POLICY,
            guards=(has_policy,),
            apply=delete_policy,
        ),
    ),
)
