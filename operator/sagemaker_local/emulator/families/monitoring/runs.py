"""When a schedule runs, and what a run sets off: an execution, its processing jobs, and a verdict.

The clock of a schedule starts when it becomes Scheduled, and from then on goes as fast as timelines do: at speed 60, an hourly
schedule runs each minute. Times in replies stay those of the clock, as everywhere. A run starts up to 20 minutes late (so
SageMaker's documentation); how late is drawn from the seed. A run whose schedule was stopped or updated meanwhile is not made.
"""

from functools import partial
from typing import Final

from sagemaker_local.emulator.families.monitoring import alerts, captured, contract, cron, executions, reports
from sagemaker_local.emulator.families.monitoring.captured import Window
from sagemaker_local.emulator.families.monitoring.work import Work, work_of
from sagemaker_local.emulator.refusal import ServiceError
from sagemaker_local.emulator.resource import EXECUTED, Json, Resource
from sagemaker_local.emulator.world import World

LATEST: Final = 1200.0
"""The most seconds that a run starts late."""
PENDING: Final = 10.0
"""Seconds until an execution has its processing job; unverified."""
NO_WORK: Final = "The job definition of the schedule does not exist"
_PLAN: Final = "Plan"
_RAN: Final = "RanAtOnce"
_MERGE: Final = "merge"
_MONITOR: Final = "monitor"


def plan(schedule: Resource, world: World, now: float) -> None:
    """Let a schedule run from now on, as its cron says."""
    expression = _expression(schedule)
    if expression == cron.NOW:
        if not schedule.facts.get(_RAN):
            schedule.facts[_RAN] = True
            _next(schedule, world, now, boundary=now, due=now, late=0.0)
        return
    boundary = cron.following(expression, now)
    _next(schedule, world, now, boundary=boundary, due=now + (boundary - now) / world.clock.speed)


def unplan(schedule: Resource) -> None:
    """Let a schedule not run again until it is planned anew."""
    schedule.facts[_PLAN] = int(schedule.facts.get(_PLAN, 0)) + 1


def renew(schedule: Resource) -> None:
    """Let a schedule that runs NOW do so once more, because it was updated."""
    schedule.facts.pop(_RAN, None)


def _next(
    schedule: Resource, world: World, now: float, *, boundary: float, due: float, late: float | None = None
) -> None:
    """Set the alarm of the next run.

    Args:
        boundary: the full hour of the run, on the clock of the schedule.
        due: the same on the clock of the emulator; differs at another speed than 1.
        late: by how many seconds it starts late.
    """
    unplan(schedule)
    delay = world.random.uniform(0, LATEST) if late is None else late
    effect = partial(run, plan_number=schedule.facts[_PLAN], boundary=boundary, due=due)
    world.stage.later(schedule, (due - now) * world.clock.speed + delay, effect, now=now)


def run(schedule: Resource, world: World, now: float, *, plan_number: int, boundary: float, due: float) -> None:
    """The time of a run has come: begin an execution, and plan the next run."""
    if plan_number != schedule.facts[_PLAN]:
        return
    number = executions.begin(schedule, world, scheduled=round(due, 3), now=now)
    window = _window(schedule, world, boundary=boundary, due=due)
    start = partial(start_job, number=number, scheduled=due, start=window.start, end=window.end)
    world.stage.later(schedule, PENDING, start, now=now)
    expression = _expression(schedule)
    if expression != cron.NOW:
        following = cron.following(expression, boundary)
        later = due + (following - boundary) / world.clock.speed
        _next(schedule, world, now, boundary=following, due=later)


def start_job(
    schedule: Resource, world: World, now: float, *, number: int, scheduled: float, start: float, end: float
) -> None:
    """Set off the first processing job of an execution, if there is anything to look at."""
    work = work_of(schedule, schedule.spec["MonitoringScheduleConfig"], world)
    if work is None:
        _end(schedule, number, "Failed", now=now, reason=NO_WORK)
        return
    if world.worker is not None:
        world.worker.flush()  # at a high speed, what is a moment later here would be minutes later, and in no window
    step = _MERGE if work.monitor.merges else _MONITOR
    unique = f"{world.random.getrandbits(96):024x}"
    execution = {"Number": number, "Scheduled": scheduled, "Start": start, "End": end, "Step": step, "Unique": unique}
    _job(schedule, work, world, now, execution)


