"""The port: tells requests for SageMaker, its events, its logs, the control API and moto apart, and keeps the timers.

Every answer is one that SDKs understand; a fault of the emulator itself is logged with its trace and answered with an error that
is not retried.
"""

import asyncio
import contextlib
import logging
import uuid
from typing import Any, Final, Protocol

from aiohttp import web

from sagemaker_local.emulator import wire
from sagemaker_local.emulator.accounts import Accounts
from sagemaker_local.emulator.control import PREFIX, STATE, Control
from sagemaker_local.emulator.events import query, topics_front
from sagemaker_local.emulator.events.front import EventsFront, protocol_of
from sagemaker_local.emulator.events.front import Protocol as QueueProtocol
from sagemaker_local.emulator.events.topics_front import TopicsFront
from sagemaker_local.emulator.front import BROKEN, Front
from sagemaker_local.emulator.logs.front import LogsFront
from sagemaker_local.emulator.mount import Request
from sagemaker_local.emulator.refusal import Refusal
from sagemaker_local.emulator.scaling.front import ScalingFront
from sagemaker_local.emulator.service import SageMaker

LARGEST_UPLOAD: Final = 4 * 1024**3
ACCEPTING: Final = 10
"""Turns of the event loop, more than asyncio needs to accept a connection."""
ENDPOINTS: Final = "/endpoints/"
"""How the paths of sagemaker-runtime begin (its service model)."""
SIMULATES: Final = Refusal(
    "NotEmulated",
    "This SageMaker only simulates its endpoints, and no model is loaded. One that really trains and predicts is started by "
    "`sagemaker-local emulator --execute`, or in Python by Emulator.start(execution=Execution()).",
    evidence="this project's own answer",
)
_log = logging.getLogger(__name__)


class Runtime(Protocol):
    """SageMaker's second entrance, through which endpoints are invoked."""

    async def handle(self, request: web.BaseRequest, /) -> web.StreamResponse:
        """The answer to a request whose path begins with `ENDPOINTS`."""


class NotRunning:
    """The second entrance of a SageMaker that only simulates."""

    async def handle(self, _: web.BaseRequest) -> web.StreamResponse:
        """Say so."""
        error = SIMULATES.error()
        return _json_response(error.status, wire.encode({"Message": error.text}), error=error.code)

    async def stop(self) -> None:
        """Nothing to end."""


NOT_RUNNING: Final = NotRunning()


