"""Reading the logs of SageMaker's containers over the wire of CloudWatch Logs (AWS JSON 1.1).

Knows no HTTP server: it takes headers and a body and gives an answer, None for what is moto's to answer, or says that the
connection is to be cut.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sagemaker_local.emulator import wire
from sagemaker_local.emulator.faults import ANSWERS, Effect, Fault, Faults
from sagemaker_local.emulator.front import CUT_BY, Answer
from sagemaker_local.emulator.logs.containers import GROUPS, Line, Stream
from sagemaker_local.emulator.paging import plain_position, plain_token
from sagemaker_local.emulator.refusal import Refusal, ServiceError
from sagemaker_local.emulator.resource import EXECUTED, SIMULATED, Json, Place, Resource, partition
from sagemaker_local.emulator.service import SageMaker

TARGET: Final = "Logs_20140328."
_STREAMS_IN_A_PAGE: Final = 50
_EVENTS_IN_A_PAGE: Final = 10_000

NO_STREAM: Final = Refusal(
    "ResourceNotFoundException",
    "The specified log stream does not exist.",
    evidence="quoted in many public issues",
)
NO_GROUP: Final = Refusal(
    "ResourceNotFoundException",
    "The specified log group does not exist.",
    evidence="quoted in many public issues",
)
NO_ORDER: Final = Refusal(
    "InvalidParameterException",
    "Cannot order by LastEventTime with a logStreamNamePrefix.",
    evidence="moto's CloudWatch Logs; the rule: DescribeLogStreams' documentation",
)
NO_TOKEN: Final = Refusal(
    "InvalidParameterException",
    "The specified nextToken is invalid.",
    evidence="moto's CloudWatch Logs",
)
DENIED: Final = Refusal(
    "AccessDeniedException",
    "User: arn:{partition}:sts::{account}:assumed-role/sagemaker-local/session is not authorized to perform: logs:{operation} on "
    "resource: {resource} because no identity-based policy allows the logs:{operation} action",
    evidence="the sentence is IAM's own, quoted in many public issues",
)


class LogsFront:
    """The entrance to CloudWatch Logs, as far as SageMaker writes there.

    Args:
        service: whose jobs write.
        faults: what goes wrong on request.
        account_of: the account that an access key belongs to.
        elsewhere: whether moto may have groups; it takes a while to load only to say no.
    """

    def __init__(
        self,
        service: SageMaker,
        faults: Faults,
        account_of: Callable[[str], str],
        *,
        elsewhere: Callable[[], bool],
    ) -> None:
        self._service, self._faults, self._account_of = service, faults, account_of
        self._elsewhere = elsewhere
        self._operations = {
            "DescribeLogStreams": self._describe_streams,
            "GetLogEvents": self._get_events,
            "FilterLogEvents": self._filter_events,
        }

    def concerns(self, headers: Mapping[str, str]) -> bool:
        """Whether a request may be about what containers wrote."""
        target = headers.get("X-Amz-Target", "")
        return target.startswith(TARGET) and target.removeprefix(TARGET) in self._operations

    async def answer(self, headers: Mapping[str, str], body: bytes) -> Answer | None:
        """The answer to one request that concerns logs; None means that it is moto's to give.

        Raises:
            ConnectionAbortedError: the connection is to be cut without an answer.
        """
        operation, scope = headers.get("X-Amz-Target", "").removeprefix(TARGET), wire.scope(headers)
        try:
            request = wire.decode(body)
            if scope is None:
                return None
            place = Place(self._account_of(scope.access_key), scope.region)
            if _group(request) not in GROUPS and not self._written(place, _group(request)):
                if self._elsewhere():
                    return None
                raise NO_GROUP.error()
            fault = self._faults.choose(operation, request, place.account)
            if fault is not None:
                await self._suffer(fault, operation, request, place)
            with self._service.lock:
                reply = self._operations[operation](request, place)
            return Answer(200, wire.encode(reply))
        except ServiceError as error:
            return Answer(error.status, wire.encode({"__type": error.code, "message": error.text}))

    async def _suffer(self, fault: Fault, operation: str, request: Json, place: Place) -> None:
        if fault.effect in CUT_BY or fault.effect is Effect.LOSE_REPLY:
            await asyncio.sleep(fault.seconds)
            raise ConnectionAbortedError
        refusal = DENIED if fault.effect is Effect.DENY else ANSWERS.get(fault.effect)
        if refusal is not None:
            where = _arn(place, _group(request), str(request.get("logStreamName", "")))
            raise refusal.error(
                partition=partition(place.region), account=place.account, operation=operation, resource=where
            )

    def _describe_streams(self, request: Json, place: Place) -> Json:
        prefix = str(request.get("logStreamNamePrefix", ""))
        if prefix and request.get("orderBy") == "LastEventTime":
            raise NO_ORDER.error()
        group = _group(request)
        found = [one for one in self._streams(place, group, prefix) if one.name.startswith(prefix)]
        by_time = request.get("orderBy") == "LastEventTime"
        found.sort(key=lambda one: (_last(one), one.name) if by_time else (0.0, one.name))
        if request.get("descending", False):
            found.reverse()
        size = int(request.get("limit", _STREAMS_IN_A_PAGE))
        start = plain_position(request.get("nextToken"), NO_TOKEN)
        page = [_shown(one, place, group) for one in found[start : start + size]]
        more = {"nextToken": plain_token(start + size)} if start + size < len(found) else {}
        return {"logStreams": page, **more}

    def _get_events(self, request: Json, place: Place) -> Json:
        group, name = _group(request), str(request.get("logStreamName", ""))
        stream = next((one for one in self._streams(place, group, name) if one.name == name), None)
        if stream is None:
            raise NO_STREAM.error()
        lines = _between(stream.lines, request)
        size = min(int(request.get("limit", _EVENTS_IN_A_PAGE)), _EVENTS_IN_A_PAGE)
        first, last = _window(request, len(lines), size)
        return {
            "events": [_event(line) for line in lines[first:last]],
            "nextForwardToken": f"f/{last}",
            "nextBackwardToken": f"b/{first}",
        }

    def _filter_events(self, request: Json, place: Place) -> Json:
        """All events in the order of their times; of filter patterns only single words are understood."""
        prefix, named = str(request.get("logStreamNamePrefix", "")), request.get("logStreamNames")
        word = str(request.get("filterPattern", "")).strip('" ')
        found = [
            {"logStreamName": stream.name, "eventId": f"{stream.name}/{number}", **_event(line)}
            for stream in self._streams(place, _group(request), prefix)
            if stream.name.startswith(prefix) and (not named or stream.name in named)
            for number, line in enumerate(_between(stream.lines, request))
            if word in line.text
        ]
        found.sort(key=lambda event: int(str(event["timestamp"])))
        size = min(int(request.get("limit", _EVENTS_IN_A_PAGE)), _EVENTS_IN_A_PAGE)
        start = plain_position(request.get("nextToken"), NO_TOKEN)
        more = {"nextToken": plain_token(start + size)} if start + size < len(found) else {}
        return {"events": found[start : start + size], "searchedLogStreams": [], **more}

    def _written(self, place: Place, group: str) -> bool:
        """Whether containers that really run have written to a group."""
        worker = self._service.world.worker
        return worker is not None and worker.writes_to(place, group)

    def _streams(self, place: Place, group: str, prefix: str) -> list[Stream]:
        """The streams of a group whose jobs can be meant by a prefix of their names."""
        worker = self._service.world.worker
        real = [] if worker is None else worker.streams(place, group, prefix)
        if group not in GROUPS:
            return real
        kind, written = GROUPS[group]
        jobs = self._service.world.store.of_kind(place, kind)
        if not jobs:
            raise NO_GROUP.error()
        own, whole, _ = prefix.partition("/")
        meant = [jobs[own]] if whole and own in jobs else [job for job in jobs.values() if job.name.startswith(own)]
        made_up = [_honest(stream, job) for job in meant if EXECUTED not in job.facts for stream in written(job)]
        return [*real, *made_up]


def _honest(stream: Stream, job: Resource) -> Stream:
    """What a job writes that is only simulated although others are not: first of all, that and why."""
    why = job.facts.get(SIMULATED)
    return stream if why is None else replace(stream, lines=[Line(stream.began, str(why)), *stream.lines])


def _group(request: Json) -> str:
    """The log group that is meant, by its name or its ARN."""
    named = str(request.get("logGroupName") or request.get("logGroupIdentifier") or "")
    return named.rsplit(":log-group:", maxsplit=1)[-1].removesuffix(":*")


def _arn(place: Place, group: str, stream: str) -> str:
    return f"arn:{partition(place.region)}:logs:{place.region}:{place.account}:log-group:{group}:log-stream:{stream}"


def _shown(stream: Stream, place: Place, group: str) -> Json:
    shown: dict[str, Any] = {
        "logStreamName": stream.name,
        "creationTime": _milliseconds(stream.began),
        "arn": _arn(place, group, stream.name),
        "storedBytes": 0,
    }
    if stream.lines:
        shown["firstEventTimestamp"] = _milliseconds(stream.lines[0].time)
        shown["lastEventTimestamp"] = shown["lastIngestionTime"] = _milliseconds(_last(stream))
    return shown


def _last(stream: Stream) -> float:
    return stream.lines[-1].time if stream.lines else stream.began


def _event(line: Line) -> Json:
    time = _milliseconds(line.time)
    return {"timestamp": time, "message": line.text, "ingestionTime": time}


def _between(lines: Sequence[Line], request: Json) -> list[Line]:
    first, last = request.get("startTime", 0), request.get("endTime", float("inf"))
    return [line for line in lines if first <= _milliseconds(line.time) < last]


def _window(request: Json, count: int, size: int) -> tuple[int, int]:
    """The first event to show, and the one behind the last: the latest ones, unless asked otherwise."""
    token = str(request.get("nextToken") or "")
    if not token:
        return (0, min(size, count)) if request.get("startFromHead", False) else (max(0, count - size), count)
    direction, _, number = token.partition("/")
    if direction not in ("f", "b") or not number.isdigit():
        raise NO_TOKEN.error()
    where = min(int(number), count)
    return (where, min(where + size, count)) if direction == "f" else (max(0, where - size), where)


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)
