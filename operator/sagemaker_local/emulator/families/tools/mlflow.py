"""MLflow: tracking servers, which can be stopped and started, and serverless apps. Nothing answers at their URLs."""

from collections.abc import Mapping
from typing import Any, Final

from sagemaker_local.emulator.checks import role_can_be_assumed
from sagemaker_local.emulator.effects import give_up, gone, prepare, take_on
from sagemaker_local.emulator.family import Action, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

LATEST: Final = "3.0.0"
"""The version of MLflow where a request names none; unverified."""

NO_SERVER: Final = Refusal("ResourceNotFound", "The tracking server {name} does not exist.", evidence=UNVERIFIED)
SERVER_EXISTS: Final = Refusal(VALIDATION, "The tracking server {name} already exists.", evidence=UNVERIFIED)
SERVER_BUSY: Final = Refusal(
    "ConflictException", "The tracking server {name} is in status {status}.", evidence=UNVERIFIED
)
NOT_RUNNING: Final = Refusal(VALIDATION, "The tracking server {name} is in status {status}.", evidence=UNVERIFIED)
NO_APP: Final = Refusal("ResourceNotFound", "The MLflow app {arn} does not exist.", evidence=UNVERIFIED)
APP_EXISTS: Final = Refusal(VALIDATION, "The MLflow app {name} already exists ({arn}).", evidence=UNVERIFIED)
APP_BUSY: Final = Refusal("ConflictException", "The MLflow app {name} is in status {status}.", evidence=UNVERIFIED)
APP_NOT_READY: Final = Refusal(VALIDATION, "The MLflow app {name} is in status {status}.", evidence=UNVERIFIED)

RUNNING: Final = frozenset({"Created", "Updated", "Started", "UpdateFailed", "StopFailed"})
STOPPED: Final = frozenset({"Stopped", "StartFailed"})
BROKEN: Final = frozenset({"CreateFailed", "DeleteFailed"})


def give_address(request: Json, call: Call, world: World) -> None:
    """Each server has a host of its own."""
    host = f"t-{world.new_id(12)}.{call.place.region}.experiments.sagemaker.aws"
    request["TrackingServerUrl"] = f"https://{host}"


def shown(server: Resource) -> Mapping[str, Any]:
    """Whether one pays for it."""
    return {"IsActive": "Active" if server.status in RUNNING | {"Updating", "Stopping"} else "Inactive"}


def sign_in(_: Call, server: Resource, world: World) -> Json:
    """An address that lets its bearer in, which nothing serves here."""
    return {"AuthorizedUrl": f"{server.spec['TrackingServerUrl']}/auth?authToken={world.new_id(40)}"}


MLFLOW_TRACKING_SERVER: Final = Family(
    kind="MlflowTrackingServer",
    path="mlflow-tracking-server",
    status="TrackingServerStatus",
    create=Timeline(
        (at(0, "Creating"), at(1500, "Created")),
        failed=at(0, "CreateFailed"),
        evidence="that it takes up to 25 minutes: the Developer Guide",
    ),
    missing=NO_SERVER,
    exists=SERVER_EXISTS,
    checks=(role_can_be_assumed("RoleArn"),),
    prepare=give_address,
    view=shown,
    defaults=(
        ("TrackingServerSize", "Small"),
        ("MlflowVersion", LATEST),
        ("AutomaticModelRegistration", False),
        ("WeeklyMaintenanceWindowStart", "Tue:03:30"),
    ),
    actions=(
        Action(
            operation="UpdateMlflowTrackingServer",
            accepts=RUNNING | STOPPED,
            refused=SERVER_BUSY,
            apply=prepare(
                "ArtifactStoreUri", "TrackingServerSize", "AutomaticModelRegistration", "WeeklyMaintenanceWindowStart",
                "S3BucketOwnerAccountId", "S3BucketOwnerVerification",
            ),
            timeline=Timeline(
                (at(0, "Updating"), at(600, "Updated", effect=take_on)),
                failed=at(0, "UpdateFailed", effect=give_up),
            ),
        ),
        Action(
            operation="CreatePresignedMlflowTrackingServerUrl",
            accepts=RUNNING,
            refused=NOT_RUNNING,
            answer=sign_in,
        ),
        Action(
            operation="StopMlflowTrackingServer",
            accepts=RUNNING,
            tolerates=frozenset({"Stopping"}),
            refused=SERVER_BUSY,
            timeline=Timeline((at(0, "Stopping"), at(300, "Stopped")), failed=at(0, "StopFailed")),
        ),
        Action(
            operation="StartMlflowTrackingServer",
            accepts=STOPPED,
            tolerates=frozenset({"Starting"}),
            refused=SERVER_BUSY,
            timeline=Timeline((at(0, "Starting"), at(600, "Started")), failed=at(0, "StartFailed")),
        ),
        Action(
            operation="DeleteMlflowTrackingServer",
            accepts=RUNNING | STOPPED | BROKEN,
            tolerates=frozenset({"Deleting"}),
            refused=SERVER_BUSY,
            timeline=Timeline((at(0, "Deleting"), at(600, None, effect=gone)), failed=at(0, "DeleteFailed")),
        ),
    ),
)  # fmt: skip

