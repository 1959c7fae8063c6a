"""Answers that lag behind what was done, as AWS's do: a read just after a create, and summaries in lists.

Seconds are SageMaker's, so that they shrink with the clock's speed like everything else. Without a setting nothing lags.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

from sagemaker_local.emulator.clock import Clock
from sagemaker_local.emulator.resource import Resource


@dataclass(slots=True)
class Lags:
    """How far answers lag.

    Attributes:
        reads: for so long after its creation a resource is not found.
        lists: for so long a list does not have a new resource, and shows a changed one as it was before.
    """

    clock: Clock
    reads: float = 0.0
    lists: float = 0.0

    def set(self, *, reads: float | None = None, lists: float | None = None) -> None:
        """Let answers lag by so many seconds; what is None stays. Raises ValueError for numbers below 0."""
        for seconds in (reads, lists):
            if seconds is not None and not (seconds >= 0 and math.isfinite(seconds)):
                raise ValueError(f"a lag is 0 seconds or more, not {seconds}")
        self.reads = self.reads if reads is None else reads
        self.lists = self.lists if lists is None else lists

    def clear(self) -> None:
        """Let nothing lag."""
        self.reads = self.lists = 0.0

    def as_json(self) -> dict[str, Any]:
        """What the control API shows."""
        return {"reads": self.reads, "lists": self.lists}

    def hidden(self, resource: Resource, now: float) -> bool:
        """Whether a read does not find a resource yet."""
        return self.reads > 0 and now - resource.created < self.reads / self.clock.speed

    def summarised(self, resource: Resource, now: float) -> Resource | None:
        """A resource as a list shows it; None if the list does not have it yet."""
        if not self.lists:
            return resource
        since = now - self.lists / self.clock.speed
        if resource.created > since:
            return None
        if resource.earlier is None or resource.earlier.until <= since:
            return resource
        before = resource.earlier
        return replace(resource, status=before.status, detail=before.detail, modified=before.modified)
