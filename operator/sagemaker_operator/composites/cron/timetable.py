"""The moments at which a schedule is due in a time zone.

A schedule is due whenever a clock on the wall of that zone shows a time that matches: not at all in the hour that is left out
when summer begins, and twice in the hour that comes twice when it ends, as with Kubernetes' CronJob
(https://github.com/robfig/cron/blob/v3.0.1/spec_test.go, "runs twice"). Without a zone it is UTC: Kubernetes takes that of its
controller manager, which hardly anybody sets.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from cronsim import CronSim

from .expression import normal

# No zone repeats more of a day than this.
_DAY = timedelta(days=1)
# The 29th of February comes at least once in them.
_EIGHT_YEARS = timedelta(days=8 * 366)


class UnknownZone(ValueError):
    """There is no time zone of that name."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """A schedule in a time zone.

    Attributes:
        expression: five fields, as `expression.normal` makes them.
        zone: where the clock hangs.
    """

    expression: str
    zone: ZoneInfo

    @classmethod
    def of(cls, schedule: str, zone: str | None) -> Self:
        """The timetable of ``spec.schedule`` and ``spec.timeZone``.

        Raises:
            Unparseable: if the schedule is no cron expression, or one that never comes true.
            UnknownZone: if there is no such time zone.
        """
        return cls(normal(schedule), _zone(zone or "UTC"))

    def after(self, moment: datetime) -> datetime | None:
        """The first moment after another at which it is due, in UTC; None if there is none any more."""
        best: datetime | None = None
        for wall in self._walls(moment):
            shown = self._moments(wall)
            if best is not None and shown and shown[0] > best:
                break
            later = [candidate for candidate in shown if candidate > moment]
            if later:
                best = min(later) if best is None else min(best, *later)
        return best

    def before(self, moment: datetime) -> datetime | None:
        """The last moment before another at which it was due, in UTC; None if it was not in the eight years before."""
        back = timedelta(minutes=1)
        while back < _EIGHT_YEARS:
            back *= 4
            found = self.after(moment - back)
            if found is not None and found < moment:
                return self.last(found, moment - timedelta.resolution)
        return None

    def last(self, known: datetime, end: datetime) -> datetime:
        """The last one up to a moment, found by halving what lies after one that is known."""
        upper = end
        while (following := self.after(known)) is not None and following <= end:
            middle = known + (upper - known) / 2
            found = self.after(middle)
            if found is None or found > end:
                upper, known = middle, following
            else:
                known = found
        return known

    def local(self, moment: datetime) -> datetime:
        """A moment as it is told in the zone."""
        return moment.astimezone(self.zone)

    def _walls(self, moment: datetime) -> Iterator[datetime]:
        """What the clock can show from a moment on: also what it shows for a second time within the next day."""
        here, tomorrow = self.local(moment), self.local(moment + _DAY)
        turned_back = max(timedelta(), (here.utcoffset() or timedelta()) - (tomorrow.utcoffset() or timedelta()))
        start = here.replace(tzinfo=None) - turned_back
        # The library gives what comes after its start, and the start itself may be shown again.
        return iter(CronSim(self.expression, start.replace(second=0, microsecond=0) - timedelta(minutes=1)))

    def _moments(self, wall: datetime) -> list[datetime]:
        """When the clock shows a time, in UTC, in order: never, once or twice."""
        found = {wall.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
        return sorted(moment for moment in found if self.local(moment).replace(tzinfo=None, fold=0) == wall)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UnknownZone(f"there is no time zone {name}") from None
