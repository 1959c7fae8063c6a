"""When schedules run, and which time each run looks at. Pure: epoch seconds in, epoch seconds out.

The forms are those of the Model Monitor documentation: hourly, daily at an hour, every N hours from an hour on, and NOW;
all in UTC.
"""

import re
from functools import lru_cache
from typing import Final

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR
NOW: Final = "NOW"
DAILY: Final = "cron(0 5 ? * * *)"
"""When AWS runs a schedule that says nothing; it picks a time of its own, this is ours."""
_FORM: Final = re.compile(r"cron\(0 (?:\*|([01]?\d|2[0-3])(?:/(0?[1-9]|1\d|2[0-4]))?) \? \* \* \*\)")
_OFFSET: Final = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def understood(expression: str) -> bool:
    """Whether Model Monitor takes a schedule expression."""
    return expression == NOW or _FORM.fullmatch(expression) is not None


def following(expression: str, moment: float) -> float:
    """The first time later than a moment at which a cron expression comes true."""
    hour = moment // HOUR + 1
    while int(hour) % 24 not in _hours(expression):
        hour += 1
    return hour * HOUR


def preceding(expression: str, moment: float) -> float:
    """The last time before a moment at which a cron expression comes true."""
    hour = -(-moment // HOUR) - 1
    while int(hour) % 24 not in _hours(expression):
        hour -= 1
    return hour * HOUR


def offset(text: str) -> float | None:
    """Seconds of an ISO 8601 duration such as -PT5H or -P1D; None if it is not one."""
    found = _OFFSET.fullmatch(text)
    if found is None or text.endswith(("P", "T")):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    total = days * DAY + hours * HOUR + minutes * 60 + seconds
    return -total if found[1] else total


@lru_cache(maxsize=256)
def _hours(expression: str) -> frozenset[int]:
    """The hours of the day. `17/12` is 17 and 5, as documented; an N that does not divide 24 begins anew each day."""
    found = _FORM.fullmatch(expression)
    assert found is not None, f"{expression} was let in"
    if found[1] is None:
        return frozenset(range(24))
    first, every = int(found[1]), int(found[2] or 24)
    return frozenset((first + later) % 24 for later in range(0, 24, every))
