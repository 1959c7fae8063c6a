"""Long-running commands with something to look at: what is being done, and for how long already.

On a terminal one line counts the seconds; elsewhere there is a line at the start, one every half minute and one at the end.
Not here: what the commands are.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from sagemaker_local.cluster.errors import BuildFailed

TICK_SECONDS = 0.5
LINE_EVERY_SECONDS = 30.0
LINES_SHOWN_ON_FAILURE = 25


@dataclass(frozen=True, slots=True)
class Progress:
    """Tells one stream about each step."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    tick: float = TICK_SECONDS

    def say(self, line: str) -> None:
        """Print one line."""
        self.stream.write(f"sagemaker-local: {line}\n")
        self.stream.flush()

    def run(
        self,
        what: str,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        """Run one command to its end, visibly; its own output is shown only when it fails.

        Raises:
            BuildFailed: it could not be started or ended with an error; with the last lines it wrote.
        """
        begun = time.monotonic()
        with tempfile.TemporaryFile("w+", errors="replace") as output:
            try:
                child = subprocess.Popen(  # noqa: S603 - argv is ours
                    argv,
                    env=env,
                    cwd=cwd,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
            except OSError as error:
                raise BuildFailed(f"{what}: {argv[0]}: {error.strerror}") from error
            try:
                self._watch(what, child, begun)
            finally:
                child.kill()
                child.wait()
            if child.returncode != 0:
                output.seek(0)
                end = "".join(output.readlines()[-LINES_SHOWN_ON_FAILURE:])
                raise BuildFailed(f"{what}: {argv[0]} ended with {child.returncode}:\n{end}")
        self._live("")
        self.say(f"{what}: done in {time.monotonic() - begun:.0f} s")

    def _watch(self, what: str, child: subprocess.Popen[bytes], begun: float) -> None:
        if not self.stream.isatty():
            self.say(f"{what} …")
        told = begun
        while True:
            try:
                child.wait(timeout=self.tick)
            except subprocess.TimeoutExpired:
                now = time.monotonic()
                self._live(f"sagemaker-local: {what} … {now - begun:.0f} s")
                if now - told >= LINE_EVERY_SECONDS and not self.stream.isatty():
                    self.say(f"{what} … {now - begun:.0f} s")
                    told = now
            else:
                return

    def _live(self, line: str) -> None:
        if self.stream.isatty():
            self.stream.write(f"\r\x1b[K{line}")
            self.stream.flush()
