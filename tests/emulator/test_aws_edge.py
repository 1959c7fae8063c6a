"""Calls through boto3 to an emulated SageMaker, and to endpoints that are something else."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from sagemaker_local.emulator import Emulator
from sagemaker_operator.aws.cloud import Cloud
from sagemaker_operator.aws.limits import Limits, Pace
from sagemaker_operator.aws.sessions import Sessions
from sagemaker_operator.aws.sweeps import sweep
from sagemaker_operator.engine.lanes import Lane
from sagemaker_operator.errors import Absent, Denied, Exists, Refused, Throttled, Unknown
from sagemaker_operator.kinds import KINDS

REGION = "eu-west-1"
ACCOUNT = "123456789012"
JOB = KINDS["TrainingJob"]
IDENTITY = (
    b'<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    b"<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Credentials of the emulator's default account, and none from the machine."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCOUNT)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "emulated")
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SAGEMAKER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


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


@dataclass
class Stranger:
    """An HTTP server that is not SageMaker: gives its answers in turn, the last one for ever."""

    answers: list[tuple[int, str, bytes]]
    url: str = ""

    def next(self) -> tuple[int, str, bytes]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    told = Stranger([(200, "text/html", b"<html>Welcome to nginx!</html>")])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status, content, body = told.next()
            self.send_response(status)
            self.send_header("Content-Type", content)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the standard library
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        told.url = f"http://127.0.0.1:{server.server_port}"
        yield told
        server.shutdown()
        thread.join()


@pytest_asyncio.fixture
async def misled(stranger: Stranger) -> AsyncIterator[Cloud]:
    cloud = Cloud(Sessions(endpoint_url=stranger.url), Limits())
    yield cloud
    await cloud.close()


@pytest.mark.parametrize("operation", ["DescribeTrainingJob", "StopTrainingJob"])
@pytest.mark.parametrize(
    "answer",
    [
        (200, "text/html", b"<html>Welcome to nginx!</html>"),
        (200, "application/json", b"<html>Welcome to nginx!</html>"),
        (200, "application/json", b'{"kind": "Status", "status": "Success"}'),
        (200, "application/json", b"[]"),
        (200, "application/json", b"\xff\xfe"),
        (200, "application/json", b""),
        (403, "text/html", b"<html>Forbidden</html>"),
        (404, "application/json", b'{"kind": "Status", "code": 404, "message": "not found"}'),
        (400, "application/json", b"[]"),
        (502, "text/html", b"<html>Bad Gateway</html>"),
    ],
    ids=str,
)
async def test_an_endpoint_that_answers_nonsense_never_counts_as_an_answer(
    misled: Cloud, stranger: Stranger, operation: str, answer: tuple[int, str, bytes]
) -> None:
    stranger.answers = [answer]

    with pytest.raises(Unknown) as failure:
        await misled.call(operation, {"TrainingJobName": "digits"}, region=REGION, lane=Lane.USER)

    assert stranger.url.removeprefix("http://") in failure.value.message
    assert "<html>" not in failure.value.message


async def test_an_endpoint_where_nobody_listens_is_named() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        free = server.server_port
    cloud = Cloud(Sessions(endpoint_url=f"http://127.0.0.1:{free}"), Limits())

    with pytest.raises(Unknown, match=f"127.0.0.1:{free} cannot be reached: check the endpoint URL"):
        await create(cloud, "digits")
    await cloud.close()


async def test_the_account_is_asked_once(misled: Cloud, stranger: Stranger) -> None:
    stranger.answers = [
        (200, "text/xml", IDENTITY),
        (500, "text/xml", b""),
    ]

    assert [await misled.account(region=REGION) for _ in range(2)] == [ACCOUNT, ACCOUNT]


async def test_an_account_that_cannot_be_told_is_no_crash(misled: Cloud) -> None:
    with pytest.raises(Unknown, match="which is not how"):
        await misled.account(region=REGION)


async def test_a_sweep_goes_on_over_an_empty_page(misled: Cloud, stranger: Stranger) -> None:
    stranger.answers = [
        (200, "application/x-amz-json-1.1", b'{"TrainingJobSummaries": [], "NextToken": "2"}'),
        (200, "application/x-amz-json-1.1", b'{"TrainingJobSummaries": [{"TrainingJobName": "digits"}]}'),
    ]

    names = [row["TrainingJobName"] async for row in sweep(misled, JOB, region=REGION, since=None)]

    assert names == ["digits"]


async def test_a_list_that_leads_back_to_itself_ends(misled: Cloud, stranger: Stranger) -> None:
    stranger.answers = [(200, "application/x-amz-json-1.1", b'{"TrainingJobSummaries": [], "NextToken": "2"}')]

    with pytest.raises(Unknown, match="does not get on"):
        [row async for row in sweep(misled, JOB, region=REGION, since=None)]
