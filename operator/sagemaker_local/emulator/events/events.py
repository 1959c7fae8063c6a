"""All of events of one emulator, put together: what SageMaker calls when something changed, and what people ask for.

One lock serialises requests, changes and whatever a test asks. It may be taken under the lock of the service, never the other way
round.
"""

import json
import math
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from random import Random
from typing import Any
from uuid import UUID

from sagemaker_local.emulator.clock import Clock
from sagemaker_local.emulator.events import documents, executions
from sagemaker_local.emulator.events.delivery import Conduct, Delivery, Tally
from sagemaker_local.emulator.events.eventbridge import EventBridge
from sagemaker_local.emulator.events.kinds import SOURCE, STEP_CHANGE, TELLINGS, Telling
from sagemaker_local.emulator.events.queues import Queues
from sagemaker_local.emulator.events.rules import Bus, Rule
from sagemaker_local.emulator.events.sqs import Sqs
from sagemaker_local.emulator.events.topic import Published
from sagemaker_local.emulator.events.topics import Topics
from sagemaker_local.emulator.resource import Json, Resource


class Events:
    """EventBridge, SQS and SNS of one emulator. Every method may be called from any thread.

    Args:
        clock: the emulator's; events and messages carry its time.
        describe: what Describe answers about a resource.
        seed: makes ids and what goes wrong with delivery repeatable.

    Attributes:
        requests: how many were asked of EventBridge, SQS and SNS so far.
    """

    def __init__(self, clock: Clock, describe: Callable[[Resource], Json], *, seed: int = 0) -> None:
        self.lock = threading.RLock()
        self.requests = 0
        self.clock = clock
        self._describe = describe
        self._executions = executions.Executions()
        self._ids = Random(f"{seed} ids")
        self.queues = Queues()
        self.sqs = Sqs(self.queues, self._ids)
        self.topics = Topics(self.sqs, self._identity)
        self.bridge = EventBridge(self._publish, self._identity)
        self._delivery = Delivery(self.sqs, Random(f"{seed} delivery"))

    def noticed(self, resource: Resource, now: float) -> None:
        """Hear that a resource was created, took on another status, or is gone; listens at `World.listeners`."""
        bus = self.bridge.buses.get(resource.place)
        if bus is None:
            return
        with self.lock:
            if resource.kind == executions.KIND:
                self._follow(bus, resource, now)
                return
            for telling in TELLINGS.get(resource.kind, ()):
                if not _of_no_interest(telling, resource):
                    self._tell(bus, telling, resource, now=now)

    def duplicate(self, probability: float) -> None:
        """Let events come twice with a probability, the second time with an id of its own."""
        self._delivery.conduct.duplicate = _probability(probability)

    def lose(self, probability: float) -> None:
        """Let events not come, with a probability."""
        self._delivery.conduct.lose = _probability(probability)

    def reorder(self, within: int) -> None:
        """Let each message overtake up to `within` of those that wait in its queue; 0 keeps the order."""
        if not 0 <= within <= 1000:
            raise ValueError(f"within must be between 0 and 1000, not {within}")
        self._delivery.conduct.reorder = within

    def delay(self, seconds: float) -> None:
        """Let messages be received only so many seconds (of real time) after the event."""
        if not 0 <= seconds <= 3600:
            raise ValueError(f"seconds must be between 0 and 3600, not {seconds}")
        self._delivery.conduct.delay = float(seconds)

    def publish(self, topic: str, message: str) -> bool:
        """Publish to a topic by its ARN, as SageMaker itself does; False if there is no such topic."""
        with self.lock:
            found = self.topics.topics.get(topic)
            if found is None:
                return False
            published = Published(
                id=self._identity(), topic=topic, message=message, subject=None, attributes={}, when=self.clock.now()
            )
            self.topics.send(found, published, base="https://sns.invalid", ticks=time.monotonic())
            return True

    def published(self, topic: str | None = None) -> list[Json]:
        """The latest messages that were published to a topic, by its ARN, or to any; the oldest of each topic first."""
        with self.lock:
            topics = [self.topics.topics[topic]] if topic in self.topics.topics else []
            topics = list(self.topics.topics.values()) if topic is None else topics
            return [message.as_json() for one in topics for message in one.published]

    def stop(self) -> None:
        """Send nothing more to subscribers over HTTP."""
        self.topics.posting.stop()

    @property
    def check_queue_policies(self) -> bool:
        """Whether a queue's policy must allow EventBridge to send to it, as in AWS; may be set."""
        return self._delivery.conduct.check_queue_policies

    @check_queue_policies.setter
    def check_queue_policies(self, check: bool) -> None:
        self._delivery.conduct.check_queue_policies = check

    def set(
        self,
        *,
        duplicate: float | None = None,
        lose: float | None = None,
        reorder: int | None = None,
        delay: float | None = None,
        check_queue_policies: bool | None = None,
    ) -> None:
        """Several of the above at once; None leaves a thing as it is. Raises ValueError."""
        for change, value in ((self.duplicate, duplicate), (self.lose, lose), (self.delay, delay)):
            if value is not None:
                change(value)
        if reorder is not None:
            self.reorder(reorder)
        if check_queue_policies is not None:
            self.check_queue_policies = check_queue_policies

    def counts(self) -> dict[str, int]:
        """How many events were made, delivered, lost on request and undeliverable, and dropped from full queues."""
        with self.lock:
            return {**asdict(self._delivery.tally), "dropped": sum(queue.dropped for queue in self.queues.all())}

    def as_json(self) -> dict[str, Any]:
        """What the control API shows."""
        return {**asdict(self._delivery.conduct), "counts": self.counts()}

    def clear(self) -> None:
        """Deliver exactly once and in order again; rules and queues stay."""
        with self.lock:
            self._delivery.conduct = Conduct()

    def reset(self) -> None:
        """Forget rules, queues, topics, messages and counts, and deliver exactly once again."""
        with self.lock:
            self.clear()
            self.bridge.clear()
            self.topics.clear()
            self._executions.clear()
            self.queues.clear()
            self._delivery.tally = Tally()

    def _follow(self, bus: Bus, execution: Resource, now: float) -> None:
        """Tell what is new about a pipeline execution and its steps."""
        if execution.gone:
            self._executions.forget(execution)
            return
        news = self._executions.news(execution)
        for step, previous in news.steps:
            self._tell_step(bus, execution, step, previous, now)
        if news.changed:
            for telling in TELLINGS[executions.KIND]:
                self._tell(bus, telling, execution, previous=news.previous, now=now)

    def _tell_step(self, bus: Bus, execution: Resource, step: Json, previous: str, now: float) -> None:
        def make() -> Json:
            pipeline = self._describe(execution)["PipelineArn"]
            content = documents.step_detail(step, execution.arn, pipeline, previous)
            return documents.event(
                self._identity(), STEP_CHANGE, bus.place, [pipeline, execution.arn], content, now=now
            )

        self._publish(bus, SOURCE, STEP_CHANGE, make)

    def _tell(self, bus: Bus, telling: Telling, resource: Resource, *, previous: str | None = None, now: float) -> None:
        if not bus.interested(SOURCE, telling.detail_type):
            return
        described = self._describe(resource)
        if not telling.applies(described):
            return

        def make() -> Json:
            content = documents.detail(telling, resource.kind, described, resource.tags, previous)
            resources = [described[name] for name in telling.resources if name in described] or [resource.arn]
            return documents.event(self._identity(), telling.detail_type, bus.place, resources, content, now=now)

        self._publish(bus, SOURCE, telling.detail_type, make)

    def _publish(self, bus: Bus, source: str, detail_type: str, make: Callable[[], Json]) -> None:
        """Deliver an event to the rules that match it; it is only made if some rule may."""
        rules = bus.interested(source, detail_type)
        if not rules:
            return
        event = make()
        matched = [rule for rule in rules if rule.pattern.matches(event)]
        if not matched:
            return
        self._deliver(bus, matched, event)
        if self._delivery.twice():
            self._deliver(bus, matched, {**event, "id": self._identity()})

    def _deliver(self, bus: Bus, rules: list[Rule], event: Json) -> None:
        self._delivery.tally.made += 1
        text = json.dumps(event, separators=(",", ":"), ensure_ascii=False)
        now, ticks = self.clock.now(), time.monotonic()
        for rule in rules:
            self._delivery.to_targets(bus, rule, event, text, now=now, ticks=ticks)

    def _identity(self) -> str:
        return str(UUID(int=self._ids.getrandbits(128), version=4))


def _of_no_interest(telling: Telling, resource: Resource) -> bool:
    if resource.gone:
        return not telling.removal
    before = resource.earlier
    return not telling.secondary and before is not None and before.status == resource.status


def _probability(given: float) -> float:
    if not (math.isfinite(given) and 0 <= given <= 1):
        raise ValueError(f"probability must be between 0 and 1, not {given}")
    return float(given)
