"""Schedules on a virtual clock, with Kubernetes, SageMaker and an operator that is killed at each moment."""

from typing import Any

import pytest
from tests.builders import ROOT, Manifest
from tests.rehearsal.doors import KUBERNETES_FAULTS
from tests.rehearsal.kubernetes import Object
from tests.rehearsal.moments import at_each_moment
from tests.rehearsal.stage import Rehearsal

from sagemaker_operator.composites.table import COMPOSITES
from sagemaker_operator.engine.resource import Key
from sagemaker_operator.generate.examples import example

CREATE = "CreateTrainingJob"
# A training job takes 344 s here: one that begins every five minutes meets the one before.
EVERY_FIVE_MINUTES = "*/5 * * * *"


def cron(schedule: str = EVERY_FIVE_MINUTES, **spec: Any) -> Manifest:
    """A valid schedule."""
    manifest = example(ROOT, COMPOSITES["CronTrainingJob"])
    del manifest["spec"]["concurrencyPolicy"], manifest["spec"]["timeZone"]
    manifest["spec"] |= {"schedule": schedule, **spec}
    return manifest


def jobs(play: Rehearsal) -> list[Object]:
    """The training jobs of Kubernetes, in the order of their times."""
    found = [each for each in play.kubernetes if each["kind"] == "TrainingJob"]
    return sorted(found, key=lambda each: str(each["metadata"]["name"]))


def outcomes(play: Rehearsal) -> list[str]:
    return [str(job.status) for job in play.jobs("TrainingJob")]


def suspend(play: Rehearsal, schedule: Key) -> None:
    play.edit(schedule, suspend=True)
    play.until("what ran is over", lambda: play.status(schedule).get("activeCount") == 0)


def replacing(play: Rehearsal) -> None:
    schedule = play.apply(cron(concurrencyPolicy="Replace"))
    play.until("the second job is there", lambda: play.committed(CREATE) == 2)

    suspend(play, schedule)

    assert outcomes(play) == ["Stopped", "Completed"]
    assert len(jobs(play)) == 1
    assert len(play.live("TrainingJob")) == 0
    play.quiet()


def forbidding(play: Rehearsal) -> None:
    schedule = play.apply(cron(concurrencyPolicy="Forbid"))
    play.until("the second job is there", lambda: play.committed(CREATE) == 2)
    assert len(play.live("TrainingJob")) == 1

    suspend(play, schedule)

    assert outcomes(play) == ["Completed", "Completed"]
    names = [each["metadata"]["name"] for each in jobs(play)]
    assert len(names) == 2
    play.quiet()


def short_memory(play: Rehearsal) -> None:
    schedule = play.apply(cron("0 * * * *", successfulJobsHistoryLimit=0))
    play.until("a job was there", lambda: play.committed(CREATE) == 1, within=4000)
    play.until("it is forgotten", lambda: not jobs(play))

    play.edit(schedule, suspend=True)
    play.run(60)

    assert outcomes(play) == ["Completed"]
    assert "lastSuccessfulTime" in play.status(schedule)
    assert play.committed(CREATE) == 1


def deleted(play: Rehearsal) -> None:
    schedule = play.apply(cron())
    play.until("a job runs", lambda: bool(play.live("TrainingJob")) and play.status(schedule).get("activeCount") == 1)

    play.delete(schedule)
    play.until("all is gone", lambda: not list(play.kubernetes))

    play.quiet()
    assert outcomes(play) == ["Stopped"]


SCENARIOS = {"replacing": replacing, "forbidding": forbidding, "short memory": short_memory, "deleted": deleted}


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_a_schedule_keeps_its_word(scenario: Any) -> None:
    with Rehearsal() as play:
        scenario(play)


@pytest.mark.parametrize("scenario", [replacing, short_memory, deleted])
def test_a_schedule_keeps_its_word_whenever_the_operator_is_killed(scenario: Any) -> None:
    assert at_each_moment(scenario) > 10


