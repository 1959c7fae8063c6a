"""What lets a model pass to where it serves, and what does not."""

from typing import Any

import pytest
from retraining import GATE, OLD, Play, endpoint, execution, job_body, promoted


@pytest.mark.parametrize(
    ("gate", "value", "state", "message"),
    [
        ({"min": 0.8}, 0.8, "RollingOut", ""),
        ({"min": 0.8}, 0.79, "GateFailed", "validation:accuracy is 0.79, below 0.8 (onViolation.gate.min)."),
        ({"max": 0.5}, 0.6, "GateFailed", "validation:accuracy is 0.6, above 0.5 (onViolation.gate.max)."),
        ({"betterThanCurrent": True}, 0.71, "RollingOut", ""),
        (
            {"betterThanCurrent": True},
            0.7,
            "GateFailed",
            "validation:accuracy is 0.7, no better than the 0.7 of the model that serves.",
        ),
        ({"betterThanCurrent": True, "goal": "Minimize"}, 0.69, "RollingOut", ""),
        (
            {"betterThanCurrent": True, "goal": "Minimize"},
            0.71,
            "GateFailed",
            "validation:accuracy is 0.71, no better than the 0.7 of the model that serves.",
        ),
    ],
)
def test_the_gate_compares_what_the_training_reports(
    gate: dict[str, Any], value: float, state: str, message: str
) -> None:
    play = Play(rule={"gate": {"metric": "validation:accuracy", **gate}})
    play.step()
    play.trained(value)

    assert play.state == state
    assert not message or play.message == message


def test_a_metric_that_is_not_reported_shuts_the_gate_and_names_those_that_are() -> None:
    play = Play()
    play.step()
    name = play.made[0].name
    play.trained(None)
    assert play.state == "GateFailed"
    assert play.message.startswith(f"TrainingJob {name} reports no metric validation:accuracy; it reports none.")
    assert "metricDefinitions" in play.message


def test_of_several_values_of_a_metric_the_last_one_counts() -> None:
    play = Play()
    play.step()
    body = job_body(play.made[0].name, 0.9)
    earlier = {"metricName": "validation:accuracy", "value": 0.1, "timestamp": "2026-01-05T11:00:00Z"}
    body["status"]["finalMetricDataList"].append(earlier)
    play.trained()
    assert play.state == "RollingOut"


def test_the_metric_of_the_model_that_was_promoted_last_is_remembered_after_its_job_is_gone() -> None:
    rule = {"gate": {"metric": "validation:accuracy", "betterThanCurrent": True}, "cooldown": "1h"}
    play = promoted(Play(rule=rule))
    play.jobs.clear()
    play.executions = [execution(3)]
    play.wait(hours=3)
    play.trained(0.85)

    assert play.state == "GateFailed"
    assert "no better than the 0.9 of the model that serves" in play.message


def test_a_current_model_that_nobody_knows_the_metric_of_is_told_before_anything_is_trained() -> None:
    serves = {"variantName": "main", "modelDataURL": "s3://models/old.tar.gz", "container": {"image": "serve"}}
    play = Play(rule={"gate": {**GATE, "betterThanCurrent": True}}, endpoint=endpoint(serves))
    play.step()

    assert (play.made, play.held[0]) == ([], "CannotCompare")
    assert "no TrainingJob is known of the artifact s3://models/old.tar.gz" in play.held[1]


def test_a_current_model_whose_job_is_gone_or_reports_nothing_shuts_the_gate() -> None:
    play = Play(rule={"gate": {**GATE, "betterThanCurrent": True}})
    play.jobs[OLD] = job_body(OLD, 0.5, metric="loss")
    play.step()
    play.trained()
    assert play.state == "GateFailed"
    assert "TrainingJob digits-1 reports no metric validation:accuracy; it reports loss." in play.message

    gone = Play(rule={"gate": {**GATE, "betterThanCurrent": True}})
    gone.step()
    del gone.jobs[OLD]
    gone.trained()
    assert gone.state == "GateFailed"
    assert "TrainingJob default/digits-1 of the model that serves does not exist any more" in gone.message
