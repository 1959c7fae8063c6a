"""Statistics of datasets that come with scikit-learn are those of NumPy, and their files are as SageMaker documents them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pyarrow as pa
import pytest
from schemas import CONSTRAINTS, STATISTICS
from sklearn.datasets import load_breast_cancer, load_iris, load_wine

from sagemaker_analyzer.checks.constraints import CategoricalMethod, suggest
from sagemaker_analyzer.engine.duckdb import DuckDB, duckdb_engine
from sagemaker_analyzer.engine.sketches import rank_error
from sagemaker_analyzer.errors import BadBaseline
from sagemaker_analyzer.files.constraints_file import constraints_form, read_constraints
from sagemaker_analyzer.files.statistics_file import read_statistics, statistics_form
from sagemaker_analyzer.model import InferredType, Statistics
from sagemaker_analyzer.profile.distribution import distribution
from sagemaker_analyzer.profile.statistics import profile
from sagemaker_analyzer.reading.rejected import Tally
from sagemaker_analyzer.reading.stage import Stage
from sagemaker_analyzer.reading.values import of_arrow


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDB]:
    with duckdb_engine(tmp_path_factory.mktemp("scratch"), threads=1) as engine:
        yield engine


def profiled(engine: DuckDB, directory: Path, columns: Mapping[str, Any]) -> Statistics:
    directory.mkdir(exist_ok=True)
    stage = Stage(directory)
    stage.add("file", [of_arrow(pa.array(values)) for values in columns.values()], tuple(columns))
    return profile(engine, stage.close(Tally()))


@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer])
def test_statistics_are_those_of_numpy_and_the_file_is_as_documented(engine: DuckDB, tmp_path: Path, load: Any) -> None:
    data = load()
    columns = {name: data.data[:, i] for i, name in enumerate(data.feature_names)}

    form = statistics_form(profiled(engine, tmp_path, columns))

    jsonschema.validate(json.loads(json.dumps(form)), STATISTICS)
    assert form["dataset"] == {"item_count": len(data.data)}
    for feature, (name, column) in zip(form["features"], columns.items(), strict=True):
        found = feature["numerical_statistics"]
        assert feature["name"] == name
        assert found["mean"] == pytest.approx(column.mean(), rel=1e-12)
        assert found["std_dev"] == pytest.approx(column.std(), rel=1e-12)
        assert (found["min"], found["max"]) == (column.min(), column.max())
        buckets = found["distribution"]["kll"]["buckets"]
        counts, bounds = np.histogram(column, bins=10)
        assert [bucket["count"] for bucket in buckets] == list(counts)
        assert [bucket["lower_bound"] for bucket in buckets] == pytest.approx(list(bounds[:-1]))


def test_quantiles_of_many_values_are_within_the_stated_error(engine: DuckDB, tmp_path: Path) -> None:
    numbers = np.random.default_rng(5).gamma(2.0, size=100_000)

    feature = profiled(engine, tmp_path, {"a": numbers}).features[0]

    assert feature.numbers is not None
    assert feature.numbers.sketch is not None
    found = distribution(feature.numbers.sketch)
    points = np.quantile(numbers, [0.01, 0.25, 0.5, 0.75, 0.99])
    assert found.not_above(points) / len(numbers) == pytest.approx([0.01, 0.25, 0.5, 0.75, 0.99], abs=rank_error())


def test_types_are_inferred_by_deequs_rule(engine: DuckDB, tmp_path: Path) -> None:
    columns = {
        "whole": [1, 2, None],
        "fraction": [1.0, 2.0, 3.0],
        "text": ["1", "2", "x"],
        "flag": [True, False, None],
        "nothing": pa.nulls(3, pa.string()),
    }

    statistics = profiled(engine, tmp_path, columns)

    types = {feature.name: feature.inferred_type.value for feature in statistics.features}
    assert types == {
        "whole": "Integral",
        "fraction": "Fractional",
        "text": "String",
        "flag": "String",
        "nothing": "Unknown",
    }
    assert [feature.completeness for feature in statistics.features] == pytest.approx([2 / 3, 1, 1, 2 / 3, 0])
    jsonschema.validate(statistics_form(statistics), STATISTICS)


def test_a_feature_that_never_changes_has_one_bucket(engine: DuckDB, tmp_path: Path) -> None:
    form = statistics_form(profiled(engine, tmp_path, {"a": [4.5, 4.5]}))

    kll = form["features"][0]["numerical_statistics"]["distribution"]["kll"]
    assert kll["buckets"] == [{"lower_bound": 4.5, "upper_bound": 4.5, "count": 2}]


def test_statistics_come_back_from_their_file(engine: DuckDB, tmp_path: Path) -> None:
    wine = load_wine()
    columns = {
        "alcohol": wine.data[:, 0],
        "kind": [wine.target_names[i] for i in wine.target],
        "no": [None] * len(wine.target),
    }
    statistics = profiled(engine, tmp_path / "stage", columns)
    path = tmp_path / "statistics.json"
    path.write_text(json.dumps(statistics_form(statistics)))

    again = read_statistics(path)

    assert again.records == 178
    assert again.features[0].numbers == statistics.features[0].numbers
    assert again.features[1].texts == statistics.features[1].texts
    assert again.features[2].inferred_type is InferredType.UNKNOWN


def test_suggested_constraints_hold_what_the_data_shows(engine: DuckDB, tmp_path: Path) -> None:
    columns = {
        "below": [-1.5, 2.0] * 50,
        "above": [0, 3] * 50,
        "kind": ["b", "a", "a", None] * 25,
        "id": [f"id{i}" for i in range(100)],
    }
    constraints = suggest(
        profiled(engine, tmp_path / "stage", columns), categorical_method=CategoricalMethod.CHI_SQUARED
    )
    form = constraints_form(constraints)
    path = tmp_path / "constraints.json"
    path.write_text(json.dumps(form))

    jsonschema.validate(form, CONSTRAINTS)
    below, above, kind, identity = form["features"]
    assert below["num_constraints"] == {"is_non_negative": False}
    assert above == {
        "name": "above",
        "inferred_type": "Integral",
        "completeness": 1.0,
        "num_constraints": {"is_non_negative": True},
    }
    assert (kind["completeness"], kind["string_constraints"]) == (0.75, {"domains": ["a", "b"]})
    assert "string_constraints" not in identity
    assert form["monitoring_config"]["distribution_constraints"]["categorical_drift_method"] == "ChiSquared"
    assert read_constraints(path) == constraints


FEATURE = {"name": "a", "inferred_type": "Integral"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not JSON"),
        ("[]", "the file is .*has to be an object"),
        ({"features": []}, "features is .*at least one"),
        ({"features": [FEATURE, FEATURE]}, "'a' twice"),
        ({"features": [{**FEATURE, "name": 3}]}, r"features\[0\].name is 3"),
        ({"features": [{**FEATURE, "inferred_type": "Text"}]}, "inferred_type .*Integral, Fractional, String, Unknown"),
        ({"features": [{**FEATURE, "completeness": 1.2}]}, r"completeness is 1.2; it has to be from 0 to 1"),
        ({"features": [{**FEATURE, "completeness": "all"}]}, "has to be a number"),
        (
            {"features": [FEATURE], "monitoring_config": {"datatype_check_threshold": -1}},
            "datatype_check_threshold is -1",
        ),
        ({"features": [FEATURE], "monitoring_config": {"evaluate_constraints": "on"}}, "Enabled or Disabled"),
        (
            {"features": [FEATURE], "monitoring_config": {"distribution_constraints": {"comparison_threshold": 10}}},
            "monitoring_config.distribution_constraints.comparison_threshold is 10",
        ),
        (
            {"features": [FEATURE], "monitoring_config": {"distribution_constraints": {"comparison_method": "Best"}}},
            "may be Simple, Robust",
        ),
        (
            {"features": [{**FEATURE, "monitoringConfigOverrides": {"domain_content_threshold": 2}}]},
            r"features\[0\].monitoringConfigOverrides.domain_content_threshold is 2",
        ),
    ],
)
def test_constraints_that_make_no_sense_are_refused_where_they_stand(
    tmp_path: Path, content: object, words: str
) -> None:
    path = tmp_path / "constraints.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))

    with pytest.raises(BadBaseline, match=words):
        read_constraints(path)


def test_a_baseline_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadBaseline, match="cannot be read"):
        read_statistics(tmp_path / "statistics.json")
