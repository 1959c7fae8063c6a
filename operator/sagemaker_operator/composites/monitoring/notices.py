"""Telling people of violations: by an Event always, and by SNS and a webhook where the manifest says so.

Each run's violations are told once, when all is known about them. What is about to be sent stands in ``status.notified`` before
it goes out, so whoever comes after a crash sends it again rather than never; the delivery id is the same then, by which
receivers tell a repetition. What cannot be sent is tried again with growing waits, and given up loudly after `MOST_TRIES`.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from sagemaker_operator.composites.asks import Ask, Denied, Post, Publish, Told
from sagemaker_operator.composites.plan import Situation
from sagemaker_operator.engine.announce import Announcement
from sagemaker_operator.engine.resource import Object
from sagemaker_operator.engine.times import read, written
from sagemaker_operator.engine.verdict import Aside
from sagemaker_operator.kinds import GROUP, VERSION

from .execution import Execution, Result
from .following import Following

MOST_TRIES = 8
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
# More than there are executions in a status: one that is listed again is known.
_KEPT = 20
_CONDITION = "Notified"
_LONGEST = 512
_DIGEST = 32


class Way(StrEnum):
    """How a message goes out."""

    SNS = "SNS"
    WEBHOOK = "Webhook"


class State(StrEnum):
    """What has become of a message."""

    WAITING = "Waiting"
    SENT = "Sent"
    GIVEN_UP = "GivenUp"


@dataclass(frozen=True, slots=True)
class Message:
    """A message about one run, on one way.

    Attributes:
        execution: the name of the run.
        scheduled: the time that the run was scheduled for.
        delivery: the same each time that it is sent.
        tries: how often it was tried.
        next: when it is tried again.
        said: why it could not be sent.
    """

    execution: str
    scheduled: str
    way: Way
    delivery: str
    state: State = State.WAITING
    tries: int = 0
    next: datetime | None = None
    said: str = ""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """As the status has it."""
        return cls(
            execution=told["execution"],
            scheduled=told.get("scheduledTime", ""),
            way=Way(told["to"]),
            delivery=told["delivery"],
            state=State(told["state"]),
            tries=int(told.get("tries", 0)),
            next=read(told.get("nextTryTime")),
            said=told.get("message", ""),
        )

    def told(self) -> dict[str, Any]:
        """As it stands in the status."""
        told = {
            "execution": self.execution,
            "scheduledTime": self.scheduled or None,
            "to": str(self.way),
            "delivery": self.delivery,
            "state": str(self.state),
            "tries": self.tries or None,
            "nextTryTime": None if self.next is None else written(self.next),
            "message": self.said or None,
        }
        return {name: value for name, value in told.items() if value is not None}


def follow(situation: Situation, executions: Sequence[Execution]) -> Following:
    """The messages that follow from the runs of a schedule.

    Args:
        situation: with the answers to what was sent in this pass.
        executions: the latest runs, in any order.
    """
    parent = situation.parent
    before = parent.status.get("notified") or {}
    told, messages = list(before.get("executions") or ()), [Message.of(one) for one in before.get("messages") or ()]
    if parent.deleting:
        return Following(_status(told, messages))
    known = {one.name: one for one in executions}
    fresh = [one for one in _violating(executions, parent) if one.name not in told]
    for one in fresh:
        told.append(one.name)
        messages += [_message(parent, one, way) for way in _ways(parent)]
    events = [_event(one) for one in fresh]
    asks: list[Ask] = []
    current = []
    for message in messages:
        after, ask = _go_on(situation, message, known.get(message.execution))
        current.append(after)
        asks += [ask] if ask is not None else []
        if after.state is State.GIVEN_UP and message.state is State.WAITING and message.way in _ways(parent):
            events.append(Announcement("Warning", "NotificationFailed", _failure(after), "Notify"))
    waits = [one.next for one in current if one.state is State.WAITING and one.next is not None]
    return Following(
        status=_status(told, current),
        events=tuple(events),
        asks=tuple(asks),
        asides=_condition(parent, current),
        wake_at=min(waits, default=None),
    )


def body(parent: Object, execution: Execution) -> str:
    """What a webhook is sent and SNS is told: JSON, the same each time for the same run.

    ``summary`` is one sentence for people, ``execution`` is the run as ``status.executions`` tells it, ``id`` is the same each
    time that the message is sent, and ``version`` changes if the meaning of a member ever does.
    """
    told = {
        "summary": _sentence(parent, execution),
        "version": 1,
        "event": "ViolationsFound",
        "id": delivery(parent, execution.name),
        "schedule": {
            "apiVersion": f"{GROUP}/{VERSION}",
            "kind": parent.kind.name,
            "namespace": parent.namespace,
            "name": parent.name,
            "uid": parent.uid,
        },
        "monitoringType": parent.spec.get("monitoringType") or _type_of_native(parent.spec),
        "execution": execution.told(),
    }
    return json.dumps({name: value for name, value in told.items() if value}, indent=2, ensure_ascii=False)


def delivery(parent: Object, execution: str) -> str:
    """What tells a message from others: the same for the same run of the same schedule."""
    return hashlib.sha256(f"{parent.uid}/{execution}".encode()).hexdigest()[:_DIGEST]


def _violating(executions: Sequence[Execution], parent: Object) -> Iterator[Execution]:
    """The runs whose violations are known, the earliest first; what was there before this object is nobody's news."""
    since = read(parent.created)
    found = (one for one in executions if one.result is Result.VIOLATIONS and one.explained)
    news = (one for one in found if since is None or (one.ended or one.scheduled) >= since)
    yield from sorted(news, key=lambda one: one.scheduled)


