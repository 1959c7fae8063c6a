"""What a benchmark found, beside what it has to reach: as a table, as JSON, and as the status with which it ends.

A figure that misses its bound is marked, and makes the benchmark fail. One that could not be measured misses it too.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured.

    Attributes:
        peer: the same of what it is compared with.
        least: what it has to reach.
        most: what it may cost.
    """

    name: str
    measured: float
    peer: float | None = None
    least: float | None = None
    most: float | None = None

    @property
    def missed(self) -> bool:
        """Whether it is not within its bounds; what is not a number is within none."""
        enough = self.least is None or self.measured >= self.least
        modest = self.most is None or self.measured <= self.most
        return not (enough and modest)

    @property
    def bound(self) -> str:
        """The bounds in words."""
        words = (("at least", self.least), ("at most", self.most))
        return ", ".join(f"{word} {number:g}" for word, number in words if number is not None)


def report(figures: Sequence[Figure], *, peer: str = "", file: Path | None = None, **details: Any) -> None:
    """Print a table and the same as JSON, and write that to a file.

    Args:
        peer: whose figures are beside ours.
        details: what else was seen, for the JSON.

    Raises:
        SystemExit: a figure misses its bound; the message names all that do.
    """
    print(table(figures, peer=peer))
    text = json.dumps(
        {"figures": [_row(figure) for figure in figures], "load": os.getloadavg()[0], **details}, indent=2
    )
    print(text)
    if file is not None:
        file.write_text(f"{text}\n", encoding="utf-8")
    sys.stdout.flush()
    missed = [figure for figure in figures if figure.missed]
    if missed:
        told = "; ".join(f"{figure.name} is {figure.measured:.4g}, not {figure.bound}" for figure in missed)
        raise SystemExit(f"{len(missed)} of {len(figures)} figures miss what they are to reach: {told}")


def table(figures: Sequence[Figure], *, peer: str = "") -> str:
    """The figures in rows."""
    width = max(len(figure.name) for figure in figures) + 2
    rows = [f"{'':{width}}{'measured':>10}{peer:>10}   to reach"]
    for figure in figures:
        beside = "" if figure.peer is None else f"{figure.peer:.1f}"
        verdict = f"{figure.bound}{'  MISSED' if figure.missed else ''}"
        rows.append(f"{figure.name:{width}}{figure.measured:>10.1f}{beside:>10}   {verdict}".rstrip())
    return "\n".join(rows)


def _row(figure: Figure) -> Mapping[str, Any]:
    told = {name: value for name, value in asdict(figure).items() if value is not None}
    return {**told, "missed": True} if figure.missed else told
