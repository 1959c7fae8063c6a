"""A webhook on loopback: keeps what it is told, if the signature fits (https://www.standardwebhooks.com)."""

import base64
import hmac
import json
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LONGEST = 1_000_000


@dataclass(slots=True)
class Receiver:
    """What is told, and how whoever tells it proves who they are.

    Attributes:
        url: where to post.
        key: to sign with.
    """

    url: str
    key: str
    _messages: list[Mapping[str, Any]] = field(default_factory=list)

    def heard(self, run: str) -> str:
        """What was told of a run, in a sentence; empty if nothing was."""
        for message in self._messages:
            execution = message.get("execution") or {}
            if execution.get("name") == run:
                return str(execution.get("summary") or f"{execution.get('violations')} violations")
        return ""

    def take(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Keep a message if its signature fits."""
        signed = f"{headers.get('webhook-id')}.{headers.get('webhook-timestamp')}.".encode() + body
        made = base64.b64encode(hmac.new(self.key.encode(), signed, sha256).digest()).decode()
        if not hmac.compare_digest(f"v1,{made}", headers.get("webhook-signature", "")):
            return False
        self._messages.append(json.loads(body))
        return True


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen on loopback for as long as the block lasts."""
    receiver = Receiver(url="", key=secrets.token_urlsafe(24))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(min(LONGEST, int(self.headers.get("content-length", 0))))
            self.send_response(204 if receiver.take(dict(self.headers.items()), body) else 401)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's signature
            """Nothing: what was told is shown elsewhere."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_address[1]}/violations"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
