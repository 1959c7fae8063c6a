"""Finds out what AWS has changed, with as few calls as possible.

A handful of resources of one kind is asked for one by one, ever more slowly. More than that are found by sweeping the List
operation, a hundred in a call: whoever has another state than we reported last is worked on, and whoever is not listed is looked
at alone. What a sweep shows is only a hint, because lists lag behind; ends are always confirmed by a Describe.

The same machinery serves two rhythms: resources that are changing, and services at rest, which AWS may change at any time.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sagemaker_operator.engine.lanes import Lane
from sagemaker_operator.engine.queue import WorkQueue
from sagemaker_operator.engine.resource import Key
from sagemaker_operator.engine.schedule import Pace, delay
from sagemaker_operator.errors import AWSFailure
from sagemaker_operator.kinds import Kind, Lifecycle
from sagemaker_operator.model.convert import from_reply

from .ports import Clock, Sweep
from .store import Record

_log = logging.getLogger(__name__)

_HANDFUL = 8
# Between two sweeps, in first looks, so that a small fleet does not use up the calls that AWS allows.
_PAUSE = 2.0
# A resource that no sweep ever shows is looked at alone after that time.
_SAFETY = 120.0
# How patient to be with what AWS had refused before a restart, as the number of earlier tries is not recorded.
_AFTER_RESTART = 3
# The clocks of Kubernetes and AWS agree to within this.
_SKEW = timedelta(minutes=5)


@dataclass(slots=True)
class _Group:
    """The resources of one kind in one region that are changing, by ARN where a list tells of them."""

    kind: Kind
    region: str
    lane: Lane
    members: dict[str, Record] = field(default_factory=dict)
    task: asyncio.Task[None] | None = None

    @property
    def swept(self) -> bool:
        """Whether they are many, and a list tells of them."""
        told = self.kind.family.sweepable and (self.lane is Lane.TRANSITION or not self.kind.unlisted)
        return told and len(self.members) > _HANDFUL


class Watchlist:
    """Implements `workers.Watcher`.

    Args:
        queue: gets the keys.
        sweep: pages through a List operation.
        region: where resources live that name no region.
        resync: seconds between two looks at a service at rest.
        drift: seconds between two comparisons of a record at rest.
        first_look: seconds before the first look at what AWS is changing.
        wake: called when a sweep has queued something.
    """

    def __init__(
        self,
        *,
        queue: WorkQueue,
        sweep: Sweep,
        clock: Clock,
        region: str,
        resync: float,
        drift: float,
        wake: Callable[[], None],
        first_look: float = 1.0,
    ) -> None:
        self._queue, self._sweep, self._clock = queue, sweep, clock
        self._region, self._resync, self._drift = region, resync, drift
        self._first_look = first_look
        self._wake = wake
        self._groups: dict[tuple[str, str, Lane], _Group] = {}
        self._of: dict[Key, tuple[_Group, str]] = {}

    def watch(self, record: Record) -> None:
        """Wake the key when AWS has changed its resource."""
        group = self._join(record, Lane.TRANSITION)
        many = group is not None and group.swept
        own = delay(Pace.WATCH, record.tries, random.random(), first_look=self._first_look)
        pause = _SAFETY * random.uniform(0.75, 1.25) if many else own
        self._queue.add_at(record.key, self._clock.monotonic() + pause, Lane.TRANSITION)

    def settle(self, record: Record) -> None:
        """Look at a settled resource now and then; at a finished job never again."""
        if record.finished:
            self.forget(record)
            return
        if not record.ready:
            due = self._clock.monotonic() + delay(Pace.RECHECK, _AFTER_RESTART, random.random())
            self._queue.add_at(record.key, due, Lane.DRIFT)
            return
        period = self._between_looks(record) if record.kind.lifecycle is Lifecycle.SERVICE else self._drift
        self._queue.add_at(record.key, self._clock.monotonic() + period * random.uniform(0.5, 1.0), Lane.DRIFT)

    def _between_looks(self, record: Record) -> float:
        """Seconds until a service at rest is looked at alone: many are swept, or share a few looks where no list tells."""
        group = self._join(record, Lane.DRIFT)
        if group is None or len(group.members) <= _HANDFUL:
            return self._resync
        return self._drift if group.swept else min(self._drift, self._resync * len(group.members) / _HANDFUL)

    def forget(self, record: Record) -> None:
        """Wake the key no more."""
        joined = self._of.pop(record.key, None)
        if joined is not None:
            joined[0].members.pop(joined[1], None)

    def remind(self, record: Record, *, after: datetime | None = None) -> None:
        """Wake the key when time alone gives it something to do; moments up to one were considered already."""
        moments = [moment for moment in record.due if after is None or moment > after]
        if moments:
            left = (min(moments) - self._clock.now()).total_seconds()
            self._queue.add_at(record.key, self._clock.monotonic() + max(0.0, left), Lane.TRANSITION)

    async def close(self) -> None:
        """End all sweeps."""
        tasks = [group.task for group in self._groups.values() if group.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _join(self, record: Record, lane: Lane) -> _Group | None:
        self.forget(record)
        arn = record.arn or (record.created or {}).get(record.kind.family.arn)
        if record.deleting or (arn is None and record.kind.family.sweepable):
            return None
        region = record.region or self._region
        group = self._groups.setdefault((record.kind.name, region, lane), _Group(record.kind, region, lane))
        member = arn or str(record.key)
        group.members[member] = record
        self._of[record.key] = group, member
        if group.swept and (group.task is None or group.task.done()):
            group.task = asyncio.create_task(self._keep_sweeping(group, lane))
        return group

    async def _keep_sweeping(self, group: _Group, lane: Lane) -> None:
        while group.swept:
            await self._clock.sleep(self._between_sweeps(lane))
            try:
                await self._sweep_once(group, lane)
            except AWSFailure as failure:
                _log.warning(
                    "A list could not be read; asking one by one",
                    extra={"kind": group.kind.name, "error": str(failure)},
                )
                self._ask_alone(group, lane, within=30.0)
        # Those who are left relied on the sweeps until now.
        self._ask_alone(group, lane, within=self._between_sweeps(lane))

    def _between_sweeps(self, lane: Lane) -> float:
        return _PAUSE * self._first_look if lane is Lane.TRANSITION else self._resync

    def _ask_alone(self, group: _Group, lane: Lane, *, within: float) -> None:
        for record in group.members.values():
            self._queue.add_at(record.key, self._clock.monotonic() + within * random.random(), lane)
        self._wake()

    async def _sweep_once(self, group: _Group, lane: Lane) -> None:
        expected = dict(group.members)
        async for row in self._sweep(group.kind, region=group.region, since=_oldest(expected.values())):
            record = expected.pop(str(row.get(group.kind.family.arn)), None)
            if record is not None and _tells_news(record, row):
                record.hint = row
                self._queue.add(record.key, lane)
                self._wake()
        for arn, record in expected.items():
            if group.members.get(arn) is record:
                self._queue.add(record.key, lane)
        self._wake()


def _oldest(records: Any) -> datetime | None:
    born = [record.born for record in records]
    if not born or not all(born):
        return None
    return datetime.fromisoformat(min(born)).astimezone(UTC) - _SKEW


def _tells_news(record: Record, row: Mapping[str, Any]) -> bool:
    """Whether a row shows something that was not reported yet, and is not older than what was."""
    kind = record.kind
    told = from_reply(kind.shown, row)
    status, secondary, changed = record.seen
    modified = str(told.get("lastModifiedTime", ""))
    if changed is not None and modified and modified < changed:
        return False
    # Half of the lists show no time of change: to look at everybody whom they show would be a call for each, every minute.
    if kind.lifecycle is Lifecycle.SERVICE and modified and modified != changed:
        return True
    return told.get(kind.status_field or "") != status or told.get(kind.secondary_field or "") not in (None, secondary)
