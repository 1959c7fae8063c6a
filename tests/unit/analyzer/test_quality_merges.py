"""Predictions that were captured and truths that came later are brought together by their ids, and what is left is counted."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from captures import capture, side, write
from quality import QualityJob, truth
from sklearn import metrics as sk

WINDOW = {"start_time": "2026-01-01T10:00:00Z", "end_time": "2026-01-01T11:00:00Z"}


@pytest.fixture
def job(tmp_path: Path) -> QualityJob:
    return QualityJob(tmp_path, "Regression")


@pytest.fixture
def binary(tmp_path: Path) -> QualityJob:
    return QualityJob(tmp_path, "BinaryClassification")


def said(answer: Any, event: str, *, inference: str = "", time: str = "2026-01-01T10:00:00Z") -> str:
    """A captured invocation; an answer that is no text is JSON."""
    given = answer if isinstance(answer, str) else side(json.dumps(answer), encoding="JSON", content="application/json")
    line = json.loads(capture("1,2", given, time=time, event=event))
    if inference:
        line["eventMetadata"]["inferenceId"] = inference
    return json.dumps(line)


def test_predictions_meet_their_truth_by_the_id_of_the_event(job: QualityJob) -> None:
    assert job.merge([said("1.5", "a"), said("2.5", "b")], [truth("b", "3.5"), truth("a", "1.0")]) == 0

    assert job.value("mae") == pytest.approx(sk.mean_absolute_error([1.0, 3.5], [1.5, 2.5]))
    assert job.unmerged == []


def test_the_id_of_the_caller_counts_where_there_is_one(job: QualityJob) -> None:
    captured = [said("1", "a", inference="order-7"), said("2", "order-7"), said("5", "c", inference="order-9")]
    truths = [truth("order-7", "1"), truth("x", "4", inference="order-9")]

    job.merge(captured[:1] + captured[2:], truths)
    assert job.value("mae") == pytest.approx(0.5)

    job.merge(captured, truths)
    assert job.unmerged == [("captured", "DuplicateId", 1)]


def test_ids_that_look_like_numbers_stay_texts(job: QualityJob) -> None:
    captured = [said("1", "007"), said("2", "7"), said("3", "7.0"), said("4", "90071992547409930")]
    job.merge(captured, [truth("7", "2"), truth("90071992547409931", "0")])

    assert job.file("statistics.json")["dataset"]["item_count"] == 1
    assert job.value("mae") == 0
    assert job.unmerged == [("captured", "NoGroundTruth", 3), ("truth", "NoPrediction", 1)]


def test_what_has_no_counterpart_is_counted_on_both_sides_and_named(job: QualityJob) -> None:
    captured = [said(str(i), f"e{i}") for i in range(5)]
    job.merge(captured, [truth("e0", "0"), truth("e1", "1"), truth("other", "9")])

    assert job.unmerged == [("captured", "NoGroundTruth", 3), ("truth", "NoPrediction", 1)]
    examples = [part["example"] for part in job.file("rejected.json")["unmerged"]]
    assert examples == ["the first id is e2", "the first id is other"]
    assert job.file("summary.json")["unmerged"] == 4


def test_of_several_truths_the_last_counts_and_the_others_are_named(job: QualityJob) -> None:
    job.merge([said("1", "a")], [truth("a", "5"), truth("a", "2"), truth("a", "1")])

    assert job.value("mae") == 0
    assert job.unmerged == [("truth", "DuplicateId", 2)]


def test_a_truth_that_comes_late_meets_the_prediction_of_its_window(job: QualityJob) -> None:
    captured = [
        said("1", "a"),
        said("2", "b", time="2026-01-01T11:00:00Z"),
        said("3", "c", time="2026-01-01T09:59:59Z"),
    ]
    truths = [truth(event, "0") for event in "abc"]

    job.merge(captured, truths, **WINDOW)

    assert job.value("mae") == 1
    assert job.unmerged == [("truth", "NoPrediction", 2)]


def test_rows_of_one_invocation_meet_the_rows_of_its_truth(job: QualityJob) -> None:
    job.merge([said("1\n2\n3", "a"), said("5\n6", "b")], [truth("a", "1\n2\n4"), truth("b", "5")])

    assert job.value("mae") == pytest.approx(1 / 3)
    assert job.left_out == [("UnequalRows", 2), ("UnequalRows", 1)]


def test_records_that_were_merged_before_need_no_ground_truth_beside_them(job: QualityJob) -> None:
    """The form that SageMaker's merge job writes has both in one record."""
    lines = []
    for i, true in enumerate(("1", "4", None)):
        line = json.loads(said("2", f"e{i}"))
        if true is not None:
            line["groundTruthData"] = {"data": true, "encoding": "CSV"}
        lines.append(json.dumps(line))

    assert job.merge(lines, None) == 0

    assert job.value("mae") == 1.5
    assert job.unmerged == [("captured", "NoGroundTruth", 1)]


