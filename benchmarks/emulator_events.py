"""What events cost the emulator: 10,000 training jobs on a virtual clock, told to a queue by an EventBridge rule, and received.

    python benchmarks/emulator_events.py --jobs 10000

Everything runs in this process without HTTP, so that the CPU time is that of making, matching, delivering and receiving events,
and of the jobs themselves, which are measured without a rule too.
"""

import argparse
import asyncio
import json
import resource
import time
from typing import Any

from sagemaker_local.emulator import wire
from sagemaker_local.emulator.core import Core
from sagemaker_local.emulator.events.front import PROTOCOLS, EventsFront
from sagemaker_local.emulator.resource import Place

HERE = Place("123456789012", "us-east-1")
SQS, EVENTS = PROTOCOLS
ASK = 10
JOB = {
    "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
    "RoleArn": "arn:aws:iam::123456789012:role/sagemaker",
    "InputDataConfig": [
        {
            "ChannelName": "train",
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train/"}},
        }
    ],
    "HyperParameters": {"epochs": "3", "rate": "0.1"},
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/models/"},
    "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10},
    "Tags": [{"Key": "team", "Value": "ml"}],
}
PATTERN = {
    "source": ["aws.sagemaker"],
    "detail-type": ["SageMaker Training Job State Change"],
    "detail": {"Tags": {"team": ["ml"]}},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--jobs", type=int, default=10_000)
    asked = parser.parse_args()
    silent = run_jobs(Core(speed=1, virtual=True, latency=0, seed=0, check_s3=False), asked.jobs)
    core = Core(speed=1, virtual=True, latency=0, seed=0, check_s3=False)
    queue = listen(core)
    told = run_jobs(core, asked.jobs)
    began = time.process_time()
    messages = asyncio.run(read(core, queue))
    reading = time.process_time() - began
    cost = told - silent + reading
    found = {
        "jobs": asked.jobs,
        "messages": messages,
        "cpu_seconds": {"jobs": silent, "jobs_and_events": told, "reading": reading},
        "messages_per_cpu_second": {
            "to_the_queue": messages / (told - silent),
            "end_to_end": messages / cost,
            "end_to_end_with_the_jobs": messages / (told + reading),
        },
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(found, indent=2))


def run_jobs(core: Core, jobs: int) -> float:
    """Start jobs and let them complete; returns the CPU seconds that it took."""
    began = time.process_time()
    for number in range(jobs):
        request = json.loads(json.dumps({"TrainingJobName": f"job-{number}", **JOB}))
        core.service.call("CreateTrainingJob", request, HERE)
    core.time.advance(3600)
    return time.process_time() - began


def listen(core: Core) -> str:
    """A queue that hears of every training job; returns its URL."""
    front = EventsFront(core.events, lambda _: HERE.account)

    def ask(protocol: Any, operation: str, **request: Any) -> Any:
        return asyncio.run(asked(front, protocol, operation, request))

    url: str = ask(SQS, "CreateQueue", QueueName="news")["QueueUrl"]
    ask(EVENTS, "PutRule", Name="jobs", EventPattern=json.dumps(PATTERN))
    arn = f"arn:aws:sqs:{HERE.region}:{HERE.account}:news"
    ask(EVENTS, "PutTargets", Rule="jobs", Targets=[{"Id": "news", "Arn": arn}])
    return url


async def read(core: Core, queue: str) -> int:
    """Receive and delete all messages, ten at a time; returns how many there were."""
    front = EventsFront(core.events, lambda _: HERE.account)
    count = 0
    while messages := (await asked(front, SQS, "ReceiveMessage", {"QueueUrl": queue, "MaxNumberOfMessages": ASK})).get(
        "Messages"
    ):
        entries = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(messages)]
        await asked(front, SQS, "DeleteMessageBatch", {"QueueUrl": queue, "Entries": entries})
        count += len(messages)
    return count


async def asked(front: EventsFront, protocol: Any, operation: str, request: Any) -> Any:
    """One request as it comes from the wire, and its answer."""
    credential = f"Credential={HERE.account}/20260101/{HERE.region}/{protocol.service}/aws4_request"
    headers = {"X-Amz-Target": f"{protocol.prefix}{operation}", "Authorization": credential, "Host": "127.0.0.1"}
    reply = await front.answer(protocol, headers, wire.encode(request), connected=lambda: True)
    if reply.status != 200:
        raise RuntimeError(reply.body.decode())
    return json.loads(reply.body)


if __name__ == "__main__":
    main()
