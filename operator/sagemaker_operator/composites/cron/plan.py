"""The plan for one schedule: what is due, whether it may start now, what has to go for it, and what the status says.

The rules are those of ``syncCronJob`` in Kubernetes' pkg/controller/cronjob/cronjob_controllerv2.go, but for three that suit work
which takes minutes to stop: a job that is replaced is waited for, whatever the deadline for starting says meanwhile; a time that
was missed is told once and not in every pass; and whatever is not over counts as active, whoever remembers having made it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sagemaker_operator.composites.child import Child
from sagemaker_operator.composites.plan import Plan, Situation, Wanted
from sagemaker_operator.engine.announce import Announcement, Type
from sagemaker_operator.engine.times import read, written
from sagemaker_operator.engine.verdict import Reason, Verdict, ready, reconciling, stalled
from sagemaker_operator.kinds import GROUP, VERSION

from .expression import Unparseable
from .history import SCHEDULED, History
from .runs import Unmet, unmet
from .timetable import Timetable, UnknownZone

_MAKES = "TrainingJob"
_LABEL = f"{GROUP}/crontrainingjob"
_SOUND = ready(Reason.READY, "The schedule is sound.")
_SUSPENDED = replace(ready(Reason.SUSPENDED, "No job is started while spec.suspend is true."), suspended=True)


@dataclass(frozen=True, slots=True)
class _Turn:
    """What the schedule asks for now, beside what the history does."""

    verdict: Verdict
    status: Mapping[str, str] = field(default_factory=dict)
    events: tuple[Announcement, ...] = ()
    create: tuple[Wanted, ...] = ()
    replaced: tuple[Child, ...] = ()
    following: datetime | None = None


def plan(situation: Situation) -> Plan:
    """What to do about a CronTrainingJob now."""
    history = History.of(situation)
    if situation.parent.deleting:
        leaving = reconciling(Reason.DELETING, "Its jobs go with it.")
        return Plan(_status(situation, history), leaving, history.events)
    turn = _turn(situation, history)
    return Plan(
        {**_status(situation, history), **turn.status},
        turn.verdict,
        (*history.events, *turn.events),
        create=turn.create,
        delete=(*history.too_many(situation.parent.spec), *turn.replaced),
        wake_at=turn.following,
    )


def _status(situation: Situation, history: History) -> dict[str, Any]:
    before = situation.parent.status
    missed = read(before.get("lastMissedTime"))
    told: dict[str, Any] = {"activeCount": len(history.active)}
    if history.active:
        told["active"] = [_reference(situation, child) for child in history.active]
    if history.last is not None:
        told["lastScheduleTime"] = written(history.last)
    if history.succeeded is not None:
        told["lastSuccessfulTime"] = written(history.succeeded)
    if missed is not None and missed != history.last:
        told["lastMissedTime"] = written(missed)
    return told


def _reference(situation: Situation, child: Child) -> dict[str, str]:
    version = f"{GROUP}/{VERSION}"
    where = {"namespace": situation.parent.namespace, "name": child.name, "uid": child.uid}
    return {"apiVersion": version, "kind": child.kind, **where}


def _turn(situation: Situation, history: History) -> _Turn:
    spec = situation.parent.spec
    try:
        timetable = Timetable.of(spec["schedule"], spec.get("timeZone"))
    except Unparseable as wrong:
        return _Turn(stalled(Reason.INVALID_SPEC, f"spec.schedule cannot be used: {wrong}."))
    except UnknownZone as wrong:
        return _Turn(stalled(Reason.INVALID_SPEC, f"spec.timeZone cannot be used: {wrong}."))
    if spec.get("suspend"):
        return _Turn(_SUSPENDED)
    following = timetable.after(situation.now)
    upcoming = {} if following is None else {"nextScheduleTime": written(following)}
    turn = _due(situation, history, timetable)
    return replace(turn, following=following, status={**upcoming, **turn.status})


def _due(situation: Situation, history: History, timetable: Timetable) -> _Turn:
    """What follows from the time that is due, if one is."""
    parent, now = situation.parent, situation.now
    since = history.last or read(parent.created) or now
    deadline = parent.spec.get("startingDeadlineSeconds")
    found = unmet(timetable, since if deadline is None else max(since, now - timedelta(seconds=deadline)), now)
    replacing = read(parent.status.get("replacing"))
    if found is None and replacing is not None and replacing > since:
        found = Unmet(replacing, many=False)
    if found is None:
        return _too_late(situation, unmet(timetable, since, now))
    if _name(situation, found.latest) in {child.name for child in situation.children}:
        return _Turn(_SOUND)
    if history.active:
        policy = parent.spec.get("concurrencyPolicy", "Allow")
        if policy == "Forbid":
            said = "Not starting job because prior execution is running and concurrency policy is Forbid"
            return _missed(situation, found.latest, "Normal", "JobAlreadyActive", said)
        if policy == "Replace":
            going = tuple(child for child in history.active if not child.deleting)
            return _Turn(_SOUND, {"replacing": written(found.latest)}, replaced=going)
    return _start(situation, found, timetable)


def _too_late(situation: Situation, found: Unmet | None) -> _Turn:
    if found is None:
        return _Turn(_SOUND)
    said = f"Missed scheduled time to start a job: {found.latest.astimezone(UTC):%a, %d %b %Y %H:%M:%S +0000}"
    return _missed(situation, found.latest, "Warning", "MissSchedule", said)


def _missed(situation: Situation, moment: datetime, severity: Type, reason: str, said: str) -> _Turn:
    """Nothing is started for a time, at least for now; it is told once."""
    news = situation.parent.status.get("lastMissedTime") != written(moment)
    event = Announcement(severity, reason, said, "Schedule")
    return _Turn(_SOUND, {"lastMissedTime": written(moment)}, (event,) if news else ())


def _start(situation: Situation, due: Unmet, timetable: Timetable) -> _Turn:
    spec, name = situation.parent.spec, _name(situation, due.latest)
    refusal = situation.refused.get(name)
    if refusal is not None:
        reason = Reason.NAME_CONFLICT if refusal.taken else Reason.CREATION_FAILED
        return _Turn(stalled(reason, f"{_MAKES} {name} cannot be created: {refusal.message}"))
    said = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
    warning = Announcement("Warning", "TooManyMissedTimes", said, "Schedule")
    template = spec["jobTemplate"]
    metadata = template.get("metadata") or {}
    wanted = Wanted(
        kind=_MAKES,
        name=name,
        spec=template["spec"],
        labels={**(metadata.get("labels") or {}), _LABEL: situation.parent.name},
        annotations={**(metadata.get("annotations") or {}), SCHEDULED: timetable.local(due.latest).isoformat()},
    )
    # Until it is there, what was stopped for it must not have been stopped in vain.
    kept = {key: value for key, value in situation.parent.status.items() if key == "replacing"}
    return _Turn(_SOUND, kept, (warning,) if due.many else (), create=(wanted,))


def _name(situation: Situation, moment: datetime) -> str:
    """The same for the same time, so that no time gets two jobs: minutes since 1970, as CronJob has it."""
    return f"{situation.parent.name}-{int(moment.timestamp()) // 60}"
