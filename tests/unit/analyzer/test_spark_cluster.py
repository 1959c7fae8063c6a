"""A job of two instances: the first analyses on a Spark that the second works for, and both end."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

from captures import capture, write

PROGRAM = """
import logging, os, sys
from pathlib import Path
from sagemaker_analyzer.command import run
logging.basicConfig(level=logging.INFO, stream=sys.stdout)
sys.exit(run(os.environ, root=Path(sys.argv[1])))
"""
# Java runs for seconds only, in which it does not pay to compile for speed.
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
HOSTS = ("127.0.0.1", "127.0.0.2")


def instance(root: Path, host: str, data: Path, port: int) -> "subprocess.Popen[str]":
    (root / "config").mkdir(parents=True)
    config = {"current_host": host, "hosts": list(reversed(HOSTS))}
    (root / "config/resourceconfig.json").write_text(json.dumps(config), encoding="utf-8")
    asked = {
        "dataset_source": str(data),
        "output_path": str(root / "processing/output"),
        "SPARK_MASTER_PORT": str(port),
        "SPARK_WORKER_CORES": "1",
        "JAVA_TOOL_OPTIONS": QUICK,
    }
    with (root / "log").open("w", encoding="utf-8") as log:
        command = [sys.executable, "-W", "ignore", "-c", PROGRAM, str(root)]
        return subprocess.Popen(command, env={**os.environ, **asked}, stdout=log, stderr=subprocess.STDOUT, text=True)


def test_two_instances_analyze_together_and_both_end(tmp_path: Path) -> None:
    write(tmp_path / "data/0.jsonl", [*(capture(f"{i},x", "1") for i in range(100)), "no json"])
    with socket.socket() as free:
        free.bind((HOSTS[0], 0))
        port = free.getsockname()[1]

    jobs = {host: instance(tmp_path / host, host, tmp_path / "data", port) for host in HOSTS}
    try:
        codes = {host: job.wait(280) for host, job in jobs.items()}
    finally:
        for job in jobs.values():
            job.terminate()

    assert codes == dict.fromkeys(HOSTS, 0), "\n".join((tmp_path / host / "log").read_text() for host in HOSTS)
    output = tmp_path / HOSTS[0] / "processing/output"
    statistics = json.loads((output / "statistics.json").read_text(encoding="utf-8"))
    assert statistics["dataset"]["item_count"] == 100
    assert "no violations" in (tmp_path / HOSTS[0] / "output/message").read_text(encoding="utf-8")
    assert not (tmp_path / HOSTS[1] / "processing").exists()
    assert "starts Spark for 2 instances" in (tmp_path / HOSTS[0] / "log").read_text(encoding="utf-8")
