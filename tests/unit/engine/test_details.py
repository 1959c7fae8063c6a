"""What is told of a job besides its Describe: when it is asked for, and what it says."""

import math
from typing import Any

import pytest

from sagemaker_operator.engine import details
from sagemaker_operator.kinds import KINDS, Detail

TUNING, STEPS = KINDS["HyperParameterTuningJob"], KINDS["PipelineExecution"]
COUNTED = {"TrainingJobStatusCounters": {"Completed": 1}, "HyperParameterTuningJobStatus": "InProgress"}
REPORTED = {
    "trainingJobStatusCounters": {"completed": 1},
    "hyperParameterTuningJobStatus": "InProgress",
    "topTrainingJobs": [],
}


def one(kind: str, field: str) -> Detail:
    return next(detail for detail in KINDS[kind].details if detail.field == field)


def test_the_best_training_jobs_are_asked_for_when_the_counters_have_changed() -> None:
    assert list(details.due(TUNING, REPORTED, COUNTED)) == []
    more = {**COUNTED, "TrainingJobStatusCounters": {"Completed": 2}}
    assert [detail.field for detail in details.due(TUNING, REPORTED, more)] == ["topTrainingJobs"]


def test_they_are_asked_for_at_the_first_look_and_at_the_end() -> None:
    never = {name: told for name, told in REPORTED.items() if name != "topTrainingJobs"}
    assert [*details.due(TUNING, never, COUNTED)]
    assert [*details.due(TUNING, REPORTED, {**COUNTED, "HyperParameterTuningJobStatus": "Completed"})]


def test_steps_are_asked_for_at_every_look() -> None:
    assert [detail.field for detail in details.due(STEPS, {"steps": []}, {})] == ["steps"]


@pytest.mark.parametrize(
    ("described", "order"),
    [
        ({"HyperParameterTuningJobConfig": {"HyperParameterTuningJobObjective": {"Type": "Minimize"}}}, "Ascending"),
        ({"HyperParameterTuningJobConfig": {"HyperParameterTuningJobObjective": {"Type": "Maximize"}}}, "Descending"),
        ({"TrainingJobDefinitions": [{"TuningObjective": {"Type": "Minimize"}}]}, "Ascending"),
        ({}, "Descending"),
    ],
)
def test_the_best_is_the_least_where_the_objective_is_minimized(described: dict[str, Any], order: str) -> None:
    assert details.asked(one("HyperParameterTuningJob", "topTrainingJobs"), described) == {
        "SortBy": "FinalObjectiveMetricValue", "SortOrder": order, "MaxResults": 5
    }  # fmt: skip


def test_the_best_training_jobs_are_told_with_their_hyperparameters() -> None:
    rows = [
        {
            "TrainingJobName": f"job-{number}",
            "TrainingJobStatus": "Completed",
            "TunedHyperParameters": {"eta": "0.1"},
            "FinalHyperParameterTuningJobObjectiveMetric": {"MetricName": "auc", "Value": value},
        }
        for number, value in enumerate((0.9, math.nan, 0.7, 0.6, 0.5, 0.4))
    ]

    told = details.items(one("HyperParameterTuningJob", "topTrainingJobs"), {"TrainingJobSummaries": rows})

    assert len(told) == 5
    assert told[0] == {
        "trainingJobName": "job-0",
        "trainingJobStatus": "Completed",
        "tunedHyperParameters": {"eta": "0.1"},
        "objectiveValue": 0.9,
    }
    assert "objectiveValue" not in told[1]


def test_a_step_tells_the_arn_of_whatever_it_made_and_a_reason_of_bounded_length() -> None:
    rows = [
        {"StepName": "train", "Metadata": {"TrainingJob": {"Arn": "arn:one"}}},
        {"StepName": "check", "Metadata": {"Condition": {"Outcome": "True"}}},
        {"StepName": "process", "FailureReason": "x" * 2000},
    ]

    told = details.items(one("PipelineExecution", "steps"), {"PipelineExecutionSteps": rows})

    assert told[0] == {"stepName": "train", "arn": "arn:one"}
    assert told[1] == {"stepName": "check"}
    assert len(told[2]["failureReason"]) == 513


def test_the_step_that_explains_a_failure_is_the_first_with_a_reason() -> None:
    failed = {"stepStatus": "Failed"}
    steps = [
        {"stepName": "prepare", "stepStatus": "Succeeded"},
        {"stepName": "gate", **failed},
        {"stepName": "train", **failed, "failureReason": "AlgorithmError: no data"},
        {"stepName": "test", **failed, "failureReason": "never mind"},
    ]

    assert details.blame(STEPS, {"steps": steps}) == "train: AlgorithmError: no data"
    assert details.blame(STEPS, {"steps": steps[:2]}) == "gate: Failed"
    assert details.blame(STEPS, {"steps": steps[:1]}) is None


def test_outputs_are_read_off_describe_without_a_call() -> None:
    outputs = {"Outputs": [{"OutputName": "train", "S3Output": {"S3Uri": "s3://bucket/train", "LocalPath": "/opt"}}]}

    assert [*details.due(KINDS["ProcessingJob"], {}, {})] == []
    assert details.described(KINDS["ProcessingJob"], {"ProcessingOutputConfig": outputs}) == {
        "outputs": [{"outputName": "train", "s3URI": "s3://bucket/train"}]
    }
    assert details.described(KINDS["ProcessingJob"], {}) == {}
    assert details.described(KINDS["TransformJob"], {"TransformOutput": {"S3OutputPath": "s3://bucket/out"}}) == {
        "outputs": [{"s3URI": "s3://bucket/out"}]
    }


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.details], ids=lambda kind: kind.name)
def test_each_detail_is_in_the_service_model(kind: Any) -> None:
    for detail in kind.details:
        assert detail.shapes.keys() == detail.shows.keys()
        assert all(name in kind.shown for name in detail.since), "what is not in the status cannot tell of a change"
