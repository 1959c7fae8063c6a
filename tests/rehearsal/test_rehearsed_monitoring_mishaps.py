"""Runs and baselines of the operator's own engine that go wrong: whoever looks at the schedule is told what, and what to do."""

from tests.rehearsal.stage import Rehearsal
from tests.rehearsal.watched import SCHEDULE, Watched, schedule, until_runs

from sagemaker_operator.engine.resource import Key


def until_compared(play: Rehearsal) -> None:
    play.until("the baseline is there", lambda: play.says(SCHEDULE, "BaselineReady"), within=4000)


def test_a_job_that_leaves_nothing_has_not_found_no_violations() -> None:
    with Rehearsal() as play:
        watched = Watched(play)
        watched.captures()
        play.apply(schedule())
        until_compared(play)
        watched.mute = True

        (execution,) = until_runs(play, 1)

        assert execution["result"] == "Failed"
        assert "neither summary.json nor constraint_violations.json" in execution["message"]
        assert not play.condition(SCHEDULE, "ViolationsFound")
        play.run(1)
        assert not play.events(SCHEDULE, "NoViolations")
        assert play.events(SCHEDULE, "ExecutionFailed")


def test_a_baseline_job_that_leaves_nothing_has_suggested_none() -> None:
    with Rehearsal() as play:
        watched = Watched(play)
        watched.captures()
        watched.mute = True
        play.apply(schedule())

        play.until("it says so", lambda: play.says(SCHEDULE, "Stalled"))

        assert "is its image that of the analyzer?" in play.condition(SCHEDULE, "BaselineReady")["message"]
        play.run(1)
        assert not play.events(SCHEDULE, "BaselineReady")
        assert play.events(SCHEDULE, "BaselineFailed")


def test_a_baseline_is_tried_again_once_its_job_is_deleted() -> None:
    with Rehearsal() as play:
        Watched(play).captures()
        play.amazon.core.scenarios.fail("ProcessingJob", "", reason="AlgorithmError: no such file", times=1)
        play.apply(schedule())
        play.until("it says so", lambda: play.says(SCHEDULE, "Stalled"))
        assert "Delete that ProcessingJob to try again" in play.condition(SCHEDULE, "Ready")["message"]

        play.delete(Key("ProcessingJob", SCHEDULE.namespace, play.status(SCHEDULE)["baseline"]["processingJob"]))

        until_compared(play)


def test_results_that_could_not_be_stored_are_told_as_what_they_are() -> None:
    with Rehearsal() as play:
        watched = Watched(play)
        watched.captures()
        play.apply(schedule())
        until_compared(play)
        lost = "ClientError: Artifact upload failed: the bucket does not exist."
        content = "Completed: Job completed successfully with no violations."
        play.amazon.core.scenarios.fail("ProcessingJob", "", reason=lost, times=1)
        play.amazon.listen(
            lambda job, _: job.facts.update({"ExitMessage": content}) if job.status == "Failed" else None
        )

        (execution,) = until_runs(play, 1)

        assert execution["result"] == "Failed"
        assert execution["message"].startswith(lost)


def test_records_that_could_not_be_read_are_told_loudly() -> None:
    with Rehearsal() as play:
        watched = Watched(play)
        watched.captures()
        watched.rejected = 1000
        play.apply(schedule())

        (execution,) = until_runs(play, 1)

        assert (execution["result"], execution["rejected"]) == ("Completed", 1000)
        play.run(1)
        (event,) = play.events(SCHEDULE, "RecordsRejected")
        assert "1,000 records could not be read beside 1,000 that were analysed" in event.message


def test_a_schedule_cannot_share_its_own_baseline() -> None:
    with Rehearsal() as play:
        play.apply(schedule(baseline=None, baselineRef={"name": SCHEDULE.name}))

        play.until("it says so", lambda: play.says(SCHEDULE, "Stalled"))

        assert "is the schedule itself" in play.condition(SCHEDULE, "Ready")["message"]
