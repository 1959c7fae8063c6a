"""Monitoring by the operator itself on a virtual clock: windows, baselines, data that is missing, and deaths of the operator."""

from itertools import pairwise
from typing import Any

import pytest
from tests.rehearsal.moments import at_each_moment
from tests.rehearsal.stage import Rehearsal
from tests.rehearsal.watched import SCHEDULE, Watched, over, readiness, schedule, until_runs

RUNS = "CreateProcessingJob"


def watching(play: Rehearsal) -> None:
    watched = Watched(play)
    watched.captures()
    watched.finds = [{}, {"age": 0.3, "income": 0.2}]
    play.apply(schedule())

    latest = until_runs(play, 2)[0]

    assert latest["result"] == "CompletedWithViolations"
    assert latest["byCheck"] == {"baseline_drift_check": 2}
    assert latest["worst"][0] == {"feature": "age", "check": "baseline_drift_check", "value": 0.3, "threshold": 0.1}
    assert play.says(SCHEDULE, "ViolationsFound")
    assert play.says(SCHEDULE, "NoData", "False")
    assert play.says(SCHEDULE, "Ready")
    assert play.status(SCHEDULE)["violations"] == 2
    assert play.committed(RUNS) == 3, "a baseline and two runs"


def test_a_schedule_tells_what_its_runs_find() -> None:
    with Rehearsal() as play:
        watching(play)


def test_a_schedule_tells_what_its_runs_find_whenever_the_operator_is_killed() -> None:
    assert at_each_moment(watching, reads=False) > 10


def test_windows_meet_and_never_overlap() -> None:
    with Rehearsal() as play:
        watched = Watched(play)
        watched.captures()
        play.apply(schedule(schedule="30 */2 * * *"))

        until_runs(play, 3)

        assert len(watched.windows) == 3
        assert all(before[1] == after[0] for before, after in pairwise(watched.windows))


def test_what_the_operator_missed_is_read_by_the_next_run() -> None:
    with Rehearsal() as play:
        watched = Watched(play)
        watched.captures()
        play.apply(schedule())
        until_runs(play, 1)

        play.stop()
        play.run(5 * 3600)
        play.start()
        play.until("another run is over", lambda: len(watched.windows) == 2, within=8000)

        assert watched.windows[0][1] == watched.windows[1][0]
        assert watched.windows[1][1] == "2026-01-01T05:59:00Z"


def test_of_what_came_while_it_was_suspended_only_the_last_window_is_read() -> None:
    with Rehearsal() as play:
        watched = Watched(play)
        watched.captures()
        play.apply(schedule())
        until_runs(play, 1)

        play.edit(SCHEDULE, suspend=True)
        play.run(5 * 3600)
        assert play.says(SCHEDULE, "Suspended")
        assert len(watched.windows) == 1
        play.edit(SCHEDULE, suspend=False)
        play.until("another run is over", lambda: len(watched.windows) == 2, within=8000)

        start, end = watched.windows[1]
        assert (start, end) == ("2026-01-01T04:59:00Z", "2026-01-01T05:59:00Z")


@pytest.mark.parametrize("early", [True, False], ids=["before a job", "by the job"])
def test_no_data_is_neither_success_nor_failure(*, early: bool) -> None:
    with Rehearsal() as play:
        watched = Watched(play)
        watched.captures(*([] if not early else [40]))
        watched.finds = ["no data"]
        play.apply(schedule())

        (execution,) = until_runs(play, 1)

        assert execution["result"] == "NoData"
        assert play.says(SCHEDULE, "NoData")
        assert play.says(SCHEDULE, "Ready")
        assert not play.condition(SCHEDULE, "ViolationsFound")
        assert play.status(SCHEDULE)["state"] == "NoData"
        assert play.committed(RUNS) == (1 if early else 2)
        play.run(1)
        assert [one.reason for one in play.events(SCHEDULE, "NoData")] == ["NoData"]


