"""Hyperparameter tuning jobs of the emulated SageMaker, through boto3."""

import re
from typing import Any

import pytest
from tests.emulator.asking import IMAGE, XGBOOST, arn, refused
from tests.emulator.job_requests import METRIC, definition, ranges, tuning_config, tuning_job
from tests.emulator.test_emulated_shapes import checked

from sagemaker_local.emulator import Emulator

NAMED = {"HyperParameterTuningJobName": "search"}


def describe(client: Any, name: str = "search") -> dict[str, Any]:
    answer: dict[str, Any] = client.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
    return answer


def jobs(client: Any, **how: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = client.list_training_jobs_for_hyper_parameter_tuning_job(**NAMED, **how)[
        "TrainingJobSummaries"
    ]
    return rows


def values(rows: list[dict[str, Any]]) -> list[float]:
    return [row["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for row in rows]


def test_a_tuning_job_starts_no_more_jobs_at_once_than_it_may(sagemaker: Emulator, client: Any) -> None:
    client.create_hyper_parameter_tuning_job(**tuning_job(config=tuning_config(jobs=5, parallel=2)))
    running = []

    for _ in range(150):
        sagemaker.clock.advance(10)
        running.append(
            len(client.list_training_jobs(StatusEquals="InProgress", MaxResults=100)["TrainingJobSummaries"])
        )

    assert max(running) == 2
    assert describe(client)["HyperParameterTuningJobStatus"] == "Completed"
    assert len(jobs(client)) == 5


def test_its_jobs_carry_its_name_its_arn_and_drawn_hyperparameters(sagemaker: Emulator, client: Any) -> None:
    defined = definition(StaticHyperParameters={"depth": "6"})
    tags = [{"Key": "team", "Value": "vision"}]
    client.create_hyper_parameter_tuning_job(**tuning_job(TrainingJobDefinition=defined, Tags=tags))
    sagemaker.clock.advance(30)

    row = jobs(client)[0]

    assert re.fullmatch("search-001-[0-9a-f]{8}", row["TrainingJobName"])
    job = client.describe_training_job(TrainingJobName=row["TrainingJobName"])
    assert job["TuningJobArn"] == arn("hyper-parameter-tuning-job/search")
    assert job["HyperParameters"] == {"_tuning_objective_metric": "loss", "depth": "6", **row["TunedHyperParameters"]}
    assert 0.01 <= float(row["TunedHyperParameters"]["eta"]) <= 1
    assert client.list_tags(ResourceArn=job["TrainingJobArn"])["Tags"] == tags


@pytest.mark.parametrize("goal", ["Minimize", "Maximize"])
def test_the_best_job_is_the_one_with_the_best_value(sagemaker: Emulator, client: Any, goal: str) -> None:
    client.create_hyper_parameter_tuning_job(**tuning_job(config=tuning_config(jobs=6, parallel=3, goal=goal)))
    sagemaker.clock.advance(1500)

    best = describe(client)["BestTrainingJob"]

    found = values(jobs(client))
    assert len(found) == 6
    wanted = min(found) if goal == "Minimize" else max(found)
    assert best["FinalHyperParameterTuningJobObjectiveMetric"] == {"MetricName": "loss", "Value": wanted}
    job = client.describe_training_job(TrainingJobName=best["TrainingJobName"])
    assert [(m["MetricName"], round(m["Value"], 6)) for m in job["FinalMetricDataList"]] == [("loss", round(wanted, 6))]


def test_the_same_request_is_tuned_in_the_same_way(sagemaker: Emulator, client: Any) -> None:
    client.create_hyper_parameter_tuning_job(**tuning_job())
    sagemaker.clock.advance(1000)

    with Emulator.start(virtual=True, check_s3=False) as second:
        other = second.client()
        other.create_hyper_parameter_tuning_job(**tuning_job())
        second.clock.advance(1000)
        again = jobs(other)
        other.close()

    once = jobs(client)
    assert [row["TrainingJobName"] for row in once] == [row["TrainingJobName"] for row in again]
    assert values(once) == values(again)
    assert len(set(values(once))) == 4


def test_counters_are_live(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("TrainingJob", "search-001", reason="AlgorithmError: exit code 1")
    sagemaker.scenarios.fail(
        "TrainingJob", "search-002", reason="InternalServerError: We encountered an internal error."
    )
    client.create_hyper_parameter_tuning_job(**tuning_job(config=tuning_config(jobs=4, parallel=3)))
    sagemaker.clock.advance(30)
    assert describe(client)["TrainingJobStatusCounters"]["InProgress"] == 3
    assert describe(client)["ObjectiveStatusCounters"] == {"Succeeded": 0, "Pending": 3, "Failed": 0}

    sagemaker.clock.advance(350)
    job = describe(client)
    assert job["TrainingJobStatusCounters"] == {
        "Completed": 1, "InProgress": 1, "RetryableError": 1, "NonRetryableError": 1, "Stopped": 0,
    }  # fmt: skip
    assert job["ObjectiveStatusCounters"] == {"Succeeded": 1, "Pending": 1, "Failed": 2}

    sagemaker.clock.advance(400)
    summary = client.list_hyper_parameter_tuning_jobs()["HyperParameterTuningJobSummaries"][0]
    assert summary["HyperParameterTuningJobStatus"] == "Completed"
    assert summary["TrainingJobStatusCounters"]["Completed"] == 2
    assert summary["Strategy"] == "Random"


def test_a_tuning_job_none_of_whose_jobs_succeeds_fails(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("TrainingJob", "^search-", reason="AlgorithmError: exit code 1")
    client.create_hyper_parameter_tuning_job(**tuning_job(config=tuning_config(jobs=3)))

    sagemaker.clock.advance(2000)

    job = describe(client)
    assert job["HyperParameterTuningJobStatus"] == "Failed"
    assert job["FailureReason"] == (
        "No training job succeeded after 3 attempts. Please take a look at the training job failures to get more details."
    )
    assert "BestTrainingJob" not in job
    assert {row["FailureReason"] for row in jobs(client)} == {"AlgorithmError: exit code 1"}


def test_stopping_it_stops_its_jobs_first(sagemaker: Emulator, client: Any) -> None:
    client.create_hyper_parameter_tuning_job(**tuning_job())
    sagemaker.clock.advance(300)

    client.stop_hyper_parameter_tuning_job(**NAMED)
    client.stop_hyper_parameter_tuning_job(**NAMED)  # asking again is no error

    assert describe(client)["HyperParameterTuningJobStatus"] == "Stopping"
    assert {row["TrainingJobStatus"] for row in jobs(client)} == {"Stopping"}
    sagemaker.clock.advance(130)
    assert describe(client)["HyperParameterTuningJobStatus"] == "Stopped"
    assert describe(client)["TrainingJobStatusCounters"]["Stopped"] == 2
    code, text = refused(client.stop_hyper_parameter_tuning_job, **NAMED)
    assert (code, text[-8:]) == ("ValidationException", "Stopped.")


def test_one_that_has_not_begun_can_be_stopped(sagemaker: Emulator, client: Any) -> None:
    client.create_hyper_parameter_tuning_job(**tuning_job())
    client.stop_hyper_parameter_tuning_job(**NAMED)

    sagemaker.clock.advance(60)

    assert describe(client)["HyperParameterTuningJobStatus"] == "Stopped"
    assert sagemaker.resources("TrainingJob") == []


def test_it_can_be_deleted_once_it_is_over_and_its_jobs_stay(sagemaker: Emulator, client: Any) -> None:
    client.create_hyper_parameter_tuning_job(**tuning_job(config=tuning_config(jobs=1, parallel=1)))
    assert refused(client.delete_hyper_parameter_tuning_job, **NAMED)[0] == "ResourceInUse"
    sagemaker.clock.advance(500)

    client.delete_hyper_parameter_tuning_job(**NAMED)
    assert describe(client)["HyperParameterTuningJobStatus"] == "Deleting"
    sagemaker.clock.advance(10)

    code, text = refused(client.describe_hyper_parameter_tuning_job, **NAMED)
    assert code == "ResourceNotFound"
    assert text.startswith("Amazon SageMaker can't find a tuning job")
    assert len(sagemaker.resources("TrainingJob")) == 1


def test_a_name_can_be_used_once(client: Any) -> None:
    client.create_hyper_parameter_tuning_job(**tuning_job())

    assert refused(client.create_hyper_parameter_tuning_job, **tuning_job()) == (
        "ResourceInUse",
        "A hyperparameter tuning job with the name, search, already exists. Choose a different name.",
    )


@pytest.mark.parametrize(
    "operation",
    [
        "describe_hyper_parameter_tuning_job",
        "stop_hyper_parameter_tuning_job",
        "delete_hyper_parameter_tuning_job",
        "list_training_jobs_for_hyper_parameter_tuning_job",
    ],
)
def test_a_missing_one_is_said_to_be_missing(client: Any, operation: str) -> None:
    code, text = refused(getattr(client, operation), **NAMED)

    assert code == "ResourceNotFound"
    assert text.startswith("Amazon SageMaker can't find a tuning job")


def test_its_jobs_are_listed_by_value_and_status(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("TrainingJob", "search-002", reason="AlgorithmError")
    client.create_hyper_parameter_tuning_job(**tuning_job(config=tuning_config(jobs=4, parallel=4)))
    sagemaker.clock.advance(500)

    falling = values(jobs(client, SortBy="FinalObjectiveMetricValue", SortOrder="Descending"))

    assert falling == sorted(falling, reverse=True)
    assert len(falling) == 3, "a job without a value is not listed"
    assert [row["TrainingJobName"][:10] for row in jobs(client, StatusEquals="Failed")] == ["search-002"]
    assert [row["TrainingJobName"][:10] for row in jobs(client, MaxResults=2)] == ["search-001", "search-002"]


def test_it_ends_when_the_target_is_reached(sagemaker: Emulator, client: Any) -> None:
    config = tuning_config(jobs=50, parallel=1, TuningJobCompletionCriteria={"TargetObjectiveMetricValue": 0.3})
    client.create_hyper_parameter_tuning_job(**tuning_job(config=config))

    sagemaker.clock.advance(30_000)

    found = values(jobs(client, MaxResults=100))
    assert describe(client)["HyperParameterTuningJobStatus"] == "Completed"
    assert found[-1] <= 0.3
    assert all(value > 0.3 for value in found[:-1])


def test_it_ends_when_nothing_gets_better(sagemaker: Emulator, client: Any) -> None:
    patience = {"BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 3}}
    config = tuning_config(jobs=50, parallel=1, TuningJobCompletionCriteria=patience)
    client.create_hyper_parameter_tuning_job(**tuning_job(config=config))

    sagemaker.clock.advance(30_000)

    job = describe(client)
    found = values(jobs(client, MaxResults=100))
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["TuningJobCompletionDetails"]["NumberOfTrainingJobsObjectiveNotImproving"] == 3
    assert found.index(min(found)) == len(found) - 4


def test_its_time_is_limited(sagemaker: Emulator, client: Any) -> None:
    limits = {"MaxNumberOfTrainingJobs": 50, "MaxParallelTrainingJobs": 1, "MaxRuntimeInSeconds": 600}
    client.create_hyper_parameter_tuning_job(**tuning_job(config=tuning_config(ResourceLimits=limits)))

    sagemaker.clock.advance(3000)

    job = describe(client)
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert 600 <= job["ConsumedResources"]["RuntimeInSeconds"] <= 600 + 140
    assert [row["TrainingJobStatus"] for row in jobs(client)] == ["Completed", "Stopped"]


def test_a_grid_is_gone_through_once(sagemaker: Emulator, client: Any) -> None:
    rows = [{"Name": "a", "Values": ["1", "2"]}, {"Name": "b", "Values": ["x", "y", "z"]}]
    grid = tuning_config(jobs=100, parallel=6, Strategy="Grid", ParameterRanges={"CategoricalParameterRanges": rows})
    del grid["ResourceLimits"]["MaxNumberOfTrainingJobs"]
    client.create_hyper_parameter_tuning_job(**tuning_job(config=grid))

    sagemaker.clock.advance(500)

    tuned = [tuple(row["TunedHyperParameters"].values()) for row in jobs(client)]
    assert sorted(tuned) == [(a, b) for a in "12" for b in "xyz"]
    assert describe(client)["HyperParameterTuningJobStatus"] == "Completed"


def test_several_definitions_take_turns(sagemaker: Emulator, client: Any) -> None:
    goal = {"Type": "Maximize", "MetricName": "loss"}
    defined = [
        definition(DefinitionName=name, TuningObjective=goal, HyperParameterRanges=ranges()) for name in ("one", "two")
    ]
    config = tuning_config(jobs=4, parallel=4)
    del config["HyperParameterTuningJobObjective"], config["ParameterRanges"]
    client.create_hyper_parameter_tuning_job(**tuning_job(config=config, TrainingJobDefinitions=defined))

    sagemaker.clock.advance(500)

    assert [row["TrainingJobDefinitionName"] for row in jobs(client)] == ["one", "two", "one", "two"]
    assert describe(client)["BestTrainingJob"]["TrainingJobDefinitionName"] in ("one", "two")


def test_a_job_that_does_not_report_the_objective_does_not_count(sagemaker: Emulator, client: Any) -> None:
    algorithm = {
        "TrainingImage": IMAGE,
        "TrainingInputMode": "File",
        "MetricDefinitions": [{**METRIC, "Name": "accuracy"}],
    }
    defined = definition(AlgorithmSpecification=algorithm)
    client.create_hyper_parameter_tuning_job(**tuning_job(TrainingJobDefinition=defined))

    sagemaker.clock.advance(1000)

    job = describe(client)
    assert job["TrainingJobStatusCounters"]["Completed"] == 4
    assert job["ObjectiveStatusCounters"] == {"Succeeded": 0, "Pending": 0, "Failed": 4}
    assert "BestTrainingJob" not in job


def test_describe_adds_the_defaults_that_aws_adds(client: Any) -> None:
    algorithm = {"TrainingImage": XGBOOST, "TrainingInputMode": "File"}
    client.create_hyper_parameter_tuning_job(
        **tuning_job(TrainingJobDefinition=definition(AlgorithmSpecification=algorithm))
    )

    defined = describe(client)["TrainingJobDefinition"]

    assert defined["StaticHyperParameters"] == {"_tuning_objective_metric": "loss"}
    assert (defined["EnableNetworkIsolation"], defined["EnableManagedSpotTraining"]) == (False, False)
    names = {row["Name"] for row in defined["AlgorithmSpecification"]["MetricDefinitions"]}
    assert "validation:auc" in names


def test_a_warm_start_needs_parents_that_are_over_and_learns_their_best(sagemaker: Emulator, client: Any) -> None:
    warm = {
        "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "first"}],
        "WarmStartType": "IdenticalDataAndAlgorithm",
    }
    second = tuning_job(WarmStartConfig=warm, config=tuning_config(jobs=1))
    assert refused(client.create_hyper_parameter_tuning_job, **second)[0] == "ValidationException"
    client.create_hyper_parameter_tuning_job(**tuning_job("first", config=tuning_config(jobs=4, parallel=4)))
    assert refused(client.create_hyper_parameter_tuning_job, **second)[0] == "ValidationException"
    sagemaker.clock.advance(500)

    client.create_hyper_parameter_tuning_job(**second)
    sagemaker.clock.advance(500)

    overall = describe(client)["OverallBestTrainingJob"]
    candidates = [describe(client, name)["BestTrainingJob"] for name in ("first", "search")]
    assert values([overall]) == [min(values(candidates))]


@pytest.mark.parametrize(
    "wrong",
    [
        tuning_job(TrainingJobDefinitions=[definition()]) | {"TrainingJobDefinition": definition()},
        {name: value for name, value in tuning_job().items() if name != "TrainingJobDefinition"},
        tuning_job(
            config=tuning_config(
                ParameterRanges={"IntegerParameterRanges": [{"Name": "n", "MinValue": "few", "MaxValue": "9"}]}
            )
        ),
        tuning_job(
            config=tuning_config(
                ParameterRanges={"IntegerParameterRanges": [{"Name": "n", "MinValue": "10", "MaxValue": "9"}]}
            )
        ),
        tuning_job(config=tuning_config(Strategy="Grid")),
    ],
    ids=["two ways of defining", "no definition", "no number", "empty range", "a grid of numbers"],
)
def test_what_makes_no_sense_is_refused(client: Any, wrong: dict[str, Any]) -> None:
    assert refused(client.create_hyper_parameter_tuning_job, **wrong)[0] == "ValidationException"


def test_a_quota_that_allows_no_job_fails_the_tuning_job(sagemaker: Emulator, client: Any) -> None:
    sagemaker.quotas.set("ml.m5.large for training job usage", 0)
    client.create_hyper_parameter_tuning_job(**tuning_job())

    sagemaker.clock.advance(60)

    job = describe(client)
    assert job["HyperParameterTuningJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("ResourceLimitExceeded: The account-level service limit")


def test_every_answer_of_a_life_fits_the_model(sagemaker: Emulator) -> None:
    checked(sagemaker, "CreateHyperParameterTuningJob", tuning_job())
    for seconds in (0, 30, 200, 200, 1000):
        sagemaker.clock.advance(seconds)
        checked(sagemaker, "DescribeHyperParameterTuningJob", NAMED)
        checked(sagemaker, "ListHyperParameterTuningJobs", {})
        checked(sagemaker, "ListTrainingJobsForHyperParameterTuningJob", NAMED)
        for name in sagemaker.resources("TrainingJob"):
            checked(sagemaker, "DescribeTrainingJob", {"TrainingJobName": name})
