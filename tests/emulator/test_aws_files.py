"""Reading from S3 and publishing to SNS through boto3, against those of the emulator."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from sagemaker_local.emulator import Emulator
from sagemaker_operator.aws.cloud import Cloud
from sagemaker_operator.aws.files import Files, parts
from sagemaker_operator.aws.limits import Limits
from sagemaker_operator.aws.sessions import Sessions
from sagemaker_operator.aws.topics import publish
from sagemaker_operator.engine.lanes import Lane
from sagemaker_operator.errors import Refused, Unknown

REGION = "us-east-1"
SUMMARY = "s3://data/reports/one/summary.json"

pytestmark = pytest.mark.usefixtures("account_credentials")


@dataclass
class Recorder:
    """Takes every call, as SNS would; the emulated one has no FIFO topics."""

    requests: list[Mapping[str, object]] = field(default_factory=list)

    async def call(
        self, operation: str, request: Mapping[str, object], *, region: str, lane: Lane, service: str
    ) -> dict[str, object]:
        assert (operation, region, service) == ("Publish", REGION, "sns")
        self.requests.append(request)
        return {"MessageId": "1"}


@pytest.fixture
def s3(sagemaker: Emulator) -> Iterator[Any]:
    made = sagemaker.client("s3")
    made.create_bucket(Bucket="data")
    yield made
    made.close()


@pytest_asyncio.fixture
async def cloud(sagemaker: Emulator) -> AsyncIterator[Cloud]:
    made = Cloud(Sessions(endpoint_url=sagemaker.url, credentials_pause=0), Limits())
    yield made
    await made.close()


@pytest.fixture
def files(cloud: Cloud) -> Files:
    return Files(cloud)


async def test_an_object_is_read_as_text_whatever_it_says_that_it_is(s3: Any, files: Files) -> None:
    s3.put_object(
        Bucket="data", Key="reports/one/summary.json", Body='{"line": "Größe"}'.encode(), ContentType="text/html"
    )

    assert await files.beginning(SUMMARY, most=1000, region=REGION) == '{"line": "Größe"}'


async def test_no_more_is_read_of_an_object_than_is_wanted(s3: Any, files: Files) -> None:
    s3.put_object(Bucket="data", Key="reports/one/summary.json", Body=b"x" * 5000)

    assert await files.beginning(SUMMARY, most=10, region=REGION) == "x" * 10


async def test_an_empty_object_is_an_empty_text_and_one_that_is_missing_is_none(s3: Any, files: Files) -> None:
    s3.put_object(Bucket="data", Key="reports/one/summary.json", Body=b"")

    assert await files.beginning(SUMMARY, most=10, region=REGION) == ""
    assert await files.beginning("s3://data/reports/two/summary.json", most=10, region=REGION) is None


async def test_a_bucket_that_does_not_exist_is_told_in_the_words_of_s3(s3: Any, files: Files) -> None:
    with pytest.raises(Refused, match="NoSuchBucket"):
        await files.beginning("s3://nobody/summary.json", most=10, region=REGION)
    with pytest.raises(Refused, match="NoSuchBucket"):
        await files.anything("s3://nobody/captured/", region=REGION)


async def test_a_prefix_has_something_only_if_there_is_an_object_with_content_to_it(s3: Any, files: Files) -> None:
    s3.put_object(Bucket="data", Key="captured/2026/01/02/03/")
    assert not await files.anything("s3://data/captured/", region=REGION)
    assert not await files.anything("s3://data/elsewhere/", region=REGION)

    s3.put_object(Bucket="data", Key="captured/2026/01/02/03/04-05-06.jsonl", Body=b"{}")
    assert await files.anything("s3://data/captured/", region=REGION)
    assert not await files.anything("s3://data/captured/2026/01/02/04", region=REGION)


async def test_objects_are_listed_in_their_order_and_no_more_than_wanted(s3: Any, files: Files) -> None:
    for name in ("03/", "03/b.jsonl", "03/a.jsonl", "04/c.jsonl"):
        s3.put_object(Bucket="data", Key=f"input/{name}", Body=b"" if name.endswith("/") else b"{}")

    found = await files.objects("s3://data/input/03/", most=5, region=REGION)

    assert found == ("s3://data/input/03/a.jsonl", "s3://data/input/03/b.jsonl")
    assert await files.objects("s3://data/input/", most=1, region=REGION) == found[:1]


@pytest.mark.parametrize(
    "uri", ["", "data/captured", "https://data.s3.amazonaws.com/x", "s3://", "s3://Data/x", "s3://d/x"]
)
async def test_what_is_no_uri_of_s3_is_never_asked_for(uri: str, files: Files) -> None:
    with pytest.raises(Refused, match="is no URI of S3: write s3://bucket/prefix"):
        await files.anything(uri, region=REGION)


async def test_a_bucket_alone_names_no_object(s3: Any, files: Files) -> None:
    assert parts("s3://data") == ("data", "")
    with pytest.raises(Refused, match="names no object"):
        await files.beginning("s3://data", most=10, region=REGION)


async def test_whoever_waits_for_s3_in_vain_is_told_so(sagemaker: Emulator) -> None:
    cloud = Cloud(Sessions(endpoint_url="http://127.0.0.1:9", credentials_pause=0), Limits())

    with pytest.raises(Unknown):
        await Files(cloud).anything("s3://data/captured/", region=REGION)
    await cloud.close()


async def test_a_message_reaches_those_who_subscribed_to_the_topic(sagemaker: Emulator, cloud: Cloud) -> None:
    sns, sqs = sagemaker.client("sns"), sagemaker.client("sqs")
    topic = sns.create_topic(Name="drift")["TopicArn"]
    url = sqs.create_queue(QueueName="news")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:news")

    told = await publish(cloud, topic, subject="Größe\nof the " + "x" * 200, message='{"a": 1}', region=REGION)

    body = json.loads(sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"])
    assert (body["MessageId"], body["Message"]) == (told, '{"a": 1}')
    assert body["Subject"].startswith("Gr??e?of the ")
    assert len(body["Subject"]) == 100
    sns.close()
    sqs.close()


async def test_a_message_to_a_fifo_topic_is_the_same_one_each_time_that_it_is_sent() -> None:
    recorder = Recorder()

    for message in ("{}", "{}", '{"a": 1}'):
        topic = "arn:aws:sns:us-east-1:123456789012:drift.fifo"
        await publish(recorder, topic, subject="drift", message=message, region=REGION)

    first, again, other = recorder.requests
    assert first == again
    assert first["MessageGroupId"] == other["MessageGroupId"]
    assert first["MessageDeduplicationId"] != other["MessageDeduplicationId"]


async def test_a_topic_that_does_not_exist_is_told_in_the_words_of_sns(sagemaker: Emulator, cloud: Cloud) -> None:
    with pytest.raises(Refused, match="does not exist"):
        await publish(cloud, "arn:aws:sns:us-east-1:123456789012:gone", subject="s", message="m", region=REGION)
