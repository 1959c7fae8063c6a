"""What has become of the jobs of a schedule: which run, which are over, and which of those are too many."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sagemaker_operator.composites.child import Child
from sagemaker_operator.composites.plan import Situation
from sagemaker_operator.engine.announce import Announcement
from sagemaker_operator.engine.times import read
from sagemaker_operator.kinds import GROUP

SCHEDULED = f"{GROUP}/scheduled-at"
# As in https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#jobs-history-limits
_LIMITS = {"successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1}


@dataclass(frozen=True, slots=True)
class History:
    """The jobs of one schedule, as they are and as the last status told of them.

    Attributes:
        active: those that are not over, in the order in which they were made; also those that are on their way to be gone.
        over: those that are over and stay so far, likewise.
        last: the scheduled time of the latest job ever.
        succeeded: when the latest success was, ever.
        events: what has happened since the last status.
    """

    active: tuple[Child, ...]
    over: tuple[Child, ...]
    last: datetime | None
    succeeded: datetime | None
    events: tuple[Announcement, ...]

    @classmethod
    def of(cls, situation: Situation) -> Self:
        """The history that a situation shows."""
        children = sorted(situation.children, key=lambda child: (child.created, child.name))
        before = situation.parent.status
        succeeded = [read(child.ended) for child in children if child.succeeded]
        return cls(
            active=tuple(child for child in children if not child.finished),
            over=tuple(child for child in children if child.finished and not child.deleting),
            last=_latest([read(before.get("lastScheduleTime")), *map(scheduled, children)]),
            succeeded=_latest([read(before.get("lastSuccessfulTime")), *succeeded]),
            events=tuple(_news(situation)),
        )

    def too_many(self, spec: Mapping[str, Any]) -> tuple[Child, ...]:
        """The oldest of those that are over, beyond what the limits let stay."""
        return tuple(
            child
            for name, default in _LIMITS.items()
            for alike in [[c for c in self.over if c.succeeded == (name == "successfulJobsHistoryLimit")]]
            for child in alike[: max(0, len(alike) - int(spec.get(name, default)))]
        )


def scheduled(child: Child) -> datetime | None:
    """The scheduled time that a job was made for."""
    return read(child.annotations.get(SCHEDULED))


def _latest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)


def _news(situation: Situation) -> Iterable[Announcement]:
    """What became of those that were active when the last status was written."""
    children = {child.uid: child for child in situation.children}
    for known in situation.parent.status.get("active", ()):
        child = children.get(known["uid"])
        if child is None and "replacing" not in situation.parent.status:
            yield Announcement("Normal", "MissingJob", f"Active job went missing: {known['name']}", "Watch")
        elif child is not None and child.finished:
            outcome = "Complete" if child.succeeded else "Failed"
            message = f"Saw completed job: {child.name}, condition: {outcome}"
            yield Announcement("Normal", "SawCompletedJob", message, "Watch")
