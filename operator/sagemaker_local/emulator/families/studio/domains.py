"""Studio domains: known by an id that AWS makes, and not to be deleted before everything in them is."""

from copy import deepcopy
from typing import Final

from sagemaker_local.emulator.effects import give_up, gone, take_on
from sagemaker_local.emulator.families.studio.tenancy import BUSY, NO_DOMAIN, SETTLED, nothing_left
from sagemaker_local.emulator.family import Action, Extra, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

EXISTS: Final = Refusal("ResourceInUse", "Domain [{arn}] already exists.", evidence=UNVERIFIED)
NO_VISITOR: Final = Refusal(
    "ResourceNotFound",
    "{what} [{name}] does not exist in Domain [{domain}].",
    evidence=UNVERIFIED,
)
SIGN_IN_ELSEWHERE: Final = Refusal(
    VALIDATION,
    "A presigned URL can be created only for a domain whose AuthMode is IAM; that of {name} is {mode}.",
    evidence=f"the rule: CreatePresignedDomainUrl's documentation; the text: {UNVERIFIED}",
)
_UPDATED: Final = (
    "DefaultUserSettings",
    "AppSecurityGroupManagement",
    "DefaultSpaceSettings",
    "SubnetIds",
    "AppNetworkAccessType",
    "TagPropagation",
    "HomeEfsFileSystemCreation",
    "VpcId",
)


def equip(resource: Resource, world: World, _: float) -> None:
    """What AWS makes for a domain: its file system, its boundary, its application in IAM Identity Center."""
    spec, facts, place = resource.spec, resource.facts, resource.place
    if spec["HomeEfsFileSystemCreation"] == "Enabled":
        facts.setdefault("HomeEfsFileSystemId", f"fs-{world.new_id(17)}")
    if spec["AppNetworkAccessType"] == "VpcOnly":
        facts.setdefault("SecurityGroupIdForDomainBoundary", f"sg-{world.new_id(17)}")
    if spec["AuthMode"] == "SSO" and "SingleSignOnApplicationArn" not in facts:
        instance, application = world.new_id(16), world.new_id(16)
        facts["SingleSignOnManagedApplicationInstanceId"] = f"ins-{instance}"
        facts["SingleSignOnApplicationArn"] = (
            f"arn:aws:sso::{place.account}:application/ssoins-{instance}/apl-{application}"
        )


def update(resource: Resource, world: World, now: float) -> None:
    """The update is through."""
    take_on(resource, world, now)
    equip(resource, world, now)


FAILED: Final = at(0, "Failed")
CREATE: Final = Timeline((at(0, "Pending"), at(300, "InService", effect=equip)), failed=FAILED)
UPDATE: Final = Timeline(
    (at(0, "Updating"), at(30, "InService", effect=update)),
    failed=at(0, "Update_Failed", effect=give_up),
)
DELETE: Final = Timeline((at(0, "Deleting"), at(120, None, effect=gone)), failed=at(0, "Delete_Failed"))


def new_domain_id(_: Call, world: World) -> str:
    """The id of a new domain."""
    return f"d-{world.new_id(12)}"


def note_update(call: Call, resource: Resource, _: World) -> None:
    """Keep what an update asks for; settings for updates are spelled otherwise than those for creation."""
    pending: Json = {name: deepcopy(call.request[name]) for name in _UPDATED if name in call.request}
    settings = deepcopy(call.request.get("DomainSettingsForUpdate"))
    if settings is not None:
        if "RStudioServerProDomainSettingsForUpdate" in settings:
            settings["RStudioServerProDomainSettings"] = settings.pop("RStudioServerProDomainSettingsForUpdate")
        pending["DomainSettings"] = settings
    resource.pending = pending
    resource.reason = None


def address(resource: Resource) -> Json:
    """Where people find the domain, which Create answers already."""
    return {"Url": f"https://{resource.key}.studio.{resource.place.region}.sagemaker.aws"}


def sign_in(call: Call, world: World) -> Json:
    """A URL that signs a user in to a domain."""
    request = call.request
    domain = world.find(call.place, "Domain", request["DomainId"])
    if domain is None:
        raise NO_DOMAIN.error(arn=call.place.arn("domain", request["DomainId"]))
    for kind in ("UserProfile", "Space"):
        name = request.get(f"{kind}Name")
        if name is not None and world.find(call.place, kind, f"{domain.key}/{name}") is None:
            raise NO_VISITOR.error(what=kind, name=name, domain=domain.arn)
    if domain.spec["AuthMode"] != "IAM":
        raise SIGN_IN_ELSEWHERE.error(name=domain.key, mode=domain.spec["AuthMode"])
    return {"AuthorizedUrl": f"{address(domain)['Url']}/auth?token={world.new_id(64)}"}


# Which members AWS adds: ACK's late-initialised fields and the documentation; most of the values are not documented.
_ADDED: Final = (
    ("AppNetworkAccessType", "PublicInternetOnly"),
    ("HomeEfsFileSystemCreation", "Enabled"),
    ("TagPropagation", "DISABLED"),
    ("DefaultUserSettings.AutoMountHomeEFS", "Enabled"),
    ("DefaultUserSettings.DefaultLandingUri", "studio::"),
    ("DefaultUserSettings.StudioWebPortal", "ENABLED"),
    ("DefaultUserSettings.SharingSettings", {"NotebookOutputOption": "Disabled"}),
    ("DefaultUserSettings.JupyterServerAppSettings", {"DefaultResourceSpec": {"InstanceType": "system"}}),
    ("DefaultUserSettings.KernelGatewayAppSettings", {"DefaultResourceSpec": {"InstanceType": "ml.t3.medium"}}),
    ("DefaultUserSettings.JupyterLabAppSettings", {"DefaultResourceSpec": {"InstanceType": "ml.t3.medium"}}),
    ("DefaultUserSettings.CodeEditorAppSettings", {"DefaultResourceSpec": {"InstanceType": "ml.t3.medium"}}),
    ("DefaultUserSettings.RStudioServerProAppSettings", {"AccessStatus": "DISABLED"}),
    ("DefaultUserSettings.StudioWebPortalSettings", {"ExecutionRoleSessionNameMode": "STATIC"}),
    (
        "DefaultUserSettings.SpaceStorageSettings",
        {"DefaultEbsStorageSettings": {"DefaultEbsVolumeSizeInGb": 5, "MaximumEbsVolumeSizeInGb": 100}},
    ),
    ("DomainSettings.IpAddressType", "ipv4"),
)

DOMAIN: Final = Family(
    kind="Domain",
    path="domain",
    status="Status",
    create=CREATE,
    missing=NO_DOMAIN,
    exists=EXISTS,
    new_id=new_domain_id,
    name_member="DomainName",
    defaults=_ADDED,
    view=address,
    actions=(
        Action(
            operation="UpdateDomain",
            accepts=SETTLED,
            refused=BUSY,
            apply=note_update,
            timeline=UPDATE,
        ),
        Action(
            operation="DeleteDomain",
            accepts=SETTLED,
            refused=BUSY,
            guards=(nothing_left("App", "Space", "UserProfile"),),
            timeline=DELETE,
        ),
    ),
    extras=(Extra("CreatePresignedDomainUrl", sign_in),),
)
