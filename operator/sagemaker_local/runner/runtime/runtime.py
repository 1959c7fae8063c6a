"""The entrance of sagemaker-runtime: HTTP requests to endpoints, and the answers to them.

Runs in the event loop of the emulator's server. Not here: what a prediction is (see `invoking`), and queues (see `asynchronous`).
"""

import asyncio
import contextlib
import itertools
import logging
import time
import uuid
from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING, Any, Final, Protocol

from aiohttp import web

from sagemaker_local.emulator import model
from sagemaker_local.emulator.front import Visit
from sagemaker_local.emulator.refusal import ServiceError
from sagemaker_local.emulator.resource import Json, Place
from sagemaker_local.runner.capture import Capture
from sagemaker_local.runner.objects import Objects
from sagemaker_local.runner.runtime import eventstream, refusals, wire
from sagemaker_local.runner.runtime.aims import Aim, Aims
from sagemaker_local.runner.runtime.asynchronous import LARGEST_INLINE, Asynchronous
from sagemaker_local.runner.runtime.calls import Reply
from sagemaker_local.runner.runtime.gate import Cut, Gate
from sagemaker_local.runner.runtime.invoking import LARGEST, LARGEST_SERVERLESS, Invoking, Prediction
from sagemaker_local.runner.runtime.meter import Meter
from sagemaker_local.runner.runtime.ports import Hosting
from sagemaker_local.runner.runtime.refusals import ModelError
from sagemaker_local.runner.runtime.usage import Usage
from sagemaker_local.runner.scaler import Scaler
from sagemaker_local.runner.telemetry import Telemetry

if TYPE_CHECKING:
    from sagemaker_local.emulator.core import Core

READ: Final = 8 * LARGEST
"""Bytes of a request that are read before it is refused as too large: a client that is cut off earlier sees no answer."""
SAMPLED_EVERY: Final = 1.0
USAGE_EVERY: Final = 5
"""Samples of requests for one of processes, which costs more."""
_HIDDEN: Final = frozenset({"CustomAttributes"})
"""Sensitive in the service model: kept out of the journal."""
_log = logging.getLogger(__name__)


class Left(Exception):
    """The caller does not listen any more."""


class Workshop(Protocol):
    """What is used of `runner.tools`."""

    @property
    def s3(self) -> Objects:
        """The emulated S3."""

    @property
    def metrics(self) -> Telemetry:
        """The emulated CloudWatch."""


