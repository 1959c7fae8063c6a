"""Requests to model servers over HTTP, through one container or several, and what becomes of their errors and silences.

Connections are kept for the next request, but shorter than any model server keeps them. Not here: which server is asked.
"""

import asyncio
import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

import aiohttp

from sagemaker_local.emulator.resource import Place
from sagemaker_local.runner.runtime.ports import Hop
from sagemaker_local.runner.runtime.refusals import LOST, TIMED_OUT, Blame, ModelError

KEPT: Final = 1.5
"""Seconds for which a connection is kept; gunicorn closes after 2."""
PIECEWISE: Final = 256 * 1024
_OURS: Final = frozenset({"User-Agent", "Accept", "Accept-Encoding", "Content-Type"})
"""Headers that a client library would add by itself."""
_AGAIN: Final = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)


@dataclass(frozen=True, slots=True)
class Whom:
    """The containers that a request passes, and whose they are."""

    place: Place
    endpoint: str
    hops: tuple[Hop, ...]

    def blame(self, hop: Hop) -> Blame:
        """One of them, for errors."""
        return Blame(self.place, self.endpoint, hop.container)


@dataclass(frozen=True, slots=True)
class Reply:
    """A container's answer with the status 200 to 299."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """As the container said it."""
        return self.headers.get("Content-Type", "application/octet-stream")


@dataclass(slots=True)
class _Attempt:
    """One sending of a request."""

    on_kept_connection: bool = False


class Caller:
    """Asks model servers; in one event loop."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def through(
        self, whom: Whom, body: bytes, headers: Mapping[str, str], *, seconds: float, largest: int
    ) -> Reply:
        """The answer of the last container.

        Args:
            whom: each gets what the one before it answered.
            body: what the first one gets.
            headers: what all get, with the content type of the body.
            seconds: for all of them together.
            largest: bytes of the largest answer.

        Raises:
            ModelError: one of them answered another status than 2xx, too much, or not in time.
        """
        reply = Reply({}, body)
        sent = dict(headers)
        ends = asyncio.get_running_loop().time() + seconds
        for number, hop in enumerate(whom.hops):
            if number:
                sent["Content-Type"] = reply.content_type
            async with self.asking(whom, hop, reply.body, sent, ends=ends) as response:
                read = await _read(response, largest, whom.blame(hop))
            reply = Reply(response.headers, read)
        return reply

    @asynccontextmanager
    async def asking(
        self, whom: Whom, hop: Hop, body: bytes, headers: Mapping[str, str], *, ends: float
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """One container's answer with the status 2xx, whose body is still to be read, by `ends` of the loop's clock.

        Raises:
            ModelError: it answered another status, or not in time; also of what is read within.
        """
        blame = whom.blame(hop)
        try:
            async with asyncio.timeout_at(ends):
                response = await self._ask(hop.url, body, headers)
                async with response:
                    if not 200 <= response.status < 300:
                        text = (await response.read()).decode(errors="replace")
                        raise ModelError(blame, status=response.status, message=text)
                    yield response
        except TimeoutError:
            raise ModelError(blame, status=0, message=TIMED_OUT.format(container=hop.container)) from None
        except aiohttp.ClientError:
            raise ModelError(blame, status=0, message=LOST.format(container=hop.container)) from None

    async def last(
        self, whom: Whom, body: bytes, headers: Mapping[str, str], *, seconds: float, largest: int
    ) -> tuple[bytes, dict[str, str]]:
        """What the last container is to be asked, after all before it were; as `through`."""
        before = whom.hops[:-1]
        if not before:
            return body, dict(headers)
        reply = await self.through(replace(whom, hops=before), body, headers, seconds=seconds, largest=largest)
        return reply.body, {**headers, "Content-Type": reply.content_type}

    async def _ask(self, url: str, body: bytes, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        session, attempt = self._open(), _Attempt()
        try:
            return await session.post(url, data=_payload(body), headers=headers, trace_request_ctx=attempt)
        except _AGAIN:
            if not attempt.on_kept_connection:
                raise
            # The server closed a kept connection at the same moment: what was sent on it was not read.
            return await session.post(url, data=_payload(body), headers=headers)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT),
                timeout=aiohttp.ClientTimeout(total=None, connect=10),
                skip_auto_headers=_OURS,
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[_tracing()],
            )
        return self._session


def _tracing() -> aiohttp.TraceConfig:
    """What tells an attempt that its connection was one that had been kept."""

    async def reused(_: aiohttp.ClientSession, context: Any, __: aiohttp.TraceConnectionReuseconnParams) -> None:
        if context.trace_request_ctx is not None:
            context.trace_request_ctx.on_kept_connection = True

    tracing = aiohttp.TraceConfig()
    tracing.on_connection_reuseconn.append(reused)
    return tracing


def _payload(body: bytes) -> bytes | io.BytesIO:
    """A large body is sent in pieces, so that others get their turns."""
    return io.BytesIO(body) if len(body) > PIECEWISE else body


async def _read(response: aiohttp.ClientResponse, largest: int, blame: Blame) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for data in response.content.iter_any():
        size += len(data)
        if size > largest:
            raise ModelError(blame, status=response.status, message="", whole=False)
        parts.append(data)
    return b"".join(parts)
