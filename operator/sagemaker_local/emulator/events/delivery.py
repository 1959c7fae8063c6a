"""Delivery from rules to queues, and what can be made to go wrong with it: loss, duplicates, reordering, delay.

EventBridge delivers at least once and in no order; here it is exactly once and in order until somebody asks otherwise. What
happens is chosen from one seeded generator. A delay passes in real time, like everything that readers of queues wait for.
"""

from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from sagemaker_local.emulator.events.policy import lets_in
from sagemaker_local.emulator.events.queue import Queue
from sagemaker_local.emulator.events.rules import Bus, Rule, Target
from sagemaker_local.emulator.events.sqs import Sqs


@dataclass(slots=True)
class Conduct:
    """How delivery behaves.

    Attributes:
        duplicate: probability that an event comes twice, the second time with an id of its own, as SageMaker's duplicates do.
        lose: probability that an event does not come.
        reorder: over how many waiting messages a message may be put ahead.
        delay: seconds until a message can be received.
        check_queue_policies: whether a queue's policy must allow EventBridge to send to it, as in AWS.
    """

    duplicate: float = 0.0
    lose: float = 0.0
    reorder: int = 0
    delay: float = 0.0
    check_queue_policies: bool = False


@dataclass(slots=True)
class Tally:
    """What became of events that a rule wanted.

    Attributes:
        made: events, by SageMaker or by PutEvents.
        delivered: messages put into queues.
        lost: messages lost on request.
        undeliverable: messages whose queue does not exist or refuses.
    """

    made: int = 0
    delivered: int = 0
    lost: int = 0
    undeliverable: int = 0

    def as_json(self) -> dict[str, Any]:
        """What the control API shows."""
        return asdict(self)


class Delivery:
    """Takes events to the queues of a rule. Not thread-safe by itself; `Events` holds the lock."""

    def __init__(self, sqs: Sqs, random: Random) -> None:
        self._sqs = sqs
        self._random = random
        self.conduct = Conduct()
        self.tally = Tally()

    def twice(self) -> bool:
        """Whether the next event comes twice."""
        return self.conduct.duplicate > 0 and self._random.random() < self.conduct.duplicate

    def to_targets(self, bus: Bus, rule: Rule, event: dict[str, Any], text: str, *, now: float, ticks: float) -> None:
        """Deliver an event to every target of a rule that matches it."""
        for target in rule.targets.values():
            if self.conduct.lose > 0 and self._random.random() < self.conduct.lose:
                self.tally.lost += 1
                continue
            queue = self._queue(bus, rule, target)
            if queue is None:
                self.tally.undeliverable += 1
                continue
            back = self._random.randint(0, self.conduct.reorder) if self.conduct.reorder else 0
            body = target.render(event, text)
            self._sqs.deliver(queue, body, now=now, ticks=ticks, delay=self.conduct.delay, back=back)
            self.tally.delivered += 1

    def _queue(self, bus: Bus, rule: Rule, target: Target) -> Queue | None:
        """The queue that takes the event: the target, or its dead-letter queue if it does not exist or refuses."""
        for arn in (target.arn, target.dead_letters):
            queue = self._sqs.queues.by_arn(arn) if arn else None
            if queue is not None and self._may_send(bus, rule, queue):
                return queue
        return None

    def _may_send(self, bus: Bus, rule: Rule, queue: Queue) -> bool:
        if not self.conduct.check_queue_policies:
            return True
        policy = queue.attributes.get("Policy")
        return lets_in(policy, queue=queue.arn, rule=rule.arn, account=bus.place.account)
