"""Endpoints whose variants Application Auto Scaling scales, from the first registration to the end."""

from tests.rehearsal.scaled import INVOCATIONS, asked, autoscaling, calls, in_step, scaled, targets, web
from tests.rehearsal.stage import Rehearsal


def test_a_variant_is_registered_once_it_serves() -> None:
    with Rehearsal() as play:
        key = play.apply(web(scaled()))

        in_step(play, key)

        assert calls(play) == ["CreateEndpoint", "RegisterScalableTarget", "PutScalingPolicy"]
        (told,) = play.status(key)["scaling"]
        assert {name: told[name] for name in ("variantName", "minCapacity", "maxCapacity", "current", "desired")} == {
            "variantName": "main",
            "minCapacity": 1,
            "maxCapacity": 4,
            "current": 1,
            "desired": 1,
        }
        assert told["policies"][0]["name"] == INVOCATIONS
        assert told["policies"][0]["arn"].startswith("arn:aws:autoscaling:us-east-1:")
        play.quiet()


def test_nobody_asks_again_as_long_as_nothing_changes() -> None:
    with Rehearsal(drift=1e9) as play:
        key = play.apply(web(scaled()))
        in_step(play, key)

        play.quiet()
        play.restart()
        play.quiet()

        assert asked(play) == 1


def test_an_edit_changes_bounds_and_policies_where_they_stand() -> None:
    with Rehearsal() as play:
        key = play.apply(web(scaled()))
        in_step(play, key)
        before = calls(play)

        play.apply(web(scaled(most=9, value=50.0)))
        in_step(play, key)

        assert calls(play)[len(before) :] == ["RegisterScalableTarget", "PutScalingPolicy"]
        assert [one["MaxCapacity"] for one in targets(play)] == [9]
        play.quiet()


def test_a_member_that_is_not_set_any_more_is_put_back_to_its_default() -> None:
    slow = [{"predefinedMetric": INVOCATIONS, "targetValue": 70.0, "scaleInCooldown": 900}]
    with Rehearsal() as play:
        key = play.apply(web(scaled(targetTracking=slow)))
        in_step(play, key)

        play.apply(web(scaled()))
        in_step(play, key)

        (policy,) = autoscaling(play, "DescribeScalingPolicies")["ScalingPolicies"]
        assert policy["TargetTrackingScalingPolicyConfiguration"]["ScaleInCooldown"] == 300


def test_a_policy_that_is_renamed_is_never_there_twice() -> None:
    named = [{"name": "load", "predefinedMetric": INVOCATIONS, "targetValue": 70.0}]
    with Rehearsal() as play:
        key = play.apply(web(scaled()))
        in_step(play, key)
        before = calls(play)

        play.apply(web(scaled(targetTracking=named)))
        in_step(play, key)

        assert calls(play)[len(before) :] == ["DeleteScalingPolicy", "PutScalingPolicy"]
        assert [one["name"] for one in play.status(key)["scaling"][0]["policies"]] == ["load"]


def test_steps_and_schedules_come_and_go_with_the_manifest() -> None:
    wake = {
        "name": "wake",
        "adjustmentType": "ChangeInCapacity",
        "stepAdjustments": [{"metricIntervalLowerBound": 0, "scalingAdjustment": 1}],
    }
    night = {"name": "night", "schedule": "cron(0 22 * * ? *)", "timezone": "Europe/Berlin", "maxCapacity": 2}
    with Rehearsal() as play:
        key = play.apply(web(scaled(step=[wake], scheduled=[night])))
        in_step(play, key)
        (told,) = play.status(key)["scaling"]
        names = [one["name"] for part in ("policies", "scheduled") for one in told[part]]

        play.apply(web(scaled()))
        in_step(play, key)

        assert names == [INVOCATIONS, "wake", "night"]
        assert calls(play)[-2:] == ["DeleteScalingPolicy", "DeleteScheduledAction"]
        assert "scheduled" not in play.status(key)["scaling"][0]
        play.quiet()


def test_another_model_keeps_the_target_and_the_count_that_it_was_scaled_to() -> None:
    with Rehearsal(drift=1e9) as play:
        key = play.apply(web(scaled()))
        in_step(play, key)
        first = play.status(key)["endpointConfigName"]
        play.amazon.core.scale(play.status(key)["endpointName"], "main", 3)
        play.run(600)
        before = calls(play)

        play.apply(web(scaled(), image="two"))
        play.until("it serves the second", lambda: play.status(key)["endpointConfigName"] != first)
        in_step(play, key)

        assert calls(play)[len(before) :] == ["UpdateEndpoint"]
        assert play.status(key)["scaling"][0]["current"] == 3
        assert asked(play) == 2
        play.quiet()


