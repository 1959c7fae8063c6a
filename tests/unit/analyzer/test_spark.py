"""Spark finds what DuckDB finds: all that is counted exactly, and distributions within the error of their sketches."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from captures import capture, side, write
from sklearn.datasets import load_diabetes, load_wine

from sagemaker_analyzer.analyze import analyze
from sagemaker_analyzer.contract.task import Baseline, Dataset, Layout, Task, Window
from sagemaker_analyzer.engine.duckdb import DuckDB, duckdb_engine
from sagemaker_analyzer.engine.engine import Engine
from sagemaker_analyzer.engine.sketches import rank_error
from sagemaker_analyzer.engine.spark import Spark, spark_engine
from sagemaker_analyzer.errors import NoData
from sagemaker_analyzer.model import Analysis, Feature, Numbers
from sagemaker_analyzer.results import results

# Java runs for seconds only, in which it does not pay to compile for speed.
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"


@pytest.fixture(scope="module")
def duckdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDB]:
    with duckdb_engine(tmp_path_factory.mktemp("duckdb"), threads=1) as engine:
        yield engine


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("JAVA_TOOL_OPTIONS", QUICK)
        with spark_engine("local[2]", host="127.0.0.1", scratch=tmp_path_factory.mktemp("spark")) as engine:
            yield engine


def task(tmp_path: Path, layout: Layout, *, baseline: Path | None = None, window: Window | None = None) -> Task:
    compared = Baseline(baseline / "constraints.json", baseline / "statistics.json") if baseline else None
    return Task(
        dataset=Dataset(tmp_path / "data", layout),
        output=tmp_path / "output",
        message=tmp_path / "message",
        metrics=tmp_path / "metrics",
        baseline=compared,
        window=window,
    )


def analyzed(engine: Engine, asked: Task, tmp_path: Path) -> Analysis:
    scratch = tmp_path / type(engine).__name__
    scratch.mkdir()
    return analyze(asked, engine, scratch=scratch)


def assert_alike(one: Analysis, other: Analysis) -> None:
    assert one.statistics.records == other.statistics.records
    assert [feature.name for feature in one.statistics.features] == [f.name for f in other.statistics.features]
    for a, b in zip(one.statistics.features, other.statistics.features, strict=True):
        assert_same_feature(a, b)
    assert one.rejected == other.rejected
    assert [(said.feature, said.check) for said in one.violations] == [(v.feature, v.check) for v in other.violations]
    assert [drift.feature for drift in one.drifts] == [drift.feature for drift in other.drifts]
    for left, right in zip(one.drifts, other.drifts, strict=True):
        assert left.distance == pytest.approx(right.distance, abs=2 * rank_error())


def assert_same_feature(one: Feature, other: Feature) -> None:
    told = (one.inferred_type, one.present, one.missing, one.kinds, one.texts, one.completeness)
    assert told == (other.inferred_type, other.present, other.missing, other.kinds, other.texts, other.completeness)
    assert (one.numbers is None) == (other.numbers is None)
    if one.numbers and other.numbers:
        assert_same_numbers(one.numbers, other.numbers)


def assert_same_numbers(one: Numbers, other: Numbers) -> None:
    for name in ("mean", "sum", "std_dev"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-9, abs=1e-9), name
    assert (one.minimum, one.maximum) == (other.minimum, other.maximum)
    counts = np.cumsum([bucket.count for bucket in one.buckets])
    assert counts == pytest.approx(
        np.cumsum([bucket.count for bucket in other.buckets]), abs=2 * rank_error() * counts[-1]
    )


@pytest.mark.parametrize("load", [load_wine, load_diabetes])
def test_published_datasets_have_the_same_statistics(
    duckdb: DuckDB, spark: Spark, tmp_path: Path, load: object
) -> None:
    assert callable(load)
    found = load(as_frame=False)
    columns = {str(name): found.data[:, i] for i, name in enumerate(found.feature_names)}
    columns["target"] = found.target
    (tmp_path / "data").mkdir()
    for number, rows in enumerate((slice(0, 60), slice(60, None))):
        part = pa.table({name: values[rows] for name, values in columns.items()})
        pq.write_table(part, tmp_path / "data" / f"{number}.parquet")
    asked = task(tmp_path, Layout.PARQUET)

    assert_alike(analyzed(duckdb, asked, tmp_path), analyzed(spark, asked, tmp_path))


def test_captures_with_garbage_have_the_same_drift_and_rejections(
    duckdb: DuckDB, spark: Spark, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each file is a task of its own.
    monkeypatch.setattr("sagemaker_analyzer.reading.apart._ENOUGH", 1)
    chance = np.random.default_rng(5)

    def lines(shift: float) -> list[str]:
        values = zip(
            chance.normal(shift, 1, 3000), chance.choice(["a", "b", "1e-05", "0.00001", "1e300"], 3000), strict=True
        )
        return [
            capture(f"{number:.6f},{text},{i % 7}", "1" if number > 0 else "0")
            for i, (number, text) in enumerate(values)
        ]

    write(tmp_path / "data" / "0.jsonl", lines(0.0))
    first = tmp_path / "first"
    first.mkdir()
    suggested = analyzed(duckdb, task(tmp_path, Layout.CAPTURE), first)
    for name, form in results(task(tmp_path, Layout.CAPTURE), suggested).items():
        (tmp_path / name).write_text(json.dumps(form), encoding="utf-8")
    garbage = ["no json", capture("1,a", "1"), capture(side("<!>", encoding="PDF")), capture(',,"x, y"', "NaN"), "{}"]
    write(tmp_path / "data" / "0.jsonl", [*lines(0.5), *garbage])
    write(tmp_path / "data" / "deep" / "1.jsonl", [*lines(0.5), garbage[0][:-2]], end="")
    asked = task(tmp_path, Layout.CAPTURE, baseline=tmp_path)

    one, other = analyzed(duckdb, asked, tmp_path), analyzed(spark, asked, tmp_path)

    assert_alike(one, other)
    assert {"baseline_drift_check"} <= {said.check for said in other.violations}
    assert {part.kind for part in other.rejected} >= {"NotJson", "OtherColumns", "UnsupportedContent"}


def test_no_record_in_the_files_is_no_data_on_spark_too(spark: Spark, tmp_path: Path) -> None:
    write(tmp_path / "data" / "0.jsonl", ["no json"])

    with pytest.raises(NoData, match="1 could not be read"):
        analyzed(spark, task(tmp_path, Layout.CAPTURE), tmp_path)
