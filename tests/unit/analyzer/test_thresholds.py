"""Thresholds that whoever starts a job has instead of those of the baseline's constraints."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from captures import capture, write

from sagemaker_analyzer.command import run

Job = Callable[..., str]


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A run over two numbers and a category that have all drifted; it returns the exit message."""

    def started(*arguments: str, **environment: str) -> str:
        rows = [capture(f"{i + 60},{i + 60},b", None) for i in range(100)]
        path = write(tmp_path / "hour/a.jsonl", rows)
        given = {"dataset_source": str(path), "output_path": str(tmp_path / "out"), **baseline(tmp_path), **environment}
        run(given, arguments, root=tmp_path)
        return (tmp_path / "output/message").read_text()

    return started


def baseline(tmp_path: Path) -> dict[str, str]:
    place = tmp_path / "baseline"
    if not place.exists():
        path = write(tmp_path / "train.csv", ["age,size,kind", *(f"{i},{i},{'ab'[i > 80]}" for i in range(100))])
        form = '{"csv": {"header": true}}'
        run({"dataset_source": str(path), "dataset_format": form, "output_path": str(place)}, root=tmp_path)
    return {"baseline_constraints": str(place), "baseline_statistics": str(place)}


def violated(tmp_path: Path) -> list[str]:
    said = json.loads((tmp_path / "out/constraint_violations.json").read_text())["violations"]
    return [f"{violation['feature_name']}: {violation['description'].rpartition(' ')[2]}" for violation in said]


def test_a_threshold_of_all_features_counts_instead_of_the_files(job: Job, tmp_path: Path) -> None:
    job()
    assert violated(tmp_path) == ["age: 0.1", "size: 0.1", "kind: 0.1"]

    job("--threshold=comparison_threshold=0.5")
    assert violated(tmp_path) == ["kind: 0.1"]

    job("--threshold=comparison_threshold=0.5", "--threshold=categorical_comparison_threshold=0.9")
    assert violated(tmp_path) == []


def test_a_method_may_be_another_one(job: Job, tmp_path: Path) -> None:
    job("--threshold=comparison_threshold=0.5", "--threshold=comparison_method=Simple")

    assert violated(tmp_path)[:2] == ["age: 0.5", "size: 0.5"]


def test_a_threshold_of_one_feature_leaves_the_others_as_they_are(job: Job, tmp_path: Path) -> None:
    job("--feature-threshold=age=comparison_threshold=0.95", "--threshold=comparison_threshold=0.2")

    assert violated(tmp_path) == ["size: 0.2", "kind: 0.1"]


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("--loud", "--loud is no argument; there are --threshold"),
        ("--threshold=drift=0.1", "there is no threshold drift; there are categorical_comparison_threshold"),
        ("--threshold=comparison_threshold=2", "it has to be from 0 to 1"),
        ("--threshold=comparison_threshold=much", "'much' is no number"),
        ("--threshold=comparison_method=Fair", "it may be Robust or Simple"),
        ("--feature-threshold=age=0.1", "it has to have three parts"),
        ("--metric-threshold=f2=Below=0.1", "it may be LessThanThreshold or GreaterThanThreshold"),
        ("--metric-threshold=f2=LessThanThreshold=0.1", "is for MODEL_QUALITY, and analysis_type is DATA_QUALITY"),
    ],
)
def test_arguments_that_make_no_sense_are_refused_as_they_were_given(argument: str, words: str, job: Job) -> None:
    message = job(argument)

    assert message.startswith("Error: BadTask: ")
    assert words in message
    assert argument.partition("=")[0] in message


def test_a_feature_that_the_constraints_lack_can_have_no_threshold(job: Job) -> None:
    message = job("--feature-threshold=weight=comparison_threshold=0.2")

    assert message.startswith("Error: BadBaseline: ")
    assert "no feature 'weight'" in message


def test_thresholds_need_something_to_compare_with(job: Job) -> None:
    message = job("--threshold=comparison_threshold=0.2", baseline_constraints="", baseline_statistics="")

    assert "--threshold=comparison_threshold=0.2 is set without baseline_constraints" in message


def test_a_threshold_of_a_metric_counts_instead_of_the_files_or_besides(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", ["given,true", "1,1", "0,0", "0,1", "1,1"])
    common: dict[str, Any] = {
        "dataset_source": str(path),
        "dataset_format": '{"csv": {"header": true}}',
        "analysis_type": "MODEL_QUALITY",
        "problem_type": "BinaryClassification",
        "inference_attribute": "given",
        "ground_truth_attribute": "true",
        "output_path": str(tmp_path / "out"),
    }
    constraints = tmp_path / "constraints.json"
    form = {"recall": {"threshold": 0.9, "comparison_operator": "LessThanThreshold"}}
    constraints.write_text(json.dumps({"binary_classification_constraints": form}))
    common["baseline_constraints"] = str(constraints)

    def found(*arguments: str) -> list[str]:
        assert run(common, arguments, root=tmp_path) == 0
        said = json.loads((tmp_path / "out/constraint_violations.json").read_text())["violations"]
        return [violation["description"] for violation in said]

    assert found() == ["Metric recall with 0.6666666666666666 was LessThanThreshold 0.9"]
    assert found("--metric-threshold=recall=LessThanThreshold=0.6") == []
    assert found("--metric-threshold=recall=LessThanThreshold=0.6", "--metric-threshold=f1=LessThanThreshold=0.95") == [
        "Metric f1 with 0.8 was LessThanThreshold 0.95"
    ]
    assert run(common, ["--metric-threshold=mae=GreaterThanThreshold=1"], root=tmp_path) == 1
    assert "BinaryClassification has no metric mae" in (tmp_path / "output/message").read_text()
