"""The connections that kopf lists and watches over: with our credentials, renewed under way, on our TLS settings."""

import datetime as dt
from collections.abc import Callable

import aiohttp
import kopf
from yarl import URL

from sagemaker_operator import __version__

from .access import Access

# A session keeps the TLS settings that it was opened with; certificates that are replaced while it lives stay valid for longer.
_LIFE = dt.timedelta(hours=1)


class Session:
    """Opens sessions for kopf.

    Args:
        access: the way to the API server.
        watched: is told the path, from the API server's root, of every watch that kopf asks for.

    Attributes:
        refused: whether the API server refused the credentials even after they were renewed.
    """

    def __init__(self, access: Access, *, watched: Callable[[str], None]) -> None:
        self.access = access
        self.refused = False
        self._watched = watched

    def open(self) -> kopf.AiohttpSession:
        """A session, closed and asked for again by kopf when it is an hour old."""
        session = aiohttp.ClientSession(
            # One connection per watch, and there are as many watches as kinds and namespaces.
            connector=aiohttp.TCPConnector(limit=0, ssl=self.access.ssl_context() or True),
            headers={"User-Agent": f"sagemaker-operator/{__version__}"},
            cookie_jar=aiohttp.DummyCookieJar(),
            proxy=self.access.proxy,
            middlewares=[self._identify],
        )
        expiration = dt.datetime.now(dt.UTC) + _LIFE
        return kopf.AiohttpSession(server=self.access.server, aiohttp_session=session, expiration=expiration)

    async def _identify(
        self, request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        request.server_hostname = self.access.server_name
        request.headers.update(await self.access.headers())
        if request.url.query.get("watch"):
            self._watched(request.url.path.removeprefix(URL(self.access.server).path.rstrip("/")))
        reply = await send(request)
        if reply.status == 401:
            reply.release()
            request.headers.update(await self.access.headers(renew=True))
            reply = await send(request)
            self.refused = reply.status == 401
        return reply
