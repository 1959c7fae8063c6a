"""What is computed over all records equals what NumPy computes in memory, and distributions are within their stated error."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from sklearn.datasets import load_diabetes, load_wine

from sagemaker_analyzer.engine.duckdb import DuckDB, duckdb_engine
from sagemaker_analyzer.engine.sketches import Sketcher, rank_error
from sagemaker_analyzer.reading.rejected import Tally
from sagemaker_analyzer.reading.stage import Stage, Table
from sagemaker_analyzer.reading.values import of_arrow


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDB]:
    with duckdb_engine(tmp_path_factory.mktemp("scratch"), threads=1) as engine:
        yield engine


def staged(directory: Path, *parts: dict[str, object]) -> Table:
    stage = Stage(directory)
    for part in parts:
        stage.add("file", [of_arrow(pa.array(values)) for values in part.values()], tuple(part))
    return stage.close(Tally())


@pytest.mark.parametrize("load", [load_wine, load_diabetes])
def test_totals_are_those_of_numpy(engine: DuckDB, tmp_path: Path, load: object) -> None:
    assert callable(load)
    data = load(as_frame=False).data
    table = staged(tmp_path, {f"f{i}": data[:, i] for i in range(data.shape[1])})

    totals = engine.totals(table)

    for i in range(data.shape[1]):
        found, column = totals[f"f{i}"], data[:, i]
        assert found.records == found.numbers == len(column)
        assert found.whole == np.sum(column == np.floor(column))
        assert found.mean == pytest.approx(np.mean(column), rel=1e-12, abs=1e-15)
        assert found.std_dev == pytest.approx(np.std(column), rel=1e-12)
        assert found.sum == pytest.approx(np.sum(column), rel=1e-12, abs=1e-12)
        assert (found.minimum, found.maximum) == (column.min(), column.max())


def test_a_column_is_missing_where_files_do_not_have_it(engine: DuckDB, tmp_path: Path) -> None:
    totals = engine.totals(staged(tmp_path, {"a": [1, 2], "b": ["x", None]}, {"a": [3]}))

    assert (totals["a"].records, totals["a"].numbers) == (3, 3)
    assert (totals["b"].records, totals["b"].numbers, totals["b"].texts) == (3, 0, 1)


def test_numbers_that_no_integer_can_be_are_whole_and_written_as_they_are(engine: DuckDB, tmp_path: Path) -> None:
    table = staged(tmp_path, {"a": ["1e300", "-1e300", "0.5", "-2", "x"]})

    assert engine.totals(table)["a"].whole == 3
    assert dict(engine.frequencies(table, "a", 10).counts) == dict.fromkeys(("1e+300", "-1e+300", "0.5", "-2", "x"), 1)


def test_frequencies_are_counted_exactly_and_the_most_frequent_come_first(engine: DuckDB, tmp_path: Path) -> None:
    table = staged(tmp_path, {"a": ["x", "y", "y", None, "10", "10.5", "z"]}, {"a": [10, None]})

    assert engine.frequencies(table, "a", 10).counts == (("10", 2), ("y", 2), ("10.5", 1), ("x", 1), ("z", 1))
    assert engine.frequencies(table, "a", 2) == type(engine.frequencies(table, "a", 2))(5, (("10", 2), ("y", 2)))


def test_a_sketch_of_many_numbers_is_within_its_stated_error(engine: DuckDB, tmp_path: Path) -> None:
    numbers = np.random.default_rng(7).lognormal(size=400_000)
    table = staged(tmp_path, {"a": numbers[:150_000]}, {"a": numbers[150_000:], "b": numbers[150_000:]})

    sketch = engine.sketches(table, ["a"])["a"]

    items = np.concatenate([np.array(level) for level in sketch.levels])
    weights = np.concatenate([np.full(len(level), 2.0**i) for i, level in enumerate(sketch.levels)])
    assert weights.sum() == len(numbers)
    assert len(items) < 10_000
    order = np.argsort(items)
    ranks = np.cumsum(weights[order]) / len(numbers)
    true = np.searchsorted(np.sort(numbers), items[order], side="right") / len(numbers)
    assert np.max(np.abs(ranks - true)) < 2 * rank_error()


def test_sketches_of_parts_merge_to_one_of_the_whole() -> None:
    numbers = np.random.default_rng(3).normal(size=100_000)
    parts = [Sketcher() for _ in range(4)]
    for part, piece in zip(parts, np.split(numbers, 4), strict=True):
        part.add(piece)
    whole = Sketcher()
    whole.merge(parts)

    sketch = whole.sketch()

    assert sum(len(level) * 2**i for i, level in enumerate(sketch.levels)) == len(numbers)
    below = sum(sum(item <= 0 for item in level) * 2**i for i, level in enumerate(sketch.levels)) / len(numbers)
    assert below == pytest.approx(np.mean(numbers <= 0), abs=2 * rank_error())
