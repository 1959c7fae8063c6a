"""``make bench``: a burst of training jobs beside the figures of the Go peer, as a table and as JSON.

python benchmarks/run.py [--jobs 1000] [--seconds 25] [--json FILE]
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from burst import Lives, apply_and_watch, emulator, journal, operator, usage

from sagemaker_local.cluster import Cluster

# AWS's own controller on the same work: both cores, 50 ms per call, no quota, 1,000 jobs of 25 s.
_PEER = {
    "first_p50": 116.0,
    "first_p99": 230.0,
    "completed_p99": 349.0,
    "calls_per_job": 6.1,
    "calls_per_finished_hour": 23.0,
    "rss_mb": 93.0,
}
_WANTED = {
    "first_p99": 10.0,
    "completed_p99": 45.0,
    "calls_per_job": 3.0,
    "calls_per_finished_hour": 0.0,
    "rss_mb": 150.0,
}


@dataclass(slots=True)
class Figures:
    """The result; times in seconds from when the API server was asked to take the job."""

    jobs: int
    completed: int
    first_p50: float
    first_p99: float
    at_aws_p50: float
    at_aws_p99: float
    completed_p50: float
    completed_p99: float
    calls_per_job: float
    calls_per_finished_hour: float
    status_writes_per_job: float
    cpu_seconds: float
    rss_mb: float
    calls: dict[str, int]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=25.0, help="how long a job takes")
    parser.add_argument("--idle", type=float, default=20.0, help="how long to watch what finished jobs cost")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    figures = measure(options.jobs, options.seconds, options.idle)
    print(table(figures))
    text = json.dumps(asdict(figures), indent=2)
    print(text)
    if options.json is not None:
        options.json.write_text(f"{text}\n", encoding="utf-8")


def measure(jobs: int, seconds: float, idle: float) -> Figures:
    """One run."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        Cluster.start(controller_manager=False) as cluster,
        emulator(latency=0.05, seconds=seconds) as url,
    ):
        cluster.kubectl("apply", "-k", str(Path(__file__).parents[1] / "crds"))
        cluster.kubectl("wait", "--for=condition=Established", "--timeout=30s", "crd", "--all")
        log = Path(scratch) / "operator.log"
        with operator(cluster, url, log) as process:
            lives = Lives()
            asyncio.run(apply_and_watch(cluster, jobs, lives, patience=seconds + 120))
            # The last sweep may still be under way when the last job is done.
            time.sleep(5)
            calls = journal(url)
            time.sleep(idle)
            later = journal(url)
            if process.poll() is not None:
                raise SystemExit(
                    f"The operator ended with {process.returncode}:\n{log.read_text(encoding='utf-8')[-4000:]}"
                )
            used = usage(process.pid)
    return summary(lives, jobs, calls, sum(later.values()) - sum(calls.values()), idle, (used.cpu, used.rss_mb))


def summary(
    lives: Lives, jobs: int, calls: dict[str, int], idle_calls: int, idle: float, used: tuple[float, float]
) -> Figures:
    """The figures of a run."""
    done = list(lives.jobs.values())
    first = [life.first_status - life.applied for life in done if life.first_status]
    at_aws = [life.at_aws - life.applied for life in done if life.at_aws]
    completed = [life.completed - life.applied for life in done if life.completed]
    return Figures(
        jobs=jobs,
        completed=len(completed),
        first_p50=_percentile(first, 50),
        first_p99=_percentile(first, 99),
        at_aws_p50=_percentile(at_aws, 50),
        at_aws_p99=_percentile(at_aws, 99),
        completed_p50=_percentile(completed, 50),
        completed_p99=_percentile(completed, 99),
        calls_per_job=round(sum(calls.values()) / jobs, 2),
        calls_per_finished_hour=round(idle_calls / jobs * 3600 / idle, 2),
        status_writes_per_job=round(statistics.mean(life.writes for life in done), 2),
        cpu_seconds=round(used[0], 1),
        rss_mb=round(used[1], 1),
        calls=dict(calls),
    )


def table(figures: Figures) -> str:
    """The figures beside those to reach and those of the peer."""
    told = asdict(figures)
    rows = [f"{'':28}{'measured':>10}{'to reach':>10}{'Go peer':>10}"]
    for name, value in told.items():
        if isinstance(value, float | int):
            wanted, peer = _WANTED.get(name), _PEER.get(name)
            rows.append(f"{name:28}{value:>10}{'' if wanted is None else wanted:>10}{'' if peer is None else peer:>10}")
    return "\n".join(rows)


def _percentile(values: list[float], percent: int) -> float:
    if len(values) < 2:
        return round(values[0], 2) if values else float("nan")
    return round(statistics.quantiles(values, n=100)[percent - 1], 2)


if __name__ == "__main__":
    main()
