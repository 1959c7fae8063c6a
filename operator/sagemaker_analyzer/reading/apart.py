"""The files of a large dataset, read by several processes: Python reads lines on one core only.

They are started anew, as a copy of a process with an engine's threads may hang, and `multiprocessing` would run the program that
started this one again in each of them.
"""

import pickle
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from os import sched_getaffinity
from pathlib import Path

from sagemaker_analyzer.reading.part import Reading, read_files
from sagemaker_analyzer.reading.rejected import Tally
from sagemaker_analyzer.reading.stage import Part

# As much as is read while a process starts, and few enough processes for the memory of a small machine.
_ENOUGH = 24 << 20
_MOST = 4

Found = tuple[tuple[Part, ...], Tally]


def groups_of(files: Sequence[Path], *, most: int | None = None) -> list[list[Path]]:
    """The files in their order, in at most so many groups that are equally large; as many as there are cores if not said."""
    sizes = [path.stat().st_size for path in files]
    total = sum(sizes)
    wanted = max(1, min(most or min(len(sched_getaffinity(0)), _MOST), total // _ENOUGH))
    groups: list[list[Path]] = [[] for _ in range(wanted)]
    before = 0
    for path, size in zip(files, sizes, strict=True):
        # By where the middle of the file is.
        groups[min(wanted - 1, (2 * before + size) * wanted // max(2 * total, 1))].append(path)
        before += size
    return [group for group in groups if group]


def read_apart(reading: Reading, groups: Sequence[list[Path]], *, into: Path) -> Found:
    """As `read_files` of all the groups one after the other."""
    parts: list[Part] = []
    tally = Tally()
    places = [into / str(number) for number in range(len(groups))]
    with ThreadPoolExecutor(len(groups)) as pool:
        for more, found in pool.map(_started, [reading] * len(groups), groups, places):
            parts += more
            tally.take(found)
    return tuple(parts), tally


def _started(reading: Reading, files: list[Path], into: Path) -> Found:
    into.mkdir()
    command = [sys.executable, "-m", "sagemaker_analyzer.reading.apart"]
    # Nobody else has a word in the command.
    done = subprocess.run(command, input=pickle.dumps((reading, files, into)), stdout=subprocess.PIPE, check=True)  # noqa: S603
    found: Found = pickle.loads(done.stdout)  # noqa: S301 - this very program has written it
    return found


def _main() -> None:
    reading, files, into = pickle.load(sys.stdin.buffer)  # noqa: S301 - this very program has written it
    sys.stdout.buffer.write(pickle.dumps(read_files(reading, files, into=into)))


if __name__ == "__main__":
    _main()
