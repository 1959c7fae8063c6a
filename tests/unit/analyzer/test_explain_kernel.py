"""Attributions, and how their ranking is compared."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_diabetes, load_wine
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import ndcg_score
from sklearn.tree import DecisionTreeClassifier

from sagemaker_analyzer.contract.config import Aggregation, ShapConfig
from sagemaker_analyzer.explain.drift import description, ndcg
from sagemaker_analyzer.explain.encoding import encoding_of
from sagemaker_analyzer.explain.kernel import explained
from sagemaker_analyzer.explain.predictor import Matrix

DIABETES = load_diabetes()
WINE = load_wine()


def test_attributions_to_a_linear_model_are_its_weights_times_what_is_unusual() -> None:
    model = LinearRegression().fit(DIABETES.data, DIABETES.target)
    usual = DIABETES.data[:3]

    found = explained(lambda rows: model.predict(rows)[:, None], DIABETES.data[10:15], usual, ShapConfig())

    assert found.values[0] == pytest.approx(model.coef_ * (DIABETES.data[10:15] - usual.mean(axis=0)), abs=1e-6)


def test_the_attributions_of_a_record_add_up_to_its_prediction() -> None:
    model = DecisionTreeClassifier(max_depth=3).fit(WINE.data[:, :6], WINE.target)
    records = WINE.data[::30, :6]

    found = explained(model.predict_proba, records, WINE.data[:2, :6], ShapConfig(samples=60))

    assert found.values.shape == (3, len(records), 6)
    added = found.values.sum(axis=2) + found.expected[:, None]
    assert pytest.approx(model.predict_proba(records)) == added.T


def test_log_odds_are_explained_if_they_are_asked_for() -> None:
    data = WINE.data[:, :2] - WINE.data[:, :2].mean(axis=0)
    model = LogisticRegression().fit(data, WINE.target == 0)
    records = data[::40]

    found = explained(lambda rows: model.predict_proba(rows)[:, 1:], records, data[:1], ShapConfig(logit=True))

    assert found.values[0].sum(axis=1) + found.expected[0] == pytest.approx(model.decision_function(records))


def test_the_same_seed_draws_the_same_and_leaves_numpys_generator_as_it_was() -> None:
    def predict(rows: Matrix) -> Matrix:
        found: Matrix = np.prod(rows[:, :9], axis=1)[:, None]
        return found

    np.random.seed(7)
    expected = np.random.random()
    np.random.seed(7)
    records, usual = WINE.data[:2], WINE.data[50:51]

    one, same, other = (
        explained(predict, records, usual, ShapConfig(samples=40, seed=seed)).values for seed in (1, 1, 2)
    )

    assert (one == same).all()
    assert (one != other).any()
    assert np.random.random() == expected


def test_logs_say_nothing_of_single_records(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")

    explained(lambda rows: rows[:, :1], WINE.data[:3, :2], WINE.data[50:51, :2], ShapConfig())

    assert caplog.messages == []


def test_too_few_samples_are_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    explained(lambda rows: rows[:, :1], WINE.data[:3], WINE.data[50:51], ShapConfig(samples=4))

    assert caplog.messages == [
        "SHAP: Linear regression equation is singular, a least squares solutions is used instead."
    ]


def test_attributions_are_aggregated_as_asked() -> None:
    found = explained(
        lambda rows: rows[:, :1] * 2, np.array([[1.0, 5], [-3.0, 5], [0.0, 5]]), np.zeros((1, 2)), ShapConfig()
    )

    assert found.aggregated(Aggregation.MEAN_ABS) == pytest.approx(np.array([[8 / 3, 0]]))
    assert found.aggregated(Aggregation.MEAN_SQ) == pytest.approx(np.array([[40 / 3, 0]]))
    assert found.aggregated(Aggregation.MEDIAN) == pytest.approx(np.array([[0, 0]]))


def test_texts_and_missing_values_reach_the_model_as_they_were() -> None:
    rows = [("red", 1.5, None), (None, 2.0, 7.0), (3.0, None, -1.0)]

    encoding = encoding_of(rows)

    assert encoding.decoded(encoding.encoded(rows)) == [("red", 1.5, None), (None, 2.0, 7.0), ("3", None, -1.0)]


def test_the_documentations_reversed_ranking_is_a_drift() -> None:
    score = ndcg({"SAT": 0.70, "GPA": 0.50, "Rank": 0.05}, {"SAT": 0.10, "GPA": 0.20, "Rank": 0.70})

    assert round(score, 2) == 0.69
    assert description(0.5) == "Feature attribution drift 0.5 exceeds threshold 0.9"


@given(
    st.dictionaries(
        st.text(min_size=1), st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=2, max_size=8
    ).filter(lambda found: any(before for before, _ in found.values()))
)
def test_rankings_are_compared_as_scikit_learn_does(found: dict[str, tuple[float, float]]) -> None:
    before = {name: pair[0] for name, pair in found.items()}
    after = {name: found[name][1] for name in reversed(found)}

    score = ndcg(before, after)

    assert score == pytest.approx(ndcg_score([[before[n] for n in found]], [[after[n] for n in found]]))


def test_an_unchanged_ranking_has_the_score_one_whatever_the_sizes() -> None:
    assert ndcg({"a": 3, "b": -2, "c": 1}, {"a": 30, "b": 0.2, "c": 0.1}) == pytest.approx(1.0)
    assert ndcg({"only": 0.4}, {"only": 0.1}) == 1.0
    assert ndcg({"a": 0, "b": 0}, {"a": 1, "b": 0}) == 1.0
