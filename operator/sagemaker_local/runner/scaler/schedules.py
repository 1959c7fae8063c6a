"""When scheduled actions come true: at(…), rate(…) and cron(…) of Application Auto Scaling. Pure."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

_AT: Final = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
_RATE: Final = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON: Final = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_SECONDS: Final = {"minute": 60, "hour": 3600, "day": 86400}


def following(expression: str, after: float, *, zone: str = "UTC", since: float = 0.0) -> float | None:
    """The first time later than a moment at which an action comes true; None if it never does.

    Args:
        expression: at(yyyy-mm-ddThh:mm:ss), rate(n units), or cron with six fields.
        after: epoch seconds.
        zone: of at and cron.
        since: when the action was made, from which rates count.

    Raises:
        ValueError: it is none of these.
    """
    found = _AT.fullmatch(expression)
    if found:
        moment = datetime.fromisoformat(found[1]).replace(tzinfo=ZoneInfo(zone)).timestamp()
        return moment if moment > after else None
    found = _RATE.fullmatch(expression)
    if found:
        every = int(found[1]) * _SECONDS[found[2]]
        return since + ((after - since) // every + 1) * every
    found = _CRON.fullmatch(expression)
    if found is None:
        raise ValueError(f"{expression!r} is no schedule: at(…), rate(…) or cron(…) with six fields")
    return _cron(found.groups(), after, zone)


def _cron(fields: tuple[str, ...], after: float, zone: str) -> float | None:
    minute, hour, day, month, weekday, years = fields
    # AWS counts the days of the week from SUN=1, cron from SUN=0; either field of days may be a question mark.
    days = re.sub(r"\d+", lambda number: str((int(number[0]) - 1) % 7), weekday.split("#")[0])
    if "#" in weekday:
        days += "#" + weekday.split("#")[1]
    text = " ".join(part.replace("?", "*") for part in (minute, hour, day, month, days))
    start = datetime.fromtimestamp(after, UTC).astimezone(ZoneInfo(zone))
    try:
        for moment in CronSim(text, start):
            if _in_year(moment.year, years):
                return moment.timestamp()
            if moment > start + timedelta(days=3660):
                return None
    except CronSimError as wrong:
        raise ValueError(f"cron({' '.join(fields)}) is no schedule: {wrong}") from None
    return None


def _in_year(year: int, field: str) -> bool:
    if field == "*":
        return True
    for part in field.split(","):
        first, _, last = part.partition("-")
        if int(first) <= year <= int(last or first):
            return True
    return False
