"""All resources of a kind, newest first, until they are older than what anybody waits for.

The filters of SageMaker's lists do not help: ``StatusEquals`` is applied after a page was taken, ``LastModifiedTimeAfter`` pages
through the whole history (https://github.com/aws/aws-sdk/issues/486). Descending creation time with an early stop does.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from functools import cache
from typing import Protocol, cast

from botocore.model import Shape, StringShape

from sagemaker_operator.engine.lanes import Lane
from sagemaker_operator.errors import Throttled, Unknown
from sagemaker_operator.kinds import Kind
from sagemaker_operator.model.service import input_shape

_PAGE = 100  # the most that SageMaker gives; its default is 10
_PATIENCE = 5
_ORDER = {"SortBy": "creationtime", "SortOrder": "descending"}


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
        kind: the kind; one whose List needs a parent, or tells too little, has no summaries.
        region: the AWS region.
        since: the creation time of the oldest resource of interest, with a time zone; None for all.

    Raises:
        AWSFailure: as `cloud.Cloud.call`; throttled only after several tries for the same page.
    """
    if not kind.family.sweepable or kind.family.list is None or kind.family.summaries is None:
        return
    rows, _ = kind.family.summaries
    request = dict(_newest_first(kind.family.list))
    if "SortBy" not in request:
        since = None
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


@cache
def _newest_first(operation: str) -> Mapping[str, object]:
    """The input of a List as far as it knows these members, in the spelling of its enumerations."""
    members = input_shape(operation).members
    request: dict[str, object] = {}
    if "MaxResults" in members:
        request["MaxResults"] = min(_PAGE, members["MaxResults"].metadata.get("max", _PAGE))
    order = {name: _spelled(members.get(name), wanted) for name, wanted in _ORDER.items()}
    return request | order if all(order.values()) else request


def _spelled(shape: Shape | None, wanted: str) -> str | None:
    values = shape.enum if isinstance(shape, StringShape) else ()
    return next((value for value in values if value.replace("_", "").lower() == wanted), None)


async def _page(cloud: Caller, operation: str, request: Mapping[str, object], region: str) -> dict[str, object]:
    # Starting over from the first page would only add to the calls that AWS has just refused.
    for _ in range(_PATIENCE - 1):
        try:
            return await cloud.call(operation, request, region=region, lane=Lane.TRANSITION)
        except Throttled:
            continue
    return await cloud.call(operation, request, region=region, lane=Lane.TRANSITION)
