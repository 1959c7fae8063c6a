"""Workforces: the private one that an account may have in a region."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sagemaker_local.emulator.effects import gone, merge
from sagemaker_local.emulator.family import Action, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal(
    VALIDATION,
    "No workforce with the name {name} was found.",
    evidence=f"the code and the first words: terraform-provider-aws; the rest: {UNVERIFIED}",
)
ONE_ONLY: Final = Refusal(
    VALIDATION,
    "Cannot create more than one workforce for account {account}. If you are trying to update existing workforce, please "
    "use UpdateWorkforce API",
    evidence="terraform-provider-aws#20472",
)
HAS_TEAMS: Final = Refusal(
    "ResourceInUse",
    "The workforce {name} has work teams. Delete them first.",
    evidence=f"the code: DeleteWorkforce's documentation; the text: {UNVERIFIED}",
)
TEAMS_USE_OIDC: Final = Refusal(
    "ConflictException",
    "The OIDC configuration of the workforce {name} cannot be updated while it has work teams.",
    evidence=f"the rule: UpdateWorkforce's documentation; the code and the text: {UNVERIFIED}",
)
BUSY: Final = Refusal("ConflictException", "The workforce {name} is in status {status}.", evidence=UNVERIFIED)

CREATE: Final = Timeline((at(0, "Initializing"), at(10, "Active")), failed=at(0, "Failed"))
UPDATE: Final = Timeline((at(0, "Updating"), at(10, "Active")), failed=at(0, "Failed"))
DELETE: Final = Timeline((at(0, "Deleting"), at(10, None, effect=gone)))
BEHIND_VPC: Final = 300.0
"""How long it takes until a worker portal in a VPC can be used; unverified."""


def the_only_one(call: Call, world: World) -> None:
    """CreateWorkforce's documentation: one in each account and region."""
    if world.store.of_kind(call.place, "Workforce"):
        raise ONE_ONLY.error(account=call.place.account)


def teams(workforce: Resource, world: World) -> list[Resource]:
    """The work teams of a workforce."""
    found = world.store.of_kind(workforce.place, "Workteam").values()
    return [team for team in found if team.facts.get("WorkforceArn") == workforce.arn]


def no_teams(_: Call, workforce: Resource, world: World) -> None:
    """DeleteWorkforce's documentation: its teams go first."""
    if teams(workforce, world):
        raise HAS_TEAMS.error(name=workforce.name)


def no_teams_that_log_in(call: Call, workforce: Resource, world: World) -> None:
    """UpdateWorkforce's documentation: how workers log in changes only while there are no teams."""
    if "OidcConfig" in call.request and teams(workforce, world):
        raise TEAMS_USE_OIDC.error(name=workforce.name)


def open_portal(request: Json, call: Call, world: World) -> None:
    """Each workforce has a worker portal of its own."""
    request["SubDomain"] = f"{world.new_id(10)}.labeling.{call.place.region}.sagemaker.aws"


def slower_behind_vpc(workforce: Resource, timeline: Timeline) -> Timeline:
    """A portal in a VPC needs an endpoint there."""
    if "WorkforceVpcConfig" not in workforce.spec or timeline.steps[0].status == "Deleting":
        return timeline
    *first, last = timeline.steps
    return replace(timeline, steps=(*first, replace(last, after=last.after / CREATE.steps[-1].after * BEHIND_VPC)))


def shown(workforce: Resource) -> Mapping[str, Any]:
    """A workforce as Describe and List show it, without the secret."""
    found: Json = {"CreateDate": workforce.created, "LastUpdatedDate": workforce.modified}
    if "OidcConfig" in workforce.spec:
        found["OidcConfig"] = {k: v for k, v in workforce.spec["OidcConfig"].items() if k != "ClientSecret"}
    vpc = workforce.spec.get("WorkforceVpcConfig")
    if vpc is not None:
        complete = len(vpc) == 3  # a configuration without members takes the workforce out of its VPC
        found["WorkforceVpcConfig"] = vpc if complete else None
    return found


WORKFORCE: Final = Family(
    kind="Workforce",
    path="workforce/private-crowd",
    status="Status",
    create=CREATE,
    missing=MISSING,
    exists=ONE_ONLY,
    wrapped="Workforce",
    checks=(the_only_one,),
    prepare=open_portal,
    plan=slower_behind_vpc,
    view=shown,
    defaults=(("IpAddressType", "ipv4"),),
    actions=(
        Action(
            operation="UpdateWorkforce",
            accepts=frozenset({"Active", "Failed"}),
            refused=BUSY,
            guards=(no_teams_that_log_in,),
            apply=merge("SourceIpConfig", "OidcConfig", "WorkforceVpcConfig", "IpAddressType"),
            timeline=UPDATE,
        ),
        Action(
            operation="DeleteWorkforce",
            tolerates=frozenset({"Deleting"}),
            guards=(no_teams,),
            timeline=DELETE,
        ),
    ),
)
