"""What a HyperPod cluster remembers: events, and operations with their outcome.

Events are kept for clusters with continuous provisioning alone (ListClusterEvents' documentation).
"""

from collections.abc import Iterable
from typing import Any, Final

from sagemaker_local.emulator.lists import in_period, newest_first
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal("ResourceNotFound", "Cluster with name {name} does not exist.", evidence=UNVERIFIED)
NO_EVENT: Final = Refusal("ResourceNotFound", "The cluster {name} has no event {id}.", evidence=UNVERIFIED)
NO_OPERATION: Final = Refusal("ResourceNotFound", "The cluster {name} has no operation {id}.", evidence=UNVERIFIED)


def key_of(call: Call, world: World) -> str:
    """The key of the cluster that a request names by its name or its ARN."""
    identifier: str = call.request.get("ClusterName") or call.request["ClusterArn"]
    if identifier.startswith("arn:"):
        return identifier.rpartition("/")[2]
    clusters = world.store.of_kind(call.place, "Cluster")
    return next((key for key, cluster in clusters.items() if cluster.name == identifier), identifier)


def cluster_of(call: Call, world: World) -> Resource:
    """The cluster that a request is about. Raises ServiceError."""
    key = key_of(call, world)
    cluster = world.find(call.place, "Cluster", key)
    if cluster is None:
        raise MISSING.error(name=key)
    return cluster


def identifier(world: World) -> str:
    """An id in the form of a UUID, from the seed."""
    digits = f"{world.random.getrandbits(128):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def continuous(cluster: Resource) -> bool:
    """Whether the cluster provisions continuously."""
    return cluster.spec.get("NodeProvisioningMode") == "Continuous"


def note(
    cluster: Resource,
    world: World,
    now: float,
    text: str,
    *,
    level: str = "Info",
    node: Json | None = None,
) -> None:
    """Keep an event about a cluster or one of its instances."""
    if not continuous(cluster):
        return
    event = {
        "EventId": identifier(world),
        "ClusterArn": cluster.arn,
        "ClusterName": cluster.name,
        "ResourceType": "Cluster" if node is None else "Instance",
        "EventTime": now,
        "Description": text,
        "EventLevel": level,
    }
    if node is not None:
        event.update(InstanceGroupName=node["InstanceGroupName"], InstanceId=node["InstanceId"])
    cluster.facts.setdefault("Happened", []).append(event)


def begin(cluster: Resource, world: World, now: float, *, kind: str, **about: Any) -> str:
    """Keep an operation that is now in progress; a newer one of its kind supersedes it. Returns its id."""
    operations: list[Json] = cluster.facts.setdefault("Operations", [])
    for other in operations:
        if other["Type"] == kind and other["Status"] == "InProgress":
            _conclude(other, "Superseded")
    new = identifier(world)
    operations.append(
        {"OperationId": new, "ClusterArn": cluster.arn, "Type": kind, "Status": "InProgress", "CreationTime": now}
        | about
    )
    return new


def finish(cluster: Resource, kind: str) -> None:
    """What is in progress of a kind is done."""
    for operation in cluster.facts.get("Operations", ()):
        if operation["Type"] == kind and operation["Status"] == "InProgress":
            _conclude(operation, "Done")


def _conclude(operation: Json, status: str) -> None:
    operation["Status"] = status
    for part in operation.get("ScalingDetails", ()):
        part["Status"] = status


def _between(rows: Iterable[Json], request: Json, *, time: str) -> list[Json]:
    return newest_first([row for row in rows if in_period(request, time, row[time])], request)


def list_events(call: Call, world: World) -> Json:
    """ListClusterEvents."""
    request, cluster = call.request, cluster_of(call, world)
    wanted = {
        "InstanceGroupName": request.get("InstanceGroupName"),
        "InstanceId": request.get("NodeId"),
        "ResourceType": request.get("ResourceType"),
        "OperationId": request.get("OperationId"),
    }
    rows = [
        event
        for event in cluster.facts.get("Happened", ())
        if all(value is None or event.get(name) == value for name, value in wanted.items())
    ]
    page = cut(_between(rows, request, time="EventTime"), call)
    return {"Events": page.items, **page.token}


def describe_event(call: Call, world: World) -> Json:
    """DescribeClusterEvent."""
    cluster, wanted = cluster_of(call, world), call.request["EventId"]
    for event in cluster.facts.get("Happened", ()):
        if event["EventId"] == wanted:
            return {"EventDetails": event}
    raise NO_EVENT.error(name=cluster.name, id=wanted)


def list_operations(call: Call, world: World) -> Json:
    """ListClusterOperations."""
    request, cluster = call.request, cluster_of(call, world)
    shown = ("OperationId", "ClusterArn", "Type", "Status", "CreationTime")
    rows = [
        {name: operation[name] for name in shown}
        for operation in cluster.facts.get("Operations", ())
        if all(request.get(name) in (None, operation[name]) for name in ("Type", "Status"))
    ]
    page = cut(_between(rows, request, time="CreationTime"), call)
    return {"ClusterOperationSummaries": page.items, **page.token}


def describe_operation(call: Call, world: World) -> Json:
    """DescribeClusterOperation."""
    cluster, wanted = cluster_of(call, world), call.request["OperationId"]
    for operation in cluster.facts.get("Operations", ()):
        if operation["OperationId"] == wanted:
            return dict(operation)
    raise NO_OPERATION.error(name=cluster.name, id=wanted)
