"""The HTTP server itself: waitress on 127.0.0.1, until SIGTERM; requests that are under way then are still answered."""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import waitress
from waitress import wasyncore

from .application import Application

_TURN: Final = 0.5
_CONNECTIONS: Final = 1000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the server takes.

    Attributes:
        body: bytes of a request that are read; with more its connection ends. Make it larger than what the application takes,
            so that who sends a little too much reads why.
        threads: requests that are answered at once; others wait.
    """

    body: int
    threads: int


def serve(application: Application, *, port: int, limits: Limits) -> None:
    """Serve until SIGTERM or SIGINT. It takes connections once this is called.

    Raises:
        OSError: if the port is taken.
    """
    sockets: dict[int, Any] = {}
    server = waitress.create_server(
        application,
        map=sockets,
        host="127.0.0.1",
        port=port,
        threads=limits.threads,
        max_request_body_size=limits.body,
        connection_limit=_CONNECTIONS,
        clear_untrusted_proxy_headers=True,
        ident="sagemaker-local",
    )
    leaving = _on_signal(server.pull_trigger)
    while not leaving():
        _turn(sockets, _TURN)
    _turn(sockets, 0)  # takes what has connected before the door is shut
    server.accepting = False
    server.del_channel()
    server.socket.close()
    while any(_busy(channel) for channel in list(server.active_channels.values())):
        _turn(sockets, _TURN / 10)
    server.task_dispatcher.shutdown()


def _turn(sockets: dict[int, Any], seconds: float) -> None:
    wasyncore.loop(timeout=seconds, use_poll=True, map=sockets, count=1)


def _busy(channel: Any) -> bool:
    """Whether a connection has a request that came, comes, or whose answer is not sent."""
    return bool(channel.requests or channel.request is not None or channel.total_outbufs_len)


def _on_signal(wake: Callable[[], None]) -> Callable[[], bool]:
    received: list[int] = []

    def note(number: int, _: Any) -> None:
        received.append(number)
        wake()

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)
    return lambda: bool(received)
