"""From violations to another model that serves: every step, and the operator killed at each of its effects."""

from typing import Any

import pytest
from retraining import (
    GATE,
    PROMOTE,
    TEMPLATE,
    VARIANT,
    Play,
    approve,
    execution,
    promoted,
)

from sagemaker_operator.composites.asks import Denied, Edit, Fetch
from sagemaker_operator.composites.monitoring.execution import Result
from sagemaker_operator.composites.plan import Refusal
from sagemaker_operator.kinds import GROUP


def test_violations_lead_to_a_job_that_is_given_what_was_captured() -> None:
    play = Play()
    play.step()

    (made,) = play.made
    channels = {one["channelName"]: one["dataSource"]["s3DataSource"] for one in made.spec["inputDataConfig"]}
    assert channels["captured"] == {"s3DataType": "S3Prefix", "s3URI": "s3://captured/digits/main/2026/01/05/11/"}
    assert channels["train"]["s3URI"] == "s3://data/train"
    assert made.spec["environment"] == {
        "EPOCHS": "3",
        "CAPTURED_START": "2026-01-05T11:00:00Z",
        "CAPTURED_END": "2026-01-05T12:00:00Z",
    }
    assert made.labels == {"team": "digits", f"{GROUP}/monitoringschedule": "digits"}
    assert made.name == f"digits-retrain-{play.decision}"
    assert (play.state, play.condition()) == ("Training", ("True", "Training"))
    assert TEMPLATE["spec"]["environment"] == {"EPOCHS": "3"}


def test_a_model_that_is_good_enough_is_given_to_the_endpoint_and_becomes_what_serves() -> None:
    play = promoted(Play())

    assert play.variant == {**VARIANT, "trainingJobRef": {"name": play.made[0].name}}
    assert (play.state, play.condition()) == ("Promoted", ("False", "Promoted"))
    assert play.reasons() == [
        "RetrainingStarted",
        "RetrainingGatePassed",
        "RetrainingPromoting",
        "RetrainingRollingOut",
        "RetrainingPromoted",
    ]
    steps = play.status["retraining"]["history"][0]["steps"]
    assert [(step["state"], step["time"][11:16]) for step in steps] == [
        ("Training", "12:00"),
        ("Promoting", "12:05"),
        ("RollingOut", "12:05"),
        ("Promoted", "12:06"),
    ]
    assert play.status["retraining"]["metric"] == {"name": "validation:accuracy", "value": 0.9}
    assert play.children == {}


@pytest.mark.parametrize("kill_at", range(30))
def test_wherever_the_operator_dies_there_is_one_job_one_edit_and_the_same_end(kill_at: int) -> None:
    whole = promoted(Play(rule={"gate": {**GATE, "betterThanCurrent": True}, "rebaseline": "Captured"}))

    play = promoted(Play(rule={"gate": {**GATE, "betterThanCurrent": True}, "rebaseline": "Captured"}, kill_at=kill_at))

    assert whole.effects < 30
    assert len(play.made) == 1
    assert play.edits == 1
    assert play.status == whole.status
    assert play.variant == whole.variant


def test_whoever_decides_about_the_same_run_names_the_same_job() -> None:
    first, second = Play(), Play()
    first.step()
    second.wait(minutes=7)

    assert first.made[0].name == second.made[0].name


def test_a_decision_is_never_taken_twice_however_long_ago_it_was() -> None:
    play = promoted(Play(rule={"cooldown": "0s"}))
    play.wait(days=30)

    assert len(play.made) == 1


def test_approval_waits_for_the_annotation_that_names_the_decision() -> None:
    play = Play(rule={"promote": {"endpointRef": {"name": "digits"}}})
    play.step()
    play.trained()
    assert (play.state, play.edits) == ("AwaitingApproval", 0)
    assert f"{GROUP}/approve={play.decision}" in play.message

    play.annotations[f"{GROUP}/approve"] = "another"
    play.wait(days=3)
    assert (play.state, play.edits) == ("AwaitingApproval", 0)

    approve(play)
    assert (play.state, play.edits) == ("RollingOut", 1)
    assert "RetrainingApproved" in play.reasons()


