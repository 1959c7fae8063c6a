"""The training jobs of a tuning job as objects: the newest are there, tell of their jobs, and change nothing in SageMaker."""

from typing import Any

import pytest
from tests.builders import example
from tests.rehearsal.stage import Rehearsal

from sagemaker_operator.engine.resource import Key


def tuning_job(*, jobs: int = 4, **spec: Any) -> dict[str, Any]:
    """So many training jobs, two at a time."""
    manifest = example("HyperParameterTuningJob", hyperParameterTuningJobName="digits", **spec)
    limits = {"maxNumberOfTrainingJobs": jobs, "maxParallelTrainingJobs": 2}
    manifest["spec"]["hyperParameterTuningJobConfig"]["resourceLimits"] = limits
    return manifest


def children(play: Rehearsal) -> dict[str, dict[str, Any]]:
    """The TrainingJob objects by name."""
    return {one["metadata"]["name"]: one for one in play.kubernetes if one["kind"] == "TrainingJob"}


def finished(play: Rehearsal) -> bool:
    outcomes = [
        {c["type"]: c["status"] for c in (one.get("status") or {}).get("conditions", ())}.get("Succeeded")
        for one in children(play).values()
    ]
    return None not in outcomes


def over(play: Rehearsal, key: Key) -> None:
    play.until("it is over", lambda: bool(play.condition(key, "Succeeded")), within=24 * 3600)
    play.until("its jobs are told", lambda: finished(play))


def newest(play: Rehearsal, number: int) -> set[str]:
    """The ARNs of the newest training jobs."""
    return {job.arn for job in sorted(play.jobs("TrainingJob"), key=lambda job: job.created)[-number:]}


def test_no_objects_are_made_unless_somebody_asks_for_them() -> None:
    with Rehearsal() as play:
        over(play, play.apply(tuning_job(jobs=2)))

        assert children(play) == {}


def test_the_newest_training_jobs_are_objects_that_tell_how_they_are() -> None:
    with Rehearsal() as play:
        key = play.apply(tuning_job(trainingJobHistoryLimit=3))
        over(play, key)

        there = children(play)
        assert {one["status"]["arn"] for one in there.values()} == newest(play, 3)
        assert play.committed("CreateTrainingJob") == 0
        assert not play.events(key, "FailedCreate")
        job = next(iter(there.values()))
        assert job["metadata"]["ownerReferences"][0]["kind"] == "HyperParameterTuningJob"
        assert job["spec"]["deletionPolicy"] == "Retain"
        assert job["spec"]["hyperParameters"].keys() >= {"eta", "max_depth", "num_round"}
        assert job["status"]["phase"] == "Succeeded"
        assert job["status"]["trainingJobName"] == job["spec"]["trainingJobName"]
        play.quiet()


@pytest.mark.parametrize("moments", [0, 2, 4, 7])
def test_they_are_made_once_although_the_operator_is_killed_as_it_makes_them(moments: int) -> None:
    with Rehearsal() as play:
        key = play.apply(tuning_job(jobs=2, trainingJobHistoryLimit=2))
        play.until("they run", lambda: len(play.live("TrainingJob")) == 2)

        play.die_in(moments)
        over(play, key)

        assert play.deaths == 1
        assert {one["status"]["arn"] for one in children(play).values()} == newest(play, 2)
        assert play.committed("CreateTrainingJob") == 0
        play.quiet()


def test_objects_that_go_leave_their_jobs_alone() -> None:
    with Rehearsal() as play:
        key = play.apply(tuning_job(trainingJobHistoryLimit=4))
        play.until("some run", lambda: len(play.live("TrainingJob")) == 2 and len(children(play)) >= 2)

        play.edit(key, trainingJobHistoryLimit=0)
        play.until("they are gone", lambda: not children(play), within=300)

        assert len(play.live("TrainingJob")) == 2
        over(play, key)
        assert play.committed("StopTrainingJob") == play.committed("DeleteTrainingJob") == 0


def test_a_finished_tuning_job_can_still_be_asked_for_its_training_jobs() -> None:
    with Rehearsal() as play:
        key = play.apply(tuning_job(jobs=2))
        over(play, key)

        play.edit(key, trainingJobHistoryLimit=2)
        play.until("they are there", lambda: len(children(play)) == 2 and finished(play), within=300)

        assert {one["status"]["arn"] for one in children(play).values()} == newest(play, 2)
        assert play.says(key, "Succeeded")
        play.quiet()
