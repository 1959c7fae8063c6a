"""The summaries of earlier runs, as far as they can be read and are of the same analysis.

A summary that is missing or spoilt is no reason to fail: it is left out, and the page says how many were.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sagemaker_analyzer.contract.task import Task

_RUNS = 60
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Run:
    """An earlier run: when its window began, or as the file's directory is called if it had none."""

    when: str
    violations: int
    metrics: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class History:
    """Earlier runs, the oldest first; `unread` files could not be read."""

    runs: tuple[Run, ...] = field(default=())
    unread: int = 0


def read_history(task: Task) -> History:
    """The last runs before the window of this one."""
    if task.history is None or not task.history.is_dir():
        return History()
    now = task.window.start.isoformat() if task.window else None
    found: dict[str, Run] = {}
    unread = 0
    for path in sorted(task.history.rglob("summary.json")):
        form = _form(path)
        if form is None:
            unread += 1
        elif form.get("analysis") == task.analysis.value and (now is None or form.get("start", "") < now):
            when = form.get("start") or str(path.parent.relative_to(task.history))
            found[when] = Run(when, form["violations"], form["metrics"])
    return History(tuple(found[when] for when in sorted(found)[-_RUNS:]), unread)


def _form(path: Path) -> dict[str, Any] | None:
    try:
        if path.stat().st_size > _LARGEST:
            return None
        form = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(form, dict) or not _whole(form.get("violations")) or not isinstance(form.get("start", ""), str):
        return None
    metrics = form.get("metrics")
    given = metrics.items() if isinstance(metrics, dict) else ()
    return {**form, "metrics": {name: float(value) for name, value in given if _finite(value)}}


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < math.inf
