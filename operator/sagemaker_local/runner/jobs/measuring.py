"""Metric definitions, and the values that lines hold of them.

Expressions such as those of the XGBoost image (`.*\\[[0-9]+\\].*#011train-rmse:(…)`) take the cube of a line's length to find
nothing, and while they look nothing else happens in the process. So a line is only looked at where it holds the longest text
that the expression cannot do without, and only its end, if it is long.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

LONGEST: Final = 2048
"""Characters at the end of a line in which values are looked for: what a progress bar has written last."""
_MAYBE: Final = ("?", "*", "{")
_NUMBERED: Final = "xuUN0123456789"
"""What follows a backslash and says a letter or a group by its number or name."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A metric, and what its values look like in a line: the first group of the expression.

    Attributes:
        text: what every line with a value holds.
    """

    name: str
    regex: re.Pattern[str]
    text: str

    def value(self, line: str) -> float | None:
        """The value in a line; None if it has none, or one that is no finite number."""
        if self.text not in line:
            return None
        # Such an expression finds what it finds from the beginning on, or nowhere; one with alternatives has no `text`.
        whole = self.text and self.regex.pattern.startswith(".*")
        found = (self.regex.match if whole else self.regex.search)(line[-LONGEST:])
        if found is None or not found.groups():
            return None
        try:
            value = float(found[1])
        except (TypeError, ValueError):
            return None
        return value if math.isfinite(value) else None


def definitions(given: Iterable[Mapping[str, Any]]) -> tuple[list[Definition], list[str]]:
    """The metric definitions that can be used, and what is wrong with the others, as lines for the log."""
    found: list[Definition] = []
    wrong: list[str] = []
    for one in given:
        try:
            regex = re.compile(one["Regex"])
            found.append(Definition(one["Name"], regex, indispensable(regex)))
        except (re.error, RecursionError, OverflowError) as error:
            wrong.append(
                f"sagemaker-local: the metric {one['Name']} has no values: its Regex is no regular expression: {error}"
            )
    return found, wrong


def values(line: str, known: Iterable[Definition]) -> Iterator[tuple[str, float]]:
    """The values of metrics that a line holds."""
    for definition in known:
        value = definition.value(line)
        if value is not None:
            yield definition.name, value


def indispensable(regex: re.Pattern[str]) -> str:
    """The longest text that is in whatever the expression finds; empty if there is none, or if that is hard to tell."""
    if regex.flags & (re.IGNORECASE | re.VERBOSE):
        return ""
    runs, run, depth, pattern, at = [""], "", 0, regex.pattern, 0
    while at < len(pattern):
        letter, width = pattern[at], 1
        if letter == "\\":
            width, letter = 2, pattern[at + 1]
            if letter in _NUMBERED:
                return ""
            letter = "" if letter.isalnum() else letter
        elif letter == "[":
            width = _class(pattern, at)
            letter = ""
        elif letter in "()":
            depth += 1 if letter == "(" else -1
            letter = ""
        elif letter == "|" and depth == 0:
            return ""
        elif letter in ".^$?*+{}|":
            letter = ""
        at += width
        certain = depth == 0 and letter and pattern[at : at + 1] not in _MAYBE
        run = run + letter if certain else ""
        runs.append(run)
        if pattern[at : at + 1] == "{":
            at = pattern.find("}", at) + 1 or len(pattern)
    return max(runs, key=len)


def _class(pattern: str, at: int) -> int:
    """How many characters a class such as `[^]a-z]` has that begins here."""
    end = at + 1
    end += pattern[end : end + 1] == "^"
    end += pattern[end : end + 1] == "]"
    while end < len(pattern) and pattern[end] != "]":
        end += 2 if pattern[end] == "\\" else 1
    return end + 1 - at
