"""Edits of a TrainingJob while it works and afterwards, and its deletion in SageMaker, with the operator killed on the way."""

from typing import Any

import pytest
from tests.builders import training_job
from tests.rehearsal.moments import at_each_moment
from tests.rehearsal.stage import Rehearsal

from sagemaker_operator.engine.resource import Key

KIND, UPDATE, DELETE = "TrainingJob", "UpdateTrainingJob", "DeleteTrainingJob"
POOL = {"instanceType": "ml.m5.large", "instanceCount": 1, "volumeSizeInGB": 10, "keepAlivePeriodInSeconds": 600}
PROFILER = {"s3OutputPath": "s3://my-bucket/profile", "profilingIntervalInMilliseconds": 500}


def job(**spec: Any) -> dict[str, Any]:
    return training_job("digits", trainingJobName="digits", **spec)


def described(play: Rehearsal) -> dict[str, Any]:
    return play.console("DescribeTrainingJob", TrainingJobName="digits")


def pool(play: Rehearsal) -> str:
    """The state of the job's warm pool in SageMaker."""
    (one,) = play.jobs(KIND)
    return str(one.facts.get("WarmPoolStatus", {}).get("Status"))


def at_work(play: Rehearsal, key: Key, secondary: str) -> None:
    play.until(f"it is {secondary}", lambda: play.status(key).get("secondaryStatus") == secondary)


def over(play: Rehearsal, key: Key) -> None:
    play.until("it is over", lambda: bool(play.condition(key, "Succeeded")))


def applied(play: Rehearsal, key: Key) -> None:
    def told() -> bool:
        found = play.kubernetes.get(key) or {}
        return bool(found["status"]["observedGeneration"] == found["metadata"]["generation"])

    play.until("the edit has arrived", lambda: told() and not play.condition(key, "NotApplied"), within=600)


def outcome_stays(play: Rehearsal) -> None:
    """From now on the outcome and what follows from it never change."""

    def told(found: dict[str, Any]) -> list[str]:
        conditions = {c["type"]: c["status"] for c in (found.get("status") or {}).get("conditions", ())}
        kept = conditions.get("Succeeded") == "True" and conditions.get("Ready") == "True"
        return [] if kept and "Stalled" not in conditions else [f"the outcome flaps: {conditions}"]

    play.checks.append(told)


def profiler_edited_while_it_starts(play: Rehearsal) -> None:
    key = play.apply(job(profilerConfig=PROFILER))
    at_work(play, key, "Starting")

    play.edit(key, profilerConfig={"profilingIntervalInMilliseconds": 1000})
    play.until("it is told to wait", lambda: play.condition(key, "NotApplied").get("reason") == "Waiting")
    assert play.committed(UPDATE) == 0
    applied(play, key)

    assert described(play)["ProfilerConfig"]["ProfilingIntervalInMilliseconds"] == 1000
    assert described(play)["TrainingJobStatus"] == "InProgress"
    over(play, key)
    assert play.says(key, "Succeeded")
    play.quiet()


def pool_edited_afterwards(play: Rehearsal) -> None:
    key = play.apply(job(resourceConfig=POOL))
    over(play, key)
    outcome_stays(play)

    play.edit(key, resourceConfig={"keepAlivePeriodInSeconds": 0})
    play.until("the pool is gone", lambda: pool(play) == "Terminated", within=60)
    applied(play, key)

    play.quiet()


def deleted_with_its_pool(play: Rehearsal) -> None:
    key = play.apply(job(resourceConfig=POOL, deletionPolicy="Delete"))
    over(play, key)

    play.delete(key)
    play.until("it is gone", lambda: not play.there(key), within=300)

    assert play.jobs(KIND) == []
    play.quiet()


def test_an_edit_of_the_profiler_waits_until_the_job_has_started() -> None:
    with Rehearsal() as play:
        profiler_edited_while_it_starts(play)

        assert play.committed(UPDATE) == 1


def test_an_edit_of_the_profiler_arrives_whenever_the_operator_is_killed() -> None:
    assert at_each_moment(profiler_edited_while_it_starts) > 10


def test_a_warm_pool_is_given_up_after_the_job_is_over_and_its_outcome_stays() -> None:
    assert at_each_moment(pool_edited_afterwards) > 10


def test_a_warm_pool_that_is_edited_while_the_job_runs_is_changed_when_there_is_one() -> None:
    with Rehearsal() as play:
        key = play.apply(job(resourceConfig=POOL))
        at_work(play, key, "Training")

        play.edit(key, resourceConfig={"keepAlivePeriodInSeconds": 1200})
        over(play, key)
        outcome_stays(play)
        applied(play, key)

        assert described(play)["ResourceConfig"]["KeepAlivePeriodInSeconds"] == 1200
        assert play.committed(UPDATE) == 1
        play.quiet()


