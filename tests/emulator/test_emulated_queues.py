"""SQS queues of the emulator through boto3, and over raw HTTP where clients get it wrong."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.emulator.asking import refused

from sagemaker_local.emulator import Emulator


@pytest.fixture
def sqs(sagemaker: Emulator) -> Iterator[Any]:
    made = sagemaker.client("sqs")
    yield made
    made.close()


@pytest.fixture
def queue(sqs: Any) -> str:
    url: str = sqs.create_queue(QueueName="news")["QueueUrl"]
    return url


def arn_of(sqs: Any, url: str) -> str:
    found: str = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return found


def received(sqs: Any, url: str, **members: Any) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = sqs.receive_message(QueueUrl=url, **members).get("Messages", [])
    return messages


def test_a_message_comes_out_as_it_went_in(sqs: Any, queue: str) -> None:
    attributes = {
        "kind": {"DataType": "String", "StringValue": "sömmer"},
        "size": {"DataType": "Number", "StringValue": "3"},
        "seal": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }

    sent = sqs.send_message(QueueUrl=queue, MessageBody="Grüße", MessageAttributes=attributes)
    (message,) = received(sqs, queue, MessageAttributeNames=["All"])

    assert message["Body"] == "Grüße"
    assert message["MessageAttributes"] == attributes
    assert message["MessageId"] == sent["MessageId"]
    assert message["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]


def test_the_digest_of_attributes_is_that_of_aws(sqs: Any, queue: str) -> None:
    sent = sqs.send_message(
        QueueUrl=queue,
        MessageBody="test",
        MessageAttributes={"timestamp": {"DataType": "Number", "StringValue": "1493147359900"}},
    )

    assert sent["MD5OfMessageBody"] == "098f6bcd4621d373cade4e832627b4f6"
    assert sent["MD5OfMessageAttributes"] == "235c5c510d26fb653d073faed50ae77c"


def test_queue_urls_lead_to_the_emulator_itself(sagemaker: Emulator, sqs: Any, queue: str) -> None:
    assert queue == f"{sagemaker.url}/123456789012/news"
    assert sqs.get_queue_url(QueueName="news")["QueueUrl"] == queue
    assert arn_of(sqs, queue) == "arn:aws:sqs:us-east-1:123456789012:news"


def test_a_queue_is_created_again_only_with_the_same_attributes(sqs: Any, queue: str) -> None:
    assert sqs.create_queue(QueueName="news")["QueueUrl"] == queue
    code, text = refused(sqs.create_queue, QueueName="news", Attributes={"VisibilityTimeout": "5"})

    assert code == "QueueAlreadyExists"
    assert "VisibilityTimeout" in text


def test_a_queue_that_does_not_exist_raises_the_exception_of_boto3(sqs: Any, sagemaker: Emulator) -> None:
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
        sqs.send_message(QueueUrl=f"{sagemaker.url}/123456789012/none", MessageBody="x")

    assert caught.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"


@pytest.mark.parametrize("url", ["nonsense", "http://127.0.0.1/", "http://127.0.0.1/123456789012/", "http://[/news"])
def test_a_nonsensical_queue_url_is_a_missing_queue(sqs: Any, sagemaker: Emulator, url: str) -> None:
    code, _ = refused(sqs.purge_queue, QueueUrl=url)

    assert code == "AWS.SimpleQueueService.NonExistentQueue"


def test_accounts_and_regions_have_queues_of_their_own(sagemaker: Emulator, queue: str) -> None:
    for elsewhere in ({"region": "eu-west-1"}, {"account": "999999999999"}):
        client = sagemaker.client("sqs", **elsewhere)
        assert "QueueUrls" not in client.list_queues()
        client.close()


def test_a_received_message_is_hidden_until_its_visibility_timeout_ends(sqs: Any, queue: str) -> None:
    sqs.send_message(QueueUrl=queue, MessageBody="once")
    (first,) = received(sqs, queue, VisibilityTimeout=1)

    assert received(sqs, queue) == []
    (again,) = received(sqs, queue, WaitTimeSeconds=5, AttributeNames=["ApproximateReceiveCount"])

    assert again["Attributes"]["ApproximateReceiveCount"] == "2"
    assert again["ReceiptHandle"] != first["ReceiptHandle"]


def test_a_deleted_message_does_not_come_back(sqs: Any, queue: str) -> None:
    sqs.send_message(QueueUrl=queue, MessageBody="once")
    (message,) = received(sqs, queue, VisibilityTimeout=0)

    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])

    assert received(sqs, queue) == []


def test_the_handle_of_an_earlier_receipt_deletes_nothing(sqs: Any, queue: str) -> None:
    sqs.send_message(QueueUrl=queue, MessageBody="once")
    (first,) = received(sqs, queue, VisibilityTimeout=0)
    received(sqs, queue, VisibilityTimeout=0)

    sqs.delete_message(QueueUrl=queue, ReceiptHandle=first["ReceiptHandle"])

    assert len(received(sqs, queue)) == 1


def test_visibility_can_be_given_back(sqs: Any, queue: str) -> None:
    sqs.send_message(QueueUrl=queue, MessageBody="mine")
    (message,) = received(sqs, queue)
    handle = message["ReceiptHandle"]

    sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=handle, VisibilityTimeout=0)

    assert len(received(sqs, queue)) == 1


def test_visibility_of_a_message_that_is_not_in_flight_cannot_be_changed(sqs: Any, queue: str) -> None:
    sqs.send_message(QueueUrl=queue, MessageBody="mine")
    (message,) = received(sqs, queue, VisibilityTimeout=0)

    code, _ = refused(
        sqs.change_message_visibility,
        QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=5,
    )  # fmt: skip

    assert code == "AWS.SimpleQueueService.MessageNotInflight"


def test_a_long_poll_ends_as_soon_as_a_message_comes(sqs: Any, sagemaker: Emulator, queue: str) -> None:
    got: list[Any] = []
    reader = threading.Thread(target=lambda: got.extend(received(sqs, queue, WaitTimeSeconds=20)))
    began = time.monotonic()
    reader.start()
    other = sagemaker.client("sqs")

    other.send_message(QueueUrl=queue, MessageBody="now")
    reader.join(timeout=15)
    other.close()

    assert [message["Body"] for message in got] == ["now"]
    assert time.monotonic() - began < 10


def test_a_long_poll_without_messages_takes_its_time(sqs: Any, queue: str) -> None:
    began = time.monotonic()

    assert received(sqs, queue, WaitTimeSeconds=1) == []
    assert time.monotonic() - began >= 1


def test_a_queue_can_ask_for_long_polls_itself(sqs: Any) -> None:
    url = sqs.create_queue(QueueName="patient", Attributes={"ReceiveMessageWaitTimeSeconds": "1"})["QueueUrl"]
    began = time.monotonic()

    received(sqs, url)

    assert time.monotonic() - began >= 1


def test_a_long_poll_hears_that_its_queue_was_deleted(sqs: Any, sagemaker: Emulator, queue: str) -> None:
    caught: list[str] = []

    def read() -> None:
        with pytest.raises(ClientError) as error:
            sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)
        caught.append(error.value.response["Error"]["Code"])

    reader = threading.Thread(target=read)
    reader.start()
    other = sagemaker.client("sqs")
    other.delete_queue(QueueUrl=queue)
    reader.join(timeout=15)
    other.close()

    assert caught == ["AWS.SimpleQueueService.NonExistentQueue"]


def test_at_most_ten_messages_come_at_once_and_in_order(sqs: Any, queue: str) -> None:
    for batch in range(2):
        entries = [{"Id": str(n), "MessageBody": str(batch * 10 + n)} for n in range(10)]
        assert len(sqs.send_message_batch(QueueUrl=queue, Entries=entries)["Successful"]) == 10

    first = received(sqs, queue, MaxNumberOfMessages=10)
    second = received(sqs, queue, MaxNumberOfMessages=10)

    assert [message["Body"] for message in [*first, *second]] == [str(n) for n in range(20)]


def test_messages_received_too_often_go_to_the_dead_letter_queue(sqs: Any, queue: str) -> None:
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    policy = f'{{"deadLetterTargetArn": "{arn_of(sqs, dead)}", "maxReceiveCount": 2}}'
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"RedrivePolicy": policy})
    sqs.send_message(QueueUrl=queue, MessageBody="poison")

    times = [len(received(sqs, queue, VisibilityTimeout=0)) for _ in range(3)]
    (buried,) = received(sqs, dead, AttributeNames=["All"])

    assert times == [1, 1, 0]
    assert buried["Body"] == "poison"
    assert buried["Attributes"]["DeadLetterQueueSourceArn"] == arn_of(sqs, queue)
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [queue]


def test_a_delayed_message_is_not_there_yet(sqs: Any, queue: str) -> None:
    sqs.send_message(QueueUrl=queue, MessageBody="later", DelaySeconds=900)

    counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]

    assert received(sqs, queue) == []
    assert counts["ApproximateNumberOfMessagesDelayed"] == "1"
    assert counts["ApproximateNumberOfMessages"] == "0"


def test_counts_tell_waiting_messages_from_those_in_flight(sqs: Any, queue: str) -> None:
    for body in ("a", "b", "c"):
        sqs.send_message(QueueUrl=queue, MessageBody=body)
    received(sqs, queue)

    counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]

    assert counts["ApproximateNumberOfMessages"] == "2"
    assert counts["ApproximateNumberOfMessagesNotVisible"] == "1"


def test_batches_say_what_failed_and_do_the_rest(sqs: Any, queue: str) -> None:
    entries = [{"Id": "good", "MessageBody": "x"}, {"Id": "bad", "MessageBody": "x", "DelaySeconds": 901}]

    answer = sqs.send_message_batch(QueueUrl=queue, Entries=entries)

    assert [entry["Id"] for entry in answer["Successful"]] == ["good"]
    assert [(entry["Id"], entry["Code"], entry["SenderFault"]) for entry in answer["Failed"]] == [
        ("bad", "InvalidParameterValue", True)
    ]


def test_batches_delete_and_give_back(sqs: Any, queue: str) -> None:
    for body in ("a", "b"):
        sqs.send_message(QueueUrl=queue, MessageBody=body)
    first, second = (m["ReceiptHandle"] for m in received(sqs, queue, MaxNumberOfMessages=2))

    sqs.delete_message_batch(QueueUrl=queue, Entries=[{"Id": "1", "ReceiptHandle": first}])
    back = [{"Id": "1", "ReceiptHandle": second, "VisibilityTimeout": 0}]
    sqs.change_message_visibility_batch(QueueUrl=queue, Entries=back)

    assert [message["Body"] for message in received(sqs, queue, MaxNumberOfMessages=10)] == ["b"]


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([], "EmptyBatchRequest"),
        ([{"Id": str(n), "MessageBody": "x"} for n in range(11)], "TooManyEntriesInBatchRequest"),
        ([{"Id": "1", "MessageBody": "x"}, {"Id": "1", "MessageBody": "y"}], "BatchEntryIdsNotDistinct"),
        ([{"Id": "no spaces", "MessageBody": "x"}], "InvalidBatchEntryId"),
        ([{"Id": str(n), "MessageBody": "x" * 600_000} for n in range(2)], "BatchRequestTooLong"),
    ],
)
def test_batches_that_cannot_be_are_refused(sqs: Any, queue: str, entries: list[dict[str, str]], code: str) -> None:
    assert refused(sqs.send_message_batch, QueueUrl=queue, Entries=entries)[0] == f"AWS.SimpleQueueService.{code}"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"MessageBody": ""}, "MissingParameter"),
        ({"MessageBody": "\x00"}, "InvalidMessageContents"),
        ({"MessageBody": "x" * 1_048_577}, "InvalidParameterValue"),
        ({"MessageBody": "x", "DelaySeconds": 901}, "InvalidParameterValue"),
        (
            {"MessageBody": "x", "MessageAttributes": {"a": {"DataType": "Odd", "StringValue": "x"}}},
            "InvalidParameterValue",
        ),
        ({"MessageBody": "x", "MessageAttributes": {"a": {"DataType": "String"}}}, "InvalidParameterValue"),
    ],
)
def test_messages_that_cannot_be_are_refused(sqs: Any, queue: str, members: dict[str, Any], code: str) -> None:
    assert refused(sqs.send_message, QueueUrl=queue, **members)[0] == code
    assert received(sqs, queue) == []


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"Colour": "red"}, "InvalidAttributeName"),
        ({"VisibilityTimeout": "43201"}, "InvalidAttributeValue"),
        ({"VisibilityTimeout": "ten"}, "InvalidAttributeValue"),
        ({"Policy": "{"}, "InvalidAttributeValue"),
        ({"RedrivePolicy": '{"maxReceiveCount": 3}'}, "InvalidAttributeValue"),
        ({"RedrivePolicy": '{"deadLetterTargetArn": "x", "maxReceiveCount": 3}'}, "InvalidAttributeValue"),
        ({"FifoQueue": "true"}, "AWS.SimpleQueueService.UnsupportedOperation"),
    ],
)
def test_attributes_that_cannot_be_are_refused(sqs: Any, queue: str, attributes: dict[str, str], code: str) -> None:
    assert refused(sqs.set_queue_attributes, QueueUrl=queue, Attributes=attributes)[0] == code


@pytest.mark.parametrize("name", ["orders.fifo", "", "no spaces", "x" * 81])
def test_queues_that_cannot_be_are_refused(sqs: Any, name: str) -> None:
    code, text = refused(sqs.create_queue, QueueName=name)

    assert code in {"InvalidParameterValue", "AWS.SimpleQueueService.UnsupportedOperation"}
    assert ("FIFO" in text) == name.endswith(".fifo")


@pytest.mark.parametrize("handle", ["nonsense", "", "bm9uZQ=="])
def test_a_receipt_handle_of_nobody_is_refused(sqs: Any, queue: str, handle: str) -> None:
    assert refused(sqs.delete_message, QueueUrl=queue, ReceiptHandle=handle)[0] == "ReceiptHandleIsInvalid"


@pytest.mark.parametrize("members", [{"MaxNumberOfMessages": 11}, {"WaitTimeSeconds": 21}, {"VisibilityTimeout": -1}])
def test_receiving_keeps_to_its_limits(sqs: Any, queue: str, members: dict[str, int]) -> None:
    code, text = refused(sqs.receive_message, QueueUrl=queue, **members)

    assert code == "InvalidParameterValue"
    assert next(iter(members)) in text


def test_queues_are_listed_by_prefix_and_in_pages(sqs: Any) -> None:
    for name in ("b", "a1", "a3", "a2"):
        sqs.create_queue(QueueName=name)

    pages = sqs.get_paginator("list_queues").paginate(QueueNamePrefix="a", PaginationConfig={"PageSize": 2})

    names = [[url.rpartition("/")[2] for url in page["QueueUrls"]] for page in pages]
    assert names == [["a1", "a2"], ["a3"]]


def test_queues_have_tags(sqs: Any) -> None:
    url = sqs.create_queue(QueueName="tagged", tags={"team": "ml", "cost": "1"})["QueueUrl"]

    sqs.tag_queue(QueueUrl=url, Tags={"stage": "test"})
    sqs.untag_queue(QueueUrl=url, TagKeys=["cost", "none"])

    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"team": "ml", "stage": "test"}


def test_purging_empties_a_queue(sqs: Any, queue: str) -> None:
    sqs.send_message(QueueUrl=queue, MessageBody="a")

    sqs.purge_queue(QueueUrl=queue)

    assert received(sqs, queue) == []


def test_messages_carry_the_time_of_the_emulator(sqs: Any, sagemaker: Emulator, queue: str) -> None:
    sagemaker.clock.advance(1_000_000)
    sqs.send_message(QueueUrl=queue, MessageBody="a")

    (message,) = received(sqs, queue, AttributeNames=["SentTimestamp"])

    assert message["Attributes"] == {"SentTimestamp": str(round(sagemaker.clock.now() * 1000))}


def test_a_reset_leaves_no_queues(sqs: Any, sagemaker: Emulator, queue: str) -> None:
    sagemaker.reset()

    assert "QueueUrls" not in sqs.list_queues()
