"""The hyperparameters of each training job of a tuning job.

Grid goes through all combinations of categories in order. Every other strategy is a seeded draw from the ranges: Bayesian and
Hyperband do not learn from the jobs before.
"""

import itertools
import math
from random import Random

from sagemaker_local.emulator.resource import Json


def sample(ranges: Json, *, seed: str, index: int) -> dict[str, str]:
    """The tuned hyperparameters of job number `index` (from 0), drawn from the ranges; the same for the same seed."""
    random = Random(f"{seed}/{index}")
    drawn: dict[str, str] = {}
    for row in ranges.get("IntegerParameterRanges", ()):
        drawn[row["Name"]] = str(round(_between(row, random.random())))
    for row in ranges.get("ContinuousParameterRanges", ()):
        drawn[row["Name"]] = repr(_between(row, random.random()))
    for row in ranges.get("CategoricalParameterRanges", ()):
        drawn[row["Name"]] = random.choice(row["Values"])
    for row in ranges.get("AutoParameters", ()):
        drawn[row["Name"]] = row["ValueHint"]
    return drawn


def combination(ranges: Json, index: int) -> dict[str, str]:
    """The categories of job number `index` (from 0) of a grid search; the grid begins anew when it is through."""
    rows = ranges.get("CategoricalParameterRanges", [])
    combinations = itertools.product(*(row["Values"] for row in rows))
    values = next(itertools.islice(combinations, index % grid_size(ranges), None))
    return dict(zip((row["Name"] for row in rows), values, strict=True))


def grid_size(ranges: Json) -> int:
    """How many combinations of categories there are; 1 if there is nothing to combine."""
    return math.prod(len(row["Values"]) for row in ranges.get("CategoricalParameterRanges", ())) or 1


def not_a_range(ranges: Json) -> str | None:
    """What is wrong with the ranges, in words; None if nothing is."""
    for row in (*ranges.get("IntegerParameterRanges", ()), *ranges.get("ContinuousParameterRanges", ())):
        try:
            low, high = float(row["MinValue"]), float(row["MaxValue"])
        except ValueError:
            return f"{row['Name']} has a bound that is not a number"
        if not (math.isfinite(low) and math.isfinite(high) and low <= high):
            return f"{row['Name']} has no value between {row['MinValue']} and {row['MaxValue']}"
    return None


def _between(row: Json, share: float) -> float:
    """The value at a share (0 to 1) of a range, on its scale."""
    low, high = float(row["MinValue"]), float(row["MaxValue"])
    scale = row.get("ScalingType", "Auto")
    if scale == "Logarithmic" and low > 0:
        return float(low * (high / low) ** share)
    if scale == "ReverseLogarithmic" and low >= 0 and high < 1:
        return float(1 - (1 - low) * ((1 - high) / (1 - low)) ** share)
    return low + (high - low) * share
