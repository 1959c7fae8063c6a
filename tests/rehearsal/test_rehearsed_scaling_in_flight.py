"""Scaled endpoints that are edited, deleted or lost at a bad moment."""

from tests.rehearsal.scaled import INVOCATIONS, autoscaling, calls, in_step, place, scaled, targets, web
from tests.rehearsal.stage import Rehearsal
from tests.rehearsal.test_rehearsed_endpoints import serving


def test_to_return_to_a_revision_of_another_instance_type_goes_the_same_way() -> None:
    with Rehearsal() as play:
        key = play.apply(web(scaled()))
        in_step(play, key)
        first = play.status(key)["endpointConfigName"]
        play.apply(web(scaled(), instanceType="ml.c5.large"))
        in_step(play, key)
        before = calls(play)

        play.edit(key, rollbackTo=1)
        play.until("the first serves", lambda: play.status(key)["endpointConfigName"] == first)
        in_step(play, key)

        expected = ["DeregisterScalableTarget", "UpdateEndpoint", "RegisterScalableTarget", "PutScalingPolicy"]
        assert calls(play)[len(before) :] == expected


def test_bounds_that_are_edited_during_a_roll_out_wait_until_it_is_over() -> None:
    with Rehearsal() as play:
        key = play.apply(web(scaled()))
        in_step(play, key)
        play.apply(web(scaled(), image="two"))
        play.until("it is rolled out", lambda: play.amazon.resources("Endpoint")[0].status == "Updating")

        play.apply(web(scaled(most=8), image="two"))
        play.run(60)
        during = [one["MaxCapacity"] for one in targets(play)], play.condition(key, "AutoscalingReady")["status"]
        in_step(play, key)

        assert during == ([4], "Unknown")
        assert [one["MaxCapacity"] for one in targets(play)] == [8]
        assert calls(play).count("UpdateEndpoint") == 1


def test_an_endpoint_that_is_deleted_during_a_roll_out_leaves_no_target() -> None:
    with Rehearsal() as play:
        key = play.apply(web(scaled()))
        in_step(play, key)
        play.apply(web(scaled(), image="two"))
        play.until("it is rolled out", lambda: play.amazon.resources("Endpoint")[0].status == "Updating")

        play.delete(key)
        play.until("it is gone", lambda: not play.there(key))

        assert calls(play)[-2:] == ["DeregisterScalableTarget", "DeleteEndpoint"]
        assert targets(play) == []


def test_an_endpoint_that_somebody_deletes_is_scaled_again_when_it_is_back() -> None:
    with Rehearsal() as play:
        key = play.apply(web(scaled()))
        in_step(play, key)
        play.console("DeleteEndpoint", EndpointName=play.status(key)["endpointName"])

        play.until("there is another", lambda: play.committed("CreateEndpoint") == 2)
        play.run(10)
        during = play.condition(key, "AutoscalingReady"), "scaling" in play.status(key)
        in_step(play, key)

        assert during == ({}, False)
        assert len(targets(play)) == 1
        play.quiet()


def test_an_endpoint_that_failed_is_scaled_once_it_was_created_again() -> None:
    with Rehearsal() as play:
        play.amazon.core.scenarios.fail("Endpoint", "web", reason="CannotStartContainerError: no.", times=1)
        manifest = web(scaled())
        manifest["spec"]["recreateOnFailure"] = True
        key = play.apply(manifest)

        in_step(play, key)

        assert calls(play) == [
            "CreateEndpoint",
            "DeleteEndpoint",
            "CreateEndpoint",
            "RegisterScalableTarget",
            "PutScalingPolicy",
        ]


def test_that_a_target_of_others_keeps_an_instance_type_from_being_changed_is_told() -> None:
    with Rehearsal() as play:
        key = play.apply(web(None))
        serving(play, key)
        autoscaling(play, "RegisterScalableTarget", **place(play, key), MinCapacity=2, MaxCapacity=7)

        play.apply(web(None, instanceType="ml.c5.large"))
        play.until("it is told", lambda: play.says(key, "Stalled"))

        assert "must be deregistered as scalable targets" in play.condition(key, "Stalled")["message"]
        assert play.says(key, "Ready")
        assert len(targets(play)) == 1


def test_a_wish_that_the_service_refuses_is_told_in_its_words_and_not_repeated_at_every_look() -> None:
    taken = {
        "PolicyName": "theirs",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": 5.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": INVOCATIONS},
        },
    }
    with Rehearsal() as play:
        key = play.apply(web(scaled(policies=False)))
        in_step(play, key)
        autoscaling(play, "PutScalingPolicy", **place(play, key), **taken)

        play.apply(web(scaled()))
        play.until("it is told", lambda: play.says(key, "AutoscalingReady", "False"))
        play.run(3600)

        told = play.condition(key, "AutoscalingReady")
        assert told["reason"] == "RefusedByAWS"
        assert "Only one TargetTrackingScaling policy" in told["message"]
        assert play.says(key, "Ready")
        assert play.amazon.core.journal.count("PutScalingPolicy") < 12
        assert len(play.events(key, "AutoscalingFailed")) == 1
