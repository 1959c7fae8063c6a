"""Messages about violations: each set once, again if it did not arrive, and given up loudly."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from retraining import HOUR, START, execution

from sagemaker_operator.composites.asks import Ask, Denied, Post, Publish, Told
from sagemaker_operator.composites.monitoring import notices
from sagemaker_operator.composites.monitoring.execution import Execution, Result
from sagemaker_operator.composites.monitoring.following import Following
from sagemaker_operator.composites.plan import Situation
from sagemaker_operator.engine.resource import Object
from sagemaker_operator.engine.times import written
from sagemaker_operator.kinds import KINDS

TOPIC = "arn:aws:sns:eu-west-1:123456789012:drift"
HOOK = {"urlFrom": {"name": "hooks", "key": "url"}, "signingKeyFrom": {"name": "hooks", "key": "signing"}}
BOTH: dict[str, Any] = {"snsTopicARN": TOPIC, "webhook": HOOK}


@dataclass
class Play:
    """A schedule that tells people; `sent` is what arrived, in order."""

    notify: dict[str, Any] | None = field(default_factory=lambda: BOTH)
    executions: list[Execution] = field(default_factory=lambda: [execution(0)])
    created: Any = START - HOUR
    now: Any = START
    status: dict[str, Any] = field(default_factory=dict)
    answer: Mapping[type[Any], Told | Denied] = field(default_factory=dict)
    sent: list[Ask] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    dies_before_the_answer: bool = False
    deleting: bool = False

    def look(self, answers: Mapping[Ask, Told | Denied] | None = None) -> Following:
        """What follows at this moment."""
        parent = Object(
            kind=KINDS["MonitoringSchedule"],
            namespace="default",
            name="digits",
            uid="parent",
            generation=1,
            version="1",
            deleting=self.deleting,
            finalizers=(),
            annotations={},
            spec={"monitoringType": "DataQuality", **({} if self.notify is None else {"notify": self.notify})},
            status=self.status,
            created=written(self.created),
        )
        return notices.follow(Situation(parent, (), self.now, {}, answers or {}), self.executions)

    def step(self) -> Following:
        """One pass as the controller makes it."""
        answers: dict[Ask, Told | Denied] = {}
        while True:
            found = self.look(answers)
            self.status = json.loads(json.dumps(found.status))
            self.told += [(event.reason, event.message) for event in found.events]
            asked = [ask for ask in found.asks if ask not in answers]
            for ask in asked:
                # What must be remembered of a message stands in the status before it goes out.
                assert self.status["notified"]["messages"]
                self.sent.append(ask)
                answers[ask] = self.answer.get(type(ask), Told(204 if isinstance(ask, Post) else "id"))
                if self.dies_before_the_answer:
                    self.dies_before_the_answer = False
                    return self.step()
            if not asked:
                return found

    def wait(self, **span: float) -> Following:
        """Time passes, then the operator is at work."""
        self.now += timedelta(**span)
        return self.step()

    @property
    def messages(self) -> list[tuple[str, str, int]]:
        """What has become of each message."""
        listed = self.status.get("notified", {}).get("messages", ())
        return [(one["to"], one["state"], one.get("tries", 0)) for one in listed]

    def posts(self) -> list[Post]:
        """What was posted."""
        return [ask for ask in self.sent if isinstance(ask, Post)]


def test_violations_are_told_by_an_event_a_topic_and_a_webhook_each_once() -> None:
    play = Play()
    play.step()
    play.wait(hours=1)

    publish, post = play.sent
    assert isinstance(publish, Publish)
    assert isinstance(post, Post)
    assert (publish.topic, publish.region) == (TOPIC, "eu-west-1")
    assert publish.subject == "MonitoringSchedule default/digits: 3 violations"
    assert (post.address, post.signing) == (("hooks", "url"), ("hooks", "signing"))
    assert play.told == [("ViolationsFound", "Execution digits-0: 3 violations")]
    assert play.messages == [("SNS", "Sent", 1), ("Webhook", "Sent", 1)]


def test_what_is_sent_is_json_that_says_what_was_found_where() -> None:
    play = Play(executions=[execution(0, line="3 violations in 1,000 records; the worst is age", output="s3://out/1")])
    play.step()

    (post,) = play.posts()
    body = json.loads(post.body)
    assert body["summary"] == "MonitoringSchedule default/digits: 3 violations in 1,000 records; the worst is age"
    assert (body["version"], body["event"], body["id"]) == (1, "ViolationsFound", post.delivery)
    assert body["monitoringType"] == "DataQuality"
    assert body["schedule"] == {
        "apiVersion": "sagemaker-operator.dev/v1alpha1",
        "kind": "MonitoringSchedule",
        "namespace": "default",
        "name": "digits",
        "uid": "parent",
    }
    assert body["execution"] == play.executions[0].told()
    assert play.told[0][1] == "Execution digits-0: 3 violations in 1,000 records; the worst is age"


def test_without_ways_to_tell_there_is_an_event_all_the_same() -> None:
    play = Play(notify=None)
    play.step()
    play.wait(hours=1)

    assert (play.sent, [reason for reason, _ in play.told]) == ([], ["ViolationsFound"])
    assert play.look().asides == ()


@pytest.mark.parametrize(
    "one",
    [
        execution(0, result=Result.COMPLETED),
        execution(0, result=Result.NO_DATA),
        execution(0, result=Result.FAILED),
        execution(0, result=Result.IN_PROGRESS, ended=None),
        execution(0, explained=False),
    ],
)
def test_runs_without_violations_or_of_which_not_all_is_known_are_not_told(one: Execution) -> None:
    play = Play(executions=[one])
    play.step()

    assert (play.sent, play.told, play.status) == ([], [], {})


def test_runs_of_before_this_object_was_there_are_nobodys_news() -> None:
    play = Play(executions=[execution(1), execution(0), execution(-1), execution(-2)], created=START, now=START + HOUR)
    play.step()

    assert [message for _, message in play.told] == [
        "Execution digits-0: 3 violations",
        "Execution digits-1: 3 violations",
    ]


def test_violations_of_which_only_that_they_are_there_is_known_are_told_so() -> None:
    play = Play(executions=[execution(0, violations=0, by_check={}, worst=())])
    play.step()

    assert play.told == [("ViolationsFound", "Execution digits-0: there are violations")]


def test_whoever_comes_after_a_crash_sends_the_same_message_under_the_same_id() -> None:
    play = Play(notify={"webhook": HOOK}, dies_before_the_answer=True)
    play.step()

    first, second = play.posts()
    assert first == second
    assert play.messages == [("Webhook", "Sent", 1)]
    assert [reason for reason, _ in play.told] == ["ViolationsFound"]


def test_each_set_of_violations_has_an_id_of_its_own() -> None:
    play = Play(notify={"webhook": HOOK}, executions=[execution(0), execution(-1)])
    play.step()

    assert len({post.delivery for post in play.posts()}) == 2


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Told(503), "The webhook answers with HTTP status 503."),
        (Told(302), "The webhook answers with HTTP status 302 and is not followed: let its Secret hold the address"),
        (Denied("Publish: NotFound: Topic does not exist"), "Topic does not exist. It is tried again at"),
        (Denied("the webhook did not answer within 10 s", passing=True), "the webhook did not answer within 10 s"),
        (Denied("Secret hooks has no key url."), "Secret hooks has no key url."),
    ],
)
def test_what_does_not_arrive_is_tried_again_with_growing_waits(answer: Told | Denied, why: str) -> None:
    play = Play(notify={"webhook": HOOK}, answer={Post: answer})
    found = play.step()
    (aside,) = found.asides
    assert (aside.type, aside.status, aside.reason) == ("Notified", "False", "Retrying")
    assert why in aside.message
    assert found.wake_at == START + timedelta(seconds=30)

    assert play.wait(seconds=29).asides == found.asides
    assert len(play.sent) == 1
    assert play.wait(seconds=1).wake_at == START + timedelta(seconds=90)
    play.answer = {}
    found = play.wait(seconds=60)
    assert (found.asides, found.wake_at, play.messages) == ((), None, [("Webhook", "Sent", 3)])


def test_what_never_arrives_is_given_up_loudly_and_stays_told() -> None:
    play = Play(notify={"webhook": HOOK}, answer={Post: Told(500)})
    moments = []
    found = play.step()
    while found.wake_at is not None:
        moments.append(found.wake_at - play.now)
        play.now = found.wake_at
        found = play.step()

    assert len(play.sent) == notices.MOST_TRIES
    assert moments == sorted(moments)
    assert max(moments) <= timedelta(hours=1)
    reason, message = play.told[-1]
    assert reason == "NotificationFailed"
    assert message == (
        "The message about execution digits-0 could not be sent (Webhook) and is given up after 8 tries: "
        "The webhook answers with HTTP status 500."
    )
    (aside,) = play.wait(days=30).asides
    assert (aside.status, aside.reason) == ("False", "GivenUp")

    play.answer = {}
    play.executions = [execution(800), *play.executions]
    assert play.step().asides == ()


def test_one_way_that_fails_keeps_no_other_from_being_used() -> None:
    play = Play(answer={Publish: Denied("NotFound: Topic does not exist")})
    found = play.step()

    assert play.messages == [("SNS", "Waiting", 1), ("Webhook", "Sent", 1)]
    assert "(SNS): NotFound: Topic does not exist" in found.asides[0].message


def test_a_way_that_is_not_wanted_any_more_is_left_in_silence() -> None:
    play = Play(answer={Publish: Denied("no"), Post: Told(500)})
    play.step()
    play.notify = None
    found = play.wait(hours=1)

    assert (found.asides, found.wake_at, len(play.sent)) == ((), None, 2)
    assert [reason for reason, _ in play.told] == ["ViolationsFound"]


def test_a_way_that_is_added_later_tells_what_comes_and_not_what_was() -> None:
    play = Play(notify=None)
    play.step()
    play.notify = {"webhook": HOOK}
    play.wait(hours=1)
    assert play.sent == []

    play.executions = [execution(1), *play.executions]
    play.step()
    assert len(play.sent) == 1


def test_a_run_that_leaves_the_status_and_comes_back_is_not_told_again() -> None:
    play = Play(notify={"webhook": HOOK})
    play.step()
    play.executions = []
    play.step()
    play.executions = [execution(0)]
    play.step()

    assert (len(play.sent), len(play.told)) == (1, 1)


def test_the_status_remembers_no_more_than_it_needs() -> None:
    play = Play()
    for hour in range(60):
        play.now = START + hour * HOUR
        play.executions = [execution(number) for number in range(hour, max(hour - 10, -1), -1)]
        play.step()

    assert len(play.posts()) == 60
    assert len(play.status["notified"]["executions"]) == 20
    assert len(play.status["notified"]["messages"]) == 40


def test_while_the_schedule_is_deleted_nothing_is_sent_and_nothing_is_forgotten() -> None:
    play = Play()
    play.step()
    before = play.status
    play.executions, play.deleting = [execution(1)], True
    play.step()

    assert (play.status, len(play.sent)) == (before, 2)
