"""What became of the runs of the operator's own engine: told by their jobs, and by the files that these have left in S3."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sagemaker_operator.composites.asks import Ask, Denied, Read, Told
from sagemaker_operator.composites.child import Child
from sagemaker_operator.composites.cron.history import scheduled
from sagemaker_operator.composites.plan import Situation
from sagemaker_operator.engine.times import read
from sagemaker_operator.kinds import GROUP

from .execution import Execution, Finding, Result
from .findings import findings

MOST = 10
WINDOW = f"{GROUP}/monitored-window"
OUTPUT = f"{GROUP}/monitoring-output"
_WORST = 5
_NO_DATA = "no data"
_INPUTS = "Job inputs"
_LONGEST = 512


def known(situation: Situation) -> tuple[Execution, ...]:
    """The executions that the status tells, the newest first."""
    return tuple(map(Execution.of, situation.parent.status.get("executions") or ()))


def of_jobs(situation: Situation, jobs: Iterable[Child]) -> tuple[tuple[Execution, ...], tuple[Ask, ...]]:
    """All executions that are kept, the newest first, and what has to be asked to know more of them."""
    found = {one.name: one for one in known(situation)}
    asks: list[Ask] = []
    for job in jobs:
        seen = _seen(found.get(job.name), job)
        if seen is None:
            continue
        explained, asked = explain(situation, seen, mute=_mute(job, seen))
        # Nothing is said of violations before it is known whether the run looked for any.
        before = found.get(job.name)
        told = before is not None and before.over
        found[job.name] = replace(seen, result=Result.IN_PROGRESS) if asked and not told else explained
        asks += asked
    for name in found.keys() - {job.name for job in jobs}:
        if not found[name].over:
            found[name] = replace(found[name], result=Result.STOPPED, message="The ProcessingJob was deleted.")
    return newest(found.values()), tuple(asks)


def newest(executions: Iterable[Execution]) -> tuple[Execution, ...]:
    """The executions that are kept."""
    return tuple(sorted(executions, key=lambda one: one.scheduled, reverse=True))[:MOST]


def explain(
    situation: Situation, execution: Execution, *, mute: Execution | None = None
) -> tuple[Execution, tuple[Ask, ...]]:
    """An execution with what its files tell, and what has to be read for that.

    Args:
        situation: with the files that were read.
        execution: as its job tells it.
        mute: what it is if there are no such files.
    """
    if execution.explained or execution.result not in (Result.COMPLETED, Result.VIOLATIONS) or not execution.output:
        return execution, ()
    region = str(situation.parent.spec.get("region") or "")
    for file, reader in (("summary.json", _summary), ("constraint_violations.json", _violations)):
        ask = Read(f"{execution.output}/{file}", region)
        answer = situation.answers.get(ask)
        if answer is None:
            return execution, (ask,)
        if isinstance(answer, Denied):
            said = f"{file} cannot be read: {answer.message}"[:_LONGEST]
            return replace(execution, explained=not answer.passing, message=said), ()
        if isinstance(answer, Told) and answer.value is not None:
            return reader(execution, str(answer.value)), ()
    return mute or replace(execution, explained=True), ()


def _mute(job: Child, execution: Execution) -> Execution | None:
    """What an execution is whose job has left no files and claims nothing either: nobody has looked for violations then."""
    if execution.result is not Result.COMPLETED or job.message.startswith(f"{Result.COMPLETED}:"):
        return None
    said = (
        f"The job has left neither summary.json nor constraint_violations.json in {execution.output}: name the analyzer's image"
        " in spec.image (`docker build --target analyzer`)."
    )
    return replace(execution, result=Result.FAILED, explained=True, message=said[:_LONGEST])


def _seen(before: Execution | None, job: Child) -> Execution | None:
    """What a job tells of its execution; None if it is the job of none."""
    moment, span = scheduled(job), job.annotations.get(WINDOW, "").split("/")
    if moment is None or len(span) != 2:
        return None
    start, end = read(span[0]), read(span[1])
    one = before or Execution(job.name, moment, start, end, output=job.annotations.get(OUTPUT, ""))
    if one.over or not job.finished:
        return one
    result = _result(job)
    count = count_of(job.message) if result is Result.VIOLATIONS else 0
    said = "" if result in (Result.COMPLETED, Result.VIOLATIONS) else job.message
    if result is Result.NO_DATA:
        said = said[said.find(_INPUTS) :] if _INPUTS in said else said
    return replace(one, result=result, violations=count, message=said[:_LONGEST], ended=read(job.ended))


def _result(job: Child) -> Result:
    if job.succeeded:
        return Result.VIOLATIONS if job.message.startswith(Result.VIOLATIONS) else Result.COMPLETED
    if _NO_DATA in job.message:
        return Result.NO_DATA
    return Result.STOPPED if job.stopped else Result.FAILED


def count_of(message: str) -> int:
    """How many violations an exit message tells of."""
    return next((int(word) for word in message.split() if word.isdigit()), 0)


def _summary(execution: Execution, text: str) -> Execution:
    """What the analyzer's summary says."""
    try:
        told: Mapping[str, Any] = json.loads(text)
        worst = tuple(map(Finding.of, told.get("worst") or ()))[:_WORST]
        by_check = {str(name): int(count) for name, count in (told.get("byCheck") or {}).items()}
        violations = int(told["violations"])
        return replace(
            execution,
            result=Result.VIOLATIONS if violations else Result.COMPLETED,
            explained=True,
            violations=violations,
            by_check=by_check,
            worst=worst,
            records=told.get("records"),
            rejected=told.get("rejected") or None,
            line=str(told.get("line", ""))[:_LONGEST],
            report=f"{execution.output}/report.html",
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return replace(execution, explained=True, message=f"summary.json cannot be understood: {error!r}"[:_LONGEST])


def _violations(execution: Execution, text: str) -> Execution:
    """What a file of violations says, as any analyzer writes it."""
    try:
        found = findings(text)
    except (ValueError, KeyError, TypeError) as error:
        said = f"constraint_violations.json cannot be understood: {error!r}"[:_LONGEST]
        return replace(execution, explained=True, message=said)
    counted = Counter(one.check for one in found)
    return replace(execution, explained=True, violations=len(found), by_check=dict(counted), worst=found[:_WORST])
