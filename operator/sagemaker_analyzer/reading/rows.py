"""Rows on their way to the table, gathered until there are enough of them to be converted at once."""

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa
from pyarrow import csv as arrow_csv

from sagemaker_analyzer.reading.stage import Stage
from sagemaker_analyzer.reading.values import Values, of_finite, of_objects, of_texts

_ENOUGH = 50_000

# Python's limit is 128 KiB; the length of lines is limited where they are read.
csv.field_size_limit(1 << 30)

Row = str | list[object] | dict[str, object]
"""A line of CSV, values in the order of columns, or values by name."""


@dataclass(slots=True)
class Rows:
    """Gathers the rows of one file; `flush` when there are no more."""

    stage: Stage
    file: str
    names: Sequence[str] | None = None
    _lines: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    _lists: defaultdict[int, list[list[object]]] = field(default_factory=lambda: defaultdict(list))
    _records: list[dict[str, object]] = field(default_factory=list)
    _count: int = 0

    def add(self, row: Row) -> None:
        """Adds one row."""
        if isinstance(row, str):
            if '"' in row:
                fields: list[object] = list(next(csv.reader([row]), []))
                self._lists[len(fields)].append(fields)
            else:
                self._lines[row.count(",") + 1].append(row)
        elif isinstance(row, dict):
            self._records.append(row)
        else:
            self._lists[len(row)].append(row)
        self._count += 1
        if self._count >= _ENOUGH:
            self.flush()

    def flush(self) -> None:
        """Hands over what was gathered."""
        for width, lines in self._lines.items():
            self.stage.add(self.file, _columns(lines, width, self.stage.texts[width]), self.names)
        for lists in self._lists.values():
            self.stage.add(self.file, [of_objects(values) for values in zip(*lists, strict=True)], self.names)
        if self._records:
            names = tuple(dict.fromkeys(name for record in self._records for name in record))
            columns = [of_objects([record.get(name) for record in self._records]) for name in names]
            self.stage.add(self.file, columns, names)
        self._lines.clear()
        self._lists.clear()
        self._records.clear()
        self._count = 0


def _columns(lines: list[str], width: int, texts: set[str]) -> list[Values]:
    """The columns of lines without quotes, converted as numbers where all of a column are, which is several times faster.

    Columns named in `texts` are known not to be such; those that turn out not to be are added to it.
    """
    text = "\n".join(lines).encode() + b"\n"
    names = [str(i) for i in range(width)]
    kinds = {name: pa.string() if name in texts else pa.float64() for name in names}
    try:
        arrays = _parsed(text, names, kinds)
    except pa.ArrowInvalid:
        found = [of_texts(array) for array in _parsed(text, names, dict.fromkeys(names, pa.string()))]
        texts.update(name for name, values in zip(names, found, strict=True) if values.has_texts)
        return found
    columns = {
        name: of_texts(array) if name in texts else of_finite(array) for name, array in zip(names, arrays, strict=True)
    }
    # Of numbers that are whole it has to be known whether they were written so; NaN and infinities are looked at as texts.
    again = [name for name, column in columns.items() if column is None]
    if again:
        literals = _parsed(text, names, dict.fromkeys(again, pa.string()))
        columns.update(zip(again, map(of_texts, literals), strict=True))
    return [column for column in columns.values() if column is not None]


def _parsed(text: bytes, names: list[str], kinds: dict[str, pa.DataType]) -> list[pa.Array]:
    """The columns that have a kind, as of that kind. Raises ArrowInvalid if a value is not of it."""
    table = arrow_csv.read_csv(
        pa.BufferReader(text),
        read_options=arrow_csv.ReadOptions(
            column_names=names, use_threads=False, block_size=max(len(text) + 1, 1 << 16)
        ),
        parse_options=arrow_csv.ParseOptions(quote_char=False, ignore_empty_lines=False),
        convert_options=arrow_csv.ConvertOptions(
            include_columns=list(kinds),
            column_types=kinds,
            null_values=[""],
            strings_can_be_null=True,
        ),
    )
    return [column.combine_chunks() if column.num_chunks != 1 else column.chunk(0) for column in table.columns]