def hear(job: Resource, world: World, now: float) -> None:
    """An execution follows its processing job."""
    execution = job.facts.get("Execution")
    if execution is None or job.gone:
        return
    schedule = world.store.find_arn(job.facts["MonitoringScheduleArn"])
    if schedule is None:
        return
    number: int = execution["Number"]
    match job.status:
        case "InProgress" | "Stopping":
            executions.change(schedule, number, now=now, MonitoringExecutionStatus=job.status)
        case "Completed":
            _completed(schedule, job, world, now)
        case "Stopped" | "Failed":
            _end(schedule, number, job.status, now=now, reason=reports.failure(job))


def _completed(schedule: Resource, job: Resource, world: World, now: float) -> None:
    execution = job.facts["Execution"]
    work = work_of(schedule, schedule.spec["MonitoringScheduleConfig"], world)
    if work is None:
        _end(schedule, execution["Number"], "Failed", now=now, reason=NO_WORK)
    elif execution["Step"] == _MERGE:
        _job(schedule, work, world, now, {**execution, "Step": _MONITOR})
    else:
        status = reports.conclude(schedule, work, job, world)
        _end(schedule, execution["Number"], status, now=now)


def _job(schedule: Resource, work: Work, world: World, now: float, execution: Json) -> None:
    """Set off one processing job of an execution; what SageMaker refuses is why the execution fails."""
    number, window = execution["Number"], Window(execution["Start"], execution["End"])
    folders = captured.folders(work.source, schedule.place, window, world)
    if world.inputs is not None and not folders:
        _end(schedule, number, "Failed", now=now, reason=reports.NO_DATA)
        return
    make = contract.merge_job if execution["Step"] == _MERGE else contract.monitoring_job
    this = contract.Run(execution["Scheduled"], window, folders, execution["Unique"])
    request = make(work, schedule, world, this)
    try:
        world.stage.do("CreateProcessingJob", request, schedule.place, now=now)
    except ServiceError as refused:
        _end(schedule, number, "Failed", now=now, reason=refused.text[:1024])
        return
    job = world.find(schedule.place, "ProcessingJob", request["ProcessingJobName"])
    assert job is not None, f"{request['ProcessingJobName']} was created"
    job.facts.update(MonitoringScheduleArn=schedule.arn, Execution={**execution, "Folders": folders})
    executions.change(schedule, number, now=now, job=job, MonitoringExecutionStatus="InProgress")
    lost = None if job.facts.get(EXECUTED) else reports.unreachable(job, world)
    if lost is not None:
        world.stage.begin(job, reports.failing(lost), now=now)


def _end(schedule: Resource, number: int, status: str, *, now: float, reason: str | None = None) -> None:
    executions.change(schedule, number, now=now, MonitoringExecutionStatus=status, FailureReason=reason)
    alerts.evaluate(schedule, now=now)


def _expression(schedule: Resource) -> str:
    expression: str = schedule.spec["MonitoringScheduleConfig"]["ScheduleConfig"]["ScheduleExpression"]
    return expression


def _window(schedule: Resource, world: World, *, boundary: float, due: float) -> Window:
    """What a run looks at: since the run before, or what the offsets of the schedule or of its input say."""
    config = schedule.spec["MonitoringScheduleConfig"]
    work = work_of(schedule, config, world)
    source = work.source if work else {}
    expression = _expression(schedule)
    start = _offset(config["ScheduleConfig"].get("DataAnalysisStartTime") or source.get("StartTimeOffset"))
    end = _offset(config["ScheduleConfig"].get("DataAnalysisEndTime") or source.get("EndTimeOffset"))
    if start is None:
        start = -cron.HOUR if expression == cron.NOW else cron.preceding(expression, boundary) - boundary
    speed = world.clock.speed
    return Window(due + start / speed, due + (end or 0.0) / speed)


def _offset(text: str | None) -> float | None:
    return None if text is None else cron.offset(text)
