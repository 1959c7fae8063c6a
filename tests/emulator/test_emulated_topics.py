"""SNS of the emulator through boto3: topics, subscribers, and what was published."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from tests.emulator.asking import refused

from sagemaker_local.emulator import Emulator

TOPIC = "arn:aws:sns:us-east-1:123456789012:drift"


@pytest.fixture
def sns(sagemaker: Emulator) -> Iterator[Any]:
    client = sagemaker.client("sns")
    yield client
    client.close()


@pytest.fixture
def sqs(sagemaker: Emulator) -> Iterator[Any]:
    client = sagemaker.client("sqs")
    yield client
    client.close()


@pytest.fixture
def topic(sns: Any) -> str:
    return str(sns.create_topic(Name="drift", Tags=[{"Key": "team", "Value": "ml"}])["TopicArn"])


def queue(sqs: Any, name: str = "mine") -> tuple[str, str]:
    """The URL and the ARN of a new queue."""
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def bodies(sqs: Any, url: str) -> list[str]:
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [message["Body"] for message in found]


def test_what_is_published_is_kept_and_reaches_a_queue_in_the_envelope_of_sns(
    sagemaker: Emulator, sns: Any, sqs: Any, topic: str
) -> None:
    url, arn = queue(sqs)
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    attributes = {"violations": {"DataType": "Number", "StringValue": "3"}}

    made = sns.publish(TopicArn=topic, Subject="drift", Message='{"é": "<&>"}', MessageAttributes=attributes)

    (kept,) = sagemaker.events.published(topic)
    assert (kept["MessageId"], kept["Subject"], kept["Message"]) == (made["MessageId"], "drift", '{"é": "<&>"}')
    envelope = json.loads(bodies(sqs, url)[0])
    assert (envelope["Type"], envelope["TopicArn"], envelope["Message"]) == ("Notification", topic, '{"é": "<&>"}')
    assert envelope["MessageAttributes"] == {"violations": {"Type": "Number", "Value": "3"}}
    assert envelope["MessageId"] == made["MessageId"]


def test_the_control_api_tells_what_was_published(sagemaker: Emulator, sns: Any, topic: str) -> None:
    sns.publish(TopicArn=topic, Message="drifted")

    with urllib.request.urlopen(f"{sagemaker.url}/_sagemaker-local/notifications?topic={topic}") as answer:
        (told,) = json.load(answer)

    assert (told["TopicArn"], told["Message"]) == (topic, "drifted")


def test_topics_are_described_listed_and_deleted(sns: Any, topic: str) -> None:
    assert topic == TOPIC
    assert sns.create_topic(Name="drift")["TopicArn"] == topic
    assert sns.list_topics()["Topics"] == [{"TopicArn": topic}]
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsConfirmed"] == "0"
    assert sns.list_tags_for_resource(ResourceArn=topic)["Tags"] == [{"Key": "team", "Value": "ml"}]

    sns.delete_topic(TopicArn=topic)
    sns.delete_topic(TopicArn=topic)

    assert sns.list_topics()["Topics"] == []


def test_a_topic_that_is_not_there_is_not_found(sns: Any) -> None:
    for ask, members in ((sns.publish, {"Message": "x"}), (sns.get_topic_attributes, {})):
        with pytest.raises(ClientError) as caught:
            ask(TopicArn=TOPIC, **members)
        answer = caught.value.response
        assert (answer["Error"]["Code"], answer["Error"]["Message"]) == ("NotFound", "Topic does not exist")
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 404
    with pytest.raises(sns.exceptions.NotFoundException):
        sns.publish(TopicArn=TOPIC, Message="x")


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"TopicArn": TOPIC.replace("us-east-1", "eu-west-1"), "Message": "x"}, "InvalidParameter"),
        ({"TopicArn": "drift", "Message": "x"}, "InvalidParameter"),
        ({"TopicArn": TOPIC, "Message": ""}, "InvalidParameter"),
        ({"TopicArn": TOPIC, "Message": "x" * 262_145}, "InvalidParameter"),
        ({"TopicArn": TOPIC, "Message": "x", "Subject": "two\nlines"}, "InvalidParameter"),
        ({"TopicArn": TOPIC, "Message": '{"sqs": "x"}', "MessageStructure": "json"}, "InvalidParameter"),
        ({"PhoneNumber": "+4900000", "Message": "x"}, "NotEmulated"),
    ],
)
def test_what_cannot_be_published_is_refused(sns: Any, topic: str, members: dict[str, str], code: str) -> None:
    assert refused(sns.publish, **members)[0] == code


def test_another_accounts_topic_needs_a_policy(sagemaker: Emulator, sns: Any, topic: str) -> None:
    other = sagemaker.client("sns", account="210987654321")
    assert refused(other.publish, TopicArn=topic, Message="x")[0] == "AuthorizationError"
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue="{}")

    other.publish(TopicArn=topic, Message="x")

    other.close()
    assert len(sagemaker.events.published(topic)) == 1


@pytest.mark.parametrize(
    ("protocol", "endpoint"), [("email", "a@example.com"), ("https", "https://example.com/"), ("lambda", "arn:x")]
)
def test_subscribers_that_are_elsewhere_are_refused(sns: Any, topic: str, protocol: str, endpoint: str) -> None:
    code, text = refused(sns.subscribe, TopicArn=topic, Protocol=protocol, Endpoint=endpoint)

    assert code == "NotEmulated"
    assert "standard SQS queues" in text


def test_a_subscriber_may_want_messages_alone_and_may_leave(sns: Any, sqs: Any, topic: str) -> None:
    url, arn = queue(sqs)
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)["SubscriptionArn"]
    sns.set_subscription_attributes(
        SubscriptionArn=subscription, AttributeName="RawMessageDelivery", AttributeValue="true"
    )
    message = json.dumps({"default": "all", "sqs": "queues"})
    sns.publish(TopicArn=topic, Message=message, MessageStructure="json")

    sns.unsubscribe(SubscriptionArn=subscription)
    sns.publish(TopicArn=topic, Message="later")

    assert bodies(sqs, url) == ["queues"]
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


@contextmanager
def server(heard: "Queue[tuple[str, dict[str, Any]]]") -> Iterator[str]:
    """An HTTP server that keeps what it is told."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.put((self.headers["x-amz-sns-message-type"], json.loads(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    made = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{made.server_port}/"
    finally:
        made.shutdown()
        made.server_close()
        thread.join()


