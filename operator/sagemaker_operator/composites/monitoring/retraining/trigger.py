"""Whether violations are enough to train another model, and if not, why."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from sagemaker_operator.composites.monitoring.execution import Execution, Result
from sagemaker_operator.engine.times import written

from .memory import Decision, State

_WEEK = timedelta(days=7)
_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
# Of these a run that is over says nothing about the data.
_SILENT = frozenset({Result.NO_DATA, Result.FAILED, Result.STOPPED})


@dataclass(frozen=True, slots=True)
class Rule:
    """``spec.onViolation``, as far as it says when."""

    checks: frozenset[str] = frozenset()
    features: frozenset[str] = frozenset()
    violations: int = 1
    samples: int = 0
    in_a_row: int = 1
    cooldown: timedelta = timedelta(days=1)
    weekly: int = 2

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """As the manifest has it."""
        return cls(
            checks=frozenset(told.get("checkTypes") or ()),
            features=frozenset(told.get("features") or ()),
            violations=int(told.get("minViolations", 1)),
            samples=int(told.get("minSamples", 0)),
            in_a_row=int(told.get("consecutiveExecutions", 1)),
            cooldown=duration(str(told.get("cooldown", "24h"))),
            weekly=int(told.get("maxRetrainsPerWeek", 2)),
        )


@dataclass(frozen=True, slots=True)
class Held:
    """Why violations lead to nothing, or not yet.

    Attributes:
        execution: the run that has them.
        reason: in one word.
        message: for people.
        until: when time alone changes that.
        grave: whether somebody must do something about it.
    """

    execution: str
    reason: str
    message: str
    until: datetime | None = None
    grave: bool = False

    def told(self) -> dict[str, str]:
        """As it stands in the status."""
        return {"execution": self.execution, "reason": self.reason, "message": self.message}


def duration(text: str) -> timedelta:
    """A time span as manifests write it.

    >>> duration("1d12h")
    datetime.timedelta(days=1, seconds=43200)
    """
    return timedelta(seconds=sum(int(many) * _UNITS[unit] for many, unit in re.findall(r"([0-9]+)([dhms])", text)))


def consider(
    rule: Rule, executions: Sequence[Execution], past: Sequence[Decision], now: datetime
) -> Execution | Held | None:
    """The run whose violations lead to a training; why they do not; None if there are none.

    Runs that looked at the time before the last decision was over say nothing about what came of it.

    Args:
        executions: the latest runs, in any order.
        past: earlier decisions, the newest first; all of them are over.
    """
    judged = [one for one in executions if one.over and one.result not in _SILENT and _later(one, past)]
    judged.sort(key=lambda one: one.scheduled, reverse=True)
    if not judged or judged[0].result is not Result.VIOLATIONS:
        return None
    newest = judged[0]
    if any(one.execution == newest.name for one in past):
        return None
    if (lack := _too_little(rule, newest)) is not None:
        return lack
    run = next((number for number, one in enumerate(judged) if _too_little(rule, one) is not None), len(judged))
    if run < rule.in_a_row:
        said = f"{run} of {rule.in_a_row} runs in a row have such violations (onViolation.consecutiveExecutions)."
        return Held(newest.name, "NotConsecutive", said)
    return _too_soon(rule, newest, past, now) or newest


def _later(execution: Execution, past: Sequence[Decision]) -> bool:
    if not past:
        return True
    if past[0].state is State.PROMOTED:
        return (execution.start or execution.scheduled) >= past[0].since
    return execution.scheduled > past[0].since


def _too_little(rule: Rule, execution: Execution) -> Held | None:
    """Why a run does not count."""
    if execution.result is not Result.VIOLATIONS:
        return Held(execution.name, "FewViolations", "There are no violations.")
    if not execution.explained:
        return Held(execution.name, "NotExplained", "What the violations are is not known yet.")
    found = _counted(rule, execution)
    if found < rule.violations:
        which = " of the kind that counts (onViolation.checkTypes, features)" if rule.checks or rule.features else ""
        said = f"{found} of {rule.violations} violations{which} that onViolation.minViolations asks for."
        if which:
            said += f" The run has {_listed(execution)}."
        return Held(execution.name, "FewViolations", said)
    if rule.samples and (execution.records is None or execution.records < rule.samples):
        seen = "an unknown number of" if execution.records is None else f"{execution.records:,}"
        said = f"The run looked at {seen} records; onViolation.minSamples asks for {rule.samples:,}."
        return Held(execution.name, "FewSamples", said)
    return None


def _listed(execution: Execution) -> str:
    """Of which checks a run has violations, and among the worst of which features: as a rule has to spell them."""
    checks = ", ".join(f"{check}: {many}" for check, many in execution.by_check.items())
    features = ", ".join(dict.fromkeys(finding.feature for finding in execution.worst))
    told = [checks or "violations of unknown checks", f"of {features}" if features else ""]
    return ", the worst ".join(text for text in told if text)


def _counted(rule: Rule, execution: Execution) -> int:
    """How many violations count: of features as far as they are told, and at least one where only that is known."""
    if rule.features:
        return sum(
            finding.feature in rule.features and (not rule.checks or finding.check in rule.checks)
            for finding in execution.worst
        )
    if rule.checks:
        return sum(many for check, many in execution.by_check.items() if check in rule.checks)
    return max(execution.violations, 1)


def _too_soon(rule: Rule, execution: Execution, past: Sequence[Decision], now: datetime) -> Held | None:
    """Why there is no other training yet."""
    if past and (until := past[0].decided + rule.cooldown) > now:
        last = written(past[0].decided)
        said = f"The last decision to train is of {last}: the next can be at {written(until)} (onViolation.cooldown)."
        return Held(execution.name, "CoolingDown", said, until)
    recent = [one.decided for one in past if one.decided + _WEEK > now]
    if len(recent) >= rule.weekly:
        until = recent[rule.weekly - 1] + _WEEK
        said = (
            f"There were {len(recent)} decisions to train in seven days: the next can be at {written(until)} "
            "(onViolation.maxRetrainsPerWeek)."
        )
        return Held(execution.name, "LimitReached", said, until)
    return None
