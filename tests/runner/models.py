"""Models that are a program of thirty lines in their own archive, and endpoints that serve them, for the tests of serving."""

import io
import tarfile
import textwrap
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sagemaker_local.emulator import Emulator
from sagemaker_local.emulator.resource import Place
from sagemaker_local.runner.runtime.ports import Route
from sagemaker_local.runner.serving import Hosting

HERE = Place("123456789012", "us-east-1")
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1"
UNKNOWN = "123456789012.dkr.ecr.us-east-1.amazonaws.com/nobody-knows:1"
ROLE = "arn:aws:iam::123456789012:role/sagemaker"
PATIENCE = 60.0

SERVER = """
    import http.server, json, os, pathlib, sys, time
    base = pathlib.Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
    name = (base / "model/name").read_text() if (base / "model/name").exists() else os.environ.get("NAME", "?")

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.answer(200 if self.path == "/ping" else 404, b"")

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if body == b"die":
                os._exit(3)
            if body.startswith(b"sleep"):
                time.sleep(float(body.split()[1]))
            if body.startswith(b"env "):
                return self.answer(200, os.environ.get(body.split()[1].decode(), "").encode())
            self.answer(200, name.encode() + b":" + body)

        def answer(self, status, body):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    print("serving", name, flush=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler)
    server.serve_forever()
"""
SILENT = """
    import time
    print("never answers", flush=True)
    time.sleep(600)
"""
CRASHING = """
    raise SystemExit("no model here")
"""


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """A tar.gz with these files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in files.items():
            body = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    return buffer.getvalue()


def program(name: str, script: str = SERVER) -> bytes:
    """The archive of a model that serves itself."""
    return archive({"server.py": textwrap.dedent(script), "name": name})


def images(directory: Path, **row: Any) -> Path:
    """A registry file in which the model's own program serves for IMAGE."""
    file = directory / "images.yaml"
    more = "".join(f"    {name}: {value}\n" for name, value in row.items())
    file.write_text(
        f"images:\n  - name: mine\n    match: ['*/mine:*']\n    serve: [python, /opt/ml/model/server.py]\n{more}",
        encoding="utf-8",
    )
    return file


@dataclass(frozen=True, slots=True)
class Site:
    """An emulator whose endpoints really serve, with what is needed to look at them."""

    emulator: Emulator
    client: Any
    s3: Any

    @property
    def hosting(self) -> Hosting:
        worker: Any = self.emulator._core.service.world.worker
        found: Hosting = worker._by_kind["Endpoint"]
        return found

    def upload(self, key: str, body: bytes) -> str:
        self.s3.put_object(Bucket="bucket", Key=key, Body=body)
        return f"s3://bucket/{key}"

    def model(self, name: str, script: str = SERVER, **container: Any) -> None:
        url = self.upload(f"{name}/model.tar.gz", program(name, script))
        given = {"Image": IMAGE, "ModelDataUrl": url, **container}
        self.client.create_model(ModelName=name, PrimaryContainer=given, ExecutionRoleArn=ROLE)

    def config(self, name: str, *variants: dict[str, Any], **members: Any) -> None:
        self.client.create_endpoint_config(EndpointConfigName=name, ProductionVariants=list(variants), **members)

    def serve(self, name: str = "first", **options: Any) -> None:
        """An endpoint `digits` that serves a model of that name, with a configuration of that name, in service."""
        self.model(name)
        self.config(name, variant(name, **options))
        self.client.create_endpoint(EndpointName="digits", EndpointConfigName=name)
        self.settled()

    def status(self, name: str = "digits") -> dict[str, Any]:
        found: dict[str, Any] = self.client.describe_endpoint(EndpointName=name)
        return found

    def settled(self, name: str = "digits") -> dict[str, Any]:
        eventually(lambda: self.status(name)["EndpointStatus"] not in ("Creating", "Updating"))
        return self.status(name)

    def ask(self, body: bytes = b"x", endpoint: str = "digits", **target: Any) -> str:
        route = self.hosting.route(HERE, endpoint, **target)
        try:
            return send(route, body)
        finally:
            route.release()

    def log(self, endpoint: str = "digits", group: str = "Endpoints") -> str:
        """Everything that the servers of an endpoint wrote."""
        tools: Any = self.hosting._tools
        streams = tools.log.read(HERE, f"/aws/sagemaker/{group}/{endpoint}", "")
        return "\n".join(f"{stream.name} {line.text}" for stream in streams for line in stream.lines)

    def processes(self) -> int:
        """How many model servers there are."""
        return sum(
            len(berth.server.pids)
            for house in self.hosting._houses.values()
            for crew in house._crews.values()
            for berth in [*crew._berths, *crew._leaving]
            if berth.server is not None
        )


def send(route: Route, body: bytes) -> str:
    """What the containers of a route answer, one after the other."""
    for hop in route.hops:
        request = urllib.request.Request(hop.url, body, {"Content-Type": "text/plain"})
        with urllib.request.urlopen(request, timeout=30) as reply:
            body = reply.read()
    return body.decode()


def variant(model: str | None, name: str = "AllTraffic", **members: Any) -> dict[str, Any]:
    """A production variant of one instance."""
    named = {"ModelName": model} if model else {}
    return {"VariantName": name, "InitialInstanceCount": 1, "InstanceType": "ml.m5.large", **named, **members}


def eventually(holds: Callable[[], object], patience: float = PATIENCE) -> None:
    """Wait until something holds, looking often."""
    pause, deadline = threading.Event(), time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold"
        pause.wait(0.05)
