"""Model Monitor with a worker: processing jobs of the analyzer, and executions that really look at what endpoints captured."""

import json
from collections.abc import Iterator
from textwrap import dedent
from typing import Any

import pytest
from tests.runner.monitored import AWS_ANALYZER, Watch
from tests.runner.tiny import until

USUAL = [f"{number / 40},0.3" for number in range(40)]
DRIFTED = [f"{2 + number / 40},0.3" for number in range(40)]

LATELY: dict[str, Any] = {"when": "NOW", "DataAnalysisStartTime": "-PT24H", "DataAnalysisEndTime": "-PT0H"}


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """Somebody whose baseline was suggested by the image of Model Monitor; what it suggested is for schedules of any image."""
    made = Watch(tmp_path_factory.mktemp("images"))
    made.baseline(image=AWS_ANALYZER)
    yield made
    made.close()


@pytest.fixture(scope="module")
def drifted(watch: Watch) -> dict[str, Any]:
    """An execution that has looked at drifted data, with garbage among it."""
    watch.serve("now", DRIFTED)
    (key,) = watch.user.keys("captured/now/")
    watch.user.put(f"{key.rpartition('/')[0]}/zz.jsonl", b'{"captureData": {"endpointInput"\n\xff\xfe\nnonsense\n{}\n')
    watch.schedule("now", **LATELY)
    return watch.execution("now")


def test_the_image_of_model_monitor_is_the_analyzer_which_suggests_a_baseline_from_csv_in_s3(watch: Watch) -> None:
    job = watch.sagemaker.describe_processing_job(ProcessingJobName="baseline")
    statistics = json.loads(watch.user.read("baseline/statistics.json"))
    constraints = json.loads(watch.user.read("baseline/constraints.json"))

    assert job["AppSpecification"]["ImageUri"] == AWS_ANALYZER
    assert job["ExitMessage"] == "Completed: Job completed successfully with no violations."
    assert statistics["dataset"]["item_count"] == 500
    assert [feature["name"] for feature in constraints["features"]] == ["score", "first", "second"]


def test_a_job_without_a_variable_that_it_needs_fails_and_names_it(watch: Watch) -> None:
    watch.user.put("odd/rows.csv", "age\n1\n")

    job = watch.process("odd", environment={"dataset_format": '{"csw": {}}'}, rows="s3://data/odd")

    assert job["ProcessingJobStatus"] == "Failed"
    assert job["ExitMessage"].startswith("Error: ")
    assert "dataset_format" in job["ExitMessage"]
    assert job["FailureReason"] == "AlgorithmError: See job logs for more information"


def test_a_schedule_that_runs_now_finds_that_what_was_captured_has_drifted(
    watch: Watch, drifted: dict[str, Any]
) -> None:
    violations = watch.report(drifted, "constraint_violations")["violations"]
    features = {row["feature_name"] for row in violations if row["constraint_check_type"] == "baseline_drift_check"}
    assert drifted["MonitoringExecutionStatus"] == "CompletedWithViolations"
    assert {"first", "score"} <= features
    assert watch.job_of(drifted)["ExitMessage"] == (
        f"CompletedWithViolations: Job completed successfully with {len(violations)} violations."
    )
    assert watch.metric("feature_baseline_drift_first", Endpoint="now", MonitoringSchedule="now") > 0.1
    alert = watch.sagemaker.list_monitoring_alerts(MonitoringScheduleName="now")["MonitoringAlertSummaries"][0]
    assert alert["AlertStatus"] == "InAlert"


def test_an_hourly_schedule_looks_at_each_request_once(watch: Watch) -> None:
    watch.serve("hourly")
    watch.schedule("hourly", when="cron(0 * ? * * *)")
    watch.ask("hourly", USUAL[:7])
    until(lambda: watch.analysed("hourly") == 7)
    watch.ask("hourly", USUAL[:3])

    until(lambda: watch.analysed("hourly") >= 10)

    watch.sagemaker.stop_monitoring_schedule(MonitoringScheduleName="hourly")
    assert watch.analysed("hourly") == 10
    reasons = {run.get("FailureReason") for run in watch.executions("hourly", 2)}
    assert reasons <= {"Job inputs had no data", None}


def test_without_captured_data_an_execution_is_no_success(watch: Watch) -> None:
    watch.serve("idle")

    watch.schedule("idle", **LATELY)
    execution = watch.execution("idle")

    assert execution["MonitoringExecutionStatus"] == "Failed"
    assert execution["FailureReason"] == "Job inputs had no data"
    assert "ProcessingJobArn" not in execution


