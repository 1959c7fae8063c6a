"""Monitoring executions of the emulated SageMaker: made by the clock, each with a processing job and a verdict."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.emulator.asking import endpoint_config, job_definition, model, refused, schedule, serving_endpoint
from tests.emulator.monitoring_requests import CAPTURE, DRIFT, HOUR, executions, job_of, last, monitored
from tests.emulator.test_emulated_control import ask

from sagemaker_local.emulator import Emulator


@pytest.fixture
def hourly(sagemaker: Emulator, client: Any) -> None:
    """A schedule that runs each hour, a few seconds before an hour begins."""
    monitored(sagemaker, client)
    client.create_monitoring_schedule(**schedule())
    sagemaker.clock.advance(60)


def test_an_hourly_schedule_executes_each_hour_up_to_twenty_minutes_late(
    hourly: None, sagemaker: Emulator, client: Any
) -> None:
    sagemaker.clock.advance(3 * HOUR)

    made = executions(client, SortOrder="Ascending")

    assert len(made) == 3
    for execution in made:
        late = execution["CreationTime"] - execution["ScheduledTime"]
        assert execution["ScheduledTime"].minute == execution["ScheduledTime"].second == 0
        assert 0 <= late.total_seconds() <= 1200
    assert len({execution["ScheduledTime"].hour for execution in made}) == 3


def test_an_execution_is_pending_then_in_progress_then_completed(
    hourly: None, sagemaker: Emulator, client: Any
) -> None:
    seen = []
    for _ in range(30 * 60 // 5):
        sagemaker.clock.advance(5)
        if executions(client):
            seen.append(last(client)["MonitoringExecutionStatus"])

    assert list(dict.fromkeys(seen)) == ["Pending", "InProgress", "Completed"]
    assert job_of(client, last(client))["ExitMessage"] == "Completed: Job completed successfully with no violations."


def test_its_processing_job_has_the_contract_of_monitoring_containers(
    hourly: None, sagemaker: Emulator, client: Any
) -> None:
    sagemaker.clock.advance(HOUR)

    job = job_of(client, last(client))

    scheduled = last(client)["ScheduledTime"].astimezone(UTC)
    told = job["Environment"]
    assert job["MonitoringScheduleArn"].endswith(":monitoring-schedule/hourly")
    assert told["sagemaker_endpoint_name"] == "digits"
    assert told["sagemaker_monitoring_schedule_name"] == "hourly"
    assert told["end_time"] == scheduled.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert told["output_path"] == "/opt/ml/processing/output"
    output = job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]
    assert output["S3Uri"] == f"s3://bucket/reports/digits/hourly/{scheduled:%Y/%m/%d/%H}"
    before = datetime.fromtimestamp(scheduled.timestamp() - HOUR, UTC)
    data = job["ProcessingInputs"][0]["S3Input"]
    assert data["S3Uri"] == f"s3://bucket/captured/digits/AllTraffic/{before:%Y/%m/%d/%H}"


def test_a_schedule_is_busy_while_it_executes(hourly: None, sagemaker: Emulator, client: Any) -> None:
    while not executions(client):
        sagemaker.clock.advance(60)

    for operation, request in (("delete", {"MonitoringScheduleName": "hourly"}), ("update", schedule())):
        code, text = refused(getattr(client, f"{operation}_monitoring_schedule"), **request)
        assert (code, "in-progress executions" in text) == ("ValidationException", True)

    sagemaker.clock.advance(600)
    client.delete_monitoring_schedule(MonitoringScheduleName="hourly")


def test_a_stopped_schedule_makes_no_executions_and_lets_the_running_one_end(
    hourly: None, sagemaker: Emulator, client: Any
) -> None:
    while not executions(client):
        sagemaker.clock.advance(60)
    client.stop_monitoring_schedule(MonitoringScheduleName="hourly")

    sagemaker.clock.advance(5 * HOUR)

    assert [execution["MonitoringExecutionStatus"] for execution in executions(client)] == ["Completed"]
    client.start_monitoring_schedule(MonitoringScheduleName="hourly")
    sagemaker.clock.advance(2 * HOUR)
    assert len(executions(client)) >= 2


def test_after_an_update_only_the_new_times_count(hourly: None, sagemaker: Emulator, client: Any) -> None:
    hour = datetime.fromtimestamp(sagemaker.clock.now() + 5 * HOUR, UTC).hour
    client.update_monitoring_schedule(**schedule(ScheduleConfig={"ScheduleExpression": f"cron(0 {hour} ? * * *)"}))

    sagemaker.clock.advance(26 * HOUR)

    assert [execution["ScheduledTime"].astimezone(UTC).hour for execution in executions(client)] == [hour]


def test_scenarios_let_executions_find_violations(hourly: None, sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.violate("MonitoringSchedule", "^hourly$", violations=[DRIFT], times=1)

    sagemaker.clock.advance(2 * HOUR)

    statuses = [execution["MonitoringExecutionStatus"] for execution in executions(client)]
    assert statuses == ["Completed", "CompletedWithViolations"]
    first = executions(client, StatusEquals="CompletedWithViolations")[0]
    message = "CompletedWithViolations: Job completed successfully with 1 violations."
    assert job_of(client, first)["ExitMessage"] == message


def test_the_execution_follows_what_becomes_of_its_processing_job(
    hourly: None, sagemaker: Emulator, client: Any
) -> None:
    sagemaker.scenarios.fail("ProcessingJob", "-monitoring-", reason="AlgorithmError: out of memory", times=1)
    sagemaker.clock.advance(HOUR)
    assert (last(client)["MonitoringExecutionStatus"], last(client)["FailureReason"]) == (
        "Failed",
        "AlgorithmError: out of memory",
    )

    while last(client)["MonitoringExecutionStatus"] != "InProgress":
        sagemaker.clock.advance(5)
    client.stop_processing_job(ProcessingJobName=last(client)["ProcessingJobArn"].rpartition("/")[2])
    assert last(client)["MonitoringExecutionStatus"] == "Stopping"
    sagemaker.clock.advance(60)
    assert last(client)["MonitoringExecutionStatus"] == "Stopped"


def test_executions_are_listed_by_what_they_are_about(hourly: None, sagemaker: Emulator, client: Any) -> None:
    sagemaker.clock.advance(3 * HOUR)
    newest, _, oldest = executions(client)

    assert newest["CreationTime"] > oldest["CreationTime"]
    for filters in (
        {"MonitoringScheduleName": "hourly"},
        {"EndpointName": "digits"},
        {"MonitoringJobDefinitionName": "quality"},
        {"MonitoringTypeEquals": "DataQuality"},
        {"StatusEquals": "Completed"},
    ):
        assert len(executions(client, **filters)) == 3
    assert executions(client, MonitoringScheduleName="other") == executions(client, StatusEquals="Failed") == []
    assert executions(client, ScheduledTimeBefore=newest["ScheduledTime"], ScheduledTimeAfter=oldest["ScheduledTime"])
    assert executions(client, CreationTimeAfter=newest["CreationTime"]) == []
    first = client.list_monitoring_executions(MaxResults=2, SortBy="ScheduledTime", SortOrder="Ascending")
    assert first["MonitoringExecutionSummaries"][0] == oldest
    rest = client.list_monitoring_executions(
        MaxResults=2, SortBy="ScheduledTime", SortOrder="Ascending", NextToken=first["NextToken"]
    )
    assert rest["MonitoringExecutionSummaries"] == [newest]


def test_a_schedule_that_runs_now_does_so_once(sagemaker: Emulator, client: Any) -> None:
    monitored(sagemaker, client)
    times = {"DataAnalysisStartTime": "-PT5H", "DataAnalysisEndTime": "-PT0H"}
    client.create_monitoring_schedule(**schedule(ScheduleConfig={"ScheduleExpression": "NOW", **times}))

    sagemaker.clock.advance(3 * HOUR)

    (only,) = executions(client)
    told = job_of(client, only)["Environment"]
    start, end = (datetime.fromisoformat(told[name]) for name in ("start_time", "end_time"))
    assert (end - start).total_seconds() == 5 * HOUR
    assert only["MonitoringExecutionStatus"] == "Completed"


@pytest.mark.parametrize(
    "times",
    [
        {},
        {"DataAnalysisStartTime": "-PT5H"},
        {"DataAnalysisStartTime": "-PT25H", "DataAnalysisEndTime": "-PT0H"},
        {"DataAnalysisStartTime": "-PT1H", "DataAnalysisEndTime": "-PT2H"},
        {"DataAnalysisStartTime": "yesterday", "DataAnalysisEndTime": "-PT0H"},
    ],
)
def test_running_now_needs_a_time_to_look_at(sagemaker: Emulator, client: Any, times: dict[str, str]) -> None:
    monitored(sagemaker, client)

    said = refused(client.create_monitoring_schedule, **schedule(ScheduleConfig={"ScheduleExpression": "NOW", **times}))

    assert said[0] == "ValidationException"


@pytest.mark.parametrize(("cron", "hours"), [("cron(0 12 ? * * *)", {12}), ("cron(0 17/12 ? * * *)", {5, 17})])
def test_executions_look_at_the_time_since_the_one_before(
    sagemaker: Emulator, client: Any, cron: str, hours: set[int]
) -> None:
    monitored(sagemaker, client)
    client.create_monitoring_schedule(**schedule(ScheduleConfig={"ScheduleExpression": cron}))

    sagemaker.clock.advance(49 * HOUR)

    assert {execution["ScheduledTime"].astimezone(UTC).hour for execution in executions(client)} == hours
    told = job_of(client, last(client))["Environment"]
    start, end = (datetime.fromisoformat(told[name]) for name in ("start_time", "end_time"))
    assert (end - start).total_seconds() == 24 * HOUR / len(hours)


def test_alerts_count_violations_in_the_latest_executions(hourly: None, sagemaker: Emulator, client: Any) -> None:
    (alert,) = client.list_monitoring_alerts(MonitoringScheduleName="hourly")["MonitoringAlertSummaries"]
    name = alert["MonitoringAlertName"]
    client.update_monitoring_alert(
        MonitoringScheduleName="hourly", MonitoringAlertName=name, DatapointsToAlert=2, EvaluationPeriod=3
    )
    sagemaker.scenarios.violate("MonitoringSchedule", "hourly", violations=[DRIFT], times=2)

    seen = []
    for _ in range(5):
        sagemaker.clock.advance(HOUR)
        (alert,) = client.list_monitoring_alerts(MonitoringScheduleName="hourly")["MonitoringAlertSummaries"]
        seen.append(alert["AlertStatus"])

    assert seen == ["OK", "InAlert", "InAlert", "OK", "OK"]
    history = client.list_monitoring_alert_history(MonitoringScheduleName="hourly")["MonitoringAlertHistory"]
    assert [row["AlertStatus"] for row in history] == ["OK", "InAlert"]
    raised = client.list_monitoring_alert_history(StatusEquals="InAlert")["MonitoringAlertHistory"]
    assert [row["MonitoringAlertName"] for row in raised] == [name]


def test_alerts_of_missing_schedules_are_not_found(hourly: None, client: Any) -> None:
    numbers = {"DatapointsToAlert": 1, "EvaluationPeriod": 1}
    for schedule_name, alert in (("other", "DataQualityAlert"), ("hourly", "other")):
        asked = {"MonitoringScheduleName": schedule_name, "MonitoringAlertName": alert, **numbers}
        assert refused(client.update_monitoring_alert, **asked)[0] == "ResourceNotFound"
    assert refused(client.list_monitoring_alerts, MonitoringScheduleName="other")[0] == "ResourceNotFound"
    assert refused(client.list_monitoring_alert_history, MonitoringScheduleName="other")[0] == "ResourceNotFound"


def test_a_closed_model_monitor_takes_no_new_schedules(hourly: None, sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.close("MonitoringSchedule")

    code, text = refused(client.create_monitoring_schedule, **schedule("another"))

    assert (code, "no longer open to new customers" in text) == ("ValidationException", True)
    client.stop_monitoring_schedule(MonitoringScheduleName="hourly")
    sagemaker.scenarios.reopen()
    client.create_monitoring_schedule(**schedule("another"))


def test_new_customers_get_no_monitoring_schedules_and_everything_else() -> None:
    with Emulator.start(virtual=True, profile="new-customer") as emulator:
        client = emulator.client()
        serving_endpoint(emulator, client)
        client.create_data_quality_job_definition(**job_definition())

        code, text = refused(client.create_monitoring_schedule, **schedule())

        client.close()
    assert (code, text) == ("ValidationException", "Amazon SageMaker Model Monitor is no longer open to new customers.")


def test_an_execution_whose_job_is_refused_fails_with_the_reason(
    hourly: None, sagemaker: Emulator, client: Any
) -> None:
    sagemaker.quotas.set("ml.m5.large for processing job usage", 0)

    sagemaker.clock.advance(HOUR)

    assert last(client)["MonitoringExecutionStatus"] == "Failed"
    assert "ml.m5.large for processing job usage" in last(client)["FailureReason"]
    assert "ProcessingJobArn" not in last(client)


def test_an_hourly_schedule_runs_for_two_months_in_a_second_or_two_and_keeps_its_latest_thousand(
    hourly: None, sagemaker: Emulator, client: Any
) -> None:
    began = time.process_time()

    sagemaker.clock.advance(60 * 24 * HOUR)

    assert time.process_time() - began < 15 / 6  # a year in 15 seconds
    pages = client.get_paginator("list_monitoring_executions").paginate(PaginationConfig={"PageSize": 100})
    assert sum(len(page["MonitoringExecutionSummaries"]) for page in pages) == 1000
    assert len(sagemaker.resources("ProcessingJob")) <= 1001


def test_on_a_fast_real_clock_schedules_run_as_fast_and_can_still_be_deleted() -> None:
    with Emulator.start(speed=20_000, check_s3=False) as fast:
        client = fast.client()
        client.create_model(**model())
        client.create_endpoint_config(**endpoint_config(DataCaptureConfig=CAPTURE))
        client.create_endpoint(EndpointName="digits", EndpointConfigName="first")
        client.create_data_quality_job_definition(**job_definition())
        client.create_monitoring_schedule(**schedule())
        until(lambda: len(executions(client, StatusEquals="Completed")) >= 2)

        until(lambda: deleted(client))

        until(lambda: fast.resources("MonitoringSchedule") == [])
        client.delete_data_quality_job_definition(JobDefinitionName="quality")
        client.close()


def deleted(client: Any) -> bool:
    """Whether the schedule took a delete, for which it must not be executing."""
    try:
        client.delete_monitoring_schedule(MonitoringScheduleName="hourly")
    except ClientError:
        return False
    return True


def until(true: Callable[[], bool]) -> None:
    """Ask again and again, for at most ten seconds."""
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"


def test_violations_and_the_closure_can_be_set_over_http(hourly: None, sagemaker: Emulator, client: Any) -> None:
    rule = {"kind": "MonitoringSchedule", "match": "hourly", "violations": [DRIFT], "times": 1}
    assert ask(sagemaker, "scenarios", rule) == (200, {"ok": True})
    assert ask(sagemaker, "closures", {"kind": "MonitoringSchedule"}) == (200, {"ok": True})
    sagemaker.clock.advance(HOUR)

    assert last(client)["MonitoringExecutionStatus"] == "CompletedWithViolations"
    assert refused(client.create_monitoring_schedule, **schedule("another"))[0] == "ValidationException"
    assert ask(sagemaker, "closures") == (200, ["MonitoringSchedule"])
    assert ask(sagemaker, "closures", method="DELETE") == (200, {"ok": True})
    client.create_monitoring_schedule(**schedule("another"))


@pytest.mark.parametrize(
    ("path", "body", "complaint"),
    [
        ("scenarios", {"kind": "Endpoint", "match": ".", "violations": []}, "MonitoringSchedule"),
        ("scenarios", {"kind": "MonitoringSchedule", "match": "(", "violations": []}, "not a regular expression"),
        ("scenarios", {"kind": "MonitoringSchedule", "match": ".", "violations": [{}]}, "constraint_check_type"),
        ("scenarios", {"kind": "MonitoringSchedule", "match": ".", "violations": [1]}, "constraint_check_type"),
        ("scenarios", {"kind": "MonitoringSchedule", "match": ".", "violations": [], "times": 0}, "1 or more"),
        (
            "scenarios",
            {"kind": "MonitoringSchedule", "match": ".", "violations": [], "reason": "x"},
            "violations (to be",
        ),
        ("closures", {"kind": "TrainingJob"}, "MonitoringSchedule"),
    ],
)
def test_wrong_violations_and_closures_are_refused(
    sagemaker: Emulator, path: str, body: dict[str, Any], complaint: str
) -> None:
    status, said = ask(sagemaker, path, body)

    assert (status, complaint in said["error"]) == (400, True)


def test_what_is_scheduled_and_what_executes_survives_a_snapshot(
    hourly: None, sagemaker: Emulator, client: Any, tmp_path: Path
) -> None:
    sagemaker.clock.advance(HOUR)
    while last(client)["MonitoringExecutionStatus"] != "InProgress":
        sagemaker.clock.advance(5)
    sagemaker.save(tmp_path / "state")
    sagemaker.reset()

    sagemaker.restore(tmp_path / "state")
    sagemaker.clock.advance(2 * HOUR)

    statuses = [execution["MonitoringExecutionStatus"] for execution in executions(client)]
    assert len(statuses) >= 3
    assert set(statuses[1:]) == {"Completed"}
