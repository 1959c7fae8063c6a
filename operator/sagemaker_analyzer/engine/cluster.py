"""A Spark cluster of the instances of one processing job, as SageMaker's own Spark container makes one of them.

The first host runs the standalone master and the analysis, all others a worker each. A worker's host has nothing to say of the
outcome: it ends when the master has gone.
"""

import logging
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyspark

from sagemaker_analyzer.engine.java import java_home
from sagemaker_analyzer.errors import BadTask

_LOG = logging.getLogger(__name__)
_CLASSES = "org.apache.spark.deploy"
# Instances of one job do not start at the same moment, nor a Java within a second.
_PATIENCE = 600.0
_LOOK = 0.5
_LOST = 3


@contextmanager
def master(host: str, scratch: Path) -> Iterator[str]:
    """The URL of a master on this host, which others reach by that name."""
    port = _port()
    options = ("--host", host, "--port", str(port), "--webui-port", "0")
    with _daemon("master.Master", *options, host=host, scratch=scratch) as process:
        _await(process, host, port)
        yield f"spark://{host}:{port}"


def work(first: str, host: str, scratch: Path) -> None:
    """Works for the master on the first host until that has gone. Raises BadTask if it never comes, or the worker fails."""
    port = _port()
    options = ("--host", host, "--webui-port", "0", "--work-dir", str(scratch / "work"), f"spark://{first}:{port}")
    _await(None, first, port)
    with _daemon("worker.Worker", *options, host=host, scratch=scratch) as process:
        failed = 0
        while failed < _LOST:
            time.sleep(_LOOK)
            failed = 0 if _listens(first, port) else failed + 1
            if process.poll() is not None and failed == 0:
                raise BadTask(f"Spark's worker on {host} ended with {process.returncode}; the job's log tells why")
    _LOG.info("%s has no more work for %s", first, host)


@contextmanager
def _daemon(name: str, *options: str, host: str, scratch: Path) -> Iterator["subprocess.Popen[bytes]"]:
    scratch.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "JAVA_HOME": str(java_home(scratch)),
        "SPARK_LOCAL_IP": host,
        "SPARK_LOCAL_DIRS": str(scratch),
    }
    command = [str(Path(pyspark.__file__).parent / "bin/spark-class"), f"{_CLASSES}.{name}", *options]
    # Nobody else has a word in the command.
    with subprocess.Popen(command, env=environment, start_new_session=True) as process:  # noqa: S603
        try:
            yield process
        finally:
            # With what it has started itself.
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def _await(process: "subprocess.Popen[bytes] | None", host: str, port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not _listens(host, port):
        if process is not None and process.poll() is not None:
            raise BadTask(f"Spark's master on {host}:{port} ended with {process.returncode}; the job's log tells why")
        if time.monotonic() > deadline:
            raise BadTask(f"no Spark master answers on {host}:{port}; the first instance of the job has to run it")
        time.sleep(_LOOK)


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=5):
            return True
    except OSError:
        return False


def _port() -> int:
    return int(os.environ.get("SPARK_MASTER_PORT") or 7077)
