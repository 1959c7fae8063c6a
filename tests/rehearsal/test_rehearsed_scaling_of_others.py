"""Scaled endpoints beside what others do at Application Auto Scaling, and when it does not answer as hoped."""

import pytest
from tests.rehearsal.scaled import asked, autoscaling, calls, in_step, place, scaled, targets, web
from tests.rehearsal.stage import Rehearsal
from tests.rehearsal.test_rehearsed_endpoints import serving


def test_what_others_have_registered_stays_as_it_is() -> None:
    with Rehearsal() as play:
        key = play.apply(web(None))
        serving(play, key)
        autoscaling(play, "RegisterScalableTarget", **place(play, key), MinCapacity=2, MaxCapacity=7)

        play.apply(web(None, image="two"))
        play.until("it is rolled out", lambda: len(play.status(key)["revisions"]) == 2)
        serving(play, key)

        assert [(one["MinCapacity"], one["MaxCapacity"]) for one in targets(play)] == [(2, 7)]
        assert asked(play) == 0


def test_a_policy_of_somebody_else_outlives_ours() -> None:
    theirs = {
        "PolicyName": "theirs",
        "PolicyType": "StepScaling",
        "StepScalingPolicyConfiguration": {
            "AdjustmentType": "ExactCapacity",
            "StepAdjustments": [{"ScalingAdjustment": 1}],
        },
    }
    with Rehearsal() as play:
        key = play.apply(web(scaled()))
        in_step(play, key)
        autoscaling(play, "PutScalingPolicy", **place(play, key), **theirs)

        play.apply(web(scaled(most=8)))
        in_step(play, key)
        kept = len(autoscaling(play, "DescribeScalingPolicies")["ScalingPolicies"])
        play.apply(web(None))
        play.until("ours is gone", lambda: play.committed("DeleteScalingPolicy") == 1)
        serving(play, key)

        assert kept == 2
        left = autoscaling(play, "DescribeScalingPolicies")["ScalingPolicies"]
        assert [one["PolicyName"] for one in left] == ["theirs"]


def test_that_an_endpoint_cannot_go_because_of_a_target_of_others_is_told() -> None:
    with Rehearsal() as play:
        key = play.apply(web(None))
        serving(play, key)
        autoscaling(play, "RegisterScalableTarget", **place(play, key), MinCapacity=2, MaxCapacity=7)
        play.amazon.core.scenarios.fail("Endpoint", "web", reason="AccessDenied", at="DeregisterScalableTarget")

        play.delete(key)
        play.until("it is told", lambda: play.says(key, "Stalled"))

        assert "DeregisterScalableTarget permission" in play.condition(key, "Stalled")["message"]


def test_bounds_that_others_have_changed_are_put_back_at_the_next_look_for_drift() -> None:
    with Rehearsal(drift=3600.0) as play:
        key = play.apply(web(scaled()))
        in_step(play, key)

        autoscaling(play, "RegisterScalableTarget", **place(play, key), MaxCapacity=99)
        play.until("it is put back", lambda: [one["MaxCapacity"] for one in targets(play)] == [4], within=8000.0)

        assert calls(play)[-1] == "RegisterScalableTarget"


def test_bounds_that_others_have_changed_stay_where_the_manifest_ignores_drift() -> None:
    manifest = web(scaled())
    manifest["spec"]["driftPolicy"] = "Ignore"
    with Rehearsal(drift=3600.0) as play:
        key = play.apply(manifest)
        in_step(play, key)

        autoscaling(play, "RegisterScalableTarget", **place(play, key), MaxCapacity=99)
        play.run(8000)

        assert [one["MaxCapacity"] for one in targets(play)] == [99]


@pytest.mark.parametrize("operation", ["DescribeScalableTargets", "RegisterScalableTarget", "PutScalingPolicy"])
def test_an_endpoint_that_cannot_be_scaled_serves_all_the_same(operation: str) -> None:
    with Rehearsal() as play:
        play.amazon.core.faults.deny(operation)
        key = play.apply(web(scaled()))

        play.until("it is told", lambda: play.says(key, "AutoscalingReady", "False"))
        told = play.condition(key, "AutoscalingReady")
        serves = play.says(key, "Ready"), play.condition(key, "Stalled")
        play.amazon.core.faults.clear()
        in_step(play, key)

        assert told["reason"] == "AccessDenied"
        assert f"application-autoscaling:{operation}" in told["message"]
        assert serves == (True, {})
        play.quiet()


@pytest.mark.parametrize("fault", ["throttle", "error", "lose_reply", "cut"])
@pytest.mark.parametrize("operation", ["DescribeScalableTargets", "RegisterScalableTarget", "PutScalingPolicy"])
def test_a_call_that_does_not_get_through_is_made_again(operation: str, fault: str) -> None:
    with Rehearsal() as play:
        getattr(play.amazon.core.faults, fault)(operation, times=2)
        key = play.apply(web(scaled()))

        play.until("it serves", lambda: play.says(key, "Ready"))
        served = play.seconds
        in_step(play, key)

        assert play.seconds - served < 15
        assert len(targets(play)) == 1
        assert len(autoscaling(play, "DescribeScalingPolicies")["ScalingPolicies"]) == 1
        play.quiet()


def test_an_update_waits_for_a_target_that_may_not_be_taken_away() -> None:
    with Rehearsal() as play:
        key = play.apply(web(scaled()))
        in_step(play, key)
        play.amazon.core.faults.deny("DeregisterScalableTarget")

        play.apply(web(scaled(), instanceType="ml.c5.large"))
        play.until("it is told", lambda: play.says(key, "Stalled"))
        told, serves = play.condition(key, "Stalled"), play.says(key, "Ready")
        updates = calls(play).count("UpdateEndpoint")
        play.amazon.core.faults.clear()
        in_step(play, key)

        assert (told["reason"], serves, updates) == ("AccessDenied", True, 0)
        assert "application-autoscaling:DeregisterScalableTarget" in told["message"]


def test_a_deletion_waits_for_a_target_that_may_not_be_taken_away() -> None:
    with Rehearsal() as play:
        key = play.apply(web(scaled()))
        in_step(play, key)
        play.amazon.core.faults.deny("DeregisterScalableTarget")

        play.delete(key)
        play.until("it is told", lambda: play.says(key, "Stalled"))
        told = play.condition(key, "Stalled")
        play.amazon.core.faults.clear()
        play.until("it is gone", lambda: not play.there(key))

        assert told["reason"] == "AccessDenied"
        assert targets(play) == []


def test_a_target_that_is_gone_already_is_in_nobodys_way() -> None:
    with Rehearsal() as play:
        key = play.apply(web(scaled()))
        in_step(play, key)
        autoscaling(play, "DeregisterScalableTarget", **place(play, key))

        play.delete(key)

        play.until("it is gone", lambda: not play.there(key))
