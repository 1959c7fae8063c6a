"""A watched endpoint on the virtual clock: what it captured, and what the analyzer makes of that.

The analyzer's container is played: when SageMaker has completed one of its processing jobs, its exit message and the files that
it leaves in S3 are there, as the analyzer writes them. What it finds is for the test to say.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from tests.builders import Manifest
from tests.rehearsal.doors import START
from tests.rehearsal.kubernetes import NAMESPACE, Object
from tests.rehearsal.stage import Rehearsal

from sagemaker_local.emulator.resource import Resource
from sagemaker_operator.engine.resource import Key
from sagemaker_operator.kinds import GROUP, VERSION

BUCKET = "s3://monitored"
CAPTURES = f"{BUCKET}/captures/digits/AllTraffic/"
ROLE = "arn:aws:iam::123456789012:role/monitoring"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/sagemaker-analyzer:1.0"
SCHEDULE = Key("MonitoringSchedule", NAMESPACE, "digits")
HOUR = 3600.0


def schedule(**spec: Any) -> Manifest:
    """A valid schedule of the operator's own engine; fields that are None are left out."""
    told = {
        "monitoringType": "DataQuality",
        "schedule": "0 * * * *",
        "delaySeconds": 60,
        "source": {
            "endpoint": {"endpointName": "digits", "dataCapturedDestinationS3URI": f"{BUCKET}/captures"},
        },
        "baseline": {"from": {"s3": {"s3URI": f"{BUCKET}/train.csv", "datasetFormat": {"csv": {"header": False}}}}},
        "output": {"s3OutputPath": f"{BUCKET}/results"},
        "roleARN": ROLE,
        "image": IMAGE,
        **spec,
    }
    return {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "MonitoringSchedule",
        "metadata": {"name": SCHEDULE.name},
        "spec": {name: value for name, value in told.items() if value is not None},
    }


class Watched:
    """The data of an endpoint, and the analyzer that looks at it.

    Attributes:
        finds: what the next runs are to find, one after another: by feature, how far it is from a threshold of 0.1; "no data"
            where the container finds none. Runs for which nothing is said find nothing.
        records: how many records each run sees.
        rejected: how many others it cannot read.
        mute: whether jobs leave nothing and say nothing, as those of an image that is not the analyzer.
        windows: the windows that were analysed, in their order.
    """

    def __init__(self, play: Rehearsal) -> None:
        self._play = play
        self.finds: list[Mapping[str, float] | str] = []
        self.records = 1000
        self.rejected = 0
        self.mute = False
        self.windows: list[tuple[str, str]] = []
        play.amazon.listen(self._heard)

    def captures(self, *hours: int) -> None:
        """Something is captured in hours after the beginning of the play; without any in all of two days."""
        for hour in hours or range(48):
            moment = (START + timedelta(hours=hour)).strftime("%Y/%m/%d/%H")
            self._play.amazon.files[f"{CAPTURES}{moment}/captured.jsonl"] = "{}\n"

    def _heard(self, job: Resource, _: float) -> None:
        if job.kind != "ProcessingJob" or "dataset_source" not in job.spec.get("Environment", {}):
            return
        if job.status != "Completed" or "ExitMessage" in job.facts or self.mute:
            return
        told = job.spec["Environment"]
        output, *others = (one["S3Output"]["S3Uri"] for one in job.spec["ProcessingOutputConfig"]["Outputs"])
        if "baseline_constraints" not in told:
            self._put(output, {"constraints.json": {}, "statistics.json": {}})
            job.facts["ExitMessage"] = "Completed: Job completed successfully with no violations."
            return
        if "start_time" in told:
            self.windows.append((told["start_time"], told["end_time"]))
        found = self.finds.pop(0) if self.finds else {}
        if isinstance(found, str):
            job.status, job.facts["ExitMessage"] = "Failed", f"Error: Job inputs had {found}"
            return
        for where in (output, *(f"{other}/{told.get('start_time')}" for other in others)):
            self._put(where, {"summary.json": summary(found, self.records) | {"rejected": self.rejected}})
        word = "CompletedWithViolations" if found else "Completed"
        job.facts["ExitMessage"] = f"{word}: Job completed successfully with {len(found) or 'no'} violations."

    def _put(self, where: str, files: Mapping[str, Any]) -> None:
        for name, content in files.items():
            self._play.amazon.files[f"{where}/{name}"] = json.dumps(content)


def summary(found: Mapping[str, float], records: int) -> dict[str, Any]:
    """The analyzer's summary.json."""
    check = "baseline_drift_check"
    return {
        "version": 1,
        "analysis": "DATA_QUALITY",
        "records": records,
        "rejected": 0,
        "violations": len(found),
        "byCheck": {check: len(found)} if found else {},
        "worst": [{"feature": name, "check": check, "value": value, "threshold": 0.1} for name, value in found.items()],
        "line": f"{len(found)} violations in {records} records",
    }


def until_runs(play: Rehearsal, count: int, *, key: Key = SCHEDULE) -> list[Object]:
    """Let time pass until so many executions are over and explained; the newest first."""

    def seen() -> bool:
        return len(list(over(play, key))) >= count

    play.until(f"{count} runs are over", seen, within=(count + 2) * HOUR)
    return list(over(play, key))


def over(play: Rehearsal, key: Key = SCHEDULE) -> Iterable[Object]:
    """The executions that are over, the newest first."""
    for one in play.status(key).get("executions", ()):
        told = one["result"] in ("Completed", "CompletedWithViolations")
        if one["result"] != "InProgress" and (one.get("explained") or not told):
            yield one


def readiness(play: Rehearsal, key: Key) -> list[str]:
    """The statuses of Ready that an object has from now on, each as it comes."""
    said: list[str] = []

    def hear(_event: str, after: Object, _before: Object | None) -> None:
        if (after["kind"], after["metadata"]["name"]) == (key.kind, key.name):
            ready = play.condition(key, "Ready").get("status", "")
            if said[-1:] != [ready]:
                said.append(ready)

    play.kubernetes.watchers.append(hear)
    return said
