"""What the demo prints: a live table on a terminal, one line per change elsewhere.

Not here: what is worth saying.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TextIO

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from sagemaker_local.demo.objects import Row
from sagemaker_local.demo.places import Named

# Wide enough for what comes later, so that the table keeps its shape.
_COLUMNS = {"Object": 31, "State": 10, "Ready": 7, "Reason": 18}


class Screen(Protocol):
    """Where the demo is seen."""

    def say(self, text: str = "") -> None:
        """Print a line, or several, as they are."""

    def did(self, text: str) -> None:
        """Print what has just been achieved, with the time since the start."""

    def show(self, rows: Sequence[Row]) -> None:
        """Show how all objects are now."""

    def leave(self) -> None:
        """Leave what was shown last as it is, and go on below it."""


def screen(stream: TextIO) -> Screen:
    """A table if a person looks on, else lines."""
    begun = time.monotonic()

    def elapsed() -> float:
        return time.monotonic() - begun

    return TableScreen(Console(file=stream), elapsed) if stream.isatty() else LineScreen(stream, elapsed)


@dataclass(slots=True)
class LineScreen:
    """One line per change of an object, for logs."""

    stream: TextIO
    elapsed: Callable[[], float]
    _shown: dict[Named, str] = field(default_factory=dict)

    def say(self, text: str = "") -> None:
        """Print it."""
        self.stream.write(f"{text}\n")
        self.stream.flush()

    def did(self, text: str) -> None:
        """Print it after the time."""
        self.say(f"{self.elapsed():5.1f} s  {text}")

    def show(self, rows: Sequence[Row]) -> None:
        """Print those that have changed."""
        for row in rows:
            ready = f"Ready={row.ready}" if row.ready else ""
            because = ": ".join(filter(None, (row.reason, row.message)))
            line = f"{row.of!s:{_COLUMNS['Object']}}  {row.state:{_COLUMNS['State']}}  {ready:13}  {because}".rstrip()
            if self._shown.get(row.of) != line:
                self._shown[row.of] = line
                self.did(line)

    def leave(self) -> None:
        """Nothing to do: lines stay."""


@dataclass(slots=True)
class TableScreen:
    """A table that changes in place."""

    console: Console
    elapsed: Callable[[], float]
    _live: Live | None = None

    def say(self, text: str = "") -> None:
        """Print it above the table."""
        self.console.print(Text(text, style="bold" if text.startswith("$ ") else ""))

    def did(self, text: str) -> None:
        """Print it after the time."""
        self.console.print(Text(f"{self.elapsed():5.1f} s  ", style="cyan").append(text, style="default"))

    def show(self, rows: Sequence[Row]) -> None:
        """Draw the table anew."""
        if self._live is None:
            self._live = Live(console=self.console, auto_refresh=False)
            self._live.start()
        self._live.update(_table(rows, f"{self.elapsed():.0f} s"), refresh=True)

    def leave(self) -> None:
        """Stop drawing."""
        if self._live is not None:
            self._live.stop()
            self._live = None


def _table(rows: Sequence[Row], time_: str) -> Table:
    table = Table(box=None, expand=True, pad_edge=False, header_style="bold", caption=time_, caption_justify="left")
    for name, width in _COLUMNS.items():
        table.add_column(name, no_wrap=True, min_width=width)
    table.add_column("Message", no_wrap=True, overflow="ellipsis", style="dim", ratio=1)
    for row in rows:
        style = _style(row)
        cells = (str(row.of), row.state, Text(row.ready, style), Text(row.reason, style), row.message)
        table.add_row(*cells, style="dim" if row.gone else "")
    return table


def _style(row: Row) -> str:
    if row.stalled:
        return "red"
    return "green" if row.settled else "yellow"
