"""What stands between a request and an endpoint: signature, faults, rates, latency and the journal, as for SageMaker's own API.

Knows the front of the emulator and shares its parts. Not here: what an operation does.
"""

import asyncio
from collections.abc import Mapping

from sagemaker_local.emulator import wire
from sagemaker_local.emulator.faults import ANSWERS, THROTTLED, Fault
from sagemaker_local.emulator.front import AFTERWARDS, BROKEN, CUT_BY, Front, Visit
from sagemaker_local.emulator.resource import Place


class Cut(Exception):
    """The connection is to be cut without an answer."""


class Gate:
    """The gate of one emulator."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def arrive(self, headers: Mapping[str, str]) -> Visit:
        """Let a request come in, after the latency."""
        if self._front.latency:
            await asyncio.sleep(self._front.latency)
        return Visit(self._front.service.world.clock.now(), headers.get("User-Agent", ""))

    def identify(self, visit: Visit, headers: Mapping[str, str]) -> None:
        """Who asks. Raises ServiceError for a signature that cannot be read."""
        scope = wire.signed_for_sagemaker(headers)
        visit.place = Place(self._front.account_of(scope.access_key), scope.region)

    async def admit(self, visit: Visit) -> None:
        """Let an understood request pass.

        Raises:
            ServiceError: a fault or a rate refuses it.
            Cut: a fault lets it end without an answer.
        """
        chosen = self._front.faults.choose(visit.operation, visit.request, visit.place.account)
        if chosen is not None and chosen.effect not in AFTERWARDS:
            await self._suffer(chosen, visit)
        visit.fault = chosen
        if not self._front.rates.allows(visit.operation, visit.place, now=visit.time):
            raise THROTTLED.error()

    def note(self, visit: Visit, outcome: str) -> None:
        """Write how it ended into the journal."""
        self._front.journal.add(visit.entry(outcome))

    def note_broken(self, visit: Visit) -> None:
        """Write that the emulator itself failed."""
        self.note(visit, BROKEN.code)

    async def _suffer(self, fault: Fault, visit: Visit) -> None:
        refusal = ANSWERS.get(fault.effect)
        if refusal is not None:
            endpoint = str(visit.request.get("EndpointName", "*")).lower()
            raise refusal.error(
                account=visit.place.account,
                operation=visit.operation,
                resource=visit.place.arn("endpoint", endpoint),
            )
        self.note(visit, CUT_BY[fault.effect])
        await asyncio.sleep(fault.seconds)
        raise Cut
