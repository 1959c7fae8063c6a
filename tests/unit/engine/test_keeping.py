"""What the engine does next about a resource that shall exist."""

from datetime import UTC, datetime
from typing import Any

import pytest
from making import ARN, condition, facts, known, reply, resource

from sagemaker_operator.engine import ownership
from sagemaker_operator.engine.decide import decide
from sagemaker_operator.engine.facts import Log, Missing, Present
from sagemaker_operator.engine.schedule import Pace
from sagemaker_operator.engine.steps import AskOwner, Call, Claim, Intend, Look, Rest, Verb
from sagemaker_operator.engine.target import Waiting
from sagemaker_operator.engine.verdict import Reason, State
from sagemaker_operator.errors import Busy, Denied, Exists, Limited, Refused, Throttled, Unknown

OURS = ownership.ownership(cluster="c", namespace="team-a", name="digits", uid=resource().uid)


def rest(step: Any) -> Rest:
    assert isinstance(step, Rest), step
    return step


def test_the_finalizer_comes_before_anything_is_asked_of_aws() -> None:
    assert decide(facts(about=resource(finalizers=("somebody/else",)))) == Claim()


def test_the_name_is_written_down_before_create_is_called() -> None:
    step = decide(facts())

    assert isinstance(step, Intend)
    assert step.status["trainingJobName"] == "digits"
    assert ownership.UID in step.status["tagKeys"]


def test_a_name_chosen_in_this_pass_is_used_without_a_look() -> None:
    step = decide(facts(about=resource(status={"trainingJobName": "digits"}), named=True))

    assert isinstance(step, Call)
    assert (step.verb, step.operation) == (Verb.CREATE, "CreateTrainingJob")
    assert {tag["Key"] for tag in step.request["Tags"]} >= {ownership.UID}


def test_a_job_that_was_just_created_is_watched_and_believed_before_it_is_shown() -> None:
    about = resource(status={"trainingJobName": "digits", "observedGeneration": 1})

    assert decide(facts(about=about, named=True, done=(Verb.CREATE,), created={"TrainingJobArn": ARN})) == Rest(
        None, Pace.WATCH
    )
    assert decide(facts(about=about, created={"TrainingJobArn": ARN}, observed=Missing(), misses=1)) == Rest(
        None, Pace.SOON
    )
    seen = decide(facts(about=about, created={"TrainingJobArn": ARN}, observed=Present(reply(status="InProgress"))))
    assert rest(seen).pace is Pace.WATCH


def test_a_name_written_down_by_an_earlier_pass_is_looked_at_first() -> None:
    assert decide(facts(about=resource(status={"trainingJobName": "digits"}))) == Look()


def test_what_an_earlier_pass_may_have_created_is_taken_for_ours_only_by_its_tags() -> None:
    about = resource(status={"trainingJobName": "digits"})
    seen = Present(reply(status="InProgress"))

    assert decide(facts(about=about, observed=seen)) == AskOwner(ARN)
    assert rest(decide(facts(about=about, observed=seen, tags=OURS))).pace is Pace.WATCH


def test_a_taken_name_leads_to_a_look_and_not_to_another_name() -> None:
    taken = Exists("ResourceInUse", "already exists", "CreateTrainingJob")

    assert decide(facts(about=resource(status={"trainingJobName": "digits"}), named=True, failure=taken)) == Look()


@pytest.mark.parametrize("tags", [{}, {ownership.UID: "another"}], ids=["nobody's", "another's"])
def test_a_resource_of_others_is_a_conflict_that_names_its_owner(tags: dict[str, str]) -> None:
    about = resource(status={"trainingJobName": "digits"})

    verdict = rest(decide(facts(about=about, observed=Present(reply(status="InProgress")), tags=tags))).verdict

    assert verdict is not None
    assert (verdict.state, verdict.reason) == (State.STALLED, "NameConflict")
    assert ("UID another" if tags else "nobody") in verdict.message


@pytest.mark.parametrize(
    ("policy", "tags", "adopted"),
    [
        ("IfUnowned", {}, True),
        ("IfUnowned", {ownership.UID: "another"}, False),
        ("Always", {ownership.UID: "another"}, True),
        ("Never", {}, False),
    ],
)
def test_adoption_marks_what_it_takes_over_and_takes_no_more_than_allowed(
    policy: str, tags: dict[str, str], adopted: bool
) -> None:
    about = resource("Model", spec={"adoptionPolicy": policy}, status={"modelName": "digits"})

    step = decide(facts(about=about, observed=Present(reply("Model")), tags=tags))

    assert isinstance(step, Call if adopted else Rest)
    if isinstance(step, Call):
        assert (step.operation, step.request["ResourceArn"]) == ("AddTags", ARN)


def test_a_later_resource_of_the_same_name_is_not_taken_for_ours() -> None:
    about = resource("Model", status=known("Model", creationTime="2026-01-01T00:00:00Z"))
    again = Present(reply("Model", CreationTime=datetime(2026, 2, 2, tzinfo=UTC)))

    assert decide(facts(about=about, observed=again)) == AskOwner(ARN)


def test_a_manifest_that_waits_for_others_makes_nothing() -> None:
    step = rest(decide(facts(target=Waiting("Model team-a/digits does not exist."))))

    assert step.verdict is not None
    assert (step.verdict.reason, step.pace) == ("DependencyNotReady", Pace.EVENT)
    assert "Model team-a/digits" in step.verdict.message


def test_a_config_map_that_is_not_there_is_asked_for_again_soon_as_nothing_tells_when_it_comes() -> None:
    lacking = Waiting("ConfigMap digits does not exist.", Reason.SOURCE_UNREADABLE, hopeless=True)

    step = rest(decide(facts(target=lacking)))

    assert step.verdict is not None
    assert (step.verdict.state, step.pace) == (State.STALLED, Pace.SOON)


