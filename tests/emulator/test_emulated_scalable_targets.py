"""Application Auto Scaling beside SageMaker: what can be registered, what is told of it, and what goes with what."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError
from tests.emulator.asking import endpoint_config, refused, serving_endpoint, variant

from sagemaker_local.emulator import Emulator

PLACE = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/digits/variant/AllTraffic",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
METRIC = {"PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}}
TRACKING = {
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 70.0, **METRIC},
}


@pytest.fixture
def scaling(sagemaker: Emulator, client: Any) -> Iterator[Any]:
    serving_endpoint(sagemaker, client)
    made = sagemaker.client("application-autoscaling")
    yield made
    made.close()


def register(scaling: Any, **members: Any) -> None:
    scaling.register_scalable_target(**PLACE, **{"MinCapacity": 1, "MaxCapacity": 4, **members})


def targets(scaling: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    return found


def policies(scaling: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    return found


def test_only_what_exists_can_be_registered(scaling: Any) -> None:
    nobody = {**PLACE, "ResourceId": "endpoint/digits/variant/Nobody"}
    other = {**PLACE, "ScalableDimension": "sagemaker:inference-component:DesiredCopyCount"}

    said = [
        refused(scaling.register_scalable_target, **where, MinCapacity=1, MaxCapacity=2) for where in (nobody, other)
    ]

    assert [code for code, _ in said] == ["ValidationException"] * 2
    assert targets(scaling) == []


def test_a_target_that_is_registered_again_keeps_what_is_not_said(scaling: Any) -> None:
    register(scaling)
    (before,) = targets(scaling)

    scaling.register_scalable_target(**PLACE, MaxCapacity=9)

    (after,) = targets(scaling)
    assert after == {**before, "MaxCapacity": 9}
    assert after["SuspendedState"]["ScheduledScalingSuspended"] is False


def test_bounds_are_demanded_at_first_and_must_not_be_reversed(scaling: Any) -> None:
    nothing = refused(scaling.register_scalable_target, **PLACE, MinCapacity=1)
    reversed_ = refused(scaling.register_scalable_target, **PLACE, MinCapacity=3, MaxCapacity=2)

    assert (nothing[0], reversed_[0]) == ("ValidationException", "ValidationException")
    assert targets(scaling) == []


def test_a_policy_needs_a_target(scaling: Any) -> None:
    said = refused(scaling.put_scaling_policy, PolicyName="load", **PLACE, **TRACKING)

    place = (
        "resource ID: endpoint/digits/variant/AllTraffic, scalable dimension: sagemaker:variant:DesiredInstanceCount"
    )
    text = f"No scalable target registered for service namespace: sagemaker, {place}"
    assert said == ("ObjectNotFoundException", text)


def test_a_policy_shows_what_the_service_adds_and_keeps_its_arn_when_it_is_put_again(scaling: Any) -> None:
    register(scaling)
    scaling.put_scaling_policy(PolicyName="load", **PLACE, **TRACKING)
    (before,) = policies(scaling)

    scaling.put_scaling_policy(PolicyName="load", **PLACE, **TRACKING)

    (after,) = policies(scaling)
    shown = after["TargetTrackingScalingPolicyConfiguration"]
    assert (shown["ScaleInCooldown"], shown["DisableScaleIn"]) == (300, False)
    assert after["PolicyARN"] == before["PolicyARN"]
    assert len(after["Alarms"]) == 2


def test_a_metric_is_tracked_by_one_policy(scaling: Any) -> None:
    register(scaling)
    scaling.put_scaling_policy(PolicyName="load", **PLACE, **TRACKING)

    said = refused(scaling.put_scaling_policy, PolicyName="other", **PLACE, **TRACKING)

    text = "Only one TargetTrackingScaling policy for a given metric specification is allowed."
    assert said == ("ValidationException", text)


def test_with_a_target_go_its_policies_and_scheduled_actions(scaling: Any) -> None:
    register(scaling)
    scaling.put_scaling_policy(PolicyName="load", **PLACE, **TRACKING)
    bounds = {"MinCapacity": 2}
    scaling.put_scheduled_action(
        ScheduledActionName="morning", **PLACE, Schedule="cron(0 8 * * ? *)", ScalableTargetAction=bounds
    )

    scaling.deregister_scalable_target(**PLACE)
    register(scaling)

    assert policies(scaling) == []
    assert scaling.describe_scheduled_actions(ServiceNamespace="sagemaker")["ScheduledActions"] == []


def test_what_is_not_there_cannot_be_taken_away(scaling: Any) -> None:
    said = [
        refused(scaling.deregister_scalable_target, **PLACE),
        refused(scaling.delete_scaling_policy, **PLACE, PolicyName="load"),
        refused(scaling.delete_scheduled_action, **PLACE, ScheduledActionName="morning"),
    ]

    assert [code for code, _ in said] == ["ObjectNotFoundException"] * 3


def test_lists_come_in_pages(scaling: Any) -> None:
    register(scaling)
    for number in range(3):
        action = {
            "ScheduledActionName": f"at{number}",
            "Schedule": "rate(1 hour)",
            "ScalableTargetAction": {"MinCapacity": 1},
        }
        scaling.put_scheduled_action(**PLACE, **action)

    pages = scaling.get_paginator("describe_scheduled_actions").paginate(
        ServiceNamespace="sagemaker", PaginationConfig={"PageSize": 2}
    )

    sizes = [len(page["ScheduledActions"]) for page in pages]
    assert sizes == [2, 1]


@pytest.mark.parametrize(
    ("name", "members"),
    [("AllTraffic", {"InstanceType": "ml.c5.large"}), ("Another", {})],
    ids=["another instance type", "another variant"],
)
def test_an_update_that_takes_away_what_is_scaled_is_refused(
    sagemaker: Emulator, scaling: Any, client: Any, name: str, members: dict[str, Any]
) -> None:
    register(scaling)
    client.create_endpoint_config(**endpoint_config("third", ProductionVariants=[variant(name, **members)]))
    update = {"EndpointName": "digits", "EndpointConfigName": "third"}

    code, said = refused(client.update_endpoint, **update)
    scaling.deregister_scalable_target(**PLACE)
    client.update_endpoint(**update)

    assert code == "ValidationException"
    assert '"[AllTraffic]" must be deregistered as scalable targets' in said


def test_an_update_that_changes_the_model_keeps_the_target(sagemaker: Emulator, scaling: Any, client: Any) -> None:
    register(scaling)

    client.update_endpoint(EndpointName="digits", EndpointConfigName="second")
    sagemaker.clock.advance(600)

    assert len(targets(scaling)) == 1


def test_with_an_endpoint_go_its_targets(scaling: Any, client: Any) -> None:
    register(scaling)

    client.delete_endpoint(EndpointName="digits")

    assert targets(scaling) == []


def test_what_goes_wrong_on_request_goes_wrong_here_too(sagemaker: Emulator, scaling: Any) -> None:
    request = {**PLACE, "MinCapacity": 1, "MaxCapacity": 2}
    sagemaker.faults.throttle("RegisterScalableTarget", times=1)
    throttled = refused(scaling.register_scalable_target, **request)
    sagemaker.faults.deny("RegisterScalableTarget", times=1)
    denied = refused(scaling.register_scalable_target, **request)
    sagemaker.faults.lose_reply("RegisterScalableTarget", times=1)
    with pytest.raises(ConnectionClosedError):
        scaling.register_scalable_target(**request)

    assert throttled == ("ThrottlingException", "Rate exceeded")
    assert "not authorized to perform: application-autoscaling:RegisterScalableTarget" in denied[1]
    assert len(targets(scaling)) == 1
    outcomes = [one.outcome for one in sagemaker.journal.entries("RegisterScalableTarget")]
    assert outcomes == ["ThrottlingException", "AccessDeniedException", "lost"]
    assert sagemaker.journal.committed("RegisterScalableTarget") == 1


def test_targets_are_a_part_of_the_state_that_is_saved(sagemaker: Emulator, scaling: Any, tmp_path: Path) -> None:
    register(scaling)
    scaling.put_scaling_policy(PolicyName="load", **PLACE, **TRACKING)
    sagemaker.save(tmp_path / "state.zip")
    sagemaker.reset()
    empty = targets(scaling)

    sagemaker.restore(tmp_path / "state.zip")

    assert (empty, len(targets(scaling)), len(policies(scaling))) == ([], 1, 1)


def test_targets_of_other_services_are_none_of_ours(scaling: Any) -> None:
    scaling.register_scalable_target(
        ServiceNamespace="dynamodb", ResourceId="table/digits", ScalableDimension="dynamodb:table:ReadCapacityUnits",
        MinCapacity=1, MaxCapacity=2,
    )  # fmt: skip

    assert targets(scaling) == []
    assert len(scaling.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"]) == 1
