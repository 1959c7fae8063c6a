"""Distances are those of SciPy, and constraints that do not hold are told in Model Monitor's words."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import load_breast_cancer, load_wine

from sagemaker_analyzer.checks.checks import drifts, violations
from sagemaker_analyzer.checks.constraints import (
    CategoricalMethod,
    Config,
    Constraints,
    FeatureConstraint,
    Method,
    suggest,
)
from sagemaker_analyzer.checks.distances import categorical_distance, numeric_distance
from sagemaker_analyzer.engine.sketches import Sketcher, rank_error
from sagemaker_analyzer.model import Bucket, Feature, InferredType, Kinds, Numbers, Sketch, Statistics, Texts
from sagemaker_analyzer.profile.distribution import Floats, buckets


def numbers(values: Floats) -> Numbers:
    sketcher = Sketcher()
    sketcher.add(np.ascontiguousarray(values, dtype=np.float64))
    low, high = float(values.min()), float(values.max())
    found = sketcher.sketch()
    return Numbers(values.mean(), values.sum(), values.std(), low, high, buckets(found, low, high), found)


def texts(values: Sequence[str]) -> Texts:
    counts = Counter(values)
    return Texts(len(counts), tuple(counts.most_common()))


def numeric(name: str, values: Floats, *, missing: int = 0, text: int = 0) -> Feature:
    whole = int(np.sum(values == np.floor(values)))
    kind = InferredType.INTEGRAL if whole == len(values) else InferredType.FRACTIONAL
    kinds = Kinds(whole, len(values) - whole, text)
    return Feature(
        name, InferredType.STRING if text else kind, len(values) + text, missing, numbers(values), None, kinds
    )


def categorical(name: str, values: Sequence[str]) -> Feature:
    return Feature(name, InferredType.STRING, len(values), 0, None, texts(values), Kinds(0, 0, len(values)))


def checked(current: Feature, baseline: Feature, config: Config | None = None) -> dict[str, str]:
    """The descriptions of the violations, by check."""
    then = Statistics(baseline.present + baseline.missing, (baseline,))
    now = Statistics(current.present + current.missing, (current,))
    constraints = replace(suggest(then), config=config or Config())
    found = drifts(now, constraints, then)
    return {said.check: said.description for said in violations(now, constraints, found)}


@pytest.mark.parametrize("column", [0, 6, 9, 12])
def test_the_simple_distance_is_that_of_kolmogorov_and_smirnov(column: int) -> None:
    wine = load_wine()
    one, other = wine.data[wine.target == 0, column], wine.data[wine.target != 0, column]

    distance = numeric_distance(numbers(one), numbers(other), Method.SIMPLE)

    assert distance == pytest.approx(stats.ks_2samp(one, other).statistic, abs=1e-12)


def test_the_distance_of_many_values_is_within_the_error_of_two_sketches() -> None:
    generator = np.random.default_rng(1)
    one, other = generator.normal(size=60_000), generator.normal(0.3, 1.1, size=90_000)

    distance = numeric_distance(numbers(one), numbers(other), Method.SIMPLE)

    assert distance == pytest.approx(stats.ks_2samp(one, other).statistic, abs=2 * rank_error())


def test_the_robust_distance_takes_off_what_chance_may_do_to_few_samples() -> None:
    cancer = load_breast_cancer().data[:, 0]
    one, other = cancer[:60], cancer[60:200]
    simple = stats.ks_2samp(one, other).statistic

    distance = numeric_distance(numbers(one), numbers(other), Method.ROBUST)

    assert distance == pytest.approx(max(0, simple - 1.8 * math.sqrt(200 / (60 * 140))), abs=1e-12)
    assert numeric_distance(numbers(one[:5]), numbers(other), Method.ROBUST) == 0


def test_a_baseline_with_buckets_alone_is_compared_at_their_bounds() -> None:
    wine = load_wine().data[:, 0]
    then = replace(numbers(wine), sketch=None)

    assert numeric_distance(numbers(wine), then, Method.SIMPLE) == 0
    assert numeric_distance(numbers(wine + 100), then, Method.SIMPLE) == 1
    assert numeric_distance(numbers(wine - 100), then, Method.SIMPLE) == 1
    shifted = wine + 0.7
    bounds = np.histogram_bin_edges(wine, bins=10)
    expected = max(abs(np.mean(shifted < bound) - np.mean(wine < bound)) for bound in bounds[:-1])
    assert numeric_distance(numbers(shifted), then, Method.SIMPLE) == pytest.approx(expected, abs=1e-12)


def test_a_baseline_without_values_is_not_compared_with() -> None:
    wine = numbers(load_wine().data[:, 0])
    empty = Numbers(0, 0, 0, 0, 0)

    assert numeric_distance(wine, empty, Method.SIMPLE) is None
    assert numeric_distance(wine, replace(empty, sketch=Sketch(2048, 0.64, ((),))), Method.SIMPLE) is None
    assert numeric_distance(wine, replace(empty, buckets=(Bucket(0, 0, 0),)), Method.SIMPLE) is None


def test_the_distance_of_categories_is_the_greatest_difference_of_their_shares() -> None:
    one, other = texts("aaab"), texts("aabbc" * 10)

    assert categorical_distance(one, other, Method.SIMPLE, CategoricalMethod.L_INFINITY) == pytest.approx(0.35)


def test_the_distance_by_chi_squared_comes_from_scipys_statistic() -> None:
    observed, expected = {"a": 50, "b": 30, "c": 20}, {"a": 400, "b": 400, "c": 200}
    one, other = Texts(3, tuple(observed.items())), Texts(3, tuple(expected.items()))

    distance = categorical_distance(one, other, Method.SIMPLE, CategoricalMethod.CHI_SQUARED)

    chi_squared = stats.chisquare([50, 30, 20], [40, 40, 20]).statistic
    assert distance == pytest.approx(math.sqrt(chi_squared / 100))
    robust = categorical_distance(one, other, Method.ROBUST, CategoricalMethod.CHI_SQUARED)
    assert robust == pytest.approx(math.sqrt((chi_squared - 2) / 100))


def test_rare_categories_are_joined_before_chi_squared_is_taken() -> None:
    observed, expected = {"a": 60, "b": 38, "c": 1, "d": 1}, {"a": 60, "b": 36, "c": 3, "d": 1}
    one, other = Texts(4, tuple(observed.items())), Texts(4, tuple(expected.items()))

    distance = categorical_distance(one, other, Method.SIMPLE, CategoricalMethod.CHI_SQUARED)

    # d and c become one category of 4, of three categories; that is one too many below 5, and so it is joined to b.
    assert distance == pytest.approx(math.sqrt(stats.chisquare([60, 40], [60, 40]).statistic / 100), abs=1e-12)


def test_the_same_data_violates_nothing() -> None:
    values = load_wine().data[:, 12]

    assert checked(numeric("a", values), numeric("a", values)) == {}
    assert checked(categorical("a", "aab" * 20), categorical("a", "aab" * 20)) == {}


def test_drift_is_told_with_distance_and_threshold() -> None:
    values = load_wine().data[:, 12]

    said = checked(numeric("a", values + 500), numeric("a", values))

    match = re.search("distance: (.+) exceeds threshold: (.+)", said["baseline_drift_check"])
    assert match is not None
    expected = stats.ks_2samp(values, values + 500).statistic - 1.8 * math.sqrt(2 / len(values))
    assert float(match[1]) == pytest.approx(expected)
    assert match[2] == "0.1"


def test_values_of_another_type_are_told_with_their_share() -> None:
    said = checked(numeric("a", np.array([1, 2, 3.5, 4])), numeric("a", np.array([1.0, 2, 3, 4])))

    assert said["data_type_check"] == (
        "Data type match requirement is not met. Expected data type: Integral, Expected match: 100.0%."
        " Observed: Only 75.0% of data is Integral."
    )


def test_a_few_texts_do_not_hide_the_drift_of_the_numbers() -> None:
    values = load_wine().data[:, 12]

    said = checked(numeric("a", values + 500, text=2), numeric("a", values))

    assert {"data_type_check", "baseline_drift_check"} == set(said)


def test_whole_numbers_are_fractions_too() -> None:
    generator = np.random.default_rng(2)

    assert checked(numeric("a", np.array([1.0, 2.0])), numeric("a", generator.normal(2, 1, size=50) ** 2)) == {}


def test_thresholds_leave_room() -> None:
    current, baseline = numeric("a", np.array([1, 2, 3, 4.5])), numeric("a", np.array([1.0, 2, 3, 4]))

    assert "data_type_check" not in checked(current, baseline, Config(type_threshold=0.75))
    assert "data_type_check" in checked(current, baseline, Config(type_threshold=0.76))


def test_missing_values_are_told() -> None:
    values = np.array([1.5, 2.5, 3.5])

    assert "Only 75.0%" in checked(numeric("a", values, missing=1), numeric("a", values))["completeness_check"]


def test_negative_values_are_told() -> None:
    said = checked(numeric("a", np.array([-1.5, 2.5])), numeric("a", np.array([1.5, 2.5])))

    assert "Observed minimum: -1.5" in said["data_type_check"]


def test_unknown_categories_are_told() -> None:
    said = checked(categorical("a", "aaabbbbx"), categorical("a", "ab" * 20))

    assert "Only 87.5% of values are known; the most frequent unknown value: 'x'" in said["categorical_values_check"]


def test_columns_that_are_missing_or_new_are_told() -> None:
    values = np.array([1.5, 2.5])
    then, now = (Statistics(2, tuple(numeric(n, values) for n in names)) for names in (("a", "b"), ("b", "c", "d")))

    said = violations(now, suggest(then))

    assert [(v.feature, v.check) for v in said] == [
        ("a", "missing_column_check"),
        ("c", "extra_column_check"),
        ("d", "extra_column_check"),
    ]


def test_a_feature_may_be_left_out_by_its_overrides() -> None:
    values = np.array([1.5, 2.5])
    quiet = FeatureConstraint("a", InferredType.INTEGRAL, completeness=1.0, config=Config(evaluate=False))
    strict = FeatureConstraint("b", InferredType.INTEGRAL, completeness=1.0)
    gone = FeatureConstraint("c", InferredType.INTEGRAL, config=Config(evaluate=False))
    now = Statistics(3, (numeric("a", values, missing=1), numeric("b", values, missing=1)))

    said = violations(now, Constraints((quiet, strict, gone)))

    assert {(v.feature, v.check) for v in said} == {("b", "data_type_check"), ("b", "completeness_check")}


def test_no_comparison_is_made_where_it_is_disabled() -> None:
    values = load_wine().data[:, 12]

    assert checked(numeric("a", values + 500), numeric("a", values), Config(compare=False)) == {}
