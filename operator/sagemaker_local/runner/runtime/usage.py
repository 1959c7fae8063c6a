"""CPU and memory that model servers use, as CloudWatch has them of endpoints: namespace /aws/sagemaker/Endpoints.

Read from /proc, the servers with all their children; where there is no /proc there are no such metrics. As at AWS, CPU is the sum
over the cores, and may be more than 100 %; memory is a share of this machine's. Not here: which processes there are (`ports`).
"""

import os
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sagemaker_local.emulator.resource import Place
from sagemaker_local.runner.runtime.ports import Hosting
from sagemaker_local.runner.telemetry import Series, Telemetry

NAMESPACE: Final = "/aws/sagemaker/Endpoints"
_PROC: Final = Path("/proc")

Spent = tuple[float, float]
"""Seconds of CPU, and bytes of memory."""


class Usage:
    """Looks at all model servers of one emulator, now and then; in one thread at a time."""

    def __init__(self, hosting: Hosting, telemetry: Telemetry) -> None:
        self._hosting, self._telemetry = hosting, telemetry
        self._before: dict[tuple[int, ...], tuple[float, float]] = {}

    def sample(self) -> None:
        """Note what each instance uses."""
        serving = self._hosting.processes()
        if not serving or not _PROC.is_dir():
            return
        table, now = processes(), time.monotonic()
        seen: dict[tuple[int, ...], tuple[float, float]] = {}
        for (place, endpoint, variant), instances in serving.items():
            for pids in instances:
                cpu, memory = spent(pids, table)
                seen[pids] = (cpu, now)
                before = self._before.get(pids)
                if before is not None and now > before[1]:
                    share = max(0.0, cpu - before[0]) / (now - before[1])
                    self._note(place, endpoint, variant, "CPUUtilization", 100 * share)
                    self._note(place, endpoint, variant, "MemoryUtilization", 100 * memory / _machine())
        self._before = seen

    def _note(self, place: Place, endpoint: str, variant: str, name: str, value: float) -> None:
        dimensions = {"EndpointName": endpoint, "VariantName": variant}
        self._telemetry.add(Series.of(place, NAMESPACE, name, dimensions), value, "Percent")


def processes() -> dict[int, tuple[int, Spent]]:
    """All processes: their parents, and what they have used."""
    ticks, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    found: dict[int, tuple[int, Spent]] = {}
    for entry in _PROC.iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            fields = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        found[int(entry.name)] = (int(fields[1]), ((int(fields[11]) + int(fields[12])) / ticks, int(fields[21]) * page))
    return found


def spent(pids: Iterable[int], table: dict[int, tuple[int, Spent]]) -> Spent:
    """What some processes have used together with all their descendants."""
    children = defaultdict(list)
    for pid, (parent, _) in table.items():
        children[parent].append(pid)
    todo, cpu, memory = [pid for pid in pids if pid in table], 0.0, 0.0
    while todo:
        pid = todo.pop()
        cpu += table[pid][1][0]
        memory += table[pid][1][1]
        todo += children[pid]
    return cpu, memory


def _machine() -> float:
    """Bytes of memory that this machine has."""
    return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
