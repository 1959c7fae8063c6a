"""What cannot be measured is refused by name, or counted where it is only some of the records."""

from collections.abc import Callable
from pathlib import Path

import pytest
from captures import write
from quality import QualityJob


@pytest.fixture
def job(tmp_path: Path) -> Callable[[str], QualityJob]:
    return lambda problem: QualityJob(tmp_path, problem)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"problem_type": ""}, "problem_type is not set; it may be Regression"),
        ({"problem_type": "Ranking"}, "problem_type is 'Ranking'"),
        ({"inference_attribute": ""}, "inference_attribute is not set"),
        ({"ground_truth_attribute": ""}, "ground_truth_attribute is not set"),
        (
            {"inference_attribute": "guess"},
            "'guess', and the dataset has no such column; it has inference, ground_truth",
        ),
        ({"inference_attribute": "7"}, "'7', and the dataset has no such column"),
        ({"inference_attribute": "$.a[?(@.b)]"}, "only names, indexes and"),
        ({"probability_threshold_attribute": "1.5"}, "it has to be a number from 0 to 1"),
        ({"probability_threshold_attribute": "half"}, "it has to be a number from 0 to 1"),
        ({"probability_threshold_attribute": "nan"}, "it has to be a number from 0 to 1"),
        ({"ground_truth_source": "/nowhere/at/all"}, "the dataset has no column SageMakerInferenceId"),
    ],
)
def test_what_a_job_cannot_do_is_refused_with_the_name_of_the_variable(
    variables: dict[str, str], words: str, job: Callable[[str], QualityJob]
) -> None:
    done = job("Regression")

    assert done.dataset({"inference": [1, 2], "ground_truth": [1, 2]}, **variables) == 1

    assert done.message.startswith("Error: BadTask: ")
    assert words in done.message


def test_two_classes_need_labels_or_probabilities_with_a_threshold(job: Callable[[str], QualityJob]) -> None:
    done = job("BinaryClassification")

    assert done.dataset({"probability": [0.5], "ground_truth": [1]}) == 1
    assert "probability_attribute with probability_threshold_attribute" in done.message

    assert done.dataset({"probability": [0.5], "ground_truth": [1]}, probability_threshold_attribute="0.5") == 0


def test_columns_without_names_are_found_by_their_index(job: Callable[[str], QualityJob], tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", ["1,x,2", "3,y,3"])

    done = job("Regression")
    code = done.run(
        dataset_source=str(path),
        dataset_format='{"csv": {"header": false}}',
        inference_attribute="0",
        ground_truth_attribute="2",
    )

    assert code == 0
    assert done.value("mae") == 0.5


def test_nested_json_is_found_by_its_path(job: Callable[[str], QualityJob], tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", ['{"out": {"price": 2}, "true": 1}', '{"out": {"price": 4}, "true": 4}'])

    done = job("Regression")
    code = done.run(
        dataset_source=str(path),
        dataset_format='{"json": {"lines": true}}',
        inference_attribute="$.out.price",
        ground_truth_attribute="$.true",
    )

    assert code == 0
    assert done.value("mae") == 0.5


def test_labels_that_are_no_numbers_are_left_out_of_a_regression(job: Callable[[str], QualityJob]) -> None:
    done = job("Regression")
    done.dataset({"inference": ["1", "cheap", "3", "", "inf"], "ground_truth": ["2", "2", "nan", "1", "1"]})

    assert done.file("statistics.json")["dataset"]["item_count"] == 1
    assert done.value("mae") == 1.0
    assert done.left_out == [("NotALabel", 4)]


def test_labels_that_are_neither_of_two_are_left_out(job: Callable[[str], QualityJob]) -> None:
    done = job("BinaryClassification")
    done.dataset({"inference": ["1", "0", "banana", ""], "ground_truth": ["1", "0", "1", "0"]})

    assert done.value("accuracy") == 1.0
    assert done.left_out == [("NotALabel", 2)]


def test_a_few_garbled_labels_do_not_hide_which_two_there_are(job: Callable[[str], QualityJob]) -> None:
    done = job("BinaryClassification")
    columns = {
        "inference": ["yes", "no", "no", "y e s", "no", "-"],
        "ground_truth": ["yes", "no", "yes", "yes", "no", "no"],
    }
    done.dataset(columns)

    assert done.metrics["confusion_matrix"] == {"no": {"no": 2, "yes": 0}, "yes": {"no": 1, "yes": 1}}
    assert done.left_out == [("NotALabel", 2)]


def test_probabilities_out_of_range_are_left_out(job: Callable[[str], QualityJob]) -> None:
    done = job("BinaryClassification")
    columns: dict[str, list[object]] = {"probability": [0.9, 0.1, 7.5, -1], "ground_truth": [1, 0, 0, 1]}
    done.dataset(columns, probability_threshold_attribute="0.5")

    assert done.value("auc") == 1.0
    assert done.left_out == [("NotALabel", 2)]


@pytest.mark.parametrize(
    ("given", "true", "words"),
    [
        ([0, 1, 2], [0, 1, 2], "the labels are 0, 1, 2; BinaryClassification has two"),
        ([0.2, 0.7, 0.9], [0, 1, 1], "probabilities for probability_attribute"),
        (["no", "no", "no"], ["no", "no", "no"], "the labels are no; BinaryClassification has two"),
    ],
)
def test_labels_that_are_not_two_are_refused(
    given: list[object], true: list[object], words: str, job: Callable[[str], QualityJob]
) -> None:
    done = job("BinaryClassification")

    assert done.dataset({"inference": given, "ground_truth": true}) == 1

    assert done.message.startswith("Error: BadLabels: ")
    assert words in done.message


def test_numbers_of_a_regression_are_no_classes(job: Callable[[str], QualityJob]) -> None:
    done = job("MulticlassClassification")
    values = [i + 0.5 for i in range(10_002)]

    assert done.dataset({"inference": values, "ground_truth": values}) == 1

    assert done.message.startswith("Error: BadLabels: ")
    assert "problem_type Regression" in done.message


def test_only_labels_that_cannot_be_compared_are_no_data(job: Callable[[str], QualityJob]) -> None:
    done = job("Regression")

    assert done.dataset({"inference": ["a", "b"], "ground_truth": [1, 2]}) == 1

    assert done.message.startswith("Error: Job inputs had no data: no record of ")
    assert "2 NotALabel" in done.message