@pytest.mark.parametrize("fault", KUBERNETES_FAULTS)
@pytest.mark.parametrize("request_", range(4))
def test_each_time_has_one_job_whatever_befalls_the_requests_to_kubernetes(fault: str, request_: int) -> None:
    with Rehearsal() as play:
        schedule = play.apply(cron("0 * * * *"))
        play.until("it is known", lambda: play.says(schedule, "Ready"))
        play.run(_until_the_next_hour(play) - 1)
        faults: list[str] = []

        # The requests of a start: list, status, create, status.
        play.around.each = _befall(play, faults, fault, after=request_)
        play.until("the job is done", lambda: "Completed" in outcomes(play), within=3000)
        suspend(play, schedule)

        assert faults == [fault]
        assert [job.status for job in play.jobs("TrainingJob")] == ["Completed"]
        assert len(jobs(play)) == 1
        assert play.says(schedule, "Ready")


def _until_the_next_hour(play: Rehearsal) -> float:
    now = play.around.now()
    return 3600.0 - (now.minute * 60 + now.second + now.microsecond / 1e6)


def _befall(play: Rehearsal, faults: list[str], fault: str, *, after: int) -> Any:
    """One fault, on the request to Kubernetes that comes after so many others."""
    each, left = play.around.each, [after]

    def befall(moment: Any) -> bool:
        if moment.side == "before" and moment.what in ("list", "create", "patch status", "patch", "delete"):
            if left[0] == 0:
                play.around.faults.append(fault)
                faults.append(fault)
            left[0] -= 1
        return each(moment)

    return befall


def test_a_settled_schedule_writes_nothing_between_its_times() -> None:
    with Rehearsal() as play:
        schedule = play.apply(cron("0 12 * * *"))
        play.until("it is known", lambda: play.says(schedule, "Ready"))

        play.quiet(3600)
        play.restart()
        play.quiet(3600)


def test_a_day_of_hours_has_a_job_for_each_and_keeps_three() -> None:
    with Rehearsal() as play:
        schedule = play.apply(cron("0 * * * *"))

        play.run(24 * 3600 + 60)
        suspend(play, schedule)

        assert play.committed(CREATE) == 24
        play.until("three are left", lambda: len(jobs(play)) == 3)
        assert len(play.events(schedule, "SuccessfulCreate")) == 24
        assert len(play.events(schedule, "SawCompletedJob")) == 24
        assert len(play.events(schedule, "SuccessfulDelete")) == 21


def test_a_name_that_is_taken_is_told_and_taken_when_it_is_free() -> None:
    with Rehearsal() as play:
        schedule = play.apply(cron("0 * * * *"))
        play.until("it is known", lambda: play.says(schedule, "Ready"))
        minutes = int(play.around.now().timestamp() + _until_the_next_hour(play)) // 60
        stranger = {"suspend": True, **cron()["spec"]["jobTemplate"]["spec"]}
        metadata = {"name": f"{schedule.name}-{minutes}"}
        other = play.apply({"kind": "TrainingJob", "metadata": metadata, "spec": stranger})

        play.until(
            "it is told", lambda: play.condition(schedule, "Stalled").get("reason") == "NameConflict", within=4000
        )
        play.delete(other)
        play.until("the job is done", lambda: outcomes(play) == ["Completed"])

        play.until("all is well", lambda: play.says(schedule, "Ready"))
        assert "FailedCreate" in {event.reason for event in play.events(schedule)}


def test_a_job_that_somebody_deleted_is_told_and_not_made_again() -> None:
    with Rehearsal() as play:
        schedule = play.apply(cron("0 * * * *"))
        play.until("a job runs", lambda: bool(play.live("TrainingJob")), within=4000)

        (job,) = jobs(play)
        play.delete(Key("TrainingJob", job["metadata"]["namespace"], job["metadata"]["name"]))
        play.until("it is told", lambda: bool(play.events(schedule, "MissingJob")))
        play.run(600)

        assert play.committed(CREATE) == 1


def test_a_schedule_that_is_paused_by_its_annotation_is_left_alone() -> None:
    with Rehearsal() as play:
        schedule = play.apply(cron())
        play.until("it is known", lambda: play.says(schedule, "Ready"))
        play.annotate(schedule, paused="true")

        play.quiet(7200)
        play.annotate(schedule, paused=None)
        play.until("a job is made", lambda: bool(jobs(play)))
