"""The table of a dataset, in Parquet files: of every column one for its numbers and one for its texts.

Rows come with names for their columns, or in the order of columns alone. Rows of the latter kind that have another number of
columns than most cannot be told what their columns are: they are rejected, once all rows are known.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import blake2b
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


@dataclass(frozen=True, slots=True)
class Part:
    """A file of rows with the same columns; `rows` tells from which files of the dataset how many came."""

    path: Path
    names: tuple[str, ...]
    by_position: bool
    rows: Mapping[str, int]
    fractional: frozenset[str]


@dataclass(slots=True)
class _Open:
    """A part that is being written."""

    writer: pq.ParquetWriter
    path: Path
    rows: Counter[str] = field(default_factory=Counter)
    fractional: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Stage:
    """Writes the table into a directory of its own; `names` are those of columns that come without.

    With `samples`, the table has a column `SAMPLE` whose bit i tells whether a record is in the i-th sample of 80 % of them. It
    is drawn here and not by an engine, so that every engine has the same samples, and every run over the same files. `texts` is
    for readers to remember which columns of so many are known to have texts.
    """

    directory: Path
    names: Sequence[str] = ()
    samples: int = 0
    texts: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    _parts: dict[tuple[bool, tuple[str, ...]], _Open] = field(default_factory=dict)
    _index: dict[str, int] = field(default_factory=dict)
    _chance: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def add(self, file: str, columns: Sequence[Values], names: Sequence[str] | None = None) -> None:
        """Adds rows of a file: their columns by name, or by position if there are no names."""
        if not columns or not len(columns[0]):
            return
        given = tuple(self._name(i) for i in range(len(columns))) if names is None else tuple(names)
        by_name = dict(zip(given, columns, strict=True))
        for name in by_name:
            self._index.setdefault(name, len(self._index))
        # In one order, or records whose keys come in another one each would make a file each.
        ordered = tuple(sorted(by_name, key=self._index.__getitem__))
        arrays: dict[str, pa.Array] = {}
        for name in ordered:
            column = column_of(name)
            arrays[column.number], arrays[column.text] = by_name[name].numbers, by_name[name].texts
        if self.samples:
            drawn = self._chance.random((len(columns[0]), self.samples)) < _SHARE
            arrays[SAMPLE] = pa.array(drawn @ (1 << np.arange(self.samples)), pa.int64())
        batch = pa.record_batch(arrays)
        part = self._parts.get((names is None, ordered)) or self._open(names is None, ordered, batch.schema)
        part.writer.write_batch(batch)
        part.rows[file] += batch.num_rows
        part.fractional.update(name for name, values in by_name.items() if values.fractional)

    def parts(self) -> tuple[Part, ...]:
        """The files, after the last row."""
        for part in self._parts.values():
            part.writer.close()
        return tuple(
            Part(part.path, names, by_position, dict(part.rows), frozenset(part.fractional))
            for (by_position, names), part in self._parts.items()
        )

    def close(self, tally: Tally) -> Table:
        """The table, after the last row. Rows by position with another number of columns than most are counted as rejected."""
        return table_of(self.parts(), tally)

    def _open(self, by_position: bool, names: tuple[str, ...], schema: pa.Schema) -> _Open:
        path = self.directory / f"part-{len(self._parts)}.parquet"
        # Numbers hardly ever repeat, and nobody looks for some of them: dictionaries and statistics would cost, and save nothing.
        texts = [name for name in schema.names if pa.types.is_string(schema.field(name).type)]
        writer = pq.ParquetWriter(path, schema, compression="lz4", use_dictionary=texts, write_statistics=False)
        part = self._parts[by_position, names] = _Open(writer, path)
        return part

    def _name(self, index: int) -> str:
        """Model Monitor's names for columns that have none are those of Spark."""
        return self.names[index] if index < len(self.names) else f"_c{index}"


def table_of(parts: Sequence[Part], tally: Tally) -> Table:
    """The table of parts that one or several stages have written, in the order of their records."""
    widths: defaultdict[tuple[str, ...], int] = defaultdict(int)
    for part in parts:
        if part.by_position:
            widths[part.names] += sum(part.rows.values())
    # Of equally many rows those with more columns are the usual ones.
    usual = max(widths, key=lambda names: (widths[names], len(names)), default=())
    kept = [part for part in parts if not part.by_position or part.names == usual]
    for part in parts:
        if part.by_position and part.names != usual:
            example = f"rows of {len(part.names)} columns, where most have {len(usual)}"
            for file, rows in part.rows.items():
                tally.add(Kind.OTHER_COLUMNS, file, example, rows)
    fractional = frozenset[str]().union(*(part.fractional for part in kept))
    names = dict.fromkeys(name for part in kept for name in part.names)
    return Table(
        tuple(part.path for part in kept),
        tuple(replace(column_of(name), fractional=name in fractional) for name in names),
    )


@cache
def column_of(name: str) -> Column:
    """The column of a name; what its two columns are called does not depend on other columns, nor on letters' case."""
    key = blake2b(name.encode(errors="surrogatepass"), digest_size=8).hexdigest()
    return Column(name, f"n{key}", f"t{key}", fractional=False)
