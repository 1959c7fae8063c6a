"""Cron expressions as Kubernetes understands them, in the spelling of the library that evaluates them.

Kubernetes parses with robfig/cron (``parser.go``), the library follows Debian's cron: they differ in when a day must match both
day fields, in what ``2/3`` and ``?`` mean, and in what they allow beyond the ordinary. Here both come to mean the same. Not here:
time zones (`timetable`).
"""

import re
from datetime import datetime

from cronsim import CronSim, CronSimError

_MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of month", 1, 31), ("month", 1, 12), ("day of week", 0, 6))
_NAMES = {
    "month": ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
    "day of week": ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"),
}
_TERM = re.compile(r"(?:[*?]|(?P<low>[0-9A-Z]+)(?:-(?P<high>[0-9A-Z]+))?)(?:/(?P<step>[0-9]+))?")
# Any day that is before all of a leap year.
_ANY = datetime(2024, 1, 1)  # noqa: DTZ001 - wall clocks have no zone here


class Unparseable(ValueError):
    """It is no cron expression, or one that never comes true; the message says why."""


def normal(expression: str) -> str:
    """The expression in five plain fields, which mean to the library what the original means to Kubernetes.

    Raises:
        Unparseable: if Kubernetes would refuse it.
    """
    if expression.startswith("@"):
        if expression not in _MACROS:
            raise Unparseable(f"{expression} is none of {', '.join(_MACROS)}")
        return _MACROS[expression]
    given = expression.upper().split()
    if len(given) != len(_FIELDS):
        raise Unparseable(f"it has {len(given)} fields and not five: minute, hour, day of month, month, day of week")
    fields = [_field(text, *field) for text, field in zip(given, _FIELDS, strict=True)]
    made = " ".join(fields)
    try:
        # Its own idea of what never comes true is right for each month alone.
        next(CronSim(made, _ANY))
    except (CronSimError, StopIteration):
        raise Unparseable("it never comes true: none of its months has such a day") from None
    return made


def _field(text: str, name: str, low: int, high: int) -> str:
    terms = [_term(term, name, low, high) for term in text.split(",")]
    # With a star in one of the day fields a day must match both, else one of them; a step makes a star a plain list.
    return "*" if "*" in terms else ",".join(terms)


def _term(text: str, name: str, low: int, high: int) -> str:
    match = _TERM.fullmatch(text)
    if match is None:
        raise Unparseable(f"{text} is no {name}")
    step = int(match["step"] or 1)
    if step < 1:
        raise Unparseable(f"{text} is no {name}: a step is at least 1")
    if match["low"] is None:
        return "*" if step == 1 else f"{low}-{high}/{step}"
    first = _number(match["low"], name, low, high)
    last = first if match["high"] is None else _number(match["high"], name, low, high)
    if match["step"] and match["high"] is None:
        last = high
    if last < first:
        raise Unparseable(f"{text} is no {name}: the range ends before it begins")
    # The library takes a step after a single number for one that goes on to the end.
    return f"{first}" if first == last else f"{first}-{last}" + (f"/{step}" if step > 1 else "")


def _number(text: str, name: str, low: int, high: int) -> int:
    names = _NAMES.get(name, ())
    number = names.index(text) + low if text in names else int(text) if text.isdigit() else -1
    if not low <= number <= high:
        hint = " (Sunday is 0)" if (name, text) == ("day of week", "7") else ""
        raise Unparseable(f"{text} is no {name}: it goes from {low} to {high}{hint}")
    return number
