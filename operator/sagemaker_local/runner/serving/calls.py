"""HTTP to model servers for threads, over connections that are kept."""

import contextlib
import http.client
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered. `headers` have lower-case names."""

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str]


class Connections:
    """Connections that are kept open after an answer, and used again. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: dict[str, list[http.client.HTTPConnection]] = {}

    def send(
        self, method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None, *, seconds: float
    ) -> Answer:
        """Ask, and wait for the whole answer. Raises OSError if there is none, TimeoutError if it takes too long."""
        parts = urlsplit(url)
        with self._lock:
            idle = self._idle.get(parts.netloc)
            kept = idle.pop() if idle else None
        if kept is not None:
            # The server may have closed it just now, without having seen the request.
            with contextlib.suppress(http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                return self._exchange(kept, parts, method, body, headers=headers or {}, seconds=seconds)
        fresh = http.client.HTTPConnection(parts.netloc, timeout=seconds)
        try:
            return self._exchange(fresh, parts, method, body, headers=headers or {}, seconds=seconds)
        except http.client.HTTPException as problem:
            raise ConnectionError(f"{url} did not answer as HTTP has it: {problem!r}") from problem

    def close(self) -> None:
        """Close what is kept."""
        with self._lock:
            kept = [connection for idle in self._idle.values() for connection in idle]
            self._idle.clear()
        for connection in kept:
            connection.close()

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        url: SplitResult,
        method: str,
        body: bytes,
        *,
        headers: Mapping[str, str],
        seconds: float,
    ) -> Answer:
        if connection.sock is not None:
            connection.sock.settimeout(seconds)
        try:
            connection.request(method, url.path, body, dict(headers))
            reply = connection.getresponse()
            content = reply.read()
        except BaseException:
            connection.close()
            raise
        found = {name.lower(): value for name, value in reply.getheaders()}
        if reply.will_close:
            connection.close()
        else:
            with self._lock:
                self._idle.setdefault(url.netloc, []).append(connection)
        return Answer(reply.status, content, found.get("content-type", "application/octet-stream"), found)
