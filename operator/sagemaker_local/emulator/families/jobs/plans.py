"""Training plans: capacity that is bought in advance, from payment to expiry. They cannot be deleted.

Statuses and their order are those of the developer guide ("View training plan details"); a plan has one reserved capacity here.
"""

from collections.abc import Mapping
from typing import Any, Final

from sagemaker_local.emulator.families.jobs import offerings, reservations
from sagemaker_local.emulator.family import Extra, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

EXISTS: Final = Refusal(
    "ResourceInUse",
    "A training plan with the name {name} already exists ({arn}).",
    evidence=UNVERIFIED,
)
NO_OFFERING: Final = Refusal(
    "ResourceNotFound",
    "Training plan offering {offering} cannot be found. It may have expired: search for offerings again.",
    evidence=UNVERIFIED,
)

CREATE: Final = Timeline(
    (at(0, "Pending"), at(60, "Scheduled", effect=reservations.schedule)), failed=at(0, "Failed"), evidence=UNVERIFIED
)


def offering_is_open(call: Call, _: World) -> None:
    """What is bought is on offer, and has not begun."""
    offering = offerings.read(call.request["TrainingPlanOfferingId"])
    if offering is None or offering.start < call.now:
        raise NO_OFFERING.error(offering=call.request["TrainingPlanOfferingId"])


def buy(request: Json, call: Call, _: World) -> None:
    """What Describe tells of the offering that was bought."""
    offering = offerings.read(request["TrainingPlanOfferingId"])
    assert offering is not None, "it was checked"
    name = request["TrainingPlanName"]
    capacity: Json = {
        "ReservedCapacityArn": call.place.arn("reserved-capacity", f"{name}{reservations.CAPACITY}"),
        "ReservedCapacityType": "UltraServer" if offering.server else "Instance",
        "InstanceType": offering.instance,
        "TotalInstanceCount": offering.instances,
        "AvailabilityZone": f"{call.place.region}a",
        **_span(offering),
    }
    request.update(
        _span(offering), UpfrontFee=offering.fee, CurrencyCode=offerings.CURRENCY, TotalInstanceCount=offering.instances,
        TargetResources=[offering.target],
    )  # fmt: skip
    if offering.server:
        capacity.update(UltraServerType=offering.server, UltraServerCount=offering.servers)
        request["TotalUltraServerCount"] = offering.servers
    request["capacity"] = capacity


def shown(plan: Resource) -> Json:
    """Members of Describe and List that are neither request nor fact."""
    total = plan.spec["TotalInstanceCount"] if plan.status == "Active" else 0
    return {
        "StatusMessage": plan.reason,
        "AvailableInstanceCount": total,
        "InUseInstanceCount": 0,
        "UnhealthyInstanceCount": 0,
        "ReservedCapacitySummaries": [{**plan.spec["capacity"], "Status": plan.status}],
    }


def with_use(_: Call, plan: Resource, world: World, answer: Json) -> Json:
    """Describe counts the instances that training jobs use."""
    return {**answer, **reservations.use(plan, world)}


def search(call: Call, world: World) -> Json:
    """SearchTrainingPlanOfferings: new plans, or extensions of one."""
    if "TrainingPlanArn" in call.request:
        extensions = reservations.extension_offerings(call, world)
        return {"TrainingPlanOfferings": [], "TrainingPlanExtensionOfferings": extensions}
    return {"TrainingPlanOfferings": [_row(found, call) for found in offerings.search(call.request, call.now)]}


def _row(offering: offerings.Offering, call: Call) -> Json:
    capacity: Json = {
        "ReservedCapacityType": "UltraServer" if offering.server else "Instance",
        "InstanceType": offering.instance,
        "InstanceCount": min(offering.instances, 256),
        "AvailabilityZone": f"{call.place.region}a",
        **_span(offering),
    }
    if offering.server:
        capacity.update(UltraServerType=offering.server, UltraServerCount=offering.servers)
    row: Json = {
        "TrainingPlanOfferingId": offering.id,
        "TargetResources": [offering.target],
        "DurationHours": offering.hours,
        "DurationMinutes": 0,
        "UpfrontFee": offering.fee,
        "CurrencyCode": offerings.CURRENCY,
        "ReservedCapacityOfferings": [capacity],
    }
    asked = {"RequestedStartTimeAfter": "StartTimeAfter", "RequestedEndTimeBefore": "EndTimeBefore"}
    row.update({shown: call.request[given] for shown, given in asked.items() if given in call.request})
    return row


def _span(offering: offerings.Offering) -> Json:
    span = {"StartTime": float(offering.start), "EndTime": float(offering.end)}
    return {"DurationHours": offering.hours, "DurationMinutes": 0, **span}


def _has_status(wanted: Any, _: Mapping[str, Any], plan: Resource) -> bool:
    return all(row["Value"] == plan.status for row in wanted)


TRAINING_PLAN: Final = Family(
    kind="TrainingPlan",
    path="training-plan",
    status="Status",
    create=CREATE,
    missing=reservations.NO_PLAN,
    exists=EXISTS,
    checks=(offering_is_open,),
    prepare=buy,
    view=shown,
    describe=with_use,
    filters={"Filters": _has_status},
    extras=(
        Extra("SearchTrainingPlanOfferings", search),
        Extra("ExtendTrainingPlan", reservations.extend),
        Extra("DescribeTrainingPlanExtensionHistory", reservations.history),
        Extra("DescribeReservedCapacity", reservations.capacity),
        Extra("ListUltraServersByReservedCapacity", reservations.ultra_servers),
    ),
)
