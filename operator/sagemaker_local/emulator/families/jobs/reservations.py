"""What becomes of the capacity of a training plan: when it begins and ends, who uses it, and how it is extended."""

import re
from hashlib import blake2b
from typing import Final

from sagemaker_local.emulator.families.jobs import offerings
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.timeline import Timeline, at
from sagemaker_local.emulator.world import Call, World

CAPACITY: Final = "-rc1"
"""What follows the name of a plan in the ARN of its reserved capacity, as in the developer guide's example."""
EXTENSIONS: Final = (24, 168)
"""Hours by which a plan can be extended."""

NO_PLAN: Final = Refusal("ResourceNotFound", "Training plan {name} cannot be found.", evidence=UNVERIFIED)
NO_CAPACITY: Final = Refusal("ResourceNotFound", "Reserved capacity {arn} cannot be found.", evidence=UNVERIFIED)
NO_EXTENSION: Final = Refusal(
    "ResourceNotFound",
    "Training plan extension offering {offering} cannot be found. It may have expired: search for offerings again.",
    evidence=UNVERIFIED,
)

ACTIVE: Final = Timeline((at(0, "Active"),))
EXPIRED: Final = Timeline((at(0, "Expired"),))
_ID: Final = re.compile(r"tpeo-(\d+)-(\d+)-(.+)")
_OPEN: Final = frozenset({"Scheduled", "Active"})


def seconds_until(plan: Resource, moment: float, world: World, now: float) -> float:
    """SageMaker's time until a moment of a plan, 0 if it is past."""
    return max(0.0, moment - plan.created - (now - plan.created) * world.clock.speed)


def schedule(plan: Resource, world: World, now: float) -> None:
    """The plan is paid: it begins and ends by itself."""
    world.stage.later(plan, seconds_until(plan, plan.spec["StartTime"], world, now), activate, now=now)
    world.stage.later(plan, seconds_until(plan, plan.spec["EndTime"], world, now), expire, now=now)


def activate(plan: Resource, world: World, now: float) -> None:
    """The capacity is there."""
    if plan.status == "Scheduled":
        world.stage.begin(plan, ACTIVE, now=now)


def expire(plan: Resource, world: World, now: float) -> None:
    """The capacity is gone, unless the plan was extended meanwhile."""
    # Timers are set to the millisecond.
    if plan.status in _OPEN and seconds_until(plan, plan.spec["EndTime"], world, now) < 0.01 * world.clock.speed:
        world.stage.begin(plan, EXPIRED, now=now)


def waiting_time(request: Json, call: Call, world: World) -> float:
    """For how many seconds a training job is Pending because the plan that it is to run on has not begun."""
    plan = world.store.find_arn(request.get("ResourceConfig", {}).get("TrainingPlanArn", ""))
    if plan is None or plan.status not in ("Pending", "Scheduled"):
        return 0.0
    return seconds_until(plan, plan.spec["StartTime"], world, call.now)


def use(plan: Resource, world: World) -> Json:
    """How many instances of an active plan are used by training jobs, and how many are free."""
    if plan.status != "Active":
        return {"InUseInstanceCount": 0, "AvailableInstanceCount": 0}
    total = plan.spec["TotalInstanceCount"]
    jobs = world.store.of_kind(plan.place, "TrainingJob").values()
    taken = sum(
        _instances(job.spec["ResourceConfig"])
        for job in jobs
        if job.status in ("InProgress", "Stopping")
        and job.spec.get("ResourceConfig", {}).get("TrainingPlanArn") == plan.arn
    )
    return {"InUseInstanceCount": min(taken, total), "AvailableInstanceCount": max(0, total - taken)}


def _instances(config: Json) -> int:
    """The instances that a ResourceConfig asks for; with groups of them, InstanceCount is 0."""
    return sum(int(group.get("InstanceCount", 1)) for group in config.get("InstanceGroups") or [config])


def extension_offerings(call: Call, world: World) -> list[Json]:
    """By what a plan that has not expired can be extended."""
    plan = _plan(call.request["TrainingPlanArn"], call, world)
    return [_extension(plan, hours) for hours in EXTENSIONS] if plan.status in _OPEN else []


