"""What a job took and costs, and where to see more of it: ``status.run``.

Nothing of it changes by itself while the job runs, so that it never causes a write of its own: the links come with the ARN, the
start with the first full look, and what it took once it is over.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sagemaker_operator.kinds import Kind
from sagemaker_operator.kinds.kind import Stage

from . import links
from .compare import at
from .facts import Facts, Present
from .target import Target

_OVER = (Stage.READY, Stage.FAILED, Stage.STOPPED)
# As SageMaker spells the times of a record.
_CREATED, _MODIFIED = ("CreationTime", "CreatedAt"), ("LastModifiedTime", "LastModifiedAt")
_LINKS = ("consoleURL", "logGroup", "logStreamPrefix", "logsURL")


def run(facts: Facts) -> dict[str, Any]:
    """What the status tells about the work of a job: of its current attempt, but for the costs of all."""
    kind, earlier = facts.kind, _earlier(facts)
    if kind.run is None or facts.arn is None or not facts.manageable:
        return {"billableSeconds": earlier} if earlier else {}
    found = places(kind, facts.arn, str(facts.reply.get(kind.family.identity) or facts.resource.known_name or ""))
    found |= _instance_type(facts)
    if isinstance(facts.observed, Present) and facts.observed.complete:
        told = {**found, **_took(facts)}
        told["billableSeconds"] = told.get("billableSeconds", 0) + earlier
        return {name: value for name, value in told.items() if name != "billableSeconds" or value}
    before = facts.resource.status.get("run") or {}
    return {**{name: value for name, value in before.items() if name not in _LINKS}, **found}


def _instance_type(facts: Facts) -> dict[str, str]:
    """What it runs on: as SageMaker says, else as the manifest asks; nothing where it runs on several types."""
    row, wanted = facts.kind.run, facts.target.members if isinstance(facts.target, Target) else {}
    if row is None or not row.instance_type:
        return {}
    found = _chosen(facts.reply, row.instance_type) or at(wanted, row.instance_type)
    return {"instanceType": found} if isinstance(found, str) else {}


def _earlier(facts: Facts) -> int:
    """The billable seconds of the attempts before the current one."""
    status = facts.resource.status
    before = (one for one in status.get("attempts") or () if one.get("attempt") != status.get("attempt"))
    return sum(int(one.get("billableSeconds", 0)) for one in before)


def places(kind: Kind, arn: str, name: str) -> dict[str, str]:
    """Where to see more of a job: its pages in the console, and the names of its logs."""
    assert kind.run is not None
    found: dict[str, str | None] = {}
    if kind.run.console:
        found["consoleURL"] = links.page(arn, kind.run.console, name)
    if kind.run.logs is not None:
        prefix = kind.run.logs.streams.format(name=name)
        found |= {"logGroup": kind.run.logs.group, "logStreamPrefix": prefix}
        found["logsURL"] = links.logs(arn, kind.run.logs.group, prefix)
    return {place: where for place, where in found.items() if where}


def billable_seconds(kind: Kind, reply: Mapping[str, Any]) -> int | None:
    """How many seconds a job that is over costs, all its instances together.

    SageMaker bills ``BillableTimeInSeconds`` for each instance (the formula is in the documentation of that member). Where it
    does not tell, this is the time from start to end; None where it does not say on how many instances it ran either.
    """
    instances = _instances(kind, reply)
    if kind.run is None or instances is None or kind.stage(reply.get(kind.family.status or "")) not in _OVER:
        return None
    each = reply.get(kind.run.billable) if kind.run.billable else duration(kind, reply)
    return each * instances if isinstance(each, int) else None


def duration(kind: Kind, reply: Mapping[str, Any]) -> int | None:
    """How many seconds a job took from its start to its end; None as long as it has not both."""
    began, ended = _start(kind, reply), _end(kind, reply)
    return max(0, round((ended - began).total_seconds())) if began and ended else None


def _took(facts: Facts) -> dict[str, Any]:
    kind, reply = facts.kind, facts.reply
    told = {
        "startTime": facts.told(_start_member(kind)) if _start(kind, reply) else None,
        "completionTime": facts.told(_end_member(kind)) if _end(kind, reply) else None,
        "durationSeconds": duration(kind, reply),
        "billableSeconds": billable_seconds(kind, reply),
        "spotSavingsPercent": _savings(kind, reply),
    }
    return {name: value for name, value in told.items() if value is not None}


def _savings(kind: Kind, reply: Mapping[str, Any]) -> int | None:
    """What spot instances saved, by the formula in the documentation of ``BillableTimeInSeconds``."""
    assert kind.run is not None
    if not kind.run.spot or not reply.get(kind.run.spot):
        return None
    billable, elapsed = reply.get(kind.run.billable), reply.get(kind.run.elapsed)
    if not isinstance(billable, int) or not isinstance(elapsed, int) or elapsed <= 0:
        return None
    return max(0, round((1 - billable / elapsed) * 100))


def _start(kind: Kind, reply: Mapping[str, Any]) -> datetime | None:
    return _time(reply.get(_start_member(kind)))


def _end(kind: Kind, reply: Mapping[str, Any]) -> datetime | None:
    over = kind.stage(reply.get(kind.family.status or "")) in _OVER
    return _time(reply.get(_end_member(kind))) if over else None


def _start_member(kind: Kind) -> str:
    """The member that tells when the work began; when it was asked for, where SageMaker tells no more."""
    return (kind.run.start if kind.run else "") or _known(kind, _CREATED)


def _end_member(kind: Kind) -> str:
    """The member that tells when the work was over; when its record changed last, where SageMaker tells no more."""
    return (kind.run.end if kind.run else "") or _known(kind, _MODIFIED)


def _known(kind: Kind, names: tuple[str, ...]) -> str:
    return next((name for name in names if name in kind.family.described), "")


def _time(value: Any) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _instances(kind: Kind, reply: Mapping[str, Any]) -> int | None:
    """On how many instances a job ran, all groups together."""
    if kind.run is None:
        return None
    for path in kind.run.instance_groups:
        groups = at(reply, path)
        if groups:
            return sum(int(group.get("InstanceCount", 0)) for group in groups)
    count = _chosen(reply, kind.run.instance_count) if kind.run.instance_count else None
    return count if isinstance(count, int) else None


def _chosen(reply: Mapping[str, Any], path: str) -> Any:
    """What stands at a path, or what SageMaker has chosen of the preferences that can stand in its place."""
    outer, _, name = path.rpartition(".")
    return at(reply, f"{outer}.Selected{name}") or at(reply, path)
