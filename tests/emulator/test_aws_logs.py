"""Reading the end of a log through boto3 from the emulated CloudWatch Logs."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from tests.emulator.asking import model, training_job
from tests.emulator.job_requests import transform_job

from sagemaker_local.emulator import Emulator
from sagemaker_operator.aws.cloud import Cloud
from sagemaker_operator.aws.limits import Limits
from sagemaker_operator.aws.logs import tail
from sagemaker_operator.aws.sessions import Sessions
from sagemaker_operator.controller.log_reading import LogReader
from sagemaker_operator.controller.ports import Logs
from sagemaker_operator.engine.facts import Log
from sagemaker_operator.engine.steps import AskLog
from sagemaker_operator.errors import Denied

REGION = "us-east-1"
GROUP = "/aws/sagemaker/TrainingJobs"
STEP = AskLog(GROUP, "digits/", "", 3)

pytestmark = pytest.mark.usefixtures("account_credentials")


@pytest.fixture
def sagemaker() -> Iterator[Emulator]:
    with Emulator.start(virtual=True, check_s3=False) as emulator:
        yield emulator


@pytest.fixture
def client(sagemaker: Emulator) -> Iterator[Any]:
    made = sagemaker.client(region=REGION)
    yield made
    made.close()


@pytest_asyncio.fixture
async def logs(sagemaker: Emulator) -> AsyncIterator[Logs]:
    cloud = Cloud(Sessions(endpoint_url=sagemaker.url, credentials_pause=0), Limits())
    yield partial(tail, cloud)
    await cloud.close()


@pytest_asyncio.fixture
async def impatient_logs(sagemaker: Emulator) -> AsyncIterator[Logs]:
    cloud = Cloud(Sessions(endpoint_url=sagemaker.url, read_timeout=0.5, credentials_pause=0), Limits())
    yield partial(tail, cloud)
    await cloud.close()


def failed(sagemaker: Emulator, client: Any, reason: str, *, instances: int = 1, at: str = "Training") -> None:
    """A training job that has failed."""
    sagemaker.scenarios.fail("TrainingJob", "digits", reason=reason, at=at)
    config = {"InstanceType": "ml.m5.large", "InstanceCount": instances, "VolumeSizeInGB": 1}
    client.create_training_job(**training_job(ResourceConfig=config))
    sagemaker.clock.advance(1000)


async def test_the_last_lines_of_a_failed_job_are_read(sagemaker: Emulator, client: Any, logs: Logs) -> None:
    failed(sagemaker, client, "AlgorithmError: ValueError: no such column")

    stream, lines = await logs(GROUP, "digits/", host="", lines=2, region=REGION)

    assert stream.startswith("digits/algo-1-")
    assert (len(lines), lines[0]) == (2, "ValueError: no such column")


async def test_the_container_that_failed_is_asked_and_not_one_whose_name_begins_like_it(
    sagemaker: Emulator, client: Any, logs: Logs
) -> None:
    failed(sagemaker, client, "AlgorithmError: exit code 1 on algo-12", instances=12)

    stream, _ = await logs(GROUP, "digits/", host="algo-1", lines=5, region=REGION)

    assert stream.startswith("digits/algo-1-")


async def test_if_nobody_knows_who_failed_the_stream_that_was_written_last_is_read(
    sagemaker: Emulator, client: Any, logs: Logs
) -> None:
    failed(sagemaker, client, "AlgorithmError: exit code 1 on algo-2", instances=3)

    stream, _ = await logs(GROUP, "digits/", host="", lines=5, region=REGION)

    assert stream.startswith("digits/algo-2-")


async def test_a_transform_job_shows_what_its_model_wrote_and_not_the_log_of_its_records(
    sagemaker: Emulator, client: Any, logs: Logs
) -> None:
    sagemaker.scenarios.fail("TransformJob", "scores", reason="AlgorithmError: out of memory", at="Transforming")
    client.create_model(**model())
    client.create_transform_job(**transform_job())
    sagemaker.clock.advance(2000)

    stream, lines = await logs("/aws/sagemaker/TransformJobs", "scores/", host="", lines=5, region=REGION)

    assert not stream.endswith("/data-log")
    assert "out of memory" in lines


async def test_a_job_that_has_written_nothing_has_no_last_lines(sagemaker: Emulator, client: Any, logs: Logs) -> None:
    nowhere = await logs(GROUP, "digits/", host="", lines=5, region=REGION)
    failed(sagemaker, client, "CapacityError: none left", at="Starting")
    unwritten = await logs(GROUP, "digits/", host="", lines=5, region=REGION)

    assert nowhere == unwritten == ("", ())


async def test_more_streams_than_fit_on_a_page_are_all_looked_at(sagemaker: Emulator, client: Any, logs: Logs) -> None:
    failed(sagemaker, client, "AlgorithmError: exit code 1 on algo-99", instances=99)

    stream, lines = await logs(GROUP, "digits/", host="", lines=5, region=REGION)

    assert stream.startswith("digits/algo-99-")
    assert "exit code 1 on algo-99" in lines


async def test_a_denial_names_the_permission(sagemaker: Emulator, client: Any, logs: Logs) -> None:
    failed(sagemaker, client, "AlgorithmError: exit code 1")
    sagemaker.faults.deny("GetLogEvents")

    with pytest.raises(Denied, match="Allow logs:GetLogEvents to the credentials"):
        await logs(GROUP, "digits/", host="", lines=5, region=REGION)


@pytest.mark.parametrize("fault", ["deny", "throttle", "hang", "cut", "error"])
async def test_trouble_with_a_log_is_told_and_hurts_nobody(
    sagemaker: Emulator, client: Any, impatient_logs: Logs, fault: str
) -> None:
    failed(sagemaker, client, "AlgorithmError: exit code 1")
    sagemaker.faults.by_name(fault)("DescribeLogStreams")

    log = await LogReader(impatient_logs).read(STEP, region=REGION)

    assert log.trouble.startswith("DescribeLogStreams: ")
    assert log.lines == ()


async def never(*_: Any, **__: Any) -> tuple[str, tuple[str, ...]]:
    await asyncio.Event().wait()
    raise AssertionError


async def test_nobody_waits_long_for_a_log() -> None:
    log = await LogReader(never, patience=0.01).read(STEP, region=REGION)

    assert log == Log(trouble="CloudWatch Logs did not answer within 0.01 seconds.")


async def test_without_a_reader_there_is_no_log() -> None:
    assert await LogReader(None).read(STEP, region=REGION) == Log()


async def test_when_many_jobs_fail_at_once_only_some_passes_wait_for_logs() -> None:
    reader = LogReader(never, patience=0.05, at_once=2)

    first = [asyncio.create_task(reader.read(STEP, region=REGION)) for _ in range(2)]
    await asyncio.sleep(0)
    third = await reader.read(STEP, region=REGION)
    await asyncio.gather(*first)
    later = await reader.read(STEP, region=REGION)

    assert third == Log(trouble="Too many jobs have failed at once.")
    assert later.trouble.startswith("CloudWatch Logs did not answer")