class Server:
    """An HTTP server. `start` and `stop` run in its event loop.

    Attributes:
        runtime: where endpoints are invoked.
    """

    def __init__(
        self,
        *,
        front: Front,
        events: EventsFront,
        topics: TopicsFront,
        logs: LogsFront,
        scaling: ScalingFront,
        control: Control,
        accounts: Accounts,
    ) -> None:
        self.runtime: Runtime = NOT_RUNNING
        self._front = front
        self._scaling = scaling
        self._events = events
        self._topics = topics
        self._logs = logs
        self._control = control
        self._accounts = accounts
        self._runner: web.ServerRunner | None = None
        self._listening: asyncio.Server | None = None
        self._timers: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen on an address of this machine and a port of it (0: any free one), and return the port."""
        server = web.Server(self._handle, request_factory=_large_request)
        self._runner = web.ServerRunner(server, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        self._listening = await asyncio.get_running_loop().create_server(server, host, port, backlog=128)
        if not self._front.service.world.clock.virtual:
            self._timers = asyncio.create_task(keep_time(self._front.service))
        return int(self._listening.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening, cut open connections, end the timers."""
        if self._timers is not None:
            self._timers.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._timers
        if self._runner is not None:
            if self._listening is not None:
                await _end(self._listening)
            await self._runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            return await self._route(request)
        except Exception:  # noqa: BLE001 whatever it is, clients get an error in AWS's form and no trace
            _log.exception("%s %s failed", request.method, request.path)
            error = BROKEN.error()
            return _json_response(error.status, wire.encode_error(error))

    async def _route(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.startswith(PREFIX):
            return await self._control_api(request)
        if _invokes(request):
            return await self.runtime.handle(request)
        if _for_sagemaker(request):
            return await self._sagemaker(request)
        protocol = protocol_of(request.headers)
        if protocol is not None:
            return await self._queues_and_rules(protocol, request)
        if topics_front.concerns(request.headers, request.query_string):
            return await self._sns(request)
        for beside in (self._logs, self._scaling):
            if beside.concerns(request.headers):
                return await self._beside(beside, request)
        return await self._others(request)

    async def _sagemaker(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await _read(request, limit=wire.LARGEST_REQUEST)
        answer = await self._front.answer(request.headers, body)
        if answer is None:
            return _cut(request)
        return _json_response(answer.status, answer.body)

    async def _queues_and_rules(self, protocol: QueueProtocol, request: web.BaseRequest) -> web.StreamResponse:
        body = await _read(request, limit=wire.LARGEST_REQUEST)
        reply = await self._events.answer(protocol, request.headers, body, connected=lambda: _connected(request))
        return web.Response(status=reply.status, headers=reply.headers, body=reply.body)

    async def _sns(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await _read(request, limit=wire.LARGEST_REQUEST)
        given = query.form(body.decode(errors="replace")) | query.form(request.query_string)
        reply = await self._topics.answer(request.headers, given)
        if reply is None:
            return _cut(request)
        return web.Response(status=reply.status, headers=reply.headers, body=reply.body)

    async def _beside(self, service: LogsFront | ScalingFront, request: web.BaseRequest) -> web.StreamResponse:
        # Read twice, the body is the same: moto may be asked after all.
        try:
            answer = await service.answer(request.headers, await request.read())
        except ConnectionAbortedError:
            return _cut(request)
        return await self._others(request) if answer is None else _json_response(answer.status, answer.body)

    async def _control_api(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == f"{PREFIX}/{STATE}" and request.method in ("GET", "POST"):
            return await self._state(request)
        body = await _read(request, limit=wire.LARGEST_REQUEST)
        status, shown = self._control.answer(
            request.method, request.path.removeprefix(PREFIX), dict(request.query), body
        )
        return web.json_response(shown, status=status)

    async def _state(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "GET":
            return web.Response(body=self._control.state(), content_type="application/zip")
        status, shown = self._control.restore(await request.read())
        return web.json_response(shown, status=status)

    async def _others(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.headers.get("Expect", "").lower() == "100-continue":
            assert request.transport is not None
            request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await request.read()
        asked = Request(request.method, request.raw_path, request.query_string, request.headers, body)
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._accounts.pool, self._accounts.answer, asked)
        return web.Response(status=answer.status, headers=answer.headers, body=answer.body)


async def keep_time(service: SageMaker) -> None:
    """Take every step when it is due, for as long as the server runs."""
    loop, woken = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        loop.call_soon_threadsafe(woken.set)

    service.machine.on_earlier = wake
    try:
        while True:
            with service.lock:
                service.machine.run(service.world.clock.now())
                due = service.machine.next_due()
            wait = None if due is None else max(0.0, due - service.world.clock.now())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), wait)
            woken.clear()
    finally:
        service.machine.on_earlier = None


async def _end(listening: asyncio.Server) -> None:
    """Accept no more, and close only when the accepted connections are known, or they would stay open (CPython's gh-109564)."""
    loop = asyncio.get_running_loop()
    for place in listening.sockets:
        loop.remove_reader(place.fileno())
    for _ in range(ACCEPTING):
        await asyncio.sleep(0)
    listening.close()


def _invokes(request: web.BaseRequest) -> bool:
    """Whether it is for an endpoint: signed for SageMaker, or not signed at all, which is for SageMaker to refuse."""
    if not request.path.startswith(ENDPOINTS):
        return False
    unsigned = request.method == "POST" and "Authorization" not in request.headers
    return _for_sagemaker(request) or (unsigned and "invocations" in request.path)


def _for_sagemaker(request: web.BaseRequest) -> bool:
    if request.headers.get("X-Amz-Target", "").startswith(wire.TARGET):
        return True
    scope = wire.scope(request.headers)
    return scope is not None and scope.service == "sagemaker"


async def _read(request: web.BaseRequest, *, limit: int) -> bytes:
    """The body, or its beginning if it is longer than the limit: enough to see that it is too long."""
    parts, size = [], 0
    async for part in request.content.iter_any():
        parts.append(part)
        size += len(part)
        if size > limit:
            break
    return b"".join(parts)


def _connected(request: web.BaseRequest) -> bool:
    return request.transport is not None and not request.transport.is_closing()


def _cut(request: web.BaseRequest) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()  # never sent: the connection is gone


def _json_response(status: int, body: bytes, *, error: str | None = None) -> web.Response:
    headers = {"x-amzn-RequestId": str(uuid.uuid4()), "Content-Type": wire.CONTENT_TYPE}
    if error is not None:
        headers["x-amzn-ErrorType"] = error
    return web.Response(status=status, body=body, headers=headers)


def _large_request(*args: Any) -> web.BaseRequest:
    message, payload, protocol, writer, task = args
    return web.BaseRequest(
        message, payload, protocol, writer, task, asyncio.get_running_loop(),
        client_max_size=LARGEST_UPLOAD,
    )  # fmt: skip
