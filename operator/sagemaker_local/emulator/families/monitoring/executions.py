"""The executions of a schedule: one row for each run, the newest last, and how they are listed.

AWS's pages do not say how long executions are kept. Here a schedule keeps its latest thousand with their processing jobs, so that
what runs for years on a virtual clock stays bounded; with the schedule they are gone.
"""

from collections.abc import Iterator
from typing import Any, Final

from sagemaker_local.emulator.lists import newest_first
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

KEPT: Final = 1000
BUSY: Final = frozenset({"Pending", "InProgress", "Stopping"})
_ROWS: Final = "Executions"
_NUMBER: Final = "ExecutionNumber"
_JOBS: Final = "ProcessingJobNames"
_PRIVATE: Final = frozenset({_NUMBER, _JOBS})


def begin(schedule: Resource, world: World, *, scheduled: float, now: float) -> int:
    """Add an execution that is Pending; returns its number."""
    facts = schedule.facts
    number = facts[_NUMBER] = int(facts.get(_NUMBER, 0)) + 1
    row = {
        "MonitoringScheduleName": schedule.name,
        "ScheduledTime": scheduled,
        "CreationTime": now,
        "LastModifiedTime": now,
        "MonitoringExecutionStatus": "Pending",
        "EndpointName": facts.get("EndpointName"),
        "MonitoringJobDefinitionName": facts.get("MonitoringJobDefinitionName"),
        "MonitoringType": facts["MonitoringType"],
        _NUMBER: number,
        _JOBS: [],
    }
    rows = facts.setdefault(_ROWS, [])
    rows.append({name: value for name, value in row.items() if value is not None})
    while len(rows) > KEPT:
        _forget(schedule, rows.pop(0), world)
    return number


def change(schedule: Resource, number: int, *, now: float, job: Resource | None = None, **members: Any) -> None:
    """Set members of an execution unless it is forgotten, and note a processing job of it."""
    for row in reversed(schedule.facts.get(_ROWS, ())):
        if row[_NUMBER] == number:
            row.update({name: value for name, value in members.items() if value is not None}, LastModifiedTime=now)
            if job is not None:
                row["ProcessingJobArn"] = job.arn
                row[_JOBS].append(job.name)
            return


def busy(schedule: Resource) -> bool:
    """Whether an execution is under way."""
    return any(row["MonitoringExecutionStatus"] in BUSY for row in schedule.facts.get(_ROWS, ())[-25:])


def last(schedule: Resource) -> Json:
    """LastMonitoringExecutionSummary, once there was an execution."""
    rows = schedule.facts.get(_ROWS)
    return {"LastMonitoringExecutionSummary": _shown(rows[-1])} if rows else {}


def finished(schedule: Resource, most: int) -> list[str]:
    """The statuses of the latest executions that are over, the newest first."""
    statuses = (row["MonitoringExecutionStatus"] for row in reversed(schedule.facts.get(_ROWS, ())))
    return [status for status, _ in zip((s for s in statuses if s not in BUSY), range(most), strict=False)]


def listed(call: Call, world: World) -> Json:
    """ListMonitoringExecutions: newest first by default, as all of Model Monitor's lists."""
    rows = [row for row in _all(call, world) if _selected(call.request, row)]
    by = call.request.get("SortBy", "CreationTime")
    member = "MonitoringExecutionStatus" if by == "Status" else by
    rows.sort(key=lambda row: (row[member], row["CreationTime"]))
    page = cut(newest_first(rows, call.request), call)
    return {"MonitoringExecutionSummaries": [_shown(row) for row in page.items], **page.token}


def _all(call: Call, world: World) -> Iterator[Json]:
    for schedule in world.store.of_kind(call.place, "MonitoringSchedule").values():
        yield from schedule.facts.get(_ROWS, ())


def _selected(request: Json, row: Json) -> bool:
    same = {
        "MonitoringScheduleName": "MonitoringScheduleName",
        "EndpointName": "EndpointName",
        "MonitoringJobDefinitionName": "MonitoringJobDefinitionName",
        "MonitoringTypeEquals": "MonitoringType",
        "StatusEquals": "MonitoringExecutionStatus",
    }
    if any(name in request and request[name] != row.get(member) for name, member in same.items()):
        return False
    for member in ("ScheduledTime", "CreationTime", "LastModifiedTime"):
        if (
            not request.get(f"{member}After", float("-inf"))
            < row[member]
            < request.get(f"{member}Before", float("inf"))
        ):
            return False
    return True


def _shown(row: Json) -> Json:
    return {name: value for name, value in row.items() if name not in _PRIVATE}


def _forget(schedule: Resource, row: Json, world: World) -> None:
    for name in row[_JOBS]:
        job = world.find(schedule.place, "ProcessingJob", name)
        if job is not None:
            world.store.remove(job)
