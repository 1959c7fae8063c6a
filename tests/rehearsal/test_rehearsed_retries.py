"""Jobs that are tried again: one test for each promise of ``backoffLimit`` and ``retryOn``, and for what meets them.

Whatever happens, no custom resource ever has two live jobs in SageMaker, and every status keeps to kstatus: each rehearsal
watches that by itself.
"""

from itertools import pairwise

import pytest
from tests.rehearsal.moments import at_each_moment
from tests.rehearsal.runs import (
    ALGORITHM,
    CAPACITY,
    CLIENT,
    CREATE,
    INTERNAL,
    KIND,
    STOP,
    brief,
    ended,
    fail,
    job,
    names,
    over,
    phase,
    until,
)
from tests.rehearsal.stage import Rehearsal

# Retries


def retried(play: Rehearsal) -> None:
    brief(play)
    fail(play, INTERNAL, times=2)
    key = play.apply(job({"backoffLimit": 2}))

    assert over(play, key) == ("Succeeded", "True", "Succeeded")
    assert names(play) == ["digits", "digits-2", "digits-3"]
    assert ended(play, key) == [
        ("digits", "InternalServerError"),
        ("digits-2", "InternalServerError"),
        ("digits-3", "Succeeded"),
    ]
    assert play.status(key)["retries"] == 2
    play.quiet()


@pytest.mark.parametrize("straggle", [None, 2.5])
def test_what_fails_is_tried_again_whenever_the_operator_is_killed(straggle: float | None) -> None:
    at_each_moment(retried, straggle=straggle)


def test_retries_wait_longer_each_time() -> None:
    with Rehearsal() as play:
        fail(play, INTERNAL)
        key = play.apply(job({"backoffLimit": 4}))

        assert over(play, key) == ("Failed", "False", "InternalServerError")
        attempts = play.status(key)["attempts"]
        starts = [entry.time for entry in play.amazon.core.journal.entries(CREATE)]
        pauses = [later - earlier - 344 for earlier, later in pairwise(starts)]
        assert len(attempts) == 5
        assert all(10 * 2**n <= pause <= 15 * 2**n + 20 for n, pause in enumerate(pauses)), pauses


def test_the_limit_of_retries_is_the_end() -> None:
    with Rehearsal() as play:
        fail(play, INTERNAL)
        key = play.apply(job({"backoffLimit": 1}))

        assert over(play, key) == ("Failed", "False", "InternalServerError")
        assert names(play) == ["digits", "digits-2"]
        play.quiet()


def test_without_a_limit_nothing_is_tried_again() -> None:
    with Rehearsal() as play:
        fail(play, INTERNAL)
        key = play.apply(job())

        assert over(play, key) == ("Failed", "False", "InternalServerError")
        assert names(play) == ["digits"]
        play.quiet()


@pytest.mark.parametrize(
    ("retry_on", "reason", "tried"),
    [
        (None, ALGORITHM, 1),
        (["AlgorithmError"], ALGORITHM, 3),
        (["AlgorithmError"], INTERNAL, 1),
        (["CapacityError"], INTERNAL, 1),
        (None, CAPACITY, 3),
        (None, CLIENT, 1),
        (["ThrottlingError"], "ClientError: ThrottlingException: Rate exceeded", 3),
    ],
)
def test_only_the_failures_that_the_policy_names_are_tried_again(
    retry_on: list[str] | None, reason: str, tried: int
) -> None:
    with Rehearsal() as play:
        fail(play, reason)
        key = play.apply(job({"backoffLimit": 2, **({"retryOn": retry_on} if retry_on else {})}))

        assert over(play, key)[:2] == ("Failed", "False")
        assert len(names(play)) == tried


def test_a_job_that_somebody_stops_in_the_console_is_not_tried_again() -> None:
    with Rehearsal() as play:
        key = play.apply(job({"backoffLimit": 3, "retryOn": ["AlgorithmError", "Interrupted"]}))
        until(play, key, "Running")

        play.console(STOP, TrainingJobName="digits")

        assert over(play, key) == ("Stopped", "False", "Stopped")
        assert names(play) == ["digits"]
        play.quiet()


def test_spot_capacity_that_never_comes_back_is_an_interruption() -> None:
    spot = {"enableManagedSpotTraining": True}
    limits = {"maxRuntimeInSeconds": 300, "maxWaitTimeInSeconds": 300}
    with Rehearsal() as play:
        play.amazon.core.scenarios.interrupt(KIND, "", times=1)
        key = play.apply(job({"backoffLimit": 1, "retryOn": ["Interrupted"]}, stoppingCondition=limits, **spot))

        over(play, key)

        assert ended(play, key)[0] == ("digits", "Interrupted")
        assert names(play) == ["digits", "digits-2"]


def test_a_job_suspended_during_back_off_begins_nothing_until_it_is_resumed() -> None:
    with Rehearsal() as play:
        fail(play, INTERNAL, times=1)
        key = play.apply(job({"backoffLimit": 1}))
        play.until("it waits", lambda: "nextAttemptTime" in play.status(key))

        play.edit(key, suspend=True)
        until(play, key, "Suspended", within=2)
        play.run(1000)
        assert names(play) == ["digits"]
        play.edit(key, suspend=False)

        assert over(play, key) == ("Succeeded", "True", "Succeeded")
        assert names(play) == ["digits", "digits-2"]
        assert play.status(key)["retries"] == 1


def suspended_during_back_off(play: Rehearsal) -> None:
    brief(play)
    fail(play, INTERNAL, times=1)
    key = play.apply(job({"backoffLimit": 1}))
    play.until("it waits", lambda: "nextAttemptTime" in play.status(key))
    play.edit(key, suspend=True)
    until(play, key, "Suspended")
    play.run(100)
    assert play.live(KIND) == []

    play.edit(key, suspend=False)

    assert over(play, key) == ("Succeeded", "True", "Succeeded")
    assert names(play) == ["digits", "digits-2"]


def test_a_job_is_suspended_during_back_off_whenever_the_operator_is_killed() -> None:
    at_each_moment(suspended_during_back_off)


def test_a_limit_lowered_during_back_off_ends_it() -> None:
    with Rehearsal() as play:
        fail(play, INTERNAL)
        key = play.apply(job({"backoffLimit": 5}))
        play.until("it waits", lambda: "nextAttemptTime" in play.status(key))

        play.edit(key, runPolicy={"backoffLimit": 0})

        assert over(play, key, within=60) == ("Failed", "False", "InternalServerError")
        assert names(play) == ["digits"]
        play.quiet()


def test_a_limit_raised_after_the_end_begins_nothing() -> None:
    with Rehearsal() as play:
        fail(play, INTERNAL)
        key = play.apply(job({"backoffLimit": 1}))
        over(play, key)

        play.edit(key, runPolicy={"backoffLimit": 5})
        play.run(3600)
        play.restart()

        play.quiet()
        assert names(play) == ["digits", "digits-2"]
        assert phase(play, key) == "Failed"