def test_the_outcome_of_a_job_is_told_though_what_it_was_made_from_is_gone() -> None:
    lacking = Waiting("ConfigMap digits does not exist.", Reason.SOURCE_UNREADABLE, hopeless=True)
    about = resource(status=known())

    step = rest(decide(facts(about=about, target=lacking, observed=Present(reply(status="Completed")))))

    assert step.verdict is not None
    assert (step.verdict.succeeded, step.pace) == (True, Pace.NEVER)


def test_a_finished_job_costs_no_call() -> None:
    about = resource(status=known(conditions=[condition("Succeeded", "False"), condition("Ready", "False")]))

    assert decide(facts(about=about)) == Rest(None, Pace.NEVER)


def test_an_edit_of_a_finished_job_is_followed_until_it_has_arrived() -> None:
    conditions = [condition("Succeeded"), condition("Ready", "Unknown"), condition("Reconciling")]

    assert decide(facts(about=resource(status=known(conditions=conditions)))) == Look()


def test_a_job_whose_record_was_deleted_at_aws_is_not_run_again() -> None:
    about = resource(status=known())

    assert rest(decide(facts(about=about, observed=Missing(), misses=1))).pace is Pace.SOON
    verdict = rest(decide(facts(about=about, observed=Missing(), misses=3))).verdict
    assert verdict is not None
    assert (verdict.state, verdict.reason, verdict.succeeded) == (State.STALLED, "NotFound", False)


def test_an_endpoint_deleted_behind_our_back_is_made_again_once_several_looks_agree() -> None:
    about = resource("Endpoint", status=known("Endpoint"))

    assert rest(decide(facts(about=about, observed=Missing(), misses=2))).pace is Pace.SOON
    step = decide(facts(about=about, observed=Missing(), misses=3))
    assert isinstance(step, Call)
    assert step.verb is Verb.CREATE


@pytest.mark.parametrize(
    ("failure", "state", "reason"),
    [
        (Refused("ValidationException", "no such role"), State.STALLED, "RefusedByAWS"),
        (Denied("AccessDeniedException", "not authorized"), State.STALLED, "AccessDenied"),
        (Limited("ResourceLimitExceeded", "0 Instances"), State.STALLED, "QuotaExceeded"),
        (Busy("ValidationException", "in-progress"), State.RECONCILING, "Waiting"),
    ],
)
def test_a_refused_create_is_told_in_the_words_of_aws(failure: Exception, state: State, reason: str) -> None:
    about = resource(status={"trainingJobName": "digits"})

    verdict = rest(decide(facts(about=about, named=True, failure=failure))).verdict

    assert verdict is not None
    assert (verdict.state, verdict.reason) == (state, reason)
    assert failure.message in verdict.message  # type: ignore[attr-defined]


@pytest.mark.parametrize("failure", [Throttled("ThrottlingException", "Rate exceeded"), Unknown("500", "lost")])
def test_a_call_that_did_not_get_through_is_tried_again_without_a_word(failure: Exception) -> None:
    about = resource(status=known(conditions=[condition("Ready", "Unknown"), condition("Reconciling")]))

    assert decide(facts(about=about, failure=failure)) == Rest(None, Pace.RETRY)


def test_calls_that_keep_getting_lost_are_told() -> None:
    about = resource(status=known(conditions=[condition("Ready", "Unknown")]))

    verdict = rest(decide(facts(about=about, failure=Unknown("ConnectTimeout", "no answer"), tries=5))).verdict

    assert verdict is not None
    assert verdict.reason == "ProgressingWithRetry"


def test_an_unknown_status_is_a_change_in_flight() -> None:
    step = rest(decide(facts(about=resource(status=known()), observed=Present(reply(status="Teleporting")))))

    assert step.verdict is not None
    assert (step.verdict.state, step.pace) == (State.RECONCILING, Pace.WATCH)


@pytest.mark.parametrize(
    ("status", "state", "succeeded"),
    [("Completed", State.READY, True), ("Failed", State.STALLED, False), ("Stopped", State.STALLED, False)],
)
def test_the_end_of_a_job_is_its_outcome(status: str, state: State, succeeded: bool) -> None:
    told = reply(status=status, FailureReason="AlgorithmError: exit code 1" if status == "Failed" else "")

    step = rest(decide(facts(about=resource(status=known()), observed=Present(told), log=Log())))

    assert step.verdict is not None
    assert (step.verdict.state, step.verdict.succeeded, step.pace) == (state, succeeded, Pace.NEVER)
    if status == "Failed":
        assert (step.verdict.reason, step.verdict.message) == ("AlgorithmError", "AlgorithmError: exit code 1")


def test_edited_tags_reach_aws_and_tags_of_others_stay() -> None:
    about = resource(
        "Model",
        generation=2,
        spec={"tags": [{"key": "team", "value": "b"}]},
        status=known("Model", tagKeys=["old", "team"]),
    )
    have = {**OURS, "team": "a", "old": "x", "finance": "42"}
    start = facts(about=about, observed=Present(reply("Model")), tags=have)

    step = decide(start)
    assert isinstance(step, Call)
    assert {"Key": "team", "Value": "b"} in step.request["Tags"]

    assert isinstance(start.target, object)
    after = decide(facts(about=about, observed=Present(reply("Model")), tags={**have, **start.target.tags}))  # type: ignore[union-attr]
    assert isinstance(after, Call)
    assert (after.operation, after.request["TagKeys"]) == ("DeleteTags", ["old"])
