"""Edits of a job that works or is over: SageMaker takes each at its moment (`kinds.moment`), and some never again.

An edit changes nothing about the outcome of a job, nor does one that comes too late: the condition ``NotApplied`` tells what
SageMaker does not have yet, or will never have. What has changed is told from the manifest alone (``status.liveHash``), so that
what others change, or what SageMaker writes otherwise, is never sent again unasked.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from sagemaker_operator.errors import Absent, AWSFailure, Busy, Denied, Throttled, Unknown
from sagemaker_operator.kinds import Kind
from sagemaker_operator.kinds.moment import Moment
from sagemaker_operator.model.names import field

from . import address, refusal
from .compare import at
from .facts import Facts, Present
from .readiness import assess
from .schedule import Pace
from .steps import Rest, Step, Verb
from .target import Target, fingerprint
from .times import read as moment_of
from .updates import Update, clearable, needed, taken
from .verdict import Reason, Unapplied

# What SageMaker accepts and does not keep is not sent for ever; a manifest can set things of two moments.
_MOST = 5
# How long after the end Describe may still leave out what it will tell.
_LATE = timedelta(minutes=5)
_CONDITION = "NotApplied"


def amended(facts: Facts) -> Step | None:
    """Send what SageMaker takes now; what has its moment later waits, and what had it is told in the report."""
    if facts.failed is not None or Verb.UPDATE in facts.done:
        return None
    for moment, update in _pending(facts):
        if _is_now(moment, facts.reply) and not _exhausted(facts):
            return address.call(facts, Verb.UPDATE, facts.kind.family.update, update.request)
    return None


def refused(facts: Facts, failure: AWSFailure) -> Rest | None:
    """How a pass ends whose edit SageMaker did not take: the job goes on, or stays what it is. None if it was no edit."""
    if not facts.kind.live or facts.failed is None or facts.failed.verb is not Verb.UPDATE:
        return None
    match failure:
        case Throttled() | Unknown():
            return Rest(None, Pace.RETRY)
        case Absent():
            return Rest(None, Pace.SOON)
        case Busy():
            return Rest(assess(facts), Pace.SOON)
        case _:
            return Rest(assess(facts), Pace.RECHECK if facts.resource.finished else Pace.WATCH)


def edited(facts: Facts) -> bool:
    """Whether the manifest asks for something else of the job than was sent last, as far as it can tell by itself."""
    if not facts.kind.live or not isinstance(facts.target, Target):
        return False
    return _digest(facts.kind, facts.target.members) != facts.resource.status.get("liveHash")


def waits(facts: Facts) -> bool:
    """Whether an edit has its moment still before it."""
    told = unapplied(facts)
    return told is not None and told.reason == Reason.WAITING


def unapplied(facts: Facts) -> Unapplied | None:
    """What of an edit SageMaker does not have, and why; of several the one that goes on by itself gives the reason."""
    if not edited(facts):
        return None
    if not isinstance(facts.observed, Present) or not facts.observed.complete:
        return _told_before(facts)
    told = [_about(facts, moment, update) for moment, update in _pending(facts)]
    if not told:
        return None
    first = next((one for one in told if one.reason == Reason.WAITING), told[0])
    return Unapplied(first.reason, " ".join(one.message for one in told))


def sent(kind: Kind, members: Mapping[str, Any]) -> dict[str, Any]:
    """What to write down once SageMaker has what a manifest asks of a job, or is about to be asked for it.

    Args:
        kind: the row.
        members: what the manifest sets, in the service model's spelling.
    """
    if not kind.live:
        return {}
    return {
        "liveHash": _digest(kind, members),
        "appliedFields": sorted(field(name) for name in clearable(kind) & members.keys()),
    }


def tries(facts: Facts) -> dict[str, Any]:
    """How often this very edit was sent, this pass included."""
    if not isinstance(facts.target, Target):
        return {}
    digest = _digest(facts.kind, facts.target.members)
    return {"requestHash": digest, "generation": facts.resource.generation, "repeats": _sent_before(facts) + 1}


def _pending(facts: Facts) -> Iterator[tuple[Moment, Update]]:
    """What SageMaker has otherwise than the manifest asks, by the moment at which it takes it."""
    complete = isinstance(facts.observed, Present) and facts.observed.complete
    if not complete or not edited(facts) or not isinstance(facts.target, Target):
        return
    wanted, live = facts.target.members, facts.kind.live
    applied = facts.resource.status.get("appliedFields") or ()
    for moment in dict.fromkeys(change.during for change in live.values() if change.during is not None):
        names = {name for name, change in live.items() if change.during is moment}
        given_up = frozenset(name for name in names & clearable(facts.kind) if field(name) in applied)
        asked = {name: wanted[name] for name in names & wanted.keys()}
        update = needed(facts.kind, asked, facts.reply, given_up=given_up)
        if update is not None:
            yield moment, update


def _about(facts: Facts, moment: Moment, update: Update) -> Unapplied:
    names = ", ".join(_fields(facts.kind, update))
    if (
        facts.failed is not None
        and facts.failure is not None
        and update.request.items() <= facts.failed.request.items()
    ):
        if not isinstance(facts.failure, Busy | Absent):
            reason = Reason.ACCESS_DENIED if isinstance(facts.failure, Denied) else Reason.REFUSED_BY_AWS
            return Unapplied(reason, refusal.words(facts.failure))
    elif _exhausted(facts) and Verb.UPDATE not in facts.done:
        before = _told_before(facts)
        kept = before is not None and before.reason in (Reason.ACCESS_DENIED, Reason.REFUSED_BY_AWS)
        message = f"SageMaker accepts the update and keeps another {names}."
        return before if kept and before is not None else Unapplied(Reason.NOT_APPLIED, message)
    if _is_over(facts, moment):
        return Unapplied(Reason.TOO_LATE, f"{names} stays as it was: SageMaker changes it only {moment.said}.")
    if Verb.UPDATE in facts.done:
        return Unapplied(Reason.WAITING, f"SageMaker has accepted another {names}, and does not show it yet.")
    return Unapplied(Reason.WAITING, f"{names} is not in use yet: SageMaker changes it {moment.said}.")


def _is_now(moment: Moment, reply: Mapping[str, Any]) -> bool:
    fits = all(at(reply, path) in values for path, values in moment.when.items())
    return fits and not any(at(reply, path) in values for path, values in moment.but.items())


def _is_over(facts: Facts, moment: Moment) -> bool:
    if any(at(facts.reply, path) in values for path, values in moment.over.items()):
        return True
    if moment.needs and not at(facts.reply, moment.needs):
        return True
    if not moment.shows or at(facts.reply, moment.shows) is not None:
        return False
    ended = moment_of(facts.told("LastModifiedTime"))
    return facts.resource.finished and ended is not None and facts.now - ended > _LATE


def _fields(kind: Kind, update: Update) -> Iterator[str]:
    """The fields of a manifest that an update is about; only the part of a structure that can change at all."""
    for name in update.members:
        parts = kind.family.spec_members[name]
        sent_parts = update.request.get(name)
        partly = isinstance(sent_parts, Mapping) and any(path.startswith(f"{name}.") for path in kind.fixed_within)
        if partly and hasattr(parts, "members"):
            yield from (f"{field(name)}.{field(part)}" for part in sorted(sent_parts))  # type: ignore[arg-type]
        else:
            yield field(name)


def _digest(kind: Kind, members: Mapping[str, Any]) -> str | None:
    told = {name: value for name, value in taken(kind, members).items() if name in kind.live and value}
    return fingerprint(told) if told else None


def _exhausted(facts: Facts) -> bool:
    return facts.resource.look_now is None and _sent_before(facts) >= _MOST


def _sent_before(facts: Facts) -> int:
    last = facts.resource.status.get("lastUpdate") or {}
    known = isinstance(facts.target, Target) and last.get("requestHash") == _digest(facts.kind, facts.target.members)
    return int(last.get("repeats", 0)) if known else 0


def _told_before(facts: Facts) -> Unapplied | None:
    told = facts.resource.condition(_CONDITION)
    return None if told is None else Unapplied(str(told["reason"]), str(told["message"]))
