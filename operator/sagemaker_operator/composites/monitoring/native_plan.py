"""The plan where SageMaker runs the schedule: the objects that its definition is made of, and what follows from what it finds.

Whether SageMaker has the schedule, and as the manifest asks, is told by the pass over it (`engine`); here only what is beside.
"""

from datetime import timedelta
from typing import Any

from sagemaker_operator.composites.asks import Ask
from sagemaker_operator.composites.cron.expression import Unparseable
from sagemaker_operator.composites.cron.timetable import Timetable
from sagemaker_operator.composites.plan import Plan, Situation
from sagemaker_operator.engine.times import written
from sagemaker_operator.kinds.monitoring_form import CONFIG, left_to_us

from . import captures, executions, native, notices, retraining, told
from .baseline import Settled, settle
from .captures import Obstacle, Source
from .execution import Execution, Result
from .following import Captured, Following
from .schedule import in_cron
from .windows import Window

_AGAIN = timedelta(seconds=30)
_STATES = {"Pending": "Waiting", "Stopped": "Suspended", "Failed": "Failed"}


def plan(situation: Situation) -> Plan:
    """What to do beside SageMaker's own schedule now."""
    parent = situation.parent
    if parent.deleting or left_to_us(parent.spec):
        return Plan(_kept(situation), None, asides=())
    here = captures.source(situation) if "source" in parent.spec else None
    settled = settle(situation, here) if CONFIG not in parent.spec else None
    found, asks = native.executions(situation, executions.known(situation))
    follows = Following.together(
        (
            *([settled.following] if settled is not None else []),
            notices.follow(situation, found),
            retraining.follow(situation, found, _captured(here, found)),
        )
    )
    status = {**_times(situation, found), **follows.status}
    status |= told.status(found, None, settled, follows.status) | _state(situation, settled)
    wakes = [follows.wake_at, situation.now + _AGAIN if _waits(settled, found) else None]
    return Plan(
        status,
        None,
        (*told.events(situation, found), *follows.events),
        create=(*(native.missing(situation) if settled is None or settled.obstacle is None else ()), *follows.create),
        delete=(*native.surplus(situation), *follows.delete),
        wake_at=min((moment for moment in wakes if moment is not None), default=None),
        asides=(*told.asides(found), *follows.asides),
        asks=(*asks, *follows.asks),
        release=follows.release,
    )


def _kept(situation: Situation) -> dict[str, Any]:
    """What is told beside, as it was."""
    status = situation.parent.status
    return {name: status[name] for name in ("executions", "baseline", "notified", "retraining") if name in status}


def _state(situation: Situation, settled: Settled | None) -> dict[str, Any]:
    """The word for the state, where SageMaker's own says more than the executions."""
    parent = situation.parent
    if parent.says("Stalled"):
        return {"state": "Stalled"}
    word = _STATES.get(str(parent.status.get("monitoringScheduleStatus")))
    if word is None and parent.status.get("arn") is None and (settled is None or settled.obstacle is None):
        word = "Waiting"
    return {} if word is None else {"state": word}


def _times(situation: Situation, found: tuple[Execution, ...]) -> dict[str, Any]:
    """When it ran last, and when it is due next; SageMaker starts up to twenty minutes later."""
    parent = situation.parent
    times = {} if not found else {"lastScheduleTime": written(found[0].scheduled)}
    done = next((one for one in found if one.result in told.TELLING and one.ended is not None), None)
    if done is not None and done.ended is not None:
        times["lastSuccessfulTime"] = written(done.ended)
    own = (parent.spec.get(CONFIG) or {}).get("scheduleConfig") or {}
    expression = own.get("scheduleExpression") or parent.spec.get("schedule")
    if expression is None or parent.spec.get("suspend") or parent.status.get("monitoringScheduleStatus") != "Scheduled":
        return times
    try:
        following = Timetable.of(in_cron(expression), None).after(situation.now)
    except Unparseable:
        return times
    return times if following is None else {**times, "nextScheduleTime": written(following)}


def _captured(here: Source | Obstacle | Ask | None, found: tuple[Execution, ...]) -> Captured | None:
    latest = next((one for one in found if one.result is Result.VIOLATIONS), None)
    if not isinstance(here, Source) or latest is None or latest.start is None or latest.end is None:
        return None
    return captures.captured(here, Window(latest.start, latest.end))


def _waits(settled: Settled | None, found: tuple[Execution, ...]) -> bool:
    """Whether something has to be looked at again that nobody tells of."""
    unexplained = any(one.result in told.TELLING and not one.explained for one in found)
    return unexplained or (settled is not None and settled.obstacle is not None)