def test_a_model_that_is_rejected_goes_nowhere() -> None:
    play = Play(rule={"promote": {"endpointRef": {"name": "digits"}}})
    play.step()
    play.trained()
    approve(play, word="reject")

    assert (play.state, play.edits, play.condition()) == ("Rejected", 0, ("False", "Rejected"))


def test_without_promotion_a_model_is_trained_and_nothing_else() -> None:
    play = Play(rule={"promote": None})
    play.step()
    play.trained()

    assert (play.state, play.edits, play.condition()) == ("Trained", 0, ("False", "Trained"))


def test_a_training_that_fails_ends_the_decision_in_its_own_words() -> None:
    play = Play()
    play.step()
    play.trained(succeeded=False, message="AlgorithmError: no such column")

    assert (play.state, play.condition()) == ("TrainingFailed", ("False", "TrainingFailed"))
    assert "AlgorithmError: no such column" in play.message
    assert play.told[-1][0] == "RetrainingTrainingFailed"


def test_a_job_that_somebody_deletes_is_not_made_again() -> None:
    play = Play()
    play.step()
    play.wait(minutes=1)
    play.children.clear()
    play.wait(minutes=1)

    assert (play.state, len(play.made)) == ("TrainingFailed", 1)


def test_a_job_that_kubernetes_refuses_is_tried_again_when_the_template_is_mended() -> None:
    play = Play()
    name = f"digits-retrain-{first_decision()}"
    play.refused[name] = Refusal("spec.roleARN: Required value")
    play.step()
    assert (play.state, play.made) == ("Training", [])
    assert "cannot be created: spec.roleARN: Required value" in play.message

    play.refused.clear()
    play.wait(minutes=1)
    assert [made.name for made in play.made] == [name]


def test_a_job_of_somebody_else_with_that_name_ends_the_decision() -> None:
    play = Play()
    play.refused[f"digits-retrain-{first_decision()}"] = Refusal("already exists", taken=True)
    play.step()

    assert play.state == "TrainingFailed"
    assert "there is another of that name" in play.message


def first_decision() -> str:
    play = Play()
    play.step()
    return play.decision


def test_an_endpoint_that_rolls_back_stops_the_loop_until_somebody_has_mended_it() -> None:
    play = Play(rule={"cooldown": "1h"})
    play.step()
    play.trained()
    play.rolled_out(back="The alarm digits-errors fired.")
    assert (play.state, play.condition()) == ("RolledBack", ("False", "RolledBack"))
    assert "The alarm digits-errors fired." in play.message

    play.executions = [execution(5)]
    play.wait(hours=5)
    assert (len(play.made), play.held[0]) == (1, "EndpointRolledBack")
    assert play.condition() == ("False", "RolledBack")
    assert play.told[-1][0] == "RetrainingHeld"

    play.edit({"spec": {"productionVariants": [VARIANT]}})
    play.rolled_out()
    assert len(play.made) == 2


def test_an_endpoint_that_needs_somebody_during_the_roll_out_is_waited_for_and_told_about() -> None:
    play = Play()
    play.step()
    play.trained()
    play.rolled_out(stalled="There is no capacity.")
    assert play.state == "RollingOut"
    assert "It needs somebody: There is no capacity." in play.message

    play.rolled_out()
    assert play.state == "Promoted"


def test_a_model_that_somebody_replaces_before_it_serves_is_superseded() -> None:
    play = Play()
    play.step()
    play.trained()
    play.edit({"spec": {"productionVariants": [{**VARIANT, "trainingJobRef": {"name": "by-hand"}}]}})
    play.rolled_out()

    assert (play.state, play.edits) == ("Superseded", 1)


