"""Job definitions and monitoring schedules of the emulated SageMaker, through boto3."""

from typing import Any

import pytest
from tests.emulator.asking import IMAGE, ROLE, arn, job_definition, refused, schedule, serving_endpoint

from sagemaker_local.emulator import Emulator


@pytest.fixture
def definition(sagemaker: Emulator, client: Any) -> None:
    serving_endpoint(sagemaker, client)
    client.create_data_quality_job_definition(**job_definition())


@pytest.fixture
def scheduled(definition: None, sagemaker: Emulator, client: Any) -> None:
    client.create_monitoring_schedule(**schedule())
    sagemaker.clock.advance(10)


def status(client: Any) -> str:
    return str(client.describe_monitoring_schedule(MonitoringScheduleName="hourly")["MonitoringScheduleStatus"])


def test_a_schedule_is_pending_and_then_scheduled(definition: None, sagemaker: Emulator, client: Any) -> None:
    client.create_monitoring_schedule(**schedule())
    assert status(client) == "Pending"

    sagemaker.clock.advance(10)

    shown = client.describe_monitoring_schedule(MonitoringScheduleName="hourly")
    assert shown["MonitoringScheduleStatus"] == "Scheduled"
    assert (shown["EndpointName"], shown["MonitoringType"]) == ("digits", "DataQuality")


def test_missing_schedules_and_definitions_are_not_found(client: Any) -> None:
    for operation in ("describe", "delete", "start", "stop"):
        said = refused(getattr(client, f"{operation}_monitoring_schedule"), MonitoringScheduleName="x")
        assert said == ("ResourceNotFound", f"Monitoring Schedule {arn('monitoring-schedule/x')} not found")
    code, text = refused(client.describe_data_quality_job_definition, JobDefinitionName="x")
    assert code == "ResourceNotFound"
    assert text.startswith("Monitoring Job Definition ")
    assert refused(client.create_monitoring_schedule, **schedule())[0] == "ResourceNotFound"


def test_duplicates_are_in_use(scheduled: None, client: Any) -> None:
    assert refused(client.create_monitoring_schedule, **schedule())[0] == "ResourceInUse"
    assert refused(client.create_data_quality_job_definition, **job_definition())[0] == "ResourceInUse"


def test_a_definition_needs_its_endpoint(client: Any) -> None:
    assert refused(client.create_data_quality_job_definition, **job_definition()) == (
        "ValidationException",
        f'Could not find endpoint "{arn("endpoint/digits")}".',
    )


def test_a_pending_schedule_cannot_be_changed(definition: None, client: Any) -> None:
    client.create_monitoring_schedule(**schedule())

    for operation in ("delete", "start", "stop"):
        code, text = refused(getattr(client, f"{operation}_monitoring_schedule"), MonitoringScheduleName="hourly")
        assert code == "ValidationException"
        assert text.startswith("Monitoring schedule in status Pending")
    assert refused(client.update_monitoring_schedule, **schedule())[0] == "ValidationException"


def test_a_schedule_stops_and_starts(scheduled: None, sagemaker: Emulator, client: Any) -> None:
    client.stop_monitoring_schedule(MonitoringScheduleName="hourly")
    assert status(client) == "Pending"
    sagemaker.clock.advance(5)
    assert status(client) == "Stopped"
    assert refused(client.stop_monitoring_schedule, MonitoringScheduleName="hourly")[0] == "ValidationException"

    client.start_monitoring_schedule(MonitoringScheduleName="hourly")
    assert status(client) == "Pending"
    sagemaker.clock.advance(5)
    assert status(client) == "Scheduled"


def test_a_deleted_schedule_is_pending_until_it_is_gone(scheduled: None, sagemaker: Emulator, client: Any) -> None:
    client.delete_monitoring_schedule(MonitoringScheduleName="hourly")
    assert status(client) == "Pending"

    sagemaker.clock.advance(10)

    assert refused(client.describe_monitoring_schedule, MonitoringScheduleName="hourly")[0] == "ResourceNotFound"


