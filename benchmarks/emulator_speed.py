"""How fast the emulated SageMaker is beside moto's server, and what 10,000 training jobs cost it.

    python benchmarks/emulator_speed.py [--calls 200] [--rounds 5] [--jobs 10000] [--json FILE]

Both servers run as processes of their own and are asked in turn by the same client on one thread, so that whatever else goes on
hurts both alike; figures are medians of the rounds. Moto is the release that the project uses; what its server needs beyond it
is installed into a temporary directory, because nothing else here needs it.
"""

import argparse
import http.client
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from asking import ACCOUNT, JOB, REGION, authorization
from botocore.config import Config
from figures import Figure, report
from processes import emulator, running, usage

# What `moto[server]` adds to what is installed.
MOTO_SERVER = ("blinker==1.9.0", "flask==3.1.3", "flask-cors==6.0.5", "itsdangerous==2.2.0", "jinja2==3.1.6")


class Connection:
    """One connection that is kept for as long as the server keeps it, and a signed request's headers without the signing."""

    def __init__(self, url: str) -> None:
        self._http = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)

    def ask(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """The reply; SystemExit if the server refuses."""
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"SageMaker.{operation}",
            "Authorization": authorization("sagemaker"),
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
    parser.add_argument("--jobs", type=int, default=10_000, help="training jobs that exist at once")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    figures = [*side_by_side(options.calls, options.rounds), *many_jobs(options.jobs)]
    report(figures, peer="moto", file=options.json)


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
    return [figure for name in measures["emulator"] for figure in _compared(name, median)]


def many_jobs(count: int) -> list[Figure]:
    """What it costs to store that many training jobs, and to bring them from the first to the last stage on the virtual clock."""
    with emulator("--virtual") as (url, pid):
        connection, empty = Connection(url), usage(pid)
        for number in range(count):
            connection.ask("CreateTrainingJob", {"TrainingJobName": f"job-{number}", **JOB})
        stored = usage(pid)
        body = json.dumps({"advance": 400}).encode()
        with urllib.request.urlopen(f"{url}/_sagemaker-local/clock", body) as reply:
            reply.read()
        settled = usage(pid)
        _expect_completed(connection, count)
    return [
        Figure(f"CPU s to create {count} jobs", stored.cpu - empty.cpu),
        Figure(f"CPU s to finish {count} jobs", settled.cpu - stored.cpu, most=20.0),
        Figure("RSS in MB when empty", empty.rss_mb),
        Figure(f"RSS in MB with {count} jobs in flight", stored.rss_mb, most=150.0),
        Figure(f"RSS in MB with {count} jobs completed", settled.rss_mb, most=150.0),
    ]


@contextmanager
def moto_server() -> Iterator[str]:
    """Moto's server; its URL."""
    with tempfile.TemporaryDirectory() as scratch, socket.socket() as free:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        if subprocess.run([*install, "--target", scratch, *MOTO_SERVER], check=False).returncode:
            raise SystemExit(
                "What moto's server needs cannot be installed; see above. It comes from the package index."
            )
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        log = Path(scratch) / "moto.log"
        with (
            log.open("w", encoding="utf-8") as out,
            running(
                "moto.server",
                *("-H", "127.0.0.1", "-p", str(port)),
                environment={"PYTHONPATH": scratch},
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
        region_name=REGION,
        aws_access_key_id=ACCOUNT,
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

    return {"boto3 creates": create, "boto3 describes": describe, "raw describes": raw}


def _compared(name: str, median: dict[tuple[str, str], float]) -> Iterator[Figure]:
    """The speed of both, and how many times moto's ours is."""
    ours, theirs = median[name, "emulator"], median[name, "moto"]
    yield Figure(f"{name} per second", ours, peer=theirs)
    yield Figure(f"{name}, times moto", ours / theirs, least=8.0 if name.startswith("raw") else 3.0)


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


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    main()
