"""Training with several instances, on XGBoost's own collective.

As in sagemaker-xgboost-container (distributed.py): the first host by name is the master and runs the tracker; all
hosts tell whether they have data, and those that have train together. The image's ports 9099 and 9100 would be taken
here by another job on the same machine, so a job has ports of its own, which all its hosts compute from its name.
"""

import logging
import os
import socket
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from xgboost import collective
from xgboost.tracker import RabitTracker

from sagemaker_stand_ins.training.conclusion import AlgorithmError, ClientError

log = logging.getLogger(__name__)

_FIRST_PORT: Final = 9099
_RANGE: Final = 10_000
"""Below the ports that Linux hands out by itself (32768 on), above the well-known ones."""
_PATIENCE: Final = 15 * 60.0
"""Seconds that a host waits for the others: the image gives them 15 minutes to be found."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """The hosts of a job and which of them this is."""

    hosts: tuple[str, ...]
    current: str

    @property
    def master(self) -> str:
        """The host that runs the tracker and writes the model."""
        return min(self.hosts)

    @property
    def is_master(self) -> bool:
        """Whether this host is it."""
        return self.current == self.master

    def among(self, hosts: Sequence[str]) -> "Cluster":
        """The same host among fewer."""
        return Cluster(tuple(hosts), self.current)

    @contextmanager
    def joined(self, *, port: int) -> Iterator[None]:
        """All hosts connected with each other; what the library computes meanwhile, it computes together.

        Raises:
            AlgorithmError: the others were not found in time.
        """
        address = _address(self.master)
        tracker = None
        if self.is_master:
            tracker = RabitTracker(
                n_workers=len(self.hosts), host_ip=address, port=port, sortby="task", timeout=int(_PATIENCE)
            )
            tracker.start()
        else:
            _await(port)
        names = f"{sorted(self.hosts).index(self.current):05d}"
        with collective.CommunicatorContext(
            dmlc_communicator="rabit", dmlc_tracker_uri=address, dmlc_tracker_port=port, dmlc_task_id=names
        ):
            yield
        if tracker is not None:
            tracker.wait_for()


def with_data(cluster: Cluster, *, has_data: bool) -> list[str]:
    """The hosts that have data; every host has to ask.

    Raises:
        ClientError: none has.
    """
    with cluster.joined(port=ports()[0]):
        told = [collective.broadcast((cluster.current, has_data) if at == collective.get_rank() else None, at)
                for at in range(len(cluster.hosts))]  # fmt: skip
    found = [host for host, has in told if has]
    if not found:
        raise ClientError("No hosts received training data.")
    return found


def ports() -> tuple[int, int]:
    """The ports of the two trackers of a job."""
    job = os.environ.get("TRAINING_JOB_ARN") or os.environ.get("TRAINING_JOB_NAME")
    first = 20_000 + zlib.crc32(job.encode()) % (_RANGE // 2) * 2 if job else _FIRST_PORT
    return first, first + 1


def _address(host: str) -> str:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            return socket.gethostbyname(host)
        except OSError:
            if time.monotonic() > end:
                raise AlgorithmError(f"The host {host} cannot be found.") from None
            time.sleep(0.2)


def _await(port: int) -> None:
    """Wait until the tracker listens: the library gives up too soon."""
    end = time.monotonic() + _PATIENCE
    while not _listens(port):
        if time.monotonic() > end:
            raise AlgorithmError("Failed to connect to Rabit Tracker")
        time.sleep(0.1)


def _listens(port: int) -> bool:
    """Whether somebody listens there, found by the kernel's list, as a connection would count as a worker."""
    wanted = f":{port:04X}"
    try:
        with open("/proc/net/tcp", encoding="ascii") as table:  # noqa: PTH123
            rows = [line.split() for line in table][1:]
    except OSError:
        return True
    return any(row[1].endswith(wanted) and row[3] == "0A" for row in rows)
