"""Serves ``/healthz``, ``/readyz`` and ``/metrics``.

That an answer comes at all shows that the event loop runs; what else counts as well or ready is told by whoever starts this.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

Reason = Callable[[], str | None]
"""Why not; None when all is well."""


class Exposition(Protocol):
    """What ``/metrics`` shows."""

    @property
    def content_type(self) -> str:
        """Its media type."""
        ...

    def text(self) -> bytes:
        """The metrics of this moment."""
        ...


@dataclass(frozen=True, slots=True)
class Address:
    """Where it listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """For a client on this machine."""
        return f"http://{self}"


def parse(address: str) -> Address:
    """An address as given in a flag: ``host:port``, ``[ipv6]:port``, or ``:port`` and ``port`` on loopback only.

    Raises:
        ValueError: it is none of those.
    """
    host, _, port = address.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise ValueError(f"{address!r} is not an address: write host:port, such as 0.0.0.0:8080")
    return Address(host.removeprefix("[").removesuffix("]") or "127.0.0.1", int(port))


def well() -> None:
    """Nothing is wrong."""


@asynccontextmanager
async def serve(
    address: str,
    *,
    health: Reason = well,
    readiness: Reason = well,
    metrics: Exposition,
    role: Callable[[], str] = lambda: "ok",
) -> AsyncIterator[Address]:
    """Serves while it lasts; gives the address that it listens on.

    Args:
        address: as for `parse`; port 0 takes any free one.
        health: why the process should be restarted.
        readiness: why the process is not of use yet.
        metrics: what to show.
        role: the text of ``/readyz`` while ready, such as ``standby``.

    Raises:
        OSError: the address is taken or not of this machine.
    """
    where = parse(address)
    runner = web.AppRunner(_application(health, readiness, metrics, role), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, where.host, where.port).start()
        host, port = runner.addresses[0][:2]
        yield Address(host, port)
    finally:
        await runner.cleanup()


def _application(health: Reason, readiness: Reason, metrics: Exposition, role: Callable[[], str]) -> web.Application:
    async def healthz(_request: web.Request) -> web.Response:
        return _answer(health(), "ok")

    async def readyz(_request: web.Request) -> web.Response:
        return _answer(readiness(), role())

    async def show(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.text(), headers={"Content-Type": metrics.content_type})

    application = web.Application()
    application.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", show)])
    return application


def _answer(reason: str | None, fine: str) -> web.Response:
    return web.Response(status=503, text=f"{reason}\n") if reason else web.Response(text=f"{fine}\n")
