"""Violations as an analyzer writes them to ``constraint_violations.json``, the worst first.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-violations.html; how far a value is from what is
allowed stands in the description alone. Not here: where the file is.
"""

import json
import math
import re

from .execution import Finding

# As in "Baseline drift distance: 0.31 exceeds threshold: 0.1".
_DISTANCE = re.compile(r"distance: (\S+) exceeds threshold: (\S+)")


def findings(text: str) -> tuple[Finding, ...]:
    """The violations in a file.

    Raises:
        ValueError, KeyError, TypeError: it holds something else.
    """
    found = [_finding(one["feature_name"], one["constraint_check_type"], one.get("description")) for one in _rows(text)]
    return tuple(sorted(found, key=_badness, reverse=True))


def _rows(text: str) -> list[dict[str, object]]:
    told = json.loads(text)["violations"]
    if not isinstance(told, list):
        raise TypeError("violations is no list")
    return told


def _finding(feature: object, check: object, description: object) -> Finding:
    said = _DISTANCE.search(str(description or ""))
    value, threshold = (_number(said[1]), _number(said[2])) if said else (None, None)
    return Finding(str(feature), str(check), value, threshold)


def _number(text: str) -> float | None:
    try:
        number = float(text.rstrip(".,;%"))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _badness(one: Finding) -> float:
    """How many times what is allowed; a check without a distance is broken once."""
    if one.value is None or one.threshold is None:
        return 1.0
    return one.value / one.threshold if one.threshold > 0 else math.inf
