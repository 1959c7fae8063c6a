"""One prediction: a route to an instance, the request through its containers, and what is counted and captured of it.

What InvokeEndpoint, InvokeEndpointWithResponseStream and InvokeEndpointAsync have in common. Not here: HTTP of the caller's side
(see `runtime`), queues (see `asynchronous`).
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from random import Random
from typing import Final

import aiohttp

from sagemaker_local.emulator.refusal import ServiceError
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.runner.capture import Capture, Exchange
from sagemaker_local.runner.runtime import refusals
from sagemaker_local.runner.runtime.aims import Aim
from sagemaker_local.runner.runtime.calls import Caller, Reply, Whom
from sagemaker_local.runner.runtime.meter import Meter, Subject
from sagemaker_local.runner.runtime.ports import (
    Broken,
    Hosting,
    NoCapacity,
    NoRoute,
    NotReady,
    Route,
    Simulated,
)
from sagemaker_local.runner.runtime.refusals import Blame, ModelError

LARGEST: Final = 6 * 1024 * 1024
"""Bytes of a request and of an answer: BodyBlob of the service model, and "Inference options" of the developer guide."""
LARGEST_SERVERLESS: Final = 4 * 1024 * 1024
"""The same of a serverless endpoint: "Invoke a serverless endpoint" of the developer guide."""
SECONDS: Final = 60.0
"""In which the containers answer: the documentation of InvokeEndpoint. Real time, as the model's own work takes it."""
STREAMED_SECONDS: Final = 480.0
"""In which they have streamed all of it: 8 minutes, as AWS's announcements of streaming have it; unverified."""
_PASSED: Final = {
    "ContentType": "Content-Type",
    "Accept": "Accept",
    "CustomAttributes": "X-Amzn-SageMaker-Custom-Attributes",
    "InferenceId": "X-Amzn-SageMaker-Inference-Id",
    "TargetModel": "X-Amzn-SageMaker-Target-Model",
    "SessionId": "X-Amzn-SageMaker-Session-Id",
}
"""What a container gets of the members of a request."""
LOADED_AT_ONCE: Final = 32
NEW_SESSION: Final = "NEW_SESSION"


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model answered, and who."""

    variant: str
    reply: Reply

    def header(self, name: str) -> str | None:
        """One of the headers of SageMaker that a container may set."""
        return self.reply.headers.get(f"X-Amzn-SageMaker-{name}")


@dataclass(slots=True)
class _Flight:
    """One request under way."""

    route: Route
    subject: Subject
    began: float
    status: int = 0
    model: float = 0.0

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Count the time within as the model's."""
        since = time.perf_counter()
        try:
            yield
            self.status = 200
        except ModelError as error:
            self.status = error.original[0]
            raise
        finally:
            self.model += time.perf_counter() - since


