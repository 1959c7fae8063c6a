"""What InvokeEndpoint costs over asking the model's own process: the same requests, in turn, in one run.

    python benchmarks/invoke.py [--calls 1000] [--clients 8] [--json FILE]

The emulator and the model server are processes of their own. The model answers at once, so that all there is to measure is the
way: signature, journal, control plane, metrics and capture. Each pair of calls is made one after the other, so that whatever else
goes on hurts both alike. Exit status 1 if the difference of the medians is 3 ms or more.
"""

import argparse
import contextlib
import http.client
import io
import statistics
import subprocess
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from asking import ACCOUNT, REGION, authorization
from botocore.config import Config
from figures import Figure, report
from processes import running

MODEL = """
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    def do_GET(self):
        self.answer(b"")
    def do_POST(self):
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(os.environ["SAGEMAKER_BIND_TO_PORT"].encode() if asked == b"port" else b"0.5\\n")
    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "text/csv")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
"""
IMAGES = """
images:
  - name: answering
    match: ['*/answering:*']
    serve: [python, /opt/ml/model/server.py]
"""
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/answering:1"
BODY = ",".join(str(pixel % 17) for pixel in range(64)).encode()
"""A picture of 8 by 8 pixels."""
CAPTURED = {
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://bucket/captured",
    "CaptureOptions": [{"CaptureMode": "InputAndOutput"}],
    "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
}
MOST_MS = 3.0


class Line:
    """One kept connection to a server, on which one path is asked."""

    def __init__(self, address: str, path: str) -> None:
        self._http, self._path = http.client.HTTPConnection(address, timeout=60), path
        self._headers = {"Content-Type": "text/csv", "Authorization": authorization("sagemaker")}

    def ask(self, body: bytes = BODY) -> bytes:
        """The answer. SystemExit if it is an error."""
        self._http.request("POST", self._path, body, self._headers)
        answer = self._http.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{self._path} was answered with {answer.status}: {content.decode()}")
        return content


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--calls", type=int, default=1000, help="pairs of calls")
    parser.add_argument("--clients", type=int, default=8, help="callers at once, for the throughput")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, sagemaker(Path(scratch)) as address:
        make_endpoints(address)
        figures = [
            *overhead(address, "plain", options.calls),
            *overhead(address, "captured", options.calls),
            throughput(address, options.calls, options.clients),
        ]
    report(figures, peer="direct", file=options.json)


def overhead(address: str, endpoint: str, calls: int) -> list[Figure]:
    """Milliseconds of both ways, and what one is more than the other."""
    through = Line(address, f"/endpoints/{endpoint}/invocations")
    direct = Line(f"127.0.0.1:{through.ask(b'port').decode()}", "/invocations")
    taken: dict[str, list[float]] = {"through": [], "direct": []}
    for number in range(calls + 50):
        for name, line in (("through", through), ("direct", direct)):
            seconds = _timed(line.ask)
            if number >= 50:  # connections, caches and the processor's clock have settled
                taken[name].append(seconds * 1000)
    median = {name: statistics.median(values) for name, values in taken.items()}
    late = {name: statistics.quantiles(values, n=100)[98] for name, values in taken.items()}
    return [
        Figure(f"{endpoint}: median ms", median["through"], peer=median["direct"]),
        Figure(f"{endpoint}: 99th percentile ms", late["through"], peer=late["direct"]),
        Figure(f"{endpoint}: ms more than direct", median["through"] - median["direct"], most=MOST_MS - 0.001),
    ]


def throughput(address: str, calls: int, clients: int) -> Figure:
    """Invocations per second of several callers."""

    def call() -> None:
        line = Line(address, "/endpoints/plain/invocations")
        for _ in range(calls // clients):
            line.ask()

    threads = [threading.Thread(target=call) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Figure(
        f"invocations per second of {clients} clients", calls // clients * clients / (time.perf_counter() - began)
    )


@contextlib.contextmanager
def sagemaker(scratch: Path) -> Iterator[str]:
    """An emulated SageMaker that executes, as a process; host and port."""
    images = scratch / "images.yaml"
    images.write_text(IMAGES, encoding="utf-8")
    options = ("--port", "0", "--no-check-s3", "--speed", "100", "--execute", "--images", str(images))
    with running("sagemaker_local", "emulator", *options, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = next((word.rstrip(".") for word in line.split() if word.startswith("http")), None)
        if url is None:
            raise SystemExit(f"The emulator did not start; it said: {line!r}")
        yield url.removeprefix("http://")


def make_endpoints(address: str) -> None:
    """Two endpoints in service: `plain`, and `captured` with data capture."""
    client, s3 = (client_of(address, name) for name in ("sagemaker", "s3"))
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="bucket", Key="model.tar.gz", Body=_archive())
    role = f"arn:aws:iam::{ACCOUNT}:role/sagemaker"
    container = {"Image": IMAGE, "ModelDataUrl": "s3://bucket/model.tar.gz"}
    client.create_model(ModelName="answering", PrimaryContainer=container, ExecutionRoleArn=role)
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": "answering",
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
    }
    for name, more in (("plain", {}), ("captured", {"DataCaptureConfig": CAPTURED})):
        client.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant], **more)
        client.create_endpoint(EndpointName=name, EndpointConfigName=name)
        await_service(partial(client.describe_endpoint, EndpointName=name))


def await_service(describe: Callable[[], Any]) -> None:
    """Wait until an endpoint serves. SystemExit if it fails, or takes too long."""
    deadline = time.monotonic() + 120
    while (found := describe())["EndpointStatus"] != "InService":
        if found["EndpointStatus"] == "Failed" or time.monotonic() > deadline:
            raise SystemExit(f"The endpoint is {found['EndpointStatus']}: {found.get('FailureReason')}")
        time.sleep(0.1)


def _archive() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        entry = tarfile.TarInfo("server.py")
        entry.size = len(MODEL)
        archive.addfile(entry, io.BytesIO(MODEL.encode()))
    return buffer.getvalue()


def client_of(address: str, service: str) -> Any:
    """A boto3 client that asks once."""
    return boto3.client(
        service,  # type: ignore[call-overload]  # its name is not known before it runs
        endpoint_url=f"http://{address}",
        region_name=REGION,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="any",
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )


def _timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
