"""What stands between a request for SageMaker and SageMaker: signature, faults, rates, latency, and the journal.

Knows no HTTP server: it takes headers and a body and gives an answer, or says that the connection is to be cut.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sagemaker_local.emulator import surprises, wire
from sagemaker_local.emulator.faults import ANSWERS, THROTTLED, Effect, Fault, Faults
from sagemaker_local.emulator.journal import Entry, Journal
from sagemaker_local.emulator.rates import Rates
from sagemaker_local.emulator.refusal import Refusal, ServiceError
from sagemaker_local.emulator.resource import Json, Place
from sagemaker_local.emulator.service import SageMaker

BROKEN: Final = Refusal(
    "SageMakerLocalFault",
    "sagemaker-local could not answer this request because of a fault of its own; its log has the details.",
    evidence="this project's own answer",
)
AFTERWARDS: Final = frozenset({Effect.LOSE_REPLY, Effect.SURPRISE})
"""Faults of requests that are done all the same."""
CUT_BY: Final = {Effect.HANG: "hung", Effect.CUT: "cut"}


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: bytes


@dataclass(slots=True)
class Visit:
    """What is known of a request so far.

    Attributes:
        request: what of it goes into the journal.
        fault: what goes wrong with it, if something does.
        committed: whether it was done.
    """

    time: float
    caller: str
    operation: str = ""
    place: Place = field(default=Place("", ""))
    request: Json = field(default_factory=dict)
    fault: Fault | None = None
    committed: bool = False

    @property
    def loses_reply(self) -> bool:
        """Whether it is done, and nobody hears of it."""
        return self.fault is not None and self.fault.effect is Effect.LOSE_REPLY

    def entry(self, outcome: str) -> Entry:
        """What the journal keeps of it."""
        return Entry(
            time=self.time,
            operation=self.operation,
            account=self.place.account,
            region=self.place.region,
            caller=self.caller,
            asked=wire.encode(self.request),
            outcome=outcome,
            committed=self.committed,
        )


@dataclass(slots=True)
class Front:
    """One emulator's entrance.

    Attributes:
        account_of: the account that an access key belongs to.
        latency: seconds by which every answer is delayed.
    """

    service: SageMaker
    journal: Journal
    faults: Faults
    rates: Rates
    account_of: Callable[[str], str]
    latency: float = field(default=0.0)

    async def answer(self, headers: Mapping[str, str], body: bytes) -> Answer | None:
        """The answer to one request; None means that the connection is cut without one."""
        if self.latency:
            await asyncio.sleep(self.latency)
        visit = Visit(self.service.world.clock.now(), headers.get("User-Agent", ""))
        try:
            return await self._answer(visit, headers, body)
        except ServiceError as error:
            self._note(visit, error.code)
            return Answer(error.status, wire.encode_error(error))
        except Exception:
            self._note(visit, BROKEN.code)
            raise

    async def _answer(self, visit: Visit, headers: Mapping[str, str], body: bytes) -> Answer | None:
        visit.operation = headers.get("X-Amz-Target", "").removeprefix(wire.TARGET)
        scope = wire.signed_for_sagemaker(headers)
        visit.place = Place(self.account_of(scope.access_key), scope.region)
        operation = wire.operation(headers)
        visit.request = request = wire.decode(body)
        fault = visit.fault = self.faults.choose(operation, request, visit.place.account)
        if fault is not None and fault.effect not in AFTERWARDS:
            await self._suffer(fault, visit)
            return None
        if not self.rates.allows(operation, visit.place, now=visit.time):
            raise THROTTLED.error()
        surprising = fault is not None and fault.effect is Effect.SURPRISE
        reply = self._perform(visit, operation, surprising=surprising)
        if visit.loses_reply:
            self._note(visit, "lost")
            return None
        if isinstance(reply, ServiceError):
            raise reply
        self._note(visit, "ok")
        return Answer(200, reply)

    def _perform(self, visit: Visit, operation: str, *, surprising: bool) -> bytes | ServiceError:
        """The body of the answer, or the error that is the answer; either may get lost on its way."""
        try:
            with self.service.lock:  # what is encoded is what was read
                answer = self.service.call(operation, visit.request, visit.place)
                reply = wire.encode(surprises.later_version(operation, answer) if surprising else answer)
        except ServiceError as error:
            return error
        visit.committed = True
        return reply

    async def _suffer(self, fault: Fault, visit: Visit) -> None:
        refusal = ANSWERS.get(fault.effect)
        if refusal is not None:
            operation = visit.operation
            if fault.effect is Effect.DENY and "AddTags" in fault.operation:
                operation = "AddTags"
            raise refusal.error(
                account=visit.place.account,
                operation=operation,
                resource=self.service.arn_of(visit.operation, visit.request, visit.place) or "*",
            )
        self._note(visit, CUT_BY[fault.effect])
        await asyncio.sleep(fault.seconds)

    def _note(self, visit: Visit, outcome: str) -> None:
        self.journal.add(visit.entry(outcome))
