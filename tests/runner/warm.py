"""Starts programs of an environment in a moment.

To import scikit-learn and XGBoost takes most of the time of a small job. Here one process of the environment imports
them and forks for each program, which then runs as `python DIRECTORY MODULE …` or `python -c SCRIPT …` does: a
process with its own environment variables, arguments, output and exit code.
"""

import json
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Self

LIMIT = 60.0

# For each line, an attendant that forks the program, waits for it and writes its exit code before the last end of the pipe
# is closed.
_FORKS = """
import json, os, runpy, signal, sys
for module in json.loads(sys.argv[1]):
    __import__(module)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)

def run(order):
    sys.stdout, sys.stderr = open(1, "w", buffering=1, closefd=False), open(2, "w", buffering=1, closefd=False)
    os.environ.clear()
    os.environ.update(order["variables"])
    sys.argv = order["arguments"]
    try:
        if order["script"]:
            exec(compile(order["script"], "-c", "exec"), {"__name__": "__main__"})
        else:
            runpy.run_path(sys.argv[0], run_name="__main__")
        return 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        import traceback
        traceback.print_exc()
        return 1

for line in sys.stdin:
    order = json.loads(line)
    if os.fork():
        continue
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pipe = os.open(order["pipe"], os.O_WRONLY)
    program = os.fork()
    if not program:
        os.write(pipe, f"{os.getpid()}\\n".encode())
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(pipe, 1)
        os.dup2(pipe, 2)
        os.close(pipe)
        code = run(order)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(program, 0)[1])
    with open(order["pipe"] + ".code", "w") as file:
        file.write(str(code))
    os._exit(0)
"""


@dataclass(slots=True)
class Program:
    """A program that was started."""

    pid: int
    output: int
    ended: Path
    _held: bytes = b""
    returncode: int | None = None

    def lines(self) -> Iterator[str]:
        """Its output line by line, to the end."""
        while (found := self._read(self._held.find(b"\n") + 1)) != b"":
            yield found.decode(errors="replace")

    def rest(self) -> str:
        """All output that was not read yet; the program has ended then. Raises TimeoutError."""
        return "".join(self.lines())

    def send(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self.returncode is None and not self.ended.exists():
            os.kill(self.pid, number)

    def _read(self, line: int) -> bytes:
        end = time.monotonic() + LIMIT
        while not line:
            if not select.select([self.output], [], [], max(0.0, end - time.monotonic()))[0]:
                raise TimeoutError(f"the program {self.pid} said nothing for {LIMIT:g} s")
            piece = os.read(self.output, 65536)
            if not piece:
                self._close()
                line = len(self._held)
                break
            self._held += piece
            line = self._held.find(b"\n") + 1
        found, self._held = self._held[:line], self._held[line:]
        return found

    def _close(self) -> None:
        if self.returncode is None:
            self.returncode = int(self.ended.read_text())


@dataclass(frozen=True, slots=True)
class Warm:
    """The process that forks."""

    process: subprocess.Popen[str]
    directory: Path
    _numbers: Iterator[int] = field(default_factory=count)

    @classmethod
    @contextmanager
    def started(cls, python: Path, modules: Sequence[str]) -> Iterator[Self]:
        """It has imported these modules before it forks; all that it started ends with it."""
        with tempfile.TemporaryDirectory(prefix="warm-") as directory:
            process = subprocess.Popen(
                [str(python), "-c", _FORKS, json.dumps(modules)],
                stdin=subprocess.PIPE,
                text=True,
                env={"PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            )
            with process:
                yield cls(process, Path(directory))

    def start(self, arguments: Sequence[str], variables: Mapping[str, str], *, script: str = "") -> Program:
        """Start what `python` runs with these arguments, or a script with them."""
        pipe = self.directory / str(next(self._numbers))
        os.mkfifo(pipe)
        order = {"arguments": list(arguments), "variables": dict(variables), "script": script, "pipe": str(pipe)}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        program = Program(0, os.open(pipe, os.O_RDONLY), pipe.with_name(f"{pipe.name}.code"))
        program.pid = int(next(program.lines()))
        return program


def stop(program: Program) -> None:
    """End it now, and close its output."""
    program.send(signal.SIGKILL)
    program.rest()
    os.close(program.output)
