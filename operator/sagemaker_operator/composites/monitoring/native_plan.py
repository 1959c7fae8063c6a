"""The plan where SageMaker runs the schedule: the objects that its definition is made of, and what follows from what it finds.

Whether SageMaker has the schedule, and as the manifest asks, is told by the pass over it (`engine`); here only what is beside.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sagemaker_operator.composites.asks import Ask
from sagemaker_operator.composites.cron.timetable import Timetable
from sagemaker_operator.composites.plan import Plan, Situation
from sagemaker_operator.engine.announce import Announcement
from sagemaker_operator.engine.resource import Object
from sagemaker_operator.engine.times import written
from sagemaker_operator.kinds import KINDS
from sagemaker_operator.kinds.monitoring_form import CONFIG, IN_EFFECT, left_to_us, plain

from . import captures, executions, native, notices, retraining, told
from .baseline import Settled, again, settle
from .captures import Obstacle, Source
from .execution import Execution, Result
from .following import Following

_TELLS = KINDS["MonitoringSchedule"].told_beside
_AGAIN = timedelta(seconds=30)
_STATES = {"Pending": "Waiting", "Stopped": "Suspended", "Failed": "Failed"}


def plan(situation: Situation) -> Plan:
    """What to do beside SageMaker's own schedule now."""
    parent = situation.parent
    found, asks = native.executions(situation, executions.known(situation))
    if parent.deleting or left_to_us(parent.spec):
        return Plan(_kept(parent), None, asides=tuple(told.asides(found)))
    here = captures.source(situation) if "source" in parent.spec else None
    settled = settle(situation, here) if CONFIG not in parent.spec else None
    found = _with_reason(found, here)
    follows = Following.together(
        (
            *([settled.following] if settled is not None else []),
            notices.follow(situation, found),
            retraining.follow(situation, found, captures.of_latest(here, found)),
        )
    )
    following = _following(situation)
    status = {**_times(found, following), **follows.status}
    status |= told.status(found, None, settled, follows.status) | _state(situation, settled)
    retry = situation.now + _AGAIN if _waits(settled, found) else None
    wakes = [following, follows.wake_at, again(situation, follows.status), retry]
    # What is written now is what the definition is made of: nobody would come again for that.
    as_written = replace(situation, parent=replace(parent, status={**parent.status, **status}))
    return Plan(
        status,
        None,
        (*_refused(as_written), *told.events(situation, found), *follows.events),
        create=(*(native.missing(as_written) if settled is None or settled.obstacle is None else ()), *follows.create),
        delete=(*native.surplus(as_written), *follows.delete),
        wake_at=min((moment for moment in wakes if moment is not None), default=None),
        asides=(*told.asides(found), *follows.asides),
        asks=(*asks, *_looked_for(parent, here, found), *follows.asks),
        release=follows.release,
    )


def _kept(parent: Object) -> dict[str, Any]:
    """What is told beside, as it was."""
    return {name: value for name, value in parent.status.items() if name in _TELLS}


def _looked_for(parent: Object, here: Source | Obstacle | Ask | None, found: tuple[Execution, ...]) -> tuple[Ask, ...]:
    """Where the data lies, if anybody has to know: SageMaker finds it by itself."""
    if here is None or isinstance(here, Source | Obstacle):
        return ()
    return (here,) if "onViolation" in parent.spec or _unexplained(found) else ()


def _unexplained(found: tuple[Execution, ...]) -> bool:
    """Whether it is not known why the latest run had no data."""
    return bool(found) and found[0].result is Result.NO_DATA and not found[0].line


def _with_reason(found: tuple[Execution, ...], here: Source | Obstacle | Ask | None) -> tuple[Execution, ...]:
    """The runs, the latest of them with the reason why it had no data, where that is known."""
    if not _unexplained(found) or not isinstance(here, Obstacle):
        return found
    return (replace(found[0], line=here.message), *found[1:])


def _refused(situation: Situation) -> Iterator[Announcement]:
    """A definition that could not be created: the schedule waits for it, and cannot tell why it does not come."""
    for one in native.wanted_definitions(situation.parent):
        if (refusal := situation.refused.get(one.name)) is not None:
            yield Announcement("Warning", "CreationFailed", f"{one.kind} {one.name}: {refusal.message}", "Create")


def _state(situation: Situation, settled: Settled | None) -> dict[str, Any]:
    """The word for the state, where SageMaker's own says more than the executions."""
    parent = situation.parent
    if parent.says("Stalled"):
        return {"state": "Stalled"}
    word = _STATES.get(str(parent.status.get("monitoringScheduleStatus")))
    if word is None and parent.status.get("arn") is None and (settled is None or settled.obstacle is None):
        word = "Waiting"
    return {} if word is None else {"state": word}


def _following(situation: Situation) -> datetime | None:
    """When it is due next; SageMaker starts up to twenty minutes later."""
    status = situation.parent.status
    shown: Mapping[str, Any] = (status.get(IN_EFFECT) or [{}])[0]
    fields = plain(shown.get("scheduleExpression", ""))
    if status.get("monitoringScheduleStatus") != "Scheduled" or fields is None:
        return None
    return Timetable.of(fields, None).after(situation.now)


def _times(found: tuple[Execution, ...], following: datetime | None) -> dict[str, Any]:
    done = next((one for one in found if one.result in told.TELLING), None)
    times = {
        "lastScheduleTime": found[0].scheduled if found else None,
        "lastSuccessfulTime": done.ended if done is not None else None,
        "nextScheduleTime": following,
    }
    return {name: written(moment) for name, moment in times.items() if moment is not None}


def _waits(settled: Settled | None, found: tuple[Execution, ...]) -> bool:
    """Whether something has to be looked at again that nobody tells of."""
    unexplained = any(one.result in told.TELLING and not one.explained for one in found)
    return unexplained or (settled is not None and settled.obstacle is not None)
