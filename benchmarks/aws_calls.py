"""What a call to SageMaker costs the operator: CPU time per call through `Cloud`, and through boto3 as it comes.

    python benchmarks/aws_calls.py --calls 2000

The emulator runs in a process of its own, so that the CPU time of this process is that of the operator alone.
"""

import argparse
import asyncio
import json
import os
import time
from collections.abc import Callable
from typing import Any

import boto3
from asking import ACCOUNT, JOB, REGION
from processes import emulator

from sagemaker_operator.aws.cloud import Cloud
from sagemaker_operator.aws.limits import Limits, Pace
from sagemaker_operator.aws.sessions import Sessions
from sagemaker_operator.engine.lanes import Lane


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds by which SageMaker delays its answers")
    asked = parser.parse_args()
    os.environ |= {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "emulated"}
    with emulator("--latency", str(asked.latency)) as (url, _):
        plain = boto3.client("sagemaker", region_name=REGION, endpoint_url=url)
        plain.create_training_job(TrainingJobName="digits", **JOB)
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
