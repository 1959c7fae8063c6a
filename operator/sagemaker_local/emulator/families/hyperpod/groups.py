"""Instance groups of a HyperPod cluster: from what a request wants to what Describe shows, and the instances that follow.

The instances of a cluster are a list in its facts; a group's CurrentCount is how many of them are its own.
"""

import math
from collections.abc import Iterator
from copy import deepcopy
from typing import Final

from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import World

KINDS: Final = ("InstanceGroups", "RestrictedInstanceGroups")
_AS_GIVEN: Final = frozenset(
    {
        "InstanceGroupName", "InstanceType", "LifeCycleConfig", "ExecutionRole", "ThreadsPerCore",
        "InstanceStorageConfigs", "OnStartDeepHealthChecks", "TrainingPlanArn", "OverrideVpcConfig",
        "ScheduledUpdateConfig", "SlurmConfig", "CapacityRequirements", "NetworkInterface", "EnvironmentConfig",
    }
)  # fmt: skip
# Members that Describe shows twice, as they are and as they are wanted.
_TWICE: Final = {"ImageId": "ImageId", "ImageReleaseVersion": "ImageReleaseVersion"}


def details(spec: Json) -> Json:
    """A group as Describe shows it, with no instances yet."""
    shown: Json = {name: deepcopy(value) for name, value in spec.items() if name in _AS_GIVEN}
    shown.update(TargetCount=spec["InstanceCount"], CurrentCount=0, Status="Creating")
    if "MinInstanceCount" in spec:
        shown["MinCount"] = spec["MinInstanceCount"]
    for member in _TWICE:
        if member in spec:
            shown.update({f"Current{member}": spec[member], f"Desired{member}": spec[member]})
    if "InstanceRequirements" in spec:
        shown["InstanceRequirements"] = _both(spec["InstanceRequirements"], ("InstanceTypes",))
    if "KubernetesConfig" in spec:
        shown["KubernetesConfig"] = _both(spec["KubernetesConfig"], ("Labels", "Taints"))
    if "AutoPatchConfig" in spec:
        shown["AutoPatchConfig"] = _both(spec["AutoPatchConfig"], ("PatchSchedule",))
    return shown


def _both(config: Json, members: tuple[str, ...]) -> Json:
    shown = {name: deepcopy(value) for name, value in config.items() if name not in members}
    for member in members:
        if member in config:
            shown.update({f"Current{member}": config[member], f"Desired{member}": config[member]})
    return shown


def every(cluster: Resource) -> Iterator[Json]:
    """All groups of a cluster, as Describe shows them."""
    for kind in KINDS:
        yield from cluster.facts.get(kind, ())


def named(cluster: Resource, name: str) -> Json | None:
    """The group of that name."""
    return next((group for group in every(cluster) if group["InstanceGroupName"] == name), None)


def nodes(cluster: Resource, group: str | None = None) -> list[Json]:
    """The instances of a cluster or of one of its groups."""
    found: list[Json] = cluster.facts.setdefault("Nodes", [])
    return [node for node in found if group in (None, node["InstanceGroupName"])]


def launch(cluster: Resource, world: World, group: Json, now: float, *, logical_id: str = "") -> Json:
    """A new instance of a group, which is Pending."""
    octets = [10, *(world.random.randrange(1, 255) for _ in range(3))]
    types = group.get("InstanceRequirements", {}).get("CurrentInstanceTypes", ())
    node: Json = {
        "InstanceGroupName": group["InstanceGroupName"],
        "InstanceId": f"i-{world.random.getrandbits(68):017x}",
        "NodeLogicalId": logical_id or f"{group['InstanceGroupName']}-{world.new_id(12)}",
        "InstanceType": group.get("InstanceType") or types[0],
        "LaunchTime": now,
        "InstanceStatus": {"Status": "Pending"},
        "PrivatePrimaryIp": ".".join(map(str, octets)),
        "PrivateDnsHostname": f"ip-{'-'.join(map(str, octets))}.{cluster.place.region}.compute.internal",
        "Placement": {"AvailabilityZone": f"{cluster.place.region}a"},
    }
    cluster.facts.setdefault("Nodes", []).append(node)
    recount(cluster)
    return node


def retire(cluster: Resource, node: Json) -> None:
    """An instance is gone."""
    cluster.facts["Nodes"].remove(node)
    recount(cluster)


def recount(cluster: Resource) -> None:
    """Let each group say how many instances it has."""
    counts: dict[str, int] = {}
    for node in cluster.facts.get("Nodes", ()):
        counts[node["InstanceGroupName"]] = counts.get(node["InstanceGroupName"], 0) + 1
    for group in every(cluster):
        group["CurrentCount"] = counts.get(group["InstanceGroupName"], 0)


def provision(cluster: Resource, world: World, now: float, *, share: float) -> None:
    """Launch that share of the instances that are missing; those that are too many go with the last share."""
    for group in list(every(cluster)):
        have = nodes(cluster, group["InstanceGroupName"])
        missing = group["TargetCount"] - len(have)
        for _ in range(math.ceil(missing * share)):
            launch(cluster, world, group, now)
        if missing < 0 and share == 1:
            for node in have[missing:]:
                retire(cluster, node)


def settle(cluster: Resource, world: World, now: float) -> None:
    """All instances run, and groups that were to go are gone."""
    provision(cluster, world, now, share=1)
    for node in nodes(cluster):
        node["InstanceStatus"] = {"Status": "Running"}
    for kind in KINDS:
        kept = [group for group in cluster.facts.get(kind, ()) if group["Status"] != "Deleting"]
        for group in kept:
            group["Status"] = "InService"
        cluster.facts[kind] = kept
