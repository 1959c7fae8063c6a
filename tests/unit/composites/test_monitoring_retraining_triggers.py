"""When violations lead to a training, and what is told when they do not; and what a template has to have for it."""

from datetime import timedelta
from typing import Any

import pytest
from retraining import TEMPLATE, Play, endpoint, execution

from sagemaker_operator.composites.monitoring.execution import Finding, Result
from sagemaker_operator.composites.monitoring.retraining.trigger import duration

DRIFT, TYPE = "baseline_drift_check", "data_type_check"
NO_DATA, FAILED, CLEAN = Result.NO_DATA, Result.FAILED, Result.COMPLETED


@pytest.mark.parametrize(
    ("rule", "executions", "reason"),
    [
        ({}, [execution(0)], ""),
        ({}, [execution(0, result=Result.IN_PROGRESS, ended=None)], None),
        ({}, [execution(0, explained=False)], "NotExplained"),
        ({}, [execution(0, violations=0, by_check={}, worst=())], ""),
        ({"minViolations": 3}, [execution(0)], ""),
        ({"minViolations": 4}, [execution(0)], "FewViolations"),
        ({"checkTypes": [DRIFT]}, [execution(0)], ""),
        ({"checkTypes": [TYPE]}, [execution(0)], "FewViolations"),
        ({"checkTypes": [TYPE], "minViolations": 2}, [execution(0, by_check={DRIFT: 1, TYPE: 2})], ""),
        ({"features": ["age"]}, [execution(0)], ""),
        ({"features": ["income"]}, [execution(0)], "FewViolations"),
        ({"features": ["age"], "checkTypes": [TYPE]}, [execution(0)], "FewViolations"),
        (
            {"features": ["age", "x"], "minViolations": 2},
            [execution(0, worst=(Finding("age", DRIFT), Finding("x", TYPE)))],
            "",
        ),
        ({"minSamples": 1000}, [execution(0)], ""),
        ({"minSamples": 1001}, [execution(0)], "FewSamples"),
        ({"minSamples": 1}, [execution(0, records=None)], "FewSamples"),
        ({"consecutiveExecutions": 2}, [execution(0)], "NotConsecutive"),
        ({"consecutiveExecutions": 2}, [execution(0), execution(-1)], ""),
        ({"consecutiveExecutions": 2}, [execution(-1), execution(0)], ""),
        ({"consecutiveExecutions": 2}, [execution(0), execution(-1, result=CLEAN), execution(-2)], "NotConsecutive"),
        ({"consecutiveExecutions": 2}, [execution(0), execution(-1, many=1), execution(-2)], ""),
        ({"consecutiveExecutions": 2, "minViolations": 2}, [execution(0), execution(-1, many=1)], "NotConsecutive"),
        # No data is not good news, and neither is it bad news.
        ({"consecutiveExecutions": 2}, [execution(0), execution(-1, result=NO_DATA), execution(-2)], ""),
        ({"consecutiveExecutions": 2}, [execution(0), execution(-1, result=FAILED), execution(-2)], ""),
        ({}, [execution(0, result=NO_DATA), execution(-1)], ""),
        ({}, [execution(0, result=CLEAN), execution(-1)], None),
    ],
)
def test_violations_count_by_what_the_rule_asks_for(rule: dict[str, Any], executions: Any, reason: str | None) -> None:
    play = Play(rule=rule, executions=executions)
    play.step()

    assert len(play.made) == (reason == "")
    assert play.held[0] == (reason or "")
    assert play.condition()[1] == {"": "Training", None: ""}.get(reason, reason)


def test_what_is_too_little_is_told_in_numbers() -> None:
    def held(rule: dict[str, Any], *executions: Any) -> str:
        play = Play(rule=rule, executions=list(executions))
        play.step()
        return play.held[1]

    assert held({"minViolations": 5}, execution(0)) == "3 of 5 violations that onViolation.minViolations asks for."
    assert held({"minViolations": 5, "checkTypes": [TYPE]}, execution(0)) == (
        "0 of 5 violations of the kind that counts (onViolation.checkTypes, features) that onViolation.minViolations asks for."
        " The run has baseline_drift_check: 3, the worst of age."
    )
    assert (
        held({"minSamples": 5000}, execution(0))
        == "The run looked at 1,000 records; onViolation.minSamples asks for 5,000."
    )
    assert held({"consecutiveExecutions": 3}, execution(0), execution(-1)) == (
        "2 of 3 runs in a row have such violations (onViolation.consecutiveExecutions)."
    )


def test_after_a_decision_there_is_none_for_as_long_as_the_cooldown_says() -> None:
    play = Play(rule={"cooldown": "3h", "promote": None})
    play.step()
    play.trained()
    play.executions = [execution(1)]
    found = play.wait(hours=1)
    assert (len(play.made), play.held[0]) == (1, "CoolingDown")
    assert play.held[1] == (
        "The last decision to train is of 2026-01-05T12:00:00Z: the next can be at 2026-01-05T15:00:00Z (onViolation.cooldown)."
    )
    assert found.wake_at == play.now + timedelta(hours=2)
    assert play.condition() == ("False", "Trained")

    play.wait(minutes=30)
    assert play.reasons().count("RetrainingHeld") == 1

    play.wait(minutes=90)
    assert len(play.made) == 2
    assert play.held == ("", "")


