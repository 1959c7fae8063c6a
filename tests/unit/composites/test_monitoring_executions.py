"""What runs of the operator's own engine are told to be, by their jobs and by the files that can or cannot be read."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sagemaker_operator.composites.asks import Ask, Denied, Read, Told
from sagemaker_operator.composites.child import Child
from sagemaker_operator.composites.cron.history import SCHEDULED
from sagemaker_operator.composites.monitoring.execution import Execution, Result
from sagemaker_operator.composites.monitoring.executions import OUTPUT, WINDOW, of_jobs
from sagemaker_operator.composites.plan import Situation
from sagemaker_operator.composites.table import COMPANIONS
from sagemaker_operator.engine.resource import Object

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
FILES = "s3://bucket/results"
SUMMARY, VIOLATIONS = Read(f"{FILES}/summary.json", ""), Read(f"{FILES}/constraint_violations.json", "")
JOB = Child(
    kind="ProcessingJob",
    name="digits-1",
    uid="1",
    created="2026-01-01T11:00:00Z",
    annotations={
        SCHEDULED: "2026-01-01T11:00:00+00:00",
        WINDOW: "2026-01-01T10:00:00Z/2026-01-01T11:00:00Z",
        OUTPUT: FILES,
    },
    finished=True,
    succeeded=True,
    ended="2026-01-01T11:05:00Z",
)


def seen(
    job: Child, *, before: Execution | None = None, answers: dict[Ask, Told | Denied] | None = None
) -> tuple[Execution, tuple[Ask, ...]]:
    status: dict[str, Any] = {} if before is None else {"executions": [before.told()]}
    parent = Object(
        kind=COMPANIONS["MonitoringSchedule"],
        namespace="default",
        name="digits",
        uid="0",
        generation=1,
        version="1",
        deleting=False,
        finalizers=(),
        annotations={},
        spec={},
        status=status,
    )
    (one,), asks = of_jobs(Situation(parent, (job,), NOW, answers=answers or {}), (job,))
    return one, asks


def test_nothing_is_said_of_a_run_before_its_files_are_known() -> None:
    one, asks = seen(JOB)

    assert (one.result, asks) == (Result.IN_PROGRESS, (SUMMARY,))


def test_a_run_stays_over_however_often_its_files_cannot_be_had() -> None:
    over, _ = seen(JOB, answers={SUMMARY: Denied("slow down", passing=True)})
    assert (over.result, over.explained) == (Result.COMPLETED, False)

    again, asks = seen(JOB, before=over)

    assert (again.result, asks) == (Result.COMPLETED, (SUMMARY,))


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ("", Result.FAILED),
        ("Completed: Job completed successfully with no violations.", Result.COMPLETED),
        ("CompletedWithViolations: Job completed successfully with 2 violations.", Result.VIOLATIONS),
    ],
)
def test_without_files_the_word_of_the_job_counts(said: str, result: Result) -> None:
    one, _ = seen(replace(JOB, message=said), answers={SUMMARY: Told(None), VIOLATIONS: Told(None)})

    assert (one.result, one.explained) == (result, True)


def test_a_file_without_violations_is_an_account() -> None:
    one, _ = seen(JOB, answers={SUMMARY: Told(None), VIOLATIONS: Told('{"violations": []}')})

    assert one.result is Result.COMPLETED
