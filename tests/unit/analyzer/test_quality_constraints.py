"""How good a model has to be: suggested by a baseline, edited by people, compared, and refused where it makes no sense."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from quality import QualityJob
from schemas import QUALITY_CONSTRAINTS, QUALITY_STATISTICS, QUALITY_VIOLATIONS
from sklearn.datasets import load_breast_cancer, load_diabetes

from sagemaker_analyzer.contract.task import Problem

_, TRUE = load_breast_cancer(return_X_y=True)
GIVEN = [int(t) if i % 10 else 1 - int(t) for i, t in enumerate(TRUE)]
SCORES = [0.2 + 0.6 * given for given in GIVEN]
GOOD = {"inference": GIVEN, "probability": SCORES, "ground_truth": TRUE}


@pytest.fixture
def baseline(tmp_path: Path) -> QualityJob:
    """What the baselining job of a good model left behind."""
    done = QualityJob(tmp_path / "baseline", "BinaryClassification")
    assert done.dataset(GOOD) == 0
    return done


@pytest.fixture
def job(tmp_path: Path) -> QualityJob:
    return QualityJob(tmp_path / "job", "BinaryClassification")


def edited(baseline: QualityJob, **changes: Any) -> str:
    """The suggested constraints with some of a metric's entries changed, or replaced as a whole."""
    path = baseline.root / "out/constraints.json"
    form = json.loads(path.read_text())
    group = form["binary_classification_constraints"]
    for metric, change in changes.items():
        group[metric] = {**group.get(metric, {}), **change} if isinstance(change, dict) else change
    path.write_text(json.dumps(form))
    return str(path)


def test_a_baseline_suggests_what_the_model_just_fulfils(baseline: QualityJob) -> None:
    statistics, constraints = baseline.file("statistics.json"), baseline.file("constraints.json")

    jsonschema.validate(statistics, QUALITY_STATISTICS)
    jsonschema.validate(constraints, QUALITY_CONSTRAINTS)
    group = constraints["binary_classification_constraints"]
    assert {name for name, found in group.items() if found["comparison_operator"] == "GreaterThanThreshold"} == {
        "false_positive_rate",
        "false_negative_rate",
    }
    assert all(found["threshold"] == baseline.value(name) for name, found in group.items())
    assert len(group) == 11
    assert baseline.message == "Completed: Job completed successfully with no violations."


def test_the_errors_of_a_regression_may_not_grow_and_its_r2_not_fall(tmp_path: Path) -> None:
    data, true = load_diabetes(return_X_y=True)
    done = QualityJob(tmp_path, "Regression")
    done.dataset({"inference": (150 + 900 * data[:, 2]).tolist(), "ground_truth": true.tolist()})

    group = done.file("constraints.json")["regression_constraints"]
    assert {name: found["comparison_operator"] for name, found in group.items()} == {
        "mae": "GreaterThanThreshold",
        "mse": "GreaterThanThreshold",
        "rmse": "GreaterThanThreshold",
        "r2": "LessThanThreshold",
    }


def test_a_model_as_good_as_its_baseline_violates_nothing(baseline: QualityJob, job: QualityJob) -> None:
    assert job.dataset(GOOD, baseline_constraints=edited(baseline)) == 0

    assert job.file("constraint_violations.json") == {"violations": []}
    assert job.message == "Completed: Job completed successfully with no violations."


def test_a_model_that_got_worse_violates_what_its_baseline_fulfilled(baseline: QualityJob, job: QualityJob) -> None:
    worse = [given if i % 3 else 0 for i, given in enumerate(GIVEN)]
    job.dataset({"inference": worse, "ground_truth": TRUE}, baseline_constraints=edited(baseline))

    said = job.file("constraint_violations.json")
    jsonschema.validate(said, QUALITY_VIOLATIONS)
    found = {violation["metric_name"]: violation for violation in said["violations"]}
    assert {"recall", "accuracy", "f2", "false_negative_rate"} <= set(found)
    assert "true_negative_rate" not in found
    threshold = baseline.file("constraints.json")["binary_classification_constraints"]["f2"]["threshold"]
    metric = job.metrics["f2"]
    assert found["f2"] == {
        "metric_name": "f2",
        "constraint_check_type": "LessThanThreshold",
        "description": (
            f"Metric f2 with {metric['value']} +/- {metric['standard_deviation']} was LessThanThreshold {threshold}"
        ),
    }
    assert found["false_negative_rate"]["constraint_check_type"] == "GreaterThanThreshold"
    assert job.message.startswith(f"CompletedWithViolations: Job completed successfully with {len(found)} violations")


