"""How jobs are run: one test for each promise of ``spec.suspend`` and ``spec.runPolicy``, and for the pairs that meet.

Whatever happens, no custom resource ever has two live jobs in SageMaker, and every status keeps to kstatus: each rehearsal
watches that by itself.
"""

from collections.abc import Callable
from itertools import groupby, pairwise
from typing import Any

import pytest
from tests.builders import training_job
from tests.rehearsal.stage import Rehearsal, at_each_moment

from sagemaker_operator.engine.resource import Key

KIND, CREATE, STOP = "TrainingJob", "CreateTrainingJob", "StopTrainingJob"
CAPACITY = (
    "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type."
)
INTERNAL = "InternalServerError: We encountered an internal error. Please try again."
ALGORITHM = "AlgorithmError: ExecuteUserScriptError: exit code 1"
CLIENT = "ClientError: Data download failed: no such bucket"


def job(policy: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """A job that is called digits in SageMaker as well."""
    return training_job("digits", trainingJobName="digits", runPolicy=policy, **spec)


def fail(play: Rehearsal, reason: str, *, times: int | None = None, at: str | None = None) -> None:
    play.amazon.core.scenarios.fail(KIND, "", reason=reason, at=at, times=times)


def brief(play: Rehearsal) -> None:
    """Let jobs take little time, so that many plays take little too."""
    play.amazon.core.scenarios.take(KIND, "", seconds=40)


def ended(play: Rehearsal, key: Key) -> list[tuple[str, str]]:
    """The names and reasons of the attempts that are over."""
    return [(one["name"], one["reason"]) for one in play.status(key).get("attempts", ())]


def created(play: Rehearsal) -> list[dict[str, Any]]:
    """What was asked of each job that was created."""
    return [entry.parameters for entry in play.amazon.core.journal.entries(CREATE) if entry.committed]


def names(play: Rehearsal) -> list[str]:
    return [request["TrainingJobName"] for request in created(play)]


def types(play: Rehearsal) -> list[str]:
    return [request["ResourceConfig"]["InstanceType"] for request in created(play)]


def phase(play: Rehearsal, key: Key) -> str:
    return str(play.status(key).get("phase"))


def until(play: Rehearsal, key: Key, wanted: str, *, within: float = 7200.0) -> None:
    play.until(f"its phase is {wanted}", lambda: phase(play, key) == wanted, within=within)


def over(play: Rehearsal, key: Key, *, within: float = 7200.0) -> tuple[str, str, str]:
    """Wait until the outcome is known: the phase, Succeeded, and its reason."""
    play.until("it is over", lambda: bool(play.condition(key, "Succeeded")), within=within)
    told = play.condition(key, "Succeeded")
    return phase(play, key), told["status"], told["reason"]


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


# Retries


def retried(play: Rehearsal) -> None:
    brief(play)
    fail(play, INTERNAL, times=2)
    key = play.apply(job({"backoffLimit": 2}))

    assert over(play, key) == ("Succeeded", "True", "Succeeded")
    assert names(play) == ["digits", "digits-2", "digits-3"]
    assert ended(play, key) == [
        ("digits", "InternalServerError"),
        ("digits-2", "InternalServerError"),
        ("digits-3", "Succeeded"),
    ]
    assert play.status(key)["retries"] == 2
    play.quiet()


@pytest.mark.parametrize("straggle", [None, 2.5])
def test_what_fails_is_tried_again_whenever_the_operator_is_killed(straggle: float | None) -> None:
    at_each_moment(retried, straggle=straggle)


def test_retries_wait_longer_each_time() -> None:
    with Rehearsal() as play:
        fail(play, INTERNAL)
        key = play.apply(job({"backoffLimit": 4}))

        assert over(play, key) == ("Failed", "False", "InternalServerError")
        attempts = play.status(key)["attempts"]
        starts = [entry.time for entry in play.amazon.core.journal.entries(CREATE)]
        pauses = [later - earlier - 344 for earlier, later in pairwise(starts)]
        assert len(attempts) == 5
        assert all(10 * 2**n <= pause <= 15 * 2**n + 20 for n, pause in enumerate(pauses)), pauses


def test_the_limit_of_retries_is_the_end() -> None:
    with Rehearsal() as play:
        fail(play, INTERNAL)
        key = play.apply(job({"backoffLimit": 1}))

        assert over(play, key) == ("Failed", "False", "InternalServerError")
        assert names(play) == ["digits", "digits-2"]
        play.quiet()


def test_without_a_limit_nothing_is_tried_again() -> None:
    with Rehearsal() as play:
        fail(play, INTERNAL)
        key = play.apply(job())

        assert over(play, key) == ("Failed", "False", "InternalServerError")
        assert names(play) == ["digits"]
        play.quiet()


@pytest.mark.parametrize(
    ("retry_on", "reason", "tried"),
    [
        (None, ALGORITHM, 1),
        (["AlgorithmError"], ALGORITHM, 3),
        (["AlgorithmError"], INTERNAL, 1),
        (["CapacityError"], INTERNAL, 1),
        (None, CAPACITY, 3),
        (None, CLIENT, 1),
        (["ThrottlingError"], "ClientError: ThrottlingException: Rate exceeded", 3),
    ],
)
def test_only_the_failures_that_the_policy_names_are_tried_again(
    retry_on: list[str] | None, reason: str, tried: int
) -> None:
    with Rehearsal() as play:
        fail(play, reason)
        key = play.apply(job({"backoffLimit": 2, **({"retryOn": retry_on} if retry_on else {})}))

        assert over(play, key)[:2] == ("Failed", "False")
        assert len(names(play)) == tried


def test_a_job_that_somebody_stops_in_the_console_is_not_tried_again() -> None:
    with Rehearsal() as play:
        key = play.apply(job({"backoffLimit": 3, "retryOn": ["AlgorithmError", "Interrupted"]}))
        until(play, key, "Running")

        play.console(STOP, TrainingJobName="digits")

        assert over(play, key) == ("Stopped", "False", "Stopped")
        assert names(play) == ["digits"]
        play.quiet()


def test_spot_capacity_that_never_comes_back_is_an_interruption() -> None:
    spot = {"enableManagedSpotTraining": True}
    limits = {"maxRuntimeInSeconds": 300, "maxWaitTimeInSeconds": 300}
    with Rehearsal() as play:
        play.amazon.core.scenarios.interrupt(KIND, "", times=1)
        key = play.apply(job({"backoffLimit": 1, "retryOn": ["Interrupted"]}, stoppingCondition=limits, **spot))

        over(play, key)

        assert ended(play, key)[0] == ("digits", "Interrupted")
        assert names(play) == ["digits", "digits-2"]


def test_a_job_suspended_during_back_off_begins_nothing_until_it_is_resumed() -> None:
    with Rehearsal() as play:
        fail(play, INTERNAL, times=1)
        key = play.apply(job({"backoffLimit": 1}))
        play.until("it waits", lambda: "nextAttemptTime" in play.status(key))

        play.edit(key, suspend=True)
        until(play, key, "Suspended", within=2)
        play.run(1000)
        assert names(play) == ["digits"]
        play.edit(key, suspend=False)

        assert over(play, key) == ("Succeeded", "True", "Succeeded")
        assert names(play) == ["digits", "digits-2"]
        assert play.status(key)["retries"] == 1


def suspended_during_back_off(play: Rehearsal) -> None:
    brief(play)
    fail(play, INTERNAL, times=1)
    key = play.apply(job({"backoffLimit": 1}))
    play.until("it waits", lambda: "nextAttemptTime" in play.status(key))
    play.edit(key, suspend=True)
    until(play, key, "Suspended")
    play.run(100)
    assert play.live(KIND) == []

    play.edit(key, suspend=False)

    assert over(play, key) == ("Succeeded", "True", "Succeeded")
    assert names(play) == ["digits", "digits-2"]


def test_a_job_is_suspended_during_back_off_whenever_the_operator_is_killed() -> None:
    at_each_moment(suspended_during_back_off)


def test_a_limit_lowered_during_back_off_ends_it() -> None:
    with Rehearsal() as play:
        fail(play, INTERNAL)
        key = play.apply(job({"backoffLimit": 5}))
        play.until("it waits", lambda: "nextAttemptTime" in play.status(key))

        play.edit(key, runPolicy={"backoffLimit": 0})

        assert over(play, key, within=60) == ("Failed", "False", "InternalServerError")
        assert names(play) == ["digits"]
        play.quiet()


def test_a_limit_raised_after_the_end_begins_nothing() -> None:
    with Rehearsal() as play:
        fail(play, INTERNAL)
        key = play.apply(job({"backoffLimit": 1}))
        over(play, key)

        play.edit(key, runPolicy={"backoffLimit": 5})
        play.run(3600)
        play.restart()

        play.quiet()
        assert names(play) == ["digits", "digits-2"]
        assert phase(play, key) == "Failed"


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


# What becomes of a job afterwards


@pytest.mark.parametrize(
    ("policy", "fails", "stays"),
    [
        ({"ttlSecondsAfterFinished": 100}, False, 100),
        ({"ttlSecondsAfterFinished": 100}, True, 100),
        ({"ttlSecondsAfterFinished": 100, "ttlSecondsAfterSucceeded": 10}, False, 10),
        ({"ttlSecondsAfterFinished": 100, "ttlSecondsAfterSucceeded": 10}, True, 100),
        ({"ttlSecondsAfterFailed": 50}, True, 50),
        ({"ttlSecondsAfterSucceeded": 0}, False, 0),
    ],
)
def test_a_finished_job_goes_when_its_time_to_live_is_over(policy: dict[str, int], fails: bool, stays: int) -> None:
    with Rehearsal() as play:
        if fails:
            fail(play, ALGORITHM)
        key = play.apply(job(policy))
        over(play, key)
        ended_at = play.seconds

        play.until("it is gone", lambda: not play.there(key))

        assert stays - 1 <= play.seconds - ended_at <= stays + 2
        assert len(play.jobs(KIND)) == 1
        assert len(play.events(key, "Expired")) == 1


def expired(play: Rehearsal) -> None:
    brief(play)
    key = play.apply(job({"ttlSecondsAfterFinished": 100}))

    play.until("it is gone", lambda: not play.there(key))

    assert 140 <= play.seconds <= 180
    assert [found.status for found in play.jobs(KIND)] == ["Completed"]
    play.quiet()


def test_a_job_expires_whenever_the_operator_is_killed() -> None:
    at_each_moment(expired)


def test_a_job_whose_time_to_live_is_about_another_outcome_stays() -> None:
    with Rehearsal() as play:
        key = play.apply(job({"ttlSecondsAfterFailed": 1}))
        over(play, key)

        play.quiet()

        assert play.there(key)


def test_a_suspended_job_does_not_expire() -> None:
    with Rehearsal() as play:
        key = play.apply(job({"ttlSecondsAfterFinished": 10}))
        until(play, key, "Running")
        play.edit(key, suspend=True)
        until(play, key, "Suspended")

        play.quiet()

        assert play.there(key)


def test_a_finished_job_that_is_suspended_then_expires_all_the_same() -> None:
    with Rehearsal() as play:
        key = play.apply(job({"ttlSecondsAfterFinished": 100}))
        over(play, key)

        play.edit(key, suspend=True)
        play.run(50)
        assert phase(play, key) == "Succeeded"

        play.until("it is gone", lambda: not play.there(key), within=60)


def test_a_job_expires_while_the_operator_is_away() -> None:
    with Rehearsal() as play:
        key = play.apply(job({"ttlSecondsAfterFinished": 100}))
        over(play, key)
        play.stop()
        play.run(1000)

        play.start()

        play.until("it is gone", lambda: not play.there(key), within=10)


def test_a_time_to_live_set_after_the_end_counts_from_the_end() -> None:
    with Rehearsal() as play:
        key = play.apply(job())
        over(play, key)
        play.run(500)

        play.edit(key, runPolicy={"ttlSecondsAfterFinished": 100})

        play.until("it is gone", lambda: not play.there(key), within=10)


# Deleting


def deleted_while_it_stops(play: Rehearsal) -> None:
    brief(play)
    key = play.apply(job())
    until(play, key, "Running")
    play.edit(key, suspend=True)
    until(play, key, "Stopping")

    play.delete(key)
    play.until("it is gone", lambda: not play.there(key))

    assert names(play) == ["digits"]
    assert play.live(KIND) == []
    play.quiet()


def test_a_job_deleted_while_it_stops_is_waited_for_whenever_the_operator_is_killed() -> None:
    at_each_moment(deleted_while_it_stops)


def deleted_during_back_off(play: Rehearsal) -> None:
    brief(play)
    fail(play, INTERNAL)
    key = play.apply(job({"backoffLimit": 5}))
    play.until("it waits", lambda: "nextAttemptTime" in play.status(key))

    play.delete(key)
    play.until("it is gone", lambda: not play.there(key))

    assert names(play) == ["digits"]
    play.quiet()


def test_a_job_deleted_during_back_off_is_gone_whenever_the_operator_is_killed() -> None:
    at_each_moment(deleted_during_back_off)


def deleted_when_the_next_attempt_begins(play: Rehearsal) -> None:
    brief(play)
    fail(play, INTERNAL)
    key = play.apply(job({"backoffLimit": 5}))
    play.until("the next attempt begins", lambda: play.status(key).get("attempt") == 2)

    play.delete(key)
    play.until("it is gone", lambda: not play.there(key))

    play.quiet()
    assert play.live(KIND) == []
    assert len(names(play)) <= 2


@pytest.mark.parametrize("straggle", [None, 2.5])
def test_a_job_deleted_when_its_next_attempt_begins_leaves_nothing_running(straggle: float | None) -> None:
    at_each_moment(deleted_when_the_next_attempt_begins, straggle=straggle)


def test_a_suspended_job_is_deleted_at_once() -> None:
    with Rehearsal() as play:
        key = play.apply(job())
        until(play, key, "Running")
        play.edit(key, suspend=True)
        until(play, key, "Suspended")

        play.delete(key)

        play.until("it is gone", lambda: not play.there(key), within=10)


def test_a_job_applied_again_after_its_deletion_is_another_job() -> None:
    with Rehearsal() as play:
        manifest = training_job("digits")
        first = play.apply(manifest)
        until(play, first, "Running")
        play.delete(first)
        play.until("it is gone", lambda: not play.there(first))

        assert over(play, play.apply(manifest)) == ("Succeeded", "True", "Succeeded")

        assert len(set(names(play))) == 2
        assert [found.status for found in play.jobs(KIND)] == ["Stopped", "Completed"]


# What is told on the way


def decisions(play: Rehearsal, key: Key) -> list[str]:
    """The reasons of the Events about what was decided and done, without SageMaker's own stages."""
    stages = ("Starting", "Downloading", "Training", "Uploading")
    reasons = [one.reason for one in play.events(key)]
    return [reason for reason, _ in groupby(reason for reason in reasons if reason not in stages)]


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        (admitted, ["Suspended", "Created", "Succeeded"]),
        (
            suspended_and_resumed,
            ["Created", "Stopping", "Suspended", "Creating", "Created", "Succeeded"],
        ),
        (
            retried,
            ["Created", *["BackingOff", "Creating", "Created"] * 2, "Succeeded"],
        ),
        (late, ["Created", "Stopping", "DeadlineExceeded"]),
        (on_the_next_type, ["Created", *["BackingOff", "Creating", "Created"] * 2, "Succeeded"]),
        (deleted_during_back_off, ["Created", "BackingOff", "Released"]),
    ],
)
def test_events_tell_of_every_decision(scenario: Callable[[Rehearsal], None], told: list[str]) -> None:
    with Rehearsal() as play:
        scenario(play)

        assert decisions(play, Key(KIND, "default", "digits")) == told


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        ({"suspend": True}, "spec.suspend is true"),
        ({"runPolicy": {"activeDeadlineSeconds": 10}}, "spec.runPolicy.activeDeadlineSeconds"),
        ({"runPolicy": {"startupDeadlineSeconds": 10}}, "spec.runPolicy.startupDeadlineSeconds"),
    ],
)
def test_an_event_tells_why_a_job_is_stopped(edit: dict[str, Any], told: str) -> None:
    with Rehearsal() as play:
        key = play.apply(job())
        play.run(20)

        play.edit(key, **edit)
        play.until("it is stopped", lambda: play.committed(STOP) == 1, within=5)
        play.run(5)

        assert told in play.events(key, "Stopping")[0].message


# Others


def test_what_another_controller_runs_is_left_alone() -> None:
    with Rehearsal() as play:
        key = play.apply(job({"managedBy": "kueue.x-k8s.io/multikueue", "ttlSecondsAfterFinished": 1}))

        play.quiet()

        assert play.status(key) == {"observedGeneration": -1}
        assert play.amazon.core.journal.count() == 0
        play.delete(key)
        assert not play.there(key)


def test_a_paused_job_is_neither_stopped_nor_begun_nor_expired() -> None:
    with Rehearsal() as play:
        fail(play, INTERNAL, times=1)
        policy = {"activeDeadlineSeconds": 1000, "backoffLimit": 3, "ttlSecondsAfterFinished": 1}
        key = play.apply(job(policy))
        play.until("it waits", lambda: "nextAttemptTime" in play.status(key))
        play.annotate(key, paused="true")
        play.run(1)

        play.quiet()
        play.restart()
        play.quiet()

        play.annotate(key, paused=None)
        assert over(play, key) == ("Failed", "False", "DeadlineExceeded")
