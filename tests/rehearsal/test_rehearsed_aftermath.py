"""What becomes of jobs afterwards: times to live, deletion, and what is told of them.

Whatever happens, no custom resource ever has two live jobs in SageMaker, and every status keeps to kstatus: each rehearsal
watches that by itself.
"""

from collections.abc import Callable
from itertools import groupby
from typing import Any

import pytest
from tests.builders import training_job
from tests.rehearsal.moments import at_each_moment
from tests.rehearsal.runs import ALGORITHM, INTERNAL, KIND, STOP, brief, fail, job, names, over, phase, until
from tests.rehearsal.stage import Rehearsal
from tests.rehearsal.test_rehearsed_deadlines import late, on_the_next_type
from tests.rehearsal.test_rehearsed_retries import retried
from tests.rehearsal.test_rehearsed_suspending import admitted, suspended_and_resumed

from sagemaker_operator.engine.resource import Key

# What becomes of a job afterwards


@pytest.mark.parametrize(
    ("policy", "fails", "stays"),
    [
        ({"ttlSecondsAfterFinished": 100}, False, 100),
        ({"ttlSecondsAfterFinished": 100}, True, 100),
        ({"ttlSecondsAfterFinished": 100, "ttlSecondsAfterSucceeded": 10}, False, 10),
        ({"ttlSecondsAfterFinished": 100, "ttlSecondsAfterSucceeded": 10}, True, 100),
        ({"ttlSecondsAfterFailed": 50}, True, 50),
        ({"ttlSecondsAfterSucceeded": 0}, False, 0),
    ],
)
def test_a_finished_job_goes_when_its_time_to_live_is_over(policy: dict[str, int], fails: bool, stays: int) -> None:
    with Rehearsal() as play:
        if fails:
            fail(play, ALGORITHM)
        key = play.apply(job(policy))
        over(play, key)
        ended_at = play.seconds

        play.until("it is gone", lambda: not play.there(key))

        assert stays - 1 <= play.seconds - ended_at <= stays + 2
        assert len(play.jobs(KIND)) == 1
        assert len(play.events(key, "Expired")) == 1


def expired(play: Rehearsal) -> None:
    brief(play)
    key = play.apply(job({"ttlSecondsAfterFinished": 100}))

    play.until("it is gone", lambda: not play.there(key))

    assert 140 <= play.seconds <= 180
    assert [found.status for found in play.jobs(KIND)] == ["Completed"]
    play.quiet()


def test_a_job_expires_whenever_the_operator_is_killed() -> None:
    at_each_moment(expired)


def test_a_job_whose_time_to_live_is_about_another_outcome_stays() -> None:
    with Rehearsal() as play:
        key = play.apply(job({"ttlSecondsAfterFailed": 1}))
        over(play, key)

        play.quiet()

        assert play.there(key)


def test_a_suspended_job_does_not_expire() -> None:
    with Rehearsal() as play:
        key = play.apply(job({"ttlSecondsAfterFinished": 10}))
        until(play, key, "Running")
        play.edit(key, suspend=True)
        until(play, key, "Suspended")

        play.quiet()

        assert play.there(key)


def test_a_finished_job_that_is_suspended_then_expires_all_the_same() -> None:
    with Rehearsal() as play:
        key = play.apply(job({"ttlSecondsAfterFinished": 100}))
        over(play, key)

        play.edit(key, suspend=True)
        play.run(50)
        assert phase(play, key) == "Succeeded"

        play.until("it is gone", lambda: not play.there(key), within=60)


def test_a_job_expires_while_the_operator_is_away() -> None:
    with Rehearsal() as play:
        key = play.apply(job({"ttlSecondsAfterFinished": 100}))
        over(play, key)
        play.stop()
        play.run(1000)

        play.start()

        play.until("it is gone", lambda: not play.there(key), within=10)


def test_a_time_to_live_set_after_the_end_counts_from_the_end() -> None:
    with Rehearsal() as play:
        key = play.apply(job())
        over(play, key)
        play.run(500)

        play.edit(key, runPolicy={"ttlSecondsAfterFinished": 100})

        play.until("it is gone", lambda: not play.there(key), within=10)


# Deleting


def deleted_while_it_stops(play: Rehearsal) -> None:
    brief(play)
    key = play.apply(job())
    until(play, key, "Running")
    play.edit(key, suspend=True)
    until(play, key, "Stopping")

    play.delete(key)
    play.until("it is gone", lambda: not play.there(key))

    assert names(play) == ["digits"]
    assert play.live(KIND) == []
    play.quiet()


def test_a_job_deleted_while_it_stops_is_waited_for_whenever_the_operator_is_killed() -> None:
    at_each_moment(deleted_while_it_stops)


