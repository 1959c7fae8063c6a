"""Rows of numbers with a delimiter between them: text/csv without a header.

An empty cell and `nan` are missing values. Everything else has to be a number, and all rows have to be of one length: what the
readers in AWS's images skip in silence (a header, a word) is told here with its file and line.
"""

import contextlib
import io
import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from sagemaker_stand_ins.data.rows import Part, Unreadable

Matrix = npt.NDArray[np.float64]

DELIMITERS: Final = (",", ";", "\t", "|", " ")


class _NoNumber(Exception):
    def __init__(self, cell: str) -> None:
        super().__init__(f"'{cell[:50]}' is not a number" if cell else "a value is missing")
        self.cell = cell


def delimiter(line: str) -> str | None:
    """The delimiter of a row; None if it has none of the usual ones."""
    return next((one for one in DELIMITERS if one in line.strip()), None)


def read(parts: Sequence[Part], *, between: str = ",", missing: bool = True) -> Matrix:
    """All rows of all parts as one matrix, missing values as NaN.

    Raises:
        Unreadable: a row is longer or shorter than the first, or holds something else than numbers.
    """
    found = [_read(part, between, missing=missing) for part in parts]
    width = found[0].shape[1] if found else 0
    for part, rows in zip(parts, found, strict=True):
        if rows.shape[1] != width:
            raise _uneven(part.name, 1, part.lines[0], rows.shape[1], width)
    return np.vstack(found) if found else np.empty((0, 0))


def _read(part: Part, between: str, *, missing: bool) -> Matrix:
    """The quick way for numbers and missing values; the slow way if there is anything else, as it knows where."""
    text = part.content.decode("utf-8", errors="replace").removeprefix("\ufeff")
    with contextlib.suppress(ValueError):
        return _numbers(text, between)
    if missing and not between.isspace():
        cell = re.escape(between)
        with contextlib.suppress(ValueError):
            return _numbers(re.sub(rf"(?m)(?<={cell})(?={cell}|\r?$)|^(?={cell})", "nan", text), between)
    return _row_by_row(part, between, missing=missing)


def _numbers(text: str, between: str) -> Matrix:
    return np.loadtxt(io.StringIO(text), delimiter=between, ndmin=2, comments=None, dtype=np.float64)


def _row_by_row(part: Part, between: str, *, missing: bool) -> Matrix:
    rows: list[list[float]] = []
    for number, line in enumerate(part.lines, start=1):
        if not line.strip():
            continue
        cells = line.strip("\r\n").split(between)
        if rows and len(cells) != len(rows[0]):
            raise _uneven(part.name, number, line, len(cells), len(rows[0]))
        try:
            rows.append([_number(cell.strip(), missing=missing) for cell in cells])
        except _NoNumber as trouble:
            raise Unreadable(part.name, number, line, str(trouble), trouble.cell) from None
    return np.array(rows, dtype=np.float64)


def _number(cell: str, *, missing: bool) -> float:
    if not cell and missing:
        return float("nan")
    try:
        if "_" not in cell:
            return float(cell)
    except ValueError:
        pass
    raise _NoNumber(cell)


def _uneven(file: str, number: int, line: str, found: int, wanted: int) -> Unreadable:
    return Unreadable(file, number, line, f"expected {wanted} columns, as in the first row, but found {found}")
