"""The run policy of every kind of job: the same words mean the same, whatever SageMaker calls its operations and statuses."""

from typing import Any

import pytest
from tests.rehearsal.company import in_company
from tests.rehearsal.moments import at_each_moment
from tests.rehearsal.stage import Rehearsal

from sagemaker_operator.engine.resource import Key
from sagemaker_operator.kinds import KINDS
from sagemaker_operator.kinds.kind import Stage

JOBS = [name for name, kind in KINDS.items() if kind.run is not None]
STOPPABLE = [name for name in JOBS if KINDS[name].family.stop]
# What a job refers to is looked at each minute.
QUIET = 400.0
INTERNAL = "InternalServerError: We encountered an internal error. Please try again."


def apply(play: Rehearsal, name: str, policy: dict[str, Any] | None = None, **spec: Any) -> Key:
    """Apply the example of a job kind with all that it refers to, and wait until it was created or is not to be."""
    # A tuning job takes as long as the training jobs that it makes.
    for kind in {name, "TrainingJob"}:
        play.amazon.core.scenarios.take(kind, "", seconds=60)
    key = play.apply(in_company(play, name, runPolicy=policy, **spec))
    play.until("it is created", lambda: bool(play.jobs(name)) or spec.get("suspend") is True)
    return key


def over(play: Rehearsal, key: Key) -> tuple[str, str]:
    """Wait until the outcome is known: the phase, and the reason."""
    play.until("it is over", lambda: bool(play.condition(key, "Succeeded")), within=200_000)
    return play.status(key)["phase"], play.condition(key, "Succeeded")["reason"]


def phase(play: Rehearsal, key: Key, wanted: str) -> None:
    play.until(f"its phase is {wanted}", lambda: play.status(key).get("phase") == wanted, within=20_000)


def stages(play: Rehearsal, name: str) -> list[Stage]:
    """What became of the jobs, oldest first."""
    return [KINDS[name].stage(job.status) for job in play.jobs(name)]


def started(play: Rehearsal, key: Key) -> None:
    phase(play, key, "Running")


@pytest.mark.parametrize("name", JOBS)
def test_every_job_succeeds_once(name: str) -> None:
    with Rehearsal() as play:
        key = apply(play, name)

        assert over(play, key) == ("Succeeded", "Succeeded")
        assert [one["phase"] for one in play.status(key)["attempts"]] == ["Succeeded"]
        play.quiet(QUIET)
        assert stages(play, name) == [Stage.READY]


@pytest.mark.parametrize("name", JOBS)
def test_no_job_is_created_while_it_is_suspended(name: str) -> None:
    with Rehearsal() as play:
        key = apply(play, name, suspend=True)
        phase(play, key, "Suspended")
        play.run(QUIET)
        assert play.jobs(name) == []

        play.edit(key, suspend=False)

        assert over(play, key) == ("Succeeded", "Succeeded")
        assert stages(play, name) == [Stage.READY]


def suspended(play: Rehearsal, name: str) -> None:
    key = apply(play, name)
    started(play, key)
    play.edit(key, suspend=True)
    phase(play, key, "Suspended")
    assert stages(play, name) == [Stage.STOPPED]
    play.run(QUIET)
    assert len(play.jobs(name)) == 1

    play.edit(key, suspend=None)

    assert over(play, key) == ("Succeeded", "Succeeded")
    assert stages(play, name) == [Stage.STOPPED, Stage.READY]
    assert [one["reason"] for one in play.status(key)["attempts"]] == ["Suspended", "Succeeded"]
    play.quiet(QUIET)


@pytest.mark.parametrize("name", STOPPABLE)
def test_every_job_stops_to_be_suspended_and_is_made_anew_to_go_on(name: str) -> None:
    with Rehearsal() as play:
        suspended(play, name)


# One whose name is a token and whose id SageMaker chooses, one with short names, and one that spells statuses otherwise.
@pytest.mark.parametrize("name", ["PipelineExecution", "AutoMLJobV2", "CompilationJob"])
def test_others_than_training_jobs_are_suspended_whenever_the_operator_is_killed(name: str) -> None:
    at_each_moment(lambda play: suspended(play, name))


@pytest.mark.parametrize("name", JOBS)
def test_every_job_is_tried_again_with_another_name(name: str) -> None:
    with Rehearsal() as play:
        play.amazon.core.scenarios.fail(name, "", reason=INTERNAL, times=1)
        key = apply(play, name, {"backoffLimit": 1})

        assert over(play, key) == ("Succeeded", "Succeeded")
        assert [one["reason"] for one in play.status(key)["attempts"]] == ["InternalServerError", "Succeeded"]
        assert stages(play, name) == [Stage.FAILED, Stage.READY]
        assert len({job.arn for job in play.jobs(name)}) == 2
        play.quiet(QUIET)


@pytest.mark.parametrize("name", STOPPABLE)
def test_every_job_that_takes_too_long_is_stopped(name: str) -> None:
    with Rehearsal() as play:
        key = apply(play, name, {"activeDeadlineSeconds": 5, "backoffLimit": 3})

        assert over(play, key) == ("Failed", "DeadlineExceeded")
        assert stages(play, name) == [Stage.STOPPED]
        play.quiet(QUIET)


@pytest.mark.parametrize("name", STOPPABLE)
def test_every_job_that_is_deleted_is_stopped_first(name: str) -> None:
    with Rehearsal() as play:
        key = apply(play, name, deletionPolicy="Stop")
        started(play, key)

        play.delete(key)
        play.until("it is gone", lambda: not play.there(key), within=20_000)

        assert stages(play, name) == [Stage.STOPPED]


@pytest.mark.parametrize("name", JOBS)
def test_every_finished_job_goes_when_its_time_to_live_is_over(name: str) -> None:
    with Rehearsal() as play:
        key = apply(play, name, {"ttlSecondsAfterFinished": 60})
        over(play, key)

        play.until("it is gone", lambda: not play.there(key), within=62)

        assert stages(play, name) == [Stage.READY]


@pytest.mark.parametrize("name", STOPPABLE)
def test_every_job_that_somebody_stops_in_the_console_has_stopped_for_good(name: str) -> None:
    with Rehearsal() as play:
        key = apply(play, name, {"backoffLimit": 3})
        started(play, key)
        stop, (job,) = KINDS[name].family.stop, play.jobs(name)
        assert stop is not None
        known = {**job.spec, "PipelineExecutionArn": job.arn}

        play.console(stop, **{member: known.get(member, job.name) for member in KINDS[name].family.addressed(stop)})

        assert over(play, key)[0] == "Stopped"
        # A pipeline tells a little later that it has run.
        play.run(100)
        play.quiet(QUIET)
        assert stages(play, name) == [Stage.STOPPED]
