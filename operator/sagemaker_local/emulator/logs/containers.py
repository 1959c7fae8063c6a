"""What the containers of a job have written so far: a few plausible lines, made up from what happened to the job.

Groups and names of streams are those of "CloudWatch Logs for Amazon SageMaker AI" in the Developer Guide
(https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html); the lines have the form of sagemaker-training-toolkit
(https://github.com/aws/sagemaker-training-toolkit). Containers that never started have written nothing.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import zip_longest
from typing import Final

from sagemaker_local.emulator.resource import Resource

_HOST: Final = re.compile(r"\balgo-\d+\b")
_OF_PROGRAM: Final = "AlgorithmError"


@dataclass(frozen=True, slots=True)
class Line:
    """One event of a log; the time is in epoch seconds."""

    time: float
    text: str


@dataclass(frozen=True, slots=True)
class Stream:
    """What one container has written, oldest first."""

    name: str
    began: float
    lines: list[Line] = field(default_factory=list)


def training(job: Resource) -> Iterator[Stream]:
    """A stream for each instance and each time that training began."""
    steps = job.facts.get("SecondaryStatusTransitions", ())
    begun = [(step, after) for step, after in zip_longest(steps, steps[1:]) if step["Status"] == "Training"]
    for step, after in begun:
        last = step is begun[-1][0]
        for host in _hosts(_count(job.spec.get("ResourceConfig", {}))):
            lines = list(_start(job, step["StartTime"]))
            if last and job.status == "Failed":
                lines += _failure(job, host, job.facts.get("TrainingEndTime", job.modified))
            elif after is not None and after["Status"] == "Uploading":
                lines.append(Line(step["EndTime"], _toolkit(step["EndTime"], "INFO", "Reporting training SUCCESS")))
            yield Stream(f"{job.name}/{host}-{int(step['StartTime'])}", step["StartTime"], lines)


def processing(job: Resource) -> Iterator[Stream]:
    """A stream for each instance."""
    began = job.facts.get("ProcessingStartTime")
    if began is None:
        return
    for host in _hosts(_count(job.spec["ProcessingResources"].get("ClusterConfig", {}))):
        lines = [Line(began, "Starting processing")]
        if job.status == "Failed":
            lines += _failure(job, host, job.facts.get("ProcessingEndTime", job.modified))
        yield Stream(f"{job.name}/{host}-{int(began)}", began, lines)


def transform(job: Resource) -> Iterator[Stream]:
    """Two streams for each instance: what the model's server writes, and what SageMaker writes of its requests."""
    began = job.facts.get("TransformStartTime")
    if began is None:
        return
    ended = float(job.facts.get("TransformEndTime") or began)
    for number, host in enumerate(_hosts(int(job.spec["TransformResources"].get("InstanceCount", 1)))):
        instance = blake2b(f"{job.arn}/{number}".encode(), digest_size=9).hexdigest()[:17]
        lines = [Line(began, "Starting gunicorn"), Line(began, '"GET /ping HTTP/1.1" 200')]
        if job.status == "Failed":
            lines += _failure(job, host, ended)
        name = f"{job.name}/i-{instance}-{int(began)}"
        yield Stream(name, began, lines)
        settings = "MaxConcurrentTransforms=1, MaxPayloadInMB=6, BatchStrategy=MULTI_RECORD"
        yield Stream(f"{name}/data-log", ended, [Line(ended, f"{_clock(ended)}:[sagemaker logs]: {settings}")])


GROUPS: Final[Mapping[str, tuple[str, Callable[[Resource], Iterator[Stream]]]]] = {
    "/aws/sagemaker/TrainingJobs": ("TrainingJob", training),
    "/aws/sagemaker/ProcessingJobs": ("ProcessingJob", processing),
    "/aws/sagemaker/TransformJobs": ("TransformJob", transform),
}
"""By log group: whose containers write there, and what."""


def _hosts(count: int) -> tuple[str, ...]:
    return tuple(f"algo-{number}" for number in range(1, count + 1))


def _count(config: Mapping[str, object]) -> int:
    groups = config.get("InstanceGroups")
    if isinstance(groups, list) and groups:
        return sum(int(group.get("InstanceCount", 1)) for group in groups)
    return max(1, int(str(config.get("SelectedInstanceCount") or config.get("InstanceCount") or 1)))


def _start(job: Resource, began: float) -> Iterator[Line]:
    given = job.spec.get("HyperParameters", {})
    arguments = "".join(f" --{name} {value}" for name, value in sorted(given.items()))
    yield Line(began, _toolkit(began, "INFO", "Imported framework sagemaker_pytorch_container.training"))
    yield Line(began, _toolkit(began, "INFO", "Invoking user script"))
    yield Line(began, f"/opt/conda/bin/python train.py{arguments}")


def _failure(job: Resource, host: str, ended: float) -> Iterator[Line]:
    """What a container writes whose program fails; SageMaker's own trouble is not known there."""
    kind, _, told = (job.reason or "").partition(":")
    failed = _HOST.search(told)
    if kind != _OF_PROGRAM or host != (failed[0] if failed else "algo-1"):
        return
    yield Line(ended, "Traceback (most recent call last):")
    yield Line(ended, '  File "/opt/ml/code/train.py", line 41, in <module>')
    yield from (Line(ended, line) for line in told.strip().splitlines())
    yield Line(ended, _toolkit(ended, "ERROR", "Reporting training FAILURE"))


def _toolkit(time: float, level: str, text: str) -> str:
    return f"{_clock(time).replace('T', ' ').replace('.', ',')} sagemaker-training-toolkit {level:8} {text}"


def _clock(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
