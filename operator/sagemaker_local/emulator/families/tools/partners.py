"""Partner apps: Comet, Deepchecks, Fiddler and Lakera as managed by SageMaker. Nothing answers at their URLs."""

from collections.abc import Mapping
from typing import Any, Final

from sagemaker_local.emulator.checks import role_can_be_assumed
from sagemaker_local.emulator.effects import give_up, gone, prepare, take_on
from sagemaker_local.emulator.family import Action, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal("ResourceNotFound", "The partner app {arn} does not exist.", evidence=UNVERIFIED)
EXISTS: Final = Refusal("ConflictException", "The partner app {name} already exists ({arn}).", evidence=UNVERIFIED)
BUSY: Final = Refusal("ConflictException", "The partner app {name} is in status {status}.", evidence=UNVERIFIED)
NOT_READY: Final = Refusal(VALIDATION, "The partner app {name} is in status {status}.", evidence=UNVERIFIED)
READY: Final = frozenset({"Available", "UpdateFailed"})


def name_is_free(call: Call, world: World) -> None:
    """Two apps do not share a name, though their ARNs have ids."""
    for other in world.store.of_kind(call.place, "PartnerApp").values():
        if other.name == call.request["Name"]:
            raise EXISTS.error(name=other.name, arn=other.arn)


def version(app: Resource, world: World, now: float) -> None:
    """The update is through: AppVersion is what Describe calls Version."""
    take_on(app, world, now)
    if "AppVersion" in app.spec:
        app.spec["Version"] = app.spec.pop("AppVersion")


def shown(app: Resource) -> Mapping[str, Any]:
    """An app with its address, and what went wrong in a structure of its own."""
    found: Json = {"BaseUrl": address(app) if app.status != "Creating" else None}
    if app.reason is not None:
        found["Error"] = {"Code": "InternalFailure", "Reason": app.reason[:256]}
    return found


def address(app: Resource) -> str:
    """Where the app would be."""
    return f"https://{app.key.lower()}.partner-app.{app.place.region}.sagemaker.aws"


def sign_in(_: Call, app: Resource, world: World) -> Json:
    """An address that lets its bearer in, which nothing serves here."""
    return {"Url": f"{address(app)}/auth?authToken={world.new_id(40)}"}


PARTNER_APP: Final = Family(
    kind="PartnerApp",
    path="partner-app",
    status="Status",
    new_id=lambda _, world: f"app-{world.new_id(12).upper()}",
    name_member="Name",
    token="ClientToken",  # noqa: S106 the name of a member
    create=Timeline((at(0, "Creating"), at(900, "Available")), failed=at(0, "Failed")),
    missing=MISSING,
    exists=EXISTS,
    checks=(role_can_be_assumed("ExecutionRoleArn"), name_is_free),
    view=shown,
    defaults=(
        ("Version", "1.0"),
        ("EnableIamSessionBasedIdentity", False),
        ("EnableAutoMinorVersionUpgrade", False),
    ),
    actions=(
        Action(
            operation="UpdatePartnerApp",
            accepts=READY,
            refused=BUSY,
            apply=prepare(
                "MaintenanceConfig",
                "Tier",
                "ApplicationConfig",
                "IdcConfig",
                "AuthType",
                "EnableIamSessionBasedIdentity",
                "EnableAutoMinorVersionUpgrade",
                "AppVersion",
            ),
            timeline=Timeline(
                (at(0, "Updating"), at(300, "Available", effect=version)),
                failed=at(0, "UpdateFailed", effect=give_up),
            ),
        ),
        Action(operation="CreatePartnerAppPresignedUrl", accepts=READY, refused=NOT_READY, answer=sign_in),
        Action(
            operation="DeletePartnerApp",
            accepts=READY | {"Failed"},
            tolerates=frozenset({"Deleting"}),
            refused=BUSY,
            timeline=Timeline((at(0, "Deleting"), at(300, None, effect=gone))),
        ),
    ),
)
