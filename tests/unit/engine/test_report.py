"""The status that is written."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from making import condition, facts, known, reply, resource

from sagemaker_operator.engine import report
from sagemaker_operator.engine.announce import news, turns
from sagemaker_operator.engine.facts import Present
from sagemaker_operator.engine.naming import generated_name
from sagemaker_operator.engine.verdict import Verdict, ready, reconciling, stalled

NOW = "2026-02-02T00:00:00Z"

_json = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text("ab", min_size=1, max_size=1), inner, max_size=2)
    ),
    max_leaves=6,
)
_objects = st.dictionaries(st.text("abc", min_size=1, max_size=1), _json, max_size=3)


@given(_objects, _objects)
def test_the_patch_between_two_statuses_turns_one_into_the_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert report.merged(before, report.change(before, after)) == after


def test_the_same_verdict_twice_is_not_written_again() -> None:
    start = facts(about=resource(status=known()), observed=Present(reply(status="Completed")))
    verdict = Verdict(**{**_fields(ready("Succeeded", "done")), "succeeded": True})

    first = report.status(start, verdict, NOW)
    again = facts(about=resource(status=first), observed=start.observed)

    assert report.change(first, report.status(again, verdict, "2027-01-01T00:00:00Z")) == {}


def test_a_condition_keeps_its_transition_time_while_its_status_stays() -> None:
    before = resource(status=known(conditions=[condition("Ready", "Unknown"), condition("Reconciling")]))

    told = {
        c["type"]: c
        for c in report.status(facts(about=before), reconciling("Training", "new words"), NOW)["conditions"]
    }
    assert told["Ready"]["lastTransitionTime"] == "2026-01-01T00:00:00Z"
    assert told["Ready"]["reason"] == "Training"

    turned = {c["type"]: c for c in report.status(facts(about=before), stalled("Failed", "words"), NOW)["conditions"]}
    assert turned["Ready"]["lastTransitionTime"] == NOW
    assert "Reconciling" not in turned


def test_what_aws_tells_replaces_what_it_told_before_and_memory_stays() -> None:
    about = resource(status=known(failureReason="old", tagKeys=["a"]))

    told = report.status(facts(about=about, observed=Present(reply(status="InProgress"))), reconciling("x", "y"), NOW)

    assert "failureReason" not in told
    assert (told["trainingJobStatus"], told["tagKeys"], told["attempt"]) == ("InProgress", ["a"], 1)


def test_a_row_of_a_list_adds_to_what_is_known() -> None:
    about = resource(status=known(billableTimeInSeconds=3))
    row = Present(reply(status="InProgress", SecondaryStatus="Training"), complete=False)

    told = report.status(facts(about=about, observed=row), reconciling("Training", "y"), NOW)

    assert (told["billableTimeInSeconds"], told["secondaryStatus"]) == (3, "Training")


def test_nothing_of_a_stranger_is_told() -> None:
    about = resource("Model", status={"modelName": "digits"})
    seen = Present(reply("Model", DeploymentRecommendation={"RecommendationStatus": "COMPLETED"}))

    told = report.status(facts(about=about, observed=seen, tags={"x": "y"}), stalled("NameConflict", "z"), NOW)

    assert "arn" not in told
    assert "deploymentRecommendation" not in told


def test_one_turn_makes_one_event_and_the_same_state_makes_none() -> None:
    before = {"conditions": [condition("Reconciling", reason="Training"), condition("Ready", "Unknown")]}
    failed = {"conditions": [condition("Stalled", reason="AlgorithmError"), condition("Ready", "False")]}

    (event,) = turns(before, failed)
    assert (event.type, event.reason) == ("Warning", "AlgorithmError")
    assert turns(failed, failed) == ()


@given(
    st.from_regex(r"[a-z]([-.a-z]{0,250}[a-z])?", fullmatch=True),
    st.from_regex(r"[a-z]([-a-z]{0,60}[a-z])?", fullmatch=True),
    st.integers(1, 3),
)
def test_generated_names_are_valid_and_differ_by_attempt(name: str, namespace: str, attempt: int) -> None:
    made = resource(name=name, namespace=namespace)
    generated = generated_name(made, attempt=attempt)

    assert len(generated) <= 63
    assert generated[0].isalnum()
    assert generated[-1].isalnum()
    assert set(generated) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert generated != generated_name(made, attempt=attempt + 1)


def _fields(verdict: Verdict) -> dict[str, Any]:
    return {name: getattr(verdict, name) for name in Verdict.__slots__}


def stage(status: str, minute: int, message: str = "") -> dict[str, str]:
    return {"status": status, "startTime": f"2026-01-01T00:0{minute}:00Z", "statusMessage": message or f"{status}."}


def seen(*stages: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"secondaryStatusTransitions": list(stages), **more}


def test_each_stage_of_a_job_is_told_once_and_in_order() -> None:
    going_on = {"conditions": [condition("Reconciling", reason="Training"), condition("Ready", "Unknown")]}
    before = seen(stage("Starting", 1))
    after = seen({**stage("Starting", 1), "endTime": "x"}, stage("Downloading", 2), stage("Training", 3), **going_on)

    events = news(before, after)

    assert [(e.type, e.reason, e.message) for e in events] == [
        ("Normal", "Downloading", "Downloading."),
        ("Normal", "Training", "Training."),
    ]
    assert news(after, after) == ()


def test_a_stage_that_says_something_else_is_told_again() -> None:
    before, after = seen(stage("Starting", 1, "Starting.")), seen(stage("Starting", 1, "Preparing the instances."))

    assert [e.message for e in news(before, after)] == ["Preparing the instances."]


def test_the_outcome_of_a_job_is_told_by_its_reason_and_not_twice() -> None:
    failed = {"conditions": [condition("Stalled", reason="AlgorithmError"), condition("Ready", "False")]}

    events = news(seen(stage("Training", 1)), seen(stage("Training", 1), stage("Failed", 2), **failed))

    assert [(e.type, e.reason) for e in events] == [("Warning", "AlgorithmError")]


def test_an_interruption_is_a_warning() -> None:
    (event,) = news({}, seen(stage("Interrupted", 1)))

    assert (event.type, event.reason) == ("Warning", "Interrupted")
