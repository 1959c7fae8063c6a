"""Instance quotas of an account, by the names that Service Quotas gives them.

No quota is set unless somebody sets one: what a fresh account may use differs by account and region.
"""

import re
from collections.abc import Mapping
from typing import Final

from sagemaker_local.emulator.refusal import Refusal
from sagemaker_local.emulator.resource import Place
from sagemaker_local.emulator.store import Store

EXCEEDED: Final = Refusal(
    "ResourceLimitExceeded",
    "The account-level service limit '{quota}' is {limit} Instances, with current utilization of {used} Instances and a "
    "request delta of {delta} Instances. Please use AWS Service Quotas to request an increase for this quota. If AWS "
    "Service Quotas is not available, contact AWS support to request an increase for this quota.",
    evidence="quoted in many public issues, for example sagemaker-python-sdk and deepracer-on-aws",
)
ACROSS_ENDPOINTS: Final = "Number of instances across active endpoints"
_NAME: Final = re.compile(r"ml\.\S+ for (training job|processing job|transform job|endpoint) usage")


class Quotas:
    """Limits by quota name, the same for every account and region."""

    def __init__(self) -> None:
        self._limits: dict[str, int] = {}

    def set(self, name: str, limit: int) -> None:
        """Allow `limit` instances.

        Args:
            name: for example `ml.p3.2xlarge for training job usage`, or `Number of instances across active endpoints`.
            limit: instances, 0 or more.

        Raises:
            ValueError: no quota is called so, or the limit is negative.
        """
        if name != ACROSS_ENDPOINTS and not _NAME.fullmatch(name):
            raise ValueError(
                f"no quota is called {name!r}; there are 'ml.<type> for training job usage', "
                f"'ml.<type> for processing job usage', 'ml.<type> for transform job usage', "
                f"'ml.<type> for endpoint usage' and {ACROSS_ENDPOINTS!r}"
            )
        if limit < 0:
            raise ValueError(f"a limit is 0 or more instances, not {limit}")
        self._limits[name] = limit

    def clear(self) -> None:
        """Allow everything again."""
        self._limits.clear()

    def limits(self) -> dict[str, int]:
        """The limits that are set."""
        return dict(self._limits)

    def check(self, store: Store, place: Place, wanted: Mapping[str, int]) -> None:
        """Raise ResourceLimitExceeded if the account cannot have `wanted` on top of what it uses."""
        for quota, delta in wanted.items():
            limit = self._limits.get(quota)
            if limit is None:
                continue
            used = sum(resource.usage.get(quota, 0) for resource in store.in_place(place))
            if used + delta > limit:
                raise EXCEEDED.error(quota=quota, limit=limit, used=used, delta=delta)