def test_a_run_that_fails_leaves_the_schedule_ready() -> None:
    with Rehearsal() as play:
        watched = Watched(play)
        watched.captures()
        play.apply(schedule())
        play.until("the baseline is there", lambda: play.says(SCHEDULE, "BaselineReady"), within=4000)
        play.amazon.core.scenarios.fail("ProcessingJob", "", reason="AlgorithmError: exit code 1", times=1)

        (execution,) = until_runs(play, 1)

        assert execution["result"] == "Failed"
        assert "AlgorithmError" in execution["message"]
        assert play.says(SCHEDULE, "Ready")
        assert until_runs(play, 2)[0]["result"] == "Completed"


def test_a_baseline_that_fails_stops_it_and_says_why() -> None:
    with Rehearsal() as play:
        Watched(play).captures()
        play.amazon.core.scenarios.fail("ProcessingJob", "", reason="AlgorithmError: no such file", times=1)
        play.apply(schedule())

        play.until("it says so", lambda: play.says(SCHEDULE, "Stalled"))

        assert "no such file" in play.condition(SCHEDULE, "Ready")["message"]
        assert play.says(SCHEDULE, "BaselineReady", "False")
        assert play.status(SCHEDULE)["state"] == "Stalled"


def test_a_baseline_is_shared() -> None:
    with Rehearsal() as play:
        Watched(play).captures()
        other = schedule(baseline=None, baselineRef={"name": "digits"})
        other["metadata"]["name"] = "other"
        second = play.apply(other)
        play.run(60)
        assert "does not exist" in play.condition(second, "Ready")["message"]

        said = readiness(play, second)
        play.apply(schedule())
        until_runs(play, 1, key=second)

        assert play.status(second)["baseline"]["schedule"] == "digits"
        assert said == ["Unknown", "True"], "once it is ready it stays so, whatever has to be asked"
        assert play.committed(RUNS) == 3, "one baseline and two runs"


def test_another_baseline_is_made_when_the_manifest_says_so() -> None:
    with Rehearsal() as play:
        Watched(play).captures()
        play.apply(schedule())
        until_runs(play, 1)
        first = play.status(SCHEDULE)["baseline"]["processingJob"]

        play.edit(SCHEDULE, baseline={"from": {"s3": {"s3URI": "s3://monitored/other.csv"}}})
        play.until("the next one is there", lambda: _baseline(play) not in (None, first))
        play.run(600)

        jobs = [found["metadata"]["name"] for found in play.kubernetes if found["kind"] == "ProcessingJob"]
        assert first not in jobs, "what it was made of before is gone"
        assert _baseline(play) in jobs


def _baseline(play: Rehearsal) -> str | None:
    told = play.status(SCHEDULE).get("baseline", {})
    return told.get("processingJob") if told.get("state") == "Ready" else None


def test_a_run_that_takes_too_long_is_not_joined_by_another() -> None:
    with Rehearsal() as play:
        watched = Watched(play)
        watched.captures()
        play.apply(schedule())
        play.until("the baseline is there", lambda: play.says(SCHEDULE, "BaselineReady"), within=4000)
        play.amazon.core.scenarios.take("ProcessingJob", "", seconds=5000, times=1)

        until_runs(play, 2)

        assert watched.windows[0][1] == watched.windows[1][0]
        assert play.events(SCHEDULE, "JobAlreadyActive")


def test_an_edit_during_a_run_is_for_the_next() -> None:
    with Rehearsal() as play:
        watched = Watched(play)
        watched.captures()
        play.apply(schedule())
        play.until("a run is under way", lambda: play.status(SCHEDULE).get("state") == "Running", within=4000)

        play.edit(SCHEDULE, schedule="30 * * * *", maxRuntimeInSeconds=1200)
        until_runs(play, 2)

        assert [job.spec["StoppingCondition"]["MaxRuntimeInSeconds"] for job in play.jobs("ProcessingJob")] == [
            3600,
            3600,
            1200,
        ]
        assert watched.windows[0][1] == watched.windows[1][0]


