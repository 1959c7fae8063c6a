"""What becomes of a schedule: which jobs are made, kept and replaced, and what is told, by the rules of Kubernetes' CronJob."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from schedules import START, Play, name, verdict

from sagemaker_operator.composites.plan import CONTROLLER_UID, Refusal, manifest
from sagemaker_operator.engine.verdict import Reason, State


def test_nothing_is_started_before_it_is_time() -> None:
    play = Play()

    plan = play.wait(minutes=59)

    assert play.made == []
    assert play.status == {"activeCount": 0, "nextScheduleTime": "2026-01-05T13:00:00Z"}
    assert plan.wake_at == datetime(2026, 1, 5, 13, tzinfo=UTC)
    assert (verdict(plan).state, verdict(plan).suspended) == (State.READY, False)


def test_when_it_is_time_a_job_is_made_and_told() -> None:
    play = Play()

    play.wait(minutes=60)

    assert play.made == play.active == [name(13)]
    assert play.status["activeCount"] == 1
    assert play.status["lastScheduleTime"] == "2026-01-05T13:00:00Z"
    assert play.status["nextScheduleTime"] == "2026-01-05T14:00:00Z"
    reference = play.status["active"][0]
    assert reference["apiVersion"] == "sagemaker-operator.dev/v1alpha1"
    assert (reference["kind"], reference["namespace"]) == ("TrainingJob", "default")


def test_a_job_is_made_of_the_template_and_owned_by_the_schedule() -> None:
    template = {
        "metadata": {"labels": {"team": "a"}, "annotations": {"note": "n"}},
        "spec": {"roleARN": "arn", "suspend": True},
    }
    play = Play({"timeZone": "Europe/Berlin", "jobTemplate": template})
    play.pass_time(minutes=60)

    (wanted,) = play.plan().create
    body = manifest(play.parent, wanted)

    assert body["spec"] == {"roleARN": "arn", "suspend": True}
    assert body["metadata"]["labels"] == {
        "team": "a",
        "sagemaker-operator.dev/crontrainingjob": "nightly",
        CONTROLLER_UID: "parent",
    }
    assert body["metadata"]["annotations"] == {
        "note": "n",
        "sagemaker-operator.dev/scheduled-at": "2026-01-05T14:00:00+01:00",
    }
    (owner,) = body["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["uid"]) == ("CronTrainingJob", "nightly", "parent")
    assert (owner["controller"], owner["blockOwnerDeletion"]) == (True, True)


def test_the_same_time_is_never_started_twice() -> None:
    play = Play()
    play.wait(minutes=60)
    play.end(name(13))
    del play.children[name(13)]

    play.wait(minutes=1)

    assert play.made == [name(13)]


def test_of_missed_times_only_the_latest_is_made_up_for() -> None:
    play = Play()

    play.wait(hours=7)

    assert play.made == [name(19)]
    assert "TooManyMissedTimes" not in play.told


def test_more_than_a_hundred_missed_times_are_warned_of_and_the_latest_is_made_up_for() -> None:
    play = Play({"schedule": "* * * * *"})

    play.wait(minutes=102)

    assert play.made == [name(13, 42)]
    assert play.told.count("TooManyMissedTimes") == 1


def test_a_deadline_bounds_how_many_times_can_be_missed() -> None:
    play = Play({"schedule": "* * * * *", "startingDeadlineSeconds": 200})

    play.wait(minutes=102)

    assert play.made == [name(13, 42)]
    assert "TooManyMissedTimes" not in play.told


@pytest.mark.parametrize(("late", "made"), [(599, [name(13)]), (601, [])])
def test_what_is_too_late_is_missed_and_told_once(late: int, made: list[str]) -> None:
    play = Play({"startingDeadlineSeconds": 600})
    play.wait(minutes=10)
    play.pass_time(minutes=49, seconds=30)

    play.wait(seconds=late)
    play.wait(seconds=20)

    assert play.made == made
    assert play.told.count("MissSchedule") == (0 if made else 1)
    assert play.status.get("lastMissedTime") == (None if made else "2026-01-05T13:00:00Z")


def test_two_jobs_may_run_at_once_where_that_is_allowed() -> None:
    play = Play({"concurrencyPolicy": "Allow"})

    play.wait(hours=1)
    play.wait(hours=1)

    assert play.active == [name(13), name(14)]


def test_a_job_is_not_started_beside_another_where_that_is_forbidden_and_told_once() -> None:
    play = Play({"concurrencyPolicy": "Forbid"})
    play.wait(hours=1)

    play.wait(hours=1)
    play.wait(minutes=5)

    assert play.made == [name(13)]
    assert play.told.count("JobAlreadyActive") == 1
    assert play.status["lastMissedTime"] == "2026-01-05T14:00:00Z"


def test_a_job_that_was_not_started_beside_another_is_started_after_it() -> None:
    play = Play({"concurrencyPolicy": "Forbid"})
    play.wait(hours=1)
    play.wait(hours=1)

    play.end(name(13))
    play.wait(minutes=5)

    assert play.made == [name(13), name(14)]
    assert "lastMissedTime" not in play.status


def test_a_job_that_was_not_started_beside_another_is_not_started_after_its_deadline() -> None:
    play = Play({"concurrencyPolicy": "Forbid", "startingDeadlineSeconds": 600})
    play.wait(hours=1)
    play.wait(hours=1)

    play.end(name(13))
    play.wait(minutes=15)

    assert play.made == [name(13)]
    assert play.status["lastMissedTime"] == "2026-01-05T14:00:00Z"


def test_a_job_that_is_replaced_is_waited_for_whatever_the_deadline() -> None:
    play = Play({"concurrencyPolicy": "Replace", "startingDeadlineSeconds": 30})
    play.wait(minutes=59, seconds=40)
    play.wait(hours=1)

    assert (play.made, play.children[name(13)].deleting) == ([name(13)], True)
    play.wait(minutes=3)
    assert play.made == [name(13)]
    play.end(name(13))
    play.wait(seconds=1)

    assert play.made == [name(13), name(14)]
    assert play.active == [name(14)]
    assert "replacing" not in play.status
    assert not {"MissSchedule", "MissingJob"} & set(play.told)


def test_a_schedule_that_is_suspended_starts_nothing_and_says_so() -> None:
    play = Play({"suspend": True})

    plan = play.wait(hours=5)

    assert play.made == []
    assert (verdict(plan).state, verdict(plan).suspended) == (State.READY, True)
    assert "nextScheduleTime" not in play.status
    assert plan.wake_at is None


def test_a_schedule_that_goes_on_makes_up_for_the_latest_time_that_it_slept_through() -> None:
    play = Play({"suspend": True})
    play.wait(hours=5)

    play.spec["suspend"] = False
    play.wait(seconds=1)

    assert play.made == [name(17)]


def test_what_runs_goes_on_while_the_schedule_is_suspended() -> None:
    play = Play()
    play.wait(hours=1)

    play.spec["suspend"] = True
    play.wait(hours=1)

    assert play.active == [name(13)]


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({"schedule": "61 * * * *"}, "spec.schedule cannot be used: 61 is no minute: it goes from 0 to 59."),
        (
            {"schedule": "0 0 30 2 *"},
            "spec.schedule cannot be used: it never comes true: none of its months has such a day.",
        ),
        ({"timeZone": "Mars/Olympus"}, "spec.timeZone cannot be used: there is no time zone Mars/Olympus."),
    ],
)
def test_a_schedule_that_cannot_be_used_names_the_field(spec: dict[str, Any], told: str) -> None:
    play = Play(spec)

    plan = play.wait(hours=5)

    assert (verdict(plan).state, verdict(plan).reason, verdict(plan).message) == (
        State.STALLED,
        Reason.INVALID_SPEC,
        told,
    )
    assert play.made == []


@pytest.mark.parametrize(("taken", "reason"), [(True, Reason.NAME_CONFLICT), (False, Reason.CREATION_FAILED)])
def test_a_job_that_cannot_be_made_stalls_the_schedule_with_the_reason(taken: bool, reason: Reason) -> None:
    play = Play(refused={name(13): Refusal("no room", taken=taken)})

    plan = play.wait(hours=1)

    assert (verdict(plan).state, verdict(plan).reason) == (State.STALLED, reason)
    assert verdict(plan).message == f"TrainingJob {name(13)} cannot be created: no room"
    play.refused = {}
    assert verdict(play.wait(minutes=2)).state is State.READY
    assert play.made == [name(13)]


def test_another_time_zone_counts_from_the_next_time_on() -> None:
    play = Play({"schedule": "0 14 * * *", "timeZone": "UTC"})
    play.wait(hours=2)

    play.spec["timeZone"] = "America/New_York"
    play.step()

    assert play.made == [name(14)]
    assert play.status["nextScheduleTime"] == "2026-01-05T19:00:00Z"
    play.wait(hours=5)
    assert play.made == [name(14), name(19)]


def test_a_clock_that_goes_back_starts_nothing_again() -> None:
    play = Play()
    play.wait(hours=3)

    play.wait(hours=-2)
    play.wait(hours=1)

    assert play.made == [name(15)]
    assert play.wait(hours=2).wake_at == datetime(2026, 1, 5, 17, tzinfo=UTC)
    assert play.made == [name(15), name(16)]


def test_nothing_is_started_while_the_schedule_is_being_deleted() -> None:
    play = Play()
    play.wait(hours=1)

    play.deleting = True
    plan = play.wait(hours=3)

    assert (play.made, plan.create, plan.delete) == ([name(13)], (), ())
    assert (verdict(plan).state, verdict(plan).reason) == (State.RECONCILING, Reason.DELETING)


def test_around_the_change_to_summer_time_each_time_has_a_job_of_its_own() -> None:
    play = Play({"schedule": "30 * * * *", "timeZone": "Europe/Berlin"}, now=datetime(2026, 3, 29, 0, 0, tzinfo=UTC))
    play.status = {"lastScheduleTime": "2026-03-28T23:30:00Z"}

    scheduled = []
    for _ in range(4):
        play.wait(hours=1)
        scheduled.append(play.children[play.made[-1]].annotations["sagemaker-operator.dev/scheduled-at"])

    assert scheduled == [
        "2026-03-29T01:30:00+01:00",
        "2026-03-29T03:30:00+02:00",
        "2026-03-29T04:30:00+02:00",
        "2026-03-29T05:30:00+02:00",
    ]


def test_what_is_due_in_the_hour_that_comes_twice_has_two_jobs_of_different_names() -> None:
    play = Play({"schedule": "30 2 * * *", "timeZone": "Europe/Berlin"}, now=datetime(2026, 10, 25, 0, 0, tzinfo=UTC))
    play.status = {"lastScheduleTime": "2026-10-24T00:30:00Z"}

    play.wait(hours=1)
    play.wait(hours=1)

    assert len(set(play.made)) == 2
    assert [play.children[made].annotations["sagemaker-operator.dev/scheduled-at"] for made in play.made] == [
        "2026-10-25T02:30:00+02:00",
        "2026-10-25T02:30:00+01:00",
    ]


@pytest.mark.parametrize("effects", range(6))
def test_wherever_the_operator_is_cut_off_a_time_has_one_job(effects: int) -> None:
    play = Play({"concurrencyPolicy": "Replace", "successfulJobsHistoryLimit": 0})
    play.wait(hours=1)
    play.pass_time(hours=1)

    play.step(survives=effects)
    play.step()
    play.end(name(13))
    play.step(survives=effects)
    play.step()
    play.end(name(14))
    play.step(survives=effects)
    play.step()

    assert play.made == [name(13), name(14)]
    assert play.children == {}
    assert play.status["lastScheduleTime"] == "2026-01-05T14:00:00Z"


def test_a_job_that_takes_the_place_of_another_is_made_although_the_operator_was_cut_off_for_long() -> None:
    play = Play({"concurrencyPolicy": "Replace", "startingDeadlineSeconds": 30})
    play.wait(minutes=59, seconds=40)
    play.wait(hours=1)
    play.end(name(13))

    play.step(survives=2)
    play.wait(minutes=20)

    assert play.made == [name(13), name(14)]


def test_a_job_that_lost_its_annotation_is_not_made_again() -> None:
    play = Play()
    play.pass_time(hours=1)
    play.step(survives=3)
    play.children[name(13)] = replace(play.children[name(13)], annotations={})

    play.wait(minutes=1)

    assert "lastScheduleTime" not in play.status
    assert play.plan().create == ()


def test_a_schedule_is_made_up_for_only_since_it_was_applied() -> None:
    assert Play(now=START + timedelta(minutes=1)).plan().create == ()
