"""The stages of training jobs and their messages: those of the simulated course, so that nobody sees which one a job is on."""

from collections.abc import Iterator
from typing import Final

from sagemaker_local.emulator.families.jobs import course
from sagemaker_local.emulator.timeline import Step, Timeline

MAX_RUNTIME: Final = "MaxRuntimeExceeded"
MAX_WAIT: Final = "MaxWaitTimeExceeded"
RUNTIME_OVER: Final = "Training job runtime exceeded MaxRuntimeInSeconds provided"
WAIT_OVER: Final = "Training job wait time exceeded MaxWaitTimeInSeconds provided"
RESTARTING: Final = "Restarting the training job"


def _steps(timeline: Timeline) -> Iterator[Step]:
    yield from timeline.steps
    yield from timeline.detour
    yield from (step for step in (timeline.failed, timeline.queued) if step is not None)


MESSAGES: Final[dict[str, str]] = {
    **{
        step.detail: step.message
        for timeline in (course.CREATE, course.STOP)
        for step in _steps(timeline)
        if step.detail is not None and step.message is not None
    },
    MAX_RUNTIME: RUNTIME_OVER,
    MAX_WAIT: WAIT_OVER,
    "Restarting": RESTARTING,
}
"""What is said of each secondary status."""
QUEUED: Final = ("Pending", MESSAGES["Pending"])