def test_a_definition_is_locked_by_its_schedule(scheduled: None, sagemaker: Emulator, client: Any) -> None:
    assert refused(client.delete_data_quality_job_definition, JobDefinitionName="quality")[0] == "ResourceInUse"
    client.delete_monitoring_schedule(MonitoringScheduleName="hourly")
    assert refused(client.delete_data_quality_job_definition, JobDefinitionName="quality")[0] == "ResourceInUse"
    sagemaker.clock.advance(10)

    client.delete_data_quality_job_definition(JobDefinitionName="quality")

    assert sagemaker.resources("DataQualityJobDefinition") == []


def test_an_update_replaces_the_configuration_once_it_is_through(
    scheduled: None, sagemaker: Emulator, client: Any
) -> None:
    client.create_data_quality_job_definition(**job_definition("stricter"))
    client.update_monitoring_schedule(**schedule(definition="stricter"))
    during = client.describe_monitoring_schedule(MonitoringScheduleName="hourly")["MonitoringScheduleConfig"]

    sagemaker.clock.advance(10)

    after = client.describe_monitoring_schedule(MonitoringScheduleName="hourly")["MonitoringScheduleConfig"]
    assert during["MonitoringJobDefinitionName"] == "quality"
    assert after["MonitoringJobDefinitionName"] == "stricter"
    client.delete_data_quality_job_definition(JobDefinitionName="quality")  # no longer locked


def test_aws_fills_in_a_daily_time_and_the_type(definition: None, client: Any) -> None:
    client.create_monitoring_schedule(
        MonitoringScheduleName="hourly",
        MonitoringScheduleConfig={"MonitoringJobDefinitionName": "quality"},
    )

    config = client.describe_monitoring_schedule(MonitoringScheduleName="hourly")["MonitoringScheduleConfig"]

    assert config["MonitoringType"] == "DataQuality"
    assert config["ScheduleConfig"]["ScheduleExpression"].startswith("cron(0 ")


def test_an_inline_definition_gets_an_hour_and_its_endpoint_is_shown(sagemaker: Emulator, client: Any) -> None:
    serving_endpoint(sagemaker, client)
    parts = job_definition()
    inline = {
        "MonitoringInputs": [parts["DataQualityJobInput"]],
        "MonitoringOutputConfig": parts["DataQualityJobOutputConfig"],
        "MonitoringResources": parts["JobResources"],
        "MonitoringAppSpecification": {"ImageUri": IMAGE},
        "RoleArn": ROLE,
    }
    client.create_monitoring_schedule(
        MonitoringScheduleName="hourly", MonitoringScheduleConfig={"MonitoringJobDefinition": inline}
    )

    shown = client.describe_monitoring_schedule(MonitoringScheduleName="hourly")

    config = shown["MonitoringScheduleConfig"]
    assert config["MonitoringJobDefinition"]["StoppingCondition"] == {"MaxRuntimeInSeconds": 3600}
    assert shown["EndpointName"] == "digits"


@pytest.mark.parametrize("cron", ["cron(0 * ? * * *)", "cron(0 12 ? * * *)", "cron(0 0/2 ? * * *)"])
def test_the_cron_forms_of_model_monitor_are_taken(definition: None, client: Any, cron: str) -> None:
    client.create_monitoring_schedule(**schedule(ScheduleConfig={"ScheduleExpression": cron}))

    assert status(client) == "Pending"


@pytest.mark.parametrize(
    "cron", ["Hourly: cron(0 * ? * * *)", "cron(5 * ? * * *)", "cron(0 24 ? * * *)", "rate(1 hour)"]
)
def test_other_cron_forms_are_refused(definition: None, client: Any, cron: str) -> None:
    said = refused(client.create_monitoring_schedule, **schedule(ScheduleConfig={"ScheduleExpression": cron}))

    assert said[0] == "ValidationException"


def test_lists_of_schedules_filter_by_endpoint_and_definition(scheduled: None, client: Any) -> None:
    def names(**filters: str) -> list[str]:
        rows = client.list_monitoring_schedules(**filters)["MonitoringScheduleSummaries"]
        return [row["MonitoringScheduleName"] for row in rows]

    assert names(EndpointName="digits") == names(MonitoringJobDefinitionName="quality") == ["hourly"]
    assert names(EndpointName="other") == []
    row = client.list_data_quality_job_definitions()["JobDefinitionSummaries"][0]
    assert (row["MonitoringJobDefinitionName"], row["EndpointName"]) == ("quality", "digits")
