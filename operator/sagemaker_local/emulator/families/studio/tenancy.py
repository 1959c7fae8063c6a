"""What domains, user profiles, spaces and apps have to do with each other: who must exist first, and who keeps whom.

All of them share their statuses; an app that was deleted or failed is still described, but counts no more.
"""

from collections.abc import Iterator
from typing import Final

from sagemaker_local.emulator.effects import give_up, gone, take_on
from sagemaker_local.emulator.family import Guard, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Place, Resource
from sagemaker_local.emulator.world import Call, World

PATHS: Final = {"Domain": "domain", "UserProfile": "user-profile", "Space": "space"}
SETTLED: Final = frozenset({"InService", "Failed", "Update_Failed", "Delete_Failed"})
"""The statuses in which domains, user profiles and spaces can be changed and deleted."""
ENDED: Final = frozenset({"Deleted", "Failed"})
"""The statuses of an app that is there no more: one that failed is deleted by AWS (terraform-provider-aws app.go)."""

NO_DOMAIN: Final = Refusal("ResourceNotFound", "Domain [{arn}] does not exist.", evidence=UNVERIFIED)
NO_PROFILE: Final = Refusal("ResourceNotFound", "UserProfile [{arn}] does not exist.", evidence=UNVERIFIED)
NO_SPACE: Final = Refusal("ResourceNotFound", "Space [{arn}] does not exist.", evidence=UNVERIFIED)
BUSY: Final = Refusal(
    "ResourceInUse",
    "Unable to change [{arn}] because it is in {status} state.",
    evidence=UNVERIFIED,
)
NOT_READY: Final = Refusal(
    VALIDATION,
    "Unable to create {what} [{arn}] because {owner} [{owner_arn}] is not in InService state",
    evidence=f"AWS's guide to Canvas, for apps in spaces; the code: {UNVERIFIED}",
)
NO_OWNER: Final = Refusal(
    VALIDATION,
    "Unable to create {what} [{arn}] because {owner} [{owner_arn}] does not exist",
    evidence=UNVERIFIED,
)
APPS_LEFT: Final = Refusal(
    "ResourceInUse",
    "Unable to delete UserProfile [{arn}] because App(s) are associated with it.",
    evidence="amazon-sagemaker-feedback#113",
)
LEFT: Final = Refusal(
    "ResourceInUse",
    "Unable to delete {what} [{arn}] because {left}(s) are associated with it.",
    evidence=f"the form of DeleteUserProfile's text; {UNVERIFIED} for domains and spaces",
)


UPDATE: Final = Timeline(
    (at(0, "Updating"), at(10, "InService", effect=take_on)),
    failed=at(0, "Update_Failed", effect=give_up),
)
"""How a user profile or a space changes; a domain takes longer."""
DELETE: Final = Timeline((at(0, "Deleting"), at(20, None, effect=gone)), failed=at(0, "Delete_Failed"))
"""How a user profile or a space goes."""


def members(world: World, place: Place, kind: str, domain: str) -> Iterator[Resource]:
    """The user profiles, spaces or apps of a domain that exist, ended apps apart."""
    for resource in world.store.of_kind(place, kind).values():
        if resource.spec["DomainId"] == domain and not (kind == "App" and resource.status in ENDED):
            yield resource


def domain_in_service(call: Call, world: World) -> None:
    """No user profile or space is made in a domain that does not exist or is not in service."""
    what, domain = call.operation.removeprefix("Create"), call.request["DomainId"]
    arn = call.place.arn(PATHS[what], f"{domain}/{call.request[f'{what}Name']}")
    in_service(call, world, "Domain", domain, what=what, arn=arn)


def in_service(call: Call, world: World, owner: str, key: str, *, what: str, arn: str) -> None:
    """Refuse to make something for an owner that does not exist or is not in service.

    Args:
        owner: the kind of the owner.
        key: its key.
        what: the kind of what is to be made.
        arn: its ARN.
    """
    found = world.find(call.place, owner, key)
    if found is None or found.status != "InService":
        refusal = NO_OWNER if found is None else NOT_READY
        raise refusal.error(what=what, arn=arn, owner=owner, owner_arn=call.place.arn(PATHS[owner], key))


def nothing_left(*kinds: str) -> Guard:
    """A guard of a domain's deletion: first everything in it has to be deleted."""

    def guard(call: Call, resource: Resource, world: World) -> None:
        for kind in kinds:
            if any(members(world, call.place, kind, resource.key)):
                raise LEFT.error(what=resource.kind, arn=resource.arn, left=kind)

    return guard


def apps_of(world: World, owner: Resource) -> bool:
    """Whether a user profile or a space has apps."""
    member = f"{owner.kind}Name"
    apps = members(world, owner.place, "App", owner.spec["DomainId"])
    return any(app.spec.get(member) == owner.name for app in apps)


def efs_uid(resource: Resource, world: World, _: float) -> None:
    """A user profile or shared space has its own user id in the domain's file system."""
    resource.facts["HomeEfsFileSystemUid"] = str(200_000 + world.random.randrange(100_000))
