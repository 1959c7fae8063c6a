"""What is told of the jobs of a schedule, and which of those that are over stay."""

from dataclasses import replace

import pytest
from schedules import Play, name


def test_the_end_of_a_job_is_told_and_a_success_remembered() -> None:
    play = Play()
    play.wait(hours=1)

    play.pass_time(minutes=10)
    play.end(name(13))
    play.step()

    assert play.told.count("SawCompletedJob") == 1
    assert "active" not in play.status
    assert play.status["activeCount"] == 0
    assert play.status["lastSuccessfulTime"] == "2026-01-05T13:10:30Z"


def test_a_failure_is_no_success() -> None:
    play = Play()
    play.wait(hours=1)

    play.end(name(13), succeeded=False)
    play.step()

    assert "lastSuccessfulTime" not in play.status
    assert "SawCompletedJob" in play.told


def test_the_last_success_outlives_the_job_that_had_it() -> None:
    play = Play({"successfulJobsHistoryLimit": 0})
    play.wait(hours=1)

    play.end(name(13))
    play.step()
    play.wait(minutes=1)

    assert play.children == {}
    assert play.status["lastSuccessfulTime"] == "2026-01-05T13:00:30Z"
    assert play.made == [name(13)]


def test_a_job_that_somebody_deleted_is_told_to_be_missing() -> None:
    play = Play()
    play.wait(hours=1)

    del play.children[name(13)]
    play.wait(minutes=1)

    assert play.told.count("MissingJob") == 1
    assert play.made == [name(13)]


def test_of_those_that_are_over_the_latest_three_successes_and_one_failure_stay() -> None:
    play = Play()
    for hour in range(13, 22):
        play.wait(hours=1)
        play.end(name(hour), succeeded=hour % 2 == 0)
        play.step()

    assert play.over == [name(16), name(18), name(20), name(21)]


@pytest.mark.parametrize(("limits", "stay"), [((0, 0), 0), ((2, 1), 3), ((9, 9), 6)])
def test_the_limits_of_the_history_are_kept(limits: tuple[int, int], stay: int) -> None:
    play = Play({"successfulJobsHistoryLimit": limits[0], "failedJobsHistoryLimit": limits[1]})
    for hour in range(13, 19):
        play.wait(hours=1)
        play.end(name(hour), succeeded=hour % 2 == 0)
        play.step()

    assert len(play.over) == stay


def test_the_history_is_kept_short_although_the_schedule_is_suspended_or_wrong() -> None:
    play = Play({"successfulJobsHistoryLimit": 3})
    for hour in range(13, 16):
        play.wait(hours=1)
        play.end(name(hour))

    play.spec |= {"successfulJobsHistoryLimit": 1, "suspend": True}
    play.step()
    assert play.over == [name(15)]
    play.spec |= {"successfulJobsHistoryLimit": 0, "schedule": "nonsense"}
    play.step()

    assert play.over == []


def test_a_job_that_is_on_its_way_to_be_gone_is_not_deleted_again() -> None:
    play = Play({"successfulJobsHistoryLimit": 0})
    play.wait(hours=1)
    play.end(name(13))

    play.children[name(13)] = replace(play.children[name(13)], deleting=True)

    assert play.plan().delete == ()
