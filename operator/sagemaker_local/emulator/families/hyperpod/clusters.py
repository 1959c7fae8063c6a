"""HyperPod clusters: created, scaled, patched, rolled back and deleted, with instances that come and go."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from functools import partial
from typing import Any, Final

from sagemaker_local.emulator.effects import gone
from sagemaker_local.emulator.families.hyperpod import attachments, groups, nodes, records
from sagemaker_local.emulator.family import Action, Extra, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

EXISTS: Final = Refusal("ResourceInUse", "Resource with name {name} already exists ({arn}).", evidence=UNVERIFIED)
BUSY: Final = Refusal(
    "ConflictException",
    "The request was rejected because the cluster {name} is in status {status}.",
    evidence=UNVERIFIED,
)
NO_TYPE: Final = Refusal(
    VALIDATION,
    "The instance group {group} needs either InstanceType or InstanceRequirements.",
    evidence=UNVERIFIED,
)
NO_GROUP: Final = Refusal(VALIDATION, "The cluster {name} has no instance group {group}.", evidence=UNVERIFIED)
SETTLED: Final = frozenset({"InService", "Failed"})
_CONFIG: Final = (
    "TieredStorageConfig",
    "NodeRecovery",
    "NodeProvisioningMode",
    "ClusterRole",
    "AutoScaling",
    "Orchestrator",
)


def name_is_free(call: Call, world: World) -> None:
    """Two clusters do not share a name, though their ARNs have ids."""
    name = call.request["ClusterName"]
    for other in world.store.of_kind(call.place, "Cluster").values():
        if other.name == name:
            raise EXISTS.error(name=name, arn=other.arn)


def types_are_known(call: Call, _: World) -> None:
    """Each group says what its instances are."""
    for spec in call.request.get("InstanceGroups", ()):
        if "InstanceType" not in spec and "InstanceRequirements" not in spec:
            raise NO_TYPE.error(group=spec["InstanceGroupName"])


def plan_groups(cluster: Resource, world: World, now: float) -> None:
    """The groups of a new cluster, still empty."""
    for kind in groups.KINDS:
        cluster.facts[kind] = [groups.details(spec) for spec in cluster.spec.get(kind, ())]
    records.note(cluster, world, now, "The cluster is being created.")


def complete(cluster: Resource, world: World, now: float) -> None:
    """Everything is as it was asked for."""
    groups.settle(cluster, world, now)
    cluster.pending = None
    records.finish(cluster, "Scaling")
    records.note(cluster, world, now, "The cluster is in service.")


def changes_are_sound(call: Call, cluster: Resource, world: World) -> None:
    """An update says what new instances are, and deletes only groups that there are."""
    types_are_known(call, world)
    _need_groups(cluster, call.request.get("InstanceGroupsToDelete", ()))


def patched_groups_exist(call: Call, cluster: Resource, _: World) -> None:
    """New software comes only to groups that there are."""
    _need_groups(cluster, [group["InstanceGroupName"] for group in call.request.get("InstanceGroups", ())])


def _need_groups(cluster: Resource, names: Iterable[str]) -> None:
    for name in names:
        if groups.named(cluster, name) is None:
            raise NO_GROUP.error(name=cluster.name, group=name)


def remember(cluster: Resource) -> None:
    """Keep what the cluster is before a change, to which `roll_back` returns."""
    kept = {kind: deepcopy(cluster.facts.get(kind, [])) for kind in groups.KINDS}
    cluster.pending = {"Groups": kept, "Spec": deepcopy(cluster.spec)}
    cluster.reason = None


def scale(call: Call, cluster: Resource, world: World) -> None:
    """Groups that are named change or are added, those to delete begin to go, and all others stay as they are."""
    request = call.request
    remember(cluster)
    changes = [_change(cluster, kind, spec) for kind in groups.KINDS for spec in request.get(kind, ())]
    for name in request.get("InstanceGroupsToDelete", ()):
        group = groups.named(cluster, name)
        assert group is not None, "changes_are_sound has looked"
        group.update(TargetCount=0, Status="Deleting")
    cluster.spec.update({name: deepcopy(request[name]) for name in _CONFIG if name in request})
    if changes:
        records.begin(cluster, world, call.now, kind="Scaling", ScalingDetails=changes)
    records.note(cluster, world, call.now, "The cluster is being updated.")
    cluster.modified = call.now


def _change(cluster: Resource, kind: str, spec: Json) -> Json:
    old = groups.named(cluster, spec["InstanceGroupName"])
    new = {**groups.details(spec), "Status": "Updating" if old is not None else "Creating"}
    original = {name: (old or {}).get(name, 0) for name in ("CurrentCount", "TargetCount")}
    if old is None:
        cluster.facts.setdefault(kind, []).append(new)
    else:
        old.update({**new, "CurrentCount": old["CurrentCount"]})
    desired = {"CurrentCount": original["CurrentCount"], "TargetCount": new["TargetCount"]}
    return {
        "InstanceGroupName": spec["InstanceGroupName"],
        "Status": "InProgress",
        "Original": original,
        "Desired": desired,
    }


def roll_back(cluster: Resource, world: World, now: float) -> None:
    """An update failed: the groups are again what they were, and their instances follow."""
    before = cluster.pending or {}
    cluster.facts.update(deepcopy(before.get("Groups", {})))
    cluster.spec = before.get("Spec", cluster.spec)
    kept = {group["InstanceGroupName"] for group in groups.every(cluster)}
    cluster.facts["Nodes"] = [node for node in groups.nodes(cluster) if node["InstanceGroupName"] in kept]
    groups.recount(cluster)
    records.note(cluster, world, now, "The update failed and is being rolled back.", level="Error")
    world.stage.begin(cluster, ROLLED_BACK, now=now)


def begin_patch(call: Call, cluster: Resource, world: World) -> None:
    """New software comes to all groups, or to those that are named."""
    remember(cluster)
    wanted = {group["InstanceGroupName"]: group for group in call.request.get("InstanceGroups", ())}
    for kind in groups.KINDS:
        for group in cluster.facts.get(kind, ()):
            if not wanted or group["InstanceGroupName"] in wanted:
                _patch(group, kind, call.request, wanted.get(group["InstanceGroupName"], {}))
    records.note(cluster, world, call.now, "The software of the cluster is being updated.")


def _patch(group: Json, kind: str, request: Json, wish: Json) -> None:
    group["Status"] = "SystemUpdating"
    if kind != "InstanceGroups":
        return
    group["SoftwareUpdateStatus"] = "InProgress"
    if "ImageId" in request:
        group["DesiredImageId"] = request["ImageId"]
    if "ImageReleaseVersion" in wish:
        group["DesiredImageReleaseVersion"] = wish["ImageReleaseVersion"]
    if "DeploymentConfig" in request:
        group["ActiveSoftwareUpdateConfig"] = deepcopy(request["DeploymentConfig"])


def patched(cluster: Resource, world: World, now: float) -> None:
    """The new software runs."""
    for group in groups.every(cluster):
        if group["Status"] != "SystemUpdating":
            continue
        if "SoftwareUpdateStatus" in group:
            group["SoftwareUpdateStatus"] = "Succeeded"
        group.pop("ActiveSoftwareUpdateConfig", None)
        for member in ("ImageId", "ImageReleaseVersion"):
            if f"Desired{member}" in group:
                group[f"Current{member}"] = group[f"Desired{member}"]
        for node in groups.nodes(cluster, group["InstanceGroupName"]):
            node["LastSoftwareUpdateTime"] = now
    complete(cluster, world, now)


def shown(cluster: Resource) -> Mapping[str, Any]:
    """A cluster as Describe shows it."""
    groups_shown = {kind: cluster.facts.get(kind, []) for kind in groups.KINDS}
    plans = [group["TrainingPlanArn"] for group in groups.every(cluster) if "TrainingPlanArn" in group]
    found: Json = {
        "InstanceGroups": groups_shown["InstanceGroups"],
        "RestrictedInstanceGroups": groups_shown["RestrictedInstanceGroups"] or None,
        "FailureMessage": cluster.reason,
        "TrainingPlanArns": plans,
    }
    if "AutoScaling" in cluster.spec:
        found["AutoScaling"] = {**cluster.spec["AutoScaling"], "Status": "InService"}
    shared = cluster.spec.get("RestrictedInstanceGroupsConfig", {}).get("SharedEnvironmentConfig")
    if shared is not None:
        both = {f"{when}{name}": value for name, value in shared.items() for when in ("Current", "Desired")}
        found["RestrictedInstanceGroupsConfig"] = {"SharedEnvironmentConfig": both}
    return found


def _uses_plan(wanted: Any, shown_: Mapping[str, Any], _: Resource) -> bool:
    return wanted in shown_["TrainingPlanArns"]


MAINTAIN: Final = Timeline((at(0, "SystemUpdating"), at(600, "InService")))
CREATE: Final = Timeline(
    (
        at(0, "Creating", effect=plan_groups),
        at(180, "Creating", effect=partial(groups.provision, share=0.5)),
        at(600, "InService", effect=complete),
    ),
    failed=at(0, "Failed"),
)
UPDATE: Final = Timeline(
    (
        at(0, "Updating"),
        at(120, "Updating", effect=partial(groups.provision, share=0.5)),
        at(300, "InService", effect=complete),
    ),
    failed=at(0, "RollingBack", effect=roll_back),
)
PATCH: Final = Timeline(
    (at(0, "SystemUpdating"), at(900, "InService", effect=patched)),
    failed=at(0, "RollingBack", effect=roll_back),
)
ROLLED_BACK: Final = Timeline((at(0, None), at(180, "InService", effect=complete)))
DELETE: Final = Timeline((at(0, "Deleting"), at(300, None, effect=gone)))


CLUSTER: Final = Family(
    kind="Cluster",
    path="cluster",
    status="ClusterStatus",
    new_id=lambda _, world: world.new_id(12),
    keyed=records.key_of,
    create=CREATE,
    missing=records.MISSING,
    exists=EXISTS,
    descending=False,
    checks=(name_is_free, types_are_known),
    view=shown,
    maintenance=MAINTAIN,
    defaults=(("NodeRecovery", "Automatic"),),
    filters={"TrainingPlanArn": _uses_plan},
    actions=(
        Action(
            operation="UpdateCluster",
            accepts=SETTLED,
            refused=BUSY,
            guards=(changes_are_sound,),
            apply=scale,
            timeline=UPDATE,
        ),
        Action(
            operation="UpdateClusterSoftware",
            accepts=frozenset({"InService"}),
            refused=BUSY,
            guards=(patched_groups_exist,),
            apply=begin_patch,
            timeline=PATCH,
        ),
        Action(
            operation="DeleteCluster",
            accepts=SETTLED,
            tolerates=frozenset({"Deleting"}),
            refused=BUSY,
            timeline=DELETE,
        ),
    ),
    extras=(
        Extra("ListClusterNodes", nodes.list_nodes),
        Extra("DescribeClusterNode", nodes.describe_node),
        Extra("BatchAddClusterNodes", nodes.add),
        Extra("BatchDeleteClusterNodes", nodes.delete),
        Extra("BatchRebootClusterNodes", nodes.reboot),
        Extra("BatchReplaceClusterNodes", nodes.replace),
        Extra("StartClusterHealthCheck", nodes.check_health),
        Extra("ListClusterEvents", records.list_events),
        Extra("DescribeClusterEvent", records.describe_event),
        Extra("ListClusterOperations", records.list_operations),
        Extra("DescribeClusterOperation", records.describe_operation),
        Extra("AttachClusterNodeVolume", attachments.attach_volume),
        Extra("DetachClusterNodeVolume", attachments.detach_volume),
        Extra("AttachClusterNodeNetworkInterface", attachments.attach_interface),
    ),
)
