"""CloudWatch Logs beside the emulated SageMaker: what the containers of jobs have written."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.emulator.asking import model, processing_job, refused, training_job
from tests.emulator.job_requests import transform_job

from sagemaker_local.emulator import Emulator

GROUP = "/aws/sagemaker/TrainingJobs"


@pytest.fixture
def logs(sagemaker: Emulator) -> Iterator[Any]:
    made = sagemaker.client("logs")
    yield made
    made.close()


def streams(logs: Any, **asked: Any) -> list[str]:
    found = logs.describe_log_streams(logGroupName=GROUP, **asked)["logStreams"]
    return [stream["logStreamName"] for stream in found]


def texts(logs: Any, stream: str, **asked: Any) -> list[str]:
    events = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, **asked)["events"]
    return [event["message"] for event in events]


def test_a_program_that_fails_leaves_its_last_words(sagemaker: Emulator, client: Any, logs: Any) -> None:
    sagemaker.scenarios.fail(
        "TrainingJob", "digits", reason="AlgorithmError: ValueError: no such column", at="Training"
    )
    client.create_training_job(**training_job())
    sagemaker.clock.advance(400)

    [stream] = streams(logs, logStreamNamePrefix="digits/")

    assert stream.startswith("digits/algo-1-")
    assert texts(logs, stream)[-2:][0] == "ValueError: no such column"
    assert texts(logs, stream, limit=1)[0].endswith("Reporting training FAILURE")


def test_the_container_that_is_named_in_the_reason_is_the_one_that_failed(
    sagemaker: Emulator, client: Any, logs: Any
) -> None:
    sagemaker.scenarios.fail("TrainingJob", "digits", reason="AlgorithmError: exit code 1 on algo-2", at="Training")
    client.create_training_job(
        **training_job(ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 1})
    )
    sagemaker.clock.advance(400)

    first, second = streams(logs, logStreamNamePrefix="digits/")

    assert not any("exit code 1" in text for text in texts(logs, first))
    assert any("exit code 1" in text for text in texts(logs, second))


def test_what_the_program_cannot_know_does_not_stand_in_its_log(sagemaker: Emulator, client: Any, logs: Any) -> None:
    sagemaker.scenarios.fail("TrainingJob", "digits", reason="InternalServerError: try again", at="Training")
    client.create_training_job(**training_job())
    sagemaker.clock.advance(400)

    [stream] = streams(logs, logStreamNamePrefix="digits/")

    assert not any("try again" in text or "Traceback" in text for text in texts(logs, stream))


def test_a_job_without_instances_has_written_nothing(sagemaker: Emulator, client: Any, logs: Any) -> None:
    sagemaker.scenarios.fail("TrainingJob", "digits", reason="CapacityError: none left", at="Starting")
    client.create_training_job(**training_job())
    sagemaker.clock.advance(400)

    assert streams(logs, logStreamNamePrefix="digits/") == []


def test_hyperparameters_stand_in_the_log_as_the_toolkit_shows_them(
    sagemaker: Emulator, client: Any, logs: Any
) -> None:
    client.create_training_job(**training_job(HyperParameters={"epochs": "3"}))
    sagemaker.clock.advance(240)

    [stream] = streams(logs)

    assert "/opt/conda/bin/python train.py --epochs 3" in texts(logs, stream)


def test_a_log_is_read_in_pages_from_either_end(sagemaker: Emulator, client: Any, logs: Any) -> None:
    client.create_training_job(**training_job())
    sagemaker.clock.advance(400)
    [stream] = streams(logs)
    everything = texts(logs, stream, startFromHead=True)

    page = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, limit=2)
    earlier = logs.get_log_events(
        logGroupName=GROUP, logStreamName=stream, limit=2, nextToken=page["nextBackwardToken"]
    )

    assert [event["message"] for event in page["events"]] == everything[-2:]
    assert [event["message"] for event in earlier["events"]] == everything[-4:-2]


def test_many_streams_come_in_pages(sagemaker: Emulator, client: Any, logs: Any) -> None:
    for number in range(3):
        client.create_training_job(**training_job(TrainingJobName=f"digits-{number}"))
    sagemaker.clock.advance(400)

    page = logs.describe_log_streams(logGroupName=GROUP, limit=2)

    assert len(page["logStreams"]) == 2
    assert len(streams(logs, nextToken=page["nextToken"])) == 1


def test_all_containers_of_a_job_can_be_followed_at_once(sagemaker: Emulator, client: Any, logs: Any) -> None:
    client.create_training_job(
        **training_job(ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 1})
    )
    sagemaker.clock.advance(400)

    events = logs.filter_log_events(logGroupName=GROUP, logStreamNamePrefix="digits/", filterPattern="SUCCESS")[
        "events"
    ]

    assert {event["logStreamName"].split("/")[1][:6] for event in events} == {"algo-1", "algo-2"}
    assert all("SUCCESS" in event["message"] for event in events)


def test_what_is_not_there_is_told_as_cloudwatch_tells_it(sagemaker: Emulator, client: Any, logs: Any) -> None:
    assert refused(logs.describe_log_streams, logGroupName=GROUP)[0] == "ResourceNotFoundException"
    client.create_training_job(**training_job())

    assert refused(logs.get_log_events, logGroupName=GROUP, logStreamName="digits/algo-1-1") == (
        "ResourceNotFoundException",
        "The specified log stream does not exist.",
    )


def test_other_groups_are_as_their_owner_made_them(logs: Any) -> None:
    logs.create_log_group(logGroupName="mine")
    logs.create_log_stream(logGroupName="mine", logStreamName="one")

    assert [s["logStreamName"] for s in logs.describe_log_streams(logGroupName="mine")["logStreams"]] == ["one"]


def test_a_group_that_nobody_made_is_not_there(logs: Any) -> None:
    nobodys = "/aws/sagemaker/CompilationJobs"

    assert refused(logs.describe_log_streams, logGroupName=nobodys)[0] == "ResourceNotFoundException"
    assert logs.describe_log_groups()["logGroups"] == []
    assert refused(logs.describe_log_streams, logGroupName=nobodys)[0] == "ResourceNotFoundException"


def test_reading_logs_can_be_denied(sagemaker: Emulator, client: Any, logs: Any) -> None:
    client.create_training_job(**training_job())
    sagemaker.faults.deny("GetLogEvents")

    code, text = refused(logs.get_log_events, logGroupName=GROUP, logStreamName="digits/algo-1-1")

    assert code == "AccessDeniedException"
    assert "is not authorized to perform: logs:GetLogEvents on resource: arn:aws:logs:us-east-1:" in text


def test_processing_and_transform_jobs_write_to_groups_of_their_own(
    sagemaker: Emulator, client: Any, logs: Any
) -> None:
    for kind in ("ProcessingJob", "TransformJob"):
        sagemaker.scenarios.fail(kind, "baseline", reason="AlgorithmError: no space left")
    client.create_model(**model())
    client.create_processing_job(**processing_job())
    client.create_transform_job(**transform_job("baseline"))
    sagemaker.clock.advance(2000)

    for group, streams_written in (("ProcessingJobs", 1), ("TransformJobs", 2)):
        named = {"logGroupName": f"/aws/sagemaker/{group}", "logStreamNamePrefix": "baseline/"}
        found = logs.describe_log_streams(**named)["logStreams"]
        told = logs.filter_log_events(**named)["events"]
        assert len(found) == streams_written
        assert any(event["message"] == "no space left" for event in told)


def test_each_attempt_on_spot_instances_has_a_stream_of_its_own(sagemaker: Emulator, client: Any, logs: Any) -> None:
    sagemaker.scenarios.interrupt("TrainingJob", "digits")
    client.create_training_job(
        **training_job(
            EnableManagedSpotTraining=True,
            StoppingCondition={"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200},
        )
    )
    sagemaker.clock.advance(3000)

    first, second = streams(logs, logStreamNamePrefix="digits/")

    assert not any("SUCCESS" in text for text in texts(logs, first))
    assert any("SUCCESS" in text for text in texts(logs, second))
