"""The connections that kopf lists and watches over: with our credentials, renewed under way, on our TLS settings."""

import asyncio
import datetime as dt
from asyncio.sslproto import SSLProtocol
from collections.abc import Callable
from weakref import WeakSet

import aiohttp
from yarl import URL

from sagemaker_operator import __version__

from .access import Access
from .light_kopf import kopf

# A session keeps the TLS settings that it was opened with; certificates that are replaced while it lives stay valid for longer.
_LIFE = dt.timedelta(hours=1)
# asyncio sets aside 256 KiB per TLS connection for what may come in at once; with a watch for each kind that is 17 MB.
SSLProtocol.max_size = 64 * 1024


class Session:
    """Opens sessions for kopf.

    Args:
        access: the way to the API server.
        watched: is told the path, from the API server's root, of every watch that kopf asks for.
        refused: is told when the API server refuses the credentials even after they were renewed; it is to end kopf.
    """

    def __init__(self, access: Access, *, watched: Callable[[str], None], refused: Callable[[], None]) -> None:
        self._access, self._watched, self._refused = access, watched, refused
        self._streams: WeakSet[asyncio.BaseTransport] = WeakSet()

    def open(self) -> kopf.AiohttpSession:
        """A session, closed and asked for again by kopf when it is an hour old."""
        session = aiohttp.ClientSession(
            # One connection per watch, and there are as many watches as kinds and namespaces.
            connector=aiohttp.TCPConnector(limit=0, ssl=self._access.ssl_context() or True),
            headers={"User-Agent": f"sagemaker-operator/{__version__}"},
            cookie_jar=aiohttp.DummyCookieJar(),
            proxy=self._access.proxy,
            middlewares=[self._identify],
        )
        expiration = dt.datetime.now(dt.UTC) + _LIFE
        return kopf.AiohttpSession(server=self._access.server, aiohttp_session=session, expiration=expiration)

    async def _identify(
        self, request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        request.server_hostname = self._access.server_name
        request.headers.update(await self._access.headers())
        if request.url.query.get("watch"):
            self._watched(request.url.path.removeprefix(URL(self._access.server).path.rstrip("/")))
        reply = await send(request)
        if reply.status == 401:
            reply.release()
            request.headers.update(await self._access.headers(renew=True))
            reply = await send(request)
        if reply.status == 401:
            reply.release()
            self._refused()
            await asyncio.Event().wait()  # until kopf is ended: it would ask for another session, and another
        if reply.connection and reply.connection.transport:
            self._streams.add(reply.connection.transport)
        return reply

    async def close(self) -> None:
        """Cuts what kopf has left open: it closes streams politely, and nobody waits for the API server's farewell."""
        for stream in self._streams:
            if isinstance(stream, asyncio.WriteTransport):
                stream.abort()
        for _layer in ("TLS", "TCP"):
            await asyncio.sleep(0)
