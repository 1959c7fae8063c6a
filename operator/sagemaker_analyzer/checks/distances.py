"""How far a dataset is from its baseline, feature by feature.

The formulas are those of Deequ, which Model Monitor is made of (https://github.com/awslabs/deequ, analyzers/Distance.scala), but
for the distance of the chi-squared test. Deequ gives the test's statistic or its p-value; neither can be held against a threshold
for distances, as the one grows with the number of records and the other falls with the distance. Here it is Cohen's w.
"""

import math
from collections.abc import Mapping

import numpy as np

from sagemaker_analyzer.checks.constraints import CategoricalMethod, Method
from sagemaker_analyzer.model import Numbers, Texts
from sagemaker_analyzer.profile.distribution import Floats, distribution

# Deequ's factor: a distance that chance exceeds in one of 300 comparisons of the same distribution.
_CHANCE = 1.8
# Yates, Moore, McCabe (1999): at most a fifth of the expected counts below 5. Cochran (1952): for two categories, none below 10.
_YATES, _SHARE, _COCHRAN = 5.0, 0.2, 10.0


def numeric_distance(current: Numbers, baseline: Numbers, method: Method) -> float | None:
    """The greatest difference of the cumulative distributions (Kolmogorov-Smirnov). None if the baseline has no distribution.

    Of a baseline without a sketch, only the bounds of its buckets can be compared.
    """
    if current.sketch is None or not (baseline.sketch or baseline.buckets):
        return None
    now = distribution(current.sketch)
    if baseline.sketch is not None:
        then = distribution(baseline.sketch)
        if not then.values:
            return None
        points = np.union1d(now.items, then.items)
        shares, size = then.not_above(points) / then.values, then.values
        distance = _greatest(now.not_above(points) / now.values, shares)
    elif not sum(bucket.count for bucket in baseline.buckets):
        return None
    else:
        bounds = np.array([bucket.upper for bucket in baseline.buckets[:-1]] + [baseline.maximum])
        upto = np.cumsum([bucket.count for bucket in baseline.buckets])
        size = float(upto[-1])
        # A bucket has its lower bound within it and its upper bound not, but for the last.
        here = np.append(now.below(bounds[:-1]), now.not_above(bounds[-1:]))
        distance = _greatest(here / now.values, upto / size)
        distance = max(distance, float(now.below(np.array([baseline.minimum]))[0] / now.values))
    return _corrected(distance, now.values, size, method)


def _greatest(one: Floats, other: Floats) -> float:
    return float(np.max(np.abs(one - other)))


def categorical_distance(current: Texts, baseline: Texts, method: Method, measure: CategoricalMethod) -> float | None:
    """The distance of the shares of categories. None if there is nothing to compare."""
    now, then = _known(current, baseline), dict(baseline.counts)
    if not then or not sum(then.values()):
        return None
    if measure is CategoricalMethod.CHI_SQUARED:
        return _cohens_w(now, then, method)
    n, m = sum(now.values()), sum(then.values())
    if not n:
        return None
    distance = max(abs(now.get(value, 0) / n - then.get(value, 0) / m) for value in {*now, *then})
    return _corrected(distance, n, m, method)


def _known(current: Texts, baseline: Texts) -> dict[str, int]:
    """The counts that can be compared: where the baseline kept its most frequent values only, those alone."""
    kept = dict(baseline.counts)
    if baseline.distinct > len(kept):
        return {value: count for value, count in current.counts if value in kept}
    return dict(current.counts)


def _corrected(distance: float, n: float, m: float, method: Method) -> float:
    if method is Method.SIMPLE:
        return distance
    return max(0.0, distance - _CHANCE * math.sqrt((n + m) / (n * m)))


def _cohens_w(now: Mapping[str, int], then: Mapping[str, int], method: Method) -> float | None:
    """The square root of chi-squared by the number of records; Robust takes off what chance alone is expected to give."""
    n, m = sum(count for value, count in now.items() if value in then), sum(then.values())
    if not n:
        return None
    observed, expected = regrouped({v: now.get(v, 0) for v in then}, {v: count / m * n for v, count in then.items()})
    if len(expected) < 2:
        return None
    chi_squared = sum((observed[value] - expected[value]) ** 2 / expected[value] for value in expected)
    chance = 0 if method is Method.SIMPLE else len(expected) - 1
    return math.sqrt(max(0.0, chi_squared - chance) / n)


def regrouped(
    observed: Mapping[str, float], expected: Mapping[str, float]
) -> tuple[dict[str, float], dict[str, float]]:
    """Joins the rarest categories until chi-squared is a fair approximation, as Deequ does."""
    seen, wanted = dict(observed), {value: count for value, count in expected.items() if count > 0}
    while len(wanted) >= 2:
        few, allowed = (_YATES, int(_SHARE * len(wanted))) if len(wanted) > 2 else (_COCHRAN, 0)
        if sum(count < few for count in wanted.values()) <= allowed:
            break
        rarest = min(wanted, key=lambda value: (wanted[value], value))
        count, here = wanted.pop(rarest), seen.pop(rarest, 0.0)
        into = min(wanted, key=lambda value: (wanted[value], value))
        wanted[into] += count
        seen[into] = seen.get(into, 0.0) + here
    return seen, wanted
