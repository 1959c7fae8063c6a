"""Event patterns: what matches what, and how events of each kind are spelt."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagemaker_local.emulator import model
from sagemaker_local.emulator.events.documents import detail, step_detail
from sagemaker_local.emulator.events.kinds import TELLINGS, upper_snake
from sagemaker_local.emulator.events.matchers import PatternError, wildcard
from sagemaker_local.emulator.events.patterns import compiled

EVENT: dict[str, Any] = {
    "source": "aws.sagemaker",
    "detail-type": "SageMaker Training Job State Change",
    "detail": {
        "name": "train-Digits-07",
        "empty": "",
        "none": None,
        "yes": True,
        "count": 3,
        "price": 2.5,
        "address": "10.0.0.7",
        "tags": ["blue", "green"],
        "nothing": [],
        "nested": {"deep": {"deeper": "here"}},
        "parts": [{"kind": "a", "size": 1}, {"kind": "b", "size": 2}],
    },
}


def matches(pattern: Any) -> bool:
    return compiled(json.dumps({"detail": pattern})).matches(EVENT)


@pytest.mark.parametrize(
    "pattern",
    [
        {"name": ["other", "train-Digits-07"]},
        {"name": [{"prefix": "train-"}]},
        {"name": [{"prefix": {"equals-ignore-case": "TRAIN-d"}}]},
        {"name": [{"suffix": "-07"}]},
        {"name": [{"suffix": {"equals-ignore-case": "DIGITS-07"}}]},
        {"name": [{"equals-ignore-case": "TRAIN-DIGITS-07"}]},
        {"name": [{"wildcard": "train-*-0*"}]},
        {"name": [{"wildcard": "*"}]},
        {"name": [{"anything-but": "other"}]},
        {"name": [{"anything-but": ["other", "another"]}]},
        {"name": [{"anything-but": {"prefix": "test-"}}]},
        {"name": [{"anything-but": {"suffix": ["-08", "-09"]}}]},
        {"name": [{"anything-but": {"wildcard": "*-test-*"}}]},
        {"name": [{"anything-but": {"equals-ignore-case": ["OTHER"]}}]},
        {"empty": [""]},
        {"none": [None]},
        {"yes": [True]},
        {"count": [3]},
        {"count": [3.0]},
        {"count": [{"numeric": ["=", 3]}]},
        {"count": [{"numeric": [">", 2, "<=", 3]}]},
        {"price": [{"numeric": ["<", 3]}]},
        {"count": [{"anything-but": [1, 2]}]},
        {"address": [{"cidr": "10.0.0.0/24"}]},
        {"tags": ["green"]},
        {"tags": [{"anything-but": "blue"}]},
        {"nested": {"deep": {"deeper": ["here"]}}},
        {"name": [{"exists": True}]},
        {"unknown": [{"exists": False}]},
        {"unknown": {"deeper": [{"exists": False}]}},
        {"nothing": [{"exists": False}]},
        {"nested": [{"exists": False}]},
        {"unknown": [{"exists": False}, "x"]},
        {"parts": {"kind": ["b"], "size": [2]}},
        {"$or": [{"name": ["other"]}, {"count": [3]}]},
        {"yes": [True], "$or": [{"name": ["other"]}, {"nested": {"deep": {"deeper": [{"prefix": "he"}]}}}]},
    ],
)
def test_what_a_pattern_accepts(pattern: dict[str, Any]) -> None:
    assert matches(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        {"name": ["train"]},
        {"name": [{"prefix": "Train-"}]},
        {"name": [{"wildcard": "train-*-8*"}]},
        {"name": [{"anything-but": {"prefix": ["x", "train"]}}]},
        {"name": [{"anything-but": {"wildcard": "*Digits*"}}]},
        {"unknown": [{"anything-but": "other"}]},
        {"empty": [None]},
        {"none": [""]},
        {"yes": [1]},
        {"count": [True]},
        {"count": ["3"]},
        {"count": [{"numeric": [">", 3]}]},
        {"yes": [{"numeric": ["=", 1]}]},
        {"name": [{"numeric": [">", 0]}]},
        {"address": [{"cidr": "10.0.1.0/24"}]},
        {"name": [{"cidr": "10.0.0.0/24"}]},
        {"tags": ["red"]},
        {"nested": [{"exists": True}]},
        {"nothing": [{"exists": True}]},
        {"name": [{"exists": False}]},
        {"parts": {"kind": ["a"], "size": [2]}},
        {"$or": [{"name": ["other"]}, {"count": [4]}]},
        {"yes": [False], "$or": [{"count": [3]}, {"count": [3]}]},
        {"name": {"deeper": ["train-Digits-07"]}},
    ],
)
def test_what_a_pattern_does_not_accept(pattern: dict[str, Any]) -> None:
    assert not matches(pattern)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({}, "Match expression name not found"),
        ({"prefix": "a", "suffix": "b"}, "Only one key allowed in match expression"),
        ({"exists": "yes"}, "exists match pattern must be either true or false."),
        ({"numeric": 3}, "Value of numeric must be an array."),
        ({"numeric": []}, "Invalid member in numeric match"),
        ({"numeric": ["~", 3]}, "Unrecognized numeric range operator: ~"),
        ({"numeric": ["="]}, "Value of equals must be numeric"),
        ({"numeric": [">", "3"]}, "Value of > must be numeric"),
        ({"numeric": [">", 3, ">", 4]}, "Bad numeric range operator: >"),
        ({"numeric": ["<", 3, ">", 1]}, "Too many elements in numeric expression"),
        ({"numeric": [">", 3, "<", 4, 5]}, "Too many terms in numeric range expression"),
        ({"anything-but": None}, "Value of anything-but must be an array or single string/number value."),
        ({"anything-but": ["a", 1]}, "mixed type is not supported"),
        ({"anything-but": []}, "mixed type is not supported"),
        ({"anything-but": [True]}, "start|null|boolean is not supported"),
        ({"anything-but": {"prefix": ""}}, "Null prefix/suffix not allowed"),
        ({"anything-but": {"numeric": ["=", 1]}}, "Unsupported anything-but pattern: numeric"),
        ({"wildcard": "a**b"}, "Consecutive wildcard characters at pos 2"),
        ({"wildcard": "a\\b"}, "Invalid escape character"),
        ({"cidr": "10.0.0"}, "Malformed CIDR"),
        ({"prefix": {"suffix": "a"}}, "Unsupported prefix pattern: suffix"),
    ],
)
def test_a_match_expression_that_is_none_says_why(value: dict[str, Any], reason: str) -> None:
    with pytest.raises(PatternError) as caught:
        compiled(json.dumps({"source": [value]}))

    assert reason in str(caught.value)


def test_a_star_can_be_meant_literally() -> None:
    assert wildcard("a\\*b*")("a*bc")
    assert not wildcard("a\\*b*")("axbc")


@given(text=st.text("ab*", max_size=12), value=st.text("ab", max_size=12))
def test_wildcards_agree_with_shell_patterns(text: str, value: str) -> None:
    while "**" in text:
        text = text.replace("**", "*")

    reference = _reference(text, value)

    assert wildcard(text)(value) == reference


def _reference(text: str, value: str) -> bool:
    if not text:
        return not value
    if text[0] == "*":
        return any(_reference(text[1:], value[start:]) for start in range(len(value) + 1))
    return bool(value) and value[0] == text[0] and _reference(text[1:], value[1:])


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "$or"]), inner, max_size=3),
    max_leaves=8,
)


@given(pattern=_JSON, event=_JSON)
def test_any_json_is_either_a_pattern_or_says_why_not(pattern: Any, event: Any) -> None:
    assert _outcome(pattern, {"detail": event}) in {"matches", "does not match", "is no pattern"}


def _outcome(pattern: Any, event: dict[str, Any]) -> str:
    try:
        return "matches" if compiled(json.dumps(pattern)).matches(event) else "does not match"
    except PatternError as why:
        return "is no pattern" if str(why) else "says nothing"


@given(event=st.dictionaries(st.sampled_from(["a", "b"]), st.text("ab", max_size=3), min_size=1))
def test_a_pattern_made_of_an_event_accepts_it(event: dict[str, str]) -> None:
    assert compiled(json.dumps({name: [value] for name, value in event.items()})).matches(event)


def test_a_rule_that_cannot_match_is_known_without_the_event() -> None:
    pattern = compiled(json.dumps({"source": ["aws.sagemaker"], "detail": {"a": [1]}, "region": [{"prefix": "eu-"}]}))
    envelope = {"source": "aws.sagemaker", "detail-type": "Any", "account": "1", "region": "eu-west-1"}

    assert pattern.may_match(envelope)
    assert not pattern.may_match({**envelope, "region": "us-east-1"})
    assert not pattern.may_match({**envelope, "source": "mine"})


def test_every_kind_with_events_is_one_of_sagemaker() -> None:
    unknown = [kind for kind in TELLINGS if f"Describe{kind}" not in model.operation_names()]

    assert unknown == []


def test_every_member_that_a_row_names_is_one_of_describe() -> None:
    for kind, tellings in TELLINGS.items():
        members = set(model.output_members(f"Describe{kind}").members)
        for telling in tellings:
            named = {*(telling.only or ()), *(telling.renamed or ()), *telling.resources}
            assert named | ({telling.status} - {None}) <= members, kind


@pytest.mark.parametrize("kind", ["InferenceComponent", "Domain", "UserProfile", "Space", "App", "AutoMLJobV2"])
def test_kinds_of_which_aws_tells_nothing_have_no_row(kind: str) -> None:
    assert kind not in TELLINGS


@pytest.mark.parametrize(
    ("status", "spelt"),
    [("InService", "IN_SERVICE"), ("UpdateRollbackFailed", "UPDATE_ROLLBACK_FAILED"), ("Failed", "FAILED")],
)
def test_endpoint_statuses_are_spelt_like_constants(status: str, spelt: str) -> None:
    assert upper_snake(status) == spelt


@pytest.mark.parametrize(
    ("kind", "described", "told"),
    [
        ("FeatureGroup", {"FeatureGroupStatus": "Created", "CreationTime": 1.5},
         {"FeatureGroupStatus": "Active", "CreationTime": 1500, "Tags": {}}),
        ("LabelingJob", {"LabelingJobStatus": "Completed", "LabelingJobName": "x"}, {"LabelingJobStatus": "Completed"}),
        ("ModelPackage", {"ModelPackageStatus": "Completed", "CreationTime": 1614186014.0, "LastModifiedTime": 1614186014.25},
         {"ModelPackageStatus": "Completed", "CreationTime": "2021-02-24T17:00:14Z",
          "LastModifiedTime": "2021-02-24T17:00:14.250Z"}),
    ],
)  # fmt: skip
def test_details_are_spelt_as_recorded(kind: str, described: dict[str, Any], told: dict[str, Any]) -> None:
    before = json.dumps(described)

    assert detail(TELLINGS[kind][0], kind, described, {}, None) == told
    assert json.dumps(described) == before


def test_a_tuning_job_is_running_rather_than_in_progress() -> None:
    (telling,) = TELLINGS["HyperParameterTuningJob"]

    told = detail(telling, "HyperParameterTuningJob", {"HyperParameterTuningJobStatus": "InProgress"}, {}, None)

    assert told["HyperParameterTuningJobStatus"] == "Running"
    assert told["HyperParameterTuningEndTime"] is None


def test_pipeline_executions_are_told_in_camel_case() -> None:
    (telling,) = TELLINGS["PipelineExecution"]
    described = {
        "PipelineArn": "p", "PipelineExecutionArn": "e", "PipelineExecutionStatus": "Succeeded", "CreationTime": 1615824193.0,
        "LastModifiedTime": 1615824610.0, "PipelineExecutionDisplayName": "nightly", "PipelineVersionId": 1,
    }  # fmt: skip

    assert detail(telling, "PipelineExecution", described, {}, "Executing") == {
        "pipelineExecutionDisplayName": "nightly",
        "currentPipelineExecutionStatus": "Succeeded",
        "previousPipelineExecutionStatus": "Executing",
        "executionStartTime": "2021-03-15T16:03:13Z",
        "executionEndTime": "2021-03-15T16:10:10Z",
        "pipelineArn": "p",
        "pipelineExecutionArn": "e",
    }


def test_steps_are_told_in_camel_case() -> None:
    step = {
        "StepName": "clean", "StepStatus": "Succeeded", "StartTime": 1615824194.0, "EndTime": 1615824609.0,
        "Metadata": {"ProcessingJob": {"Arn": "job"}},
    }  # fmt: skip

    assert step_detail(step, "e", "p", "Executing") == {
        "metadata": {"processingJob": {"arn": "job"}},
        "stepStartTime": "2021-03-15T16:03:14Z",
        "stepEndTime": "2021-03-15T16:10:09Z",
        "stepName": "clean",
        "stepType": "Processing",
        "previousStepStatus": "Executing",
        "currentStepStatus": "Succeeded",
        "pipelineArn": "p",
        "pipelineExecutionArn": "e",
    }
