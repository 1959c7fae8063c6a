"""The operator as a process, beside an emulated SageMaker that is one too."""

import json
import subprocess
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import processes
from asking import ACCOUNT

from sagemaker_local.cluster import Cluster

# From Create to Completed takes the emulated SageMaker 344 s in real time (`emulator.families`).
_REAL_SECONDS = 344.0


@dataclass(frozen=True, slots=True)
class Operator:
    """A running operator.

    Attributes:
        began: when it was started, on the monotonic clock.
        address: host and port of its probes and metrics.
        log: what it says.
    """

    process: "subprocess.Popen[str]"
    began: float
    address: str
    log: Path

    @property
    def ready(self) -> bool:
        """Whether it has listed the cluster."""
        try:
            with urllib.request.urlopen(f"http://{self.address}/readyz") as reply:
                return bool(reply.status == 200)
        except OSError:
            return False

    def wait(self) -> None:
        """Return when it is ready, or after a minute."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not self.ready:
            time.sleep(0.1)

    def counted(self, state: str) -> int:
        """How many custom resources it counts in a state."""
        with urllib.request.urlopen(f"http://{self.address}/metrics") as reply:
            told = reply.read().decode()
        rows = (line for line in told.splitlines() if line.startswith("sagemaker_operator_objects{"))
        return sum(int(float(row.rpartition(" ")[2])) for row in rows if f'state="{state}"' in row)

    def check(self) -> None:
        """End the benchmark if the operator has ended."""
        if self.process.poll() is not None:
            told = self.log.read_text(encoding="utf-8")[-4000:]
            raise SystemExit(f"The operator ended with {self.process.returncode}:\n{told}")


@contextmanager
def emulator(*, latency: float, seconds: float) -> Iterator[str]:
    """An emulated SageMaker whose jobs take that long; its URL."""
    speed = _REAL_SECONDS / seconds
    with processes.emulator("--latency", str(latency), "--speed", str(speed)) as (url, _):
        yield url


@contextmanager
def operator(cluster: Cluster, url: str, log: Path) -> Iterator[Operator]:
    """The operator as a process, when it answers on its address."""
    began = time.monotonic()
    with (
        log.open("w", encoding="utf-8") as out,
        processes.running(
            "sagemaker_operator",
            "run",
            *("--kubeconfig", str(cluster.kubeconfig), "--endpoint-url", url, "--region", "eu-west-1"),
            *("--http-address", "127.0.0.1:0", "--lease-namespace", "default"),
            environment={"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "any"},
            stderr=out,
        ) as process,
    ):
        yield Operator(process, began, _logged(log, "http"), log)


def journal(url: str) -> Counter[str]:
    """How often each operation was called."""
    with urllib.request.urlopen(f"{url}/_sagemaker-local/journal/count") as reply:
        counts = json.load(reply)
    return Counter({name: _total(count) for name, count in counts.items()})


def _logged(log: Path, member: str) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for line in log.read_text(encoding="utf-8").splitlines():
            if line.startswith("{") and member in (told := json.loads(line)):
                return str(told[member])
        time.sleep(0.1)
    raise SystemExit(f"The operator did not start: see {log}")


def _total(count: Any) -> int:
    return sum(map(_total, count.values())) if isinstance(count, dict) else int(count)
