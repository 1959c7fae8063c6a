"""The limits that the kernel does not keep for an ordinary user."""

import contextlib
import os
import time
from pathlib import Path
from typing import Any

from .linux import LINUX

# Seconds between two looks at processes and memory: where a limit is near, and where the half of it is not reached.
NEAR, FAR = 0.1, 0.3
PAGE = os.sysconf("SC_PAGE_SIZE")


class Watch:
    """Looks now and then whether the container is within its limits; at most a twentieth of the time is spent on it."""

    def __init__(self, plan: dict[str, Any]) -> None:
        """What to look at, as the plan says."""
        self.memory: int | None = plan["memory"]
        self.processes: int | None = plan["processes"]
        self.disk: int | None = plan["disk"]
        # Opened before the container's root is entered, from where they could not be reached.
        self.directories = [os.open(path, os.O_RDONLY) for path in plan["directories"] if self.disk]
        self.namespaces: list[str] = plan["namespaces"]
        self.next = {"processes": 0.0, "disk": 0.0}
        self.period: dict[str, float | None] = {
            "processes": NEAR if LINUX and (self.memory or self.processes) else None,
            "disk": 0.5 if self.disk else None,
        }

    def seconds(self) -> float:
        """Until there is something to look at."""
        due = [self.next[name] for name, period in self.period.items() if period is not None]
        return max(0.0, min(due, default=float("inf")) - time.monotonic())

    def exceeded(self) -> str:
        """The limit that is exceeded, or an empty text."""
        for name, look in (("processes", self._processes), ("disk", self._disk)):
            period, began = self.period[name], time.monotonic()
            if period is None or began < self.next[name]:
                continue
            if cause := look():
                return cause
            ended = time.monotonic()
            self.next[name] = ended + max(period, 20 * (ended - began))
        return ""

    def _processes(self) -> str:
        pids = numbered("/proc") if "pid" in self.namespaces else descendants()
        pids = [pid for pid in pids if pid != os.getpid()]
        used = self._shared_memory() + sum(map(resident, pids)) if self.memory else 0
        near = bool(self.memory and 2 * used > self.memory) or bool(self.processes and 2 * len(pids) > self.processes)
        self.period["processes"] = NEAR if near else FAR
        # What forked processes share counted for each of them in the first sum, which is quick; it counts once in this one.
        if self.memory and used > self.memory and self._shared_memory() + sum(map(proportional, pids)) > self.memory:
            return "memory"
        return "processes" if self.processes and len(pids) > self.processes else ""

    def _shared_memory(self) -> int:
        if "mount" not in self.namespaces:
            return 0
        found = os.statvfs("/dev/shm")  # noqa: S108 # the container's own
        return (found.f_blocks - found.f_bfree) * found.f_frsize

    def _disk(self) -> str:
        used = sum(size(directory) for directory in self.directories)
        return "disk" if self.disk and used > self.disk else ""


def resident(pid: int) -> int:
    """Bytes of memory that a process has; what belongs to files is not counted."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pages, shared = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1:3]
        return (int(pages) - int(shared)) * PAGE
    return 0


def proportional(pid: int) -> int:
    """The same, with what several processes share divided among them (Linux 5.4); slower."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss_Anon:"):
                return int(line.split()[1]) * 1024
    return resident(pid)


def size(directory: int) -> int:
    """The bytes that an open directory takes on its file system; what lies on another one is somebody else's."""
    used, device = 0, os.fstat(directory).st_dev
    with contextlib.suppress(OSError):
        for _, below, names, where in os.fwalk(".", dir_fd=directory):
            for name in names + below:
                with contextlib.suppress(OSError):
                    found = os.lstat(name, dir_fd=where)
                    used += found.st_blocks * 512 if found.st_dev == device else 0
    return used


def numbered(directory: str) -> list[int]:
    """The processes in a directory such as /proc."""
    return [int(path.name) for path in Path(directory).iterdir() if path.name.isdigit()]


def descendants() -> list[int]:
    """Every process that this one or one of those started, as Linux tells."""
    children: dict[int, list[int]] = {}
    for pid in numbered("/proc") if LINUX else ():
        with contextlib.suppress(OSError, ValueError, IndexError):
            after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
            children.setdefault(int(after_name.split()[1]), []).append(pid)
    found, todo = [], [os.getpid()]
    while todo:
        todo += (below := children.get(todo.pop(), []))
        found += below
    return found
