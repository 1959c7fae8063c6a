"""The plan where the operator runs the schedule itself: a processing job for each window, and what follows from what it finds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sagemaker_operator.composites.asks import Ask, Look, Told
from sagemaker_operator.composites.child import Child
from sagemaker_operator.composites.cron import turns
from sagemaker_operator.composites.cron.expression import Unparseable
from sagemaker_operator.composites.cron.history import SCHEDULED, History
from sagemaker_operator.composites.cron.runs import Unmet
from sagemaker_operator.composites.cron.timetable import Timetable, UnknownZone
from sagemaker_operator.composites.cron.turns import Turn
from sagemaker_operator.composites.plan import Plan, Situation, Wanted
from sagemaker_operator.engine.times import read, written
from sagemaker_operator.engine.verdict import Reason, State, reconciling, stalled
from sagemaker_operator.kinds import GROUP

from . import captures, executions, notices, retraining, runs, told
from .baseline import PURPOSE, Settled, again, settle
from .captures import Obstacle, Source
from .execution import Execution, Result
from .following import Following
from .schedule import in_cron
from .windows import Window, resumed, window

_MAKES = "ProcessingJob"
_RUNS = "run"
_AGAIN = timedelta(seconds=30)
_NO_IMAGE = (
    "No image of the analyzer is named: build it with `docker build --target analyzer`, push it to where SageMaker can read it,"
    " and name it in spec.image, or for all schedules with the operator's --analyzer-image."
)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a plan is made of besides the situation."""

    here: Source | Obstacle | Ask
    settled: Settled
    jobs: tuple[Child, ...]
    history: History
    executions: tuple[Execution, ...]
    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    """A run that is to be started: over which data, and where the accounts of earlier ones would be."""

    name: str
    due: Unmet
    timetable: Timetable
    span: Window
    data: tuple[str, ...]
    history: Look


def plan(situation: Situation) -> Plan:
    """What to do about a MonitoringSchedule of the operator's own engine now."""
    jobs = tuple(child for child in situation.children if child.annotations.get(PURPOSE) == _RUNS)
    history = History.of(replace(situation, children=jobs))
    found, asks = executions.of_jobs(situation, jobs)
    if situation.parent.deleting:
        leaving = reconciling(Reason.DELETING, "Its jobs go with it.")
        return Plan({**situation.parent.status, **turns.status(situation, history)}, leaving, history.events)
    here = captures.source(situation)
    known = _Known(here, settle(situation, here), jobs, history, found, asks)
    turn = _turn(situation, known)
    return _composed(situation, known, turn)


def _composed(situation: Situation, known: _Known, turn: Turn) -> Plan:
    """The whole plan."""
    begun = turn.status.get("executions", ())
    all_of_them = executions.newest((*known.executions, *begun))
    follows = Following.together(
        (
            known.settled.following,
            notices.follow(situation, all_of_them),
            retraining.follow(situation, all_of_them, captures.of_latest(known.here, all_of_them)),
        )
    )
    status: dict[str, Any] = {**turns.status(situation, known.history), **turn.status}
    status |= {**_remembered(situation, all_of_them, turn), **follows.status}
    status |= told.status(all_of_them, turn.verdict, known.settled, follows.status)
    told_apart = told.asides(all_of_them)
    moments = (turn.following, follows.wake_at, again(situation, follows.status), _retry(situation, known, turn))
    return Plan(
        status,
        turn.verdict,
        (*known.history.events, *turn.events, *told.events(situation, all_of_them), *follows.events),
        create=(*turn.create, *follows.create),
        delete=(*_too_many(situation, known), *turn.replaced, *follows.delete),
        wake_at=min((moment for moment in moments if moment is not None), default=None),
        asides=(*told_apart, *follows.asides),
        asks=(*known.asks, *turn.asks, *follows.asks),
        release=follows.release,
    )


def _turn(situation: Situation, known: _Known) -> Turn:
    """What the schedule asks for now."""
    if not runs.image(situation):
        return Turn(stalled(Reason.INVALID_SPEC, _NO_IMAGE))
    if isinstance(known.here, Obstacle):
        return _hindered(known.here)
    if not isinstance(known.here, Source):
        return Turn(reconciling(Reason.CREATING, "The data is being looked for."), asks=(known.here,))
    if known.settled.obstacle is not None:
        return _hindered(known.settled.obstacle)
    spec = {**situation.parent.spec, "schedule": in_cron(situation.parent.spec["schedule"])}
    only_runs = replace(situation, children=known.jobs, parent=replace(situation.parent, spec=spec))
    return turns.turn(only_runs, known.history, _starter(situation, known, known.here), policy="Forbid")


def _hindered(obstacle: Obstacle) -> Turn:
    verdict = (stalled if obstacle.hopeless else reconciling)(obstacle.reason, obstacle.message)
    return Turn(verdict)


