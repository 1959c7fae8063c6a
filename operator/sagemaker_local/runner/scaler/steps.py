"""Step scaling: an alarm's breach becomes a change of the count. Pure.

As "Step scaling policies" of the Application Auto Scaling user guide has it. Which alarm belongs to a policy is the alarm's to
say, by its actions.
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, inf
from typing import Final

from sagemaker_local.emulator.resource import Json

_COMPARED: Final[dict[str, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm of CloudWatch that a policy listens to.

    Attributes:
        comparison: one of CloudWatch's comparison operators.
        periods: how many of the latest values are looked at.
        datapoints: how many of them have to breach the threshold.
    """

    name: str
    comparison: str
    threshold: float
    periods: int
    datapoints: int


def breached(alarm: Alarm, values: Sequence[float | None]) -> bool:
    """Whether the alarm is in the state ALARM; what is missing does not breach it."""
    compare = _COMPARED.get(alarm.comparison)
    latest = values[-alarm.periods :]
    if compare is None or len(latest) < alarm.periods:
        return False
    return sum(value is not None and compare(value, alarm.threshold) for value in latest) >= alarm.datapoints


def stepped(config: Json, current: int, *, beyond: float) -> int:
    """The count after a breach.

    Args:
        config: a StepScalingPolicyConfiguration.
        current: the count before.
        beyond: by how much the metric is above the threshold; negative below it.
    """
    change = next((step["ScalingAdjustment"] for step in config["StepAdjustments"] if _within(step, beyond)), None)
    if change is None:
        return current
    match config["AdjustmentType"]:
        case "ExactCapacity":
            return int(change)
        case "PercentChangeInCapacity":
            share = current * change / 100
            # Towards zero, and by one at least: "Scaling adjustment types" of the guide.
            whole = floor(share) if share > 1 else ceil(share) if share < -1 else (share > 0) - (share < 0)
            least = int(config.get("MinAdjustmentMagnitude", 0))
            return current + (max(whole, least) if change > 0 else min(whole, -least) if change < 0 else 0)
        case _:
            return current + int(change)


def _within(step: Json, beyond: float) -> bool:
    """Whether a breach is in a step's interval: its bound nearer to the threshold belongs to it."""
    low, high = step.get("MetricIntervalLowerBound", -inf), step.get("MetricIntervalUpperBound", inf)
    return bool(low <= beyond < high if beyond >= 0 else low < beyond <= high)
