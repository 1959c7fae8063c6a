"""Jobs without capacity, and jobs that take too long: other instance types and deadlines.

Whatever happens, no custom resource ever has two live jobs in SageMaker, and every status keeps to kstatus: each rehearsal
watches that by itself.
"""

from tests.rehearsal.moments import at_each_moment
from tests.rehearsal.runs import (
    CAPACITY,
    INTERNAL,
    KIND,
    STOP,
    brief,
    created,
    ended,
    fail,
    job,
    names,
    over,
    types,
    until,
)
from tests.rehearsal.stage import Rehearsal

# Capacity


def on_the_next_type(play: Rehearsal) -> None:
    brief(play)
    fail(play, CAPACITY, at="Starting", times=2)
    policy = {"instanceTypes": ["ml.m5.xlarge", "ml.m5.2xlarge"]}
    key = play.apply(job(policy))

    assert over(play, key) == ("Succeeded", "True", "Succeeded")
    assert types(play) == ["ml.m5.large", "ml.m5.xlarge", "ml.m5.2xlarge"]
    assert [one["instanceType"] for one in play.status(key)["attempts"]] == types(play)
    assert play.status(key).get("retries", 0) == 0
    play.quiet()


def test_without_capacity_the_next_instance_type_is_tried_whenever_the_operator_is_killed() -> None:
    at_each_moment(on_the_next_type)


def test_without_capacity_anywhere_the_job_has_failed() -> None:
    with Rehearsal() as play:
        fail(play, CAPACITY, at="Starting")
        key = play.apply(job({"instanceTypes": ["ml.m5.xlarge"]}))

        assert over(play, key) == ("Failed", "False", "CapacityError")
        assert types(play) == ["ml.m5.large", "ml.m5.xlarge"]


def test_retries_go_through_the_instance_types_again() -> None:
    with Rehearsal() as play:
        fail(play, CAPACITY, at="Starting", times=3)
        key = play.apply(job({"instanceTypes": ["ml.m5.xlarge"], "backoffLimit": 1}))

        assert over(play, key) == ("Succeeded", "True", "Succeeded")
        assert types(play) == ["ml.m5.large", "ml.m5.xlarge"] * 2
        assert play.status(key)["retries"] == 1


def test_another_failure_stays_on_its_instance_type() -> None:
    with Rehearsal() as play:
        fail(play, INTERNAL, times=1)
        key = play.apply(job({"instanceTypes": ["ml.m5.xlarge"], "backoffLimit": 1}))

        assert over(play, key) == ("Succeeded", "True", "Succeeded")
        assert types(play) == ["ml.m5.large", "ml.m5.large"]


def test_an_image_by_name_is_found_anew_for_the_next_instance_type() -> None:
    named = {"builtIn": {"name": "pytorch", "version": "2.3"}, "trainingInputMode": "File"}
    gpu = {"instanceType": "ml.p3.2xlarge", "instanceCount": 1, "volumeSizeInGB": 10}
    with Rehearsal() as play:
        fail(play, CAPACITY, at="Starting", times=1)
        key = play.apply(job({"instanceTypes": ["ml.m5.xlarge"]}, algorithmSpecification=named, resourceConfig=gpu))

        assert over(play, key) == ("Succeeded", "True", "Succeeded")
        images = [request["AlgorithmSpecification"]["TrainingImage"] for request in created(play)]
        assert ["gpu" in image for image in images] == [True, False]
        assert play.status(key)["resolvedImage"] == images[-1]


def test_a_quota_that_is_used_up_leads_to_the_next_instance_type() -> None:
    with Rehearsal() as play:
        play.amazon.core.quotas.set("ml.m5.large for training job usage", 0)
        key = play.apply(job({"instanceTypes": ["ml.m5.xlarge"]}))

        assert over(play, key) == ("Succeeded", "True", "Succeeded")
        assert types(play) == ["ml.m5.xlarge"]
        assert names(play) == ["digits"]


def test_a_job_that_waits_too_long_for_instances_goes_on_to_the_next_type() -> None:
    with Rehearsal() as play:
        play.amazon.core.scenarios.wait(KIND, "digits$", seconds=9000)
        key = play.apply(job({"startupDeadlineSeconds": 400, "instanceTypes": ["ml.m5.xlarge"]}))

        assert over(play, key) == ("Succeeded", "True", "Succeeded")
        assert ended(play, key)[0] == ("digits", "StartupDeadlineExceeded")
        assert types(play) == ["ml.m5.large", "ml.m5.xlarge"]


def started_too_late(play: Rehearsal) -> None:
    play.amazon.core.scenarios.wait(KIND, "digits$", seconds=9000)
    play.amazon.core.scenarios.take(KIND, "digits-2", seconds=40)
    key = play.apply(job({"startupDeadlineSeconds": 30, "backoffLimit": 1}))

    assert over(play, key) == ("Succeeded", "True", "Succeeded")
    assert [reason for _, reason in ended(play, key)] == ["StartupDeadlineExceeded", "Succeeded"]
    assert names(play) == ["digits", "digits-2"]