def test_why_nothing_follows_is_a_sentence_of_its_own() -> None:
    play = Play(rule={"cooldown": "3h"})
    play.step()
    play.trained(succeeded=False, message="exit code: 1")
    play.executions = [execution(1)]

    (aside,) = play.wait(hours=1).asides

    assert "exit code: 1. The last decision to train is of" in aside.message


def test_there_are_no_more_decisions_in_any_seven_days_than_the_rule_allows() -> None:
    play = Play(rule={"cooldown": "1h", "maxRetrainsPerWeek": 2, "promote": None})
    for hour in (0, 30, 60):
        play.executions = [execution(hour)]
        play.now = execution(hour).scheduled
        play.step()
        if play.made and play.state == "Training":
            play.trained()
        play.now += timedelta(hours=2)

    assert (len(play.made), play.held[0]) == (2, "LimitReached")
    assert "the next can be at 2026-01-12T12:00:00Z (onViolation.maxRetrainsPerWeek)" in play.held[1]
    play.now = execution(0).scheduled + timedelta(days=7)
    play.step()
    assert len(play.made) == 3


def test_runs_that_looked_at_the_time_before_the_model_served_say_nothing_about_it() -> None:
    play = Play(rule={"cooldown": "1h"})
    play.step()
    play.trained()
    play.now += timedelta(hours=2, minutes=30)
    play.rolled_out()
    assert play.state == "Promoted"

    # Its window began before the model served.
    play.executions = [execution(3), execution(2), execution(1)]
    play.wait(minutes=30)
    assert (len(play.made), play.held) == (1, ("", ""))

    play.executions = [execution(4), *play.executions]
    play.wait(hours=1)
    assert len(play.made) == 2


def test_while_the_schedule_is_suspended_nothing_is_decided() -> None:
    play = Play(spec={"suspend": True})
    play.step()
    assert play.made == []

    play.spec = {}
    play.step()
    assert len(play.made) == 1


def test_a_template_without_the_channel_that_it_names_is_refused_by_name() -> None:
    play = Play(rule={"capturedChannel": "fresh"})
    play.step()

    assert (play.made, play.held[0]) == ([], "NoSuchChannel")
    assert play.held[1] == (
        "onViolation.trainingJobTemplate has no channel fresh, which onViolation.capturedChannel names; it has train, captured: "
        "add it to spec.inputDataConfig of the template."
    )
    assert play.told == [("RetrainingHeld", play.held[1])]


def test_a_template_with_a_captured_channel_needs_to_know_where_the_data_lies() -> None:
    play = Play(captured=None)
    play.step()

    assert (play.made, play.held[0]) == ([], "NoCapturedData")


def test_a_template_without_a_captured_channel_trains_on_what_it_has() -> None:
    spec = {name: value for name, value in TEMPLATE["spec"].items() if name not in ("inputDataConfig", "environment")}
    play = Play(rule={"trainingJobTemplate": {"spec": spec}}, captured=None)
    play.step()

    (made,) = play.made
    assert made.spec == spec


def test_a_captured_channel_keeps_what_it_says_besides_where_the_data_lies() -> None:
    source = {"s3DataType": "ManifestFile", "s3URIRef": {"name": "x"}, "s3DataDistributionType": "ShardedByS3Key"}
    channel = {"channelName": "fresh", "contentType": "application/jsonlines", "dataSource": {"s3DataSource": source}}
    spec = {**TEMPLATE["spec"], "inputDataConfig": [channel]}
    play = Play(rule={"trainingJobTemplate": {"spec": spec}, "capturedChannel": "fresh"})
    play.step()

    assert play.made[0].spec["inputDataConfig"] == [
        {
            "channelName": "fresh",
            "contentType": "application/jsonlines",
            "dataSource": {
                "s3DataSource": {
                    "s3DataType": "S3Prefix",
                    "s3DataDistributionType": "ShardedByS3Key",
                    "s3URI": "s3://captured/digits/main/2026/01/05/11/",
                }
            },
        }
    ]


def test_a_job_is_made_in_the_region_of_the_schedule() -> None:
    play = Play(spec={"region": "eu-west-1"})
    play.step()

    assert play.made[0].spec["region"] == "eu-west-1"


def test_an_endpoint_that_is_not_there_is_told_before_anything_is_trained() -> None:
    play = Play(endpoint=None)
    play.step()

    assert (play.made, play.held) == (
        [],
        ("EndpointNotFound", "Nothing is trained: Endpoint default/digits of onViolation.promote does not exist."),
    )


def test_an_endpoint_that_cannot_be_promoted_to_is_told_before_anything_is_trained() -> None:
    play = Play(endpoint=endpoint({"variantName": "main", "modelRef": {"name": "digits"}}))
    play.step()

    assert (play.made, play.held[0]) == ([], "CannotPromote")


@pytest.mark.parametrize(
    ("text", "hours"), [("24h", 24), ("1d12h", 36), ("90m", 1.5), ("0s", 0), ("2d", 48), ("30m1800s", 1)]
)
def test_time_spans_are_read_as_people_write_them(text: str, hours: float) -> None:
    assert duration(text) == timedelta(hours=hours)
