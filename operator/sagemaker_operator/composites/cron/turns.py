"""The turn of a schedule: what is due now, whether it may start, what has to go for it, and what the status says of it.

The rules are those of ``syncCronJob`` in Kubernetes' pkg/controller/cronjob/cronjob_controllerv2.go, but for three that suit work
which takes minutes to stop: a job that is replaced is waited for, whatever the deadline for starting says meanwhile; a time that
was missed is told once and not in every pass; and whatever is not over counts as active, whoever remembers having made it. Not
here: what is started.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sagemaker_operator.composites.asks import Ask
from sagemaker_operator.composites.child import Child
from sagemaker_operator.composites.plan import Situation, Wanted
from sagemaker_operator.engine.announce import Announcement, Type
from sagemaker_operator.engine.times import read, written
from sagemaker_operator.engine.verdict import Reason, Verdict, ready, stalled
from sagemaker_operator.kinds import GROUP, VERSION

from .expression import Unparseable
from .history import History
from .runs import Unmet, unmet
from .timetable import Timetable, UnknownZone

SOUND = ready(Reason.READY, "The schedule is sound.")
_SUSPENDED = replace(ready(Reason.SUSPENDED, "No job is started while spec.suspend is true."), suspended=True)


@dataclass(frozen=True, slots=True)
class Turn:
    """What the schedule asks for now, beside what the history does."""

    verdict: Verdict
    status: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[Announcement, ...] = ()
    create: tuple[Wanted, ...] = ()
    replaced: tuple[Child, ...] = ()
    following: datetime | None = None
    asks: tuple[Ask, ...] = ()


Start = Callable[[Unmet, Timetable], Turn]


def turn(situation: Situation, history: History, start: Start, *, policy: str = "Allow") -> Turn:
    """What is to be done now.

    Args:
        situation: with the jobs of the schedule as the only children.
        history: of these jobs.
        start: what is to be done for a time that is due and may be acted upon.
        policy: the concurrency policy where the manifest names none.
    """
    spec = situation.parent.spec
    try:
        timetable = Timetable.of(spec["schedule"], spec.get("timeZone"))
    except Unparseable as wrong:
        return Turn(stalled(Reason.INVALID_SPEC, f"spec.schedule cannot be used: {wrong}."))
    except UnknownZone as wrong:
        return Turn(stalled(Reason.INVALID_SPEC, f"spec.timeZone cannot be used: {wrong}."))
    if spec.get("suspend"):
        return Turn(_SUSPENDED)
    following = timetable.after(situation.now)
    upcoming = {} if following is None else {"nextScheduleTime": written(following)}
    found = _due(situation, history, timetable, start, spec.get("concurrencyPolicy", policy))
    return replace(found, following=following, status={**upcoming, **found.status})


def status(situation: Situation, history: History) -> dict[str, Any]:
    """What the status tells of the jobs."""
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


def refused(situation: Situation, kind: str, name: str) -> Turn | None:
    """What to say if a job could not be created in this pass."""
    refusal = situation.refused.get(name)
    if refusal is None:
        return None
    reason = Reason.NAME_CONFLICT if refusal.taken else Reason.CREATION_FAILED
    return Turn(stalled(reason, f"{kind} {name} cannot be created: {refusal.message}"))


def started(situation: Situation, due: Unmet, wanted: Wanted) -> Turn:
    """A job is made for a time."""
    said = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
    warning = Announcement("Warning", "TooManyMissedTimes", said, "Schedule")
    # Until it is there, what was stopped for it must not have been stopped in vain.
    kept = {key: value for key, value in situation.parent.status.items() if key == "replacing"}
    return Turn(SOUND, kept, (warning,) if due.many else (), create=(wanted,))


def name_of(situation: Situation, moment: datetime) -> str:
    """The same for the same time, so that no time gets two jobs: minutes since 1970, as CronJob has it."""
    return f"{situation.parent.name}-{int(moment.timestamp()) // 60}"


def _reference(situation: Situation, child: Child) -> dict[str, str]:
    version = f"{GROUP}/{VERSION}"
    where = {"namespace": situation.parent.namespace, "name": child.name, "uid": child.uid}
    return {"apiVersion": version, "kind": child.kind, **where}


def _due(situation: Situation, history: History, timetable: Timetable, start: Start, policy: str) -> Turn:
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
    if name_of(situation, found.latest) in {child.name for child in situation.children}:
        return Turn(SOUND)
    if history.active:
        if policy == "Forbid":
            said = "Not starting job because prior execution is running and concurrency policy is Forbid"
            return _missed(situation, found.latest, "Normal", "JobAlreadyActive", said)
        if policy == "Replace":
            going = tuple(child for child in history.active if not child.deleting)
            return Turn(SOUND, {"replacing": written(found.latest)}, replaced=going)
    return start(found, timetable)


def _too_late(situation: Situation, found: Unmet | None) -> Turn:
    if found is None:
        return Turn(SOUND)
    said = f"Missed scheduled time to start a job: {found.latest.astimezone(UTC):%a, %d %b %Y %H:%M:%S +0000}"
    return _missed(situation, found.latest, "Warning", "MissSchedule", said)


def _missed(situation: Situation, moment: datetime, severity: Type, reason: str, said: str) -> Turn:
    """Nothing is started for a time, at least for now; it is told once."""
    news = situation.parent.status.get("lastMissedTime") != written(moment)
    event = Announcement(severity, reason, said, "Schedule")
    return Turn(SOUND, {"lastMissedTime": written(moment)}, (event,) if news else ())