def _ways(parent: Object) -> tuple[Way, ...]:
    wish = parent.spec.get("notify") or {}
    return tuple(way for way, name in ((Way.SNS, "snsTopicARN"), (Way.WEBHOOK, "webhook")) if wish.get(name))


def _message(parent: Object, execution: Execution, way: Way) -> Message:
    return Message(execution.name, written(execution.scheduled), way, delivery(parent, execution.name))


def _go_on(situation: Situation, message: Message, execution: Execution | None) -> tuple[Message, Ask | None]:
    """A message as it is now, and what is to be asked to send it."""
    if message.state is not State.WAITING or (message.next is not None and message.next > situation.now):
        return message, None
    if execution is None or message.way not in _ways(situation.parent):
        said = (
            "The run is not in the status any more."
            if execution is None
            else "spec.notify does not ask for it any more."
        )
        return replace(message, state=State.GIVEN_UP, next=None, said=said), None
    ask = _ask(situation.parent, message, execution)
    answer = situation.answers.get(ask)
    if answer is None:
        return message, ask
    return _answered(message, answer, situation.now), None


def _ask(parent: Object, message: Message, execution: Execution) -> Ask:
    wish = parent.spec["notify"]
    if message.way is Way.SNS:
        topic = str(wish["snsTopicARN"])
        subject = f"{parent.kind.name} {parent.namespace}/{parent.name}: {_many(execution)}"
        return Publish(topic, topic.split(":")[3], subject, body(parent, execution))
    hook = wish["webhook"]
    return Post(message.delivery, _key(hook["urlFrom"]), _key(hook.get("signingKeyFrom")), body(parent, execution))


def _key(told: Mapping[str, Any] | None) -> Any:
    return None if told is None else (str(told["name"]), str(told["key"]))


def _answered(message: Message, answer: Told | Denied, now: datetime) -> Message:
    refused = _refusal(message, answer)
    tries = message.tries + 1
    if not refused:
        return replace(message, state=State.SENT, tries=tries, next=None, said="")
    if tries >= MOST_TRIES:
        return replace(message, state=State.GIVEN_UP, tries=tries, next=None, said=refused[:_LONGEST])
    pause = min(_FIRST_PAUSE * 2 ** (tries - 1), _LONGEST_PAUSE)
    return replace(message, tries=tries, next=now + pause, said=refused[:_LONGEST])


def _refusal(message: Message, answer: Told | Denied) -> str:
    """Why a message did not arrive; "" if it did."""
    if isinstance(answer, Denied):
        return answer.message
    if message.way is Way.WEBHOOK and not 200 <= int(answer.value) < 300:
        said = f"The webhook answers with HTTP status {answer.value}"
        redirects = 300 <= int(answer.value) < 400
        return (
            f"{said} and is not followed: let its Secret hold the address that it leads to."
            if redirects
            else f"{said}."
        )
    return ""


def _condition(parent: Object, messages: Sequence[Message]) -> tuple[Aside, ...]:
    """What there is to say of messages that do not arrive: for each way the latest one counts."""
    latest = {message.way: message for message in messages if message.way in _ways(parent)}
    troubled = [one for one in latest.values() if one.said]
    if not troubled:
        return ()
    given_up = any(one.state is State.GIVEN_UP for one in troubled)
    said = " ".join(_failure(one) for one in troubled)
    return (Aside(_CONDITION, "False", "GivenUp" if given_up else "Retrying", said),)


def _failure(message: Message) -> str:
    what = f"The message about execution {message.execution} could not be sent ({message.way})"
    if message.state is State.GIVEN_UP:
        return f"{what} and is given up after {message.tries} tries: {message.said}"
    again = "" if message.next is None else f" It is tried again at {written(message.next)}."
    return f"{what}: {message.said.rstrip('.')}.{again}"


def _event(execution: Execution) -> Announcement:
    said = f"Execution {execution.name}: {execution.line or _many(execution)}"
    return Announcement("Warning", "ViolationsFound", said, "Monitor")


def _sentence(parent: Object, execution: Execution) -> str:
    return f"{parent.kind.name} {parent.namespace}/{parent.name}: {execution.line or _many(execution)}"


def _many(execution: Execution) -> str:
    if not execution.violations:
        return "there are violations"
    return f"{execution.violations:,} violation{'' if execution.violations == 1 else 's'}"


def _type_of_native(spec: Mapping[str, Any]) -> str:
    """The type in SageMaker's own form of a schedule."""
    return str((spec.get("monitoringScheduleConfig") or {}).get("monitoringType") or "")


def _status(told: Sequence[str], messages: Iterable[Message]) -> dict[str, Any]:
    if not told:
        return {}
    kept = set(told[-_KEPT:])
    listed = [one.told() for one in messages if one.execution in kept]
    return {"notified": {"executions": list(told[-_KEPT:]), **({"messages": listed} if listed else {})}}
