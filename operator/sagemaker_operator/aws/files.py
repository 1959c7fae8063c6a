"""What lies in S3: whether there is anything, and the beginning of an object.

Not here: what is written there, which is for jobs to do, and what of it means something (`composites`).
"""

import re
from collections.abc import Mapping
from typing import Any, Protocol, cast

from sagemaker_operator.engine.lanes import Lane
from sagemaker_operator.errors import Refused

_URI = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<key>.*))?", re.DOTALL)
_GONE = frozenset({"NoSuchKey", "404", "NotFound"})
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html: of an empty object there is no first byte.
_EMPTY = "InvalidRange"
# A folder that somebody made in the console is an object without content; behind it there may be one with some.
_LISTED = 10


class Caller(Protocol):
    """What is needed of a `cloud.Cloud`."""

    async def call(
        self, operation: str, request: Mapping[str, object], *, region: str, lane: Lane, service: str
    ) -> dict[str, object]:
        """Call an operation when it is its turn."""


class Files:
    """Objects in S3, by their URIs."""

    def __init__(self, cloud: Caller) -> None:
        self._cloud = cloud

    async def anything(self, uri: str, *, region: str) -> bool:
        """Whether anything lies under a prefix; the objects that stand for folders are nothing.

        Raises:
            Refused: the URI is none of S3, or there is no such bucket.
            AWSFailure: as `cloud.Cloud.call`.
        """
        found, more = await self._listed(uri, _LISTED, region)
        return more or bool(found)

    async def objects(self, uri: str, *, most: int, region: str) -> tuple[str, ...]:
        """The URIs of the first objects under a prefix, in their order; those that stand for folders are none.

        Args:
            uri: ``s3://bucket/prefix``.
            most: how many are wanted at most, up to 900.
            region: the AWS region.

        Raises:
            Refused, AWSFailure: as `anything`.
        """
        found, _ = await self._listed(uri, most + _LISTED, region)
        return found[:most]

    async def beginning(self, uri: str, *, most: int, region: str) -> str | None:
        """The first bytes of an object as text, None if there is no such object; what is no UTF-8 is replaced.

        Args:
            uri: ``s3://bucket/key``.
            most: how many bytes are wanted at most, at least one.
            region: the AWS region.

        Raises:
            Refused: the URI names no object in S3, or there is no such bucket.
            AWSFailure: as `cloud.Cloud.call`.
        """
        bucket, key = parts(uri)
        if not key:
            raise Refused("ValidationException", f"{uri} names no object in its bucket", "GetObject")
        request: dict[str, object] = {"Bucket": bucket, "Key": key, "Range": f"bytes=0-{most - 1}"}
        try:
            reply = await self._cloud.call("GetObject", request, region=region, lane=Lane.TRANSITION, service="s3")
        except Refused as refusal:
            if refusal.code in _GONE:
                return None
            if refusal.code == _EMPTY:
                return ""
            raise
        return bytes(cast("bytes", reply["Body"]))[:most].decode("utf-8", errors="replace")

    async def _listed(self, uri: str, most: int, region: str) -> tuple[tuple[str, ...], bool]:
        """Objects under a prefix that stand for no folder, and whether there are more."""
        bucket, prefix = parts(uri)
        request: dict[str, object] = {"Bucket": bucket, "Prefix": prefix, "MaxKeys": most}
        page = await self._cloud.call("ListObjectsV2", request, region=region, lane=Lane.TRANSITION, service="s3")
        keys = (str(one["Key"]) for one in cast("list[Mapping[str, Any]]", page.get("Contents") or []))
        found = tuple(f"s3://{bucket}/{key}" for key in keys if not key.endswith("/"))
        return found, bool(page.get("IsTruncated"))


def parts(uri: str) -> tuple[str, str]:
    """The bucket and the key, or the beginning of keys, that a URI names.

    >>> parts("s3://captured/digits/AllTraffic/")
    ('captured', 'digits/AllTraffic/')

    Raises:
        Refused: it is no URI of S3.
    """
    found = _URI.fullmatch(uri)
    if found is None:
        raise Refused("ValidationException", f"{uri!r} is no URI of S3: write s3://bucket/prefix", "ListObjectsV2")
    return found["bucket"], found["key"] or ""
