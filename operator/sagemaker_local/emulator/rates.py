"""Request rates as AWS limits them: a token bucket per account, region and operation."""

import re
import threading
from dataclasses import dataclass
from typing import Any, Final

from sagemaker_local.emulator.faults import RUNTIME, check_operation
from sagemaker_local.emulator.resource import Place


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests per second, and so many at once."""

    operation: str
    per_second: float
    burst: float

    def as_json(self) -> dict[str, Any]:
        """What the control API shows."""
        return {"operation": self.operation, "per_second": self.per_second, "burst": self.burst}


KNOWN: Final = (Rate("ListTrainingJobs", 2, 2),)
"""Rates that AWS has published: aws-solutions/deepracer-on-aws#87 quotes 2/s, not adjustable."""


class Rates:
    """The rates in force; without any, nothing is throttled. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rates: list[Rate] = []
        self._buckets: dict[tuple[Place, str], _Bucket] = {}

    def set(self, operation: str, *, per_second: float, burst: float | None = None) -> None:
        """Allow a rate.

        Args:
            operation: a regular expression for whole operation names; the first rate that matches counts.
            per_second: requests per second in the long run, more than 0.
            burst: requests at once; by default as many as in one second.

        Raises:
            ValueError: no operation matches, or a number makes no sense.
        """
        check_operation(operation, besides=RUNTIME)
        size = max(1.0, per_second) if burst is None else burst
        if per_second <= 0 or size < 1:
            raise ValueError("per_second must be greater than 0 and burst at least 1")
        with self._lock:
            self._rates.insert(0, Rate(operation, per_second, size))
            self._buckets.clear()

    def use_known(self) -> None:
        """Apply the rates that AWS has published."""
        for rate in KNOWN:
            self.set(rate.operation, per_second=rate.per_second, burst=rate.burst)

    def clear(self) -> None:
        """Allow everything."""
        with self._lock:
            self._rates.clear()
            self._buckets.clear()

    def rules(self) -> list[dict[str, Any]]:
        """The rates in force, as the control API shows them."""
        with self._lock:
            return [rate.as_json() for rate in self._rates]

    def allows(self, operation: str, place: Place, *, now: float) -> bool:
        """Whether a request may pass now; if so, its token is taken."""
        if not self._rates:
            return True
        with self._lock:
            rate = next((r for r in self._rates if re.fullmatch(r.operation, operation)), None)
            if rate is None:
                return True
            bucket = self._buckets.setdefault((place, operation), _Bucket(rate.burst, now))
            bucket.tokens = min(rate.burst, bucket.tokens + (now - bucket.filled) * rate.per_second)
            bucket.filled = now
            if bucket.tokens < 1:
                return False
            bucket.tokens -= 1
            return True
