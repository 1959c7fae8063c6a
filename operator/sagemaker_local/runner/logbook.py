"""What programs write, kept on disk as the streams of CloudWatch Logs.

A stream is a file of lines, each with its time before it, so that what a talkative program writes costs no memory. What is over
the limit of a stream is counted and not kept. Not here: reading over the wire (`emulator.logs`).
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from sagemaker_local.emulator.logs.containers import Line, Stream
from sagemaker_local.emulator.resource import Place

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of the longest stream that is kept."""
LONGEST_LINE: Final = 256 * 1024
"""Bytes of the longest event of CloudWatch Logs (its quotas: "Event size: 256 KB")."""


@dataclass(slots=True, eq=False)
class Writer:
    """One stream that is written. Every method may be called from any thread."""

    name: str
    began: float
    _file: IO[str]
    _path: Path
    _now: Callable[[], float]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _size: int = 0

    def write(self, text: str) -> None:
        """Keep a line, without its end; one with line ends inside is several."""
        for line in text.splitlines() or [""]:
            self._keep(line[:LONGEST_LINE])

    def read(self) -> Stream:
        """What was written so far."""
        with self._lock:
            if not self._file.closed:
                self._file.flush()
        lines: list[Line] = []
        if self._path.exists():
            with self._path.open(encoding="utf-8", newline="\n") as file:
                for row in file:
                    time, _, text = row.rstrip("\n").partition(" ")
                    lines.append(Line(float(time), text))
        return Stream(self.name, self.began, lines)

    def close(self) -> None:
        """Nothing more is written."""
        with self._lock:
            self._file.close()

    def _keep(self, line: str) -> None:
        row = f"{self._now():.3f} {line}\n"
        with self._lock:
            if self._file.closed or self._size > LARGEST:
                return
            self._size += len(row)
            if self._size > LARGEST:
                row = f"{self._now():.3f} sagemaker-local keeps no more of this log, which has {LARGEST} bytes\n"
            self._file.write(row)


class Logbook:
    """All streams of one emulator.

    Args:
        directory: where the files go; it exists.
        now: the time, in epoch seconds.
    """

    def __init__(self, directory: Path, now: Callable[[], float]) -> None:
        self._directory, self._now = directory, now
        self._lock = threading.Lock()
        self._streams: dict[tuple[Place, str], dict[str, Writer]] = {}
        self._count = 0

    def stream(self, place: Place, group: str, name: str) -> Writer:
        """The stream of a name, which begins now unless it did before."""
        with self._lock:
            streams = self._streams.setdefault((place, group), {})
            if name not in streams:
                self._count += 1
                path = self._directory / f"{self._count}.log"
                file = path.open("w", encoding="utf-8", errors="replace", newline="\n")
                streams[name] = Writer(name, self._now(), file, path, self._now)
            return streams[name]

    def has(self, place: Place, group: str) -> bool:
        """Whether anything was written to a group."""
        with self._lock:
            return (place, group) in self._streams

    def read(self, place: Place, group: str, prefix: str) -> list[Stream]:
        """The streams of a group whose names begin so, with their lines."""
        with self._lock:
            found = [w for name, w in self._streams.get((place, group), {}).items() if name.startswith(prefix)]
        return [writer.read() for writer in found]

    def forget(self) -> None:
        """Drop all streams."""
        with self._lock:
            for streams in self._streams.values():
                for writer in streams.values():
                    writer.close()
                    writer._path.unlink(missing_ok=True)  # noqa: SLF001 its own file
            self._streams.clear()
