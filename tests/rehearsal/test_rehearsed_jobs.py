"""Jobs from their create to their end, with everything that can befall the operator on the way."""

import pytest
from tests.builders import training_job
from tests.rehearsal.doors import KUBERNETES_FAULTS
from tests.rehearsal.moments import at_each_moment
from tests.rehearsal.stage import Rehearsal

CREATE = "CreateTrainingJob"


def done(play: Rehearsal) -> None:
    job = play.apply(training_job("digits"))

    play.until("it is done", lambda: play.says(job, "Succeeded"))

    assert play.committed(CREATE) == 1
    play.quiet()
    assert not play.live("TrainingJob")


def deleted_while_it_runs(play: Rehearsal) -> None:
    job = play.apply(training_job("digits", deletionPolicy="Stop"))
    play.until("it runs", lambda: bool(play.live("TrainingJob")) and "arn" in play.status(job))

    play.delete(job)
    play.until("it is gone", lambda: not play.there(job))

    assert [found.status for found in play.jobs("TrainingJob")] == ["Stopped"]
    assert play.committed(CREATE) == 1
    play.quiet()


def deleted_at_once(play: Rehearsal) -> None:
    job = play.apply(training_job("digits"))
    play.run(0.1)

    play.delete(job)
    play.until("it is gone", lambda: not play.there(job))

    play.quiet()
    assert not play.live("TrainingJob")
    assert play.committed(CREATE) <= 1


def brief(play: Rehearsal) -> None:
    """Let the job take little time, so that many plays take little too."""
    play.amazon.core.scenarios.take("TrainingJob", "", seconds=40)


def done_soon(play: Rehearsal) -> None:
    brief(play)
    done(play)


def done_although_it_shows_late(play: Rehearsal) -> None:
    brief(play)
    play.amazon.core.lags.set(reads=4)
    done(play)


@pytest.mark.parametrize("after", [0.1, 0.5, 1.2, 1.9])
def test_a_job_deleted_before_sagemaker_shows_it_is_stopped(after: float) -> None:
    with Rehearsal() as play:
        play.amazon.core.lags.set(reads=2)
        job = play.apply(training_job("digits"))
        play.run(after)

        play.delete(job)
        play.until("it is gone", lambda: not play.there(job))

        assert [found.status for found in play.jobs("TrainingJob")] == ["Stopped"]


def test_edits_in_a_row_do_not_make_a_job_lost_that_sagemaker_shows_late() -> None:
    with Rehearsal() as play:
        play.amazon.core.lags.set(reads=2)
        job = play.apply(training_job("digits"))
        for seconds in range(1, 12):
            play.run(0.15)
            play.edit(job, runPolicy={"ttlSecondsAfterFinished": 1000 + seconds})

        play.until("it is done", lambda: play.says(job, "Succeeded"))

        assert play.committed(CREATE) == 1


def test_a_job_is_created_once_and_told_to_be_done() -> None:
    with Rehearsal() as play:
        done(play)

        assert 344 <= play.seconds - 7200 < 344 + 20


@pytest.mark.parametrize("straggle", [None, 0.5, 5.0])
def test_a_job_is_created_once_whenever_the_operator_is_killed(straggle: float | None) -> None:
    plays = at_each_moment(done_soon, straggle=straggle)

    assert plays > 5


@pytest.mark.parametrize("straggle", [None, 0.5, 5.0])
def test_a_deleted_job_is_stopped_whenever_the_operator_is_killed(straggle: float | None) -> None:
    at_each_moment(deleted_while_it_runs, straggle=straggle)


@pytest.mark.parametrize("straggle", [None, 0.5, 2.5, 3.5])
def test_a_job_deleted_while_it_is_created_leaves_nothing_running(straggle: float | None) -> None:
    at_each_moment(deleted_at_once, straggle=straggle)


@pytest.mark.parametrize("straggle", [None, 0.5])
def test_a_job_that_sagemaker_shows_late_is_created_once(straggle: float | None) -> None:
    at_each_moment(done_although_it_shows_late, straggle=straggle)


@pytest.mark.parametrize("fault", sorted(KUBERNETES_FAULTS))
@pytest.mark.parametrize("scenario", [done, deleted_while_it_runs])
def test_faults_of_the_api_server_change_nothing_but_the_time(scenario: object, fault: str) -> None:
    with Rehearsal() as play:
        play.around.faults.extend([fault] * 3)
        scenario(play)  # type: ignore[operator]


@pytest.mark.parametrize("fault", ["throttle", "error", "unavailable", "lose_reply", "cut", "hang"])
@pytest.mark.parametrize("operation", ["CreateTrainingJob", "DescribeTrainingJob", "StopTrainingJob", "ListTags"])
def test_faults_of_sagemaker_change_nothing_but_the_time(operation: str, fault: str) -> None:
    with Rehearsal() as play:
        play.amazon.core.faults.by_name(fault)(operation, times=3)
        deleted_while_it_runs(play)


def test_a_running_job_is_not_made_again_when_nobody_may_look_at_it() -> None:
    with Rehearsal() as play:
        job = play.apply(training_job("digits"))
        play.until("it runs", lambda: bool(play.status(job).get("arn")))
        play.amazon.core.faults.deny("Describe.*", times=6)

        play.until("that is told", lambda: play.condition(job, "Stalled").get("reason") == "AccessDenied")
        play.restart()
        play.until("it is done", lambda: play.says(job, "Succeeded"))

        assert play.committed(CREATE) == 1
