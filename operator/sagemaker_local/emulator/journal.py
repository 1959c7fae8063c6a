"""The record of every request, for tests and for people who wonder what their client does.

An entry says what was asked, by whom, and how it ended as the client saw it: `ok`, an error code, or `lost`, `cut`, `hung` when
it saw no answer. Whether the operation was done is a second fact, because a lost reply belongs to a request that was.
The newest 20,000 entries are kept whole; counts are kept for all of them.
"""

import json
import threading
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

from sagemaker_local.emulator.resource import Json

KEPT: Final = 20_000
_READS: Final = ("Describe", "List", "Get", "Search", "BatchDescribe", "Query", "Invoke")


@dataclass(frozen=True, slots=True)
class Entry:
    """One request.

    Attributes:
        time: when it arrived, in epoch seconds of the emulator's clock.
        caller: the User-Agent.
        asked: the request as JSON; kept so, because there are many and few are looked at.
        outcome: `ok`, an error code, `lost` (done, reply lost), `cut` (connection cut before it was done) or `hung`.
        committed: whether the operation was done.
    """

    time: float
    operation: str
    account: str
    region: str
    caller: str
    asked: bytes
    outcome: str
    committed: bool

    @property
    def parameters(self) -> Json:
        """The request as it was understood: without what AWS ignores."""
        decoded: Json = json.loads(self.asked)
        return decoded

    def as_json(self) -> dict[str, Any]:
        """What the control API shows."""
        shown = asdict(self)
        del shown["asked"]
        return {**shown, "parameters": self.parameters}


class Journal:
    """All requests since the start or the last `clear`. Thread-safe."""

    def __init__(self, *, kept: int = KEPT) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=kept)
        self._counts: Counter[tuple[str, str, bool]] = Counter()

    def add(self, entry: Entry) -> None:
        """Record a request."""
        with self._lock:
            self._entries.append(entry)
            self._counts[entry.operation, entry.outcome, entry.committed] += 1

    def count(self, operation: str | None = None, *, outcome: str | None = None) -> int:
        """How many requests there were, of one operation or of all, with one outcome or any."""
        with self._lock:
            return sum(
                number
                for (name, ended, _), number in self._counts.items()
                if operation in (None, name) and outcome in (None, ended)
            )

    def committed(self, operation: str) -> int:
        """How many times an operation was really done, whether or not the client heard of it."""
        with self._lock:
            return sum(n for (name, _, done), n in self._counts.items() if done and name == operation)

    def entries(
        self,
        operation: str | None = None,
        *,
        outcome: str | None = None,
        account: str | None = None,
        region: str | None = None,
    ) -> list[Entry]:
        """The kept entries, oldest first, that fit all that is given."""
        with self._lock:
            everything: Iterable[Entry] = tuple(self._entries)
        return [
            entry
            for entry in everything
            if operation in (None, entry.operation)
            and outcome in (None, entry.outcome)
            and account in (None, entry.account)
            and region in (None, entry.region)
        ]

    def changes(self) -> int:
        """How many operations other than reads were done."""
        with self._lock:
            return sum(n for (name, _, done), n in self._counts.items() if done and not name.startswith(_READS))

    def counts(self) -> dict[str, dict[str, int]]:
        """Operation to outcome to number of requests."""
        table: dict[str, dict[str, int]] = {}
        with self._lock:
            for (operation, outcome, _), number in sorted(self._counts.items()):
                row = table.setdefault(operation, {})
                row[outcome] = row.get(outcome, 0) + number
        return table

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._counts.clear()
