"""What engines on Ibis have in common: the answers to the queries of `expressions`."""

from collections.abc import Callable
from typing import Any

import ibis.expr.types as ir

from sagemaker_analyzer.engine import expressions
from sagemaker_analyzer.engine.engine import Frequencies, Totals
from sagemaker_analyzer.reading.stage import Table

Rows = Callable[[ir.Table], list[dict[str, Any]]]
"""Has an expression computed."""


def totals(rows: Rows, data: ir.Table, table: Table) -> dict[str, Totals]:
    """As `Engine.totals`."""
    row = rows(expressions.totals(data, table))[0]

    def of(index: int, name: str) -> Any:
        return row[expressions.field(index, name)] or 0

    return {
        column.name: Totals(
            records=row["records"],
            numbers=of(i, "numbers"),
            texts=of(i, "texts"),
            whole=of(i, "whole"),
            mean=float(of(i, "mean")),
            sum=float(of(i, "sum")),
            std_dev=float(of(i, "std_dev")),
            minimum=float(of(i, "minimum")),
            maximum=float(of(i, "maximum")),
        )
        for i, column in enumerate(table.columns)
    }


def frequencies(rows: Rows, data: ir.Table, table: Table, column: str, most: int) -> Frequencies:
    """As `Engine.frequencies`."""
    found = next(candidate for candidate in table.columns if candidate.name == column)
    grouped = expressions.counts(data, found)
    top = rows(expressions.most_frequent(grouped, most))
    distinct = len(top) if len(top) < most else rows(grouped.aggregate(n=grouped.count()))[0]["n"]
    return Frequencies(distinct, tuple((row["value"], row["records"]) for row in top))
