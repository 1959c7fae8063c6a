"""Which scheduled times are to be acted upon: of all that have passed unmet, only the latest.

Kubernetes' own estimate (``mostRecentScheduleTime`` in pkg/controller/cronjob/utils.go) goes by the distance of the first two
times, and is wrong where they are not evenly spread; here they are counted, up to the number that matters.
"""

from dataclasses import dataclass
from datetime import datetime

from .timetable import Timetable

# More of them are worth a warning: a clock is wrong, or nobody was there for long.
MANY = 100


@dataclass(frozen=True, slots=True)
class Unmet:
    """A scheduled time that has come and for which nothing was started yet.

    Attributes:
        latest: the last such time.
        many: whether there are more than a hundred.
    """

    latest: datetime
    many: bool


def unmet(timetable: Timetable, since: datetime, now: datetime) -> Unmet | None:
    """What is unmet of the times after one moment and up to another; None if nothing is."""
    found = timetable.after(since)
    if found is None or found > now:
        return None
    for _ in range(MANY):
        following = timetable.after(found)
        if following is None or following > now:
            return Unmet(found, many=False)
        found = following
    return Unmet(timetable.last(found, now), many=True)
