"""The definitions of what is computed, as Ibis expressions that each engine makes its own query of."""

import ibis
import ibis.expr.types as ir

from sagemaker_analyzer.reading.stage import Column, Table

# From here on, not all whole numbers are doubles.
_EXACT = 2.0**53
_FIELDS = ("numbers", "texts", "whole", "mean", "sum", "std_dev", "minimum", "maximum")


def totals(data: ir.Table, table: Table) -> ir.Table:
    """One row with the totals of all columns, named by `field`; `records` is how many records there are."""
    found = {"records": data.count()}
    for i, column in enumerate(table.columns):
        number = data[column.number]
        values = (
            number.count(),
            (data[column.text].notnull() & number.isnull()).sum(),
            is_whole(number).sum(),
            number.mean(),
            number.sum(),
            number.std(how="pop"),
            number.min(),
            number.max(),
        )
        found.update({field(i, name): value for name, value in zip(_FIELDS, values, strict=True)})
    return data.aggregate(**found)


def field(index: int, name: str) -> str:
    """What a total of the column with that index is called."""
    return f"{name}_{index}"


def counts(data: ir.Table, column: Column) -> ir.Table:
    """A row with `value` and `records` for each different value, numbers written as texts; whole ones without a fraction."""
    values = data.select(value=as_text(data[column.number], data[column.text]))
    values = values.filter(values.value.notnull())
    return values.group_by("value").aggregate(records=values.count())


def as_text(number: ir.FloatingValue, text: ir.StringValue) -> ir.StringValue:
    """The values of a column as texts, of which it has the one or the other; whole numbers without a fraction."""
    whole = is_whole(number) & (number.abs() < _EXACT)
    # Engines may cast also what is not whole.
    written = whole.ifelse(whole.ifelse(number, 0.0).cast("int64").cast("string"), literal_of(number))
    return ibis.coalesce(text, written)


def is_whole(number: ir.FloatingValue) -> ir.BooleanValue:
    """Whether a number has no fraction. Its floor would be an integer to Ibis, which not every number fits into."""
    return number % 1.0 == 0.0


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def literal_of(number: float) -> str:  # type: ignore[empty-body]
    """A number as the shortest text of it, as Python writes it; every engine makes such a function known to its database."""


def most_frequent(grouped: ir.Table, most: int) -> ir.Table:
    """The rows of `counts` with the most records; equally many in the order of the values."""
    return grouped.order_by([ibis.desc("records"), "value"]).limit(most)
