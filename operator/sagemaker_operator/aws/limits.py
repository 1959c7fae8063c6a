"""How many calls AWS allows: one token bucket per region and operation, that learns the quota it is not told.

    unknown quota    slow start: 20 calls a second, doubled every second while more are wanted and none is throttled
    throttled        cut to 0.7 of the present rate, at most once a second; from then on a small step up every second
    known quota      a ceiling from `QUOTAS`; cut and recovered below it

A burst is bounded by AWS and not by a guess of ours, while an operation that AWS keeps slow is soon called as slowly. Pure: time
is an argument, in seconds of any monotonic clock. Not here: who waits, and who goes first (`turns`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Key(NamedTuple):
    """What AWS counts calls by; the account is that of the process."""

    region: str
    operation: str


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota that is known.

    Attributes:
        rate: calls per second.
        source: where that is written.
    """

    rate: float
    source: str


QUOTAS: Mapping[str, Quota] = {
    "DescribeLogStreams": Quota(
        25.0, "Service Quotas, adjustable; https://docs.aws.amazon.com/general/latest/gr/cwl_region.html"
    ),
    "ListTrainingJobs": Quota(
        2.0, "Service Quotas, not adjustable; https://github.com/aws-solutions/deepracer-on-aws/issues/87"
    ),
}


@dataclass(frozen=True, slots=True)
class Pace:
    """How a bucket looks for a quota that it is not told.

    Attributes:
        start: calls per second at first.
        ceiling: calls per second that are never exceeded.
        floor: calls per second that are always allowed, however much AWS throttles.
        cut: what is left of a rate after AWS throttled.
        step: what is added to a rate each second after that, as a share of the rate at which AWS throttled.
    """

    start: float = 20.0
    ceiling: float = 1000.0
    floor: float = 0.5
    cut: float = 0.7
    step: float = 0.05


@dataclass(slots=True)
class Bucket:
    """The calls of one operation in one region.

    A token is a call. At most one second's worth is saved up, and nothing is promised ahead, so that a new rate acts at once.

    Attributes:
        pace: how the rate moves.
        rate: calls per second at present.
    """

    pace: Pace
    rate: float
    _tokens: float = field(init=False)
    _at: float | None = field(default=None, init=False)
    _moved: float = field(default=float("-inf"), init=False)
    _cut: float = field(default=float("-inf"), init=False)
    _limit: float | None = field(default=None, init=False)
    _wanted: bool = field(default=False, init=False)
    _window: float = field(default=float("-inf"), init=False)
    _used: int = field(default=0, init=False)
    _used_before: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._tokens = max(1.0, self.rate)

    def ready(self, now: float) -> bool:
        """Whether a call may go now."""
        self._refill(now)
        return self._tokens >= 1.0 - 1e-6

    def ready_at(self, now: float) -> float:
        """When the next call may go, if nothing changes until then."""
        self._refill(now)
        return now + max(0.0, 1.0 - self._tokens) / self.rate

    def spend(self, now: float) -> None:
        """Take the token of a call that goes now."""
        self._refill(now)
        self._tokens -= 1.0
        if now - self._window >= 1.0:
            self._used_before = self._used if now - self._window < 2.0 else 0
            self._used, self._window = 0, now
        self._used += 1

    def give_back(self) -> None:
        """Put back the token of a call that did not go after all."""
        self._tokens += 1.0
        self._used = max(0, self._used - 1)

    def wanted(self) -> None:
        """Note that a call had to wait: the rate is what holds us back, so a higher one is worth finding."""
        self._wanted = True

    def feedback(self, now: float, *, throttled: bool) -> None:
        """Learn from an answer of AWS: whether it throttled the call."""
        self._refill(now)
        if throttled:
            self._slower(now)
        elif self._wanted and now - self._moved >= 1.0:
            self._faster(now)

    def _slower(self, now: float) -> None:
        self._tokens = min(self._tokens, 0.0)
        if now - self._cut < 1.0:
            return
        # What was used, not what would have been allowed: a rate that nobody needed for hours says nothing.
        self._limit = min(self.rate, max(1.0, self._used, self._used_before))
        self.rate = max(self.pace.floor, self._limit * self.pace.cut)
        self._cut = self._moved = now

    def _faster(self, now: float) -> None:
        step = self.rate if self._limit is None else max(self.pace.floor, self._limit * self.pace.step)
        self.rate = min(self.pace.ceiling, self.rate + step)
        self._moved, self._wanted = now, False

    def _refill(self, now: float) -> None:
        if self._at is None:
            self._at = self._moved = now
        self._tokens = min(max(1.0, self.rate), self._tokens + (now - self._at) * self.rate)
        self._at = now


class Limits:
    """The buckets of one AWS account.

    Args:
        pace: how operations without a known quota find theirs.
        quotas: the known quotas, by operation.
    """

    def __init__(self, pace: Pace | None = None, *, quotas: Mapping[str, Quota] = QUOTAS) -> None:
        self._pace = pace if pace is not None else Pace()
        self._quotas = quotas
        self._buckets: dict[Key, Bucket] = {}

    def bucket(self, key: Key) -> Bucket:
        """The bucket of an operation in a region."""
        if (bucket := self._buckets.get(key)) is None:
            bucket = self._buckets[key] = self._new(key.operation)
        return bucket

    def rates(self) -> dict[Key, float]:
        """The present rates in calls per second, for metrics."""
        return {key: bucket.rate for key, bucket in self._buckets.items()}

    def _new(self, operation: str) -> Bucket:
        if (quota := self._quotas.get(operation)) is None:
            return Bucket(self._pace, self._pace.start)
        return Bucket(Pace(quota.rate, quota.rate, min(self._pace.floor, quota.rate)), quota.rate)
