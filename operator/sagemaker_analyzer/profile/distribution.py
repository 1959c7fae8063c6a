"""A sketch as a distribution: how many values are up to some value."""

from dataclasses import dataclass

import numpy as np

from sagemaker_analyzer.model import Bucket, Sketch

_BUCKETS = 10

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Distribution:
    """Sorted items and for each how many values are no greater than it."""

    items: Floats
    upto: Floats

    @property
    def values(self) -> float:
        """How many values there are."""
        return float(self.upto[-1]) if len(self.upto) else 0.0

    def not_above(self, points: Floats) -> Floats:
        """How many values are at most the point, for each of the points."""
        return self._counts(np.searchsorted(self.items, points, side="right"))

    def below(self, points: Floats) -> Floats:
        """How many values are less than the point, for each of the points."""
        return self._counts(np.searchsorted(self.items, points, side="left"))

    def _counts(self, places: "np.ndarray[tuple[int], np.dtype[np.intp]]") -> Floats:
        return np.concatenate(([0.0], self.upto))[places]


def distribution(sketch: Sketch) -> Distribution:
    """The distribution that a sketch stands for."""
    items = np.array([item for level in sketch.levels for item in level], dtype=np.float64)
    weights = np.array([2.0**i for i, level in enumerate(sketch.levels) for _ in level], dtype=np.float64)
    order = np.argsort(items, kind="stable")
    return Distribution(items[order], np.cumsum(weights[order]))


def buckets(sketch: Sketch, minimum: float, maximum: float) -> tuple[Bucket, ...]:
    """Ten buckets of equal width, as Model Monitor materializes a distribution; one if all values are the same.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-statistics.html
    """
    found = distribution(sketch)
    if minimum == maximum:
        return (Bucket(minimum, maximum, found.values),)
    bounds = np.linspace(minimum, maximum, _BUCKETS + 1)
    upto = found.below(bounds)
    upto[-1] = found.values
    return tuple(Bucket(float(bounds[i]), float(bounds[i + 1]), float(upto[i + 1] - upto[i])) for i in range(_BUCKETS))