def test_a_job_that_waits_too_long_is_tried_again_whenever_the_operator_is_killed() -> None:
    at_each_moment(started_too_late)


def test_a_job_that_has_begun_its_work_has_met_its_startup_deadline() -> None:
    with Rehearsal() as play:
        key = play.apply(job({"startupDeadlineSeconds": 250}))

        assert over(play, key) == ("Succeeded", "True", "Succeeded")
        assert play.committed(STOP) == 0


def test_a_job_without_another_type_that_waits_too_long_has_failed() -> None:
    with Rehearsal() as play:
        play.amazon.core.scenarios.wait(KIND, "", seconds=9000)
        key = play.apply(job({"startupDeadlineSeconds": 400}))

        assert over(play, key) == ("Failed", "False", "StartupDeadlineExceeded")
        assert names(play) == ["digits"]
        play.quiet()


def test_a_job_that_waits_too_long_for_instances_is_tried_again_as_often_as_the_policy_says() -> None:
    with Rehearsal() as play:
        play.amazon.core.scenarios.wait(KIND, "digits(-2)?$", seconds=9000)
        key = play.apply(job({"startupDeadlineSeconds": 400, "backoffLimit": 2}))

        assert over(play, key) == ("Succeeded", "True", "Succeeded")
        assert [reason for _, reason in ended(play, key)] == ["StartupDeadlineExceeded"] * 2 + ["Succeeded"]


# Deadlines


def late(play: Rehearsal) -> None:
    key = play.apply(job({"activeDeadlineSeconds": 100, "backoffLimit": 3}))

    assert over(play, key) == ("Failed", "False", "DeadlineExceeded")
    assert names(play) == ["digits"]
    assert [found.status for found in play.jobs(KIND)] == ["Stopped"]
    play.quiet()


def test_a_job_that_takes_too_long_is_stopped_whenever_the_operator_is_killed() -> None:
    at_each_moment(late)


def test_a_deadline_is_kept_to_the_second() -> None:
    with Rehearsal() as play:
        play.apply(job({"activeDeadlineSeconds": 100}))

        play.until("it is stopped", lambda: play.committed(STOP) == 1)

        assert 100 <= play.seconds <= 103


def test_a_deadline_holds_for_all_attempts_together() -> None:
    with Rehearsal() as play:
        fail(play, INTERNAL, times=1)
        key = play.apply(job({"activeDeadlineSeconds": 500, "backoffLimit": 3}))

        assert over(play, key) == ("Failed", "False", "DeadlineExceeded")
        assert names(play) == ["digits", "digits-2"]
        assert 500 <= play.seconds <= 500 + 120 + 20


def test_a_deadline_during_back_off_ends_it() -> None:
    with Rehearsal() as play:
        fail(play, INTERNAL)
        key = play.apply(job({"backoffLimit": 3}))
        play.until("it waits", lambda: "nextAttemptTime" in play.status(key))
        deadline = int(play.seconds) + 4

        play.edit(key, runPolicy={"activeDeadlineSeconds": deadline})

        assert over(play, key) == ("Failed", "False", "DeadlineExceeded")
        assert names(play) == ["digits"]
        assert deadline <= play.seconds <= deadline + 2


def test_a_deadline_shortened_below_what_has_passed_stops_the_job_at_once() -> None:
    with Rehearsal() as play:
        key = play.apply(job({"activeDeadlineSeconds": 1000}))
        play.run(200)

        play.edit(key, runPolicy={"activeDeadlineSeconds": 100})

        play.until("it is stopped", lambda: play.committed(STOP) == 1, within=5)
        assert over(play, key) == ("Failed", "False", "DeadlineExceeded")


def test_a_deadline_that_is_moved_away_lets_the_job_go_on() -> None:
    with Rehearsal() as play:
        key = play.apply(job({"activeDeadlineSeconds": 300}))
        play.run(290)

        play.edit(key, runPolicy={"activeDeadlineSeconds": None})

        assert over(play, key) == ("Succeeded", "True", "Succeeded")


def test_time_while_it_is_suspended_does_not_count() -> None:
    with Rehearsal() as play:
        key = play.apply(job({"activeDeadlineSeconds": 500}))
        play.run(200)
        play.edit(key, suspend=True)
        until(play, key, "Suspended")
        play.run(5000)

        play.edit(key, suspend=False)

        assert over(play, key) == ("Succeeded", "True", "Succeeded")


def late_before_it_is_seen(play: Rehearsal) -> None:
    play.amazon.core.lags.set(reads=3)
    key = play.apply(job({"activeDeadlineSeconds": 1}))

    assert over(play, key) == ("Failed", "False", "DeadlineExceeded")
    assert play.live(KIND) == []
    play.quiet()
    assert play.live(KIND) == []


def test_a_deadline_that_is_over_before_the_job_is_seen_leaves_nothing_running() -> None:
    at_each_moment(late_before_it_is_seen)
