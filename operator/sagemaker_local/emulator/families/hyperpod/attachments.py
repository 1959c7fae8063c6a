"""Volumes and network interfaces that are attached to nodes of a HyperPod cluster."""

from typing import Final

from sagemaker_local.emulator.families.hyperpod import nodes, records
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

ATTACHED: Final = Refusal(VALIDATION, "{id} is already attached to node {node}.", evidence=UNVERIFIED)
NOT_ATTACHED: Final = Refusal(VALIDATION, "{id} is not attached to node {node}.", evidence=UNVERIFIED)
_LETTERS: Final = "fghijklmnopqrstuvwxyz"


def _node(call: Call, world: World) -> tuple[Resource, Json]:
    cluster, identifier = records.cluster_of(call, world), call.request["NodeId"]
    node = nodes.node_of(cluster, identifier)
    if node is None:
        raise nodes.NO_NODE.error(name=cluster.name, node=identifier)
    return cluster, node


def attach_volume(call: Call, world: World) -> Json:
    """AttachClusterNodeVolume."""
    cluster, node = _node(call, world)
    volume, held = call.request["VolumeId"], cluster.facts.setdefault("Volumes", {})
    if volume in held:
        raise ATTACHED.error(id=volume, node=held[volume]["NodeId"])
    taken = sum(other["NodeId"] == node["InstanceId"] for other in held.values())
    held[volume] = {
        "ClusterArn": cluster.arn,
        "NodeId": node["InstanceId"],
        "VolumeId": volume,
        "AttachTime": call.now,
        "DeviceName": f"/dev/sd{_LETTERS[taken % len(_LETTERS)]}",
    }
    return {**held[volume], "Status": "attaching"}


def detach_volume(call: Call, world: World) -> Json:
    """DetachClusterNodeVolume."""
    cluster, node = _node(call, world)
    volume, held = call.request["VolumeId"], cluster.facts.get("Volumes", {})
    if volume not in held or held[volume]["NodeId"] != node["InstanceId"]:
        raise NOT_ATTACHED.error(id=volume, node=node["InstanceId"])
    return {**held.pop(volume), "Status": "detaching"}


def attach_interface(call: Call, world: World) -> Json:
    """AttachClusterNodeNetworkInterface."""
    cluster, node = _node(call, world)
    interface, held = call.request["NetworkInterfaceId"], cluster.facts.setdefault("Interfaces", {})
    if interface in held:
        raise ATTACHED.error(id=interface, node=held[interface])
    held[interface] = node["InstanceId"]
    return {
        "ClusterArn": cluster.arn,
        "NodeId": node["InstanceId"],
        "NetworkInterfaceId": interface,
        "AttachmentId": f"eni-attach-{world.random.getrandbits(68):017x}",
    }
