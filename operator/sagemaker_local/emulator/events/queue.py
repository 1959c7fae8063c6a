"""One standard queue: messages that wait, are in flight or delayed, and the readers that wait for them.

Delays, visibility timeouts and retention are the readers' concern and pass in real time, whatever the emulator's clock does.
A queue is bounded: beyond `MOST_MESSAGES` or `MOST_BYTES` the oldest message goes, as when its retention ends. Not thread-safe
by itself.
"""

import heapq
import itertools
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from sagemaker_local.emulator.events.messages import Message

MOST_MESSAGES: Final = 120_000
"""As many as AWS allows in flight in a standard queue."""
MOST_BYTES: Final = 256 * 1024**2


@dataclass(slots=True, eq=False)
class Queue:
    """A queue.

    Attributes:
        attributes: those that can be set, as texts.
        dropped: how many messages went because the queue was full.
        waiters: woken one by one when messages come.
        removed: whether the queue was deleted.
    """

    name: str
    arn: str
    created: float
    modified: float
    attributes: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    dropped: int = 0
    waiters: deque[Callable[[], None]] = field(default_factory=deque)
    removed: bool = False
    _messages: OrderedDict[str, Message] = field(default_factory=OrderedDict)
    _waiting: deque[Message] = field(default_factory=deque)
    # Invisible messages by the time at which they may be seen; entries of messages that moved on are void.
    _hidden: list[tuple[float, int, Message]] = field(default_factory=list)
    _order: "itertools.count[int]" = field(default_factory=itertools.count)
    _bytes: int = 0

    def add(self, message: Message, *, delay: float, now: float, back: int = 0) -> None:
        """Take a message in; `back` lets it overtake so many of those that wait."""
        self._messages[message.id] = message
        self._bytes += len(message.body)
        if delay > 0:
            self._hide(message, now + delay)
        elif back:
            self._waiting.insert(max(0, len(self._waiting) - back), message)
        else:
            self._waiting.append(message)
        while len(self._messages) > MOST_MESSAGES or (self._bytes > MOST_BYTES and len(self._messages) > 1):
            self._forget(next(iter(self._messages.values())))
            self.dropped += 1
        self.wake_one()

    def take(self, most: int, *, now: float) -> list[Message]:
        """Messages that may be received now; the caller hides or deletes each."""
        self._surface(now)
        taken: list[Message] = []
        while self._waiting and len(taken) < most:
            message = self._waiting.popleft()
            if message.gone:
                continue
            if message.expires <= now:
                self._forget(message)
                continue
            taken.append(message)
        return taken

    def hide(self, message: Message, *, seconds: float, now: float) -> None:
        """Let a message be in flight for so long; 0 shows it again at once."""
        self._hide(message, now + seconds)

    def find(self, message: str) -> Message | None:
        """A message that was not deleted."""
        return self._messages.get(message)

    def messages(self) -> list[Message]:
        """All messages that were not deleted, the oldest first."""
        return list(self._messages.values())

    def in_flight(self, message: Message, *, now: float) -> bool:
        """Whether it was received and its visibility timeout runs."""
        return message.received > 0 and message.visible_at > now

    def delete(self, message: Message) -> None:
        """Forget a message for good."""
        self._forget(message)

    def purge(self) -> None:
        """Forget all messages."""
        for message in list(self._messages.values()):
            self._forget(message)
        self._waiting.clear()
        self._hidden.clear()

    def next_visible(self) -> float | None:
        """When the next invisible message may be seen."""
        while self._hidden and self._void(self._hidden[0]):
            heapq.heappop(self._hidden)
        return self._hidden[0][0] if self._hidden else None

    def counts(self, *, now: float) -> tuple[int, int, int]:
        """How many messages are visible, in flight and delayed."""
        self._surface(now)
        hidden = [m for m in self._messages.values() if m.visible_at > now]
        flying = sum(1 for m in hidden if m.received)
        return len(self._messages) - len(hidden), flying, len(hidden) - flying

    def wake_one(self) -> None:
        """Let a waiting reader look again, if there is one."""
        if self.waiters:
            self.waiters.popleft()()

    def wake_all(self) -> None:
        """Let all waiting readers look again."""
        while self.waiters:
            self.waiters.popleft()()

    def _hide(self, message: Message, until: float) -> None:
        message.visible_at = until
        heapq.heappush(self._hidden, (until, next(self._order), message))
        if len(self._hidden) > 2 * len(self._messages) + 1000:
            self._hidden = [entry for entry in self._hidden if not self._void(entry)]
            heapq.heapify(self._hidden)

    def _surface(self, now: float) -> None:
        while self._hidden and self._hidden[0][0] <= now:
            entry = heapq.heappop(self._hidden)
            if not self._void(entry):
                message = entry[2]
                message.visible_at = 0.0
                if message.received:
                    self._waiting.appendleft(message)
                else:
                    self._waiting.append(message)

    def _forget(self, message: Message) -> None:
        if not message.gone:
            message.gone = True
            del self._messages[message.id]
            self._bytes -= len(message.body)
        while self._waiting and self._waiting[0].gone:
            self._waiting.popleft()

    @staticmethod
    def _void(entry: tuple[float, int, Message]) -> bool:
        until, _, message = entry
        return message.gone or message.visible_at != until
