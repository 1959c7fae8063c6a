"""A tiny image for tests of whole flows: programs of a few lines on nothing but Python, run in the place of `tiny:1`.

It trains (minimises a parabola), serves (multiplies numbers), and processes (runs what it is told). Emulators are started and
stopped by the caller.
"""

import io
import json
import tarfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from sagemaker_local.emulator import Emulator
from sagemaker_local.runner.execution import Execution

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/tiny:1"
ROLE = "arn:aws:iam::123456789012:role/sagemaker"
PATIENCE = 120.0

TRAIN = """
import json, os, pathlib, sys, time
base = pathlib.Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
told = json.loads((base / "input/config/hyperparameters.json").read_text())
if told.get("crash") == "yes":
    (base / "output/failure").write_text("this combination crashes")
    sys.exit(1)
x, y = float(told.get("x", "0")), float(told.get("y", "0"))
loss = (x - 3) ** 2 + (y + 1) ** 2
for epoch in range(1, int(told.get("epochs", "1")) + 1):
    print(f"epoch={epoch} loss={loss + 1 / epoch:.6f}", flush=True)
    time.sleep(float(told.get("pause", "0")))
model = base / "model"
model.mkdir(exist_ok=True)
(model / "factor").write_text(told.get("factor", "2"))
(model / "loss").write_text(str(loss))
"""

SERVE = """
import http.server, json, os, pathlib, sys
base = pathlib.Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
factor = float((base / "model/factor").read_text())
trouble = os.environ.get("TROUBLE", "")
if trouble == "exit":
    sys.exit("no model today")
tries = {}
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    def answer(self, status, body=b"", kind="text/csv"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
    def do_GET(self):
        if self.path == "/ping":
            return self.answer(200)
        if self.path == "/execution-parameters" and "WISHES" in os.environ:
            return self.answer(200, os.environ["WISHES"].encode(), "application/json")
        self.answer(404)
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        tries[body] = tries.get(body, 0) + 1
        if b"flaky" in body and tries[body] < 3:
            return self.answer(500, b"again")
        if b"broken" in body:
            return self.answer(500, b"a trace")
        if b"hang" in body:
            import time
            time.sleep(600)
        print(f"asked about {len(body.splitlines())} lines, strategy {os.environ.get('SAGEMAKER_BATCH_STRATEGY')}", flush=True)
        kind = self.headers.get("Content-Type")
        try:
            if kind == "text/csv":
                rows = [line.split(",") for line in body.decode().replace("flaky", "1").splitlines()]
                made = "\\n".join(f"{sum(map(float, row)) * factor:g}" for row in rows)
            else:
                made = "\\n".join(json.dumps({"score": sum(json.loads(line)) * factor}) for line in body.splitlines())
        except (ValueError, TypeError) as wrong:
            return self.answer(400, f"bad record: {wrong}".encode())
        self.answer(200, made.encode(), self.headers.get("Accept") if kind != "text/csv" else kind)
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
"""


def registry(directory: Path) -> Path:
    """A registry file with the tiny image."""
    row = {
        "name": "tiny",
        "match": ["*/tiny:*"],
        "requirements": [],
        "train": ["python3", "-c", TRAIN],
        "serve": ["python3", "-c", SERVE],
        "process": ["python3"],
    }
    file = directory / "images.yaml"
    file.write_text(yaml.safe_dump({"images": [row]}))
    return file


def emulator(directory: Path, *, speed: float = 60.0, slots: int = 2, **settings: Any) -> Emulator:
    """An emulator that really runs the tiny image."""
    return Emulator.start(speed=speed, execution=Execution(slots=slots, images=registry(directory)), **settings)


class User:
    """Somebody with boto3 clients of one emulator, and a bucket called `data`."""

    def __init__(self, running: Emulator) -> None:
        self.emulator = running
        self.sagemaker, self.s3, self.logs = (running.client(name) for name in ("sagemaker", "s3", "logs"))
        self.s3.create_bucket(Bucket="data")

    def close(self) -> None:
        for client in (self.sagemaker, self.s3, self.logs):
            client.close()

    def put(self, key: str, body: bytes | str) -> str:
        self.s3.put_object(Bucket="data", Key=key, Body=body)
        return f"s3://data/{key}"

    def read(self, key: str) -> str:
        found: bytes = self.s3.get_object(Bucket="data", Key=key)["Body"].read()
        return found.decode()

    def keys(self, prefix: str = "") -> list[str]:
        listed = self.s3.list_objects_v2(Bucket="data", Prefix=prefix).get("Contents", [])
        return [entry["Key"] for entry in listed]

    def model(self, name: str = "doubler", *, factor: str = "2", **environment: str) -> str:
        """A model that multiplies the sum of each row."""
        url = self.put(f"models/{name}.tar.gz", archive(factor=factor))
        container = {"Image": IMAGE, "ModelDataUrl": url, "Environment": environment}
        self.sagemaker.create_model(ModelName=name, PrimaryContainer=container, ExecutionRoleArn=ROLE)
        return name

    def logged(self, group: str, prefix: str = "") -> str:
        """All that is in the streams of a log group."""
        named = {"logStreamNamePrefix": prefix} if prefix else {}
        streams = self.logs.describe_log_streams(logGroupName=group, **named)["logStreams"]
        lines: list[str] = []
        for stream in streams:
            told = self.logs.get_log_events(
                logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True
            )
            lines += [f"{stream['logStreamName']} | {event['message']}" for event in told["events"]]
        return "\n".join(lines)


def until(look: Callable[[], Any], *, patience: float = PATIENCE) -> Any:
    """What a look finds as soon as it finds anything."""
    end, pause = time.monotonic() + patience, threading.Event()
    while not (found := look()):
        assert time.monotonic() < end, "it did not come in time"
        pause.wait(0.05)
    return found


def archive(**files: str) -> bytes:
    """A model.tar.gz with these files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            tar.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()


def lines_of(*rows: Any) -> str:
    """JSON Lines."""
    return "".join(json.dumps(row) + "\n" for row in rows)
