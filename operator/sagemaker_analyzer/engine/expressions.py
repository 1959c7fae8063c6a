"""The definitions of what is computed, as Ibis expressions that each engine makes its own query of."""

import ibis
import ibis.expr.types as ir

from sagemaker_analyzer.reading.stage import Column, Table

_FIELDS = ("numbers", "texts", "whole", "mean", "sum", "std_dev", "minimum", "maximum")


def totals(data: ir.Table, table: Table) -> ir.Table:
    """One row with the totals of all columns, named by `field`; `records` is how many records there are."""
    found = {"records": data.count()}
    for i, column in enumerate(table.columns):
        number = data[column.number]
        values = (
            number.count(),
            (data[column.text].notnull() & number.isnull()).sum(),
            (number == number.floor()).sum(),
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
    whole = (number == number.floor()) & (number.abs() < 2.0**53)
    written = whole.ifelse(number.round().cast("int64").cast("string"), number.cast("string"))
    return ibis.coalesce(text, written)


def most_frequent(grouped: ir.Table, most: int) -> ir.Table:
    """The rows of `counts` with the most records; equally many in the order of the values."""
    return grouped.order_by([ibis.desc("records"), "value"]).limit(most)
