"""What stands beside a schedule that SageMaker runs: its job definition, and what became of the runs.

The pass (`controller.passes`) makes, changes and deletes the schedule itself; it waits for the definition that the manifest
stands for, which is made here. An old one stays until SageMaker shows that it runs the new one. Runs are those that SageMaker
lists; what they found is read from the jobs that it started, and from their files.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sagemaker_operator.composites.asks import Ask, Denied, Describe
from sagemaker_operator.composites.child import Child
from sagemaker_operator.composites.plan import Situation, Wanted
from sagemaker_operator.engine.resource import FINALIZER, Object
from sagemaker_operator.engine.times import read
from sagemaker_operator.kinds.monitoring_definition import REFERENCES, Definition, definition
from sagemaker_operator.kinds.monitoring_form import CONFIG, in_effect, left_to_us

from .execution import Execution, Result
from .executions import count_of, explain, newest

LISTED = "monitoringExecutions"
_LATEST = "lastMonitoringExecutionSummary"
MAKES = tuple(f"{monitors}JobDefinition" for monitors in REFERENCES)
_BUSY = frozenset({"Pending", "InProgress", "Stopping"})
_NO_DATA = "no data"
_LONGEST = 512


def wanted_definitions(parent: Object) -> tuple[Wanted, ...]:
    """The definition that a manifest stands for; none before its baseline is known, and none where nothing is to be made."""
    made = _definition(parent)
    asleep = parent.spec.get("suspend") and not parent.status.get("arn")
    if made is None or not made.complete or parent.deleting or asleep:
        return ()
    return (Wanted(made.kind, made.name, made.spec),)


def missing(situation: Situation) -> tuple[Wanted, ...]:
    """The definitions to create."""
    there = {child.name for child in situation.children} | situation.refused.keys()
    return tuple(one for one in wanted_definitions(situation.parent) if one.name not in there)


def surplus(situation: Situation) -> tuple[Child, ...]:
    """The definitions that may go: SageMaker shows at rest that it runs another one, or has no schedule any more."""
    parent = situation.parent
    there = [child for child in situation.children if child.kind in MAKES and not child.deleting]
    if left_to_us(parent.spec):
        return () if FINALIZER in parent.finalizers else tuple(there)
    if not in_effect(parent.status) or _moving(parent.status):
        return ()
    runs, made = in_effect(parent.status), _definition(parent)
    if made is not None and not any(child.name == made.name and child.identity in runs for child in there):
        return ()
    return tuple(child for child in there if child.identity not in runs)


def executions(situation: Situation, before: tuple[Execution, ...]) -> tuple[tuple[Execution, ...], tuple[Ask, ...]]:
    """The runs that SageMaker tells of, the newest first, and what has to be asked to know more of them.

    Args:
        situation: the status of whose parent holds the list.
        before: the runs as the status told them last.
    """
    found = {one.name: one for one in before}
    asks: list[Ask] = []
    for row in _rows(situation.parent.status):
        one, asked = _looked_into(situation, _seen(situation.parent, row, found), row)
        found[one.name] = one
        asks += asked
    return newest(found.values()), tuple(asks)


def _rows(status: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """The runs that SageMaker tells of: those that it lists, and the latest as Describe shows it, which a list lags behind."""
    found = {row["scheduledTime"]: row for row in status.get(LISTED) or ()}
    if (latest := status.get(_LATEST)) is not None and "scheduledTime" in latest:
        found[latest["scheduledTime"]] = latest
    return found.values()


def _definition(parent: Object) -> Definition | None:
    """The definition of a short form."""
    if left_to_us(parent.spec) or CONFIG in parent.spec or "monitoringType" not in parent.spec:
        return None
    return definition(parent.name, parent.spec, parent.status)


def _moving(status: Mapping[str, Any]) -> bool:
    """Whether SageMaker changes the schedule or runs it."""
    last = (status.get(_LATEST) or {}).get("monitoringExecutionStatus")
    return status.get("monitoringScheduleStatus") in (None, "Pending") or last in _BUSY


def _seen(parent: Object, row: Mapping[str, Any], before: Mapping[str, Execution]) -> Execution:
    """A run as SageMaker lists it."""
    scheduled = _moment(row["scheduledTime"])
    name = f"{parent.name}-{scheduled:%Y%m%d%H%M%S}"
    one = before.get(name) or Execution(name, scheduled)
    result = _result(row)
    if one.result is result and one.over:
        return one
    said = str(row.get("failureReason") or "")[:_LONGEST] if result is not Result.IN_PROGRESS else ""
    ended = None if result is Result.IN_PROGRESS else read(row.get("lastModifiedTime"))
    return replace(one, result=result, message=said, ended=ended, explained=False)


def _result(row: Mapping[str, Any]) -> Result:
    told = row["monitoringExecutionStatus"]
    if told in _BUSY:
        return Result.IN_PROGRESS
    if told == Result.FAILED and _NO_DATA in str(row.get("failureReason")):
        return Result.NO_DATA
    return Result(told) if told in set(Result) else Result.FAILED


def _looked_into(situation: Situation, one: Execution, row: Mapping[str, Any]) -> tuple[Execution, tuple[Ask, ...]]:
    """A run with what its job and its files tell, and what has to be asked for that."""
    arn = str(row.get("processingJobARN") or "")
    if not one.over or one.explained:
        return one, ()
    if not arn:
        return replace(one, explained=True), ()
    if not one.output:
        ask = Describe("ProcessingJob", arn.rpartition("/")[2], arn.split(":")[3])
        answer = situation.answers.get(ask)
        if answer is None:
            return one, (ask,)
        if isinstance(answer, Denied):
            said = f"ProcessingJob {ask.name} cannot be looked at: {answer.message}"[:_LONGEST]
            return replace(one, explained=not answer.passing, message=one.message or said), ()
        one = _of_job(one, answer.value or {})
    if one.result not in (Result.COMPLETED, Result.VIOLATIONS) or not one.output:
        return replace(one, explained=True), ()
    return explain(situation, one)


def _of_job(one: Execution, job: Mapping[str, Any]) -> Execution:
    """A run with what Describe tells of its job."""
    said, told = str(job.get("ExitMessage") or ""), job.get("Environment") or {}
    outputs: Iterable[Mapping[str, Any]] = (job.get("ProcessingOutputConfig") or {}).get("Outputs") or ()
    places = (output.get("S3Output", {}).get("S3Uri", "") for output in outputs)
    result = one.result
    if result is Result.FAILED and _NO_DATA in said:
        result = Result.NO_DATA
    # SageMaker's reason for a failure is often no more than that there was one.
    message = " ".join(dict.fromkeys(text for text in (one.message, said) if text and one.result is Result.FAILED))
    return replace(
        one,
        result=result,
        start=read(told.get("start_time")),
        end=read(told.get("end_time")),
        violations=count_of(said) if result is Result.VIOLATIONS else 0,
        message=(message or one.message)[:_LONGEST],
        output=next(places, "").rstrip("/"),
        ended=job.get("ProcessingEndTime") or one.ended,
    )


def _moment(text: str) -> datetime:
    moment = read(text)
    assert moment is not None, text
    return moment
