"""Target tracking: from the last values of metrics to a count. Pure; no clock, no state.

As "How target tracking scaling works" of the Application Auto Scaling user guide has it: more at once when the metric is above
the target, fewer only when it has been well below it for long, all policies must agree to fewer, and a cooldown holds back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

HIGH_AFTER: Final = 3
"""Values in a row above the target before there are more: the alarm AlarmHigh (amazon-aurora-labs-for-mysql#3)."""
LOW_AFTER: Final = 15
"""Values in a row that are low before there are fewer: the alarm AlarmLow (the same issue)."""
LOW: Final = 0.9
"""Low is below this share of the target: a workshop for Fargate shows 27 % for a target of 30 %, 63 % for 70 %."""
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Tracking:
    """A policy of target tracking.

    Attributes:
        target: of the metric, per instance or copy.
        scales_in: whether it may take capacity away.
        in_cooldown: seconds after fewer before even fewer.

    The cooldown after more has no part in it: meanwhile what was added counts as there, and only what goes beyond is added
    ("Define cooldown periods" of the guide), which is what a count that follows from the metric does anyway.
    """

    target: float
    scales_in: bool = True
    in_cooldown: float = 300.0


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is of a target.

    Attributes:
        current: instances or copies that serve; they are what the metric is per.
        desired: what is wanted already.
        least: and `most`: the bounds.
        scaled_in: when it was last given fewer, in epoch seconds.
        in_suspended: whether nothing is taken away; `out_suspended` likewise.
    """

    current: int
    desired: int
    least: int
    most: int
    scaled_in: float = 0.0
    in_suspended: bool = False
    out_suspended: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """A new count, the policy that asked for it, and which of its alarms did: `High` or `Low`."""

    count: int
    policy: str
    alarm: str


def needed(tracking: Tracking, values: Sequence[float | None], current: int) -> tuple[str, int] | None:
    """Which alarm the values of a metric raise, and the count that would bring it to its target; None if none does.

    Args:
        tracking: the policy.
        values: the oldest first; None where there was no value, which raises no alarm.
        current: the count that they are per.
    """
    latest = values[-HIGH_AFTER:]
    if len(latest) == HIGH_AFTER and all(value is not None and value > tracking.target for value in latest):
        return "High", _proportional(latest[-1], tracking, current)
    window = values[-LOW_AFTER:]
    enough = len(window) == LOW_AFTER and tracking.scales_in
    if enough and all(value is not None and value < LOW * tracking.target for value in window):
        # The greatest of them: what any of these minutes needed is kept.
        return "Low", _proportional(max(value for value in window if value is not None), tracking, current)
    return None


def verdict(
    policies: Mapping[str, tuple[Tracking, Sequence[float | None]]], standing: Standing, *, now: float
) -> Verdict | None:
    """What is to be done about a target; None for nothing.

    Args:
        policies: name to policy, with the values of its metric.
        standing: what there is.
        now: epoch seconds; cooldowns are in the same seconds.
    """
    found = {name: needed(tracking, values, standing.current) for name, (tracking, values) in policies.items()}
    more = [(result[1], name) for name, result in found.items() if result is not None and result[0] == "High"]
    if more:
        count, name = min(max(more)[0], standing.most), max(more)[1]
        return Verdict(count, name, "High") if count > standing.desired and not standing.out_suspended else None
    fewer = [(result[1], name) for name, result in found.items() if result is not None]
    agreed = len(fewer) == len([1 for tracking, _ in policies.values() if tracking.scales_in])
    if not fewer or not agreed or standing.in_suspended:
        return None
    wanted, name = max(fewer)
    count = max(wanted, standing.least)
    cooled = now - standing.scaled_in >= policies[name][0].in_cooldown
    return Verdict(count, name, "Low") if count < standing.desired and cooled else None


def _proportional(value: float | None, tracking: Tracking, current: int) -> int:
    assert value is not None
    return ceil(current * value / tracking.target - _ROUNDING)
