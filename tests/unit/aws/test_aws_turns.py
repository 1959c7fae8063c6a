"""The waiting room: who calls next, on a clock that only the test moves."""

import asyncio
import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagemaker_operator.aws.limits import Key, Limits, Pace, Quota
from sagemaker_operator.aws.turns import ClosedError, Turns
from sagemaker_operator.engine.lanes import Lane

SLOW = Key("eu-west-1", "Slow")
OTHER = Key("eu-west-1", "Other")
FAST = Key("eu-west-1", "Fast")


@dataclass
class SetTimer:
    callback: Callable[[], object] | None

    def cancel(self) -> None:
        self.callback = None


@dataclass
class FakeClock:
    now: float = 1000.0
    _timers: list[tuple[float, int, SetTimer]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Callable[[], object]) -> SetTimer:
        timer = SetTimer(callback)
        heapq.heappush(self._timers, (when, next(self._numbers), timer))
        return timer

    async def advance(self, seconds: float) -> None:
        await settle()
        until = self.now + seconds
        while self._timers and self._timers[0][0] <= until:
            when, _, timer = heapq.heappop(self._timers)
            self.now = max(self.now, when)
            if timer.callback is not None:
                timer.callback()
            await settle()
        self.now = until


async def settle() -> None:
    """Let every task get as far as it can."""
    for _ in range(6):
        await asyncio.sleep(0)


class Room:
    """A waiting room whose callers note when they were called in; a call takes no time unless it is held."""

    def __init__(self, *, slots: int = 16) -> None:
        self.clock = FakeClock()
        limits = Limits(
            Pace(start=1000, ceiling=1000), quotas={"Slow": Quota(1.0, "test"), "Other": Quota(1.0, "test")}
        )
        self.turns = Turns(limits, slots, self.clock)
        self.called: list[tuple[float, str]] = []
        self.under_way = 0
        self.most = 0
        self.tasks: list[asyncio.Task[None]] = []

    def arrive(self, name: str, key: Key = SLOW, lane: Lane = Lane.USER, *, seconds: float = 0.0) -> asyncio.Task[None]:
        task = asyncio.create_task(self._caller(name, key, lane, seconds))
        self.tasks.append(task)
        return task

    async def _caller(self, name: str, key: Key, lane: Lane, seconds: float) -> None:
        await self.turns.take(key, lane)
        self.called.append((self.clock.now, name))
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        if seconds:
            done = asyncio.Event()
            self.clock.call_at(self.clock.now + seconds, done.set)
            await done.wait()
        self.under_way -= 1
        self.turns.finish(key, throttled=False)

    @property
    def order(self) -> list[str]:
        return [name for _, name in self.called]


async def test_calls_of_a_lane_go_in_the_order_in_which_they_came() -> None:
    room = Room()
    for name in "abcd":
        room.arrive(name)
        await settle()

    await room.clock.advance(10)

    assert room.order == list("abcd")
    assert [when - 1000 for when, _ in room.called] == pytest.approx([0, 1, 2, 3])


async def test_a_user_who_waits_goes_before_polling_that_came_earlier() -> None:
    room = Room()
    room.arrive("first", lane=Lane.DRIFT)
    room.arrive("drift", lane=Lane.DRIFT)
    room.arrive("transition", lane=Lane.TRANSITION)
    room.arrive("user")

    await room.clock.advance(10)

    assert room.order == ["first", "user", "transition", "drift"]


async def test_polling_moves_on_a_little_while_users_keep_coming() -> None:
    room = Room()
    for number in range(60):
        room.arrive(f"user {number}")
    for number in range(3):
        room.arrive(f"drift {number}", lane=Lane.DRIFT)

    await room.clock.advance(31)

    drift = [place for place, name in enumerate(room.order) if name.startswith("drift")]
    assert drift == [10, 20, 30]


async def test_operations_wait_apart() -> None:
    room = Room()
    for name in ("slow 1", "slow 2", "slow 3"):
        room.arrive(name)
    room.arrive("other", OTHER, Lane.DRIFT)

    await settle()

    assert room.order == ["slow 1", "other"]


async def test_a_slow_operation_holds_no_thread_while_it_waits() -> None:
    room = Room(slots=1)
    for number in range(5):
        room.arrive(f"slow {number}")
    for number in range(5):
        room.arrive(f"fast {number}", FAST, Lane.DRIFT)

    await settle()

    assert room.order == ["slow 0", *(f"fast {number}" for number in range(5))]


async def test_a_call_that_gives_up_while_it_waits_costs_nothing() -> None:
    room = Room()
    room.arrive("first")
    impatient = room.arrive("impatient")
    room.arrive("patient")
    await settle()

    impatient.cancel()
    await room.clock.advance(1)

    assert room.order == ["first", "patient"]


async def test_a_call_that_gives_up_just_when_its_turn_comes_hands_it_on() -> None:
    room = Room(slots=1)
    holder = room.arrive("holder", FAST, seconds=5)
    impatient = room.arrive("impatient")
    patient = room.arrive("patient")
    await settle()

    # The turn is given within `finish`; its taker is cancelled before it runs again.
    holder.cancel()
    await settle()
    room.turns.finish(FAST, throttled=False)
    impatient.cancel()
    await settle()

    assert room.order == ["holder", "patient"]
    assert patient.done()


async def test_closing_sends_everybody_away_who_waits_or_comes_later() -> None:
    room = Room()
    room.arrive("first")
    waiting = room.arrive("waiting")
    await settle()

    room.turns.close()
    late = room.arrive("late")
    await settle()

    assert isinstance(waiting.exception(), ClosedError)
    assert isinstance(late.exception(), ClosedError)


ARRIVALS = st.lists(
    st.tuples(
        st.floats(min_value=0, max_value=2),  # seconds after the one before
        st.sampled_from([SLOW, OTHER, FAST]),
        st.sampled_from(Lane),
        st.sampled_from([0.0, 0.1, 3.0]),  # seconds the call takes
        st.booleans(),  # gives up a second later, if it still waits
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(arrivals=ARRIVALS, slots=st.integers(min_value=1, max_value=3))
def test_everybody_has_a_turn_within_rates_and_threads_and_in_order(
    arrivals: list[tuple[float, Key, Lane, float, bool]], slots: int
) -> None:
    async def scenario() -> Room:
        room = Room(slots=slots)
        for number, (pause, key, lane, seconds, leaves) in enumerate(arrivals):
            await room.clock.advance(pause)
            task = room.arrive(f"{key.operation} {lane} {number}", key, lane, seconds=seconds)
            await settle()
            if leaves and not any(name.endswith(f" {number}") for name in room.order):
                task.cancel()
        await room.clock.advance(500)
        return room

    room = asyncio.run(scenario())

    assert all(task.done() for task in room.tasks)
    assert all(task.cancelled() or task.exception() is None for task in room.tasks)
    assert room.most <= slots
    for operation in ("Slow", "Other"):
        times = [when for when, name in room.called if name.startswith(operation)]
        assert all(later - earlier >= 1 - 1e-5 for earlier, later in pairwise(times))
    for group in {name.rsplit(" ", 1)[0] for name in room.order}:
        numbers = [int(name.rsplit(" ", 1)[1]) for name in room.order if name.startswith(group)]
        assert numbers == sorted(numbers)
