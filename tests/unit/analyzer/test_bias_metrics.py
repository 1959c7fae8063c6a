"""The metrics of bias, against fairness libraries, SciPy, scikit-learn and the examples of Clarify's documentation."""

import math
from collections.abc import Callable

import fairlearn.metrics as fair
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, precision_score, recall_score
from sklearn.neighbors import NearestNeighbors

from sagemaker_analyzer.bias.cells import Cells, Undefined
from sagemaker_analyzer.bias.flips import flips
from sagemaker_analyzer.bias.metrics import POST_TRAINING, PRE_TRAINING

DEFINITIONS = {definition.name: definition for definition in (*PRE_TRAINING, *POST_TRAINING)}


def cells(
    sensitive: ArrayLike,
    label: ArrayLike,
    positive: ArrayLike,
    predicted: ArrayLike | None = None,
    group: ArrayLike | None = None,
) -> Cells:
    """One cell for each record."""
    return Cells(
        sensitive=np.asarray(sensitive, bool),
        label=np.asarray(label, np.int64),
        positive=np.asarray(positive, bool),
        count=np.ones(len(np.asarray(sensitive)), np.int64),
        predicted=None if predicted is None else np.asarray(predicted, bool),
        group=None if group is None else np.asarray(group, np.int64),
    )


def value(name: str, of: Cells) -> float:
    return DEFINITIONS[name].of(of)


class Tumours:
    """scikit-learn's breast cancer data: smooth tumours are the facet, "benign" is the favourable outcome."""

    data = load_breast_cancer()
    features = data.data[:, :4]
    sensitive = data.data[:, 4] < 0.09
    truth = data.target == 1
    group = np.digitize(data.data[:, 5], [0.07, 0.13])
    # A weak model, or there would be no errors to compare.
    predicted = LogisticRegression().fit(features[:200, :1], truth[:200]).predict(features[:, :1])
    cells = cells(sensitive, truth, truth, predicted, group)


@pytest.fixture(scope="module")
def tumours() -> Tumours:
    return Tumours()


def test_class_imbalance_is_the_difference_of_the_sizes_by_their_sum(tumours: Tumours) -> None:
    facet = tumours.sensitive.sum()
    others = len(tumours.sensitive) - facet

    assert value("CI", tumours.cells) == pytest.approx((others - facet) / (others + facet))


@pytest.mark.parametrize(("name", "which"), [("DPL", "truth"), ("DPPL", "predicted")])
def test_differences_of_proportions_are_fairlearns_selection_rates(tumours: Tumours, name: str, which: str) -> None:
    rates = fair.MetricFrame(
        metrics=fair.selection_rate,
        y_true=tumours.truth,
        y_pred=getattr(tumours, which),
        sensitive_features=tumours.sensitive,
    ).by_group

    assert value(name, tumours.cells) == pytest.approx(rates[False] - rates[True])
    assert abs(value(name, tumours.cells)) == pytest.approx(
        fair.demographic_parity_difference(tumours.truth, getattr(tumours, which), sensitive_features=tumours.sensitive)
    )


def test_disparate_impact_is_fairlearns_ratio_of_demographic_parity(tumours: Tumours) -> None:
    ratio = fair.demographic_parity_ratio(tumours.truth, tumours.predicted, sensitive_features=tumours.sensitive)

    found = value("DI", tumours.cells)

    assert min(found, 1 / found) == pytest.approx(ratio)


@pytest.mark.parametrize(
    ("name", "rate", "sign"),
    [
        ("RD", fair.true_positive_rate, 1),
        ("SD", fair.true_negative_rate, -1),
        ("AD", accuracy_score, 1),
        ("DAR", precision_score, 1),
        ("DRR", lambda truth, predicted: precision_score(1 - truth, 1 - predicted), -1),
    ],
)
def test_differences_of_rates_are_those_of_fairlearns_groups(
    tumours: Tumours, name: str, rate: Callable[..., float], sign: int
) -> None:
    rates = fair.MetricFrame(
        metrics=rate,
        y_true=tumours.truth.astype(int),
        y_pred=tumours.predicted.astype(int),
        sensitive_features=tumours.sensitive,
    ).by_group

    assert value(name, tumours.cells) == pytest.approx(sign * (rates[False] - rates[True]))


def test_recalls_are_scikit_learns(tumours: Tumours) -> None:
    others, facet = (
        recall_score(tumours.truth[side], tumours.predicted[side]) for side in (~tumours.sensitive, tumours.sensitive)
    )

    assert value("RD", tumours.cells) == pytest.approx(others - facet)


def test_conditional_outcomes_are_the_examples_of_the_documentation() -> None:
    # 100 of a, 50 of d; 60 and 30 were rejected by the model, 50 and 40 by the labels.
    sensitive = [False] * 100 + [True] * 50
    observed = [True] * 50 + [False] * 50 + [True] * 10 + [False] * 40
    predicted = [True] * 40 + [False] * 60 + [True] * 20 + [False] * 30
    found = cells(sensitive, observed, observed, predicted)

    assert value("DCR", found) == pytest.approx(40 / 30 - 50 / 60)
    assert value("DCA", found) == pytest.approx(50 / 40 - 10 / 20)


def test_specificities_are_the_example_of_the_documentation() -> None:
    # Of facet a: TN 20, FN 5, FP 10, TP 65; of facet d: TN 18, FN 7, FP 5, TP 20.
    sensitive = [False] * 100 + [True] * 50
    predicted = [False] * 25 + [True] * 75 + [False] * 25 + [True] * 25
    observed = [False] * 20 + [True] * 5 + [False] * 10 + [True] * 65 + [False] * 18 + [True] * 7
    observed += [False] * 5 + [True] * 20
    found = cells(sensitive, observed, observed, predicted)

    assert value("SD", found) == pytest.approx(0.1159, abs=1e-4)
    assert value("TE", found) == pytest.approx(7 / 5 - 5 / 10)