def _starter(situation: Situation, known: _Known, here: Source) -> Callable[[Unmet, Timetable], Turn]:
    def start(due: Unmet, timetable: Timetable) -> Turn:
        name = turns.name_of(situation, due.latest)
        if (failed := turns.refused(situation, _MAKES, name)) is not None:
            return failed
        span = window(situation.parent.spec, _until(situation), timetable, due.latest)
        if span.empty:
            return _nothing(name, due.latest, span, "All of the window had been analysed before.")
        found = captures.present(situation, here, span)
        if isinstance(found, Obstacle):
            return _hindered(found)
        if isinstance(found, captures.Questions):
            return Turn(turns.SOUND, asks=found.asks)
        if not found:
            return _nothing(name, due.latest, span, "Nothing was captured in the window.")
        # For the charts of the report: those of a month are few enough to be downloaded.
        region = str(situation.parent.spec.get("region") or "")
        history = Look(f"{_base(situation)}/history/{span.start:%Y/%m}/", region)
        if history not in situation.answers:
            return Turn(turns.SOUND, asks=(history,))
        return _begun(situation, known, here, _Run(name, due, timetable, span, found, history))

    return start


def _begun(situation: Situation, known: _Known, here: Source, run: _Run) -> Turn:
    parent, baseline, remembered = situation.parent, known.settled.baseline, situation.answers[run.history]
    assert baseline is not None, "nothing is started without"
    output = f"{_base(situation)}/{run.due.latest:%Y/%m/%d/%H%M}"
    work = runs.Work(
        data=run.data,
        data_form=here.form,
        output=output,
        span=run.span if here.timed else None,
        constraints=baseline.constraints,
        statistics=baseline.statistics,
        truth=(parent.spec["groundTruth"]["s3URI"],) if "groundTruth" in parent.spec else (),
        endpoint=here.endpoint,
        listed=here.listed,
        history=run.history.uri.rstrip("/"),
        remembered=isinstance(remembered, Told) and bool(remembered.value),
    )
    wanted = Wanted(
        _MAKES,
        run.name,
        runs.job(situation, work),
        labels={f"{GROUP}/monitoringschedule": parent.name[:63]},
        annotations={
            PURPOSE: _RUNS,
            SCHEDULED: run.timetable.local(run.due.latest).isoformat(),
            executions.WINDOW: f"{written(run.span.start)}/{written(run.span.end)}",
            executions.OUTPUT: output,
        },
    )
    return turns.started(situation, run.due, wanted)


def _base(situation: Situation) -> str:
    """The folder of everything that the schedule leaves in S3."""
    parent = situation.parent
    return f"{parent.spec['output']['s3OutputPath'].rstrip('/')}/{parent.namespace}/{parent.name}"


def _nothing(name: str, due: datetime, span: Window, line: str) -> Turn:
    """A run that needs no job, as there is nothing to analyse."""
    end = max(span.start, span.end)
    one = Execution(name, due, span.start, end, Result.NO_DATA, line=line, ended=due)
    return Turn(turns.SOUND, {"lastScheduleTime": written(due), "executions": (one,)})


def _remembered(situation: Situation, all_of_them: tuple[Execution, ...], turn: Turn) -> dict[str, Any]:
    """What has to be known later: up to where everything was read, which only a run that was started can move."""
    before = situation.parent.status
    ends = [one.end for one in all_of_them if one.end is not None]
    until = max((moment for moment in (_until(situation), *ends) if moment is not None), default=None)
    told: dict[str, Any] = {} if until is None else {"analysedUntil": written(until)}
    skips = turn.verdict.suspended or (before.get("skipping") and _timetable(situation) is None)
    return {**told, "skipping": True} if skips else told


def _until(situation: Situation) -> datetime | None:
    """Up to where everything was read, or counts as read as the schedule was suspended."""
    spec, before = situation.parent.spec, situation.parent.status
    until, timetable = read(before.get("analysedUntil")), _timetable(situation)
    if not before.get("skipping") or spec.get("suspend") or timetable is None:
        return until
    return resumed(spec, until, timetable, situation.now)


def _timetable(situation: Situation) -> Timetable | None:
    """When the schedule is due; None if that cannot be read."""
    spec = situation.parent.spec
    try:
        return Timetable.of(in_cron(spec["schedule"]), spec.get("timeZone"))
    except (Unparseable, UnknownZone):
        return None


def _too_many(situation: Situation, known: _Known) -> tuple[Child, ...]:
    """The jobs that need not stay, of those about which all is known."""
    explained = {one.name for one in known.executions if one.explained or one.result not in told.TELLING}
    return tuple(job for job in known.history.too_many(situation.parent.spec) if job.name in explained)


def _retry(situation: Situation, known: _Known, turn: Turn) -> datetime | None:
    """When to ask again for what was denied for a moment, or to look again at what is not watched."""
    waiting = any(one.result in told.TELLING and not one.explained for one in known.executions)
    return situation.now + _AGAIN if waiting or turn.verdict.state is State.RECONCILING else None