@pytest.mark.parametrize("cascade", ["background", "foreground"])
def test_deleting_it_during_a_run_stops_that(cascade: Any) -> None:
    with Rehearsal() as play:
        Watched(play).captures()
        play.apply(schedule())
        play.until(
            "a run is under way",
            lambda: (
                len(play.live("ProcessingJob")) == 1 and not list(over(play)) and play.says(SCHEDULE, "BaselineReady")
            ),
            within=4000,
        )

        play.delete(SCHEDULE, cascade=cascade)
        play.until("all is gone", lambda: not list(play.kubernetes))

        assert not play.live("ProcessingJob")
        play.quiet()


def test_an_analyzer_must_be_named() -> None:
    with Rehearsal() as play:
        play.apply(schedule(image=None))

        play.until("it says so", lambda: play.says(SCHEDULE, "Stalled"))

        assert "--analyzer-image" in play.condition(SCHEDULE, "Ready")["message"]
    with Rehearsal(analyzer="123456789012.dkr.ecr.us-east-1.amazonaws.com/sagemaker-analyzer:2") as play:
        Watched(play).captures()
        play.apply(schedule(image=None))

        until_runs(play, 1)


def test_a_schedule_that_cannot_be_read_is_named() -> None:
    with Rehearsal() as play:
        Watched(play).captures()
        play.apply(schedule(schedule="0 25 * * *"))

        play.until("it says so", lambda: play.says(SCHEDULE, "Stalled"))

        assert "25 is no hour" in play.condition(SCHEDULE, "Ready")["message"]


def test_what_batch_transform_jobs_read_is_analysed_by_their_manifests() -> None:
    with Rehearsal() as play:
        watched = Watched(play)
        manifest = "s3://monitored/batch/input/2026/01/01/00/nightly.jsonl"
        play.amazon.files[manifest] = '[{"prefix": "s3://monitored/nightly/"}, "1.csv"]'
        batch = {"dataCapturedDestinationS3URI": "s3://monitored/batch", "datasetFormat": {"csv": {"header": False}}}
        play.apply(schedule(source={"batchTransform": batch}))

        until_runs(play, 2)

        *_, job = play.jobs("ProcessingJob")
        data = job.spec["ProcessingInputs"][0]["S3Input"]
        assert (data["S3DataType"], data["S3Uri"]) == ("ManifestFile", manifest)
        assert len(watched.windows) == 0, "its records tell no time: the hour of the manifest does"
        assert [one["result"] for one in over(play)] == ["Completed", "NoData"]


def test_later_runs_are_given_the_accounts_of_earlier_ones() -> None:
    with Rehearsal() as play:
        Watched(play).captures()
        play.apply(schedule())

        until_runs(play, 3)

        # The first of them looks at the end of another month.
        _, _, first, second = (
            {one["InputName"] for one in job.spec["ProcessingInputs"]} for job in play.jobs("ProcessingJob")
        )
        assert "history" not in first
        assert "history" in second


def test_no_window_is_lost_if_the_first_run_after_a_suspension_cannot_start() -> None:
    with Rehearsal() as play:
        watched = Watched(play)
        watched.captures()
        play.apply(schedule())
        until_runs(play, 1)
        play.edit(SCHEDULE, suspend=True)
        play.run(5 * 3600)

        play.edit(SCHEDULE, suspend=False, baseline={"from": {"s3": None, "trainingJob": {"name": "nobody"}}})
        play.run(3 * 3600)
        assert len(watched.windows) == 1
        play.edit(SCHEDULE, baseline={"from": {"s3": {"s3URI": "s3://monitored/train.csv"}, "trainingJob": None}})
        play.until("another run is over", lambda: len(watched.windows) == 2, within=8000)

        assert watched.windows[1] == ("2026-01-01T04:59:00Z", "2026-01-01T08:59:00Z")
