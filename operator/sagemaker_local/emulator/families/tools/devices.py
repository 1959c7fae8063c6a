"""Devices at the edge and their fleets. SageMaker Edge Manager is closed since April 2024; its API is still there.

Devices are kept with their fleet. None of them ever sends a heartbeat.
"""

from typing import Final

from sagemaker_local.emulator import tags
from sagemaker_local.emulator.effects import AT_ONCE, REMOVE, merge
from sagemaker_local.emulator.family import Action, Extra, Family
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Place, Resource, partition
from sagemaker_local.emulator.world import Call, World

NO_FLEET: Final = Refusal(
    VALIDATION,
    "No devicefleet with name: {name} found in the account.",
    evidence="terraform-provider-aws matches 'No devicefleet with name'; the rest is unverified",
)
FLEET_EXISTS: Final = Refusal("ResourceInUse", "Device fleet {arn} already exists.", evidence=UNVERIFIED)
FLEET_IN_USE: Final = Refusal(
    "ResourceInUse",
    "Device fleet {arn} has registered devices. Deregister them first.",
    evidence=UNVERIFIED,
)
NO_DEVICE: Final = Refusal(
    VALIDATION,
    "No device with name: {name} found in device fleet {fleet}.",
    evidence="terraform-provider-aws matches 'No device with name'; the rest is unverified",
)
DEVICE_EXISTS: Final = Refusal(
    VALIDATION,
    "Device {name} is already registered in device fleet {fleet}.",
    evidence=UNVERIFIED,
)

DEVICES: Final = "_devices"
"""Name to description of the devices of a fleet; Describe does not show it."""


def devices_of(fleet: Resource) -> dict[str, Json]:
    """The devices of a fleet as ListDevices shows them, by name."""
    found: dict[str, Json] = fleet.facts.setdefault(DEVICES, {})
    return found


def need_fleet(place: Place, name: str, world: World) -> Resource:
    """A fleet that must exist. Raises ServiceError."""
    fleet = world.find(place, "DeviceFleet", name)
    if fleet is None:
        raise NO_FLEET.error(name=name, arn=place.arn("device-fleet", name))
    return fleet


def has_no_devices(_: Call, fleet: Resource, __: World) -> None:
    """DeleteDeviceFleet's error is ResourceInUse."""
    if devices_of(fleet):
        raise FLEET_IN_USE.error(arn=fleet.arn)


def note_role_alias(spec: Json, call: Call, _: World) -> None:
    """EnableIotRoleAlias makes an alias of that name (CreateDeviceFleet's documentation)."""
    if spec.pop("EnableIotRoleAlias", False):
        spec["IotRoleAlias"] = _role_alias(call.place, call.request["DeviceFleetName"])


def change_fleet(call: Call, fleet: Resource, world: World) -> None:
    """UpdateDeviceFleet, at once."""
    merge("RoleArn", "Description", "OutputConfig")(call, fleet, world)
    if "EnableIotRoleAlias" in call.request:
        enabled = call.request["EnableIotRoleAlias"]
        fleet.spec["IotRoleAlias"] = _role_alias(fleet.place, fleet.name) if enabled else None


def register(call: Call, fleet: Resource, _: World) -> None:
    """RegisterDevices: all or none."""
    known = devices_of(fleet)
    tags.read(call.request, arn=fleet.arn)
    for device in call.request["Devices"]:
        if device["DeviceName"] in known:
            raise DEVICE_EXISTS.error(name=device["DeviceName"], fleet=fleet.name)
    for device in call.request["Devices"]:
        arn = f"{fleet.arn}/device/{device['DeviceName']}"
        known[device["DeviceName"]] = {**device, "DeviceArn": arn, "RegistrationTime": call.now}


def change_devices(call: Call, fleet: Resource, _: World) -> None:
    """UpdateDevices: all or none."""
    known = devices_of(fleet)
    for device in call.request["Devices"]:
        _need_device(fleet, device["DeviceName"])
    for device in call.request["Devices"]:
        known[device["DeviceName"]].update(device)


def deregister(call: Call, fleet: Resource, _: World) -> None:
    """DeregisterDevices: names that are not there are no error."""
    for name in call.request["DeviceNames"]:
        devices_of(fleet).pop(name, None)


def describe_device(call: Call, world: World) -> Json:
    """DescribeDevice."""
    fleet = need_fleet(call.place, call.request["DeviceFleetName"], world)
    return {**_need_device(fleet, call.request["DeviceName"]), "DeviceFleetName": fleet.name, "Models": []}


def list_devices(call: Call, world: World) -> Json:
    """ListDevices, of one fleet or of all; none has a model or a heartbeat."""
    name = call.request.get("DeviceFleetName")
    fleets = [need_fleet(call.place, name, world)] if name else world.store.of_kind(call.place, "DeviceFleet").values()
    silent = "ModelName" in call.request or "LatestHeartbeatAfter" in call.request
    rows = [
        {**device, "DeviceFleetName": fleet.name}
        for fleet in fleets
        for device in devices_of(fleet).values()
        if not silent
    ]
    page = cut(rows, call)
    return {"DeviceSummaries": page.items, **page.token}


def report(call: Call, fleet: Resource, _: World) -> Json:
    """GetDeviceFleetReport."""
    counts = {"ConnectedDeviceCount": 0, "RegisteredDeviceCount": len(devices_of(fleet))}
    return {"ReportGenerated": call.now, "DeviceStats": counts, "AgentVersions": [], "ModelStats": []}


def _role_alias(place: Place, fleet: str) -> str:
    return f"arn:{partition(place.region)}:iam::{place.account}:rolealias/SageMakerEdge-{fleet}"


def _need_device(fleet: Resource, name: str) -> Json:
    device = devices_of(fleet).get(name)
    if device is None:
        raise NO_DEVICE.error(name=name, fleet=fleet.name)
    return device


DEVICE_FLEET: Final = Family(
    kind="DeviceFleet",
    path="device-fleet",
    create=AT_ONCE,
    missing=NO_FLEET,
    exists=FLEET_EXISTS,
    arn_member="DeviceFleetArn",
    prepare=note_role_alias,
    actions=(
        Action(operation="UpdateDeviceFleet", apply=change_fleet),
        Action(operation="RegisterDevices", identified_by=("DeviceFleetName",), apply=register),
        Action(operation="UpdateDevices", identified_by=("DeviceFleetName",), apply=change_devices),
        Action(operation="GetDeviceFleetReport", answer=report),
        Action(operation="DeregisterDevices", identified_by=("DeviceFleetName",), apply=deregister),
        Action(
            operation="DeleteDeviceFleet",
            guards=(has_no_devices,),
            timeline=REMOVE,
        ),
    ),
    extras=(Extra("DescribeDevice", describe_device), Extra("ListDevices", list_devices)),
)
