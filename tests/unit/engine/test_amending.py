"""Edits of training jobs that work or are over: when they are sent, and what is said of those that are not."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from making import condition, facts, known, reply, resource

from sagemaker_operator.engine import amending, announce, report
from sagemaker_operator.engine.decide import decide
from sagemaker_operator.engine.facts import Facts, Present
from sagemaker_operator.engine.steps import Call, Rest, Verb
from sagemaker_operator.engine.target import Target
from sagemaker_operator.engine.verdict import ready
from sagemaker_operator.errors import AWSFailure, Busy, Denied, Refused, Throttled
from sagemaker_operator.kinds import KINDS

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
SHOWN: dict[str, Any] = {
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "KeepAlivePeriodInSeconds": 600},
    "ProfilerConfig": {"S3OutputPath": "s3://bucket/profile"},
    "LastModifiedTime": NOW,
}
POOL = {"TrainingJobStatus": "Completed", "SecondaryStatus": "Completed", "WarmPoolStatus": {"Status": "Available"}}
AT_WORK = {"TrainingJobStatus": "InProgress", "SecondaryStatus": "Training"}
LONGER = {"resourceConfig": {"instanceType": "ml.m5.large", "instanceCount": 1, "keepAlivePeriodInSeconds": 900}}
QUICKER = {"profilerConfig": {"s3OutputPath": "s3://bucket/profile", "profilingIntervalInMilliseconds": 1000}}
RULE = {"ruleConfigurationName": "memory", "ruleEvaluatorImage": "image"}


def edited(spec: dict[str, Any], *, finished: bool = False, **status: Any) -> Facts:
    """A job whose manifest was edited after it was created."""
    kept = known(liveHash="of the manifest before", attemptSince="2026-01-01T11:00:00Z", **status)
    outcome = [condition("Succeeded"), condition("Ready")] if finished else []
    kept["conditions"] = [*kept.get("conditions", ()), *outcome]
    return facts(about=replace(resource(spec=spec), generation=2, status=kept), tags={}, now=NOW)


def seen(before: Facts, described: dict[str, Any], **more: Any) -> Facts:
    return replace(before, observed=Present({**reply(), **SHOWN, **described, **more}))


def sent(looked: Facts) -> dict[str, Any] | None:
    """What is sent to UpdateTrainingJob, if anything."""
    step = amending.amended(looked)
    if step is None:
        return None
    assert isinstance(step, Call)
    assert step.operation == "UpdateTrainingJob"
    return {name: value for name, value in step.request.items() if name != "TrainingJobName"}


def told(looked: Facts) -> tuple[str, str] | None:
    """Reason and message of the condition NotApplied."""
    written = report.status(looked, ready("Because", "m"), "2026-01-01T12:00:00Z")
    found = next((c for c in written["conditions"] if c["type"] == "NotApplied"), None)
    return None if found is None else (found["reason"], found["message"])


def test_a_warm_pool_is_kept_for_another_time_and_nothing_else_is_sent() -> None:
    assert sent(seen(edited(LONGER, finished=True), POOL)) == {"ResourceConfig": {"KeepAlivePeriodInSeconds": 900}}


@pytest.mark.parametrize("pool", ["Reused", "Terminated"])
def test_a_pool_that_is_gone_is_not_asked_to_stay(pool: str) -> None:
    looked = seen(edited(LONGER, finished=True), {**POOL, "WarmPoolStatus": {"Status": pool}})

    assert sent(looked) is None
    assert told(looked) is not None
    assert told(looked)[0] == "TooLate"  # type: ignore[index]


def test_a_pool_that_describe_does_not_tell_of_yet_is_waited_for_and_not_for_ever() -> None:
    late = {name: value for name, value in POOL.items() if name != "WarmPoolStatus"}
    looked = seen(edited(LONGER, finished=True), late)

    assert sent(looked) is None
    assert told(looked)[0] == "Waiting"  # type: ignore[index]
    later = replace(looked, now=datetime(2026, 1, 1, 12, 6, tzinfo=UTC))
    assert told(later)[0] == "TooLate"  # type: ignore[index]


def test_a_job_that_never_had_a_pool_gets_none_by_an_edit() -> None:
    config = {"InstanceType": "ml.m5.large", "InstanceCount": 1}
    late = {name: value for name, value in POOL.items() if name != "WarmPoolStatus"}

    assert told(seen(edited(LONGER, finished=True), late, ResourceConfig=config))[0] == "TooLate"  # type: ignore[index]


def test_a_running_job_gets_its_pool_changed_when_it_has_one() -> None:
    looked = seen(edited(LONGER), AT_WORK)

    assert sent(looked) is None
    said = "SageMaker changes it once the job is Completed, while its warm pool is Available or InUse."
    assert told(looked) == ("Waiting", f"resourceConfig.keepAlivePeriodInSeconds is not in use yet: {said}")


@pytest.mark.parametrize(
    ("secondary", "allowed"), [("Starting", False), ("Updating", False), ("Pending", True), ("Training", True)]
)
def test_the_profiler_is_changed_while_a_job_is_in_progress_and_not_while_it_starts_or_is_updated(
    secondary: str, allowed: bool
) -> None:
    looked = seen(edited(QUICKER), {**AT_WORK, "SecondaryStatus": secondary})

    expected = {"S3OutputPath": "s3://bucket/profile", "ProfilingIntervalInMilliseconds": 1000}
    assert sent(looked) == ({"ProfilerConfig": expected} if allowed else None)
    assert told(looked)[0] == "Waiting"  # type: ignore[index]


@pytest.mark.parametrize("secondary", ["Downloading", "Training"])
def test_remote_debugging_is_turned_on_while_a_job_downloads_or_trains(secondary: str) -> None:
    looked = seen(edited({"remoteDebugConfig": {"enableRemoteDebug": True}}), {**AT_WORK, "SecondaryStatus": secondary})

    assert sent(looked) == {"RemoteDebugConfig": {"EnableRemoteDebug": True}}
    uploading = seen(looked, {**AT_WORK, "SecondaryStatus": "Uploading"})
    assert sent(uploading) is None


def test_the_profiler_and_the_warm_pool_are_never_changed_in_one_call() -> None:
    both = {**LONGER, **QUICKER}

    assert sent(seen(edited(both), AT_WORK)).keys() == {"ProfilerConfig"}  # type: ignore[union-attr]
    assert sent(seen(edited(both, finished=True), POOL)).keys() == {"ResourceConfig"}  # type: ignore[union-attr]


def test_only_new_rules_are_sent() -> None:
    there = {"RuleConfigurationName": "memory", "RuleEvaluatorImage": "image", "VolumeSizeInGB": 0}
    spec = {"profilerRuleConfigurations": [RULE, {**RULE, "ruleConfigurationName": "cpu"}]}

    assert sent(seen(edited(spec), AT_WORK, ProfilerRuleConfigurations=[there])) == {
        "ProfilerRuleConfigurations": [{"RuleConfigurationName": "cpu", "RuleEvaluatorImage": "image"}]
    }


def test_a_profiler_that_a_manifest_gives_up_is_disabled_once() -> None:
    given_up = seen(edited({}, appliedFields=["profilerConfig"]), AT_WORK)

    assert sent(given_up) == {"ProfilerConfig": {"DisableProfiler": True}}
    assert sent(seen(given_up, AT_WORK, ProfilerConfig={"DisableProfiler": True})) is None


def test_a_profiler_that_sagemaker_turned_on_by_itself_is_left_alone() -> None:
    assert sent(seen(edited({}), AT_WORK)) is None


def test_what_others_change_of_a_job_is_not_changed_back() -> None:
    looked = seen(edited(QUICKER), AT_WORK)
    assert isinstance(looked.target, Target)
    status = {**looked.resource.status, **amending.sent(KINDS["TrainingJob"], looked.target.members)}
    settled = replace(looked, resource=replace(looked.resource, status=status))

    assert sent(settled) is None
    assert told(settled) is None


@pytest.mark.parametrize("status", ["Completed", "Failed", "Stopped"])
def test_a_profiler_of_a_job_that_is_over_is_told_to_be_too_late(status: str) -> None:
    looked = seen(edited(QUICKER, finished=True), {"TrainingJobStatus": status, "SecondaryStatus": status})

    assert sent(looked) is None
    assert told(looked) == (
        "TooLate",
        "profilerConfig stays as it was: SageMaker changes it only while the job is InProgress, once it has started.",
    )


def test_an_edit_that_comes_too_late_leaves_the_outcome_as_it_is() -> None:
    looked = seen(edited(QUICKER, finished=True), POOL)
    assert isinstance(looked.target, Target)
    step = decide(replace(looked, tags=looked.target.tags))

    assert isinstance(step, Rest)
    assert step.verdict is not None
    written = report.status(looked, step.verdict, "2026-01-01T12:00:00Z")
    assert {c["type"]: c["status"] for c in written["conditions"]} == {
        "NotApplied": "True", "Ready": "True", "Succeeded": "True"
    }  # fmt: skip


def test_an_edit_that_has_arrived_is_told_of_no_more_and_remembered() -> None:
    there = {"S3OutputPath": "s3://bucket/profile", "ProfilingIntervalInMilliseconds": 1000}
    looked = seen(edited(QUICKER), AT_WORK, ProfilerConfig=there)

    written = report.status(looked, ready("Because", "m"), "2026-01-01T12:00:00Z")
    assert written["liveHash"] != "of the manifest before"
    assert "NotApplied" not in {c["type"] for c in written["conditions"]}


def test_what_sagemaker_accepts_and_does_not_keep_is_not_sent_for_ever() -> None:
    looked = seen(edited(QUICKER), AT_WORK)
    sends = 0
    while (sent(looked)) is not None:
        sends += 1
        after = replace(looked, done=(Verb.UPDATE,))
        written = report.status(after, ready("Because", "m"), "2026-01-01T12:00:00Z")
        looked = replace(looked, resource=replace(looked.resource, status=written))
        assert sends < 10

    assert sends == 5
    assert told(looked)[0] == "NotApplied"  # type: ignore[index]


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (Refused("ValidationException", "no"), "RefusedByAWS"),
        (Denied("AccessDeniedException", "not authorized"), "AccessDenied"),
        (Busy("ValidationException", "busy"), "Waiting"),
    ],
)
def test_an_edit_that_is_refused_is_told_beside_the_outcome(failure: AWSFailure, reason: str) -> None:
    looked = seen(edited(LONGER, finished=True), POOL)
    call = amending.amended(looked)
    assert isinstance(call, Call)
    failed = replace(looked, failure=failure, failed=call)

    step = decide(failed)

    assert isinstance(step, Rest)
    assert step.verdict is not None
    assert step.verdict.succeeded
    assert told(failed)[0] == reason  # type: ignore[index]


def test_an_edit_that_is_throttled_is_tried_again_without_a_word() -> None:
    looked = seen(edited(LONGER, finished=True), POOL)
    call = amending.amended(looked)
    assert isinstance(call, Call)

    step = decide(replace(looked, failure=Throttled("ThrottlingException", "Rate exceeded"), failed=call))

    assert isinstance(step, Rest)
    assert step.verdict is None


def test_a_row_of_a_list_does_not_tell_enough_of_a_job_that_was_edited() -> None:
    assert amending.edited(edited(QUICKER))


def test_an_event_tells_once_that_an_edit_waits_and_once_that_it_came_too_late() -> None:
    def status(reason: str, message: str) -> dict[str, Any]:
        return {"conditions": [condition("NotApplied", reason=reason, message=message)]}

    waits, accepted, late = status("Waiting", "not yet"), status("Waiting", "accepted"), status("TooLate", "never")

    assert [(e.type, e.reason) for e in announce.drift({}, waits)] == [("Normal", "Waiting")]
    assert announce.drift(waits, accepted) == ()
    assert [(e.type, e.reason) for e in announce.drift(accepted, late)] == [("Warning", "TooLate")]
