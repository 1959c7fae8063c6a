"""The statistics of a dataset, from what an engine computes over its table."""

from collections.abc import Collection

from sagemaker_analyzer.engine.engine import Engine, Totals
from sagemaker_analyzer.model import Feature, InferredType, Kinds, Numbers, Sketch, Statistics, Texts
from sagemaker_analyzer.profile.distribution import buckets
from sagemaker_analyzer.reading.stage import Table

# Far more than a set of categories has: also with many unknown values, the known ones are counted.
_MOST = 10_000


def profile(engine: Engine, table: Table, *, as_texts: Collection[str] = ()) -> Statistics:
    """The statistics of every column; those named in `as_texts` have their values counted also if all are numbers."""
    totals = engine.totals(table)
    types = {column.name: infer(totals[column.name], fractional=column.fractional) for column in table.columns}
    sketches = engine.sketches(table, [name for name, found in totals.items() if found.numbers])
    texts = {
        name: _texts(engine, table, name)
        for name, kind in types.items()
        if kind is InferredType.STRING or (name in as_texts and kind is not InferredType.UNKNOWN)
    }
    features = tuple(
        _feature(
            column.name, types[column.name], totals[column.name], sketches.get(column.name), texts.get(column.name)
        )
        for column in table.columns
    )
    return Statistics(max((found.records for found in totals.values()), default=0), features)


def infer(totals: Totals, *, fractional: bool) -> InferredType:
    """The type of a column, by Deequ's rule: a single text makes it texts, a single fraction makes whole numbers fractions.

    https://github.com/awslabs/deequ, DataTypeHistogram.determineType
    """
    if totals.texts:
        return InferredType.STRING
    if not totals.numbers:
        return InferredType.UNKNOWN
    return InferredType.FRACTIONAL if fractional or totals.whole < totals.numbers else InferredType.INTEGRAL


def _texts(engine: Engine, table: Table, name: str) -> Texts:
    found = engine.frequencies(table, name, _MOST)
    return Texts(found.distinct, found.counts)


def _feature(name: str, kind: InferredType, totals: Totals, sketch: Sketch | None, texts: Texts | None) -> Feature:
    present = totals.numbers + totals.texts
    numbers = None
    if sketch is not None:
        numbers = Numbers(
            mean=totals.mean,
            sum=totals.sum,
            std_dev=totals.std_dev,
            minimum=totals.minimum,
            maximum=totals.maximum,
            buckets=buckets(sketch, totals.minimum, totals.maximum),
            sketch=sketch,
        )
    return Feature(
        name=name,
        inferred_type=kind,
        present=present,
        missing=totals.records - present,
        numbers=numbers,
        texts=texts,
        kinds=Kinds(totals.whole, totals.numbers - totals.whole, totals.texts),
    )