class Invoking:
    """Predicts; in one event loop."""

    def __init__(self, hosting: Hosting, meter: Meter, capture: Capture, random: Random) -> None:
        self._hosting, self._meter, self._capture, self._random = hosting, meter, capture, random
        self._caller = Caller()
        # Models that are being loaded must not keep those waiting that are loaded.
        self._loading = ThreadPoolExecutor(max_workers=LOADED_AT_ONCE, thread_name_prefix="loading")
        self._copies: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """End what is under way for shadow variants, and close all connections."""
        for task in self._copies:
            task.cancel()
        await asyncio.gather(*self._copies, return_exceptions=True)
        await self._caller.close()
        self._loading.shutdown(wait=False, cancel_futures=True)

    async def predict(
        self, aim: Aim, members: Json, body: bytes, *, seconds: float = SECONDS, largest: int = LARGEST
    ) -> Prediction:
        """What a model answers to a request.

        Args:
            aim: the endpoint.
            members: the members of the request but for the body.
            body: what the model gets.
            seconds: in which it has to answer.
            largest: bytes of the largest answer.

        Raises:
            ServiceError: nobody answered, or with an error.
        """
        began = time.time()
        async with self._flight(aim, members) as flight:
            if flight.route.variant in aim.concurrency:
                largest = min(largest, LARGEST_SERVERLESS)
            with flight.timed():
                whom = Whom(aim.place, aim.name, flight.route.hops)
                reply = await self._caller.through(whom, body, _sent(members), seconds=seconds, largest=largest)
        prediction = Prediction(flight.route.variant, reply)
        self.captured(aim, members, body, prediction, began=began)
        self._shadow(aim, members, body)
        return prediction

    @asynccontextmanager
    async def streaming(
        self, aim: Aim, members: Json, body: bytes
    ) -> AsyncIterator[tuple[str, aiohttp.ClientResponse]]:
        """The variant that answers, and its answer, to be read within. Raises ServiceError as `predict`."""
        async with self._flight(aim, members) as flight:
            with flight.timed():
                whom = Whom(aim.place, aim.name, flight.route.hops)
                ends = asyncio.get_running_loop().time() + STREAMED_SECONDS
                asked, sent = await self._caller.last(whom, body, _sent(members), seconds=SECONDS, largest=LARGEST)
                async with self._caller.asking(whom, whom.hops[-1], asked, sent, ends=ends) as response:
                    yield flight.route.variant, response

    def captured(self, aim: Aim, members: Json, body: bytes, prediction: Prediction, *, began: float) -> None:
        """Capture a request that began then, if it is one of those that are, and what was answered to it."""
        if aim.capture is None or not self._capture.chosen(aim.capture):
            return
        self._capture.take(
            aim.capture,
            Exchange(
                place=aim.place,
                endpoint=aim.name,
                variant=prediction.variant,
                began=began,
                request=body,
                content_type=members.get("ContentType", "application/octet-stream"),
                answer=prediction.reply.body,
                answer_type=prediction.reply.content_type,
                inference_id=members.get("InferenceId"),
                custom_attributes=members.get("CustomAttributes"),
            ),
        )

    @asynccontextmanager
    async def _flight(self, aim: Aim, members: Json) -> AsyncIterator[_Flight]:
        began = time.perf_counter()
        route = await self._route(aim, members)
        try:
            flights = self._flights(aim, route, began)
        except BaseException:
            route.release()
            raise
        try:
            yield flights[0]
        finally:
            route.release()
            first = flights[0]
            overhead = max(0.0, time.perf_counter() - began - first.model)
            for flight in flights:
                self._meter.end(flight.subject, status=first.status, model=first.model, overhead=overhead)

    def _flights(self, aim: Aim, route: Route, began: float) -> list[_Flight]:
        """What is counted: the variant's, and the component's if there is one."""
        subject = Subject(aim.place, aim.name, route.variant)
        most = aim.concurrency.get(route.variant)
        if most is not None and self._meter.under_way[subject] >= most:
            raise refusals.THROTTLED.error()
        flights = [_Flight(route, subject, began)]
        self._meter.begin(subject, aim.counts.get(route.variant, 1))
        if aim.component is not None:
            flights.append(_Flight(route, replace(subject, component=aim.component.name), began))
            self._meter.begin(flights[-1].subject, copies(aim.component))
        return flights

    async def _in_thread(self, choose: Callable[[], Route]) -> Route:
        """Choose in a thread; what was chosen for a caller who is gone is given back."""
        chosen = asyncio.get_running_loop().run_in_executor(self._loading, choose)
        try:
            return await asyncio.shield(chosen)
        except asyncio.CancelledError:
            chosen.add_done_callback(_give_back)
            raise

    async def _route(self, aim: Aim, members: Json) -> Route:
        session, model = members.get("SessionId"), members.get("TargetModel")

        def choose() -> Route:
            return self._hosting.route(
                aim.place,
                aim.name,
                variant=members.get("TargetVariant"),
                model=model,
                component=None if aim.component is None else aim.component.name,
                container=members.get("TargetContainerHostname"),
                session=None if session == NEW_SESSION else session,
            )

        try:
            # A model that has to be loaded takes its time; anything else is a look into a table.
            return choose() if model is None else await self._in_thread(choose)
        except NoRoute as none:
            raise _refusal(none, aim) from None

    def _shadow(self, aim: Aim, members: Json, body: bytes) -> None:
        for variant, share in aim.shadows:
            if self._random.random() < share:
                asked = {**members, "TargetVariant": variant}
                task = asyncio.create_task(self._copy(replace(aim, shadows=()), asked, body))
                self._copies.add(task)
                task.add_done_callback(self._copies.discard)

    async def _copy(self, aim: Aim, members: Json, body: bytes) -> None:
        """Ask a shadow variant; nobody hears its answer, but it is counted and captured."""
        try:
            await self.predict(aim, members, body)
        except ServiceError:
            return


def _give_back(chosen: "asyncio.Future[Route]") -> None:
    if not chosen.cancelled() and chosen.exception() is None:
        chosen.result().release()


def copies(component: Resource) -> int:
    """How many copies of an inference component there are, and at least 1."""
    return max(1, int((component.facts.get("Copies") or {}).get("CurrentCopyCount", 1)))


def _sent(members: Json) -> dict[str, str]:
    sent = {header: members[name] for name, header in _PASSED.items() if name in members}
    sent.setdefault("Content-Type", "application/octet-stream")
    return sent


def _refusal(none: NoRoute, aim: Aim) -> ServiceError:
    match none:
        case Simulated():
            return refusals.SIMULATED.error(reason=none)
        case NoCapacity():
            return refusals.NO_CAPACITY.error(reason=none)
        case NotReady():
            return refusals.NOT_READY.error(reason=none)
        case Broken():
            return ModelError(Blame(aim.place, aim.name, none.container), status=none.status, message=str(none))
        case _:
            return refusals.INVALID_TARGET.error(reason=none)