READY: Final = frozenset({"Created", "Updated", "UpdateFailed"})


def name_is_free(call: Call, world: World) -> None:
    """Two apps do not share a name, though their ARNs have ids."""
    for other in world.store.of_kind(call.place, "MlflowApp").values():
        if other.name == call.request.get("Name") and other.arn != call.request.get("Arn"):
            raise APP_EXISTS.error(name=other.name, arn=other.arn)


def new_name_is_free(call: Call, _: Resource, world: World) -> None:
    """The same for an update."""
    name_is_free(call, world)


def rename(app: Resource, world: World, now: float) -> None:
    """The update is through; it may have brought another name."""
    take_on(app, world, now)
    app.name = app.spec["Name"]


def app_sign_in(_: Call, app: Resource, world: World) -> Json:
    """As `sign_in`."""
    host = f"{app.key}.mlflow.{app.place.region}.sagemaker.aws"
    return {"AuthorizedUrl": f"https://{host}/auth?authToken={world.new_id(40)}"}


def _serves(domain: Any, shown_: Mapping[str, Any], _: Resource) -> bool:
    return domain in shown_.get("DefaultDomainIdList", ())


MLFLOW_APP: Final = Family(
    kind="MlflowApp",
    path="mlflow-app",
    status="Status",
    new_id=lambda _, world: f"app-{world.new_id(12).upper()}",
    name_member="Name",
    create=Timeline((at(0, "Creating"), at(180, "Created")), failed=at(0, "CreateFailed")),
    missing=NO_APP,
    exists=APP_EXISTS,
    checks=(role_can_be_assumed("RoleArn"), name_is_free),
    filters={"DefaultForDomainId": _serves},
    defaults=(
        ("MlflowVersion", LATEST),
        ("ModelRegistrationMode", "AutoModelRegistrationDisabled"),
        ("AccountDefaultStatus", "DISABLED"),
        ("WeeklyMaintenanceWindowStart", "Tue:03:30"),
    ),
    actions=(
        Action(
            operation="UpdateMlflowApp",
            accepts=READY,
            refused=APP_BUSY,
            guards=(new_name_is_free,),
            apply=prepare(
                "Name", "ArtifactStoreUri", "ModelRegistrationMode", "WeeklyMaintenanceWindowStart",
                "DefaultDomainIdList", "AccountDefaultStatus",
            ),
            timeline=Timeline(
                (at(0, "Updating"), at(60, "Updated", effect=rename)),
                failed=at(0, "UpdateFailed", effect=give_up),
            ),
        ),
        Action(operation="CreatePresignedMlflowAppUrl", accepts=READY, refused=APP_NOT_READY, answer=app_sign_in),
        Action(
            operation="DeleteMlflowApp",
            accepts=READY | BROKEN,
            tolerates=frozenset({"Deleting"}),
            refused=APP_BUSY,
            timeline=Timeline((at(0, "Deleting"), at(60, None, effect=gone)), failed=at(0, "DeleteFailed")),
        ),
    ),
)  # fmt: skip
