"""What is compared: of every record the label that the model gave, its probability and the true label.

Wherever they come from, the expressions here have the columns `given_number`, `given_text`, `true_number`, `true_text`,
`probability` and `SAMPLE`. Of a label there is either the number or the text, as in `reading.values`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from sagemaker_analyzer.engine.engine import Engine
from sagemaker_analyzer.quality.merge import merged
from sagemaker_analyzer.reading.stage import SAMPLE, Column, Table

SAMPLES = 5
"""Model Monitor takes so many samples: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html."""

Query = Callable[[ir.Table], ir.Table]


@dataclass(frozen=True, slots=True)
class Compared:
    """Records that an engine can compare; `rows` runs a query over them."""

    engine: Engine
    tables: tuple[Table, ...]
    select: Callable[..., ir.Table]

    def rows(self, query: Query) -> list[dict[str, Any]]:
        """The rows of a query over the columns that this module names."""
        return self.engine.rows(lambda *data: query(self.select(*data)), *self.tables)


def of_columns(
    engine: Engine, table: Table, *, given: Column | None, probability: Column | None, true: Column
) -> Compared:
    """What a table with both has in these columns."""

    def select(data: ir.Table) -> ir.Table:
        return data.select(
            given_number=_number(data, given),
            given_text=ibis.null("string") if given is None else data[given.text],
            true_number=data[true.number],
            true_text=data[true.text],
            probability=_probability(_number(data, probability)),
            **{SAMPLE: data[SAMPLE]},
        )

    return Compared(engine, (table,), select)


def of_merged(engine: Engine, predictions: Table, truths: Table) -> Compared:
    """What predictions and truths have that are merged by their ids."""

    def select(one: ir.Table, other: ir.Table) -> ir.Table:
        rows = merged(one, other, predictions, truths)
        has = set(rows.columns)
        return rows.select(
            given_number=rows.given_number if "given_number" in has else ibis.null("float64"),
            given_text=rows.given_text if "given_text" in has else ibis.null("string"),
            true_number=rows.truth_number,
            true_text=rows.truth_text,
            probability=_probability(rows.probability_number if "probability_number" in has else ibis.null("float64")),
            **{SAMPLE: rows[SAMPLE]},
        )

    return Compared(engine, (predictions, truths), select)


def _number(data: ir.Table, column: Column | None) -> Any:
    return ibis.null("float64") if column is None else data[column.number]


def _probability(number: Any) -> Any:
    """What is not from 0 to 1 is no probability."""
    return number.between(0.0, 1.0).ifelse(number, ibis.null("float64"))


def in_sample(data: ir.Table, index: int) -> Any:
    """Whether a record is in the sample with that index; in the one with index 0 are all."""
    return (data[SAMPLE] & (1 << (index - 1))) != 0 if index else data[SAMPLE].notnull()
