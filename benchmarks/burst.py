"""A burst of training jobs, measured from outside: kube-apiserver, emulated SageMaker and operator are processes of their own.

The emulator answers after 50 ms and throttles nobody. Times are from the moment the API server was asked to
take a job to the moment a watch showed it with a status; they hold the delays of everything on the way.
"""

import asyncio
import json
import subprocess
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import processes
from asking import ACCOUNT

from sagemaker_local.cluster import Cluster
from sagemaker_operator.kinds import GROUP, KINDS, VERSION
from sagemaker_operator.kube.access import load_access
from sagemaker_operator.kube.client import KubeClient, path_of

# From Create to Completed takes the emulated SageMaker 344 s in real time (`emulator.families`).
_REAL_SECONDS = 344.0
_CONNECTIONS = 16


@dataclass(slots=True)
class Life:
    """When a job was seen in which state, in seconds of one monotonic clock."""

    applied: float = 0.0
    first_status: float = 0.0
    at_aws: float = 0.0
    completed: float = 0.0
    writes: int = 0


@dataclass(slots=True)
class Lives:
    """What a watch has shown of all jobs."""

    jobs: dict[str, Life] = field(default_factory=dict)
    done: int = 0

    def see(self, job: Mapping[str, Any], now: float) -> None:
        """Take in one event of the watch."""
        life, status = self.jobs.setdefault(job["metadata"]["name"], Life()), job.get("status") or {}
        if status.get("conditions") and not life.first_status:
            life.first_status = now
        if status.get("trainingJobStatus") and not life.at_aws:
            life.at_aws = now
        if status.get("trainingJobStatus") == "Completed" and not life.completed:
            life.completed, self.done = now, self.done + 1


def job(name: str) -> dict[str, Any]:
    """A small training job."""
    image = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1"
    return {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "TrainingJob",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "roleARN": "arn:aws:iam::123456789012:role/sagemaker",
            "algorithmSpecification": {"trainingImage": image, "trainingInputMode": "File"},
            "hyperParameters": {"max_depth": "5", "eta": "0.2", "objective": "multi:softmax", "num_class": "10"},
            "outputDataConfig": {"s3OutputPath": "s3://bucket/out"},
            "resourceConfig": {"instanceType": "ml.m5.large", "instanceCount": 1, "volumeSizeInGB": 10},
            "stoppingCondition": {"maxRuntimeInSeconds": 3600},
        },
    }


@contextmanager
def emulator(*, latency: float, seconds: float) -> Iterator[str]:
    """An emulated SageMaker whose jobs take that long; its URL."""
    speed = _REAL_SECONDS / seconds
    with processes.emulator("--latency", str(latency), "--speed", str(speed)) as (url, _):
        yield url


@contextmanager
def operator(cluster: Cluster, url: str, log: Path) -> Iterator[subprocess.Popen[str]]:
    """The operator as a process, when it has listed the cluster."""
    with (
        log.open("w", encoding="utf-8") as out,
        processes.running(
            "sagemaker_operator",
            "run",
            *("--kubeconfig", str(cluster.kubeconfig), "--endpoint-url", url, "--region", "eu-west-1"),
            *("--http-address", "127.0.0.1:0", "--lease-namespace", "default"),
            environment={"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "any"},
            stderr=out,
        ) as process,
    ):
        address = _logged(log, "http")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not _ready(f"http://{address}/readyz"):
            time.sleep(0.1)
        yield process


def journal(url: str) -> Counter[str]:
    """How often each operation was called."""
    with urllib.request.urlopen(f"{url}/_sagemaker-local/journal/count") as reply:
        counts = json.load(reply)
    return Counter({name: _total(count) for name, count in counts.items()})


async def apply_and_watch(cluster: Cluster, count: int, lives: Lives, *, patience: float) -> None:
    """Apply that many jobs as fast as the API server takes them, and watch until all are completed."""
    access = await asyncio.to_thread(load_access, kubeconfig=str(cluster.kubeconfig))
    async with KubeClient(access, limit=_CONNECTIONS) as client:
        watching = asyncio.create_task(_watch(client, lives))
        slots = asyncio.Semaphore(_CONNECTIONS)

        async def apply(name: str) -> None:
            async with slots:
                life = lives.jobs.setdefault(name, Life())
                life.applied = time.monotonic()
                await client.request("POST", path_of(KINDS["TrainingJob"], "default"), job(name))

        await asyncio.gather(*(apply(f"job-{number:04d}") for number in range(count)))
        deadline = time.monotonic() + patience
        while lives.done < count and time.monotonic() < deadline:
            if watching.done():
                watching.result()
            await asyncio.sleep(0.2)
        watching.cancel()


async def _watch(client: KubeClient, lives: Lives) -> None:
    """Watch on and on: the API server closes a watch that is read too slowly in a burst."""
    access, seen, version = client.access, dict[str, Any](), ""
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(timeout=timeout, read_bufsize=1 << 22) as session:
        while True:
            url = f"{access.server}{path_of(KINDS['TrainingJob'], 'default')}?watch=1&resourceVersion={version}"
            async with session.get(url, headers=await access.headers(), ssl=access.ssl_context() or True) as stream:
                async for line in stream.content:
                    job = json.loads(line)["object"]
                    if job["kind"] == "Status":
                        raise SystemExit(f"The watch of the benchmark has missed something: {job['message']}")
                    version = job["metadata"]["resourceVersion"]
                    lives.see(job, time.monotonic())
                    _count_write(job, seen, lives)


def _count_write(job: Mapping[str, Any], seen: dict[str, Any], lives: Lives) -> None:
    name, status = job["metadata"]["name"], job.get("status")
    if seen.get(name) != status:
        lives.jobs[name].writes += name in seen
        seen[name] = status


def _logged(log: Path, member: str) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for line in log.read_text(encoding="utf-8").splitlines():
            if line.startswith("{") and member in (told := json.loads(line)):
                return str(told[member])
        time.sleep(0.1)
    raise SystemExit(f"The operator did not start: see {log}")


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def _total(count: Any) -> int:
    return sum(map(_total, count.values())) if isinstance(count, dict) else int(count)