class Runtime:
    """SageMaker's second entrance, of one emulator; implements `emulator.server.Runtime`.

    Args:
        core: the emulator.
        tools: the workshop, for S3 and metrics.
        hosting: who runs the model servers.
    """

    def __init__(self, core: "Core", tools: Workshop, hosting: Hosting) -> None:
        self._service, self._gate = core.service, Gate(core.front)
        self._aims = Aims(core.service.world)
        self._telemetry = tools.metrics
        self._meter = Meter(tools.metrics)
        self._random = Random(core.service.world.random.getrandbits(64))
        self._capture = Capture(tools.s3, Random(self._random.getrandbits(64)))
        self._invoking = Invoking(hosting, self._meter, self._capture, self._random)
        self._asynchronous = Asynchronous(
            self._invoking,
            tools.s3,
            hosting,
            tools.metrics,
            publish=core.events.publish,
            exists=self._exists,
        )
        self._sampling: asyncio.Task[None] | None = None
        self._usage = Usage(hosting, tools.metrics)
        clock = core.service.world.clock
        self._scaler = Scaler(
            core.service, core.targets, core.neighbours, tools.metrics, now=clock.now, speed=clock.speed
        )
        self._capture.start()
        self._scaler.start()
        # The model is read now, and not by the first request.
        model.service_model(wire.SERVICE)

    async def stop(self) -> None:
        """End what is under way, and write what was captured."""
        await asyncio.to_thread(self._scaler.stop)
        if self._sampling is not None:
            self._sampling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sampling
        await self._asynchronous.stop()
        await self._invoking.close()
        await asyncio.to_thread(self._capture.stop)

    def forget(self) -> None:
        """Let go of what was measured and captured, as nothing of it exists any more; from any thread."""
        self._capture.forget()
        self._telemetry.forget()

    def flush(self) -> None:
        """Write what was captured to S3 now; from any thread."""
        self._capture.flush()

    async def handle(self, request: web.BaseRequest, /) -> web.StreamResponse:
        """The answer to a request whose path begins with `/endpoints/`."""
        if self._sampling is None:
            self._sampling = asyncio.create_task(self._sample())
        visit = await self._gate.arrive(request.headers)
        try:
            answer = await self._answer(visit, request)
        except ServiceError as error:
            if visit.loses_reply:
                self._gate.note(visit, "lost")
                return _cut(request)
            self._gate.note(visit, error.code)
            return web.Response(status=error.status, headers=wire.error_headers(error), body=wire.error_body(error))
        except Cut:
            return _cut(request)
        except Left:
            self._gate.note(visit, "lost")
            return _cut(request)
        except Exception:
            self._gate.note_broken(visit)
            raise
        self._gate.note(visit, "lost" if visit.loses_reply else "ok")
        return answer

    async def _answer(self, visit: Visit, request: web.BaseRequest) -> web.StreamResponse:
        self._gate.identify(visit, request.headers)
        operation, members = wire.understood(request.method, request.path, request.headers)
        visit.operation = operation.name
        body = await _read(request)
        visit.request = {name: value for name, value in members.items() if name not in _HIDDEN}
        visit.request["Body"] = f"{len(body)} bytes"
        await self._gate.admit(visit)
        wire.checked(operation, members)
        with self._service.lock:
            self._service.machine.run(self._service.world.clock.now())
            aim = self._aims.at(visit.place, members, asynchronous=operation.name == "InvokeEndpointAsync")
        visit.committed = True
        match operation.name:
            case "InvokeEndpoint":
                answer = await self._invoke(operation, aim, members, body)
            case "InvokeEndpointAsync":
                answer = self._queue(operation, aim, members, body)
            case _:
                return await self._stream(operation, aim, members, body, visit=visit, request=request)
        if visit.loses_reply:
            return _cut(request)
        return answer

    async def _invoke(self, operation: wire.Operation, aim: Aim, members: Json, body: bytes) -> web.Response:
        _refuse_large(aim, members, body)
        made = await self._invoking.predict(aim, members, body)
        headers = {
            "x-amzn-RequestId": str(uuid.uuid4()),
            **wire.answer_headers(
                operation,
                {
                    "ContentType": made.reply.content_type,
                    "InvokedProductionVariant": made.variant,
                    "CustomAttributes": made.header("Custom-Attributes"),
                    "NewSessionId": made.header("New-Session-Id"),
                    "ClosedSessionId": made.header("Closed-Session-Id"),
                },
            ),
        }
        return web.Response(body=made.reply.body, headers=headers)

    def _queue(self, operation: wire.Operation, aim: Aim, members: Json, body: bytes) -> web.Response:
        if len(body) > LARGEST_INLINE:
            raise refusals.INLINE_TOO_LARGE.error(limit=LARGEST_INLINE)
        if bool(body) == ("InputLocation" in members):
            raise refusals.ONE_INPUT.error()
        queued = self._asynchronous.accept(aim, members, body)
        headers = wire.answer_headers(operation, {"OutputLocation": queued.output, "FailureLocation": queued.failure})
        return web.json_response({"InferenceId": queued.inference_id}, status=202, headers=headers)

    async def _stream(
        self,
        operation: wire.Operation,
        aim: Aim,
        members: Json,
        body: bytes,
        *,
        visit: Visit,
        request: web.BaseRequest,
    ) -> web.StreamResponse:
        _refuse_large(aim, members, body)
        answer, began = None, time.time()
        try:
            async with self._invoking.streaming(aim, members, body) as (variant, response):
                if visit.loses_reply:
                    return _cut(request)
                answer = web.StreamResponse(headers=_stream_headers(operation, variant, response))
                with _listening():
                    await answer.prepare(request)
                seen = await _pass(response, answer, keep=aim.capture is not None)
            made = Prediction(variant, Reply(response.headers, seen))
            self._invoking.captured(aim, members, body, made, began=began)
        except ModelError as error:
            if answer is None:
                raise
            with _listening():
                await answer.write(_broken_off(error))
        with _listening():
            await answer.write_eof()
        return answer

    def _exists(self, place: Place, endpoint: str) -> bool:
        return self._service.world.find(place, "Endpoint", endpoint.lower()) is not None

    async def _sample(self) -> None:
        for second in itertools.count(1):
            await asyncio.sleep(SAMPLED_EVERY)
            try:
                if second % USAGE_EVERY == 0:
                    await asyncio.to_thread(self._usage.sample)
                self._meter.sample(self._exists)
                self._asynchronous.sample()
            except Exception:  # noqa: BLE001 one sample that fails must not end them all
                _log.exception("the requests under way could not be counted")


