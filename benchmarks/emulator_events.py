"""What events cost the emulator: 10,000 training jobs on a virtual clock, told to a queue by an EventBridge rule, and received.

    python benchmarks/emulator_events.py --jobs 10000

Everything runs in this process without HTTP, so that the CPU time is that of making, matching, delivering and receiving events,
and of the jobs themselves, which are measured without a rule too.
"""

import argparse
import asyncio
import json
import time
from pathlib import Path
from typing import Any

from asking import ACCOUNT, JOB, REGION, authorization
from figures import Figure, report

from sagemaker_local.emulator import wire
from sagemaker_local.emulator.core import Core
from sagemaker_local.emulator.events.front import PROTOCOLS, EventsFront
from sagemaker_local.emulator.resource import Place

HERE = Place(ACCOUNT, REGION)
SQS, EVENTS = PROTOCOLS
ASK = 10
PER_JOB = 5
"""Messages about a job that completes: one for each of its secondary statuses."""
PATTERN = {
    "source": ["aws.sagemaker"],
    "detail-type": ["SageMaker Training Job State Change"],
    "detail": {"Tags": {"team": ["vision"]}},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    run_jobs(new_core(), 1)  # reads the service model, and does not count
    silent = run_jobs(new_core(), options.jobs)
    core = new_core()
    queue = listen(core)
    told = run_jobs(core, options.jobs)
    began = time.process_time()
    messages = asyncio.run(read(core, queue))
    reading = time.process_time() - began
    figures = [
        Figure(f"CPU s of {options.jobs} jobs", silent),
        Figure("CPU s of the same jobs with their events", told),
        Figure("CPU s to receive and delete the messages", reading),
        Figure("messages received", messages, least=options.jobs * PER_JOB),
        Figure("messages per CPU s to the queue", messages / (told - silent)),
        Figure("messages per CPU s to the receiver", messages / (told - silent + reading)),
        Figure("messages per CPU s, the jobs included", messages / (told + reading), least=2000.0),
    ]
    report(figures, file=options.json)


def new_core() -> Core:
    """An emulator on a virtual clock, without a port."""
    return Core(speed=1, virtual=True, latency=0, seed=0, check_s3=False)


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
    headers = {
        "X-Amz-Target": f"{protocol.prefix}{operation}",
        "Authorization": authorization(protocol.service),
        "Host": "127.0.0.1",
    }
    reply = await front.answer(protocol, headers, wire.encode(request), connected=lambda: True)
    if reply.status != 200:
        raise RuntimeError(reply.body.decode())
    return json.loads(reply.body)


if __name__ == "__main__":
    main()
