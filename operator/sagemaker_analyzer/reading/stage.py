"""The table of a dataset, in Parquet files: of every column one for its numbers and one for its texts.

Rows come with names for their columns, or in the order of columns alone. Rows of the latter kind that have another number of
columns than most cannot be told what their columns are: they are rejected, once all rows are known.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sagemaker_analyzer.reading.rejected import Kind, Tally
from sagemaker_analyzer.reading.values import Values

SAMPLE = "sample"
_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a dataset and the names of its two columns in the table."""

    name: str
    number: str
    text: str
    fractional: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A dataset that engines can read: files whose columns are found by name, and may lack some."""

    files: tuple[Path, ...]
    columns: tuple[Column, ...]


@dataclass(slots=True)
class _Part:
    """The file of all rows with the same columns."""

    writer: pq.ParquetWriter
    path: Path
    names: tuple[str, ...]
    by_position: bool
    rows: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Stage:
    """Writes the table into a directory of its own; `names` are those of columns that come without.

    With `samples`, the table has a column `SAMPLE` whose bit i tells whether a record is in the i-th sample of 80 % of them. It
    is drawn here and not by an engine, so that every engine has the same samples, and every run over the same files.
    """

    directory: Path
    names: Sequence[str] = ()
    samples: int = 0
    _parts: dict[tuple[bool, tuple[str, ...]], _Part] = field(default_factory=dict)
    _index: dict[str, int] = field(default_factory=dict)
    _fractional: set[str] = field(default_factory=set)
    _chance: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def add(self, file: str, columns: Sequence[Values], names: Sequence[str] | None = None) -> None:
        """Adds rows of a file: their columns by name, or by position if there are no names."""
        if not columns or not len(columns[0]):
            return
        given = tuple(self._name(i) for i in range(len(columns))) if names is None else tuple(names)
        by_name = dict(zip(given, columns, strict=True))
        for name, values in by_name.items():
            self._index.setdefault(name, len(self._index))
            if values.fractional:
                self._fractional.add(name)
        # In one order, or records whose keys come in another one each would make a file each.
        ordered = tuple(sorted(by_name, key=self._index.__getitem__))
        arrays: dict[str, pa.Array] = {}
        for name in ordered:
            index = self._index[name]
            arrays[f"n{index}"], arrays[f"t{index}"] = by_name[name].numbers, by_name[name].texts
        if self.samples:
            drawn = self._chance.random((len(columns[0]), self.samples)) < _SHARE
            arrays[SAMPLE] = pa.array(drawn @ (1 << np.arange(self.samples)), pa.int64())
        batch = pa.record_batch(arrays)
        part = self._parts.get((names is None, ordered)) or self._open(ordered, batch.schema, by_position=names is None)
        part.writer.write_batch(batch)
        part.rows[file] += batch.num_rows

    def close(self, tally: Tally) -> Table:
        """The table, after the last row. Rows by position with another number of columns than most are counted as rejected."""
        for part in self._parts.values():
            part.writer.close()
        usual = max((part for part in self._parts.values() if part.by_position), key=_usual, default=None)
        kept = [part for part in self._parts.values() if part is usual or not part.by_position]
        for part in self._parts.values():
            if part not in kept:
                assert usual is not None
                example = f"rows of {len(part.names)} columns, where most have {len(usual.names)}"
                for file, rows in part.rows.items():
                    tally.add(Kind.OTHER_COLUMNS, file, example, rows)
        names = dict.fromkeys(name for part in kept for name in part.names)
        return Table(tuple(part.path for part in kept), tuple(self._column(name) for name in names))

    def _open(self, names: tuple[str, ...], schema: pa.Schema, *, by_position: bool) -> _Part:
        path = self.directory / f"part-{len(self._parts)}.parquet"
        part = _Part(pq.ParquetWriter(path, schema, compression="lz4"), path, names, by_position)
        self._parts[by_position, names] = part
        return part

    def _name(self, index: int) -> str:
        """Model Monitor's names for columns that have none are those of Spark."""
        return self.names[index] if index < len(self.names) else f"_c{index}"

    def _column(self, name: str) -> Column:
        index = self._index[name]
        return Column(name, f"n{index}", f"t{index}", name in self._fractional)


def _usual(part: _Part) -> tuple[int, int]:
    """Of equally many rows those with more columns are the usual ones."""
    return part.rows.total(), len(part.names)
