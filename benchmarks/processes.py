"""Processes that the benchmarks start and stop, and what those use of the machine."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds of a process, and its resident memory now and at its most, in MB."""

    cpu: float
    rss_mb: float
    peak_mb: float


def usage(pid: int) -> Usage:
    """What a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    told = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines())
    rss, peak = (int(told[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return Usage((int(fields[11]) + int(fields[12])) / _TICKS, rss, peak)


@contextmanager
def running(
    module: str, *arguments: str, environment: Mapping[str, str] | None = None, **streams: Any
) -> Iterator["subprocess.Popen[str]"]:
    """A module as a process of its own, which is ended with the block."""
    command = [sys.executable, "-m", module, *arguments]
    around = {**os.environ, **(environment or {})}
    with subprocess.Popen(command, text=True, cwd=ROOT, env=around, **streams) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def emulator(*options: str) -> Iterator[tuple[str, int]]:
    """An emulated SageMaker: URL and process id."""
    fixed = ("--port", "0", "--no-check-s3")
    with running("sagemaker_local.emulator", *fixed, *options, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = next((word.rstrip(".") for word in line.split() if word.startswith("http")), None)
        if url is None:
            raise SystemExit(f"The emulator did not start; it said: {line!r}")
        yield url, process.pid
