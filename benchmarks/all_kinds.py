"""What the operator costs with the CRDs of all kinds installed: memory, start and rest, without objects and with 10,000.

python benchmarks/all_kinds.py [--objects 10000] [--idle 70] [--json FILE]

Three starts: with nothing to do, with one object that waits, and with all objects settled. The last must write nothing and
ask SageMaker for nothing but the states of services.
"""

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import fleet
from figures import Figure, report
from operating import Operator, emulator, journal, operator
from processes import ROOT, Usage, usage

from sagemaker_local.cluster import Cluster
from sagemaker_operator.kinds import KINDS, Lifecycle
from sagemaker_operator.kube.access import load_access
from sagemaker_operator.kube.client import KubeClient

_JOB_SECONDS = 5.0
_MOST = {
    "memory without objects, MB": 150.0,
    "memory with all objects, MB": 250.0,
    "memory with all objects after a restart, MB": 250.0,
    "start to first status, s": 10.0,
    "status writes after a restart": 0.0,
    "calls after a restart but for looks at services": 0.0,
    "calls per service at rest and minute": 0.1,
}
# What looks at a service at rest: its state is listed, and described when the list shows news.
_LOOKS = frozenset(
    operation
    for kind in KINDS.values()
    if kind.lifecycle is Lifecycle.SERVICE
    for operation in (kind.family.list, kind.family.describe)
    if operation is not None
)
_SERVICES = len([name for name in fleet.SPECS if KINDS[name].lifecycle is Lifecycle.SERVICE])


@dataclass(frozen=True, slots=True)
class Rest:
    """A while in which nobody wanted anything: what the operator had used by then, and its share of a core meanwhile."""

    used: Usage
    share: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument("--idle", type=float, default=70.0, help="seconds to watch what settled objects cost")
    parser.add_argument("--patience", type=float, default=1800.0, help="seconds for all objects to settle")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found, calls = asyncio.run(measure(options.objects, options.idle, options.patience))
    figures = [Figure(name, round(value, 2), most=_MOST.get(name)) for name, value in found.items()]
    ready = Figure("objects that are ready", found["objects that are ready"], least=options.objects)
    report([ready, *figures[1:]], file=options.json, calls_after_restart=calls)


async def measure(objects: int, idle: float, patience: float) -> tuple[dict[str, float], dict[str, int]]:
    """All three starts; the figures, and the calls after the last one."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        Cluster.start(controller_manager=False) as cluster,
        emulator(latency=0.0, seconds=_JOB_SECONDS) as url,
    ):
        cluster.kubectl("apply", "--server-side", "-k", str(ROOT / "crds"))
        while cluster.unserved_crds():
            await asyncio.sleep(0.1)
        access = await asyncio.to_thread(load_access, kubeconfig=str(cluster.kubeconfig))
        log = Path(scratch) / "operator.log"
        async with KubeClient(access) as client:
            with operator(cluster, url, log) as running:
                running.wait()
                without = _rest(running, 20)
            settled = await _settle(cluster, client, url, log, objects, idle, patience)
            anew, calls = await _restart(cluster, client, url, log, idle)
        services = objects / len(fleet.SPECS) * _SERVICES
        looks = sum(calls[name] for name in _LOOKS & calls.keys())
        found = {
            "objects that are ready": settled.pop("ready"),
            "memory without objects, MB": without.used.rss_mb,
            "CPU at rest without objects, % of a core": without.share,
            **settled,
            **anew,
            "calls after a restart but for looks at services": float(calls.total() - looks),
            "calls per service at rest and minute": looks / services * 60 / idle,
        }
    return found, dict(calls)


async def _settle(
    cluster: Cluster, client: KubeClient, url: str, log: Path, objects: int, idle: float, patience: float
) -> dict[str, float]:
    """From one object that waits for the operator to all of them at rest."""
    one, *others = fleet.names(objects)
    await fleet.apply(client, [one])
    with operator(cluster, url, log) as running:
        while not await fleet.has_status(client, *one):
            running.check()
            await asyncio.sleep(0.02)
        first, used = time.monotonic() - running.began, usage(running.process.pid)
        applied = time.monotonic()
        await fleet.apply(client, others)
        while running.counted("ready") < objects and time.monotonic() < applied + patience:
            running.check()
            await asyncio.sleep(1)
        took, spent = time.monotonic() - applied, usage(running.process.pid)
        rest = _rest(running, idle)
        return {
            "ready": float((await fleet.look(client)).ready),
            "start to first status, s": first,
            "start to first status, CPU s": used.cpu,
            "settling all objects, s": took,
            "settling all objects, CPU s": spent.cpu - used.cpu,
            "memory at most, MB": rest.used.peak_mb,
            "memory with all objects, MB": rest.used.rss_mb,
            "CPU at rest with all objects, % of a core": rest.share,
        }


async def _restart(
    cluster: Cluster, client: KubeClient, url: str, log: Path, idle: float
) -> tuple[dict[str, float], Counter[str]]:
    """A start that finds everything settled; and the calls that it made."""
    before, calls = (await fleet.look(client)).versions, journal(url)
    with operator(cluster, url, log) as running:
        running.wait()
        listed = time.monotonic() - running.began
        rest = _rest(running, idle)
        after, later = (await fleet.look(client)).versions, journal(url)
    return {
        "start until all objects are listed, s": listed,
        "memory with all objects after a restart, MB": rest.used.rss_mb,
        "CPU at rest after a restart, % of a core": rest.share,
        "status writes after a restart": float(sum(after[name] != version for name, version in before.items())),
    }, later - calls


def _rest(running: Operator, seconds: float) -> Rest:
    """Leave it alone for a while, once the last answers are in."""
    time.sleep(5)
    before = usage(running.process.pid).cpu
    time.sleep(seconds)
    running.check()
    used = usage(running.process.pid)
    return Rest(used, 100 * (used.cpu - before) / seconds)


if __name__ == "__main__":
    main()