def test_another_instance_type_takes_the_target_away_and_brings_it_back() -> None:
    with Rehearsal() as play:
        key = play.apply(web(scaled()))
        in_step(play, key)
        before = calls(play)

        play.apply(web(scaled(), instanceType="ml.c5.large"))
        play.until("it is told", lambda: play.says(key, "AutoscalingReady", "False"))
        during = play.condition(key, "AutoscalingReady")["reason"], play.says(key, "Ready")
        in_step(play, key)

        expected = ["DeregisterScalableTarget", "UpdateEndpoint", "RegisterScalableTarget", "PutScalingPolicy"]
        assert calls(play)[len(before) :] == expected
        assert during == ("Updating", True)
        play.quiet()


def test_what_serves_after_a_roll_back_is_scaled_again() -> None:
    with Rehearsal() as play:
        key = play.apply(web(scaled()))
        in_step(play, key)
        play.amazon.core.scenarios.fail("Endpoint", "web", reason="CapacityError: none left.", at="Updating", times=1)

        play.apply(web(scaled(), instanceType="ml.c5.large"))
        play.until("it is rolled back", lambda: play.says(key, "RolledBack"))
        play.until("it is scaled", lambda: play.says(key, "AutoscalingReady"))

        assert calls(play).count("UpdateEndpoint") == 1
        assert len(targets(play)) == 1
        play.quiet()


def test_a_variant_that_never_came_is_not_asked_for() -> None:
    second = {**web(scaled())["spec"]["productionVariants"][0], "variantName": "second"}
    both = web(scaled(most=7))
    both["spec"]["productionVariants"] = [*both["spec"]["productionVariants"], second]
    with Rehearsal() as play:
        key = play.apply(web(scaled()))
        in_step(play, key)
        play.amazon.core.scenarios.fail("Endpoint", "web", reason="CapacityError: none left.", at="Updating", times=1)

        play.apply(both)
        play.until("it is rolled back", lambda: play.says(key, "RolledBack"))
        play.until("the other is changed", lambda: [one["MaxCapacity"] for one in targets(play)] == [7])

        assert play.says(key, "AutoscalingReady")
        play.quiet()


def test_a_variant_that_goes_is_deregistered_before() -> None:
    second = {**web(scaled())["spec"]["productionVariants"][0], "variantName": "second"}
    both, one = web(scaled()), web(scaled())
    both["spec"]["productionVariants"] = [*both["spec"]["productionVariants"], second]
    with Rehearsal() as play:
        key = play.apply(both)
        in_step(play, key)
        first, before = play.status(key)["endpointConfigName"], calls(play)

        play.apply(one)
        play.until("one is left", lambda: play.status(key)["endpointConfigName"] != first)
        in_step(play, key)

        assert calls(play)[len(before) :] == ["DeregisterScalableTarget", "UpdateEndpoint"]
        assert [entry["variantName"] for entry in play.status(key)["scaling"]] == ["main"]
        play.quiet()


def test_a_manifest_that_asks_for_it_no_more_takes_the_target_away() -> None:
    with Rehearsal() as play:
        key = play.apply(web(scaled()))
        in_step(play, key)
        before = calls(play)

        play.apply(web(None))
        play.until("nothing is registered", lambda: not targets(play))
        play.run(1)

        assert calls(play)[len(before) :] == ["DeregisterScalableTarget"]
        assert "scaling" not in play.status(key)
        assert play.condition(key, "AutoscalingReady") == {}
        play.quiet()


def test_a_deletion_takes_the_target_away_first() -> None:
    with Rehearsal() as play:
        key = play.apply(web(scaled()))
        in_step(play, key)

        play.delete(key)
        play.until("it is gone", lambda: not play.there(key))

        assert calls(play)[-2:] == ["DeregisterScalableTarget", "DeleteEndpoint"]
        assert targets(play) == []


def test_what_is_stopped_is_not_scaled_and_what_comes_back_is() -> None:
    with Rehearsal() as play:
        key = play.apply(web(scaled()))
        in_step(play, key)

        play.edit(key, stopped=True)
        play.until("it is stopped", lambda: play.says(key, "Suspended"))
        during = calls(play)[-2:], targets(play), "scaling" in play.status(key), play.condition(key, "AutoscalingReady")
        play.edit(key, stopped=None)
        in_step(play, key)

        assert during == (["DeregisterScalableTarget", "DeleteEndpoint"], [], False, {})
        assert calls(play)[-3:] == ["CreateEndpoint", "RegisterScalableTarget", "PutScalingPolicy"]
        play.quiet()
