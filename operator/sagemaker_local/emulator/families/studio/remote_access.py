"""Sessions from an editor on somebody's machine to a Studio space."""

from typing import Final

from sagemaker_local.emulator.families.studio.tenancy import members
from sagemaker_local.emulator.family import Extra
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal("ResourceNotFound", "Space or App [{arn}] does not exist.", evidence=UNVERIFIED)
NOT_ALLOWED: Final = Refusal(
    VALIDATION,
    "Space [{arn}] does not allow remote access. Set RemoteAccess in its SpaceSettings to ENABLED.",
    evidence=UNVERIFIED,
)
NOT_RUNNING: Final = Refusal(VALIDATION, "Space [{arn}] has no app that is InService.", evidence=UNVERIFIED)


def start_session(call: Call, world: World) -> Json:
    """Connect to a space, given by its own ARN or that of an app in it."""
    arn = call.request["ResourceIdentifier"]
    space = _space(world.store.find_arn(arn), call, world)
    if space is None:
        raise MISSING.error(arn=arn)
    if space.spec.get("SpaceSettings", {}).get("RemoteAccess") != "ENABLED":
        raise NOT_ALLOWED.error(arn=space.arn)
    apps = members(world, call.place, "App", space.spec["DomainId"])
    if not any(app.spec.get("SpaceName") == space.name and app.status == "InService" for app in apps):
        raise NOT_RUNNING.error(arn=space.arn)
    session = f"sagemaker-{world.new_id(17)}"
    stream = f"wss://ssmmessages.{call.place.region}.amazonaws.com/v1/data-channel/{session}?role=publish_subscribe"
    return {"SessionId": session, "StreamUrl": stream, "TokenValue": world.new_id(64)}


def _space(found: Resource | None, call: Call, world: World) -> Resource | None:
    if found is None or found.place != call.place:
        return None
    if found.kind == "App" and "SpaceName" in found.spec:
        return world.find(call.place, "Space", f"{found.spec['DomainId']}/{found.spec['SpaceName']}")
    return found if found.kind == "Space" else None


START_SESSION: Final = Extra("StartSession", start_session)
