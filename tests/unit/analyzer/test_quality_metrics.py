"""The metrics of models are those of scikit-learn, and in the form that Model Monitor documents."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from quality import QualityJob
from sklearn import metrics as sk
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris
from sklearn.dummy import DummyClassifier

SHARES = ("f0_5", "f1", "f2")
BETAS = dict(zip(SHARES, (0.5, 1.0, 2.0), strict=True))


@pytest.fixture
def job(tmp_path: Path) -> Callable[[str], QualityJob]:
    return lambda problem: QualityJob(tmp_path, problem)


def scored() -> tuple[Any, Any, Any]:
    """Of the breast cancer data the truth, a poor score by one feature alone, with ties, and the labels from it."""
    data, true = load_breast_cancer(return_X_y=True)
    radius = np.round(data[:, 0] / data[:, 0].max(), 2)
    score = 1 - radius
    return true, score, (score >= 0.55).astype(int)


def test_a_regression_is_measured_as_by_scikit_learn(job: Callable[[str], QualityJob]) -> None:
    data, true = load_diabetes(return_X_y=True)
    given = 150 + 900 * data[:, 2]

    done = job("Regression")
    assert done.dataset({"inference": given.tolist(), "ground_truth": true.tolist()}) == 0

    assert list(done.metrics) == ["mae", "mse", "rmse", "r2"]
    assert done.value("mae") == pytest.approx(sk.mean_absolute_error(true, given), rel=1e-12)
    assert done.value("mse") == pytest.approx(sk.mean_squared_error(true, given), rel=1e-12)
    assert done.value("rmse") == pytest.approx(sk.root_mean_squared_error(true, given), rel=1e-12)
    assert done.value("r2") == pytest.approx(sk.r2_score(true, given), rel=1e-12)
    assert done.file("statistics.json")["dataset"]["item_count"] == 442


def test_two_classes_are_measured_as_by_scikit_learn(job: Callable[[str], QualityJob]) -> None:
    true, score, given = scored()

    done = job("BinaryClassification")
    assert done.dataset({"inference": given, "probability": score.tolist(), "ground_truth": true}) == 0

    matrix = sk.confusion_matrix(true, given)
    assert done.metrics["confusion_matrix"] == {str(t): {str(g): matrix[t][g] for g in (0, 1)} for t in (0, 1)}
    assert done.value("recall") == pytest.approx(sk.recall_score(true, given))
    assert done.value("true_positive_rate") == pytest.approx(sk.recall_score(true, given))
    assert done.value("true_negative_rate") == pytest.approx(sk.recall_score(true, given, pos_label=0))
    assert done.value("false_positive_rate") == pytest.approx(1 - sk.recall_score(true, given, pos_label=0))
    assert done.value("false_negative_rate") == pytest.approx(1 - sk.recall_score(true, given))
    assert done.value("precision") == pytest.approx(sk.precision_score(true, given))
    assert done.value("accuracy") == pytest.approx(sk.accuracy_score(true, given))
    assert done.value("auc") == pytest.approx(sk.roc_auc_score(true, score), rel=1e-12)
    for name, beta in BETAS.items():
        assert done.value(name) == pytest.approx(sk.fbeta_score(true, given, beta=beta))


def test_the_best_constant_classifier_of_two_classes_always_says_yes(job: Callable[[str], QualityJob]) -> None:
    true, _, given = scored()
    always = DummyClassifier(strategy="constant", constant=1).fit(true.reshape(-1, 1), true).predict(true)

    done = job("BinaryClassification")
    done.dataset({"inference": given, "ground_truth": true})

    assert done.value("precision_best_constant_classifier") == pytest.approx(sk.precision_score(true, always))
    assert done.value("accuracy_best_constant_classifier") == pytest.approx(sk.accuracy_score(true, always))
    for name, beta in BETAS.items():
        expected = sk.fbeta_score(true, always, beta=beta)
        assert done.value(f"{name}_best_constant_classifier") == pytest.approx(expected)


def test_curves_are_those_of_scikit_learn(job: Callable[[str], QualityJob]) -> None:
    true, score, given = scored()

    done = job("BinaryClassification")
    done.dataset({"inference": given, "probability": score.tolist(), "ground_truth": true})

    fpr, tpr, _ = sk.roc_curve(true, score, drop_intermediate=False)
    roc = done.metrics["receiver_operating_characteristic_curve"]
    assert roc["false_positive_rates"] == pytest.approx(fpr)
    assert roc["true_positive_rates"] == pytest.approx(tpr)
    precision, recall, _ = sk.precision_recall_curve(true, score)
    curve = done.metrics["precision_recall_curve"]
    assert curve["recalls"][1:] == pytest.approx(recall[:-1][::-1])
    assert curve["precisions"][1:] == pytest.approx(precision[:-1][::-1])
    assert (curve["recalls"][0], curve["precisions"][0]) == (0, curve["precisions"][1])


def test_a_curve_of_many_probabilities_keeps_its_ends_and_its_area(job: Callable[[str], QualityJob]) -> None:
    chance = np.random.default_rng(7)
    true = chance.integers(0, 2, 5000)
    score = np.clip(true * 0.2 + chance.random(5000) * 0.8, 0, 1)

    done = job("BinaryClassification")
    done.dataset({"probability": score.tolist(), "ground_truth": true}, probability_threshold_attribute="0.5")

    roc = done.metrics["receiver_operating_characteristic_curve"]
    assert len(roc["false_positive_rates"]) == 1001
    assert (roc["false_positive_rates"][0], roc["true_positive_rates"][0]) == (0, 0)
    assert (roc["false_positive_rates"][-1], roc["true_positive_rates"][-1]) == (1, 1)
    assert done.value("auc") == pytest.approx(sk.roc_auc_score(true, score), rel=1e-12)
    area = sk.auc(roc["false_positive_rates"], roc["true_positive_rates"])
    assert area == pytest.approx(done.value("auc"), abs=1e-3)


def test_labels_are_made_of_probabilities_from_the_threshold_on(job: Callable[[str], QualityJob]) -> None:
    true, score, _ = scored()
    given = score >= 0.6

    done = job("BinaryClassification")
    columns = {"probability": score.tolist(), "ground_truth": ["sick" if not t else "well" for t in true]}
    done.dataset(columns, probability_threshold_attribute="0.6")

    assert done.value("f1") == pytest.approx(sk.f1_score(true, given))
    assert list(done.metrics["confusion_matrix"]) == ["sick", "well"]


@pytest.mark.parametrize("load", [load_iris, load_digits])
def test_many_classes_are_measured_as_by_scikit_learn(load: Any, job: Callable[[str], QualityJob]) -> None:
    data, classes = load(return_X_y=True)
    true = classes.astype(str)
    given = np.where(data[:, 2] % 3 == 1, np.roll(true, 40), true)

    done = job("MulticlassClassification")
    done.dataset({"inference": given, "ground_truth": true})

    labels = sorted(set(true))
    matrix = sk.confusion_matrix(true, given, labels=labels).tolist()
    assert done.metrics["confusion_matrix"] == {
        label: dict(zip(labels, row, strict=True)) for label, row in zip(labels, matrix, strict=True)
    }
    always = DummyClassifier(strategy="most_frequent").fit(data, true).predict(data)
    for suffix, said in (("", given), ("_best_constant_classifier", always)):
        precision = sk.precision_score(true, said, average="weighted", zero_division=0)
        assert done.value(f"accuracy{suffix}") == pytest.approx(sk.accuracy_score(true, said))
        assert done.value(f"weighted_precision{suffix}") == pytest.approx(precision)
        assert done.value(f"weighted_recall{suffix}") == pytest.approx(sk.recall_score(true, said, average="weighted"))
        for name, beta in BETAS.items():
            expected = sk.fbeta_score(true, said, beta=beta, average="weighted", zero_division=0)
            assert done.value(f"weighted_{name}{suffix}") == pytest.approx(expected)


def test_the_documented_example_of_two_classes_has_the_documented_metrics(job: Callable[[str], QualityJob]) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html"""
    done = job("BinaryClassification")
    done.dataset({"inference": [0, 1, 1, 1], "ground_truth": [0, 0, 0, 1]})

    assert done.metrics == {
        "confusion_matrix": {"0": {"0": 1, "1": 2}, "1": {"0": 0, "1": 1}},
        **{
            name: {"value": pytest.approx(value), "standard_deviation": "NaN"}
            for name, value in {
                "recall": 1.0,
                "precision": 0.3333333333333333,
                "accuracy": 0.5,
                "recall_best_constant_classifier": 1.0,
                "precision_best_constant_classifier": 0.25,
                "accuracy_best_constant_classifier": 0.25,
                "true_positive_rate": 1.0,
                "true_negative_rate": 0.33333333333333337,
                "false_positive_rate": 0.6666666666666666,
                "false_negative_rate": 0.0,
                "f0_5": 0.3846153846153846,
                "f1": 0.5,
                "f2": 0.7142857142857143,
                "f0_5_best_constant_classifier": 0.29411764705882354,
                "f1_best_constant_classifier": 0.4,
                "f2_best_constant_classifier": 0.625,
            }.items()
        },
    }


