"""Delivery of events that is not perfect: twice, never, late, out of order, or not allowed."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.emulator.asking import training_job
from tests.emulator.listening import SAGEMAKER, Listening, details

from sagemaker_local.emulator import Emulator
from sagemaker_local.emulator.events import memory


def faulty(sagemaker: Emulator, client: Any, listening: Listening, set_up: Callable[[], None]) -> list[str]:
    listening.rule({**SAGEMAKER, "detail": {"SecondaryStatus": ["Starting"]}})
    set_up()
    for number in range(20):
        client.create_training_job(**training_job(f"job-{number:02}"))
    return [name for (name,) in details(listening.heard(), "TrainingJobName")]


def test_events_can_come_twice(sagemaker: Emulator, client: Any, listening: Listening) -> None:
    names = faulty(sagemaker, client, listening, lambda: sagemaker.events.duplicate(1.0))

    assert len(names) == 40
    assert len(set(names)) == 20


def test_events_can_get_lost(sagemaker: Emulator, client: Any, listening: Listening) -> None:
    names = faulty(sagemaker, client, listening, lambda: sagemaker.events.lose(0.5))

    assert 0 < len(names) < 20
    assert sagemaker.events.counts()["lost"] == 20 - len(names)


def test_events_can_come_in_another_order(sagemaker: Emulator, client: Any, listening: Listening) -> None:
    names = faulty(sagemaker, client, listening, lambda: sagemaker.events.reorder(within=5))

    assert names != sorted(names)
    assert sorted(names) == [f"job-{number:02}" for number in range(20)]


def test_events_can_come_late(sagemaker: Emulator, client: Any, listening: Listening) -> None:
    names = faulty(sagemaker, client, listening, lambda: sagemaker.events.delay(seconds=600))

    attributes = listening.sqs.get_queue_attributes(
        QueueUrl=listening.queue, AttributeNames=["ApproximateNumberOfMessagesDelayed"]
    )["Attributes"]
    assert names == []
    assert attributes["ApproximateNumberOfMessagesDelayed"] == "20"


def test_the_same_seed_loses_the_same_events() -> None:
    def lost(seed: int) -> list[str]:
        with Emulator.start(virtual=True, check_s3=False, seed=seed) as sagemaker:
            clients = [sagemaker.client(service) for service in ("sagemaker", "events", "sqs")]
            url = clients[2].create_queue(QueueName="news")["QueueUrl"]
            listening = Listening(clients[1], clients[2], url, "arn:aws:sqs:us-east-1:123456789012:news")
            names = faulty(sagemaker, clients[0], listening, lambda: sagemaker.events.lose(0.5))
            for made in clients:
                made.close()
            return names

    assert lost(1) == lost(1)
    assert lost(1) != lost(2)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda events: events.lose(1.5),
        lambda events: events.duplicate(float("nan")),
        lambda events: events.reorder(within=-1),
        lambda events: events.delay(-1),
    ],
)
def test_impossible_conduct_is_refused(sagemaker: Emulator, wrong: Callable[[Any], None]) -> None:
    with pytest.raises(ValueError, match="must be between"):
        wrong(sagemaker.events)


def policy(rule: str, queue: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize(("rule", "comes"), [("all", True), ("another", False)])
def test_queue_policies_count_when_they_are_to_be_checked(
    sagemaker: Emulator, client: Any, listening: Listening, rule: str, comes: bool
) -> None:
    listening.rule(SAGEMAKER)
    sagemaker.events.check_queue_policies = True
    client.create_training_job(**training_job("before"))
    allowed = policy(f"arn:aws:events:us-east-1:123456789012:rule/{rule}", listening.arn)
    listening.sqs.set_queue_attributes(QueueUrl=listening.queue, Attributes={"Policy": allowed})

    client.create_training_job(**training_job("after"))

    assert details(listening.heard(), "TrainingJobName") == ([("after",)] if comes else [])


def test_what_a_target_cannot_take_goes_to_its_dead_letter_queue(
    sagemaker: Emulator, client: Any, listening: Listening
) -> None:
    listening.rule(SAGEMAKER, Arn=f"{listening.arn}-gone", DeadLetterConfig={"Arn": listening.arn})
    listening.rule(SAGEMAKER, name="lost", Arn=f"{listening.arn}-gone")

    client.create_training_job(**training_job())

    assert details(listening.heard(), "TrainingJobName") == [("digits",)]
    assert sagemaker.events.counts()["undeliverable"] == 1


def test_a_reset_forgets_rules_and_conduct(sagemaker: Emulator, listening: Listening) -> None:
    listening.rule(SAGEMAKER)
    sagemaker.events.lose(1.0)

    sagemaker.reset()

    assert listening.events.list_rules()["Rules"] == []
    assert sagemaker.events.as_json()["lose"] == 0


def test_rules_queues_and_messages_can_be_kept_and_taken_up(
    sagemaker: Emulator, client: Any, listening: Listening
) -> None:
    listening.rule(SAGEMAKER, InputPath="$.detail.TrainingJobName")
    client.create_training_job(**training_job("before"))
    listening.sqs.receive_message(QueueUrl=listening.queue, VisibilityTimeout=600)
    client.create_training_job(**training_job("between"))
    kept = json.loads(json.dumps(memory.dump(sagemaker.events)))
    sagemaker.events.reset()

    memory.load(sagemaker.events, kept)
    client.create_training_job(**training_job("after"))

    counts = listening.sqs.get_queue_attributes(QueueUrl=listening.queue, AttributeNames=["All"])["Attributes"]
    assert listening.texts() == ['"between"', '"after"']
    assert counts["ApproximateNumberOfMessagesNotVisible"] == "1"