def test_what_has_two_moments_is_sent_in_two_calls() -> None:
    with Rehearsal() as play:
        key = play.apply(job(resourceConfig=POOL, profilerConfig=PROFILER))
        at_work(play, key, "Starting")

        play.edit(
            key,
            resourceConfig={"keepAlivePeriodInSeconds": 1200},
            profilerConfig={"disableProfiler": True},
            remoteDebugConfig={"enableRemoteDebug": True},
        )
        over(play, key)
        applied(play, key)

        sent = [entry.parameters for entry in play.amazon.core.journal.entries(UPDATE) if entry.committed]
        assert [sorted(request.keys() - {"TrainingJobName"}) for request in sent] == [
            ["ProfilerConfig"],
            ["RemoteDebugConfig"],
            ["ResourceConfig"],
        ]
        assert play.amazon.core.journal.count(UPDATE) == 3


def test_rules_of_the_profiler_are_added_and_a_profiler_that_is_removed_is_disabled() -> None:
    rules = [{"ruleConfigurationName": name, "ruleEvaluatorImage": "image"} for name in ("memory", "cpu")]
    with Rehearsal() as play:
        key = play.apply(job(profilerConfig=PROFILER, profilerRuleConfigurations=rules[:1]))
        at_work(play, key, "Downloading")

        play.edit(key, profilerRuleConfigurations=rules)
        play.until("there are two", lambda: len(play.jobs(KIND)[0].spec["ProfilerRuleConfigurations"]) == 2, within=60)
        play.edit(key, profilerConfig=None)
        play.until(
            "it is disabled", lambda: play.jobs(KIND)[0].spec["ProfilerConfig"].get("DisableProfiler"), within=60
        )

        over(play, key)
        assert play.committed(UPDATE) == 2
        play.quiet()


@pytest.mark.parametrize("ending", ["Completed", "Failed"])
def test_an_edit_that_comes_too_late_is_told_and_changes_nothing_else(ending: str) -> None:
    with Rehearsal() as play:
        if ending == "Failed":
            play.amazon.core.scenarios.fail(KIND, "", reason="AlgorithmError: exit code 1")
        key = play.apply(job(profilerConfig=PROFILER))
        over(play, key)
        before = {kind: play.condition(key, kind).get("status") for kind in ("Ready", "Succeeded", "Stalled")}

        play.edit(key, profilerConfig={"profilingIntervalInMilliseconds": 1000})
        play.until("it is told", lambda: bool(play.condition(key, "NotApplied")), within=60)

        assert play.condition(key, "NotApplied")["reason"] == "TooLate"
        assert {kind: play.condition(key, kind).get("status") for kind in before} == before
        assert play.status(key)["observedGeneration"] == 2
        play.quiet()
        assert [event.type for event in play.events(key, "TooLate")] == ["Warning"]
        assert play.committed(UPDATE) == 0


def test_an_edit_that_sagemaker_refuses_leaves_the_outcome_alone() -> None:
    with Rehearsal() as play:
        play.amazon.core.faults.deny(UPDATE)
        key = play.apply(job(resourceConfig=POOL))
        over(play, key)
        outcome_stays(play)

        play.edit(key, resourceConfig={"keepAlivePeriodInSeconds": 900})
        play.until("it is told", lambda: play.condition(key, "NotApplied").get("reason") == "AccessDenied", within=60)

        assert "sagemaker:UpdateTrainingJob" in play.condition(key, "NotApplied")["message"]
        play.quiet()
        play.amazon.core.faults.clear()
        assert pool(play) == "Terminated"


def test_an_edit_that_was_refused_is_sent_again_when_somebody_asks_to_look() -> None:
    with Rehearsal() as play:
        play.amazon.core.faults.deny(UPDATE)
        key = play.apply(job(resourceConfig={**POOL, "keepAlivePeriodInSeconds": 7200}))
        over(play, key)
        outcome_stays(play)
        play.edit(key, resourceConfig={"keepAlivePeriodInSeconds": 0})
        play.until("it is told", lambda: play.condition(key, "NotApplied").get("reason") == "AccessDenied", within=60)

        play.amazon.core.faults.clear()
        play.annotate(key, reconcile_requested_at="1")
        play.until("the pool is gone", lambda: pool(play) == "Terminated", within=60)
        applied(play, key)

        play.quiet()


def test_a_job_is_deleted_with_its_warm_pool_whenever_the_operator_is_killed() -> None:
    assert at_each_moment(deleted_with_its_pool) > 10


def test_a_region_without_the_operation_stops_the_job_and_keeps_its_record() -> None:
    with Rehearsal() as play:
        play.amazon.core.faults.lack(DELETE)
        key = play.apply(job(deletionPolicy="Delete"))
        at_work(play, key, "Training")

        play.delete(key)
        play.until("it is gone", lambda: not play.there(key), within=600)

        assert [found.status for found in play.jobs(KIND)] == ["Stopped"]
        play.quiet()
        (released,) = play.events(key, "Released")
        assert "its record stays in SageMaker, which has no DeleteTrainingJob in this region" in released.message
