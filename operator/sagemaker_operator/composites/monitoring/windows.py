"""What a run looks at: a window of time, and the folders in S3 in which that lies.

A window begins where the one before has ended, so nothing is read twice and nothing is left out; only what came while the
schedule was suspended is. Folders are those of data capture, ``yyyy/mm/dd/hh`` in UTC
(https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sagemaker_operator.composites.cron.timetable import Timetable

_DELAY = 300
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
# A record is written some time after it was captured, and may stand in the folder of the next hour.
_LATE = timedelta(minutes=5)
_FORMS = ("%Y/%m/%d/%H/", "%Y/%m/%d/", "%Y/%m/", "%Y/", "")


@dataclass(frozen=True, slots=True)
class Window:
    """From `start`, which is within, to `end`, which is not."""

    start: datetime
    end: datetime

    @property
    def empty(self) -> bool:
        """Whether no moment lies in it."""
        return self.end <= self.start


def window(spec: Mapping[str, Any], until: datetime | None, timetable: Timetable, due: datetime) -> Window:
    """The window of the run that is scheduled for a time; everything was read up to another, if it is known."""
    return Window(until or _end(spec, timetable.before(due) or due - _DAY), _end(spec, due))


def resumed(spec: Mapping[str, Any], until: datetime | None, timetable: Timetable, now: datetime) -> datetime | None:
    """Up to where everything counts as read when a schedule goes on: what came meanwhile is not, but for the last window.

    Args:
        spec: of the schedule.
        until: up to where everything was read before it was suspended.
        timetable: when it is due.
        now: when it goes on.
    """
    latest = timetable.before(now)
    if latest is None:
        return until
    start = _end(spec, timetable.before(latest) or latest - _DAY)
    return start if until is None else max(start, until)


def _end(spec: Mapping[str, Any], due: datetime) -> datetime:
    return due - timedelta(seconds=spec.get("delaySeconds", _DELAY))


def covering(span: Window, *, most: int) -> tuple[str, ...]:
    """The fewest kinds of folders in which all of a window lies, at most so many: hours, else days, months, years or all."""
    hours = _hours(span.start, span.end + _LATE)
    for form in _FORMS:
        folders = tuple(dict.fromkeys(f"{hour:{form}}" if form else "" for hour in hours))
        if len(folders) <= most:
            return folders
    return ("",)


def ended(span: Window) -> tuple[str, ...]:
    """The folders of the hours that ended in a window, whole days as such: each folder belongs to exactly one window."""
    hours = [hour for hour in _hours(span.start - _HOUR, span.end) if span.start < hour + _HOUR <= span.end]
    days: dict[str, list[datetime]] = {}
    for hour in hours:
        days.setdefault(f"{hour:%Y/%m/%d/}", []).append(hour)
    return tuple(
        folder
        for day, within in days.items()
        for folder in ([day] if len(within) == 24 else [f"{hour:%Y/%m/%d/%H/}" for hour in within])
    )


def _hours(start: datetime, end: datetime) -> list[datetime]:
    first = start.replace(minute=0, second=0, microsecond=0)
    count = max(1, -((first - end) // _HOUR))
    return [first + number * _HOUR for number in range(count)]
