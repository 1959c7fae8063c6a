"""Makes chosen resources take another course: fail with a reason, take a given time, find violations, or not be accepted.

A scenario is about resources whose name contains a match of a regular expression; it changes the timeline that a resource is set
on next, or what its next monitoring execution finds. Faults of the transport are elsewhere (`faults`): scenarios are about what
SageMaker does, not about how it is reached.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sagemaker_local.emulator.timeline import Timeline, delayed, interrupted, stretched

MONITORED: Final = ("MonitoringSchedule",)
"""Kinds with executions that find violations."""
SPOT: Final = ("TrainingJob",)
"""Kinds whose work AWS interrupts, and lets wait for capacity."""
CLOSED: Final = ("MonitoringSchedule",)
"""Kinds that AWS no longer lets new customers create (Model Monitor since 2026-07-30, by the note on AWS's pages)."""
VIOLATION: Final = ("feature_name", "constraint_check_type", "description")
"""The members of a row of constraint_violations.json."""


@dataclass(slots=True)
class Scenario:
    """One rule. Exactly one of `reason`, `seconds`, `violations`, `interrupt` and `wait` is set.

    Attributes:
        reason: the FailureReason to fail with.
        at: the status or secondary status in which it fails; None means the last one before success.
        seconds: how long the timeline takes altogether.
        violations: what the next monitoring executions find.
        interrupt: whether the work is interrupted once.
        wait: for how many seconds it waits for capacity.
        times: how often it still applies; None means for ever.
    """

    kind: str
    match: str
    reason: str | None = None
    at: str | None = None
    seconds: float | None = None
    times: int | None = None
    violations: tuple[Mapping[str, str], ...] | None = None
    interrupt: bool | None = None
    wait: float | None = None

    def applies(self, name: str) -> bool:
        """Whether it is about a resource of that name, and not used up."""
        return self.times != 0 and re.search(self.match, name) is not None

    def count(self) -> None:
        """It was applied once more."""
        if self.times is not None:
            self.times -= 1

    def as_json(self) -> dict[str, Any]:
        """What the control API shows."""
        shown = {
            "kind": self.kind, "match": self.match, "reason": self.reason, "at": self.at, "seconds": self.seconds,
            "times": self.times, "violations": self.violations, "interrupt": self.interrupt, "wait": self.wait,
        }  # fmt: skip
        return {name: value for name, value in shown.items() if value is not None}


class Scenarios:
    """The rules in force.

    Args:
        stages: the statuses and secondary statuses of each kind, by which a typo is told from a stage.
        maintain: begins maintenance, given a kind, an expression and seconds; answers the names of whom it began for.
    """

    def __init__(
        self,
        stages: Callable[[], Mapping[str, frozenset[str]]],
        maintain: Callable[[str, str, float], list[str]],
    ) -> None:
        self._stages = stages
        self._maintain = maintain
        self._rules: list[Scenario] = []
        self._closed: set[str] = set()

    def fail(self, kind: str, match: str, *, reason: str, at: str | None = None, times: int | None = None) -> None:
        """Let resources fail.

        Args:
            kind: for example TrainingJob.
            match: a regular expression that is searched in names.
            reason: the FailureReason, for example `CapacityError: Unable to provision requested ML compute capacity.`
            at: the status or secondary status in which it happens, for example Training, or Updating for an endpoint
                whose update is to fail; by default the last one before success.
            times: how often; by default always.

        Raises:
            ValueError: there is no such kind or status, or the expression is not one.
        """
        self._add(Scenario(kind, match, reason=reason, at=at, times=times))

    def take(self, kind: str, match: str, *, seconds: float, times: int | None = None) -> None:
        """Let work take `seconds` altogether, each stage in proportion. Raises ValueError like `fail`."""
        if seconds < 0:
            raise ValueError(f"work takes 0 seconds or more, not {seconds}")
        self._add(Scenario(kind, match, seconds=seconds, times=times))

    def interrupt(self, kind: str, match: str, *, at: str | None = None, times: int | None = 1) -> None:
        """Let work be interrupted in the middle of a stage and go on later, as managed spot training is.

        Args:
            kind: TrainingJob.
            match: a regular expression that is searched in names.
            at: the secondary status in which it happens; by default Training. Several rules interrupt a job several times.
            times: how many jobs; None means all.

        Raises:
            ValueError: like `fail`, or work of that kind is not interrupted.
        """
        self._need(kind, SPOT)
        self._add(Scenario(kind, match, at=at, times=times, interrupt=True))

    def wait(self, kind: str, match: str, *, seconds: float, times: int | None = None) -> None:
        """Let work wait for capacity for `seconds`: a training job is Pending so long. Raises ValueError like `interrupt`."""
        if not 0 <= seconds < float("inf"):
            raise ValueError(f"work waits 0 seconds or more, not {seconds}")
        self._need(kind, SPOT)
        self._add(Scenario(kind, match, wait=seconds, times=times))

    def maintain(self, kind: str, match: str, *, seconds: float) -> None:
        """Let AWS do maintenance now, for `seconds`, on resources that exist and are settled: SystemUpdating for an endpoint.

        Args:
            kind: for example Endpoint.
            match: a regular expression that is searched in names.
            seconds: how long.

        Raises:
            ValueError: the kind knows no maintenance, no settled resource matches, or the expression is not one.
        """
        if not 0 <= seconds < float("inf"):
            raise ValueError(f"maintenance takes 0 seconds or more, not {seconds}")
        _compile(match)
        if not self._maintain(kind, match, seconds):
            raise ValueError(f"no {kind} that is settled has a name that matches {match!r}")

    def violate(
        self, kind: str, match: str, *, violations: Sequence[Mapping[str, str]], times: int | None = None
    ) -> None:
        """Let monitoring executions find violations, whatever the data.

        Args:
            kind: MonitoringSchedule.
            match: a regular expression that is searched in names of schedules.
            violations: rows of constraint_violations.json, each with feature_name, constraint_check_type and description;
                none at all lets executions find nothing.
            times: how many executions; by default all.

        Raises:
            ValueError: the kind has no executions, a row lacks a member, or the expression is not one.
        """
        for row in violations:
            if not isinstance(row, Mapping) or not all(isinstance(row.get(name), str) for name in VIOLATION):
                raise ValueError(f"a violation has the texts {', '.join(VIOLATION)}; this is {row!r}")
        self._need(kind, MONITORED)
        self._add(Scenario(kind, match, violations=tuple(dict(row) for row in violations), times=times))

    def close(self, kind: str) -> None:
        """Let new resources of a kind be refused in every account, as AWS refuses them to new customers of a closed service.

        Raises:
            ValueError: AWS has not closed that service.
        """
        self._need(kind, CLOSED)
        self._closed.add(kind)

    def found(self, kind: str, name: str) -> list[dict[str, str]] | None:
        """The violations that an execution is to find, which counts as one time; None if no rule says so."""
        for rule in self._rules:
            if rule.kind == kind and rule.violations is not None and rule.applies(name):
                rule.count()
                return [dict(row) for row in rule.violations]
        return None

    def closed(self) -> list[str]:
        """The kinds that are closed."""
        return sorted(self._closed)

    def reopen(self) -> None:
        """Let new resources of every kind be accepted again."""
        self._closed.clear()

    def clear(self) -> None:
        """Let everything take its usual course again."""
        self._rules.clear()
        self._closed.clear()

    def rules(self) -> list[dict[str, Any]]:
        """The rules in force, as the control API shows them."""
        return [rule.as_json() for rule in self._rules]

    def fit(self, kind: str, name: str, timeline: Timeline) -> Timeline:
        """The course that a resource takes; only work that can fail is subject to scenarios."""
        if timeline.failed is None:
            return timeline
        fitted = timeline
        for rule in list(self._rules):
            if rule.kind == kind and rule.applies(name):
                changed = _apply(rule, fitted)
                if changed is not None:
                    fitted = changed
                    rule.count()
        return fitted

    def forbids(self, kind: str, name: str, at: str) -> bool:
        """Whether a request fails that begins with the stage `at`; counts as one time."""
        for rule in self._rules:
            if rule.kind == kind and rule.at == at and rule.applies(name):
                rule.count()
                return True
        return False

    @staticmethod
    def _need(kind: str, known: Sequence[str]) -> None:
        if kind not in known:
            raise ValueError(f"there is no such scenario for {kind!r}; there is for {', '.join(known)}")

    def _add(self, rule: Scenario) -> None:
        stages = self._stages()
        if rule.kind not in stages:
            raise ValueError(f"no scenarios for {rule.kind!r}; there are {', '.join(sorted(stages))}")
        if rule.at is not None and rule.at not in stages[rule.kind]:
            known = ", ".join(sorted(stages[rule.kind]))
            raise ValueError(f"a {rule.kind} cannot fail at {rule.at!r}; it can at {known}")
        if rule.times is not None and rule.times < 1:
            raise ValueError(f"times must be 1 or more, not {rule.times}")
        _compile(rule.match)
        self._rules.append(rule)


def _compile(match: str) -> None:
    try:
        re.compile(match)
    except re.error as wrong:
        raise ValueError(f"{match!r} is not a regular expression: {wrong}") from None


def _apply(rule: Scenario, timeline: Timeline) -> Timeline | None:
    if rule.violations is not None:
        return None
    if rule.seconds is not None:
        return stretched(timeline, rule.seconds)
    if rule.interrupt:
        return interrupted(timeline, rule.at)
    if rule.wait is not None:
        return delayed(timeline, rule.wait)
    return _cut_short(timeline, rule)


def _cut_short(timeline: Timeline, rule: Scenario) -> Timeline | None:
    """The timeline up to the stage in which it fails; None if it has no such stage."""
    if timeline.failed is None or len(timeline.steps) < 2:
        return None
    last = len(timeline.steps) - 2
    if rule.at is not None:
        found = [i for i, step in enumerate(timeline.steps) if rule.at in (step.detail, step.status)]
        found = [index for index in found if index <= last]
        if not found:
            return None
        last = found[-1]
    failure = replace(timeline.failed, after=timeline.steps[last + 1].after, reason=rule.reason)
    return replace(timeline, steps=(*timeline.steps[: last + 1], failure))