def test_the_divergence_of_labels_is_the_example_of_the_documentation() -> None:
    found = cells([False] * 10 + [True] * 10, [1] * 8 + [0] * 2 + [1] * 3 + [0] * 7, [True] * 20)

    assert value("KL", found) == pytest.approx(0.53, abs=5e-3)


@pytest.mark.parametrize("name", ["KL", "JS", "LP", "TVD", "KS"])
def test_distances_of_many_labels_are_scipys_and_numpys(name: str) -> None:
    data = load_wine()
    sensitive = data.data[:, 0] > 12.8
    others, facet = (np.bincount(data.target[side], minlength=3) / side.sum() for side in (~sensitive, sensitive))
    expected = {
        "KL": entropy(others, facet),
        "JS": jensenshannon(others, facet) ** 2,
        "LP": np.sqrt(((others - facet) ** 2).sum()),
        "TVD": np.abs(others - facet).sum() / 2,
        "KS": np.abs(others - facet).max(),
    }

    assert value(name, cells(sensitive, data.target, data.target == 1)) == pytest.approx(expected[name])


def test_distances_count_labels_that_one_side_does_not_have() -> None:
    found = cells([False, False, True, True], [0, 1, 1, 1], [False, True, True, True])

    assert value("KL", found) == math.inf
    assert value("TVD", found) == pytest.approx(0.5)


@pytest.mark.parametrize(("name", "which"), [("CDDL", "truth"), ("CDDPL", "predicted")])
def test_conditional_disparities_weigh_each_group_by_its_size(tumours: Tumours, name: str, which: str) -> None:
    accepted = getattr(tumours, which).astype(bool)
    expected = 0.0
    for group in np.unique(tumours.group):
        inside = tumours.group == group
        rejected_part = tumours.sensitive[inside & ~accepted].mean() if (inside & ~accepted).any() else 0.0
        accepted_part = tumours.sensitive[inside & accepted].mean() if (inside & accepted).any() else 0.0
        expected += inside.mean() * (rejected_part - accepted_part)

    assert value(name, tumours.cells) == pytest.approx(expected)


def test_generalized_entropy_is_half_the_squared_variation_of_benefits(tumours: Tumours) -> None:
    benefits = tumours.predicted.astype(float) - tumours.truth + 1

    assert value("GE", tumours.cells) == pytest.approx((benefits.std() / benefits.mean()) ** 2 / 2)


def test_the_flip_test_is_above_zero_when_the_facet_is_refused_what_others_like_it_get() -> None:
    features = np.arange(40, dtype=float)[:, None]
    sensitive = np.arange(40) % 2 == 0

    refused = flips(features, sensitive, ~sensitive)
    favoured = flips(features, sensitive, sensitive)

    assert (refused.value, favoured.value) == (1.0, -1.0)


def test_the_flip_test_asks_the_five_nearest_others(tumours: Tumours) -> None:
    others = tumours.features[~tumours.sensitive]
    nearest = NearestNeighbors(n_neighbors=5).fit(others).kneighbors(tumours.features[tumours.sensitive])[1]
    expected = tumours.predicted[~tumours.sensitive][nearest].mean(axis=1) > 0.5
    given = tumours.predicted[tumours.sensitive].astype(bool)

    found = flips(tumours.features, tumours.sensitive, tumours.predicted.astype(bool))

    assert found.value == pytest.approx(((~given & expected).sum() - (given & ~expected).sum()) / len(given))


@pytest.mark.parametrize("sensitive", [[True] * 4, [False] * 4])
def test_a_facet_of_nobody_or_everybody_has_no_metrics_and_says_why(sensitive: list[bool]) -> None:
    found = cells(sensitive, [0, 1, 0, 1], [False, True] * 2, [True] * 4, [0] * 4)

    for name in sorted(set(DEFINITIONS) - {"GE"}):
        with pytest.raises(Undefined, match="belongs to the facet"):
            value(name, found)


def test_ratios_without_a_denominator_are_zero_or_infinite_and_infinities_do_not_differ() -> None:
    # Nobody of facet d is given anything; facet a has no false positives and so an infinite ratio of errors.
    found = cells([False] * 3 + [True] * 2, [1, 1, 0, 0, 0], [True, True, False, False, False], [True] + [False] * 4)
    both = cells([False, True], [1, 1], [True, True], [False, False])

    assert value("DI", found) == 0.0
    assert value("TE", found) == -math.inf
    assert value("TE", both) == 0.0


@given(st.lists(st.tuples(*[st.booleans()] * 3, st.integers(0, 2)), min_size=2, max_size=40))
def test_counting_records_that_are_alike_changes_no_metric(records: list[tuple[bool, bool, bool, int]]) -> None:
    sensitive, truth, predicted, group = (np.array(column) for column in zip(*records, strict=True))
    one_by_one = cells(sensitive, truth.astype(int), truth, predicted, group)
    unique, counts = np.unique(np.array(records, int), axis=0, return_counts=True)
    counted = Cells(unique[:, 0] > 0, unique[:, 1], unique[:, 1] > 0, counts, unique[:, 2] > 0, unique[:, 3])

    for definition in DEFINITIONS.values():
        try:
            expected = definition.of(one_by_one)
        except Undefined as reason:
            with pytest.raises(Undefined, match=str(reason)):
                definition.of(counted)
        else:
            assert definition.of(counted) == pytest.approx(expected)
