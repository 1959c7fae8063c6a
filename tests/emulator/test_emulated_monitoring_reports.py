"""What monitoring executions find in S3, and what they write there."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.emulator.asking import (
    IMAGE,
    ROLE,
    job_definition,
    schedule,
)
from tests.emulator.monitoring_requests import (
    BASELINE,
    CONSTRAINTS,
    DRIFT,
    HOUR,
    TYPES,
    captured,
    definition_of,
    executions,
    hour_of,
    job_of,
    last,
    monitored,
)

from sagemaker_local.emulator import Emulator
from sagemaker_local.emulator import model as service_model
from sagemaker_local.emulator.validation import complaints


@pytest.fixture
def sagemaker() -> Iterator[Emulator]:
    """An emulator that looks into S3."""
    with Emulator.start(virtual=True, check_s3=True) as emulator:
        yield emulator


@pytest.fixture
def s3(sagemaker: Emulator) -> Iterator[Any]:
    """S3 with a bucket and a baseline."""
    made = sagemaker.client("s3")
    made.create_bucket(Bucket="bucket")
    made.put_object(Bucket="bucket", Key="baseline/constraints.json", Body=json.dumps(CONSTRAINTS).encode())
    yield made
    made.close()


@pytest.fixture
def hourly(s3: Any, sagemaker: Emulator, client: Any) -> None:
    """A schedule that runs each hour, a few seconds before an hour begins, with a baseline."""
    monitored(sagemaker, client, DataQualityBaselineConfig=BASELINE)
    client.create_monitoring_schedule(**schedule())


def capture(sagemaker: Emulator, s3: Any, rows: list[str], **given: str) -> None:
    """Let the endpoint have captured rows in the hour that ends next."""
    key = f"captured/digits/AllTraffic/{hour_of(sagemaker.clock.now())}/1.jsonl"
    s3.put_object(Bucket="bucket", Key=key, Body=captured(rows, **given))


def report(client: Any, s3: Any, name: str) -> dict[str, Any]:
    """A report of the last execution."""
    url = job_of(client, last(client))["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
    bucket, _, key = url.removeprefix("s3://").partition("/")
    content = s3.get_object(Bucket=bucket, Key=f"{key}/{name}.json")["Body"].read()
    return dict(json.loads(content))


def test_without_captured_data_an_execution_fails_and_has_no_job(
    hourly: None, sagemaker: Emulator, client: Any
) -> None:
    sagemaker.clock.advance(HOUR)

    assert last(client)["MonitoringExecutionStatus"] == "Failed"
    assert last(client)["FailureReason"] == "Job inputs had no data"
    assert "ProcessingJobArn" not in last(client)


def test_only_data_of_the_hour_before_counts(hourly: None, sagemaker: Emulator, client: Any, s3: Any) -> None:
    capture(sagemaker, s3, ["31,a"])

    sagemaker.clock.advance(2 * HOUR)

    statuses = [execution["MonitoringExecutionStatus"] for execution in executions(client)]
    assert statuses == ["Failed", "Completed"]


def test_data_like_the_baseline_has_no_violations(hourly: None, sagemaker: Emulator, client: Any, s3: Any) -> None:
    capture(sagemaker, s3, ["31,a", "42,b"])

    sagemaker.clock.advance(HOUR)

    assert last(client)["MonitoringExecutionStatus"] == "Completed"
    assert report(client, s3, "constraint_violations") == {"violations": []}
    assert report(client, s3, "statistics")["dataset"] == {"item_count": 2}
    assert report(client, s3, "constraints") == CONSTRAINTS


def test_data_unlike_the_baseline_has_violations(hourly: None, sagemaker: Emulator, client: Any, s3: Any) -> None:
    capture(sagemaker, s3, ["31,a", "4.5,b"])

    sagemaker.clock.advance(HOUR)

    assert last(client)["MonitoringExecutionStatus"] == "CompletedWithViolations"
    (violation,) = report(client, s3, "constraint_violations")["violations"]
    assert (violation["feature_name"], violation["constraint_check_type"]) == ("age", "data_type_check")
    message = "CompletedWithViolations: Job completed successfully with 1 violations."
    assert job_of(client, last(client))["ExitMessage"] == message


def test_what_a_scenario_says_is_written_instead(hourly: None, sagemaker: Emulator, client: Any, s3: Any) -> None:
    sagemaker.scenarios.violate("MonitoringSchedule", "hourly", violations=[DRIFT])
    capture(sagemaker, s3, ["31,a"])

    sagemaker.clock.advance(HOUR)

    assert report(client, s3, "constraint_violations") == {"violations": [DRIFT]}


def test_a_job_that_has_nowhere_to_write_fails(s3: Any, sagemaker: Emulator, client: Any) -> None:
    output = {"S3Output": {"S3Uri": "s3://nowhere/reports", "LocalPath": "/opt/ml/processing/output"}}
    monitored(sagemaker, client, DataQualityJobOutputConfig={"MonitoringOutputs": [output]})
    client.create_monitoring_schedule(**schedule())
    capture(sagemaker, s3, ["31,a"])

    sagemaker.clock.advance(HOUR)

    assert last(client)["MonitoringExecutionStatus"] == "Failed"
    assert last(client)["FailureReason"].startswith("ClientError: The bucket nowhere")
    assert job_of(client, last(client))["ProcessingJobStatus"] == "Failed"


@pytest.mark.parametrize("type_", TYPES)
def test_each_type_of_monitoring_has_its_definitions_and_executes(
    type_: str, s3: Any, sagemaker: Emulator, client: Any
) -> None:
    monitored(sagemaker, client)
    create, describe, delete, found = (
        f"{verb}{type_}JobDefinition{s}"
        for verb, s in (("Create", ""), ("Describe", ""), ("Delete", ""), ("List", "s"))
    )
    ask = sagemaker._core.service.call
    place = next(sagemaker._core.service.world.store.everywhere("Endpoint")).place
    ask(create, definition_of(type_, "mine"), place)
    client.create_monitoring_schedule(**schedule(definition="mine", MonitoringType=type_))
    capture(sagemaker, s3, ["31,a"])

    sagemaker.clock.advance(HOUR)

    described = ask(describe, {"JobDefinitionName": "mine"}, place)
    assert described["StoppingCondition"] == {"MaxRuntimeInSeconds": 3600}
    assert complaints(service_model.output_members(describe).name, described) == []
    names = [
        row["MonitoringJobDefinitionName"]
        for row in ask(found, {"NameContains": "mine"}, place)["JobDefinitionSummaries"]
    ]
    assert names == ["mine"]
    assert (last(client)["MonitoringExecutionStatus"], last(client)["MonitoringType"]) == ("Completed", type_)
    jobs = client.list_processing_jobs()["ProcessingJobSummaries"]
    merges = [job for job in jobs if job["ProcessingJobName"].startswith("groundtruth-merge-")]
    assert len(merges) == (1 if type_ in ("ModelQuality", "ModelBias") else 0)
    client.delete_monitoring_schedule(MonitoringScheduleName="hourly")
    with pytest.raises(Exception, match="in use by"):
        ask(delete, {"JobDefinitionName": "mine"}, place)
    sagemaker.clock.advance(10)
    ask(delete, {"JobDefinitionName": "mine"}, place)


def watch_batches(client: Any, *, header: bool = False) -> None:
    """A schedule for what batch transforms captured, with its definition inside."""
    batch = {
        "DataCapturedDestinationS3Uri": "s3://bucket/batches",
        "DatasetFormat": {"Csv": {"Header": header}},
        "LocalPath": "/opt/ml/processing/input",
    }
    parts = job_definition()
    inline = {
        "MonitoringInputs": [{"BatchTransformInput": batch}],
        "MonitoringOutputConfig": parts["DataQualityJobOutputConfig"],
        "MonitoringResources": parts["JobResources"],
        "MonitoringAppSpecification": {"ImageUri": IMAGE},
        "RoleArn": ROLE,
    }
    client.create_monitoring_schedule(
        MonitoringScheduleName="hourly",
        MonitoringScheduleConfig={
            "ScheduleConfig": {"ScheduleExpression": "cron(0 * ? * * *)"},
            "MonitoringJobDefinition": inline,
        },
    )


def test_batch_transforms_and_inline_definitions_are_watched_too(s3: Any, sagemaker: Emulator, client: Any) -> None:
    monitored(sagemaker, client)
    watch_batches(client)
    key = f"batches/input/{hour_of(sagemaker.clock.now())}/1.jsonl"
    s3.put_object(Bucket="bucket", Key=key, Body=captured(["1,2"]))

    sagemaker.clock.advance(HOUR)

    job = job_of(client, last(client))
    assert last(client)["MonitoringExecutionStatus"] == "Completed"
    assert job["StoppingCondition"] == {"MaxRuntimeInSeconds": 3600}
    assert job["Environment"]["dataset_format"] == '{"csv":{"header":false}}'
    assert job["Environment"]["monitoring_input_type"] == "BATCH_TRANSFORM_INPUT"


def test_the_manifests_of_batch_transforms_lead_to_the_files_that_they_read(
    s3: Any, sagemaker: Emulator, client: Any
) -> None:
    monitored(sagemaker, client)
    watch_batches(client, header=True)
    manifest = json.dumps([{"prefix": "s3://bucket/in/"}, "a.csv", "b.csv"])
    for key, body in (
        (f"batches/input/{hour_of(sagemaker.clock.now())}/1.jsonl", manifest),
        ("in/a.csv", "age,kind\n31,a\n32,b\n"),
        ("in/b.csv", "age,kind\n33,a\n"),
    ):
        s3.put_object(Bucket="bucket", Key=key, Body=body)

    sagemaker.clock.advance(HOUR)

    first, second = report(client, s3, "statistics")["features"]
    assert first["numerical_statistics"]["sum"] == 96
    assert second["string_statistics"]["distinct_count"] == 2


def test_every_answer_about_executions_fits_the_service_model(
    hourly: None, sagemaker: Emulator, client: Any, s3: Any
) -> None:
    capture(sagemaker, s3, ["31,a"])
    sagemaker.clock.advance(2 * HOUR)
    ask = sagemaker._core.service.call
    (row,) = sagemaker._core.service.world.store.everywhere("MonitoringSchedule")
    (job,) = client.list_processing_jobs()["ProcessingJobSummaries"]
    name = {"MonitoringScheduleName": "hourly"}

    for operation, request in (
        ("DescribeMonitoringSchedule", name),
        ("ListMonitoringSchedules", {}),
        ("ListMonitoringExecutions", {}),
        ("ListMonitoringAlerts", name),
        ("ListMonitoringAlertHistory", {}),
        ("DescribeProcessingJob", {"ProcessingJobName": job["ProcessingJobName"]}),
    ):
        answer = ask(operation, request, row.place)
        shape = service_model.output_members(operation)
        assert complaints(shape.name, json.loads(json.dumps(answer))) == []
        assert set(answer) <= set(shape.members)


def test_the_two_jobs_of_model_quality_are_as_recorded(s3: Any, sagemaker: Emulator, client: Any) -> None:
    monitored(sagemaker, client)
    kind = "ModelQuality"
    app = {"ImageUri": IMAGE, "ProblemType": "Regression"}
    members = {f"{kind}BaselineConfig": BASELINE, f"{kind}AppSpecification": app}
    client.create_model_quality_job_definition(**definition_of(kind, "mine", **members))
    client.create_monitoring_schedule(**schedule(definition="mine", MonitoringType=kind))
    capture(sagemaker, s3, ["31,a"])
    hour = hour_of(sagemaker.clock.now())

    sagemaker.clock.advance(HOUR)

    names = [job["ProcessingJobName"] for job in client.list_processing_jobs()["ProcessingJobSummaries"]]
    merge, monitor = sorted((client.describe_processing_job(ProcessingJobName=name) for name in names), key=created)
    assert merge["ProcessingJobName"].removeprefix("groundtruth-merge") == (
        monitor["ProcessingJobName"].removeprefix("model-quality-monitoring")
    )
    assert sources(merge) == {
        "groundtruth_input_1": f"s3://bucket/truth/{hour}",
        "endpoint_input_1": f"s3://bucket/captured/digits/AllTraffic/{hour}",
    }
    assert sources(monitor) == {
        "constraints": "s3://bucket/baseline/constraints.json",
        "endpoint_input_1": f"s3://bucket/reports/merge/digits/AllTraffic/{hour}",
    }
    told = monitor["Environment"]
    assert told["dataset_format"] == '{"sagemakerMergeJson":{"captureIndexNames":["endpointOutput"]}}'
    assert (told["analysis_type"], told["problem_type"]) == ("MODEL_QUALITY", "Regression")
    assert told["baseline_constraints"] == "/opt/ml/processing/baseline/constraints/constraints.json"


def created(job: dict[str, Any]) -> Any:
    """When a job was created."""
    return job["CreationTime"]


def sources(job: dict[str, Any]) -> dict[str, str]:
    """Names of inputs to their S3 URLs."""
    return {given["InputName"]: given["S3Input"]["S3Uri"] for given in job["ProcessingInputs"]}
