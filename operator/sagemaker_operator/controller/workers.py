"""Runs passes side by side, and decides when each key comes again.

Workers are plain coroutines: what bounds the work is the number of connections to Kubernetes and the calls that AWS allows, so
there are many of them, and a key that waits for its turn at AWS keeps no other from being worked on.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Protocol

from sagemaker_operator.engine.lanes import Lane
from sagemaker_operator.engine.queue import WorkQueue
from sagemaker_operator.engine.resource import Key
from sagemaker_operator.engine.schedule import RHYTHM, Pace, delay
from sagemaker_operator.kube.errors import Conflict, KubeError

from .composing import Composing, Composition
from .passes import EndlessPass, Outcome, Passes, Vanished
from .ports import Clock, Meter
from .store import Record, Store

_log = logging.getLogger(__name__)
# A clock on the wall can be set, and a machine can sleep: whoever waits for a time of day looks at it again by then.
_LONGEST_WAIT = 300.0

_Worked = Record | Composition


class Watcher(Protocol):
    """Looks after resources that AWS changes by itself."""

    def watch(self, record: Record) -> None:
        """Wake the key when its resource may have changed at AWS."""

    def settle(self, record: Record) -> None:
        """Look at a settled resource now and then."""

    def forget(self, record: Record) -> None:
        """Wake the key no more."""

    def remind(self, record: Record, *, after: datetime | None = None) -> None:
        """Wake the key when time alone gives it something to do; moments up to one were considered already."""


class Workers:
    """The pool of workers on one queue."""

    def __init__(
        self,
        *,
        queue: WorkQueue,
        store: Store,
        passes: Passes,
        composing: Composing,
        watcher: Watcher,
        clock: Clock,
        meter: Meter,
        gone: Callable[[Key], None],
        first_look: float,
    ) -> None:
        self._queue, self._store, self._passes, self._composing = queue, store, passes, composing
        self._watcher, self._clock, self._meter, self._gone = watcher, clock, meter, gone
        self._first_look = first_look
        self._work = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """Something was queued."""
        self._work.set()

    async def run(self, count: int) -> None:
        """Work until `stop`; then finish the passes that are under way and return."""
        slots = asyncio.Semaphore(count)
        async with asyncio.TaskGroup() as tasks:
            while not self._stopping:
                await slots.acquire()
                taken = await self._next()
                if taken is None:
                    break
                task = tasks.create_task(self._work_on(*taken))
                task.add_done_callback(lambda _: slots.release())

    def stop(self) -> None:
        """Begin no further pass."""
        self._stopping = True
        self._work.set()

    async def _next(self) -> tuple[Key, Lane] | None:
        while not self._stopping:
            self._work.clear()
            taken = self._queue.take(self._clock.monotonic())
            if taken is not None:
                return taken
            due = self._queue.next_due()
            timeout = None if due is None else max(0.0, due - self._clock.monotonic())
            try:
                # Not wait_for(): before Python 3.12 it may swallow a cancellation.
                async with asyncio.timeout(timeout):
                    await self._work.wait()
            except TimeoutError:
                pass
        return None

    async def _work_on(self, key: Key, lane: Lane) -> None:
        self._meter.took(len(self._queue))
        record, composition = self._store.get(key), self._composing.get(key)
        try:
            if record is not None:
                await self._pass(record, lane, partial(self._look_after, record, lane))
            # Some objects stand for a SageMaker resource, and have a plan besides.
            if composition is not None:
                await self._pass(composition, lane, partial(self._compose, composition))
        finally:
            self._queue.done(key)
            self._work.set()

    async def _pass(self, record: _Worked, lane: Lane, work: Callable[[], Awaitable[str]]) -> None:
        began, result = self._clock.monotonic(), "success"
        try:
            result = await work()
        except Vanished:
            self._gone(record.key)
        except Conflict:
            # The newer version is on its way; the delay is only the safety net.
            result = "requeue"
            self._queue.add_at(record.key, self._clock.monotonic() + 1.0, lane)
        except KubeError as error:
            result = "error"
            _log.warning("Kubernetes did not let a pass finish", extra=_about(record, error))
            self._again(record, Pace.RETRY, lane)
        except EndlessPass as error:
            result = "error"
            _log.error("A pass found no end", extra=_about(record, error))
            self._again(record, Pace.RECHECK, lane)
        except Exception as error:  # noqa: BLE001
            # One resource that trips over a bug must not take the others with it; it is tried again, ever more slowly.
            result = "error"
            _log.exception("A pass failed unexpectedly", extra=_about(record, error))
            self._again(record, Pace.RETRY, lane)
        took = self._clock.monotonic() - began
        self._meter.passed(record.key.kind, result, took)
        self._meter.worked(took)
        if result == "error":
            self._meter.retried()

    async def _compose(self, composition: Composition) -> str:
        outcome = await self._composing.run(composition)
        if outcome.wrote:
            self._meter.wrote_status(composition.key.kind)
        if outcome.wake_at is not None:
            left = (outcome.wake_at - self._clock.now()).total_seconds()
            due = self._clock.monotonic() + min(_LONGEST_WAIT, max(0.0, left))
            self._queue.add_at(composition.key, due, Lane.TRANSITION)
        if outcome.refused:
            self._again(composition, Pace.RECHECK, Lane.TRANSITION)
            return "error"
        composition.pace = None
        return "success" if outcome.wake_at is None else "requeue_after"

    async def _look_after(self, record: Record, lane: Lane) -> str:
        outcome = await self._passes.run(record, lane)
        return self._ended(record, outcome)

    def _ended(self, record: Record, outcome: Outcome) -> str:
        failure = outcome.facts.failure
        if failure is not None:
            _log.warning("AWS did not do as asked", extra=_about(record, failure))
        if outcome.wrote:
            self._meter.wrote_status(record.kind.name)
        record.missed_again(outcome.facts.misses, outcome.facts.now)
        record.created = None if outcome.facts.resource.arn else outcome.facts.created
        if outcome.pace is None:
            self._watcher.forget(record)
            return "success"
        if outcome.facts.done or (outcome.pace is Pace.WATCH and outcome.wrote):
            # Something moves: look again soon.
            record.pace = None
        self._again(record, outcome.pace, Lane.TRANSITION)
        # What was due when the pass began has been considered by it, unless it is the pass that made it due.
        self._watcher.remind(record, after=None if outcome.wrote else outcome.facts.now)
        return "error" if failure is not None else "requeue_after"

    def _again(self, record: _Worked, pace: Pace, lane: Lane) -> None:
        record.tries = record.tries + 1 if record.pace is pace else 0
        record.pace = pace
        if isinstance(record, Record):
            self._watch(record, pace)
        if pace in RHYTHM and pace is not Pace.WATCH:
            pause = delay(pace, record.tries, random.random(), first_look=self._first_look)
            due = self._clock.monotonic() + pause
            self._queue.add_at(record.key, due, lane)

    def _watch(self, record: Record, pace: Pace) -> None:
        if pace is not Pace.WATCH:
            self._watcher.forget(record)
        if pace is Pace.WATCH:
            self._watcher.watch(record)
        elif pace is Pace.DRIFT:
            self._watcher.settle(record)


def _about(record: _Worked, error: Exception) -> dict[str, object]:
    key = record.key
    return {
        "kind": key.kind,
        "namespace": key.namespace,
        "object": key.name,
        "uid": record.uid,
        "generation": record.generation,
        "error": str(error),
    }