async def _read(request: web.BaseRequest) -> bytes:
    """The body. Raises ServiceError if it is larger than anything that is taken, and says so only when it was sent."""
    if request.headers.get("Expect", "").lower() == "100-continue" and request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    parts, size = [], 0
    async for part in request.content.iter_any():
        size += len(part)
        if size <= LARGEST:
            parts.append(part)
        if size > READ:
            break
    if size > LARGEST:
        raise refusals.TOO_LARGE.error(limit=LARGEST)
    return b"".join(parts)


def _refuse_large(aim: Aim, members: Json, body: bytes) -> None:
    """A serverless endpoint takes less than others."""
    serverless = (
        aim.concurrency if "TargetVariant" not in members else {members["TargetVariant"]} & set(aim.concurrency)
    )
    if serverless and len(body) > LARGEST_SERVERLESS:
        raise refusals.TOO_LARGE.error(limit=LARGEST_SERVERLESS)


def _stream_headers(operation: wire.Operation, variant: str, response: Any) -> dict[str, str]:
    members = {
        "ContentType": response.headers.get("Content-Type", "application/octet-stream"),
        "InvokedProductionVariant": variant,
        "CustomAttributes": response.headers.get("X-Amzn-SageMaker-Custom-Attributes"),
    }
    made = wire.answer_headers(operation, members)
    return {**made, "x-amzn-RequestId": str(uuid.uuid4()), "Content-Type": eventstream.CONTENT_TYPE}


@contextlib.contextmanager
def _listening() -> Iterator[None]:
    """Raise Left if the caller has hung up."""
    try:
        yield
    except ConnectionResetError:
        raise Left from None


def _broken_off(error: ModelError) -> bytes:
    """The end of a stream that the model did not end: it took too long, or hung up."""
    if error.original[1].startswith("Your invocation timed out"):
        text, code = refusals.STREAM_TIMED_OUT.format(container=error.container), "ModelInvocationTimeExceeded"
    else:
        text, code = error.original[1], "StreamBroken"
    return eventstream.failure("ModelStreamError", Message=text, ErrorCode=code)


async def _pass(response: Any, answer: web.StreamResponse, *, keep: bool) -> bytes:
    """Pass on what the model streams, as it comes; returns all of it if it is to be kept, up to the largest answer."""
    seen, size = [], 0
    async for data in response.content.iter_any():
        with _listening():
            await answer.write(eventstream.part(data))
        size += len(data)
        if keep and size <= LARGEST:
            seen.append(data)
    return b"".join(seen)


def _cut(request: web.BaseRequest) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()  # never sent: the connection is gone
