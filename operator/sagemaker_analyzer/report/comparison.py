"""A feature beside its baseline: both cut into the same bins, or counted by the same categories.

Not here: how far they are apart, which `checks.distances` has computed of the whole distributions and not of these bins.
"""

import math
from dataclasses import dataclass

import numpy as np

from sagemaker_analyzer.model import Feature, InferredType, Numbers
from sagemaker_analyzer.profile.distribution import Floats, distribution

_BINS = 24
_WHOLE = 30
_COUNTABLE = 10_000
_LARGEST = 1e300  # Beyond it, and for infinity, there is no room to compute edges.
_EXACT = 2.0**52  # Above it, halves of whole numbers cannot be told apart.
_CATEGORIES = 12
# What is further out than this share of values would squeeze all others into one bin.
_TAIL = 0.005


@dataclass(frozen=True, slots=True)
class Bins:
    """Shares of values between `edges`, of which there is one more; `then` is empty if there is nothing to compare with.

    `outside` and `outside_then` are the shares of values that are below the first edge or above the last.
    """

    edges: tuple[float, ...]
    now: tuple[float, ...]
    then: tuple[float, ...] = ()
    outside: float = 0.0
    outside_then: float = 0.0


@dataclass(frozen=True, slots=True)
class Categories:
    """Shares of the most frequent values, and of `others` that are not listed."""

    values: tuple[str, ...]
    now: tuple[float, ...]
    then: tuple[float, ...] = ()
    others: float = 0.0
    others_then: float = 0.0


def compared(now: Feature, then: Feature | None) -> Bins | Categories | None:
    """What can be drawn of a feature, or None: it is always empty, or has values that no axis can show."""
    kind = (
        then.inferred_type if then is not None and then.inferred_type is not InferredType.UNKNOWN else now.inferred_type
    )
    if kind is InferredType.STRING:
        return _categories(now, then)
    return None if now.numbers is None else _bins(now.numbers, then.numbers if then else None)


def _categories(now: Feature, then: Feature | None) -> Categories | None:
    if now.texts is None or not now.present:
        return None
    here = {value: count / now.present for value, count in now.texts.counts}
    there = {value: count / then.present for value, count in then.texts.counts} if then and then.texts else {}
    ranked = sorted({*here, *there}, key=lambda value: (-max(here.get(value, 0.0), there.get(value, 0.0)), value))
    kept = ranked[:_CATEGORIES]
    shares = tuple(here.get(value, 0.0) for value in kept)
    before = tuple(there.get(value, 0.0) for value in kept) if there else ()
    return Categories(tuple(kept), shares, before, _rest(shares), _rest(before) if there else 0.0)


def _rest(shares: tuple[float, ...]) -> float:
    left = 1.0 - sum(shares)
    return left if left > 1e-9 else 0.0


def _bins(now: Numbers, then: Numbers | None) -> Bins | None:
    if now.sketch is None:
        return None
    here = distribution(now.sketch)
    if not here.values:
        return None
    if then is not None and then.sketch is None and len(then.buckets) > 1:
        return _by_buckets(now, then)
    there = distribution(then.sketch) if then is not None and then.sketch is not None else None
    both = [each for each in (here, there) if each is not None and each.values]
    ends = [_middle(each.items, each.upto) for each in both]
    edges = _edges(min(low for low, _ in ends), max(high for _, high in ends), both[0].items, both[-1].items)
    if edges is None:
        return None
    shares = [_shares(each.below(edges), float(each.not_above(edges[-1:])[0]), each.values) for each in both]
    outside = [max(0.0, 1.0 - sum(share)) for share in shares]
    if len(both) == 1:
        return Bins(tuple(edges.tolist()), shares[0], outside=outside[0])
    return Bins(tuple(edges.tolist()), shares[0], shares[1], outside[0], outside[1])


def _middle(items: Floats, upto: Floats) -> tuple[float, float]:
    """Where nearly all values are: all of them, unless few are far out."""
    low, high = (float(items[min(np.searchsorted(upto, q * upto[-1]), len(items) - 1)]) for q in (_TAIL, 1 - _TAIL))
    first, last, width = float(items[0]), float(items[-1]), high - low
    return (first if first >= low - width else low), (last if last <= high + width else high)


def _edges(low: float, high: float, *items: Floats) -> Floats | None:
    if not max(abs(low), abs(high)) < _LARGEST:
        return None
    if (
        high - low < _COUNTABLE
        and max(abs(low), abs(high)) < _EXACT
        and all(bool(np.all(each == np.floor(each))) for each in items)
    ):
        # Every bin has as many whole numbers as the others.
        first, step = math.floor(low), math.ceil((math.floor(high) - math.floor(low) + 1) / _WHOLE)
        return np.arange(first - 0.5, math.floor(high) + step, step, dtype=np.float64)
    if low == high:
        width = abs(low) / 20 or 0.5
        return np.array([low - width, low + width])
    edges = np.linspace(low, high, _BINS + 1)
    return edges if bool(np.all(np.diff(edges) > 0)) else None


def _shares(below: Floats, not_above_last: float, values: float) -> tuple[float, ...]:
    """A bin has its lower edge within it; only the last has its upper edge."""
    upto = np.append(below[:-1], not_above_last)
    return tuple((np.diff(upto) / values).tolist())


def _by_buckets(now: Numbers, then: Numbers) -> Bins | None:
    """As Model Monitor's older baselines are: without a sketch, of which no other bins can be made."""
    counts = np.array([bucket.count for bucket in then.buckets])
    edges = np.array([then.buckets[0].lower, *(bucket.upper for bucket in then.buckets)])
    if not counts.sum() or not bool(np.all(np.diff(edges) > 0)) or now.sketch is None:
        return None
    here, width = distribution(now.sketch), float(edges[-1] - edges[0]) / len(counts)
    left = _steps(edges[0] - now.minimum, width)
    right = _steps(now.maximum - edges[-1], width)
    edges = np.concatenate(
        (edges[0] - width * np.arange(left, 0, -1), edges, edges[-1] + width * np.arange(1, right + 1))
    )
    shares = _shares(here.below(edges), float(here.not_above(edges[-1:])[0]), here.values)
    before = np.concatenate((np.zeros(left), counts / counts.sum(), np.zeros(right)))
    return Bins(tuple(edges.tolist()), shares, tuple(before.tolist()), outside=max(0.0, 1.0 - sum(shares)))


def _steps(distance: float, width: float) -> int:
    """How many more bins show values that are beyond the baseline's; not so many that its own get too thin to be seen."""
    return min(_BINS, max(0, math.ceil(distance / width))) if math.isfinite(distance) else 0
