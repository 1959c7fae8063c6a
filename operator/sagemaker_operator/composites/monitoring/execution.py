"""One run of a schedule and what came of it, whoever ran it; in the status as an item of ``executions``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from sagemaker_operator.engine.times import read, written


class Result(StrEnum):
    """What came of a run; all but NoData are statuses of SageMaker's monitoring executions."""

    IN_PROGRESS = "InProgress"
    COMPLETED = "Completed"
    VIOLATIONS = "CompletedWithViolations"
    NO_DATA = "NoData"
    FAILED = "Failed"
    STOPPED = "Stopped"


@dataclass(frozen=True, slots=True)
class Finding:
    """A violation: of which check, by which feature, and how far it is from what is allowed, where the check has a distance."""

    feature: str
    check: str
    value: float | None = None
    threshold: float | None = None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """A finding as the status and the analyzer's summary have it."""
        return cls(str(told["feature"]), str(told["check"]), told.get("value"), told.get("threshold"))

    def told(self) -> dict[str, Any]:
        """As it stands in the status."""
        numbers = {"value": self.value, "threshold": self.threshold}
        return {"feature": self.feature, "check": self.check} | {
            name: round(number, 6) for name, number in numbers.items() if number is not None
        }


@dataclass(frozen=True, slots=True)
class Execution:
    """One run.

    Attributes:
        name: unique among the runs of a schedule, and the same whenever it is looked at.
        scheduled: the time that it was scheduled for.
        start, end: its window; None where that is not known.
        result: what came of it.
        explained: whether all that there is to know about the violations is known.
        violations: how many there are.
        by_check: how many there are of each check.
        worst: the worst of them, the worst first.
        records: how many records were analysed; None if that is not known.
        rejected: how many could not be read.
        line: one sentence about it all.
        message: what the job or SageMaker said, where it failed.
        output: the S3 URI of the directory with its files.
        report: the S3 URI of the page for people, if there is one.
        ended: when it was over.
    """

    name: str
    scheduled: datetime
    start: datetime | None = None
    end: datetime | None = None
    result: Result = Result.IN_PROGRESS
    explained: bool = False
    violations: int = 0
    by_check: Mapping[str, int] = field(default_factory=dict)
    worst: tuple[Finding, ...] = ()
    records: int | None = None
    rejected: int | None = None
    line: str = ""
    message: str = ""
    output: str = ""
    report: str = ""
    ended: datetime | None = None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """A run as the status tells it."""
        return cls(
            name=told["name"],
            scheduled=_moment(told["scheduledTime"]),
            start=read(told.get("windowStart")),
            end=read(told.get("windowEnd")),
            result=Result(told["result"]),
            explained=bool(told.get("explained")),
            violations=int(told.get("violations", 0)),
            by_check=dict(told.get("byCheck") or {}),
            worst=tuple(map(Finding.of, told.get("worst") or ())),
            records=told.get("records"),
            rejected=told.get("rejected"),
            line=told.get("summary", ""),
            message=told.get("message", ""),
            output=told.get("outputS3URI", ""),
            report=told.get("reportS3URI", ""),
            ended=read(told.get("completionTime")),
        )

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.result is not Result.IN_PROGRESS

    def told(self) -> dict[str, Any]:
        """As it stands in the status: what says nothing is left out."""
        told = {
            "name": self.name,
            "scheduledTime": written(self.scheduled),
            "windowStart": self.start and written(self.start),
            "windowEnd": self.end and written(self.end),
            "result": str(self.result),
            "explained": self.explained or None,
            "violations": self.violations or None,
            "byCheck": dict(self.by_check) or None,
            "worst": [finding.told() for finding in self.worst] or None,
            "records": self.records,
            "rejected": self.rejected,
            "summary": self.line or None,
            "message": self.message or None,
            "outputS3URI": self.output or None,
            "reportS3URI": self.report or None,
            "completionTime": self.ended and written(self.ended),
        }
        return {name: value for name, value in told.items() if value is not None}


def _moment(text: str) -> datetime:
    moment = read(text)
    assert moment is not None, text
    return moment