def test_constraints_that_were_edited_are_those_that_count(baseline: QualityJob, job: QualityJob) -> None:
    path = edited(baseline, recall={"threshold": 0.5}, accuracy={"threshold": 0.99}, auc={"threshold": 1.0})
    form = json.loads(Path(path).read_text())
    del form["binary_classification_constraints"]["precision"]
    Path(path).write_text(json.dumps(form))

    job.dataset(GOOD, baseline_constraints=path)

    assert [v["metric_name"] for v in job.file("constraint_violations.json")["violations"]] == ["accuracy", "auc"]


def test_a_metric_that_the_data_does_not_define_is_told_and_violates_nothing(
    baseline: QualityJob, job: QualityJob, caplog: pytest.LogCaptureFixture
) -> None:
    job.dataset({"inference": GIVEN, "ground_truth": TRUE}, baseline_constraints=edited(baseline))

    assert job.file("constraint_violations.json") == {"violations": []}
    assert "auc has a constraint, and is not defined for this data" in caplog.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"recall": {"threshold": 1.5}}, "recall.threshold is 1.5; it has to be from 0 to 1"),
        ({"recall": {"threshold": "high"}}, 'recall.threshold is "high"; it has to be a number'),
        ({"recall": {"threshold": float("nan")}}, "recall.threshold is NaN"),
        ({"recall": {"threshold": None}}, "recall.threshold is null; it has to be a number"),
        ({"recall": {"comparison_operator": "Worse"}}, 'comparison_operator is "Worse"; it may be LessThanThreshold'),
        ({"recall": 0.8}, "recall is 0.8; it has to be an object"),
        ({"mae": {"threshold": 1}}, "BinaryClassification has no metric mae; it has recall"),
    ],
)
def test_constraints_that_make_no_sense_are_refused_with_their_path(
    changes: dict[str, Any], words: str, baseline: QualityJob, job: QualityJob
) -> None:
    assert job.dataset(GOOD, baseline_constraints=edited(baseline, **changes)) == 1

    assert job.message.startswith("Error: BadBaseline: ")
    assert "binary_classification_constraints" in job.message
    assert words in job.message


def test_errors_of_a_regression_may_be_large_and_not_negative(tmp_path: Path) -> None:
    done = QualityJob(tmp_path, "Regression")
    path = tmp_path / "constraints.json"

    def refused(metric: str, threshold: float) -> str:
        form = {metric: {"threshold": threshold, "comparison_operator": "GreaterThanThreshold"}}
        path.write_text(json.dumps({"regression_constraints": form}))
        code = done.dataset({"inference": [1, 2], "ground_truth": [1, 3]}, baseline_constraints=str(path))
        return done.message if code else ""

    assert refused("mse", 1e9) == ""
    assert refused("r2", -4.0) == ""
    assert "it has to be at least 0" in refused("mse", -1.0)
    assert "it has to be at most 1" in refused("r2", 1.1)


def test_constraints_of_another_problem_are_refused(baseline: QualityJob, tmp_path: Path) -> None:
    done = QualityJob(tmp_path / "job", "MulticlassClassification")

    assert done.dataset({"inference": [1], "ground_truth": [1]}, baseline_constraints=edited(baseline)) == 1

    assert "multiclass_classification_constraints is null" in done.message
    assert "the file has binary_classification_constraints" in done.message


def test_metrics_are_published_by_their_names(baseline: QualityJob, job: QualityJob) -> None:
    job.dataset(
        GOOD,
        baseline_constraints=edited(baseline),
        publish_cloudwatch_metrics="Enabled",
        sagemaker_endpoint_name="cancer",
        sagemaker_monitoring_schedule_name="daily",
    )

    path = job.root / "output/metrics/cloudwatch/cloudwatch_metrics.jsonl"
    lines = {line["MetricName"]: line for line in map(json.loads, path.read_text().splitlines())}
    assert lines["auc"]["Value"] == job.value("auc")
    assert lines["auc"]["Dimensions"] == [
        {"Name": "Endpoint", "Value": "cancer"},
        {"Name": "MonitoringSchedule", "Value": "daily"},
    ]
    assert set(lines) == {name for name, found in job.metrics.items() if "value" in found}


@pytest.mark.parametrize("problem", list(Problem))
def test_the_files_of_every_problem_have_the_documented_form(problem: Problem, tmp_path: Path) -> None:
    done = QualityJob(tmp_path, problem)
    done.dataset({"inference": [0, 1, 1, 0], "ground_truth": [0, 1, 0, 1]})

    jsonschema.validate(done.file("statistics.json"), QUALITY_STATISTICS)
    jsonschema.validate(done.file("constraints.json"), QUALITY_CONSTRAINTS)
