"""Rules, queues, topics and their messages as JSON and back, for those who keep an emulator's state.

What waits in real time (delays, visibility timeouts, retention) goes on from where it was. Not kept: how delivery behaves, and
what was told of pipeline executions last.
"""

import time
from collections import deque
from dataclasses import asdict

from sagemaker_local.emulator.events.events import Events
from sagemaker_local.emulator.events.inputs import rendering
from sagemaker_local.emulator.events.messages import Message
from sagemaker_local.emulator.events.patterns import compiled
from sagemaker_local.emulator.events.queue import Queue
from sagemaker_local.emulator.events.rules import Rule, Target
from sagemaker_local.emulator.events.topic import KEPT, Published, Subscription, Topic
from sagemaker_local.emulator.resource import Json, Place


def dump(events: Events) -> Json:
    """All rules, queues and topics."""
    with events.lock:
        now = time.monotonic()
        return {
            "queues": [_dump_queue(place, queue, now) for place, queue in events.queues.items()],
            "rules": [
                _dump_rule(bus.place, rule) for bus in events.bridge.buses.values() for rule in bus.rules.values()
            ],
            "topics": [_dump_topic(topic) for topic in events.topics.topics.values()],
        }


def load(events: Events, saved: Json) -> None:
    """Let there be the rules, queues and topics that `dump` told, in place of those that there are.

    Raises:
        LookupError, TypeError, ValueError: it is something else; then nothing changes.
    """
    now = time.monotonic()
    queues = [_load_queue(one, now) for one in saved["queues"]]
    rules = [_load_rule(one) for one in saved["rules"]]
    topics = [_load_topic(one) for one in saved.get("topics", ())]
    with events.lock:
        events.reset()
        for place, queue in queues:
            events.queues.put(place, queue)
        for place, rule in rules:
            bus = events.bridge.at(place)
            bus.rules[rule.name] = rule
            bus.changed()
        events.topics.topics |= {topic.arn: topic for topic in topics}


def _dump_queue(place: Place, queue: Queue, now: float) -> Json:
    messages = [
        {
            "id": message.id, "body": message.body, "sender": message.sender, "sent": message.sent,
            "lasts": message.expires - now, "attributes": message.attributes, "system": message.system,
            "hidden": max(0.0, message.visible_at - now), "received": message.received,
            "first_received": message.first_received,
        }
        for message in queue.messages()
    ]  # fmt: skip
    return {
        "account": place.account, "region": place.region, "name": queue.name, "arn": queue.arn, "created": queue.created,
        "modified": queue.modified, "attributes": queue.attributes, "tags": queue.tags, "messages": messages,
    }  # fmt: skip


def _load_queue(saved: Json, now: float) -> tuple[Place, Queue]:
    queue = Queue(
        saved["name"], saved["arn"], saved["created"], saved["modified"], dict(saved["attributes"]), dict(saved["tags"])
    )
    for one in saved["messages"]:
        message = Message(
            one["id"], one["body"], one["sender"], one["sent"], now + one["lasts"], one["attributes"], one["system"],
            received=one["received"], first_received=one["first_received"],
        )  # fmt: skip
        queue.add(message, delay=one["hidden"], now=now)
    return Place(saved["account"], saved["region"]), queue


def _dump_rule(place: Place, rule: Rule) -> Json:
    return {
        "account": place.account, "region": place.region, "name": rule.name, "arn": rule.arn, "pattern": rule.text,
        "enabled": rule.enabled, "description": rule.description, "role": rule.role, "tags": rule.tags,
        "targets": [target.given for target in rule.targets.values()],
    }  # fmt: skip


def _load_rule(saved: Json) -> tuple[Place, Rule]:
    targets = {given["Id"]: Target(given, rendering(given)) for given in saved["targets"]}
    rule = Rule(
        saved["name"], saved["arn"], saved["pattern"], compiled(saved["pattern"]), saved["enabled"],
        saved["description"], saved["role"], targets, dict(saved["tags"]),
    )  # fmt: skip
    return Place(saved["account"], saved["region"]), rule


def _dump_topic(topic: Topic) -> Json:
    return {
        "arn": topic.arn, "name": topic.name, "account": topic.place.account, "region": topic.place.region,
        "attributes": topic.attributes, "tags": topic.tags,
        "subscriptions": [asdict(one) for one in topic.subscriptions.values()],
        "published": [asdict(message) for message in topic.published],
    }  # fmt: skip


def _load_topic(saved: Json) -> Topic:
    subscriptions = {one["arn"]: Subscription(**one) for one in saved["subscriptions"]}
    published = deque((Published(**one) for one in saved["published"]), maxlen=KEPT)
    return Topic(
        arn=saved["arn"], name=saved["name"], place=Place(saved["account"], saved["region"]),
        attributes=dict(saved["attributes"]), tags=dict(saved["tags"]), subscriptions=subscriptions, published=published,
    )  # fmt: skip
