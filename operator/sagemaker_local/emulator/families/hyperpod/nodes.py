"""Operations on single nodes of a HyperPod cluster: listed, added, deleted, rebooted, replaced and checked."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from sagemaker_local.emulator.families.hyperpod import groups, records
from sagemaker_local.emulator.lists import in_period
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

NO_NODE: Final = Refusal("ResourceNotFound", "The cluster {name} has no node {node}.", evidence=UNVERIFIED)
WHICH_NODE: Final = Refusal(VALIDATION, "Provide either NodeId or NodeLogicalId.", evidence=UNVERIFIED)
NOT_CONTINUOUS: Final = Refusal(
    VALIDATION,
    "The cluster {name} does not have Continuous as its NodeProvisioningMode.",
    evidence=f"the rule: BatchAddClusterNodes' documentation; the text: {UNVERIFIED}",
)
NO_GROUP: Final = Refusal("ResourceNotFound", "The cluster {name} has no instance group {group}.", evidence=UNVERIFIED)

LAUNCH: Final = 180.0
REBOOT: Final = 120.0
SHUT_DOWN: Final = 60.0
DEEP_CHECK: Final = 3600.0
"""How long these take; unverified, but that a deep health check takes an hour or more, which the Developer Guide says."""


def node_of(cluster: Resource, identifier: str) -> Json | None:
    """The node with that instance id or logical id."""
    for node in groups.nodes(cluster):
        if identifier in (node["InstanceId"], node["NodeLogicalId"]):
            return node
    return None


def list_nodes(call: Call, world: World) -> Json:
    """ListClusterNodes."""
    request, cluster = call.request, records.cluster_of(call, world)
    part = request.get("InstanceGroupNameContains", "")
    found = [
        node
        for node in groups.nodes(cluster)
        if part in node["InstanceGroupName"] and in_period(request, "CreationTime", node["LaunchTime"])
    ]
    if request.get("SortBy") == "NAME":
        found.sort(key=lambda node: str(node["InstanceGroupName"]))
    if request.get("SortOrder") == "Descending":
        found.reverse()
    hidden = {"PrivatePrimaryIp", "Placement"} | (set() if request.get("IncludeNodeLogicalIds") else {"NodeLogicalId"})
    page = cut(found, call)
    rows = [{name: value for name, value in node.items() if name not in hidden} for node in page.items]
    return {"ClusterNodeSummaries": rows, **page.token}


def describe_node(call: Call, world: World) -> Json:
    """DescribeClusterNode."""
    request, cluster = call.request, records.cluster_of(call, world)
    if ("NodeId" in request) == ("NodeLogicalId" in request):
        raise WHICH_NODE.error()
    identifier = request.get("NodeId") or request["NodeLogicalId"]
    node = node_of(cluster, identifier)
    if node is None:
        raise NO_NODE.error(name=cluster.name, node=identifier)
    group = groups.named(cluster, node["InstanceGroupName"]) or {}
    of_group = (
        "LifeCycleConfig", "OverrideVpcConfig", "ThreadsPerCore", "InstanceStorageConfigs", "CurrentImageId",
        "DesiredImageId", "CurrentImageReleaseVersion", "DesiredImageReleaseVersion", "KubernetesConfig",
        "NetworkInterface",
    )  # fmt: skip
    return {"NodeDetails": {**{name: group[name] for name in of_group if name in group}, **node}}


def add(call: Call, world: World) -> Json:
    """BatchAddClusterNodes: one Pending node for each that is asked for, told by its logical id."""
    request, cluster = call.request, records.cluster_of(call, world)
    if not records.continuous(cluster):
        raise NOT_CONTINUOUS.error(name=cluster.name)
    known: Json = cluster.facts.setdefault("Tokens", {})
    token = request.get("ClientToken", "")
    if token and token in known:
        return dict(known[token])
    answer: Json = {"Successful": [], "Failed": []}
    for wish in request["NodesToAdd"]:
        _add(cluster, world, wish, answer, call.now)
    if token:
        known[token] = answer
    return answer


def _add(cluster: Resource, world: World, wish: Json, answer: Json, now: float) -> None:
    group, count = groups.named(cluster, wish["InstanceGroupName"]), wish["IncrementTargetCountBy"]
    same: Json = {
        name: wish[name] for name in ("InstanceGroupName", "AvailabilityZones", "InstanceTypes") if name in wish
    }
    if group is None:
        code = "InstanceGroupNotFound"
        answer["Failed"].append({**same, "ErrorCode": code, "FailedCount": count, "Message": "No such instance group."})
        return
    group["TargetCount"] += count
    for _ in range(count):
        node = groups.launch(cluster, world, group, now)
        records.note(cluster, world, now, "The instance is being launched.", node=node)
        world.stage.later(cluster, LAUNCH, partial(becomes, node=node["InstanceId"], status="Running"), now=now)
        answer["Successful"].append({**same, "NodeLogicalId": node["NodeLogicalId"], "Status": "Pending"})


def becomes(cluster: Resource, world: World, now: float, *, node: str, status: str) -> None:
    """A node takes on a status, unless it is gone by then."""
    found = node_of(cluster, node)
    if found is not None:
        found["InstanceStatus"] = {"Status": status}
        records.note(cluster, world, now, f"The instance is {status}.", node=found)


def disappears(cluster: Resource, world: World, now: float, *, node: str) -> None:
    """A node that was deleted is gone, and its group is to be smaller."""
    found = node_of(cluster, node)
    if found is None:
        return
    group = groups.named(cluster, found["InstanceGroupName"])
    if group is not None:
        group["TargetCount"] = max(0, group["TargetCount"] - 1)
    groups.retire(cluster, found)
    records.note(cluster, world, now, "The instance was deleted.", node=found)


def is_replaced(cluster: Resource, world: World, now: float, *, node: str) -> None:
    """Another instance takes the place of a node, under its logical id."""
    found = node_of(cluster, node)
    group = groups.named(cluster, found["InstanceGroupName"]) if found is not None else None
    if found is None or group is None:
        return
    groups.retire(cluster, found)
    new = groups.launch(cluster, world, group, now, logical_id=found["NodeLogicalId"])
    new["InstanceStatus"] = {"Status": "Running"}
    records.note(cluster, world, now, f"The instance replaces {node}.", node=new)


Begin = Callable[[Resource, World, Json, float], None]


def _delete(cluster: Resource, world: World, node: Json, now: float) -> None:
    node["InstanceStatus"] = {"Status": "ShuttingDown"}
    world.stage.later(cluster, SHUT_DOWN, partial(disappears, node=node["InstanceId"]), now=now)


def _reboot(cluster: Resource, world: World, node: Json, now: float) -> None:
    node["InstanceStatus"] = {"Status": "Pending", "Message": "The instance is being rebooted."}
    world.stage.later(cluster, REBOOT, partial(becomes, node=node["InstanceId"], status="Running"), now=now)


def _replace(cluster: Resource, world: World, node: Json, now: float) -> None:
    node["InstanceStatus"] = {"Status": "ShuttingDown", "Message": "The instance is being replaced."}
    world.stage.later(cluster, LAUNCH, partial(is_replaced, node=node["InstanceId"]), now=now)


def _batch(call: Call, world: World, begin: Begin, codes: dict[str, str]) -> Json:
    """Begin something with each node that can be had, and say which could not, in the words of `codes`."""
    cluster = records.cluster_of(call, world)
    answer: Json = {}
    for asked, good, bad, member in (
        ("NodeIds", "Successful", "Failed", "NodeId"),
        ("NodeLogicalIds", "SuccessfulNodeLogicalIds", "FailedNodeLogicalIds", "NodeLogicalId"),
    ):
        for identifier in call.request.get(asked, ()):
            node = node_of(cluster, identifier)
            if node is not None and node["InstanceStatus"]["Status"] == "Running":
                begin(cluster, world, node, call.now)
                answer.setdefault(good, []).append(identifier)
                continue
            what, text = ("missing", "was not found") if node is None else ("busy", "is not in status Running")
            failure: dict[str, Any] = {codes["code"]: codes[what], "Message": f"Node {identifier} {text}."}
            answer.setdefault(bad, []).append({**failure, member: identifier})
    return answer


_DELETING: Final = {"code": "Code", "missing": "NodeIdNotFound", "busy": "InvalidNodeStatus"}
_MENDING: Final = {"code": "ErrorCode", "missing": "InstanceIdNotFound", "busy": "InvalidInstanceStatus"}


def delete(call: Call, world: World) -> Json:
    """BatchDeleteClusterNodes."""
    return _batch(call, world, _delete, _DELETING)


def reboot(call: Call, world: World) -> Json:
    """BatchRebootClusterNodes."""
    return _batch(call, world, _reboot, _MENDING)


def replace(call: Call, world: World) -> Json:
    """BatchReplaceClusterNodes."""
    return _batch(call, world, _replace, _MENDING)


def check_health(call: Call, world: World) -> Json:
    """StartClusterHealthCheck: the nodes are busy with it for a while."""
    cluster, wanted = records.cluster_of(call, world), call.request["DeepHealthCheckConfigurations"]
    for config in wanted:
        if groups.named(cluster, config["InstanceGroupName"]) is None:
            raise NO_GROUP.error(name=cluster.name, group=config["InstanceGroupName"])
    for config in wanted:
        for node in groups.nodes(cluster, config["InstanceGroupName"]):
            if node["InstanceId"] in config.get("InstanceIds", [node["InstanceId"]]):
                node["InstanceStatus"] = {"Status": "DeepHealthCheckInProgress"}
    records.begin(cluster, world, call.now, kind="DeepHealthCheck", DeepHealthCheckDetails=wanted)
    world.stage.later(cluster, DEEP_CHECK, is_healthy, now=call.now)
    return {"ClusterArn": cluster.arn}


def is_healthy(cluster: Resource, world: World, now: float) -> None:
    """The health check found nothing."""
    for node in groups.nodes(cluster):
        if node["InstanceStatus"]["Status"] == "DeepHealthCheckInProgress":
            becomes(cluster, world, now, node=node["InstanceId"], status="Running")
    records.finish(cluster, "DeepHealthCheck")