@pytest.mark.parametrize(
    ("answer", "attributes"),
    [
        ("0.9,1", {"inference_attribute": "1", "probability_attribute": "0"}),
        ('"0.9","1"', {"inference_attribute": "1", "probability_attribute": "0"}),
        ({"label": 1, "score": 0.9}, {"inference_attribute": "label", "probability_attribute": "score"}),
        ({"label": 1, "score": 0.9}, {"inference_attribute": "$.label", "probability_attribute": "$['score']"}),
        (
            {"predictions": [{"label": 1, "score": 0.9}]},
            {"inference_attribute": "$.predictions[0].label", "probability_attribute": "$.predictions[*].score"},
        ),
        (
            {"predictions": [{"label": 1, "score": 0.9}]},
            {"inference_attribute": "label", "probability_attribute": "score"},
        ),
        (
            {"output": {"label": [True], "scores": [[0.9]]}},
            {"inference_attribute": "$.output.label", "probability_attribute": "$.output.scores"},
        ),
    ],
)
def test_labels_and_probabilities_are_found_where_the_attributes_say(
    binary: QualityJob, answer: Any, attributes: dict[str, str]
) -> None:
    opposite = {"0.9": "0.1", "1": "0", "true": "false"}
    other = re.sub(r"0\.9|\b1\b|true", lambda found: opposite[found[0]], json.dumps(answer))
    captured = [said(answer, "a"), said(json.loads(other), "b")]

    assert binary.merge(captured, [truth("a", "1"), truth("b", "0")], **attributes) == 0

    assert binary.metrics["confusion_matrix"] == {"0": {"0": 1, "1": 0}, "1": {"0": 0, "1": 1}}
    assert binary.value("auc") == 1.0


def test_rows_of_json_are_found_by_a_path_to_all_of_them(job: QualityJob) -> None:
    answer = {"predictions": [{"score": 1}, {"score": 2}]}
    places = {"inference_attribute": "$.predictions[*].score", "ground_truth_attribute": "$[*]"}
    job.merge([said(answer, "a")], [truth("a", "[1, 4]", encoding="JSON")], **places)

    assert job.value("mae") == 1.0


def test_truth_with_several_columns_is_found_by_its_attribute(job: QualityJob) -> None:
    lines = [truth("a", "7,1"), truth("b", '{"label": {"value": 3}, "by": "me"}', encoding="JSON")]

    job.merge([said("1", "a")], lines[:1], ground_truth_attribute="1")
    assert job.value("mae") == 0

    job.merge([said("1", "b")], lines[1:], ground_truth_attribute="$.label.value")
    assert job.value("mae") == 2

    assert job.merge([said("1", "a")], lines[:1]) == 1
    assert "NoAttribute" in job.message


