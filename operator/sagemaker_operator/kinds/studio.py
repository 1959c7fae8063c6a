"""Studio: domains, their user profiles and spaces, the apps that run in them, and the scripts that apps start with."""

from typing import Final

from sagemaker_operator.model.families import Family

from .kind import Change, Column, Kind, Lifecycle, Reference, Source, says
from .settings_references import in_settings

# Domains, user profiles and spaces share their statuses, and what they answer.
_ABSENT: Final = (says("ResourceNotFound"),)
_EXISTS: Final = (says("ResourceInUse", "already exists"),)
# Something in it is left, or it is changing: "Unable to delete UserProfile [arn] because App(s) are associated with it."
_IN_USE: Final = says("ResourceInUse")
# A user profile or an app that is made while its domain or space is on its way.
_OWNER_CHANGES: Final = says("ValidationException", "is not in InService state")
_CHANGING: Final = frozenset({"Pending", "Updating"})
_FAILED: Final = frozenset({"Failed", "Update_Failed", "Delete_Failed"})
_MENDED: Final = frozenset({"Update_Failed"})

_DOMAIN: Final = Family("Domain", identity="DomainName", status="Status", extras=("RetentionPolicy",))

DOMAIN = Kind(
    family=_DOMAIN,
    short="smdomain",
    summary="A SageMaker Studio domain: the users, settings and file system of a team's Studio.",
    lifecycle=Lifecycle.SERVICE,
    absent=_ABSENT,
    exists=_EXISTS,
    busy=(_IN_USE,),
    changing=_CHANGING,
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"InService"}),
    failed=_FAILED,
    serving=frozenset({"Updating"}),
    repairable=_MENDED,
    changes=(Change("DomainSettings", sends="DomainSettingsForUpdate"),),
    unordered=frozenset(
        {
            "SubnetIds",
            "DefaultUserSettings.SecurityGroups",
            "DefaultSpaceSettings.SecurityGroups",
            "DomainSettings.SecurityGroupIds",
        }
    ),
    # Some of the others are refused while apps are running, even as they are.
    sparse=True,
    references=in_settings(_DOMAIN.spec_members, "DefaultUserSettings", "DefaultSpaceSettings", "DomainSettings"),
    columns=(
        Column("Domain-ID", ".status.domainID"),
        Column("Domain-Name", ".status.domainName", wide=True),
        Column("URL", ".status.url", wide=True),
    ),
)

_USER_PROFILE: Final = Family("UserProfile", identity="UserProfileName", status="Status")

USER_PROFILE = Kind(
    family=_USER_PROFILE,
    short="smuser",
    summary="A user of a SageMaker Studio domain, with settings of their own.",
    lifecycle=Lifecycle.SERVICE,
    absent=_ABSENT,
    exists=_EXISTS,
    busy=(_OWNER_CHANGES, _IN_USE),
    changing=_CHANGING,
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"InService"}),
    failed=_FAILED,
    serving=frozenset({"Updating"}),
    repairable=_MENDED,
    unordered=frozenset({"UserSettings.SecurityGroups"}),
    references=(
        Reference("domainRef", "domainID", "Domain", "domainID"),
        *in_settings(_USER_PROFILE.spec_members, "UserSettings"),
    ),
    columns=(
        Column("Domain-ID", ".status.domainID"),
        Column("User-Profile-Name", ".status.userProfileName", wide=True),
    ),
)

_SPACE: Final = Family("Space", identity="SpaceName", status="Status")

SPACE = Kind(
    family=_SPACE,
    short="smspace",
    summary="A space of a SageMaker Studio domain: storage and settings for apps, of one user or shared.",
    lifecycle=Lifecycle.SERVICE,
    absent=_ABSENT,
    exists=_EXISTS,
    busy=(_OWNER_CHANGES, _IN_USE),
    changing=_CHANGING,
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"InService"}),
    failed=_FAILED,
    serving=frozenset({"Updating"}),
    repairable=_MENDED,
    sparse=True,
    references=(
        Reference("domainRef", "domainID", "Domain", "domainID"),
        Reference("ownershipSettings.ownerUserProfileRef", "ownerUserProfileName", "UserProfile", "userProfileName"),
        *in_settings(_SPACE.spec_members, "SpaceSettings"),
    ),
    columns=(
        Column("Domain-ID", ".status.domainID"),
        Column("App-Type", ".spec.spaceSettings.appType"),
        Column("Space-Name", ".status.spaceName", wide=True),
        Column("URL", ".status.url", wide=True),
    ),
)

_APP: Final = Family("App", identity="AppName", status="Status", parents=("UserProfileName", "SpaceName"))

APP = Kind(
    family=_APP,
    short="smapp",
    summary="A running app of SageMaker Studio, such as JupyterLab or Code Editor, of a user profile or in a space.",
    # Studio deletes idle apps, and people close them: to bring them back would cost money.
    drift="Report",
    lifecycle=Lifecycle.SERVICE,
    # An app that failed is deleted by AWS, and what was deleted is described for another day.
    absent=(
        *_ABSENT,
        says("ValidationException", "has already been deleted", "previously failed and was automatically deleted"),
    ),
    exists=_EXISTS,
    busy=(_OWNER_CHANGES, _IN_USE),
    changing=frozenset({"Pending"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"InService"}),
    failed=frozenset({"Failed"}),
    gone=frozenset({"Deleted"}),
    exactly_one=(("UserProfileName", "SpaceName"),),
    references=(
        Reference("domainRef", "domainID", "Domain", "domainID"),
        Reference("userProfileRef", "userProfileName", "UserProfile", "userProfileName"),
        Reference("spaceRef", "spaceName", "Space", "spaceName"),
        *in_settings(_APP.spec_members, "ResourceSpec"),
    ),
    columns=(
        Column("Type", ".status.appType"),
        Column("Instance", ".spec.resourceSpec.instanceType"),
        Column("App-Name", ".status.appName", wide=True),
        Column("Domain-ID", ".status.domainID", wide=True),
    ),
)

STUDIO_LIFECYCLE_CONFIG = Kind(
    family=Family("StudioLifecycleConfig", identity="StudioLifecycleConfigName"),
    short="smslc",
    summary="A script that an app of SageMaker Studio starts with.",
    lifecycle=Lifecycle.RECORD,
    absent=_ABSENT,
    exists=_EXISTS,
    # The settings of a domain, a user profile or a space name it.
    busy=(_IN_USE,),
    sources=(Source("studioLifecycleConfigContentFrom", "studioLifecycleConfigContent", base64=True),),
    columns=(
        Column("App-Type", ".spec.studioLifecycleConfigAppType"),
        Column("Config-Name", ".status.studioLifecycleConfigName", wide=True),
    ),
)
