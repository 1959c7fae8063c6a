"""What a monitoring job leaves in S3, in the formats of Model Monitor's analyzer: violations, statistics and constraints.

Violations are those that a scenario says; without one, those that the captured data show against the baseline's constraints.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from sagemaker_local.emulator.families.monitoring import captured, verdict
from sagemaker_local.emulator.families.monitoring.contract import baseline_urls
from sagemaker_local.emulator.families.monitoring.work import Work
from sagemaker_local.emulator.family import Step, Timeline, at
from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.world import World

NO_BUCKET: Final = "ClientError: The bucket {bucket} of the output {url} does not exist."
"""FailureReason of a job that has nowhere to write; the words are unverified."""


def write(schedule: Resource, work: Work, job: Resource, folders: list[str], world: World) -> list[Json]:
    """Judge the data, write the reports of a job, and return the violations."""
    constraints = _baseline(work, schedule, world)
    features = verdict.feature_names(constraints)
    rows = verdict.rows_of(captured.lines(folders, work.source, schedule.place, world), features)
    found: list[Json] | None = world.scenarios.found(schedule.kind, schedule.name)
    if found is None:
        found = verdict.violations(rows, constraints) if constraints else []
    reports = {
        "constraint_violations.json": {"violations": found},
        "statistics.json": verdict.statistics(rows),
        "constraints.json": constraints or verdict.suggested(rows),
    }
    bucket, prefix = captured.split(_output(job))
    for name, content in reports.items():
        if world.storage is not None:
            world.storage.put(schedule.place.account, bucket, f"{prefix}/{name}".lstrip("/"), _encode(content))
    return found


def unreachable(job: Resource, world: World) -> str | None:
    """Why a job cannot write its reports, if S3 is looked at and it cannot."""
    url = _output(job)
    bucket, _ = captured.split(url)
    if world.inputs is None or world.inputs.holds(job.place.account, bucket):
        return None
    return NO_BUCKET.format(bucket=bucket, url=url)


def failing(reason: str) -> Timeline:
    """What a job does that has nowhere to write: it runs, and fails when it wants to write."""
    return Timeline(
        (
            at(0, "InProgress", "Starting"),
            at(180, "InProgress", "Processing"),
            Step(300, "Failed", "Failed", reason=reason),
        )
    )


def _output(job: Resource) -> str:
    url: str = job.spec["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
    return url


def _baseline(work: Work, schedule: Resource, world: World) -> Mapping[str, Any]:
    url = baseline_urls(work, schedule, world).get("constraints")
    found = _read(url, schedule.place, world) if url else None
    # Other types of monitoring have constraints of metrics, which are not evaluated here.
    return found if found is not None and work.monitor.type == "DataQuality" else {}


def _read(url: str, place: Place, world: World) -> Json | None:
    """A JSON object from S3; None if there is none. A folder means the constraints in it."""
    bucket, key = captured.split(url)
    for name in (key, f"{key.rstrip('/')}/constraints.json"):
        body = world.storage.get(place.account, bucket, name) if world.storage else None
        if body is not None:
            try:
                found = json.loads(body)
            except ValueError:
                return None
            return found if isinstance(found, dict) else None
    return None


def _encode(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, indent=2).encode()
