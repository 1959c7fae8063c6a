"""All resources of a kind, newest first, until they are older than what anybody waits for.

The filters of SageMaker's lists do not help: ``StatusEquals`` is applied after a page was taken, ``LastModifiedTimeAfter`` pages
through the whole history (https://github.com/aws/aws-sdk/issues/486). Descending creation time with an early stop does.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Protocol, cast

from sagemaker_operator.engine.lanes import Lane
from sagemaker_operator.errors import Throttled, Unknown
from sagemaker_operator.kinds import Kind

_PAGE = 100  # the most that SageMaker gives; its default is 10
_PATIENCE = 5


class Caller(Protocol):
    """What a sweep needs of a `cloud.Cloud`."""

    async def call(
        self, operation: str, request: Mapping[str, object], *, region: str, lane: Lane
    ) -> dict[str, object]:
        """Call an operation when it is its turn."""


async def sweep(
    cloud: Caller, kind: Kind, *, region: str, since: datetime | None
) -> AsyncIterator[Mapping[str, object]]:
    """The summaries of a kind's resources, in the service model's spelling.

    Summaries lag behind Describe by seconds, and have neither tags nor, for most kinds, a failure reason.

    Args:
        cloud: whom to ask.
        kind: the kind; one without a List operation has no summaries.
        region: the AWS region.
        since: the creation time of the oldest resource of interest, with a time zone; None for all.

    Raises:
        AWSFailure: as `cloud.Cloud.call`; throttled only after several tries for the same page.
    """
    if kind.family.list is None or kind.family.summaries is None:
        return
    rows, _ = kind.family.summaries
    request: dict[str, object] = {"SortBy": "CreationTime", "SortOrder": "Descending", "MaxResults": _PAGE}
    while True:
        page = await _page(cloud, kind.family.list, request, region)
        for row in cast("list[Mapping[str, object]]", page.get(rows, ())):
            created = row.get("CreationTime")
            if since is not None and isinstance(created, datetime) and created < since:
                return
            yield row
        # An empty page with a token is normal: filters apply to a page after it was taken.
        token = page.get("NextToken")
        if not token:
            return
        if token == request.get("NextToken"):
            raise Unknown("SamePage", "the list does not get on: its next page is the same page", kind.family.list)
        request["NextToken"] = token


async def _page(cloud: Caller, operation: str, request: Mapping[str, object], region: str) -> dict[str, object]:
    # Starting over from the first page would only add to the calls that AWS has just refused.
    for _ in range(_PATIENCE - 1):
        try:
            return await cloud.call(operation, request, region=region, lane=Lane.TRANSITION)
        except Throttled:
            continue
    return await cloud.call(operation, request, region=region, lane=Lane.TRANSITION)
