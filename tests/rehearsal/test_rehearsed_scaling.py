"""Endpoints whose variants Application Auto Scaling scales: from the first registration to the end, with whatever goes wrong."""

from typing import Any

import pytest
from tests.rehearsal.amazon import REGION
from tests.rehearsal.stage import Rehearsal, at_each_moment
from tests.rehearsal.test_rehearsed_endpoints import endpoint, serving

from sagemaker_operator.engine.resource import Key
from sagemaker_operator.kinds import GROUP, VERSION

SERVICE = "application-autoscaling"
INVOCATIONS = "SageMakerVariantInvocationsPerInstance"
_OPERATIONS = ("Register", "Deregister", "PutSc", "DeleteSc", "UpdateEndpoint", "CreateEndpoint", "DeleteEndpoint")


def scaled(*, most: int = 4, value: float = 70.0, policies: bool = True, **further: Any) -> dict[str, Any]:
    """What a variant says about being scaled."""
    tracking = [{"predefinedMetric": INVOCATIONS, "targetValue": value}]
    return {"minCapacity": 1, "maxCapacity": most, **({"targetTracking": tracking} if policies else {}), **further}


def web(autoscaling: dict[str, Any] | None, *, image: str = "one", **variant: Any) -> dict[str, Any]:
    """An Endpoint with a variant that is scaled, or not."""
    said = {"autoscaling": autoscaling} if autoscaling is not None else {}
    return endpoint(image=image, variant={**said, **variant})


def in_step(play: Rehearsal, key: Key) -> None:
    """Wait until it serves and is scaled as its manifest says."""
    play.until("it is in step", lambda: _in_step(play, key), within=7200.0)


def _in_step(play: Rehearsal, key: Key) -> bool:
    generation = play.generation(key)
    told = [play.condition(key, kind) for kind in ("Ready", "AutoscalingReady")]
    busy = play.condition(key, "Reconciling") or play.condition(key, "Stalled")
    return not busy and all(c.get("status") == "True" and c["observedGeneration"] == generation for c in told)


def calls(play: Rehearsal) -> list[str]:
    """What was changed of endpoints and of their scaling, in its order, but for their configurations."""
    found = [one.operation for one in play.amazon.core.journal.entries(outcome="ok")]
    return [name for name in found if name.startswith(_OPERATIONS) and not name.endswith("Config")]


def asked(play: Rehearsal) -> int:
    """How often Application Auto Scaling was asked what it has."""
    return play.amazon.core.journal.count("DescribeScalableTargets")


def autoscaling(play: Rehearsal, operation: str, **request: Any) -> dict[str, Any]:
    """Somebody calls Application Auto Scaling without the operator."""
    about = {"ServiceNamespace": "sagemaker", **request}
    return play.loop.run_until_complete(
        play.amazon.ask(operation, about, region=REGION, caller="somebody", service=SERVICE)
    )


def targets(play: Rehearsal) -> list[dict[str, Any]]:
    """What is registered, without asking."""
    return [one.shown for one in play.amazon.core.targets.known.values()]


def place(play: Rehearsal, key: Key, variant: str = "main") -> dict[str, str]:
    """How Application Auto Scaling calls a variant."""
    name = play.status(key)["endpointName"]
    return {
        "ResourceId": f"endpoint/{name}/variant/{variant}",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }


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


def test_a_serverless_variant_is_scaled_by_its_provisioned_concurrency() -> None:
    metric = "SageMakerVariantProvisionedConcurrencyUtilization"
    manifest = web(scaled(targetTracking=[{"predefinedMetric": metric, "targetValue": 0.7}]))
    (variant,) = manifest["spec"]["productionVariants"]
    del variant["instanceType"], variant["initialInstanceCount"]
    variant["serverlessConfig"] = {"memorySizeInMB": 2048, "maxConcurrency": 5, "provisionedConcurrency": 2}
    with Rehearsal() as play:
        key = play.apply(manifest)
        in_step(play, key)

        (told,) = play.status(key)["scaling"]
        assert told["scalableDimension"] == "sagemaker:variant:DesiredProvisionedConcurrency"
        assert told["current"] == 2
        play.quiet()


