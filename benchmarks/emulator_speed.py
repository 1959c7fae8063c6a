"""How fast the emulated SageMaker is beside moto's server, and what 10,000 training jobs cost it.

    python benchmarks/emulator_speed.py [--calls 200] [--rounds 5] [--jobs 10000] [--json FILE]

Both servers run as processes of their own and are asked in turn by the same client on one thread, so that whatever else goes on
hurts both alike; figures are medians of the rounds. Moto is the release that the project uses; what its server needs beyond it
is installed into a temporary directory, because nothing else here needs it.
"""

import argparse
import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

ROOT = Path(__file__).parents[1]
# What `moto[server]` adds to what is installed.
MOTO_SERVER = ("blinker==1.9.0", "flask==3.1.3", "flask-cors==6.0.5", "itsdangerous==2.2.0", "jinja2==3.1.6")
JOB = {
    "RoleArn": "arn:aws:iam::123456789012:role/sagemaker",
    "AlgorithmSpecification": {
        "TrainingImage": "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1",
        "TrainingInputMode": "File",
    },
    "HyperParameters": {"max_depth": "5", "eta": "0.2", "objective": "multi:softmax", "num_class": "10"},
    "InputDataConfig": [
        {
            "ChannelName": "train",
            "ContentType": "text/csv",
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/digits/train"}},
        }
    ],
    "OutputDataConfig": {"S3OutputPath": "s3://bucket/models"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    "Tags": [{"Key": "team", "Value": "vision"}],
}
_REGION, _ACCOUNT = "eu-west-1", "123456789012"
_CREDENTIAL = f"{_ACCOUNT}/20260101/{_REGION}/sagemaker/aws4_request"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured: of the emulator, of moto where moto can do it, and what is to be reached.

    Attributes:
        wanted: the least ratio to moto; without moto the most that it may cost.
    """

    name: str
    emulator: float
    moto: float | None
    wanted: float | None

    @property
    def ratio(self) -> float | None:
        """How many times moto's speed."""
        return self.emulator / self.moto if self.moto else None


class Connection:
    """One connection that is kept for as long as the server keeps it, and a signed request's headers without the signing."""

    def __init__(self, url: str) -> None:
        self._http = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)

    def ask(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """The reply; SystemExit if the server refuses."""
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"SageMaker.{operation}",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={_CREDENTIAL}, SignedHeaders=host, Signature=00",
        }
        self._http.request("POST", "/", json.dumps(request), headers)
        answer = self._http.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{operation} was answered with {answer.status}: {body.decode()}")
        reply: dict[str, Any] = json.loads(body or b"{}")
        return reply


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--calls", type=int, default=200, help="calls of each kind and round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=10_000, help="training jobs in flight at once")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    figures = [*side_by_side(options.calls, options.rounds), *many_jobs(options.jobs)]
    print(table(figures))
    text = json.dumps([asdict(figure) for figure in figures], indent=2)
    print(text)
    if options.json is not None:
        options.json.write_text(f"{text}\n", encoding="utf-8")


def side_by_side(calls: int, rounds: int) -> list[Figure]:
    """Requests per second of both servers, in turn."""
    with emulator() as (ours, _), moto_server() as theirs:
        measures = {"emulator": _measures(ours, calls), "moto": _measures(theirs, calls)}
        rates: dict[tuple[str, str], list[float]] = {}
        # The first round reads service models and opens connections, and does not count.
        for number in range(rounds + 1):
            for name in measures["emulator"]:
                for server, each in measures.items():
                    rate = calls / _seconds(each[name], number)
                    if number:
                        rates.setdefault((name, server), []).append(rate)
    median = {key: statistics.median(values) for key, values in rates.items()}
    return [
        Figure(name, median[name, "emulator"], median[name, "moto"], 8.0 if name.startswith("raw") else 3.0)
        for name in measures["emulator"]
    ]


