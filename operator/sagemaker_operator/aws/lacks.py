"""Which operations a region does not have: found out by asking, and then not asked for a while.

Newer operations reach the regions and partitions of AWS at different times, and no list tells where they are.
"""

import logging
from collections.abc import Callable
from time import monotonic

from sagemaker_operator.errors import Lacking

from .limits import Key

_log = logging.getLogger(__name__)

# AWS may bring the operation any day; once an hour costs nothing.
_BELIEVED = 3600.0


class Lacks:
    """Operations that were answered with `Lacking`, by region."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._found: dict[Key, tuple[float, Lacking]] = {}

    def known(self, key: Key) -> Lacking | None:
        """What was answered in the last hour, if the region does not have the operation; to be raised as it is."""
        since, failure = self._found.get(key, (0.0, None))
        if failure is None or self._now() - since >= _BELIEVED:
            return None
        return Lacking(failure.code, failure.message, failure.operation)

    def learn(self, key: Key, failure: Lacking) -> None:
        """An operation was answered so."""
        if key not in self._found:
            told = {"operation": key.operation, "region": key.region, "error": failure.message}
            _log.warning("SageMaker does not have this operation here", extra=told)
        self._found[key] = self._now(), failure
