"""The shadow endpoint of Clarify: a model of SageMaker behind an address of this machine, for as long as it is asked.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-configure-parameters.html#clarify-processing-job-configure-how-it-works
SageMaker is the emulated one that started this container; it verifies no signatures, so there is nothing to sign with. Not here:
what the model is asked (see the analyzer).
"""

import http.server
import json
import logging
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

SECONDS: Final = 1800.0
"""How long an endpoint may take to be in service."""
PAUSE: Final = 0.5
_VARIANT: Final = "AllTraffic"
_LOG: Final = logging.getLogger(__name__)


class Unserved(Exception):
    """There is no model to ask; the text says why."""


@contextmanager
def shadow(predictor: Mapping[str, Any], name: str) -> Iterator[str]:
    """The URL of a model's /invocations.

    Args:
        predictor: that of analysis_config.json, with `model_name` or `endpoint_name`.
        name: of the endpoint that is made for a model, and of its configuration.

    Raises:
        Unserved: SageMaker refuses, or the endpoint does not get into service.
    """
    existing = predictor.get("endpoint_name")
    if existing:
        with _door(str(existing)) as url:
            yield url
        return
    variant = {
        "VariantName": _VARIANT,
        "ModelName": predictor["model_name"],
        "InstanceType": predictor.get("instance_type", "ml.m5.xlarge"),
        "InitialInstanceCount": predictor.get("initial_instance_count", 1),
    }
    _ask("CreateEndpointConfig", {"EndpointConfigName": name, "ProductionVariants": [variant]})
    try:
        _ask("CreateEndpoint", {"EndpointName": name, "EndpointConfigName": name})
        try:
            _await(name)
            with _door(name) as url:
                yield url
        finally:
            _ask("DeleteEndpoint", {"EndpointName": name})
    finally:
        _ask("DeleteEndpointConfig", {"EndpointConfigName": name})


def _await(name: str) -> None:
    waiting = threading.Event()
    for _ in range(int(SECONDS / PAUSE)):
        found = _ask("DescribeEndpoint", {"EndpointName": name})
        if found["EndpointStatus"] == "InService":
            _LOG.info("the endpoint %s is in service", name)
            return
        if found["EndpointStatus"] == "Failed":
            raise Unserved(f"the endpoint {name} failed: {found.get('FailureReason', '')}")
        waiting.wait(PAUSE)
    raise Unserved(f"the endpoint {name} is not in service after {SECONDS:g} s")


def _ask(operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
    body = json.dumps(request).encode()
    headers = {"X-Amz-Target": f"SageMaker.{operation}", "Content-Type": "application/x-amz-json-1.1"}
    try:
        with _open("/", body, headers) as reply:
            answer: dict[str, Any] = json.loads(reply.read() or b"{}")
            return answer
    except urllib.error.HTTPError as refused:
        said = refused.read(1000).decode(errors="replace")
        raise Unserved(f"{operation} was refused: {said}") from refused
    except OSError as trouble:
        raise Unserved(f"SageMaker cannot be asked: {trouble}") from trouble


def _open(path: str, body: bytes, headers: Mapping[str, str]) -> Any:
    url = os.environ.get("AWS_ENDPOINT_URL")
    if url is None:
        raise Unserved("AWS_ENDPOINT_URL is not set: a job with network isolation reaches no endpoint")
    scope = (
        f"{os.environ.get('AWS_ACCESS_KEY_ID', '')}/20260101/{os.environ.get('AWS_REGION', '')}/sagemaker/aws4_request"
    )
    signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none", **headers}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    # The address of the SageMaker that started this container.
    return opener.open(urllib.request.Request(f"{url}{path}", body, signed), timeout=70)  # noqa: S310


@contextmanager
def _door(endpoint: str) -> Iterator[str]:
    """An address of this machine whose /invocations are those of an endpoint."""

    class Door(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name: self.headers[name] for name in ("Content-Type", "Accept") if name in self.headers}
            try:
                with _open(f"/endpoints/{endpoint}/invocations", body, headers) as reply:
                    self._reply(200, reply.read(), reply.headers.get("Content-Type", "text/csv"))
            except urllib.error.HTTPError as refused:
                self._reply(refused.code, refused.read(), "application/json")
            except OSError as trouble:
                self._reply(502, str(trouble).encode(), "text/plain")

        def _reply(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """The endpoint has a log of its own."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/invocations"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
