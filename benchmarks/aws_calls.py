"""What a call to SageMaker costs the operator: CPU time per call through `Cloud`, and through boto3 as it comes.

    python benchmarks/aws_calls.py --calls 2000

The emulator runs in a process of its own, so that the CPU time of this process is that of the operator alone.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

import boto3

from sagemaker_local.emulator import Emulator
from sagemaker_operator.aws.cloud import Cloud
from sagemaker_operator.aws.limits import Limits, Pace
from sagemaker_operator.aws.sessions import Sessions
from sagemaker_operator.engine.lanes import Lane

REGION = "eu-west-1"
JOB = {
    "TrainingJobName": "digits",
    "RoleArn": "arn:aws:iam::123456789012:role/training",
    "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
    "OutputDataConfig": {"S3OutputPath": "s3://models/out"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds by which SageMaker delays its answers")
    asked = parser.parse_args()
    os.environ |= {"AWS_ACCESS_KEY_ID": "123456789012", "AWS_SECRET_ACCESS_KEY": "emulated"}
    with emulator(asked.latency) as url:
        plain = boto3.client("sagemaker", region_name=REGION, endpoint_url=url)
        plain.create_training_job(**JOB)
        sessions = Sessions(endpoint_url=url)
        # The first call reads the service model and opens a connection.
        for client in (plain, sessions.client(REGION)):
            client.describe_training_job(TrainingJobName="digits")
        found = {
            "calls": asked.calls,
            "boto3": measured(asked.calls, lambda: one_by_one(plain, asked.calls)),
            "cloud": measured(asked.calls, lambda: asyncio.run(through_cloud(sessions, asked.calls, asked.threads))),
        }
    print(json.dumps(found, indent=2))


@contextmanager
def emulator(latency: float) -> Iterator[str]:
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    server = spawn.Process(target=serve, args=(there, latency), daemon=True)
    server.start()
    try:
        yield here.recv()
    finally:
        here.send("stop")
        server.join()


def serve(pipe: Connection, latency: float) -> None:
    with Emulator.start(check_s3=False, latency=latency) as sagemaker:
        pipe.send(sagemaker.url)
        pipe.recv()


def measured(calls: int, work: Callable[[], None]) -> dict[str, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    seconds = time.perf_counter() - wall
    return {
        "cpu_ms_per_call": round((time.process_time() - cpu) / calls * 1000, 3),
        "calls_per_second": round(calls / seconds),
    }


def one_by_one(client: Any, calls: int) -> None:
    for _ in range(calls):
        client.describe_training_job(TrainingJobName="digits")


async def through_cloud(sessions: Sessions, calls: int, threads: int) -> None:
    cloud = Cloud(sessions, Limits(Pace(start=100_000, ceiling=100_000)), threads=threads)
    request = {"TrainingJobName": "digits"}
    await asyncio.gather(
        *(cloud.call("DescribeTrainingJob", request, region=REGION, lane=Lane.DRIFT) for _ in range(calls))
    )
    await cloud.close()


if __name__ == "__main__":
    main()
