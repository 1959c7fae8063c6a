"""A burst of training jobs beside the figures of the Go peer, as a table and as JSON.

python benchmarks/run.py [--jobs 1000] [--seconds 25] [--json FILE]
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from burst import Lives, apply_and_watch
from figures import Figure, report
from operating import emulator, journal, operator
from processes import ROOT, Usage, usage

from sagemaker_local.cluster import Cluster

# AWS's own controller on the same work: both cores, 50 ms per call, no quota, 1,000 jobs of 25 s.
_PEER = {
    "first status, s, median": 116.0,
    "first status, s, 99th percentile": 230.0,
    "completed, s, 99th percentile": 349.0,
    "calls per job": 6.1,
    "calls per finished job and hour": 23.0,
    "memory at most, MB": 93.0,
}
_MOST = {
    "first status, s, 99th percentile": 10.0,
    "completed, s, 99th percentile": 45.0,
    "calls per job": 3.0,
    "calls per finished job and hour": 0.0,
    "memory at most, MB": 150.0,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=25.0, help="how long a job takes")
    parser.add_argument("--idle", type=float, default=20.0, help="how long to watch what finished jobs cost")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    figures, calls = measure(options.jobs, options.seconds, options.idle)
    report(figures, peer="Go peer", file=options.json, calls=calls)


def measure(jobs: int, seconds: float, idle: float) -> tuple[list[Figure], dict[str, int]]:
    """One run; its figures, and how often each operation was called."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        Cluster.start(controller_manager=False) as cluster,
        emulator(latency=0.05, seconds=seconds) as url,
    ):
        cluster.kubectl("apply", "-k", str(ROOT / "crds"))
        while cluster.unserved_crds():
            time.sleep(0.1)
        log = Path(scratch) / "operator.log"
        with operator(cluster, url, log) as running:
            running.wait()
            lives = Lives()
            asyncio.run(apply_and_watch(cluster, jobs, lives, patience=seconds + 120))
            # The last sweep may still be under way when the last job is done.
            time.sleep(5)
            calls = journal(url)
            time.sleep(idle)
            later = journal(url)
            running.check()
            used = usage(running.process.pid)
    hourly = (sum(later.values()) - sum(calls.values())) / jobs * 3600 / idle
    return summary(lives, jobs, calls_per_job=sum(calls.values()) / jobs, hourly=hourly, used=used), dict(calls)


def summary(lives: Lives, jobs: int, *, calls_per_job: float, hourly: float, used: Usage) -> list[Figure]:
    """The figures of a run; times are from when the API server was asked to take a job."""
    done = list(lives.jobs.values())
    first = [life.first_status - life.applied for life in done if life.first_status]
    at_aws = [life.at_aws - life.applied for life in done if life.at_aws]
    completed = [life.completed - life.applied for life in done if life.completed]
    found = {
        **_percentiles("first status", first),
        **_percentiles("status of SageMaker", at_aws),
        **_percentiles("completed", completed),
        "calls per job": calls_per_job,
        "calls per finished job and hour": hourly,
        "status writes per job": statistics.mean(life.writes for life in done),
        "CPU s": used.cpu,
        "memory at most, MB": used.peak_mb,
    }
    figures = [Figure(name, round(value, 2), _PEER.get(name), most=_MOST.get(name)) for name, value in found.items()]
    return [Figure("jobs that are completed", len(completed), least=jobs), *figures]


def _percentiles(name: str, seconds: Sequence[float]) -> dict[str, float]:
    return {
        f"{name}, s, median": _percentile(seconds, 50),
        f"{name}, s, 99th percentile": _percentile(seconds, 99),
    }


def _percentile(values: Sequence[float], percent: int) -> float:
    if len(values) < 2:
        return values[0] if values else float("nan")
    return statistics.quantiles(values, n=100)[percent - 1]


if __name__ == "__main__":
    main()
