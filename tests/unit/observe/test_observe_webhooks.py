"""Webhooks as receivers see them: a server on this machine."""

import asyncio
import base64
import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from hashlib import sha256

import pytest
import pytest_asyncio
from aiohttp import web

from sagemaker_operator.observe.webhooks import UnreachableError, post

BODY = '{"summary": "Größe"}'


@dataclass
class Receiver:
    """What came, and what is answered."""

    url: str = ""
    status: int = 204
    location: str = ""
    got: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((request.path_qs, await request.text(), {k.lower(): v for k, v in request.headers.items()}))
        return web.Response(status=self.status, headers={"location": self.location} if self.location else {})


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    app = web.Application()
    app.router.add_post("/{way:.*}", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook?token=s3cret"
    yield made
    await runner.cleanup()


async def test_a_receiver_can_tell_who_sent_it_when_and_whether_it_came_before(receiver: Receiver) -> None:
    status = await post(f"{receiver.url}\n", body=BODY, key="pepper\n", delivery="abc", now=lambda: 1_800_000_000.9)

    ((path, body, headers),) = receiver.got
    made = hmac.new(b"pepper", f"abc.1800000000.{BODY}".encode(), sha256).digest()
    assert (status, path, body) == (204, "/hook?token=s3cret", BODY)
    assert headers["content-type"] == "application/json"
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("abc", "1800000000")
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(made).decode()}"


async def test_a_key_of_standard_webhooks_is_base64_behind_its_prefix(receiver: Receiver) -> None:
    key = f"whsec_{base64.b64encode(b'raw bytes').decode()}"
    await post(receiver.url, body=BODY, key=key, delivery="abc", now=lambda: 1.0)

    made = hmac.new(b"raw bytes", f"abc.1.{BODY}".encode(), sha256).digest()
    assert receiver.got[0][2]["webhook-signature"] == f"v1,{base64.b64encode(made).decode()}"
    with pytest.raises(UnreachableError, match="is no base64"):
        await post(receiver.url, body=BODY, key="whsec_§", delivery="abc")


async def test_without_a_key_nothing_is_signed(receiver: Receiver) -> None:
    await post(receiver.url, body=BODY, key=None, delivery="abc")

    assert "webhook-signature" not in receiver.got[0][2]


async def test_a_redirection_is_an_answer_and_is_not_followed(receiver: Receiver) -> None:
    receiver.status, receiver.location = 307, receiver.url.replace("hook", "elsewhere")

    assert await post(receiver.url, body=BODY, key=None, delivery="abc") == 307
    assert [path for path, _, _ in receiver.got] == ["/hook?token=s3cret"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://hooks.example.com/s3cret", "must begin with https://"),
        ("http://169.254.169.254/s3cret", "must begin with https://"),
        ("ftp://127.0.0.1/s3cret", "no URL that begins with https://"),
        ("s3cret", "no URL that begins with https://"),
        ("https://[s3cret", "no URL"),
        ("https://127.0.0.1:s3cret/", "no URL"),
        ("http://127.0.0.1:9/s3cret", "cannot be reached"),
        ("https://no-such-host.invalid/s3cret", "the webhook"),
    ],
)
async def test_what_cannot_be_posted_is_told_without_the_address(url: str, said: str) -> None:
    with pytest.raises(UnreachableError, match=said) as told:
        await post(url, body=BODY, key="s3cret", delivery="abc", patience=5)

    assert "s3cret" not in str(told.value)
    # Nor by what a log would print below it.
    assert told.value.__cause__ is None
    assert told.value.__context__ is None or told.value.__suppress_context__


async def test_a_server_that_speaks_no_tls_is_told_so(receiver: Receiver) -> None:
    with pytest.raises(UnreachableError, match="speaks no TLS"):
        await post(receiver.url.replace("http:", "https:"), body=BODY, key=None, delivery="abc")


async def test_a_receiver_that_never_answers_is_given_up() -> None:
    gone = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        gone.set()

    silent = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]

    with pytest.raises(UnreachableError, match=r"did not answer within 0\.2 s"):
        await post(f"http://127.0.0.1:{port}/", body=BODY, key=None, delivery="abc", patience=0.2)
    await gone.wait()
    silent.close()
    await silent.wait_closed()