def test_data_outside_of_the_window_is_no_data_either(watch: Watch) -> None:
    watch.serve("late", USUAL[:3])
    moment = watch.emulator.clock.now()
    until(lambda: watch.emulator.clock.now() > moment + 2)

    watch.schedule("late", when="NOW", DataAnalysisStartTime="-PT20M", DataAnalysisEndTime="-PT0H")
    execution = watch.execution("late")

    assert execution["MonitoringExecutionStatus"] == "Failed"
    assert execution["FailureReason"] == "Job inputs had no data"
    assert watch.job_of(execution)["ExitMessage"].startswith("Error: Job inputs had no data")


def test_garbage_among_what_was_captured_is_counted_and_the_rest_is_analysed(
    watch: Watch, drifted: dict[str, Any]
) -> None:
    assert watch.report(drifted, "statistics")["dataset"]["item_count"] == len(DRIFTED)
    assert "zz.jsonl" in json.dumps(watch.report(drifted, "rejected"))


def test_a_script_prepares_what_was_captured(watch: Watch) -> None:
    script = """
        def preprocess_handler(inference_record):
            first, second = inference_record.endpoint_input.data.strip().split(",")
            return {"difference": float(first) - float(second)} if float(first) > 0 else None
    """
    watch.serve("prepared", USUAL[:5])
    url = watch.user.put("scripts/prepare.py", dedent(script))

    watch.schedule("prepared", baseline=None, app={"RecordPreprocessorSourceUri": url}, **LATELY)
    execution = watch.execution("prepared")

    statistics = watch.report(execution, "statistics")
    assert [feature["name"] for feature in statistics["features"]] == ["difference"]
    assert statistics["dataset"]["item_count"] == 4


def test_a_scenario_says_what_is_found_also_where_jobs_really_run(watch: Watch) -> None:
    watch.serve("told", USUAL[:5])
    row = {"feature_name": "first", "constraint_check_type": "completeness_check", "description": "as told"}
    watch.emulator.scenarios.violate("MonitoringSchedule", "told", violations=[row])

    watch.schedule("told", **LATELY)
    execution = watch.execution("told")

    assert execution["MonitoringExecutionStatus"] == "CompletedWithViolations"
    assert watch.report(execution, "constraint_violations") == {"violations": [row]}


def test_a_baseline_that_is_not_there_fails_the_execution_in_the_words_of_its_job(watch: Watch) -> None:
    watch.serve("lost", USUAL[:2])

    watch.schedule("lost", baseline="nowhere", **LATELY)
    execution = watch.execution("lost")

    assert execution["MonitoringExecutionStatus"] == "Failed"
    assert "s3://data/nowhere/" in execution["FailureReason"]


QUALITY = {
    "dataset_format": '{"csv": {"header": true}}',
    "analysis_type": "MODEL_QUALITY",
    "problem_type": "Regression",
    "inference_attribute": "answer",
    "ground_truth_attribute": "truth",
}


def test_the_quality_of_a_model_is_judged_by_the_truth_that_is_merged_with_its_answers(watch: Watch) -> None:
    rows = [f"{number},{number + 0.5 * (number % 2)}" for number in range(60)]
    watch.user.put("judged/rows.csv", "\n".join(["answer,truth", *rows, ""]))
    watch.process("good", environment=QUALITY, rows="s3://data/judged")
    watch.serve("quality", [f"{number},0" for number in range(30)])
    watch.truth("quality", [2 * number + 5 for number in range(20)])

    watch.judge(
        "quality",
        baseline="good/constraints.json",
        kind="ModelQuality",
        app={"ProblemType": "Regression"},
        InferenceAttribute="0",
    )
    execution = watch.execution("quality")

    statistics = watch.report(execution, "statistics")
    violations = watch.report(execution, "constraint_violations")["violations"]
    assert execution["MonitoringExecutionStatus"] == "CompletedWithViolations"
    assert statistics["regression_metrics"]["mae"]["value"] == 5
    assert statistics["dataset"]["item_count"] == 20
    assert "mae" in {violation.get("metric_name") or violation["feature_name"] for violation in violations}


def test_answers_without_any_truth_are_not_judged(watch: Watch) -> None:
    watch.serve("unjudged", USUAL[:5])

    watch.judge("unjudged", kind="ModelQuality", app={"ProblemType": "Regression"}, InferenceAttribute="0")
    execution = watch.execution("unjudged")

    assert execution["MonitoringExecutionStatus"] == "Failed"
    assert "s3://data/truth/unjudged" in execution["FailureReason"]