def extend(call: Call, world: World) -> Json:
    """ExtendTrainingPlan: the plan and its capacity end later."""
    offering = call.request["TrainingPlanExtensionOfferingId"]
    found = _ID.fullmatch(offering)
    plan = world.find(call.place, "TrainingPlan", found[3]) if found else None
    fits = found and plan and plan.status in _OPEN and int(found[2]) == int(plan.spec["EndTime"])
    if not (found and plan and fits) or int(found[1]) not in EXTENSIONS:
        raise NO_EXTENSION.error(offering=offering)
    extension = _extension(plan, int(found[1]))
    bought = {**extension, "ExtendedAt": call.now, "Status": "Scheduled", "PaymentStatus": "Succeeded"}
    plan.facts.setdefault("extensions", []).append(bought)
    for span in (plan.spec, plan.spec["capacity"]):
        span["EndTime"] = extension["EndDate"]
        span["DurationHours"] += extension["DurationHours"]
    plan.spec["UpfrontFee"] = f"{float(plan.spec['UpfrontFee']) + float(extension['UpfrontFee']):.2f}"
    plan.modified = call.now
    world.stage.later(plan, seconds_until(plan, plan.spec["EndTime"], world, call.now), expire, now=call.now)
    return {"TrainingPlanExtensions": plan.facts["extensions"]}


def history(call: Call, world: World) -> Json:
    """DescribeTrainingPlanExtensionHistory."""
    plan = _plan(call.request["TrainingPlanArn"], call, world)
    page = cut(plan.facts.get("extensions", []), call)
    return {"TrainingPlanExtensions": page.items, **page.token}


def capacity(call: Call, world: World) -> Json:
    """DescribeReservedCapacity."""
    plan = _plan_of_capacity(call, world)
    reserved = dict(plan.spec["capacity"])
    servers = reserved.pop("UltraServerCount", 0)
    said = {**reserved, "Status": plan.status, **use(plan, world)}
    kind = said.pop("UltraServerType", None)
    if kind is not None:
        spare = plan.spec.get("SpareInstanceCountPerUltraServer", 0) * servers
        said["UltraServerSummary"] = {
            "UltraServerType": kind, "InstanceType": reserved["InstanceType"], "UltraServerCount": servers,
            "AvailableSpareInstanceCount": spare, "UnhealthyInstanceCount": 0,
        }  # fmt: skip
    return said


def ultra_servers(call: Call, world: World) -> Json:
    """ListUltraServersByReservedCapacity: none of a capacity that consists of single instances."""
    plan = _plan_of_capacity(call, world)
    reserved = plan.spec["capacity"]
    count = reserved.get("UltraServerCount", 0)
    page = cut(range(count), call)
    rows = [_server(plan, number, reserved["TotalInstanceCount"] // count) for number in page.items]
    return {"UltraServers": rows, **page.token}


def _server(plan: Resource, number: int, instances: int) -> Json:
    reserved = plan.spec["capacity"]
    spare = min(instances, plan.spec.get("SpareInstanceCountPerUltraServer", 0))
    mark = blake2b(f"{plan.arn}/{number}".encode(), digest_size=8).hexdigest()
    return {
        "UltraServerId": f"us1-{mark}", "UltraServerType": reserved["UltraServerType"], "HealthStatus": "OK",
        "AvailabilityZone": reserved["AvailabilityZone"], "InstanceType": reserved["InstanceType"],
        "TotalInstanceCount": instances, "ConfiguredSpareInstanceCount": spare, "AvailableSpareInstanceCount": spare,
        "AvailableInstanceCount": instances - spare if plan.status == "Active" else 0, "InUseInstanceCount": 0,
        "UnhealthyInstanceCount": 0,
    }  # fmt: skip


def _extension(plan: Resource, hours: int) -> Json:
    reserved, end = plan.spec["capacity"], plan.spec["EndTime"]
    return {
        "TrainingPlanExtensionOfferingId": f"tpeo-{hours}-{int(end)}-{plan.name}",
        "AvailabilityZone": reserved["AvailabilityZone"],
        "StartDate": end,
        "EndDate": end + hours * offerings.HOUR,
        "DurationHours": hours,
        "UpfrontFee": offerings.price(reserved["InstanceType"], reserved["TotalInstanceCount"], hours),
        "CurrencyCode": offerings.CURRENCY,
    }


def _plan(arn: str, call: Call, world: World) -> Resource:
    plan = world.store.find_arn(arn)
    if plan is None or plan.kind != "TrainingPlan" or plan.place != call.place:
        raise NO_PLAN.error(name=arn)
    return plan


def _plan_of_capacity(call: Call, world: World) -> Resource:
    arn = call.request["ReservedCapacityArn"]
    plan = world.find(call.place, "TrainingPlan", arn.rpartition("/")[2].removesuffix(CAPACITY))
    if plan is None or plan.spec["capacity"]["ReservedCapacityArn"] != arn:
        raise NO_CAPACITY.error(arn=arn)
    return plan
