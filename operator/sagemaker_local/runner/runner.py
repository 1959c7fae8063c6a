"""The worker of one emulator: gives each resource to the department that does its work."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sagemaker_local.emulator.logs.containers import Stream
from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.timeline import Timeline

from .crafts import Department
from .sandbox import erase
from .search import searcher
from .shop import Shop
from .tools import Tools

if TYPE_CHECKING:
    from .runtime import Runtime


class Runner:
    """Does the work of one emulator; implements `emulator.world.Worker`.

    Attributes:
        runtime: where endpoints are invoked.
    """

    def __init__(self, tools: Tools, shop: Shop, others: Sequence[Department], runtime: "Runtime") -> None:
        self._tools, self._shop, self.runtime = tools, shop, runtime
        self._departments: tuple[Department, ...] = (shop, *others)
        self._by_kind = {kind: department for department in self._departments for kind in department.kinds}

    def take(self, resource: Resource, timeline: Timeline, *, usual: bool, now: float) -> Timeline:
        """What time alone brings about of a course."""
        department = self._by_kind.get(resource.kind)
        return timeline if department is None else department.take(resource, timeline, usual=usual, now=now)

    def streams(self, place: Place, group: str, prefix: str) -> list[Stream]:
        """What programs have written."""
        return self._tools.log.read(place, group, prefix)

    def writes_to(self, place: Place, group: str) -> bool:
        """Whether a program has written to a group."""
        return self._tools.log.has(place, group)

    def interrupt(self, place: Place, name: str) -> bool:
        """Take the spot capacity of a training job away; whether it was at work. Under no lock."""
        with self._tools.desk.lock:
            job = self._tools.desk.service.world.find(place, "TrainingJob", name)
            return job is not None and self._shop.reclaim(job)

    def flush(self) -> None:
        """Write to S3 now what endpoints have captured."""
        self.runtime.flush()

    def suggest(self, tuner: Resource, definition: int, rows: Sequence[Json]) -> dict[str, str] | None:
        """The hyperparameters of the next training job of a tuning job."""
        return searcher.suggest(tuner, definition, rows)

    def reports(self, job: Resource, metric: str) -> Sequence[float]:
        """The values of a metric that a training job has written so far."""
        return [point.value for point in self._tools.series.of(job.arn, metric)]

    def hopeless(self, tuner: Resource, row: Json) -> bool:
        """Whether a training job of a tuning job is not worth going on with."""
        return searcher.hopeless(tuner, row)

    def restored(self, now: float) -> None:
        """Take up what is under way."""
        for department in self._departments:
            department.restored(now)

    def forget(self) -> None:
        """End all work."""
        for department in self._departments:
            department.forget()
        self.runtime.forget()
        self._tools.log.forget()

    async def stop(self) -> None:
        """End all work, and leave nothing behind."""
        await self.runtime.stop()
        self._tools.environments.close()
        await asyncio.to_thread(self._tools.metrics.stop)
        for department in self._departments:
            await asyncio.to_thread(department.stop)
        await asyncio.to_thread(self._tools.log.forget)
        with contextlib.suppress(OSError):
            await asyncio.to_thread(erase, self._tools.directory)
