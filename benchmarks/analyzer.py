"""How long the analyzer takes for 10 million records of 20 features beside Evidently and whylogs, and how much memory.

    python benchmarks/analyzer.py [--records 10000000] [--json FILE]

All look at the same Parquet files and do the same: of every feature the records that lack it, mean, standard deviation, least,
greatest and median, or how often each category is there, and how far its distribution is from that of a baseline of 100,000
records. The analyzer also writes its report, and reads the same records a second time as an endpoint captures them: lines of JSON
around a line of CSV, which the others do not read. Evidently has all records in memory and sorts them, for the test of Kolmogorov
and Smirnov; for categories it is asked for the distance of Jensen and Shannon, as its total variation distance comes with a test
by permutation that takes hours. whylogs gets parts of 100,000 records, makes sketches as the analyzer does, and compares those.

Each is a process of its own, from its start to its end, one after the other; memory is that of all its processes together. The
peers' environments are made once and kept. With fewer records, a time is mostly that in which a program starts.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from drifting import BASELINE, write
from figures import Figure, report
from peers import PEERS, Peer, python_of

LEAST_TIMES = 3.0
MOST_MB = 1000.0
# The process of the analyzer, whose files are not below /opt/ml here.
_ANALYZER = """
import os, sys
from pathlib import Path
from sagemaker_analyzer.command import run
sys.exit(run(os.environ, root=Path(sys.argv[1])))
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What a program took: seconds by the clock and of the processors, and MB at most; and what it says has drifted."""

    seconds: float
    cpu: float
    peak_mb: float
    drifted: tuple[str, ...]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, default=10_000_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    pythons = {peer.name: python_of(peer) for peer in PEERS}
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch)
        write(data, options.records)
        baseline = data / "constraints"
        _analyze(data, BASELINE, "parquet", baseline)
        runs = {
            "Parquet": _analyze(data, "records", "parquet", data / "of-parquet", baseline),
            "captures": _analyze(data, "captures", "sagemakerCaptureJson", data / "of-captures", baseline),
            **{peer.name: _peer(peer, pythons[peer.name], data) for peer in PEERS},
        }
    if any("f00" not in run.drifted for run in runs.values()):
        raise SystemExit(f"The first feature has drifted, and not all have seen it: {runs}")
    faster = min((runs[peer.name] for peer in PEERS), key=lambda run: run.seconds)
    report(figures(runs, faster), peer="faster", file=options.json, drifted={k: run.drifted for k, run in runs.items()})


def figures(runs: Mapping[str, Run], faster: Run) -> list[Figure]:
    """What all took, and how often the analyzer would be done before the faster of its peers is."""
    found = []
    for name, run in runs.items():
        ours = name in {"Parquet", "captures"}
        found += [
            Figure(f"{name}: s", run.seconds, peer=faster.seconds if ours else None),
            Figure(f"{name}: CPU s", run.cpu, peer=faster.cpu if ours else None),
            Figure(
                f"{name}: MB at most",
                run.peak_mb,
                peer=faster.peak_mb if ours else None,
                most=MOST_MB if ours else None,
            ),
        ]
    times = {name: faster.seconds / runs[name].seconds for name in ("Parquet", "captures")}
    found.append(Figure("times as fast as the faster, same Parquet", times["Parquet"], least=LEAST_TIMES))
    found.append(Figure("times as fast as the faster, captures", times["captures"]))
    return found


def _analyze(data: Path, source: str, layout: str, output: Path, baseline: Path | None = None) -> Run:
    environment = {
        "dataset_source": str(data / source),
        "dataset_format": json.dumps({layout: {}}),
        "output_path": str(output),
    }
    if baseline is not None:
        environment |= {"baseline_constraints": str(baseline), "baseline_statistics": str(baseline)}
    run = measured([sys.executable, "-c", _ANALYZER, str(output)], environment)
    if baseline is None:
        return run
    found = json.loads((output / "constraint_violations.json").read_text(encoding="utf-8"))["violations"]
    drifted = (said["feature_name"] for said in found if said["constraint_check_type"] == "baseline_drift_check")
    return Run(run.seconds, run.cpu, run.peak_mb, tuple(drifted))


def _peer(peer: Peer, python: Path, data: Path) -> Run:
    answer = data / f"{peer.name}.json"
    run = measured([str(python), "-c", peer.program, str(data / BASELINE), str(data / "records"), str(answer)], {})
    return Run(run.seconds, run.cpu, run.peak_mb, tuple(json.loads(answer.read_text(encoding="utf-8"))))


def measured(command: Sequence[str], environment: Mapping[str, str]) -> Run:
    """A program from its start to its end. SystemExit if it fails."""
    peak, over = [0.0], threading.Event()
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
        )
        watcher = threading.Thread(target=_watch, args=(process.pid, peak, over))
        watcher.start()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        over.set()
        watcher.join()
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"{command[0]} ended with {process.returncode}:\n{said.read()[-4000:]}")
    return Run(seconds, used.ru_utime + used.ru_stime, peak[0], ())


def _watch(group: int, peak: list[float], over: threading.Event) -> None:
    while not over.wait(0.1):
        peak[0] = max(peak[0], sum(map(_resident, _processes(group))))


def _processes(group: int) -> list[Path]:
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            found.append(place)
    return found


def _resident(place: Path) -> float:
    try:
        pages = int((place / "statm").read_text(encoding="utf-8").split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


if __name__ == "__main__":
    main()
