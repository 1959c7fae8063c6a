"""Work teams: private ones, which are made here, and those of vendors, which an emulated account has no subscription to."""

import re
from collections.abc import Mapping
from typing import Any, Final

from sagemaker_local.emulator.effects import REMOVE, merge
from sagemaker_local.emulator.families.labeling.workforces import MISSING as NO_WORKFORCE
from sagemaker_local.emulator.family import Action, Extra, Family, Timeline, at
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

LIMIT: Final = 25
"""Work teams in an account and region (CreateWorkteam's documentation)."""

MISSING: Final = Refusal(
    VALIDATION,
    "The work team {name} does not exist.",
    evidence=f"the code and the first words: terraform-provider-aws; the rest: {UNVERIFIED}",
)
EXISTS: Final = Refusal("ResourceInUse", "The work team {name} already exists ({arn}).", evidence=UNVERIFIED)
TOO_MANY: Final = Refusal(
    "ResourceLimitExceeded",
    "The account-level service limit 'Number of work teams' is {limit}.",
    evidence=f"the limit: CreateWorkteam's documentation; the text: {UNVERIFIED}",
)
NO_ACCESS: Final = Refusal(
    VALIDATION,
    "The specified Workteam '{arn}' does not exist or you do not have access to it.",
    evidence="data-science-on-aws#37, of CreateFlowDefinition",
)
NOT_SUBSCRIBED: Final = Refusal(
    VALIDATION,
    "The work team {arn} does not exist or you are not subscribed to it.",
    evidence=UNVERIFIED,
)
_PRIVATE: Final = re.compile(r".*:workteam/private-crowd/.+")


def of_a_workforce(call: Call, world: World) -> None:
    """The workforce that is named exists, and has room for another team."""
    name = call.request.get("WorkforceName")
    if name is not None and world.find(call.place, "Workforce", name) is None:
        raise NO_WORKFORCE.error(name=name)
    if len(world.store.of_kind(call.place, "Workteam")) >= LIMIT:
        raise TOO_MANY.error(limit=LIMIT)


def private_team_exists(arn: str, world: World) -> None:
    """A private team that is named must exist; public and vendor teams are not ours to know. Raises ServiceError."""
    if _PRIVATE.fullmatch(arn) and world.store.find_arn(arn) is None:
        raise NO_ACCESS.error(arn=arn)


def join(team: Resource, world: World, _: float) -> None:
    """A team belongs to the workforce that it names, or else to the only one there is."""
    workforces = world.store.of_kind(team.place, "Workforce")
    name = team.spec.get("WorkforceName") or next(iter(workforces), "")
    workforce = workforces.get(name)
    if workforce is not None:
        team.facts["WorkforceArn"] = workforce.arn
        team.facts["SubDomain"] = workforce.spec["SubDomain"]


def shown(team: Resource) -> Mapping[str, Any]:
    """The times of a team, in this family's words."""
    return {"CreateDate": team.created, "LastUpdatedDate": team.modified}


def deleted(_: Call, __: Resource, ___: World) -> Json:
    """What DeleteWorkteam answers."""
    return {"Success": True}


def describe_subscribed(call: Call, _: World) -> Json:
    """DescribeSubscribedWorkteam: nobody can subscribe to a vendor here."""
    raise NOT_SUBSCRIBED.error(arn=call.request["WorkteamArn"])


def list_subscribed(call: Call, _: World) -> Json:
    """ListSubscribedWorkteams: see `describe_subscribed`."""
    none: list[Json] = []
    page = cut(none, call)
    return {"SubscribedWorkteams": page.items, **page.token}


WORKTEAM: Final = Family(
    kind="Workteam",
    path="workteam/private-crowd",
    create=Timeline((at(0, None, effect=join),)),
    missing=MISSING,
    exists=EXISTS,
    descending=False,
    wrapped="Workteam",
    checks=(of_a_workforce,),
    view=shown,
    actions=(
        Action(
            operation="UpdateWorkteam",
            apply=merge("MemberDefinitions", "Description", "NotificationConfiguration", "WorkerAccessConfiguration"),
        ),
        Action(
            operation="DeleteWorkteam",
            timeline=REMOVE,
            answer=deleted,
        ),
    ),
    extras=(
        Extra("DescribeSubscribedWorkteam", describe_subscribed),
        Extra("ListSubscribedWorkteams", list_subscribed),
    ),
)
