"""How the controller finds out what AWS has changed."""

import asyncio
from typing import Any

from surroundings import HandClock, Listing, condition, group, group_row, job, read, row, running

from sagemaker_operator.controller.store import Store
from sagemaker_operator.controller.watchlist import Watchlist
from sagemaker_operator.engine.queue import WorkQueue

MANY, FEW = 20, 3


class Watching:
    """A watchlist with everything around it."""

    def __init__(self, names: int, *, first_look: float = 1.0, **listing: Any) -> None:
        self.queue, self.clock, self.store = WorkQueue(), HandClock(), Store()
        self.listing = Listing([row(f"job-{number}") for number in range(names)], **listing)
        self.list = Watchlist(
            queue=self.queue,
            sweep=self.listing,
            clock=self.clock,
            region="eu-west-1",
            resync=60.0,
            drift=36_000.0,
            wake=lambda: None,
            first_look=first_look,
        )
        self.records = [self.store.take(read(running(f"job-{number}"))) for number in range(names)]

    def watch(self) -> None:
        for record in self.records:
            self.list.watch(record)
        if len(self.records) > FEW:
            # The first ones could not know yet how many there would be.
            self.clock.seconds += 2.0
            self.woken()

    def woken(self) -> set[str]:
        names = set()
        while taken := self.queue.take(self.clock.seconds):
            names.add(taken[0].name)
            self.queue.done(taken[0])
        return names

    async def sweeps(self, count: int) -> None:
        while self.listing.sweeps < count:
            await asyncio.sleep(0)


async def test_who_is_in_a_hurry_looks_sooner() -> None:
    hurried, patient = Watching(FEW, first_look=0.2), Watching(FEW)
    for watching in (hurried, patient):
        watching.watch()
        watching.clock.seconds = 0.3

    assert hurried.woken() == {"job-0", "job-1", "job-2"}
    assert patient.woken() == set()


async def test_a_handful_is_asked_for_one_by_one() -> None:
    watching = Watching(FEW)
    watching.watch()
    watching.clock.seconds = 2.0

    assert watching.woken() == {"job-0", "job-1", "job-2"}
    assert watching.listing.sweeps == 0


async def test_of_many_only_those_are_woken_of_whom_a_list_tells_news() -> None:
    watching = Watching(MANY)
    watching.watch()
    watching.listing.rows[4] = row("job-4", "Uploading")
    await watching.sweeps(1)

    assert watching.woken() == {"job-4"}
    assert watching.records[4].hint == row("job-4", "Uploading")
    await watching.list.close()


async def test_whoever_is_missing_from_the_list_is_looked_at() -> None:
    watching = Watching(MANY)
    watching.watch()
    del watching.listing.rows[7]
    await watching.sweeps(2)

    assert "job-7" in watching.woken()
    await watching.list.close()


async def test_those_who_are_left_when_sweeps_end_are_asked_for_one_by_one() -> None:
    watching = Watching(MANY)

    def end_of_most(_: int) -> None:
        for record in watching.records[2:]:
            watching.list.forget(record)

    watching.listing.then = end_of_most
    watching.watch()
    await watching.sweeps(1)
    for _ in range(10):
        await asyncio.sleep(0)
    watching.clock.seconds += 3.0

    assert {"job-0", "job-1"} <= watching.woken()


async def test_a_row_older_than_the_last_report_tells_no_news() -> None:
    watching = Watching(MANY)
    newer = running("job-4", "Uploading", lastModifiedTime="2026-01-01T00:00:05Z")
    newer["metadata"]["resourceVersion"] = "2"
    watching.store.take(read(newer))
    watching.watch()
    await watching.sweeps(1)

    assert watching.woken() == set()
    await watching.list.close()


async def test_services_whose_list_shows_no_time_of_change_are_looked_at_only_when_their_state_is_another() -> None:
    watching = Watching(0)
    watching.records = [watching.store.take(read(group(f"digits-{number}"))) for number in range(MANY)]
    watching.listing.rows = [group_row(f"digits-{number}") for number in range(MANY)]
    watching.listing.rows[4] = group_row("digits-4", "Deleting")
    for record in watching.records:
        watching.list.settle(record)
    # The first ones could not know yet how many there would be.
    watching.clock.seconds += 60.0
    watching.woken()
    await watching.sweeps(1)

    assert watching.woken() == {"digits-4"}
    await watching.list.close()


async def test_a_finished_job_is_never_looked_at_again() -> None:
    watching = Watching(1)
    record = watching.records[0]
    record.finished = True
    watching.list.settle(record)
    watching.clock.seconds = 1e9

    assert watching.woken() == set()


async def test_services_that_no_list_tells_of_share_a_few_looks() -> None:
    watching = Watching(0)
    for number in range(10 * MANY):
        body = job(f"user-{number}", conditions=[condition("Ready", "True")], observedGeneration=1, arn=f"arn:{number}")
        body["kind"] = "UserProfile"
        watching.list.settle(watching.store.take(read(body)))
    watching.clock.seconds += 60.0
    watching.woken()

    watching.clock.seconds += 60.0

    assert len(watching.woken()) < MANY
    assert watching.listing.sweeps == 0