def component(**autoscaling: Any) -> dict[str, Any]:
    """An InferenceComponent with one copy at first, on the endpoint `web`."""
    said = {"autoscaling": {"minCapacity": 0, "maxCapacity": 3, **autoscaling}} if autoscaling else {}
    needs = {"minMemoryRequiredInMb": 1024}
    return {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "InferenceComponent",
        "metadata": {"name": "digits"},
        "spec": {
            "endpointRef": {"name": "web"},
            "variantName": "main",
            "specification": {
                "container": {"image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/one:1"},
                "computeResourceRequirements": needs,
            },
            "runtimeConfig": {"copyCount": 1},
            **said,
        },
    }


def host() -> dict[str, Any]:
    """An Endpoint for inference components."""
    manifest = endpoint()
    del manifest["spec"]["productionVariants"][0]["model"]
    return manifest


def test_an_inference_component_is_scaled_and_its_copies_are_not_put_back() -> None:
    copies = "SageMakerInferenceComponentInvocationsPerCopy"
    tracking = [{"predefinedMetric": copies, "targetValue": 5}]
    with Rehearsal() as play:
        play.apply(host())
        key = play.apply(component(targetTracking=tracking))
        in_step(play, key)
        name = play.status(key)["inferenceComponentName"]
        (registered,) = targets(play)

        play.console(
            "UpdateInferenceComponentRuntimeConfig", InferenceComponentName=name, DesiredRuntimeConfig={"CopyCount": 3}
        )
        play.run(1800)
        (told,) = play.status(key)["scaling"]
        play.apply(component())
        play.until("nothing is registered", lambda: not targets(play))
        play.until("it has its own count", lambda: play.status(key)["runtimeConfig"]["currentCopyCount"] == 1)

        assert registered["ScalableDimension"] == "sagemaker:inference-component:DesiredCopyCount"
        assert (told["minCapacity"], told["current"], told["desired"]) == (0, 3, 3)
        assert play.committed("UpdateInferenceComponent") + play.committed("UpdateInferenceComponentRuntimeConfig") == 2


def test_an_inference_component_is_deregistered_before_it_goes() -> None:
    with Rehearsal() as play:
        play.apply(host())
        key = play.apply(component(maxCapacity=2))
        in_step(play, key)

        play.delete(key)
        play.until("it is gone", lambda: not play.there(key))

        entries = [one.operation for one in play.amazon.core.journal.entries(outcome="ok")]
        order = [name for name in entries if name in ("DeregisterScalableTarget", "DeleteInferenceComponent")]
        assert order[:2] == ["DeregisterScalableTarget", "DeleteInferenceComponent"]
        assert targets(play) == []


def test_nothing_is_lost_or_left_over_wherever_the_operator_dies() -> None:
    def scenario(play: Rehearsal) -> None:
        key = play.apply(web(scaled()))
        in_step(play, key)
        play.apply(web(scaled(most=6), instanceType="ml.c5.large"))
        in_step(play, key)
        assert [one["MaxCapacity"] for one in targets(play)] == [6]
        assert play.committed("UpdateEndpoint") == 1
        play.delete(key)
        play.until("it is gone", lambda: not play.there(key))
        assert targets(play) == []
        assert play.jobs("Endpoint") == []

    assert at_each_moment(scenario) > 20


def test_what_is_stopped_and_comes_back_is_scaled_wherever_the_operator_dies() -> None:
    def scenario(play: Rehearsal) -> None:
        key = play.apply(web(scaled()))
        in_step(play, key)
        play.edit(key, stopped=True)
        play.until("it is stopped", lambda: play.says(key, "Suspended"))
        assert targets(play) == []
        play.edit(key, stopped=None)
        in_step(play, key)
        play.until("it is scaled", lambda: len(targets(play)) == 1)

    assert at_each_moment(scenario) > 20


def test_a_target_whose_registration_nobody_has_told_of_yet_is_taken_away_too() -> None:
    def scenario(play: Rehearsal) -> None:
        key = play.apply(web(scaled()))
        play.until("it is registered", lambda: bool(targets(play)))
        play.apply(web(None))
        play.until("nothing is registered", lambda: not targets(play))
        serving(play, key)
        assert "scaling" not in play.status(key)

    assert at_each_moment(scenario) > 10


@pytest.mark.parametrize("straggle", [None, 1.0])
def test_a_manifest_that_asks_for_it_no_more_is_heard_wherever_the_operator_dies(straggle: float | None) -> None:
    def scenario(play: Rehearsal) -> None:
        key = play.apply(web(scaled()))
        in_step(play, key)
        play.apply(web(None))
        play.until("nothing is registered", lambda: not targets(play) and "scaling" not in play.status(key))
        serving(play, key)
        play.quiet(600)

    assert at_each_moment(scenario, straggle=straggle) > 10
