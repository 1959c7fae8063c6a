"""Ranges of hyperparameters as a sampler sees them, and values as training jobs are told them.

A hyperparameter is always a text. What is searched may be another number than what is told: on a reverse logarithmic scale it is
the distance from 1 (https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html). Not here: which
point of the space comes next.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sagemaker_local.emulator.resource import Json

Point: TypeAlias = Mapping[str, int | float | str]


@dataclass(frozen=True, slots=True)
class Number:
    """A range of integers or of real numbers.

    Attributes:
        logarithmic: whether it is searched by orders of magnitude.
        reverse: whether it is so from 1 downwards.
    """

    name: str
    low: float
    high: float
    whole: bool
    logarithmic: bool = False
    reverse: bool = False

    @property
    def bounds(self) -> tuple[float, float]:
        """The bounds of what is searched."""
        return (1 - self.high, 1 - self.low) if self.reverse else (self.low, self.high)

    def told(self, searched: float) -> str:
        """The text for a training job."""
        if self.whole:
            return str(round(searched))
        return repr(min(max(1 - searched if self.reverse else searched, self.low), self.high))

    def searched(self, told: str) -> int | float | None:
        """The number of a text; None if it is none or not within the range."""
        try:
            value = float(told)
        except ValueError:
            return None
        if not self.low <= value <= self.high:
            return None
        if self.whole:
            return round(value)
        low, high = self.bounds
        return min(max(1 - value if self.reverse else value, low), high)


@dataclass(frozen=True, slots=True)
class Choice:
    """A range of categories."""

    name: str
    values: tuple[str, ...]

    @staticmethod
    def told(searched: str) -> str:
        """The text for a training job."""
        return searched

    def searched(self, told: str) -> str | None:
        """The category; None if it is none of them."""
        return told if told in self.values else None


@dataclass(frozen=True, slots=True)
class Space:
    """All that is searched, and what is always told.

    Attributes:
        fixed: hints of AutoParameters, whose ranges only SageMaker knows.
    """

    ranges: Sequence[Number | Choice]
    fixed: Mapping[str, str]

    def told(self, point: Point) -> dict[str, str]:
        """The hyperparameters of a point."""
        found = dict(self.fixed)
        for one in self.ranges:
            value = point[one.name]
            found[one.name] = one.told(str(value)) if isinstance(one, Choice) else one.told(float(value))
        return found

    def searched(self, told: Mapping[str, str]) -> Point | None:
        """The point of some hyperparameters; None if it is not in this space."""
        point = {one.name: one.searched(told[one.name]) for one in self.ranges if one.name in told}
        if len(point) < len(self.ranges):
            return None
        within = {name: value for name, value in point.items() if value is not None}
        return within if len(within) == len(point) else None


def space(ranges: Json) -> Space:
    """The space of ParameterRanges."""
    hints = {row["Name"]: row["ValueHint"] for row in ranges.get("AutoParameters", ())}
    return Space(tuple(_ranges(ranges)), hints)


def _ranges(ranges: Json) -> Iterator[Number | Choice]:
    for row in ranges.get("IntegerParameterRanges", ()):
        yield _number(row, whole=True)
    for row in ranges.get("ContinuousParameterRanges", ()):
        yield _number(row, whole=False)
    for row in ranges.get("CategoricalParameterRanges", ()):
        yield Choice(row["Name"], tuple(dict.fromkeys(row["Values"])))


def _number(row: Json, *, whole: bool) -> Number:
    low, high = float(row["MinValue"]), float(row["MaxValue"])
    if whole:
        low, high = float(math.ceil(low)), float(max(math.floor(high), math.ceil(low)))
    scale = row.get("ScalingType", "Auto")
    reverse = scale == "ReverseLogarithmic" and not whole and low >= 0 and high < 1
    logarithmic = reverse or (scale == "Logarithmic" and low > 0)
    return Number(row["Name"], low, high, whole, logarithmic, reverse)