def deleted_during_back_off(play: Rehearsal) -> None:
    brief(play)
    fail(play, INTERNAL)
    key = play.apply(job({"backoffLimit": 5}))
    play.until("it waits", lambda: "nextAttemptTime" in play.status(key))

    play.delete(key)
    play.until("it is gone", lambda: not play.there(key))

    assert names(play) == ["digits"]
    play.quiet()


def test_a_job_deleted_during_back_off_is_gone_whenever_the_operator_is_killed() -> None:
    at_each_moment(deleted_during_back_off)


def deleted_when_the_next_attempt_begins(play: Rehearsal) -> None:
    brief(play)
    fail(play, INTERNAL)
    key = play.apply(job({"backoffLimit": 5}))
    play.until("the next attempt begins", lambda: play.status(key).get("attempt") == 2)

    play.delete(key)
    play.until("it is gone", lambda: not play.there(key))

    play.quiet()
    assert play.live(KIND) == []
    assert len(names(play)) <= 2


@pytest.mark.parametrize("straggle", [None, 2.5])
def test_a_job_deleted_when_its_next_attempt_begins_leaves_nothing_running(straggle: float | None) -> None:
    at_each_moment(deleted_when_the_next_attempt_begins, straggle=straggle)


def test_a_suspended_job_is_deleted_at_once() -> None:
    with Rehearsal() as play:
        key = play.apply(job())
        until(play, key, "Running")
        play.edit(key, suspend=True)
        until(play, key, "Suspended")

        play.delete(key)

        play.until("it is gone", lambda: not play.there(key), within=10)


def test_a_job_applied_again_after_its_deletion_is_another_job() -> None:
    with Rehearsal() as play:
        manifest = training_job("digits")
        first = play.apply(manifest)
        until(play, first, "Running")
        play.delete(first)
        play.until("it is gone", lambda: not play.there(first))

        assert over(play, play.apply(manifest)) == ("Succeeded", "True", "Succeeded")

        assert len(set(names(play))) == 2
        assert [found.status for found in play.jobs(KIND)] == ["Stopped", "Completed"]


# What is told on the way


def decisions(play: Rehearsal, key: Key) -> list[str]:
    """The reasons of the Events about what was decided and done, without SageMaker's own stages."""
    stages = ("Starting", "Downloading", "Training", "Uploading")
    reasons = [one.reason for one in play.events(key)]
    return [reason for reason, _ in groupby(reason for reason in reasons if reason not in stages)]


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        (admitted, ["Suspended", "Created", "Succeeded"]),
        (
            suspended_and_resumed,
            ["Created", "Stopping", "Suspended", "Creating", "Created", "Succeeded"],
        ),
        (
            retried,
            ["Created", *["BackingOff", "Creating", "Created"] * 2, "Succeeded"],
        ),
        (late, ["Created", "Stopping", "DeadlineExceeded"]),
        (on_the_next_type, ["Created", *["BackingOff", "Creating", "Created"] * 2, "Succeeded"]),
        (deleted_during_back_off, ["Created", "BackingOff", "Released"]),
    ],
)
def test_events_tell_of_every_decision(scenario: Callable[[Rehearsal], None], told: list[str]) -> None:
    with Rehearsal() as play:
        scenario(play)

        assert decisions(play, Key(KIND, "default", "digits")) == told


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        ({"suspend": True}, "spec.suspend is true"),
        ({"runPolicy": {"activeDeadlineSeconds": 10}}, "spec.runPolicy.activeDeadlineSeconds"),
        ({"runPolicy": {"startupDeadlineSeconds": 10}}, "spec.runPolicy.startupDeadlineSeconds"),
    ],
)
def test_an_event_tells_why_a_job_is_stopped(edit: dict[str, Any], told: str) -> None:
    with Rehearsal() as play:
        key = play.apply(job())
        play.run(20)

        play.edit(key, **edit)
        play.until("it is stopped", lambda: play.committed(STOP) == 1, within=5)
        play.run(5)

        assert told in play.events(key, "Stopping")[0].message


# Others


def test_what_another_controller_runs_is_left_alone() -> None:
    with Rehearsal() as play:
        key = play.apply(job({"managedBy": "kueue.x-k8s.io/multikueue", "ttlSecondsAfterFinished": 1}))

        play.quiet()

        assert play.status(key) == {"observedGeneration": -1}
        assert play.amazon.core.journal.count() == 0
        play.delete(key)
        assert not play.there(key)


def test_a_paused_job_is_neither_stopped_nor_begun_nor_expired() -> None:
    with Rehearsal() as play:
        fail(play, INTERNAL, times=1)
        policy = {"activeDeadlineSeconds": 1000, "backoffLimit": 3, "ttlSecondsAfterFinished": 1}
        key = play.apply(job(policy))
        play.until("it waits", lambda: "nextAttemptTime" in play.status(key))
        play.annotate(key, paused="true")
        play.run(1)

        play.quiet()
        play.restart()
        play.quiet()

        play.annotate(key, paused=None)
        assert over(play, key) == ("Failed", "False", "DeadlineExceeded")
