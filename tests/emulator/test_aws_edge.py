"""Calls through boto3 to an emulated SageMaker."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

import pytest
import pytest_asyncio

from sagemaker_local.emulator import Emulator
from sagemaker_operator.aws.cloud import Cloud
from sagemaker_operator.aws.limits import Limits, Pace
from sagemaker_operator.aws.sessions import Sessions
from sagemaker_operator.aws.sweeps import sweep
from sagemaker_operator.engine.lanes import Lane
from sagemaker_operator.errors import Absent, Denied, Exists, Lacking, Refused, Throttled, Unknown
from sagemaker_operator.kinds import KINDS

REGION = "eu-west-1"
ACCOUNT = "123456789012"
JOB = KINDS["TrainingJob"]

pytestmark = pytest.mark.usefixtures("account_credentials")


@pytest.fixture
def sagemaker() -> Iterator[Emulator]:
    with Emulator.start(virtual=True, check_s3=False) as emulator:
        yield emulator


@dataclass
class Seen:
    """What an observer of the calls was told."""

    codes: list[str] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)
    throttles: list[str] = field(default_factory=list)
    started: asyncio.Event = field(default_factory=asyncio.Event)

    def called(self, operation: str, region: str, code: str, seconds: float) -> None:
        assert (region, seconds > 0) == (REGION, True)
        self.codes.append(f"{operation} {code}")

    def waited(self, operation: str, seconds: float) -> None:
        assert seconds >= 0
        self.waits.append(operation)
        self.started.set()

    def throttled(self, operation: str) -> None:
        self.throttles.append(operation)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest_asyncio.fixture
async def cloud(sagemaker: Emulator, seen: Seen) -> AsyncIterator[Cloud]:
    cloud = Cloud(Sessions(endpoint_url=sagemaker.url, read_timeout=0.5, credentials_pause=0), Limits(), observer=seen)
    yield cloud
    await cloud.close()


def training_job(name: str) -> dict[str, Any]:
    return {
        "TrainingJobName": name,
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/training",
        "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
        "OutputDataConfig": {"S3OutputPath": "s3://models/out"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    }


async def create(cloud: Cloud, name: str) -> dict[str, object]:
    return await cloud.call("CreateTrainingJob", training_job(name), region=REGION, lane=Lane.USER)


async def describe(cloud: Cloud, name: str) -> dict[str, object]:
    return await cloud.call("DescribeTrainingJob", {"TrainingJobName": name}, region=REGION, lane=Lane.USER)


async def test_a_call_comes_back_with_the_members_of_the_reply(cloud: Cloud, seen: Seen) -> None:
    created = await create(cloud, "digits")
    described = await describe(cloud, "digits")

    assert created == {"TrainingJobArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job/digits"}
    assert described["TrainingJobStatus"] == "InProgress"
    assert described["CreationTime"].tzinfo is UTC  # type: ignore[attr-defined]
    assert seen.codes == ["CreateTrainingJob OK", "DescribeTrainingJob OK"]
    assert seen.waits == ["CreateTrainingJob", "DescribeTrainingJob"]


async def test_an_operation_without_a_reply_succeeds_with_nothing(cloud: Cloud) -> None:
    await create(cloud, "digits")

    reply = await cloud.call("StopTrainingJob", {"TrainingJobName": "digits"}, region=REGION, lane=Lane.USER)

    assert reply == {}


async def test_refusals_come_in_the_words_that_the_kinds_understand(cloud: Cloud) -> None:
    with pytest.raises(Refused) as missing:
        await describe(cloud, "digits")
    await create(cloud, "digits")
    with pytest.raises(Refused) as taken:
        await create(cloud, "digits")

    assert isinstance(JOB.read(missing.value), Absent)
    assert isinstance(JOB.read(taken.value), Exists)


async def test_a_value_that_only_aws_can_refuse_is_refused_in_its_words(cloud: Cloud) -> None:
    request = {**training_job("digits"), "RoleArn": "nobody"}

    with pytest.raises(Refused, match="validation errors detected: Value 'nobody' at 'roleArn'"):
        await cloud.call("CreateTrainingJob", request, region=REGION, lane=Lane.USER)


async def test_a_value_that_cannot_even_be_sent_is_refused(cloud: Cloud, sagemaker: Emulator) -> None:
    request = {**training_job("digits"), "ResourceConfig": "large"}

    with pytest.raises(Refused, match="Invalid type for parameter ResourceConfig"):
        await cloud.call("CreateTrainingJob", request, region=REGION, lane=Lane.USER)
    assert sagemaker.journal.count() == 0


async def test_throttling_is_told_and_slows_the_operation_down(sagemaker: Emulator, seen: Seen) -> None:
    sagemaker.faults.throttle("CreateTrainingJob", times=1)
    limits = Limits()
    cloud = Cloud(Sessions(endpoint_url=sagemaker.url), limits, observer=seen)

    with pytest.raises(Throttled, match="Rate exceeded"):
        await create(cloud, "digits")
    await cloud.close()

    assert seen.throttles == ["CreateTrainingJob"]
    assert sagemaker.journal.count("CreateTrainingJob") == 1
    assert list(limits.rates().values())[0] < 20  # noqa: RUF015 - there is one


async def test_a_missing_permission_names_the_action(cloud: Cloud, sagemaker: Emulator) -> None:
    sagemaker.faults.deny("CreateTrainingJob")

    with pytest.raises(Denied, match="Allow sagemaker:CreateTrainingJob to the credentials"):
        await create(cloud, "digits")


async def test_an_expired_token_is_no_fault_of_the_manifest(cloud: Cloud, sagemaker: Emulator) -> None:
    sagemaker.faults.expire("CreateTrainingJob")

    with pytest.raises(Denied, match=r"is expired\. Renew the credentials"):
        await create(cloud, "digits")


async def test_an_internal_error_leaves_the_outcome_unknown_and_is_not_repeated(
    cloud: Cloud, sagemaker: Emulator
) -> None:
    sagemaker.faults.error("CreateTrainingJob")

    with pytest.raises(Unknown):
        await create(cloud, "digits")
    assert sagemaker.journal.count("CreateTrainingJob") == 1


async def test_a_lost_reply_leaves_the_outcome_unknown_and_is_not_repeated(
    cloud: Cloud, sagemaker: Emulator, seen: Seen
) -> None:
    sagemaker.faults.lose_reply("CreateTrainingJob")

    with pytest.raises(Unknown, match="closed the connection without an answer"):
        await create(cloud, "digits")
    assert sagemaker.journal.count("CreateTrainingJob") == 1
    assert sagemaker.resources("TrainingJob") == ["digits"]
    assert seen.codes == ["CreateTrainingJob ConnectionClosedError"]


async def test_silence_ends_with_an_unknown_outcome(cloud: Cloud, sagemaker: Emulator) -> None:
    sagemaker.faults.hang("CreateTrainingJob", seconds=30)

    with pytest.raises(Unknown, match=r"127\.0\.0\.1:\d+ did not answer in time"):
        await create(cloud, "digits")


async def test_missing_credentials_are_told_with_what_to_do(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(Denied, match=r"Unable to locate credentials\. Give the operator credentials"):
        await create(cloud, "digits")


async def test_credentials_that_come_later_are_found(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as without:
        without.delenv("AWS_ACCESS_KEY_ID")
        without.delenv("AWS_SECRET_ACCESS_KEY")
        with pytest.raises(Denied):
            await create(cloud, "digits")

    assert await create(cloud, "digits")


async def test_a_call_that_nobody_waits_for_any_more_is_carried_out(sagemaker: Emulator, seen: Seen) -> None:
    sagemaker.latency = 0.1
    cloud = Cloud(Sessions(endpoint_url=sagemaker.url), Limits(), threads=1, observer=seen)
    first = asyncio.create_task(create(cloud, "first"))
    await seen.started.wait()

    first.cancel()
    await create(cloud, "second")
    await cloud.close()

    assert first.cancelled()
    assert sorted(sagemaker.resources("TrainingJob")) == ["first", "second"]


async def test_closing_waits_for_the_call_under_way_and_refuses_the_others(sagemaker: Emulator, seen: Seen) -> None:
    sagemaker.latency = 0.1
    cloud = Cloud(Sessions(endpoint_url=sagemaker.url), Limits(), threads=1, observer=seen)
    under_way = asyncio.create_task(create(cloud, "under-way"))
    waiting = asyncio.create_task(create(cloud, "waiting"))
    await seen.started.wait()

    await cloud.close()

    assert await under_way
    with pytest.raises(Unknown, match="the operator is stopping"):
        await waiting
    with pytest.raises(Unknown, match="the operator is stopping"):
        await create(cloud, "late")
    assert sagemaker.resources("TrainingJob") == ["under-way"]


async def test_a_burst_is_carried_out_within_the_threads(sagemaker: Emulator) -> None:
    cloud = Cloud(Sessions(endpoint_url=sagemaker.url), Limits(Pace(start=500)), threads=4)

    await asyncio.gather(*(create(cloud, f"job-{number}") for number in range(60)))
    await cloud.close()

    assert sagemaker.journal.committed("CreateTrainingJob") == 60


async def test_a_sweep_tells_all_newest_first(cloud: Cloud, sagemaker: Emulator) -> None:
    client = sagemaker.client(region=REGION)
    for number in range(250):
        client.create_training_job(**training_job(f"job-{number:03}"))
        sagemaker.clock.advance(1)
    sagemaker.journal.clear()

    names = [row["TrainingJobName"] async for row in sweep(cloud, JOB, region=REGION, since=None)]

    assert names == [f"job-{number:03}" for number in reversed(range(250))]
    assert sagemaker.journal.count("ListTrainingJobs") == 3


async def test_a_sweep_stops_at_what_is_too_old(cloud: Cloud, sagemaker: Emulator) -> None:
    client = sagemaker.client(region=REGION)
    for number in range(150):
        client.create_training_job(**training_job(f"job-{number:03}"))
        sagemaker.clock.advance(1)
    since = client.describe_training_job(TrainingJobName="job-147")["CreationTime"]
    sagemaker.journal.clear()

    names = [row["TrainingJobName"] async for row in sweep(cloud, JOB, region=REGION, since=since)]

    assert names == ["job-149", "job-148", "job-147"]
    assert sagemaker.journal.count() == 1


async def test_a_throttled_sweep_goes_on_where_it_was(cloud: Cloud, sagemaker: Emulator) -> None:
    await create(cloud, "digits")
    sagemaker.faults.throttle("ListTrainingJobs", times=1)

    names = [row["TrainingJobName"] async for row in sweep(cloud, JOB, region=REGION, since=None)]

    assert names == ["digits"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_every_kind_can_be_swept(cloud: Cloud, sagemaker: Emulator, kind: Any) -> None:
    assert [row async for row in sweep(cloud, kind, region=REGION, since=None)] == []


async def test_an_operation_that_a_region_lacks_is_asked_for_once(cloud: Cloud, sagemaker: Emulator) -> None:
    sagemaker.faults.lack("DeleteTrainingJob")

    for name in ("one", "two"):
        with pytest.raises(Lacking, match="not supported in the called region"):
            await cloud.call("DeleteTrainingJob", {"TrainingJobName": name}, region=REGION, lane=Lane.USER)

    assert sagemaker.journal.count("DeleteTrainingJob") == 1
