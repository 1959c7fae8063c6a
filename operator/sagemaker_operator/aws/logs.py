"""The end of a log at CloudWatch Logs.

Two calls for a job that failed: which streams there are, and the last events of one of them. Not here: when to ask, and what of
the lines may be shown (`engine.postmortem`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast

from sagemaker_operator.engine.lanes import Lane
from sagemaker_operator.errors import Refused

# A page holds 50 streams, and a job has one or two for each instance.
_PAGES = 4
# GetLogEvents may answer with an empty page although there are older events, also behind the end of a stream:
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
_LOOKS = 3
# Beside "<job>/<instance>" stands what a transform job has written of its records.
_NOT_OF_CONTAINERS = "/data-log"


class Caller(Protocol):
    """What is needed of a `cloud.Cloud`."""

    async def call(
        self, operation: str, request: Mapping[str, object], *, region: str, lane: Lane, service: str
    ) -> dict[str, object]:
        """Call an operation when it is its turn."""


async def tail(
    cloud: Caller, group: str, streams: str, *, host: str, lines: int, region: str
) -> tuple[str, tuple[str, ...]]:
    """The last lines of the stream that tells most of a failure: that of the host, else the one that was written last.

    Args:
        cloud: whom to ask.
        group: the log group.
        streams: how the names of the streams begin: ``digits/``.
        host: how the one that is wanted goes on behind that, such as ``algo-2``; "" for whichever.
        lines: how many lines are wanted, at least one.
        region: the AWS region.

    Returns:
        The name of the stream and its lines, the last one at the end; ("", ()) if the job has written nothing.

    Raises:
        AWSFailure: as `cloud.Cloud.call`.
    """
    try:
        found = await _streams(cloud, group, streams, region)
        stream = _telling(found, f"{streams}{host}")
        return (stream, await _last(cloud, group, stream, lines, region)) if stream else ("", ())
    except Refused as refusal:
        if refusal.code == "ResourceNotFoundException":
            return "", ()
        raise


async def _streams(cloud: Caller, group: str, prefix: str, region: str) -> list[Mapping[str, Any]]:
    # The order of the last event cannot be asked for together with a prefix.
    request: dict[str, object] = {"logGroupName": group, "logStreamNamePrefix": prefix}
    found: list[Mapping[str, Any]] = []
    for _ in range(_PAGES):
        page = await cloud.call("DescribeLogStreams", request, region=region, lane=Lane.TRANSITION, service="logs")
        found += cast("list[Mapping[str, Any]]", page.get("logStreams", []))
        if not page.get("nextToken"):
            break
        request["nextToken"] = page["nextToken"]
    return found


def _telling(streams: Sequence[Mapping[str, Any]], wanted: str) -> str:
    """The stream to read, of those that containers write."""
    written = [one for one in streams if not str(one["logStreamName"]).endswith(_NOT_OF_CONTAINERS)]
    # "algo-1" is not meant by "algo-12".
    named = [one for one in written if f"{one['logStreamName']}-".startswith(f"{wanted}-")]
    latest = max(named or written, key=_last_written, default={})
    return str(latest.get("logStreamName", ""))


def _last_written(stream: Mapping[str, Any]) -> tuple[int, int]:
    """When; the time of the last event is told with a delay of up to an hour."""
    return (
        int(stream.get("lastIngestionTime") or stream.get("lastEventTimestamp") or 0),
        int(stream.get("creationTime") or 0),
    )


async def _last(cloud: Caller, group: str, stream: str, lines: int, region: str) -> tuple[str, ...]:
    request: dict[str, object] = {
        "logGroupName": group,
        "logStreamName": stream,
        "limit": lines,
        "startFromHead": False,
    }
    for _ in range(_LOOKS):
        page = await cloud.call("GetLogEvents", request, region=region, lane=Lane.TRANSITION, service="logs")
        events = cast("list[Mapping[str, Any]]", page.get("events", []))
        if events:
            return tuple(str(event.get("message", "")) for event in events)
        token = page.get("nextBackwardToken")
        if not token or token == request.get("nextToken"):
            break
        request["nextToken"] = token
    return ()
