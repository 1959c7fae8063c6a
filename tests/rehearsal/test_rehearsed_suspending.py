"""Jobs that are suspended and resumed: one test for each promise of ``spec.suspend``, and for what meets it.

Whatever happens, no custom resource ever has two live jobs in SageMaker, and every status keeps to kstatus: each rehearsal
watches that by itself.
"""

import pytest
from tests.rehearsal.moments import at_each_moment
from tests.rehearsal.runs import CREATE, KIND, STOP, brief, created, ended, job, names, over, until
from tests.rehearsal.stage import Rehearsal

# Suspending


def test_a_suspended_job_is_not_created() -> None:
    with Rehearsal() as play:
        key = play.apply(job(suspend=True))

        until(play, key, "Suspended")

        assert play.says(key, "Suspended")
        play.quiet()
        assert play.amazon.core.journal.count() == 0


def admitted(play: Rehearsal) -> None:
    brief(play)
    key = play.apply(job(suspend=True))
    until(play, key, "Suspended")
    play.run(600)

    play.edit(key, suspend=False)

    assert over(play, key) == ("Succeeded", "True", "Succeeded")
    assert names(play) == ["digits"]
    assert play.status(key).get("retries", 0) == 0
    play.quiet()


def test_a_queue_admits_a_job_by_clearing_suspend_whenever_the_operator_is_killed() -> None:
    at_each_moment(admitted)


def test_the_deadline_of_a_job_begins_when_it_is_admitted() -> None:
    with Rehearsal() as play:
        key = play.apply(job({"activeDeadlineSeconds": 500}, suspend=True))
        play.run(1000)

        play.edit(key, suspend=False)

        assert over(play, key) == ("Succeeded", "True", "Succeeded")


def suspended_and_resumed(play: Rehearsal) -> None:
    brief(play)
    checkpoints = {"s3URI": "s3://my-bucket/checkpoints"}
    key = play.apply(job(checkpointConfig=checkpoints))
    until(play, key, "Running")

    play.edit(key, suspend=True)
    until(play, key, "Suspended")
    assert ended(play, key) == [("digits", "Suspended")]
    assert play.live(KIND) == []
    play.run(100)
    assert names(play) == ["digits"]

    play.edit(key, suspend=None)
    assert over(play, key) == ("Succeeded", "True", "Succeeded")
    assert names(play) == ["digits", "digits-2"]
    assert [request["CheckpointConfig"] for request in created(play)] == [{"S3Uri": "s3://my-bucket/checkpoints"}] * 2
    assert ended(play, key) == [("digits", "Suspended"), ("digits-2", "Succeeded")]
    assert play.status(key).get("retries", 0) == 0
    assert play.committed(STOP) >= 1
    play.quiet()


@pytest.mark.parametrize("straggle", [None, 2.5])
def test_a_job_is_suspended_and_resumed_whenever_the_operator_is_killed(straggle: float | None) -> None:
    at_each_moment(suspended_and_resumed, straggle=straggle)


def test_a_job_suspended_for_a_moment_goes_on_as_another_attempt() -> None:
    with Rehearsal() as play:
        key = play.apply(job())
        until(play, key, "Running")

        play.edit(key, suspend=True)
        until(play, key, "Stopping")
        play.edit(key, suspend=False)

        assert over(play, key) == ("Succeeded", "True", "Succeeded")
        assert names(play) == ["digits", "digits-2"]


def test_a_job_suspended_while_it_is_created_makes_no_second_one() -> None:
    with Rehearsal() as play:
        key = play.apply(job())
        play.until("it is being created", lambda: play.committed(CREATE) == 1)

        play.edit(key, suspend=True)
        until(play, key, "Suspended")
        assert play.live(KIND) == []
        play.edit(key, suspend=False)

        assert over(play, key) == ("Succeeded", "True", "Succeeded")
        assert len(names(play)) == 2


def suspended_while_it_is_created(play: Rehearsal) -> None:
    key = play.apply(job())
    play.run(0.1)

    play.edit(key, suspend=True)
    until(play, key, "Suspended")
    assert play.live(KIND) == []

    play.run(60)
    assert play.live(KIND) == []
    assert len(names(play)) <= 1


def test_a_job_is_not_told_to_be_suspended_while_its_create_may_still_arrive() -> None:
    at_each_moment(suspended_while_it_is_created, straggle=2.5)


def test_a_job_suspended_many_times_keeps_the_last_twenty_attempts() -> None:
    with Rehearsal() as play:
        key = play.apply(job())
        for _ in range(22):
            until(play, key, "Running")
            play.edit(key, suspend=True)
            until(play, key, "Suspended")
            play.edit(key, suspend=False)

        assert over(play, key) == ("Succeeded", "True", "Succeeded")
        assert names(play)[-1] == "digits-23"
        assert len(ended(play, key)) == 20
        assert play.status(key).get("retries", 0) == 0


def test_a_job_that_was_to_be_suspended_and_then_was_not_keeps_the_end_that_others_gave_it() -> None:
    with Rehearsal() as play:
        key = play.apply(job())
        until(play, key, "Running")
        play.amazon.core.faults.deny(STOP)
        play.edit(key, suspend=True)
        play.until("that is told", lambda: play.says(key, "Stalled"))
        play.edit(key, suspend=False)
        play.run(30)
        play.amazon.core.faults.clear()

        play.console(STOP, TrainingJobName="digits")

        assert over(play, key) == ("Stopped", "False", "Stopped")
        assert names(play) == ["digits"]
