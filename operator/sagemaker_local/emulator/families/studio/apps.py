"""Studio apps: of a user profile or in a space, and described for a day after they were deleted or failed.

An app is known by its owner, its type and its name; once it has ended another may have all three.
"""

from typing import Any, Final

from sagemaker_local.emulator.effects import gone
from sagemaker_local.emulator.families.studio.tenancy import BUSY, ENDED, in_service
from sagemaker_local.emulator.family import Action, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal("ResourceNotFound", "App [{arn}] does not exist.", evidence=UNVERIFIED)
EXISTS: Final = Refusal("ResourceInUse", "App [{arn}] already exists.", evidence=UNVERIFIED)
NO_OWNER: Final = Refusal(
    VALIDATION,
    "An app needs either UserProfileName or SpaceName.",
    evidence=f"the rule: CreateApp's documentation; the text: {UNVERIFIED}",
)
ALREADY_DELETED: Final = Refusal(
    VALIDATION,
    "App [{arn}] has already been deleted.",
    evidence="terraform-provider-aws app.go for its end",
)
DELETED_ITSELF: Final = Refusal(
    VALIDATION,
    "App [{arn}] previously failed and was automatically deleted.",
    evidence="terraform-provider-aws app.go for its end",
)
DAY: Final = 86_400.0


def opened(resource: Resource, _: World, now: float) -> None:
    """The app runs, and somebody looks at it."""
    resource.facts.update(LastHealthCheckTimestamp=now, LastUserActivityTimestamp=now)


def fade(resource: Resource, world: World, now: float) -> None:
    """What failed or was deleted can be described for another day."""
    world.stage.later(resource, DAY, gone, now=now)


FAILED: Final = at(0, "Failed", effect=fade)
CREATE: Final = Timeline((at(0, "Pending"), at(60, "InService", effect=opened)), failed=FAILED)
DELETE: Final = Timeline((at(0, "Deleting"), at(30, "Deleted", effect=fade)), failed=FAILED)


def owner_of(request: Any) -> tuple[str, str]:
    """Kind and name of what an app belongs to."""
    for kind in ("Space", "UserProfile"):
        if f"{kind}Name" in request:
            return kind, request[f"{kind}Name"]
    raise NO_OWNER.error()


def key_of(call: Call, _: World) -> str:
    """The key of the app that a request is about."""
    kind, owner = owner_of(call.request)
    return "/".join((call.request["DomainId"], kind, owner, call.request["AppType"], call.request["AppName"]))


def arn_tail(_: str, request: Any) -> str:
    """ARNs spell the type in small letters, and do not say of which kind the owner is."""
    owner = request.get("SpaceName") or request.get("UserProfileName", "")
    return f"app/{request['DomainId']}/{owner}/{request['AppType'].lower()}/{request['AppName']}"


def owners_in_service(call: Call, world: World) -> None:
    """An app is made only in a domain, and for an owner, that are in service."""
    domain, arn = call.request["DomainId"], call.place.arn_of(arn_tail("", call.request))
    in_service(call, world, "Domain", domain, what="App", arn=arn)
    for kind in ("UserProfile", "Space"):
        name = call.request.get(f"{kind}Name")
        if name is not None:
            in_service(call, world, kind, f"{domain}/{name}", what="App", arn=arn)


def choose_instance(request: Json, call: Call, world: World) -> None:
    """Without a ResourceSpec, an app gets that of its owner's settings, of the domain's, or the usual one."""
    kind, owner = owner_of(request)
    domain = world.find(call.place, "Domain", request["DomainId"])
    settings = (
        _settings(
            world.find(call.place, kind, f"{request['DomainId']}/{owner}"), f"{kind.removesuffix('Profile')}Settings"
        ),
        _settings(domain, f"Default{kind.removesuffix('Profile')}Settings"),
        _settings(domain, "DefaultUserSettings"),
    )
    kinds = (known.get(f"{request['AppType']}AppSettings", {}).get("DefaultResourceSpec", {}) for known in settings)
    usual = {"InstanceType": "system" if request["AppType"] == "JupyterServer" else "ml.t3.medium"}
    request.setdefault("ResourceSpec", next((dict(spec) for spec in kinds if spec), usual))


def _settings(resource: Resource | None, member: str) -> Json:
    found: Json = resource.spec.get(member, {}) if resource is not None else {}
    return found


def still_there(_: Call, resource: Resource, __: World) -> None:
    """What ended cannot be deleted, although it can be described."""
    if resource.status in ENDED:
        raise (ALREADY_DELETED if resource.status == "Deleted" else DELETED_ITSELF).error(arn=resource.arn)


APP: Final = Family(
    kind="App",
    path="app",
    status="Status",
    create=CREATE,
    missing=MISSING,
    exists=EXISTS,
    keyed=key_of,
    arn_tail=arn_tail,
    frees=ENDED,
    descending=False,
    checks=(owners_in_service,),
    prepare=choose_instance,
    actions=(
        Action(
            operation="DeleteApp",
            accepts=frozenset({"InService"}) | ENDED,
            refused=BUSY,
            guards=(still_there,),
            timeline=DELETE,
        ),
    ),
)