def many_jobs(count: int) -> list[Figure]:
    """What it costs to store that many training jobs, and to bring them from the first to the last stage on the virtual clock."""
    with emulator("--virtual") as (url, pid):
        connection, empty, before = Connection(url), _rss_mb(pid), _cpu_seconds(pid)
        for number in range(count):
            connection.ask("CreateTrainingJob", {"TrainingJobName": f"job-{number}", **JOB})
        created, stored = _cpu_seconds(pid), _rss_mb(pid)
        body = json.dumps({"advance": 400}).encode()
        with urllib.request.urlopen(f"{url}/_sagemaker-local/clock", body) as reply:
            reply.read()
        finished, settled = _cpu_seconds(pid), _rss_mb(pid)
        _expect_completed(connection, count)
    return [
        Figure(f"CPU s to create {count} jobs", created - before, None, None),
        Figure(f"CPU s to finish {count} jobs", finished - created, None, 20.0),
        Figure("RSS in MB when empty", empty, None, None),
        Figure(f"RSS in MB with {count} jobs in flight", stored, None, 150.0),
        Figure(f"RSS in MB with {count} jobs completed", settled, None, 150.0),
    ]


def table(figures: list[Figure]) -> str:
    """The figures, the ratios and what is to be reached."""
    rows = [f"{'':38}{'emulator':>10}{'moto':>10}{'ratio':>8}   to reach"]
    for figure in figures:
        moto = "" if figure.moto is None else f"{figure.moto:.0f}"
        ratio = "" if figure.ratio is None else f"{figure.ratio:.1f}"
        wanted = "" if figure.wanted is None else f"{'at most' if figure.ratio is None else 'ratio'} {figure.wanted:g}"
        rows.append(f"{figure.name:38}{figure.emulator:>10.1f}{moto:>10}{ratio:>8}   {wanted}")
    return "\n".join(rows)


@contextmanager
def emulator(*options: str) -> Iterator[tuple[str, int]]:
    """An emulated SageMaker: URL and process id."""
    command = [sys.executable, "-m", "sagemaker_local.emulator", "--port", "0", "--no-check-s3", *options]
    with _process(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = next((word.rstrip(".") for word in line.split() if word.startswith("http")), None)
        if url is None:
            raise SystemExit(f"The emulator did not start; it said: {line!r}")
        yield url, process.pid


@contextmanager
def moto_server() -> Iterator[str]:
    """Moto's server; its URL."""
    with tempfile.TemporaryDirectory() as scratch, socket.socket() as free:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*install, "--target", scratch, *MOTO_SERVER], check=True)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        log = Path(scratch) / "moto.log"
        with (
            log.open("w", encoding="utf-8") as out,
            _process(
                [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
                env={**os.environ, "PYTHONPATH": scratch},
                stdout=out,
                stderr=subprocess.STDOUT,
            ) as process,
        ):
            deadline = time.monotonic() + 60
            while not _listens(port):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"Moto's server did not start:\n{log.read_text(encoding='utf-8')[-4000:]}")
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"


def _measures(url: str, calls: int) -> dict[str, Callable[[int], None]]:
    """What is done in a round, given its number, by name."""
    client = boto3.client(
        "sagemaker",
        endpoint_url=url,
        region_name=_REGION,
        aws_access_key_id=_ACCOUNT,
        aws_secret_access_key="any",
        config=Config(retries={"total_max_attempts": 1}),
    )
    connection = Connection(url)

    def create(number: int) -> None:
        for call in range(calls):
            client.create_training_job(TrainingJobName=f"job-{number}-{call}", **JOB)

    def describe(number: int) -> None:
        for call in range(calls):
            client.describe_training_job(TrainingJobName=f"job-{number}-{call}")

    def raw(number: int) -> None:
        for call in range(calls):
            connection.ask("DescribeTrainingJob", {"TrainingJobName": f"job-{number}-{call}"})

    return {"boto3 creates per second": create, "boto3 describes per second": describe, "raw describes per second": raw}


def _expect_completed(connection: Connection, count: int) -> None:
    asked: dict[str, Any] = {"MaxResults": 100}
    statuses: list[str] = []
    while True:
        page = connection.ask("ListTrainingJobs", asked)
        statuses += [job["TrainingJobStatus"] for job in page["TrainingJobSummaries"]]
        if "NextToken" not in page:
            break
        asked["NextToken"] = page["NextToken"]
    if statuses != ["Completed"] * count:
        raise SystemExit(f"Of {count} jobs {statuses.count('Completed')} are completed, {len(statuses)} exist")


def _seconds(measure: Callable[[int], None], number: int) -> float:
    began = time.perf_counter()
    measure(number)
    return time.perf_counter() - began


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _rss_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


@contextmanager
def _process(command: list[str], **options: Any) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(command, text=True, cwd=ROOT, **options) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    main()