def test_a_server_on_this_machine_hears_messages_once_it_has_confirmed(sns: Any, topic: str) -> None:
    heard: Queue[tuple[str, dict[str, Any]]] = Queue()
    with server(heard) as url:
        assert sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=url)["SubscriptionArn"] == "pending confirmation"
        kind, asked = heard.get(timeout=10)
        sns.publish(TopicArn=topic, Message="too early")

        with urllib.request.urlopen(asked["SubscribeURL"]) as answer:
            confirmed = answer.read().decode()
        sns.publish(TopicArn=topic, Message="in time")
        notified, told = heard.get(timeout=10)

    assert (kind, notified) == ("SubscriptionConfirmation", "Notification")
    assert f"{topic}:" in confirmed
    assert told["Message"] == "in time"


def test_publishing_can_be_made_to_go_wrong(sagemaker: Emulator, sns: Any, topic: str) -> None:
    sagemaker.faults.deny("Publish", times=1)
    assert refused(sns.publish, TopicArn=topic, Message="x")[0] == "AuthorizationError"
    sagemaker.faults.throttle("Publish", times=1)
    assert refused(sns.publish, TopicArn=topic, Message="x")[0] == "Throttled"
    sagemaker.faults.lose_reply("Publish", times=1)
    with pytest.raises(ConnectionClosedError):
        sns.publish(TopicArn=topic, Message="heard by nobody")

    assert [message["Message"] for message in sagemaker.events.published(topic)] == ["heard by nobody"]
    assert sagemaker.journal.committed("Publish") == 1


def test_topics_outlive_the_emulator_in_its_file(sagemaker: Emulator, sns: Any, topic: str, tmp_path: Path) -> None:
    sns.publish(TopicArn=topic, Message="kept")
    sagemaker.save(tmp_path / "state")

    with Emulator.start(virtual=True) as other:
        other.restore(tmp_path / "state")
        again = other.events.published(topic)

    assert [message["Message"] for message in again] == ["kept"]


def test_what_sns_does_not_have_here_is_said(sns: Any) -> None:
    code, text = refused(sns.create_platform_application, Name="x", Platform="APNS", Attributes={})

    assert code == "NotEmulated"
    assert "Publish" in text
