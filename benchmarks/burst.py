"""A burst of training jobs, measured from outside: kube-apiserver, emulated SageMaker and operator are processes of their own.

The emulator answers after 50 ms and throttles nobody. Times are from the moment the API server was asked to
take a job to the moment a watch showed it with a status; they hold the delays of everything on the way.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from sagemaker_local.cluster import Cluster
from sagemaker_operator.kinds import GROUP, KINDS, VERSION
from sagemaker_operator.kube.access import load_access
from sagemaker_operator.kube.client import KubeClient, path_of

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
