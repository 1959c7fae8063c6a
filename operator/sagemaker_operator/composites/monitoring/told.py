"""What the status says of executions in short: a word for the state, conditions, Events."""

from collections.abc import Iterable, Mapping
from typing import Any

from sagemaker_operator.composites.plan import Situation
from sagemaker_operator.engine.announce import Announcement
from sagemaker_operator.engine.verdict import Aside, State, Verdict

from .baseline import Settled
from .execution import Execution, Result

TELLING = (Result.COMPLETED, Result.VIOLATIONS)


def status(
    executions: tuple[Execution, ...], verdict: Verdict | None, settled: Settled | None, parts: Mapping[str, Any]
) -> dict[str, Any]:
    """The fields that columns show, and the executions themselves."""
    told: dict[str, Any] = {"state": _state(executions, verdict, settled, parts)}
    if executions:
        told["executions"] = [one.told() for one in executions]
        told["lastResult"] = str(executions[0].result)
    if (latest := _telling(executions)) is not None:
        told["violations"] = latest.violations
    return told


def asides(executions: tuple[Execution, ...]) -> Iterable[Aside]:
    """Whether there are violations, and whether there is data; a run that failed says nothing about either."""
    if (latest := _telling(executions)) is not None:
        said = (
            latest.line or f"{latest.violations or 'No'} violations in the run of {latest.scheduled:%Y-%m-%dT%H:%MZ}."
        )
        found = latest.result is Result.VIOLATIONS
        yield Aside("ViolationsFound", str(found), "Violations" if found else "NoViolations", said)
    known = next((one for one in executions if one.result in (*TELLING, Result.NO_DATA)), None)
    if known is not None:
        missing = known.result is Result.NO_DATA
        said = known.line or known.message if missing else "The last run had data."
        yield Aside("NoData", str(missing), "NoData" if missing else "DataFound", said or "There was no data.")


def events(situation: Situation, executions: tuple[Execution, ...]) -> Iterable[Announcement]:
    """What came of runs since the last status, but for violations, which `notices` tells."""
    before = {one["name"]: one["result"] for one in situation.parent.status.get("executions") or ()}
    for one in executions:
        if before.get(one.name) == one.result:
            continue
        if one.result is Result.NO_DATA:
            yield Announcement("Warning", "NoData", f"{one.name}: {one.line or one.message}", "Monitor")
        elif one.result in (Result.FAILED, Result.STOPPED):
            yield Announcement("Warning", f"Execution{one.result}", f"{one.name}: {one.message}", "Monitor")
        elif one.result is Result.COMPLETED and one.name in before:
            yield Announcement("Normal", "NoViolations", f"{one.name}: no violations.", "Monitor")
        if one.rejected and one.result in TELLING:
            seen = "" if one.records is None else f" beside {one.records:,} that were analysed"
            said = f"{one.name}: {one.rejected:,} records could not be read{seen}: {one.output}/rejected.json says why."
            yield Announcement("Warning", "RecordsRejected", said, "Monitor")


def _telling(executions: tuple[Execution, ...]) -> Execution | None:
    """The latest execution that has analysed anything."""
    return next((one for one in executions if one.result in TELLING), None)


def _state(
    executions: tuple[Execution, ...], verdict: Verdict | None, settled: Settled | None, parts: Mapping[str, Any]
) -> str:
    """A word for people: what they would ask about first."""
    if verdict is not None and verdict.suspended:
        return "Suspended"
    if verdict is not None and verdict.state is State.STALLED:
        return "Stalled"
    if settled is not None and settled.obstacle is not None:
        return "Baselining" if (parts.get("baseline") or {}).get("state") == "Running" else "Waiting"
    if verdict is not None and verdict.state is State.RECONCILING:
        return "Waiting"
    if any(not one.over for one in executions):
        return "Running"
    latest = executions[0] if executions else None
    if latest is None or latest.result is Result.COMPLETED:
        return "Scheduled"
    return {Result.VIOLATIONS: "Violations", Result.NO_DATA: "NoData"}.get(latest.result, str(latest.result))
