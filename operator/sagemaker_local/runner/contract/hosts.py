"""The instances of a job: their names, types and groups, and what `resourceconfig.json` says of them.

Forms and names are those of "Distributed training configuration" in the Developer Guide
(https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html).
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import IPv4Address
from typing import Any, Final

from sagemaker_local.emulator.resource import Json

ONE_GROUP: Final = "homogeneousCluster"
INTERFACE: Final = "lo"
"""The network interface between the instances of a job: here they are processes of one machine. SageMaker's is eth0."""
_LOOPBACK: Final = int(IPv4Address("127.128.0.0"))
_BLOCKS: Final = (1 << 15) - 256  # of 256 addresses each, with room for a job that has thousands of instances


@dataclass(frozen=True, slots=True)
class Host:
    """One instance of a job."""

    name: str
    instance_type: str
    group: str = ONE_GROUP


def of_training(config: Mapping[str, Any]) -> tuple[Host, ...]:
    """The instances of ResourceConfig, algo-1 first."""
    groups: Sequence[Json] = config.get("InstanceGroups") or ()
    if groups:
        wanted = [(group["InstanceType"], group["InstanceGroupName"], int(group["InstanceCount"])) for group in groups]
    else:
        kind, count = _chosen(config)
        wanted = [(kind, ONE_GROUP, count)]
    found = [(kind, group) for kind, group, count in wanted for _ in range(count)]
    return tuple(Host(f"algo-{number}", kind, group) for number, (kind, group) in enumerate(found, start=1))


def of_processing(cluster: Mapping[str, Any]) -> tuple[Host, ...]:
    """The instances of ProcessingResources.ClusterConfig, algo-1 first."""
    kind, count = _chosen(cluster)
    return tuple(Host(f"algo-{number}", kind) for number in range(1, count + 1))


def resource_config(hosts: Sequence[Host], host: Host) -> Json:
    """The resourceconfig.json that an instance finds."""
    groups: dict[str, list[Host]] = {}
    for one in hosts:
        groups.setdefault(one.group, []).append(one)
    return {
        "current_host": host.name,
        "current_instance_type": host.instance_type,
        "current_group_name": host.group,
        "hosts": [one.name for one in hosts],
        "instance_groups": [
            {"instance_group_name": name, "instance_type": found[0].instance_type, "hosts": [one.name for one in found]}
            for name, found in groups.items()
        ],
        "network_interface_name": INTERFACE,
    }


def addresses(hosts: Sequence[Host], job: str) -> dict[str, str]:
    """An address of this machine for each instance, others for each job (by its ARN), so that two may use the same ports.

    All of 127.0.0.0/8 is this machine on Linux; elsewhere 127.0.0.1 alone is, and all instances get it.
    """
    if sys.platform != "linux":
        return {host.name: "127.0.0.1" for host in hosts}
    block = int.from_bytes(blake2b(job.encode(), digest_size=2).digest()) % _BLOCKS
    first = _LOOPBACK + (block << 8)
    return {host.name: str(IPv4Address(first + number)) for number, host in enumerate(hosts, start=1)}


def _chosen(config: Mapping[str, Any]) -> tuple[str, int]:
    kind = config.get("SelectedInstanceType") or config.get("InstanceType", "")
    count = config.get("SelectedInstanceCount") or config.get("InstanceCount") or 1
    return str(kind), int(count)