def test_an_edit_that_another_one_got_ahead_of_is_made_anew_from_what_there_is() -> None:
    play = Play()
    play.step()
    play.denied[Edit] = Denied("the object has been modified", passing=True)
    found = play.trained()
    assert (play.state, play.edits) == ("Promoting", 0)
    assert found.wake_at is not None

    play.denied.clear()
    play.edit({"spec": {"tags": [{"key": "a", "value": "b"}]}})
    play.rolled_out()
    assert (play.state, play.edits) == ("RollingOut", 1)
    assert play.endpoint is not None
    assert play.endpoint["spec"]["tags"] == [{"key": "a", "value": "b"}]


def test_an_edit_that_kubernetes_refuses_is_told_in_its_words() -> None:
    play = Play()
    play.step()
    play.denied[Edit] = Denied("spec.productionVariants: Invalid value")
    play.trained()

    assert play.state == "PromotionRefused"
    assert "cannot be given the model: spec.productionVariants: Invalid value" in play.message


def test_what_cannot_be_read_for_a_moment_is_asked_again() -> None:
    play = Play()
    play.denied[Fetch] = Denied("the API server is away", passing=True)
    found = play.step()
    assert (play.made, play.held[0]) == ([], "EndpointUnknown")
    assert found.wake_at is not None

    play.denied.clear()
    play.wait(minutes=1)
    assert len(play.made) == 1


def test_removing_the_rule_ends_what_is_under_way() -> None:
    play = Play()
    play.step()
    play.rule = None
    play.step()

    assert (play.state, play.condition()) == ("Cancelled", ("False", "Cancelled"))
    assert play.step().create == ()


def test_while_the_schedule_is_deleted_nothing_follows_and_nothing_is_forgotten() -> None:
    play = Play()
    play.step()
    before = play.status
    play.deleting = True
    play.step()

    assert (play.status, len(play.made)) == (before, 1)


@pytest.mark.parametrize(
    ("rebaseline", "wanted"),
    [
        (None, None),
        ("Never", None),
        (
            "Captured",
            {
                "captured": {
                    "s3URI": "s3://captured/digits/main/2026/01/05/11/",
                    "startTime": "2026-01-05T11:00:00Z",
                    "endTime": "2026-01-05T12:00:00Z",
                }
            },
        ),
        ("TrainingData", {"trainingJob": {"name": "", "channel": "train"}}),
    ],
)
def test_what_later_runs_are_compared_with_is_told_once_the_model_serves(rebaseline: str | None, wanted: Any) -> None:
    play = Play(rule={"rebaseline": rebaseline})
    play.step()
    play.trained()
    assert "baselineFrom" not in play.status["retraining"]
    play.rolled_out()

    if wanted and "trainingJob" in wanted:
        wanted = {"trainingJob": {"name": play.made[0].name, "channel": "train"}}
    assert play.status["retraining"].get("baselineFrom") == wanted
    assert ("baselineSince" in play.status["retraining"]) == (wanted is not None)


def test_the_job_of_a_promoted_model_stays_and_others_go_once_they_are_forgotten() -> None:
    play = Play(rule={"cooldown": "1m", "maxRetrainsPerWeek": 10, "promote": None})
    for hour in range(12):
        play.executions = [execution(20 * hour + 19)]
        play.wait(hours=20)
        play.trained()

    assert len(play.made) == 12
    assert len(play.status["retraining"]["history"]) == 10
    assert sorted(play.children) == sorted(made.name for made in play.made[2:])


def test_the_history_counts_decisions_whatever_came_of_them() -> None:
    play = Play(rule={"promote": PROMOTE})
    play.step()
    play.trained(0.1)

    (one,) = play.status["retraining"]["history"]
    assert (one["state"], one["metric"]["value"], one["execution"]) == ("GateFailed", 0.1, "digits-0")


def test_runs_without_violations_lead_to_nothing_and_say_nothing() -> None:
    play = Play(executions=[execution(0, result=Result.COMPLETED)])
    play.step()

    assert (play.made, play.status, play.condition(), play.told) == ([], {}, ("", ""), [])
