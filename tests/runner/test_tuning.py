"""Tuning jobs whose training jobs really run."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.runner import tiny
from tests.runner.tiny import IMAGE, ROLE, User, until

RANGES = {
    "ContinuousParameterRanges": [
        {"Name": "x", "MinValue": "-10", "MaxValue": "10"},
        {"Name": "y", "MinValue": "-10", "MaxValue": "10"},
    ]
}


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    running = tiny.emulator(tmp_path_factory.mktemp("images"), speed=60)
    made = User(running)
    yield made
    made.close()
    running.stop()


def begin(
    user: User,
    name: str,
    *,
    strategy: str = "Bayesian",
    jobs: int = 12,
    parallel: int = 2,
    ranges: dict[str, Any] = RANGES,
    static: dict[str, str] | None = None,
    config: dict[str, Any] | None = None,
    **members: Any,
) -> None:
    algorithm = {
        "TrainingImage": IMAGE,
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+)"}],
    }
    user.sagemaker.create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name,
        HyperParameterTuningJobConfig={
            "Strategy": strategy,
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": jobs, "MaxParallelTrainingJobs": parallel},
            "ParameterRanges": ranges,
            "RandomSeed": 1,
            **(config or {}),
        },
        TrainingJobDefinition={
            "StaticHyperParameters": static or {},
            "AlgorithmSpecification": algorithm,
            "RoleArn": ROLE,
            "OutputDataConfig": {"S3OutputPath": "s3://data/tuned/"},
            "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1},
            "StoppingCondition": {"MaxRuntimeInSeconds": 86400},
        },
        **members,
    )


def ended(user: User, name: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        said: dict[str, Any] = user.sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        return said if said["HyperParameterTuningJobStatus"] in ("Completed", "Failed", "Stopped") else None

    said: dict[str, Any] = until(look)
    return said


def tune(user: User, name: str, **arguments: Any) -> dict[str, Any]:
    begin(user, name, **arguments)
    return ended(user, name)


def trials(user: User, name: str) -> list[dict[str, Any]]:
    """The training jobs in the order in which they began."""
    found: list[dict[str, Any]] = user.sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name, SortBy="CreationTime", SortOrder="Ascending", MaxResults=100
    )["TrainingJobSummaries"]
    return found


def objective(row: dict[str, Any]) -> float:
    value: float = row["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
    return value


def loss(row: dict[str, Any]) -> float:
    """What the tiny program writes last, for one epoch."""
    told = row["TunedHyperParameters"]
    return (float(told["x"]) - 3) ** 2 + (float(told["y"]) + 1) ** 2 + 1


def test_twelve_trials_find_something_better_than_the_first_and_the_best_one_deploys(user: User) -> None:
    said = tune(user, "search")

    assert said["HyperParameterTuningJobStatus"] == "Completed", said
    rows = trials(user, "search")
    assert len(rows) == 12
    assert [objective(row) for row in rows] == pytest.approx([loss(row) for row in rows], abs=1e-4)
    best = said["BestTrainingJob"]
    assert objective(best) == min(objective(row) for row in rows) < objective(rows[0])
    trained = user.sagemaker.describe_training_job(TrainingJobName=best["TrainingJobName"])
    container = {"Image": IMAGE, "ModelDataUrl": trained["ModelArtifacts"]["S3ModelArtifacts"]}
    user.sagemaker.create_model(ModelName="best", PrimaryContainer=container, ExecutionRoleArn=ROLE)
    variant = {"VariantName": "all", "ModelName": "best", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    user.sagemaker.create_endpoint_config(EndpointConfigName="best", ProductionVariants=[variant])
    user.sagemaker.create_endpoint(EndpointName="best", EndpointConfigName="best")

    def status() -> str:
        told: str = user.sagemaker.describe_endpoint(EndpointName="best")["EndpointStatus"]
        return told

    until(lambda: status() != "Creating")
    assert status() == "InService"
    runtime = user.emulator.client("sagemaker-runtime")
    answer = runtime.invoke_endpoint(EndpointName="best", Body=b"20,1", ContentType="text/csv")
    assert answer["Body"].read() == b"42"
    runtime.close()
    user.sagemaker.delete_endpoint(EndpointName="best")


def test_no_more_training_jobs_run_at_once_than_are_allowed(user: User) -> None:
    tune(user, "two-by-two", strategy="Random", jobs=6, static={"pause": "0.2"})
    rows = trials(user, "two-by-two")
    moments = [(row["TrainingStartTime"], 1) for row in rows] + [(row["TrainingEndTime"], -1) for row in rows]
    running, most = 0, 0
    for _, change in sorted(moments, key=lambda moment: (moment[0], moment[1])):
        running += change
        most = max(most, running)
    assert most == 2


def test_a_grid_tries_every_combination_once(user: User) -> None:
    ranges = {"CategoricalParameterRanges": [{"Name": "x", "Values": ["3", "4"]}, {"Name": "y", "Values": ["-1", "2"]}]}
    said = tune(user, "grid", strategy="Grid", ranges=ranges, jobs=10)
    tried = {(row["TunedHyperParameters"]["x"], row["TunedHyperParameters"]["y"]) for row in trials(user, "grid")}
    assert tried == {("3", "-1"), ("3", "2"), ("4", "-1"), ("4", "2")}
    assert said["BestTrainingJob"]["TunedHyperParameters"] == {"x": "3", "y": "-1"}


def test_a_combination_that_crashes_costs_one_trial_and_not_the_search(user: User) -> None:
    ranges = {"CategoricalParameterRanges": [{"Name": "crash", "Values": ["no", "yes"]}]}
    said = tune(user, "crashes", strategy="Grid", ranges=ranges)
    assert said["HyperParameterTuningJobStatus"] == "Completed"
    assert said["TrainingJobStatusCounters"]["NonRetryableError"] == 1
    assert said["BestTrainingJob"]["TunedHyperParameters"] == {"crash": "no"}
    (failed,) = (row for row in trials(user, "crashes") if row["TrainingJobStatus"] == "Failed")
    assert "this combination crashes" in failed["FailureReason"]


def test_a_search_in_which_every_trial_crashes_fails(user: User) -> None:
    said = tune(user, "hopeless", strategy="Random", jobs=2, static={"crash": "yes"})
    assert said["HyperParameterTuningJobStatus"] == "Failed"
    assert said["FailureReason"].startswith("No training job succeeded after 2 attempts.")


def test_jobs_that_are_worse_than_the_median_are_stopped_early(user: User) -> None:
    ranges = {"CategoricalParameterRanges": [{"Name": "x", "Values": ["3", "3.1", "3.2", "9"]}]}
    config = {"TrainingJobEarlyStoppingType": "Auto"}
    static = {"epochs": "20", "pause": "0.1"}

    said = tune(user, "early", strategy="Grid", ranges=ranges, static=static, config=config)

    ends = {row["TunedHyperParameters"]["x"]: row["TrainingJobStatus"] for row in trials(user, "early")}
    assert ends == {"3": "Completed", "3.1": "Completed", "3.2": "Completed", "9": "Stopped"}
    assert said["TrainingJobStatusCounters"]["Stopped"] == 1
    assert said["BestTrainingJob"]["TunedHyperParameters"] == {"x": "3"}


def test_hyperband_lets_few_jobs_use_all_of_the_resource(user: User) -> None:
    config = {"StrategyConfig": {"HyperbandStrategyConfig": {"MinResource": 2, "MaxResource": 18}}}
    said = tune(user, "band", strategy="Hyperband", jobs=8, static={"epochs": "30", "pause": "0.05"}, config=config)
    assert said["HyperParameterTuningJobStatus"] == "Completed"
    assert said["TrainingJobStatusCounters"]["Stopped"] == 8  # also the best, at MaxResource
    assert said["ObjectiveStatusCounters"]["Succeeded"] == 8


def test_a_warm_start_begins_with_what_its_parent_found(user: User) -> None:
    tune(user, "parent", jobs=10)
    start = {
        "WarmStartType": "IdenticalDataAndAlgorithm",
        "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "parent"}],
    }
    said = tune(user, "child", jobs=4, WarmStartConfig=start)
    parent = sorted(objective(row) for row in trials(user, "parent"))
    assert min(objective(row) for row in trials(user, "child")) < parent[len(parent) // 2]
    assert objective(said["OverallBestTrainingJob"]) <= parent[0]


def test_a_search_that_is_stopped_stops_its_training_jobs(user: User) -> None:
    begin(user, "stopped", jobs=2, static={"epochs": "1000", "pause": "0.5"})
    until(lambda: any("TrainingStartTime" in row for row in trials(user, "stopped")))

    user.sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="stopped")

    assert ended(user, "stopped")["HyperParameterTuningJobStatus"] == "Stopped"
    assert {row["TrainingJobStatus"] for row in trials(user, "stopped")} == {"Stopped"}


def test_a_search_whose_time_is_over_stops_what_runs_and_is_complete(user: User) -> None:
    limits = {"ResourceLimits": {"MaxParallelTrainingJobs": 2, "MaxRuntimeInSeconds": 120}}  # two seconds here
    said = tune(user, "over", static={"epochs": "1000", "pause": "0.5"}, config=limits)
    assert said["HyperParameterTuningJobStatus"] == "Completed"
    assert said["TrainingJobStatusCounters"]["Stopped"] == 2


def test_a_search_goes_on_where_it_was_after_a_restart_of_the_emulator(tmp_path: Path) -> None:
    """It loses the jobs that were under way, which begin anew, and none of those that had ended."""
    first = tiny.emulator(tmp_path, speed=60, state=tmp_path / "state")
    before = User(first)
    begin(before, "again", jobs=8, static={"pause": "0.2", "epochs": "3"})
    until(lambda: [row for row in trials(before, "again") if row["TrainingJobStatus"] == "Completed"][2:])
    known = {row["TrainingJobName"]: row["TunedHyperParameters"] for row in trials(before, "again")}
    before.close()
    first.stop()

    second = tiny.emulator(tmp_path, speed=60, state=tmp_path / "state")
    after = User(second)
    said = ended(after, "again")
    rows = trials(after, "again")
    after.close()
    second.stop()

    assert said["TrainingJobStatusCounters"]["Completed"] == len(rows) == 8, said
    assert known.items() <= {row["TrainingJobName"]: row["TunedHyperParameters"] for row in rows}.items()


def test_at_the_speed_of_real_time_a_search_waits_for_nothing_but_its_jobs(tmp_path: Path) -> None:
    running = tiny.emulator(tmp_path, speed=1)
    user = User(running)
    began = time.monotonic()
    said = tune(user, "real-time", jobs=4)
    took = time.monotonic() - began
    user.close()
    running.stop()
    assert said["TrainingJobStatusCounters"]["Completed"] == 4
    assert took < 25, "half a minute is what a simulated one takes until its first job"
