"""The training jobs of a tuning job as trials of a search: what was tried, and what came of it.

Made from rows of ListTrainingJobsForHyperParameterTuningJob each time, so that a search goes on after a restart as if there had
been none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sagemaker_local.emulator.families.jobs.tuning_children import COURSE
from sagemaker_local.emulator.resource import Json
from sagemaker_local.runner.search.space import Point, Space


@dataclass(frozen=True, slots=True)
class Trial:
    """One training job.

    Attributes:
        loss: its objective, as something to be made small; None if it has none.
        running: whether it may have one later.
    """

    point: Point
    loss: float | None
    running: bool


def trials(rows: Iterable[Json], space: Space, *, maximise: bool) -> list[Trial]:
    """The trials in a space; those of other tuning jobs may lie outside of it, and are left out."""
    found: list[Trial] = []
    for row in rows:
        point = space.searched(row.get("TunedHyperParameters", {}))
        if point is None:
            continue
        value: float | None = row.get("FinalHyperParameterTuningJobObjectiveMetric", {}).get("Value")
        loss = None if value is None else -value if maximise else value
        running = row["TrainingJobStatus"] in ("InProgress", "Stopping")
        found.append(Trial(point, loss, running))
    return found


def course(row: Json, *, maximise: bool) -> Sequence[float]:
    """The objective of a training job as it was reported again and again, as something to be made small."""
    return [-value if maximise else value for value in row.get(COURSE, ())]
