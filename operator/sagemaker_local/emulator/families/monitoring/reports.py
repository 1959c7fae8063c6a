"""How a monitoring job ends: with what violations, and with what files in S3, in the formats of Model Monitor's analyzer.

Violations are those that a scenario says. Without one, a job that really ran has said itself what it found; for one that was
only simulated, they are those that the captured data show against the baseline's constraints.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from sagemaker_local.emulator.families.monitoring import captured, verdict
from sagemaker_local.emulator.families.monitoring.contract import baseline_urls
from sagemaker_local.emulator.families.monitoring.work import Work
from sagemaker_local.emulator.family import Step, Timeline, at
from sagemaker_local.emulator.resource import EXECUTED, Json, Place, Resource
from sagemaker_local.emulator.world import World

NO_DATA: Final = "Job inputs had no data"
"""FailureReason of an execution without captured data (sagemaker-python-sdk#2634)."""
NO_BUCKET: Final = "ClientError: The bucket {bucket} of the output {url} does not exist."
"""FailureReason of a job that has nowhere to write; the words are unverified."""
COMPLETED: Final = "Completed"
VIOLATED: Final = "CompletedWithViolations"


def conclude(schedule: Resource, work: Work, job: Resource, world: World) -> str:
    """The status of an execution whose job has completed; writes what the job has not written itself."""
    wanted: list[Json] | None = world.scenarios.found(schedule.kind, schedule.name)
    really = job.facts.get(EXECUTED)
    if really and wanted is None:
        return _said(job)
    if really:
        found = wanted or []
        _put(job, "constraint_violations.json", {"violations": found}, world)
    else:
        found = _judge(schedule, work, job, world, wanted=wanted)
    status = VIOLATED if found else COMPLETED
    job.facts["ExitMessage"] = f"{status}: Job completed successfully with {len(found) or 'no'} violations."
    return status


def failure(job: Resource) -> str | None:
    """Why an execution failed whose job did: data that is missing is called so, as where there is no job at all."""
    return NO_DATA if NO_DATA in job.facts.get("ExitMessage", "") else job.reason


def _said(job: Resource) -> str:
    """The status that a container tells: what its exit message begins with."""
    return VIOLATED if job.facts.get("ExitMessage", "").startswith(VIOLATED) else COMPLETED


def _judge(schedule: Resource, work: Work, job: Resource, world: World, *, wanted: list[Json] | None) -> list[Json]:
    """Judge the data, write all reports of a job, and return the violations."""
    folders: list[str] = job.facts["Execution"]["Folders"]
    constraints = _baseline(work, schedule, world)
    features = verdict.feature_names(constraints)
    rows = verdict.rows_of(captured.lines(folders, work.source, schedule.place, world), features)
    found = wanted
    if found is None:
        found = verdict.violations(rows, constraints) if constraints else []
    _put(job, "constraint_violations.json", {"violations": found}, world)
    _put(job, "statistics.json", verdict.statistics(rows), world)
    _put(job, "constraints.json", constraints or verdict.suggested(rows), world)
    return found


def _put(job: Resource, name: str, content: Mapping[str, Any], world: World) -> None:
    bucket, prefix = captured.split(_output(job))
    if world.storage is not None:
        world.storage.put(job.place.account, bucket, f"{prefix}/{name}".lstrip("/"), _encode(content))


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