def test_the_documented_example_of_many_classes_has_the_documented_metrics(job: Callable[[str], QualityJob]) -> None:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html"""
    true = ["0"] * 1690 + ["1"] * 406
    given = ["0"] * 1180 + ["1"] * 510 + ["0"] * 268 + ["1"] * 138

    done = job("MulticlassClassification")
    done.dataset({"inference": given, "ground_truth": true})

    assert done.metrics["confusion_matrix"] == {"0": {"0": 1180, "1": 510}, "1": {"0": 268, "1": 138}}
    documented = {
        "accuracy": 0.6288167938931297,
        "weighted_recall": 0.6288167938931297,
        "weighted_precision": 0.6983172269629505,
        "weighted_f0_5": 0.6803947317178771,
        "weighted_f1": 0.6571162346664904,
        "weighted_f2": 0.6384024354394601,
    }
    assert {name: done.value(name) for name in documented} == pytest.approx(documented, rel=1e-12)


def test_metrics_of_two_hundred_records_have_a_deviation_and_of_fewer_have_none(
    job: Callable[[str], QualityJob],
) -> None:
    data, true = load_diabetes(return_X_y=True)
    given = 150 + 900 * data[:, 2]
    done = job("Regression")

    done.dataset({"inference": given[:200].tolist(), "ground_truth": true[:200].tolist()})
    deviation = done.metrics["mae"]["standard_deviation"]
    # A mean of 80 % of the records, drawn without putting back, varies by this much.
    expected = np.abs(given - true)[:200].std() * np.sqrt(0.2 / 160)
    assert expected / 4 < deviation < expected * 4

    done.dataset({"inference": given[:199].tolist(), "ground_truth": true[:199].tolist()})
    assert done.metrics["mae"]["standard_deviation"] == "NaN"


def test_runs_over_the_same_records_have_the_same_deviations(job: Callable[[str], QualityJob]) -> None:
    true, score, given = scored()
    done = job("BinaryClassification")
    columns = {"inference": given, "probability": score.tolist(), "ground_truth": true}

    done.dataset(columns)
    first = done.metrics
    done.dataset(columns)

    assert done.metrics == first
    assert first["auc"]["standard_deviation"] > 0


def test_what_is_divided_by_nothing_is_not_a_number_and_no_violation(job: Callable[[str], QualityJob]) -> None:
    done = job("BinaryClassification")
    assert done.dataset({"inference": [0, 0, 0], "ground_truth": [0, 0, 0]}) == 0

    assert done.metrics["recall"]["value"] == "NaN"
    assert done.metrics["accuracy"]["value"] == 1.0
    assert "recall" not in done.file("constraints.json")["binary_classification_constraints"]


def test_labels_are_the_same_however_they_are_written(job: Callable[[str], QualityJob]) -> None:
    done = job("BinaryClassification")
    done.dataset({"inference": ["1.0", "0", "True", "false"], "ground_truth": ["1", "0.0", "1", "0"]})

    assert done.metrics["confusion_matrix"] == {"0": {"0": 2, "1": 0}, "1": {"0": 0, "1": 2}}
