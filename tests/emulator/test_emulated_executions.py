"""Monitoring executions of the emulated SageMaker: made by the clock, each with a processing job and a verdict."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.emulator.asking import endpoint_config, job_definition, model, refused, schedule

from sagemaker_local.emulator import Emulator

HOUR = 3600
DRIFT = {
    "feature_name": "age",
    "constraint_check_type": "baseline_drift_check",
    "description": "Baseline drift distance: 0.31 exceeds threshold: 0.1",
}
CAPTURE = {
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://bucket/captured",
    "CaptureOptions": [{"CaptureMode": "Input"}],
}


@pytest.fixture
def at_noon(sagemaker: Emulator, client: Any) -> None:
    """An hourly schedule of a serving endpoint, Scheduled a minute before an hour begins."""
    monitored(sagemaker, client)
    client.create_monitoring_schedule(**schedule())
    sagemaker.clock.advance(60)


@pytest.fixture
def strict() -> Iterator[Emulator]:
    """An emulator that looks into S3."""
    with Emulator.start(virtual=True, check_s3=True) as emulator:
        yield emulator


def monitored(sagemaker: Emulator, client: Any) -> None:
    """A serving endpoint that captures data, and a definition, one minute and ten seconds before an hour begins."""
    client.create_model(**model())
    client.create_endpoint_config(**endpoint_config(DataCaptureConfig={"EnableCapture": True, **CAPTURE}))
    client.create_endpoint(EndpointName="digits", EndpointConfigName="first")
    client.create_data_quality_job_definition(**job_definition())
    sagemaker.clock.advance(240)
    sagemaker.clock.advance(HOUR - (sagemaker.clock.now() + 120) % HOUR)


def executions(client: Any, **filters: Any) -> list[dict[str, Any]]:
    return list(client.list_monitoring_executions(**filters)["MonitoringExecutionSummaries"])


def last(client: Any) -> dict[str, Any]:
    return dict(client.describe_monitoring_schedule(MonitoringScheduleName="hourly")["LastMonitoringExecutionSummary"])


def job_of(client: Any, execution: dict[str, Any]) -> dict[str, Any]:
    name = execution["ProcessingJobArn"].rpartition("/")[2]
    return dict(client.describe_processing_job(ProcessingJobName=name))


def test_an_hourly_schedule_executes_each_hour_up_to_twenty_minutes_late(
    at_noon: None, sagemaker: Emulator, client: Any
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
    at_noon: None, sagemaker: Emulator, client: Any
) -> None:
    seen = []
    for _ in range(30 * 60 // 5):
        sagemaker.clock.advance(5)
        if executions(client):
            seen.append(last(client)["MonitoringExecutionStatus"])

    assert list(dict.fromkeys(seen)) == ["Pending", "InProgress", "Completed"]
    assert job_of(client, last(client))["ExitMessage"] == "Completed: Job completed successfully with no violations."


def test_its_processing_job_has_the_contract_of_monitoring_containers(
    at_noon: None, sagemaker: Emulator, client: Any
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


def test_a_schedule_is_busy_while_it_executes(at_noon: None, sagemaker: Emulator, client: Any) -> None:
    while not executions(client):
        sagemaker.clock.advance(60)

    for operation, request in (("delete", {"MonitoringScheduleName": "hourly"}), ("update", schedule())):
        code, text = refused(getattr(client, f"{operation}_monitoring_schedule"), **request)
        assert (code, "in-progress executions" in text) == ("ValidationException", True)

    sagemaker.clock.advance(600)
    client.delete_monitoring_schedule(MonitoringScheduleName="hourly")


def test_a_stopped_schedule_makes_no_executions_and_lets_the_running_one_end(
    at_noon: None, sagemaker: Emulator, client: Any
) -> None:
    while not executions(client):
        sagemaker.clock.advance(60)
    client.stop_monitoring_schedule(MonitoringScheduleName="hourly")

    sagemaker.clock.advance(5 * HOUR)

    assert [execution["MonitoringExecutionStatus"] for execution in executions(client)] == ["Completed"]
    client.start_monitoring_schedule(MonitoringScheduleName="hourly")
    sagemaker.clock.advance(2 * HOUR)
    assert len(executions(client)) >= 2


def test_after_an_update_only_the_new_times_count(at_noon: None, sagemaker: Emulator, client: Any) -> None:
    hour = datetime.fromtimestamp(sagemaker.clock.now() + 5 * HOUR, UTC).hour
    client.update_monitoring_schedule(**schedule(ScheduleConfig={"ScheduleExpression": f"cron(0 {hour} ? * * *)"}))

    sagemaker.clock.advance(26 * HOUR)

    assert [execution["ScheduledTime"].astimezone(UTC).hour for execution in executions(client)] == [hour]


def test_scenarios_let_executions_find_violations(at_noon: None, sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.violate("MonitoringSchedule", "^hourly$", violations=[DRIFT], times=1)

    sagemaker.clock.advance(2 * HOUR)

    statuses = [execution["MonitoringExecutionStatus"] for execution in executions(client)]
    assert statuses == ["Completed", "CompletedWithViolations"]
    first = executions(client, StatusEquals="CompletedWithViolations")[0]
    message = "CompletedWithViolations: Job completed successfully with 1 violations."
    assert job_of(client, first)["ExitMessage"] == message


def test_the_execution_follows_what_becomes_of_its_processing_job(
    at_noon: None, sagemaker: Emulator, client: Any
) -> None:
    sagemaker.scenarios.fail("ProcessingJob", "^model-monitoring", reason="AlgorithmError: out of memory", times=1)
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
