"""An emulator whose endpoints are answered by model servers of the test, in the place of fleets of processes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any, ClassVar

from sagemaker_local.emulator import Emulator
from sagemaker_local.emulator.core import Core
from sagemaker_local.emulator.resource import Place
from sagemaker_local.runner.objects import Objects
from sagemaker_local.runner.runtime import Runtime
from sagemaker_local.runner.runtime.ports import Hop, NoCapacity, NoRoute, Route
from sagemaker_local.runner.telemetry import Telemetry

Answer = tuple[int, dict[str, str], bytes]
HOME = Place("123456789012", "us-east-1")


@dataclass
class Asked:
    """A request as a model server saw it."""

    path: str
    headers: dict[str, str]
    body: bytes


class QuietHandler(BaseHTTPRequestHandler):
    """What all model servers here have in common."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm: ClassVar[bool] = True

    def log_message(self, *_: Any) -> None:
        pass


class QuietServer(ThreadingHTTPServer):
    """A server whose clients may hang up."""

    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        pass


@contextmanager
def listening(handler: type[QuietHandler]) -> Iterator[str]:
    """A server; its address."""
    server = QuietServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def model_server(answer: Callable[[Asked], Answer]) -> Iterator[str]:
    """A server whose POSTs are answered so; a status of 0 hangs up."""

    class Handler(QuietHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, content = answer(Asked(self.path, dict(self.headers), body))
            if status == 0:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with listening(Handler) as url:
        yield url


@dataclass
class Servers:
    """Implements `Hosting` with addresses that the test chose."""

    variants: dict[str, list[str]] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    containers: tuple[str, ...] = ("primary",)
    refuses: NoRoute | None = None
    asked: list[dict[str, str | None]] = field(default_factory=list)
    in_flight: int = 0
    random: Random = field(default_factory=lambda: Random(0))

    def route(
        self,
        place: Place,
        endpoint: str,
        *,
        variant: str | None = None,
        model: str | None = None,
        component: str | None = None,
        container: str | None = None,
        session: str | None = None,
    ) -> Route:
        named = {"variant": variant, "model": model, "component": component, "container": container, "session": session}
        self.asked.append({"endpoint": endpoint, **named})
        if self.refuses is not None:
            raise self.refuses
        (name,) = (
            [variant]
            if variant
            else self.random.choices(list(self.variants), [self.weights.get(v, 1.0) for v in self.variants])
        )
        if not self.variants[name]:
            raise NoCapacity("No instance takes requests.")
        self.in_flight += 1
        urls = self.variants[name]
        hops = tuple(Hop(f"{url}/invocations", who) for url, who in zip(urls, self.containers, strict=True))
        return Route(name, "i-0123456789abcdef0", hops, self._release)

    def instances(self, place: Place, endpoint: str) -> dict[str, int]:
        return {name: int(bool(urls)) for name, urls in self.variants.items()}

    def processes(self) -> dict[tuple[Place, str, str], list[tuple[int, ...]]]:
        return {}

    def _release(self) -> None:
        self.in_flight -= 1


@dataclass(frozen=True)
class Parts:
    s3: Objects
    metrics: Telemetry


class Stage:
    """Implements `emulator.Execution`: only the runtime of endpoints is real."""

    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        self.runtime: Any = None
        self.core: Any = None
        self.metrics: Any = None

    def begin(self, core: Core, url: str) -> "Stage":
        self.core = core
        self.metrics = Telemetry(core.neighbours, core.service.world.clock.now)
        self.runtime = Runtime(core, Parts(Objects(core.neighbours), self.metrics), self.servers)
        self.metrics.start()
        return self

    async def stop(self) -> None:
        await self.runtime.stop()
        self.metrics.stop()


def wait_until(holds: Callable[[], Any], *, seconds: float = 10) -> Any:
    """What a condition gives once it holds; looked at often, and for a bounded time."""
    over = threading.Event()
    timer = threading.Timer(seconds, over.set)
    timer.start()
    try:
        while not over.is_set():
            found = holds()
            if found:
                return found
            over.wait(0.01)
    finally:
        timer.cancel()
    raise AssertionError(f"it did not hold within {seconds} seconds")


@contextmanager
def hosted(servers: Servers, *, speed: float = 100_000, **options: Any) -> Iterator[tuple[Emulator, Stage]]:
    """An emulator whose endpoints these servers answer."""
    stage = Stage(servers)
    with Emulator.start(speed=speed, check_s3=False, execution=stage, **options) as emulator:
        yield emulator, stage


def endpoint(
    emulator: Emulator,
    name: str = "digits",
    *,
    config: dict[str, Any] | None = None,
    variants: list[dict[str, Any]] | None = None,
) -> None:
    """An endpoint that is in service."""
    client = emulator.client()
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/digits:1"
    role = "arn:aws:iam::123456789012:role/sagemaker"
    client.create_model(ModelName=name, PrimaryContainer={"Image": image}, ExecutionRoleArn=role)
    usual = {"VariantName": "AllTraffic", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large", "ModelName": name}
    client.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=[{**usual, **one} for one in variants or [{}]], **config or {}
    )
    client.create_endpoint(EndpointName=name, EndpointConfigName=name)
    wait_until(lambda: client.describe_endpoint(EndpointName=name)["EndpointStatus"] == "InService")
    client.close()
