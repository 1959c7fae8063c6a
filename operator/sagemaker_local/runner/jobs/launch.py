"""Containers for the instances of a job: their directories, and how they are started."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sagemaker_local.runner.contract.hosts import Host
from sagemaker_local.runner.contract.instance_types import GIB, memory
from sagemaker_local.runner.contract.paths import Volume
from sagemaker_local.runner.jobs.crew import Crew, Member
from sagemaker_local.runner.jobs.programs import Command, Task, readable
from sagemaker_local.runner.sandbox import Limits, Network

if TYPE_CHECKING:
    from sagemaker_local.runner.sandbox import Container


def volume_of(directory: Path, host: Host, what: Task) -> Volume:
    """A new /opt/ml for an instance. Raises OSError."""
    root = directory / host.name / "ml"
    root.mkdir(parents=True)
    return Volume(root, what.starter.inside(root))


def told(hosts: Sequence[Host], addresses: Mapping[str, str], what: Task) -> tuple[Host, ...]:
    """The instances as their programs are told of them: by their addresses where names are not known to programs."""
    if what.starter.names or len(hosts) == 1:
        return tuple(hosts)
    return tuple(Host(addresses[host.name], host.instance_type, host.group) for host in hosts)


def launch(
    crew: Crew,
    what: Task,
    command: Command,
    environment: Callable[[Member], Mapping[str, str]],
    *,
    addresses: Mapping[str, str],
    isolated: bool,
    disk_gib: int | None,
) -> None:
    """Start the program on each instance.

    Args:
        environment: the variables of an instance.
        addresses: of all instances by their names.
        isolated: whether instances reach each other and nobody else.
        disk_gib: the size of each instance's disk.

    Raises:
        SandboxError: one could not be started; none runs then.
    """
    network = Network() if isolated else True
    with contextlib.ExitStack() as unless_all_started:
        unless_all_started.callback(crew.kill)
        for member in crew.members:
            bounds = Limits(memory=memory(member.host.instance_type), disk=disk_gib * GIB if disk_gib else None)
            member.container = what.starter.start(
                command.words,
                ml=member.volume.root,
                env=command.variables(environment(member)),
                write=member.write,
                hosts=addresses,
                host=member.host.name,
                limits=bounds,
                network=network,
                readable=readable(what),
                ended=_ended(crew, member),
            )
        unless_all_started.pop_all()


def _ended(crew: Crew, member: Member) -> Callable[["Container"], None]:
    def ended(container: "Container") -> None:
        member.container = container  # it may end before it is known that it was started
        crew.ended(member)

    return ended
