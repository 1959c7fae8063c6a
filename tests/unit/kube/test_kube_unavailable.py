"""What the client makes of an API server, or of something before it, that does not work as it should."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from sagemaker_operator.kinds import KINDS
from sagemaker_operator.kube.access import Access
from sagemaker_operator.kube.client import KubeClient
from sagemaker_operator.kube.errors import Conflict, Forbidden, Invalid, KubeError, Missing, Unavailable
from sagemaker_operator.kube.recorder import ObjectRef, Recorder
from sagemaker_operator.kube.reply import failure

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ENDPOINT = KINDS["Endpoint"]


class Nobody:
    """Credentials that say nothing."""

    async def headers(self, *, renew: bool = False) -> dict[str, str]:
        return {}

    def ssl_context(self) -> None:
        return None


@asynccontextmanager
async def client_of(
    handler: Handler, *, patience: float = 5.0
) -> AsyncIterator[tuple[KubeClient, list[tuple[str, str]]]]:
    """A client of a server that answers everything by the handler, and what the client told."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    told: list[tuple[str, str]] = []
    access = Access(f"http://127.0.0.1:{runner.addresses[0][1]}", "default", "the test", Nobody())
    try:
        async with KubeClient(
            access, timeout=patience, told=lambda method, code: told.append((method, code))
        ) as client:
            yield client, told
    finally:
        await runner.cleanup()


async def test_an_overloaded_api_server_says_how_long_to_wait() -> None:
    async def busy(_request: web.Request) -> web.Response:
        return web.Response(status=429, headers={"Retry-After": "3"}, text="slow down")

    async with client_of(busy) as (client, told):
        with pytest.raises(Unavailable, match="HTTP status 429") as caught:
            await client.get(ENDPOINT, "ml", "digits")

    assert caught.value.retry_after == 3
    assert told == [("GET", "429")]


async def test_a_server_error_is_not_taken_for_absence() -> None:
    async def broken(_request: web.Request) -> web.Response:
        return web.Response(status=500, text="etcdserver: leader changed")

    async with client_of(broken) as (client, _):
        with pytest.raises(
            Unavailable, match=r"GET /apis/sagemaker-operator.dev/v1alpha1/namespaces/ml/endpoints/digits"
        ):
            await client.get(ENDPOINT, "ml", "digits")


async def test_a_connection_that_is_cut_under_way_is_unavailable_and_counted() -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse(headers={"Content-Length": "1000"})
        await reply.prepare(request)
        await reply.write(b'{"kind":')
        assert request.transport is not None
        request.transport.close()
        return reply

    async with client_of(cut) as (client, told):
        with pytest.raises(Unavailable, match="no answer"):
            await client.get(ENDPOINT, "ml", "digits")

    assert told == [("GET", "error")]


async def test_an_answer_that_does_not_come_is_unavailable_when_the_time_is_over() -> None:
    async def silent(request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError(request)

    async with client_of(silent, patience=0.2) as (client, _):
        with pytest.raises(Unavailable):
            await client.patch(ENDPOINT, "ml", "digits", {"spec": {}})


@pytest.mark.parametrize("text", ["<html>proxy</html>", "[]", ""])
async def test_an_answer_that_is_not_kubernetes_is_unavailable(text: str) -> None:
    async def nonsense(_request: web.Request) -> web.Response:
        return web.Response(text=text)

    async with client_of(nonsense) as (client, _):
        with pytest.raises(Unavailable, match="the answer is not"):
            await client.get(ENDPOINT, "ml", "digits")


async def test_a_redirect_is_not_followed_with_our_credentials() -> None:
    async def elsewhere(_request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "http://127.0.0.1:9/"})

    async with client_of(elsewhere) as (client, _):
        with pytest.raises(KubeError, match="302"):
            await client.get(ENDPOINT, "ml", "digits")


async def test_an_event_is_written_after_the_api_server_was_overloaded() -> None:
    written: list[str] = []

    async def sometimes(request: web.Request) -> web.Response:
        written.append((await request.json())["reason"])
        if len(written) == 1:
            return web.Response(status=429, headers={"Retry-After": "0.01"})
        return web.json_response({"kind": "Event"})

    async with client_of(sometimes) as (client, _), recording(client) as recorder:
        recorder.record(
            ObjectRef(ENDPOINT, "ml", "digits", "u"), type="Warning", reason="Failed", message="m", action="a"
        )
        await recorder.drain()

    assert written == ["Failed", "Failed"]


@asynccontextmanager
async def recording(client: KubeClient) -> AsyncIterator[Recorder]:
    recorder = Recorder(client, instance="pod")
    running = asyncio.create_task(recorder.run())
    yield recorder
    running.cancel()


async def test_a_flood_of_events_during_an_outage_drops_the_oldest() -> None:
    async def never(_request: web.Request) -> web.Response:
        raise AssertionError

    dropped: list[str] = []
    async with client_of(never) as (client, _):
        recorder = Recorder(client, instance="pod", dropped=dropped.append)
        for number in range(1003):
            reference = ObjectRef(ENDPOINT, "ml", f"e{number}", f"u{number}")
            recorder.record(reference, type="Normal", reason="Created", message="m", action="Create")

    assert dropped == ["queue"] * 3


@pytest.mark.parametrize(
    ("status", "told", "error"),
    [
        (401, {}, Forbidden),
        (403, {}, Forbidden),
        (404, {}, Missing),
        (409, {}, Conflict),
        (422, {"details": {"causes": [{"field": "spec.size"}]}}, Invalid),
        (422, {"details": {"causes": [{"field": "metadata.resourceVersion"}]}}, Conflict),
        (413, {}, Invalid),
        (429, {"details": {"retryAfterSeconds": 2}}, Unavailable),
        (503, {}, Unavailable),
    ],
)
def test_each_refusal_has_its_meaning(status: int, told: dict[str, object], error: type[KubeError]) -> None:
    reply = json.dumps({"kind": "Status", "message": "because", **told}).encode()

    found = failure("PUT", "/path", status, reply, {})

    assert type(found) is error
    assert str(found).startswith("PUT /path: because")
