"""Warm pools: instances that outlive a training job for a while, and which job takes them over.

A job takes over a pool whose job had the same role, instances, network and encryption (the developer guide's conditions). Only a
job that has KeepAlivePeriodInSeconds itself looks for one here.
"""

from typing import Any, Final

from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

SOURCE: Final = "pool of"
"""Where a job notes in its spec whose pool it took; no answer has such a member."""

TOLD_AFTER: Final = 2.0
"""Seconds after the end for which Describe leaves out the pool (aws-controllers-k8s/sagemaker-controller waits for it)."""

_ALIKE: Final = ("RoleArn", "VpcConfig", "EnableInterContainerTrafficEncryption", "EnableNetworkIsolation")
_INSTANCES: Final = ("InstanceType", "InstanceCount", "InstanceGroups", "VolumeSizeInGB", "VolumeKmsKeyId")


def kept(resource: Resource) -> int:
    """For how many seconds a job's instances outlive it."""
    return int(resource.spec.get("ResourceConfig", {}).get("KeepAlivePeriodInSeconds", 0))


def status(resource: Resource) -> str | None:
    """The status of a job's warm pool, if it has one."""
    found: str | None = resource.facts.get("WarmPoolStatus", {}).get("Status")
    return found


def take(request: Json, call: Call, world: World) -> None:
    """Let a new job take over the oldest pool that fits it."""
    if "KeepAlivePeriodInSeconds" not in request.get("ResourceConfig", {}):
        return
    wanted = _conditions(request)
    for job in world.store.of_kind(call.place, "TrainingJob").values():
        if status(job) == "Available" and _conditions(job.spec) == wanted:
            request[SOURCE] = job.name
            job.facts["WarmPoolStatus"] = {
                "Status": "Reused",
                "ResourceRetainedBillableTimeInSeconds": _idle(job, world, call.now),
                "ReusedByJob": request["TrainingJobName"],
            }
            return


def retain(resource: Resource, world: World, now: float) -> None:
    """The job is completed, and its instances stay."""
    resource.facts["WarmPoolStatus"] = {"Status": "Available"}
    resource.facts["pool since"] = now
    resource.facts["pool untold"] = True
    world.stage.later(resource, TOLD_AFTER, tell, now=now)
    _arm(resource, world, kept(resource), now)


def tell(resource: Resource, _: World, __: float) -> None:
    """From now on Describe tells of the pool."""
    resource.facts.pop("pool untold", None)


def told(resource: Resource) -> Json:
    """What Describe leaves out of it."""
    return {"WarmPoolStatus": None} if "pool untold" in resource.facts else {}


def prolong(resource: Resource, world: World, now: float) -> None:
    """Another period was given: it counts from the end of the job, and 0 gives the pool up."""
    if status(resource) != "Available":
        return
    left = kept(resource) - _idle(resource, world, now)
    if left > 0:
        _arm(resource, world, left, now)
    else:
        terminate(resource, world, now)


def close(resource: Resource, world: World, now: float) -> None:
    """The period is over, unless it was prolonged."""
    if status(resource) == "Available" and now >= resource.facts["pool until"]:
        terminate(resource, world, now)


def terminate(resource: Resource, world: World, now: float) -> None:
    """Nobody took the instances over."""
    idle = _idle(resource, world, now)
    resource.facts.pop("pool untold", None)
    resource.facts["WarmPoolStatus"] = {"Status": "Terminated", "ResourceRetainedBillableTimeInSeconds": idle}


def note(resource: Resource, *, ended: str | None) -> None:
    """A pool is in use while its job runs, and is given up with a job that does not complete."""
    if ended is None and kept(resource):
        resource.facts["WarmPoolStatus"] = {"Status": "InUse"}
    elif ended in ("Failed", "Stopped") and status(resource) == "InUse":
        resource.facts["WarmPoolStatus"] = {"Status": "Terminated", "ResourceRetainedBillableTimeInSeconds": 0}


def _arm(resource: Resource, world: World, seconds: float, now: float) -> None:
    # Rounded as the machine rounds, so that the alarm is never a little too early.
    resource.facts["pool until"] = round(now + seconds / world.clock.speed, 3)
    world.stage.later(resource, seconds, close, now=now)


def _idle(resource: Resource, world: World, now: float) -> int:
    """Seconds of SageMaker's time since the job's end."""
    since = float(resource.facts.get("pool since", now))
    return round((now - since) * world.clock.speed)


def _conditions(spec: Json) -> list[Any]:
    config = spec.get("ResourceConfig", {})
    return [*(spec.get(member) for member in _ALIKE), *(config.get(member) for member in _INSTANCES)]
