"""All queues of one emulator, by account, region and name; and the operations of SQS on queues as such.

Not here: the operations on messages (see `sqs`). Not as in AWS: a queue may be created again at once after it was deleted, and
purged as often as one likes; in AWS each takes 60 seconds.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sagemaker_local.emulator.events import attributes
from sagemaker_local.emulator.events.queue import Queue
from sagemaker_local.emulator.refusal import Refusal
from sagemaker_local.emulator.resource import Json, Place, partition

_MOTO: Final = "moto's SQS"
MISSING: Final = Refusal("QueueDoesNotExist", "The specified queue does not exist.", evidence=_MOTO)
DIFFERENT: Final = Refusal(
    "QueueNameExists",
    "A queue already exists with the same name and a different value for attribute {name}",
    evidence="localstack's SQS",
)
BAD_NAME: Final = Refusal(
    "InvalidParameterValue",
    "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
    evidence=_MOTO,
)
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")
_ACCOUNT: Final = re.compile(r"\d{12}")


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to SQS or EventBridge.

    Attributes:
        base: the address under which the caller reached the emulator; queue URLs begin with it.
        now: the emulator's time, in epoch seconds.
        ticks: the machine's monotonic clock, in seconds.
    """

    operation: str
    request: Json
    place: Place
    base: str
    now: float
    ticks: float


class Queues:
    """Every queue. Not thread-safe by itself; `Events` holds the lock."""

    def __init__(self) -> None:
        self._queues: dict[tuple[Place, str], Queue] = {}
        self._by_arn: dict[str, Queue] = {}

    def at(self, ask: Ask) -> Queue:
        """The queue that a request's QueueUrl names, in the region that the request is signed for."""
        parts = ask.request["QueueUrl"].rstrip("/").split("/")
        if len(parts) >= 2 and _ACCOUNT.fullmatch(parts[-2]):
            found = self._queues.get((Place(parts[-2], ask.place.region), parts[-1]))
            if found is not None:
                return found
        raise MISSING.error()

    def by_arn(self, arn: str) -> Queue | None:
        """The queue with that ARN."""
        return self._by_arn.get(arn)

    def all(self) -> Iterator[Queue]:
        """Every queue, in the order in which they were created."""
        return iter(self._by_arn.values())

    def items(self) -> Iterator[tuple[Place, Queue]]:
        """Every queue and where it is, in the order in which they were created."""
        return ((place, queue) for (place, _), queue in self._queues.items())

    def put(self, place: Place, queue: Queue) -> None:
        """Let a queue exist."""
        self._queues[place, queue.name] = self._by_arn[queue.arn] = queue

    def clear(self) -> None:
        """Delete all queues; readers that wait are told that theirs is gone."""
        for queue in list(self._by_arn.values()):
            self._remove(queue)
        self._queues.clear()

    def create(self, ask: Ask) -> Json:
        """CreateQueue: the same queue again is no error, with other attributes it is."""
        name, given = ask.request["QueueName"], ask.request.get("Attributes", {})
        if name.endswith(".fifo"):
            raise attributes.NO_FIFO.error(name=name)
        if not _NAME.fullmatch(name):
            raise BAD_NAME.error()
        checked = attributes.check(given)
        found = self._queues.get((ask.place, name))
        if found is None:
            arn = f"arn:{partition(ask.place.region)}:sqs:{ask.place.region}:{ask.place.account}:{name}"
            found = Queue(name, arn, ask.now, ask.now, attributes.ALWAYS | checked, dict(ask.request.get("tags", {})))
            self.put(ask.place, found)
        for attribute, value in checked.items():
            if found.attributes.get(attribute) != value:
                raise DIFFERENT.error(name=attribute)
        return {"QueueUrl": _url(ask, ask.place.account, name)}

    def delete(self, ask: Ask) -> Json:
        """DeleteQueue."""
        queue = self.at(ask)
        self._remove(queue)
        self._queues = {key: kept for key, kept in self._queues.items() if kept is not queue}
        return {}

    def url(self, ask: Ask) -> Json:
        """GetQueueUrl."""
        account, name = ask.request.get("QueueOwnerAWSAccountId", ask.place.account), ask.request["QueueName"]
        if (Place(account, ask.place.region), name) not in self._queues:
            raise MISSING.error()
        return {"QueueUrl": _url(ask, account, name)}

    def listed(self, ask: Ask) -> Json:
        """ListQueues: up to 1,000, or as many as MaxResults says and a token."""
        prefix = ask.request.get("QueueNamePrefix", "")
        names = sorted(n for place, n in self._queues if place == ask.place and n.startswith(prefix))
        after = ask.request.get("NextToken", "")
        size = ask.request.get("MaxResults", 1000)
        page = [name for name in names if name > after][:size]
        token = {"NextToken": page[-1]} if "MaxResults" in ask.request and page and page[-1] != names[-1] else {}
        urls = [_url(ask, ask.place.account, name) for name in page]
        return {**({"QueueUrls": urls} if urls else {}), **token}

    def attributes_of(self, ask: Ask) -> Json:
        """GetQueueAttributes: nothing unless asked for."""
        queue, names = self.at(ask), ask.request.get("AttributeNames", [])
        for name in names:
            if name not in attributes.READABLE:
                raise attributes.UNKNOWN.error(name=name)
        visible, flying, delayed = queue.counts(now=ask.ticks)
        told = {
            **{name: value for name, value in queue.attributes.items() if value},
            "QueueArn": queue.arn,
            "CreatedTimestamp": str(int(queue.created)),
            "LastModifiedTimestamp": str(int(queue.modified)),
            "ApproximateNumberOfMessages": str(visible),
            "ApproximateNumberOfMessagesNotVisible": str(flying),
            "ApproximateNumberOfMessagesDelayed": str(delayed),
        }
        wanted = told if "All" in names else {name: told[name] for name in names if name in told}
        return {"Attributes": wanted} if wanted else {}

    def set_attributes(self, ask: Ask) -> Json:
        """SetQueueAttributes."""
        queue = self.at(ask)
        queue.attributes |= attributes.check(ask.request["Attributes"])
        queue.modified = ask.now
        return {}

    def purge(self, ask: Ask) -> Json:
        """PurgeQueue."""
        self.at(ask).purge()
        return {}

    def tag(self, ask: Ask) -> Json:
        """TagQueue."""
        self.at(ask).tags |= ask.request["Tags"]
        return {}

    def untag(self, ask: Ask) -> Json:
        """UntagQueue: keys that are not there are no error."""
        tags = self.at(ask).tags
        for key in ask.request["TagKeys"]:
            tags.pop(key, None)
        return {}

    def tags_of(self, ask: Ask) -> Json:
        """ListQueueTags."""
        tags = self.at(ask).tags
        return {"Tags": dict(tags)} if tags else {}

    def dead_letter_sources(self, ask: Ask) -> Json:
        """ListDeadLetterSourceQueues: those of the caller's account and region."""
        arn = self.at(ask).arn
        urls = [
            _url(ask, place.account, name)
            for (place, name), queue in self._queues.items()
            if place == ask.place and (attributes.redrive(queue.attributes.get("RedrivePolicy")) or ("",))[0] == arn
        ]
        return {"queueUrls": urls}

    def _remove(self, queue: Queue) -> None:
        queue.removed = True
        self._by_arn.pop(queue.arn, None)
        queue.purge()
        queue.wake_all()


def _url(ask: Ask, account: str, name: str) -> str:
    return f"{ask.base}/{account}/{name}"
