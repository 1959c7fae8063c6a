"""Records whose bias is measured, wherever they come from: of every column its numbers and its texts, by the column's name.

Columns are the features by their names, and `LABEL`, `GIVEN` (the label that the model gave) and `PROBABILITY`, which no feature
can be called. Of a value there is either the number or the text, as in `reading.values`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from sagemaker_analyzer.engine.engine import Engine
from sagemaker_analyzer.engine.expressions import as_text
from sagemaker_analyzer.quality.merge import merged
from sagemaker_analyzer.reading.stage import Column, Table

LABEL, GIVEN, PROBABILITY = "\0label", "\0given", "\0probability"

FEATURE = "feature "
"""What the names of features begin with in tables of events, which have columns of their own."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What is known of a column: how many values it has, of what kind, and in which range its numbers are."""

    numbers: int
    texts: int
    fractions: int
    distinct: int
    minimum: float
    maximum: float


@dataclass(frozen=True, slots=True)
class Records:
    """Records in tables that an engine reads; `select` makes one table of them, with the two columns of each of `names`."""

    engine: Engine
    tables: tuple[Table, ...]
    select: Callable[..., ir.Table]
    names: tuple[str, ...]

    def rows(self, query: Callable[[ir.Table], ir.Table]) -> list[dict[str, Any]]:
        """The rows of a query."""
        return self.engine.rows(lambda *data: query(self.select(*data)), *self.tables)

    def number(self, data: ir.Table, name: str) -> Any:
        """The numbers of a column in a query."""
        return data[f"n{self.names.index(name)}"]

    def text(self, data: ir.Table, name: str) -> Any:
        """The texts of a column in a query, of which numbers have none."""
        return data[f"t{self.names.index(name)}"]

    def written(self, data: ir.Table, name: str) -> Any:
        """All values of a column as texts."""
        return as_text(self.number(data, name), self.text(data, name))

    def count(self, which: Callable[[ir.Table], Any]) -> int:
        """How many records are so."""
        found = self.rows(lambda data: data.aggregate(records=which(data).ifelse(1, 0).sum()))
        return int(found[0]["records"] or 0)

    def shapes(self, names: tuple[str, ...]) -> dict[str, Shape]:
        """What is known of some columns."""

        def query(data: ir.Table) -> ir.Table:
            found: dict[str, Any] = {}
            for i, name in enumerate(names):
                number, text = self.number(data, name), self.text(data, name)
                found[f"numbers_{i}"], found[f"texts_{i}"] = number.count(), text.count()
                found[f"fractions_{i}"] = (number != number.floor()).ifelse(1, 0).sum()
                found[f"distinct_{i}"] = self.written(data, name).nunique()
                found[f"minimum_{i}"], found[f"maximum_{i}"] = number.min(), number.max()
            return data.aggregate(**found)

        row = self.rows(query)[0]
        return {
            name: Shape(
                *(
                    row[f"{field}_{i}"] or 0
                    for field in ("numbers", "texts", "fractions", "distinct", "minimum", "maximum")
                )
            )
            for i, name in enumerate(names)
        }


def of_table(engine: Engine, table: Table, columns: dict[str, Column]) -> Records:
    """The records of one table; `columns` tells which of its columns are which of the records'."""
    names = tuple(columns)

    def select(data: ir.Table) -> ir.Table:
        numbers = {f"n{i}": data[columns[name].number] for i, name in enumerate(names)}
        texts = {f"t{i}": data[columns[name].text] for i, name in enumerate(names)}
        return data.select(**numbers, **texts)

    return Records(engine, (table,), select, names)


def of_events(engine: Engine, predictions: Table, truths: Table | None) -> Records:
    """The records of captured events, which have their truth or get it by their ids from `truths`."""
    here = {record_name(column.name): column for column in predictions.columns}
    if truths is None:
        return of_table(engine, predictions, {name: column for name, column in here.items() if name is not None})
    names = (*(name for name in here if name is not None and name != LABEL), LABEL)
    fields = [*(column.name for name, column in here.items() if name is not None and name != LABEL), "truth"]

    def select(one: ir.Table, other: ir.Table) -> ir.Table:
        rows = merged(one, other, predictions, truths)
        numbers = {f"n{i}": rows[f"{field}_number"] for i, field in enumerate(fields)}
        texts = {f"t{i}": rows[f"{field}_text"] for i, field in enumerate(fields)}
        return rows.select(**numbers, **texts)

    return Records(engine, (predictions, truths), select, names)


def record_name(column: str) -> str | None:
    """What a column of events is called here; none if it is of the events and not of their records."""
    if column.startswith(FEATURE):
        return column.removeprefix(FEATURE)
    return {"given": GIVEN, "probability": PROBABILITY, "truth": LABEL}.get(column)
