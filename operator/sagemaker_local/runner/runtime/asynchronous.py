"""InvokeEndpointAsync: requests wait for an instance, their inputs come from S3, and their results go there and to topics of SNS.

The documents are those of "Check prediction results" of the developer guide. A queue for each endpoint, in the event loop of the
server; it is not kept over a restart. Not here: what a prediction is (see `invoking`).
"""

import asyncio
import base64
import json
import logging
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from sagemaker_local.emulator.refusal import ServiceError
from sagemaker_local.emulator.resource import Json, Place
from sagemaker_local.runner.objects import Address, Objects
from sagemaker_local.runner.runtime import refusals
from sagemaker_local.runner.runtime.aims import Aim
from sagemaker_local.runner.runtime.invoking import Invoking, Prediction
from sagemaker_local.runner.runtime.meter import of_endpoint
from sagemaker_local.runner.runtime.ports import Hosting
from sagemaker_local.runner.telemetry import Telemetry

LARGEST: Final = 1024**3
"""Bytes of an input and of a result: "Asynchronous inference" of the developer guide."""
LARGEST_INLINE: Final = 128_000
"""Bytes of an input in the request: the service model."""
NOTIFIED: Final = 128 * 1024
"""Bytes of a result that is part of a notification: IncludeInferenceResponseIn."""
SECONDS: Final = 900
"""In which a model answers if the request says nothing else: "Invoke an asynchronous endpoint" of the guide."""
LIVES: Final = 21_600
"""Seconds that a request may wait: RequestTTLSeconds."""
AT_ONCE: Final = 4
"""Requests at once on an instance if MaxConcurrentInvocationsPerInstance is not set; SageMaker's own choice is not published."""
LOOKED_EVERY: Final = 0.2
"""Seconds between two looks for an instance where there was none."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Queued:
    """A request that was accepted.

    Attributes:
        output: the S3 URL of its result.
        failure: that of its failure, if there is a path for failures.
    """

    inference_id: str
    output: str
    failure: str | None
    aim: Aim
    members: Json
    body: bytes
    received: float


@dataclass(slots=True)
class _Line:
    """The requests of one endpoint."""

    place: Place
    endpoint: str
    waiting: deque[Queued] = field(default_factory=deque)
    running: set[asyncio.Task[None]] = field(default_factory=set)
    serving: asyncio.Task[None] | None = None


class Asynchronous:
    """All queues of one emulator.

    Args:
        invoking: predicts.
        objects: S3.
        hosting: knows how many instances there are.
        telemetry: metrics.
        publish: publishes a message to a topic; False if there is no such topic.
        exists: whether there still is an endpoint.
    """

    def __init__(
        self,
        invoking: Invoking,
        objects: Objects,
        hosting: Hosting,
        telemetry: Telemetry,
        *,
        publish: Callable[[str, str], bool],
        exists: Callable[[Place, str], bool],
    ) -> None:
        self._invoking, self._objects, self._hosting = invoking, objects, hosting
        self._telemetry, self._publish, self._exists = telemetry, publish, exists
        self._lines: dict[str, _Line] = {}

    async def stop(self) -> None:
        """Let go of everything that waits or is under way."""
        tasks = [task for line in self._lines.values() for task in (*line.running, line.serving) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def accept(self, aim: Aim, members: Json, body: bytes) -> Queued:
        """Put a request into the queue of its endpoint, and say where its result will be."""
        assert aim.asynchronous is not None
        config = aim.asynchronous["OutputConfig"]
        inference_id = members.get("InferenceId") or str(uuid.uuid4())
        extension = members.get("S3OutputPathExtension", "").strip("/")
        name = members.get("Filename") or f"{uuid.uuid4()}.out"

        def below(path: str, file: str) -> str:
            return "/".join(part for part in (path.rstrip("/"), extension, file) if part)

        stem = name.rpartition(".")[0] or name
        failures = config.get("S3FailurePath")
        queued = Queued(
            inference_id=inference_id,
            output=below(config.get("S3OutputPath") or f"s3://{_default_bucket(aim)}/async-endpoint-outputs", name),
            failure=below(failures, f"{stem}-error.out") if failures else None,
            aim=aim,
            members=members,
            body=body,
            received=time.time(),
        )
        line = self._lines.setdefault(aim.arn, _Line(aim.place, aim.name))
        line.waiting.append(queued)
        if line.serving is None or line.serving.done():
            line.serving = asyncio.create_task(self._serve(line))
        return queued

    def sample(self) -> None:
        """Note the metrics of the backlogs, and drop those of endpoints that are gone."""
        for arn, line in list(self._lines.items()):
            if not self._exists(line.place, line.endpoint):
                line.waiting.clear()
                del self._lines[arn]
                continue
            waiting = len(line.waiting)
            instances = sum(self._hosting.instances(line.place, line.endpoint).values())
            self._note(line, "ApproximateBacklogSize", waiting)
            self._note(line, "HasBacklogWithoutCapacity", int(bool(waiting) and not instances))
            if instances:
                self._note(line, "ApproximateBacklogSizePerInstance", waiting / instances)
            oldest = time.time() - line.waiting[0].received if waiting else 0.0
            self._note(line, "ApproximateAgeOfOldestRequest", oldest, "Seconds")

    async def _serve(self, line: _Line) -> None:
        """Give requests to instances, as many at once as they take, until none is left."""
        while line.waiting:
            self._expire(line)
            instances = sum((await asyncio.to_thread(self._hosting.instances, line.place, line.endpoint)).values())
            while line.waiting and len(line.running) < instances * _at_once(line.waiting[0].aim):
                task = asyncio.create_task(self._do(line, line.waiting.popleft()))
                line.running.add(task)
                task.add_done_callback(line.running.discard)
            if not line.waiting:
                return
            pause = asyncio.create_task(asyncio.sleep(LOOKED_EVERY))
            await asyncio.wait({pause, *line.running}, return_when=asyncio.FIRST_COMPLETED)
            pause.cancel()

    def _expire(self, line: _Line) -> None:
        now = time.time()
        for queued in [q for q in line.waiting if now - q.received > _lives(q)]:
            line.waiting.remove(queued)
            expired = refusals.EXPIRED.error(seconds=_lives(queued))
            self._note(line, "ExpiredRequests", 1)
            task = asyncio.create_task(self._fail(line, queued, expired))
            line.running.add(task)
            task.add_done_callback(line.running.discard)

    async def _do(self, line: _Line, queued: Queued) -> None:
        began = time.time()
        self._note(line, "TimeInBacklog", (began - queued.received) * 1000, "Milliseconds")
        try:
            body = await self._input(queued)
            seconds = float(queued.members.get("InvocationTimeoutSeconds", SECONDS))
            made = await self._invoking.predict(queued.aim, queued.members, body, seconds=seconds, largest=LARGEST)
            await self._succeed(line, queued, made)
        except ServiceError as error:
            await self._fail(line, queued, error)
        except Exception:  # noqa: BLE001 whatever it is, the caller finds a failure and not silence
            _log.exception("an asynchronous invocation of %s failed", queued.aim.arn)
            await self._fail(line, queued, refusals.BROKEN.error())
        self._note(line, "TotalProcessingTime", (time.time() - queued.received) * 1000, "Milliseconds")

    async def _input(self, queued: Queued) -> bytes:
        location = queued.members.get("InputLocation")
        if location is None:
            return queued.body
        place = queued.aim.place
        found = await asyncio.to_thread(self._objects.get, place, Address.parse(location))
        if found is None:
            raise refusals.NO_INPUT.error(url=location)
        if len(found) > LARGEST:
            raise refusals.INPUT_TOO_LARGE.error(url=location, limit=LARGEST)
        return found

    async def _succeed(self, line: _Line, queued: Queued, made: Prediction) -> None:
        if not await self._write(queued, queued.output, made.reply.body):
            raise refusals.NOT_UPLOADED.error(url=queued.output)
        self._note(line, "InvocationsProcessed", 1)
        answer = {"contentType": made.reply.content_type, "outputLocation": queued.output}
        document = {**_document(queued, "Completed"), "responseParameters": answer}
        await self._notify(queued, "SuccessTopic", document, made.reply.body)

    async def _fail(self, line: _Line, queued: Queued, error: ServiceError) -> None:
        self._note(line, "InvocationFailures", 1)
        # "ClientError: Received server error (500) from model …" is the example of the guide.
        reason = f"{'InternalServerError' if error.status == 500 else 'ClientError'}: {error.text}"
        response = error.original[1].encode() if isinstance(error, refusals.ModelError) else b""
        if queued.failure is not None:
            await self._write(queued, queued.failure, response or reason.encode())
        document = {**_document(queued, "Failed"), "failureReason": reason}
        await self._notify(queued, "ErrorTopic", document, response)

    async def _write(self, queued: Queued, url: str, body: bytes) -> bool:
        return await asyncio.to_thread(self._objects.put, queued.aim.place, Address.parse(url), body)

    async def _notify(self, queued: Queued, which: str, document: Json, response: bytes) -> None:
        config = (queued.aim.asynchronous or {})["OutputConfig"].get("NotificationConfig") or {}
        topic = config.get(which)
        if topic is None:
            return
        wanted = "SUCCESS_NOTIFICATION_TOPIC" if which == "SuccessTopic" else "ERROR_NOTIFICATION_TOPIC"
        if wanted in config.get("IncludeInferenceResponseIn", ()) and len(response) <= NOTIFIED:
            content = base64.b64encode(response).decode()
            document = {**document, "responseBody": {"content": content, "encoding": "BASE64"}}
        if not await asyncio.to_thread(self._publish, topic, json.dumps(document)):
            _log.warning("asynchronous inference: there is no topic %s", topic)

    def _note(self, line: _Line, name: str, value: float, unit: str = "Count") -> None:
        self._telemetry.add(of_endpoint(line.place, line.endpoint, name), value, unit)


def _lives(queued: Queued) -> int:
    return int(queued.members.get("RequestTTLSeconds", LIVES))


def _at_once(aim: Aim) -> int:
    assert aim.asynchronous is not None
    client = aim.asynchronous.get("ClientConfig") or {}
    return int(client.get("MaxConcurrentInvocationsPerInstance", AT_ONCE))


def _default_bucket(aim: Aim) -> str:
    """The bucket that is used where no output path is set, as SageMaker names its default bucket."""
    return f"sagemaker-{aim.place.region}-{aim.place.account}"


def _document(queued: Queued, status: str) -> Json:
    members = queued.members
    asked = {
        "contentType": members.get("ContentType"),
        "accept": members.get("Accept"),
        "endpointName": queued.aim.name,
        "inputLocation": members.get("InputLocation"),
    }
    return {
        "awsRegion": queued.aim.place.region,
        "eventTime": _moment(time.time()),
        "receivedTime": _moment(queued.received),
        "invocationStatus": status,
        "requestParameters": {name: value for name, value in asked.items() if value is not None},
        "inferenceId": queued.inference_id,
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
    }


def _moment(when: float) -> str:
    return datetime.fromtimestamp(when, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
