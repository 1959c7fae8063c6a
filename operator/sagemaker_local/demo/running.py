"""The operator as a child process, as anybody would run it: its own command, its own log.

Not here: what it does; the demo knows it by its command line alone.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

from sagemaker_local.cluster import Cluster
from sagemaker_local.cluster.ports import Reservation
from sagemaker_local.demo.errors import NotSeen

READY_SECONDS = 60.0
STOP_SECONDS = 30.0
LOOK_AGAIN_SECONDS = 0.05
LOG_LINES_SHOWN = 25
# Of the caller's own set-up, which must not reach a SageMaker that is not this one.
_NOT_INHERITED = ("AWS_", "SAGEMAKER_OPERATOR_", "KUBE")


class Operator:
    """A running operator. Made by `start`; a context manager that stops it."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, port: Reservation) -> None:
        self._process = process
        self._port = port
        self.log = log
        self.pid = process.pid

    @classmethod
    def start(cls, cluster: Cluster, *, endpoint_url: str, region: str, account: str) -> Self:
        """Start it against a cluster and a SageMaker, and wait until it says that it is ready.

        Raises:
            NotSeen: it ended, or did not get ready in time.
        """
        port, log = Reservation(), cluster.directory / "operator.log"
        address = f"127.0.0.1:{port.port}"
        where = [f"--kubeconfig={cluster.kubeconfig}", f"--endpoint-url={endpoint_url}", f"--region={region}"]
        how = ["--lease-namespace=default", f"--http-address={address}", "--log-format=text", "--cluster-name=demo"]
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-m", "sagemaker_operator", "run", *where, *how],
                env=_environment(os.environ, account),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C is the demo's to handle.
                start_new_session=True,
            )
        running = cls(process, log, port)
        try:
            running._wait_until_ready(f"http://{address}/readyz")
        except BaseException:
            running.stop()
            raise
        return running

    def check(self) -> None:
        """Look whether it still runs.

        Raises:
            NotSeen: it has ended.
        """
        code = self._process.poll()
        if code is not None:
            raise NotSeen(f"the operator at work: it ended with exit code {code}")

    def stop(self) -> int:
        """Ask it to stop, and see to it; its exit code. Idempotent."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        code = self._process.wait()
        self._port.close()
        return code

    def end_of_log(self) -> list[str]:
        """The last lines that it logged."""
        return self.log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _wait_until_ready(self, url: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not _well(url):
            code = self._process.poll()
            end = "\n".join(self.end_of_log())
            if code is not None:
                raise NotSeen(f"the operator getting ready: it ended with exit code {code}:\n{end}")
            if time.monotonic() > deadline:
                raise NotSeen(f"the operator getting ready within {READY_SECONDS:.0f} s:\n{end}")
            time.sleep(LOOK_AGAIN_SECONDS)


def _environment(environ: Mapping[str, str], account: str) -> dict[str, str]:
    kept = {name: value for name, value in environ.items() if not name.startswith(_NOT_INHERITED)}
    own = {
        # The emulated SageMaker reads the account from the key, and checks no signature.
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "sagemaker-local",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    return kept | own


def _well(url: str) -> bool:
    try:
        with urlopen(url, timeout=1) as answer:  # noqa: S310 - loopback
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
