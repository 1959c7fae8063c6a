"""The time limit and the times of jobs with statuses in capitals: STARTING, INPROGRESS, then COMPLETED, FAILED or STOPPED."""

from dataclasses import replace
from typing import Final

from sagemaker_local.emulator.family import Step, Timeline, at
from sagemaker_local.emulator.resource import Resource

FINISHED: Final = frozenset({"COMPLETED", "FAILED", "STOPPED"})
RUNNING: Final = frozenset({"STARTING", "INPROGRESS"})
STOP: Final = Timeline((at(0, "STOPPING"), at(30, "STOPPED")))


def in_time(resource: Resource, timeline: Timeline) -> Timeline:
    """The timeline, ended by MaxRuntimeInSeconds if work takes longer."""
    limit = resource.spec.get("StoppingCondition", {}).get("MaxRuntimeInSeconds")
    working = [step for step in timeline.steps if step.status == "INPROGRESS"]
    if limit is None or not working or timeline.steps[-1].after - working[0].after <= limit:
        return timeline
    end = working[0].after + limit
    kept = tuple(step for step in timeline.steps if step.after < end)
    return replace(timeline, steps=(*kept, at(end, "STOPPING"), at(end + 30, "STOPPED")))


def note_times(job: Resource, step: Step, now: float, *, work: str) -> None:
    """When work began and ended, as `<work>StartTime` and `<work>EndTime`."""
    if step.status == "INPROGRESS":
        job.facts[f"{work}StartTime"] = now
    elif step.status in FINISHED:
        job.facts[f"{work}EndTime"] = now