def test_a_preprocessor_may_say_where_the_prediction_is(job: QualityJob, tmp_path: Path) -> None:
    script = tmp_path / "prepare.py"
    script.write_text(
        "def preprocess_handler(record):\n    return {'prediction': record.endpoint_output.data.split('=')[1]}\n"
    )
    job.merge(
        [said("price=4", "a")],
        [truth("a", "5")],
        inference_attribute="prediction",
        record_preprocessor_script=str(script),
    )

    assert job.value("mae") == 1.0


def test_lines_that_are_garbage_are_counted_and_the_rest_is_compared(job: QualityJob) -> None:
    captured = [
        said("1", "a"),
        "{",
        '{"captureData": {}}',
        capture("1", None, event="b"),
        said("x,y", ""),
        said("cheap", "d"),
    ]
    truths = [truth("a", "2"), "[]", '{"groundTruthData": {"data": "1", "encoding": "CSV"}}', truth("d", "1"), "\xff{"]

    assert job.merge(captured, truths) == 0

    assert job.value("mae") == 1.0
    assert sorted(job.left_out) == [
        ("NoId", 1),
        ("NoId", 1),
        ("NotACapture", 2),
        ("NotALabel", 1),
        ("NotATruth", 1),
        ("NotJson", 1),
        ("NotJson", 1),
    ]


def test_a_column_that_changes_in_mid_hour_is_counted(job: QualityJob) -> None:
    captured = [said("1", "a"), said({"score": 1}, "b"), said("model,3", "c")]
    job.merge(captured, [truth(event, "1") for event in "abc"])

    assert job.value("mae") == 0
    assert sorted(job.left_out) == [("NoAttribute", 1), ("NotALabel", 1)]


def test_no_truth_at_all_is_no_data_and_not_a_good_model(job: QualityJob) -> None:
    assert job.merge([said("1", "a")], []) == 1
    assert job.message.startswith("Error: Job inputs had no data: ground_truth_source")

    assert job.merge([said("1", "a")], [truth("b", "1")]) == 1
    assert job.message.startswith("Error: Job inputs had no data: no record")
    assert "1 NoGroundTruth" in job.message

    assert job.merge([said("1", "a")], None, ground_truth_source="/nowhere/at/all") == 1
    assert job.message == (
        "Error: Job inputs had no data: ground_truth_source /nowhere/at/all does not exist: no ground truth was delivered"
    )

    assert job.merge([said("1", "a")], None) == 1
    assert "set ground_truth_source" in job.message


def test_no_prediction_in_the_window_is_no_data(job: QualityJob) -> None:
    assert job.merge([said("1", "a", time="2026-01-01T12:00:00Z")], [truth("a", "1")], **WINDOW) == 1

    assert job.message.startswith("Error: Job inputs had no data")
    assert "no prediction in the window" in job.message


@pytest.mark.parametrize(
    ("lines", "form", "place"),
    [
        (
            ["1,id-1,2026-01-01T10:00:00Z", "2,id-2,2026-01-01T10:00:01Z", "9,77,2026-01-01T10:00:01Z"],
            '{"csv": {}}',
            "0",
        ),
        (
            [json.dumps({"score": n, "SageMakerInferenceId": i}) for n, i in ((1, "id-1"), (2, "id-2"), (9, "77"))],
            '{"json": {"lines": true}}',
            "$.score",
        ),
    ],
)
def test_what_a_batch_transform_wrote_meets_its_truth_by_the_id_that_it_appended(
    job: QualityJob, lines: list[str], form: str, place: str
) -> None:
    path = write(job.root / "captured/out.csv", lines)
    truths = write(job.root / "truth/a.jsonl", [truth("id-1", "1"), truth("id-2", "4"), truth("id-3", "4")])

    code = job.run(
        dataset_source=str(path),
        dataset_format=form,
        inference_attribute=place,
        ground_truth_source=str(truths.parent),
    )

    assert code == 0
    assert job.value("mae") == 1.0
    parts = [(part["kind"], part["records"]) for part in job.file("rejected.json")["unmerged"]]
    assert sorted(parts) == [("NoGroundTruth", 1), ("NoPrediction", 1)]
