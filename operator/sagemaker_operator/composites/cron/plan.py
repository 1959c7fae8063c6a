"""The plan for a CronTrainingJob: its turn, and the TrainingJob that is made of the template."""

from functools import partial

from sagemaker_operator.composites.plan import Plan, Situation, Wanted
from sagemaker_operator.engine.verdict import Reason, reconciling
from sagemaker_operator.kinds import GROUP

from .history import SCHEDULED, History
from .runs import Unmet
from .timetable import Timetable
from .turns import Turn, name_of, refused, started, status, turn

_MAKES = "TrainingJob"
_LABEL = f"{GROUP}/crontrainingjob"


def plan(situation: Situation) -> Plan:
    """What to do about a CronTrainingJob now."""
    history = History.of(situation)
    if situation.parent.deleting:
        leaving = reconciling(Reason.DELETING, "Its jobs go with it.")
        return Plan(status(situation, history), leaving, history.events)
    now = turn(situation, history, partial(_start, situation))
    return Plan(
        {**status(situation, history), **now.status},
        now.verdict,
        (*history.events, *now.events),
        create=now.create,
        delete=(*history.too_many(situation.parent.spec), *now.replaced),
        wake_at=now.following,
    )


def _start(situation: Situation, due: Unmet, timetable: Timetable) -> Turn:
    name = name_of(situation, due.latest)
    if (failed := refused(situation, _MAKES, name)) is not None:
        return failed
    template = situation.parent.spec["jobTemplate"]
    metadata = template.get("metadata") or {}
    wanted = Wanted(
        kind=_MAKES,
        name=name,
        spec=template["spec"],
        labels={**(metadata.get("labels") or {}), _LABEL: situation.parent.name},
        annotations={**(metadata.get("annotations") or {}), SCHEDULED: timetable.local(due.latest).isoformat()},
    )
    return started(situation, due, wanted)
