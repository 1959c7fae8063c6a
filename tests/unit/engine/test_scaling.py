"""What is asked of Application Auto Scaling, and the calls that lead from what it has to that."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sagemaker_operator.engine.scaling import memory
from sagemaker_operator.engine.scaling.difference import changes
from sagemaker_operator.engine.scaling.found import Change, Found, Place, after
from sagemaker_operator.engine.scaling.memory import Ours
from sagemaker_operator.engine.scaling.wanted import Wanted, wanted
from sagemaker_operator.kinds import KINDS

MAIN = Place("main", "endpoint/digits/variant/main", "sagemaker:variant:DesiredInstanceCount")
INVOCATIONS = "SageMakerVariantInvocationsPerInstance"
LOAD = {"predefinedMetric": INVOCATIONS, "targetValue": 70}
NIGHT = {"name": "night", "schedule": "cron(0 22 * * ? *)", "maxCapacity": 1}
WAKE = {"name": "wake", "adjustmentType": "ChangeInCapacity", "stepAdjustments": [{"scalingAdjustment": 1}]}


def asked(**autoscaling: Any) -> Wanted:
    """What is asked for one variant."""
    said = {"minCapacity": 1, "maxCapacity": 4, **autoscaling}
    spec = {"productionVariants": [{"variantName": "main", "autoscaling": said}]}
    (one,) = wanted(KINDS["Endpoint"].scalable, spec, "digits")
    return one


def carried_out(found: Found, calls: tuple[Change, ...]) -> Found:
    for call in calls:
        found = after(found, call, {"PolicyARN": "arn:aws:autoscaling:::policy"} if "Policy" in call.operation else {})
    return found


def made(one: Wanted) -> tuple[dict[Place, Found], dict[Place, Ours]]:
    """What there is, and what is remembered, once all is as wanted."""
    found = carried_out(Found(), changes({MAIN: one}, {}, {}))
    return {MAIN: found}, memory.done({MAIN: one})


def operations(calls: tuple[Change, ...]) -> list[str]:
    return [call.operation for call in calls]


def test_a_target_comes_before_its_policies_and_these_before_its_schedule() -> None:
    calls = changes({MAIN: asked(targetTracking=[LOAD], step=[WAKE], scheduled=[NIGHT])}, {}, {})

    assert operations(calls) == ["RegisterScalableTarget", "PutScalingPolicy", "PutScalingPolicy", "PutScheduledAction"]
    assert calls[0].request == {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/digits/variant/main",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "MinCapacity": 1,
        "MaxCapacity": 4,
    }
    tracking = calls[1].members["TargetTrackingScalingPolicyConfiguration"]
    assert tracking == {
        "TargetValue": 70,
        "PredefinedMetricSpecification": {"PredefinedMetricType": INVOCATIONS},
    }
    assert calls[3].members["ScalableTargetAction"] == {"MaxCapacity": 1}


def test_what_the_service_adds_by_itself_is_no_difference() -> None:
    one = asked(targetTracking=[LOAD])
    found, ours = made(one)
    (policy,) = found[MAIN].policies.values()
    told = {**policy["TargetTrackingScalingPolicyConfiguration"], "ScaleInCooldown": 300, "DisableScaleIn": False}
    shown = {**policy, "TargetTrackingScalingPolicyConfiguration": told, "Alarms": [{"AlarmName": "high"}]}
    target = {**(found[MAIN].target or {}), "RoleARN": "arn:aws:iam::123456789012:role/x", "SuspendedState": {}}
    found = {MAIN: replace(found[MAIN], target=target, policies={INVOCATIONS: shown})}

    assert changes({MAIN: one}, found, ours) == ()


def test_numbers_are_the_same_whether_they_are_whole_or_not() -> None:
    one = asked(targetTracking=[{**LOAD, "targetValue": 70}])
    found, ours = made(asked(targetTracking=[{**LOAD, "targetValue": 70.0}]))

    assert (
        changes({MAIN: one}, found, {place: replace(kept, policies={INVOCATIONS: ""}) for place, kept in ours.items()})
        == ()
    )


def test_other_bounds_register_the_target_again_and_leave_the_rest() -> None:
    found, ours = made(asked(targetTracking=[LOAD]))

    calls = changes({MAIN: asked(targetTracking=[LOAD], maxCapacity=9)}, found, ours)

    assert [(call.operation, call.members["MaxCapacity"]) for call in calls] == [("RegisterScalableTarget", 9)]


def test_a_member_that_is_asked_for_no_more_is_put_away() -> None:
    found, ours = made(asked(targetTracking=[{**LOAD, "scaleInCooldown": 60}]))

    calls = changes({MAIN: asked(targetTracking=[LOAD])}, found, ours)

    assert operations(calls) == ["PutScalingPolicy"]
    assert "ScaleInCooldown" not in calls[0].members["TargetTrackingScalingPolicyConfiguration"]


def test_a_policy_for_the_same_metric_goes_before_its_successor_comes() -> None:
    found, ours = made(asked(targetTracking=[LOAD]))

    calls = changes({MAIN: asked(targetTracking=[{**LOAD, "name": "load"}])}, found, ours)

    assert operations(calls) == ["DeleteScalingPolicy", "PutScalingPolicy"]


def test_a_policy_for_another_metric_goes_after_its_successor_came() -> None:
    found, ours = made(asked(targetTracking=[LOAD]))
    other = {"predefinedMetric": "SageMakerVariantConcurrentRequestsPerModelHighResolution", "targetValue": 5}

    calls = changes({MAIN: asked(targetTracking=[other])}, found, ours)

    assert operations(calls) == ["PutScalingPolicy", "DeleteScalingPolicy"]


def test_policies_that_exchange_their_metrics_never_track_one_of_them_twice() -> None:
    other = {"predefinedMetric": "SageMakerVariantConcurrentRequestsPerModelHighResolution", "targetValue": 5}
    found, ours = made(asked(targetTracking=[{**LOAD, "name": "a"}, {**other, "name": "b"}]))

    calls = changes({MAIN: asked(targetTracking=[{**LOAD, "name": "b"}, {**other, "name": "a"}])}, found, ours)

    assert operations(calls) == ["DeleteScalingPolicy"] * 2 + ["PutScalingPolicy"] * 2


def test_a_policy_of_another_type_is_made_anew() -> None:
    found, ours = made(asked(targetTracking=[{**LOAD, "name": "one"}]))

    calls = changes({MAIN: asked(step=[{**WAKE, "name": "one"}])}, found, ours)

    assert operations(calls) == ["DeleteScalingPolicy", "PutScalingPolicy"]


def test_with_our_target_go_our_policies_and_nothing_is_said_about_them() -> None:
    found, ours = made(asked(targetTracking=[LOAD], scheduled=[NIGHT]))

    assert operations(changes({}, found, ours)) == ["DeregisterScalableTarget"]


def test_a_target_that_others_use_too_stays_without_what_is_ours() -> None:
    found, ours = made(asked(targetTracking=[LOAD], scheduled=[NIGHT]))
    found = {MAIN: replace(found[MAIN], policies={**found[MAIN].policies, "theirs": {"PolicyType": "StepScaling"}})}

    calls = changes({}, found, ours)

    assert operations(calls) == ["DeleteScalingPolicy", "DeleteScheduledAction"]
    assert calls[0].members == {"PolicyName": INVOCATIONS}


def test_what_is_neither_wanted_nor_ours_is_left_alone() -> None:
    found, _ = made(asked(targetTracking=[LOAD]))

    assert changes({}, found, {}) == ()


def test_what_is_gone_already_needs_no_call() -> None:
    _, ours = made(asked(targetTracking=[LOAD]))

    assert changes({}, {MAIN: Found()}, ours) == ()


def test_what_vanished_is_made_again() -> None:
    one = asked(targetTracking=[LOAD])
    _, ours = made(one)

    assert operations(changes({MAIN: one}, {MAIN: Found()}, ours)) == ["RegisterScalableTarget", "PutScalingPolicy"]


def test_a_serverless_variant_is_scaled_by_its_provisioned_concurrency() -> None:
    serverless = {"memorySizeInMB": 2048, "maxConcurrency": 9, "provisionedConcurrency": 2}
    bounds = {"minCapacity": 1, "maxCapacity": 9}
    spec = {"productionVariants": [{"variantName": "main", "serverlessConfig": serverless, "autoscaling": bounds}]}

    (one,) = wanted(KINDS["Endpoint"].scalable, spec, "digits")

    assert one.dimension == "sagemaker:variant:DesiredProvisionedConcurrency"


def test_a_metric_of_sagemaker_is_that_of_the_variant_unless_it_is_of_the_whole_endpoint() -> None:
    def dimensions(metric: str, **said: Any) -> Any:
        told = {"metricName": metric, "namespace": "AWS/SageMaker", "statistic": "Average", **said}
        one = asked(targetTracking=[{"customizedMetric": told, "targetValue": 5}])
        configuration = one.policies[metric]["TargetTrackingScalingPolicyConfiguration"]
        return configuration["CustomizedMetricSpecification"].get("Dimensions")

    name, variant = {"Name": "EndpointName", "Value": "digits"}, {"Name": "VariantName", "Value": "main"}
    theirs = [{"name": "Team", "value": "vision"}]
    assert dimensions("CPUUtilization", namespace="/aws/sagemaker/Endpoints") == [name, variant]
    assert dimensions("ApproximateBacklogSizePerInstance") == [name]
    assert dimensions("Load", namespace="Mine") is None
    assert dimensions("CPUUtilization", dimensions=theirs) == [{"Name": "Team", "Value": "vision"}]


def test_the_order_of_dimensions_means_nothing() -> None:
    def metric(*names: str) -> Wanted:
        said = [{"name": name, "value": "x"} for name in names]
        told = {"metricName": "Load", "namespace": "Mine", "dimensions": said}
        return asked(targetTracking=[{"customizedMetric": told, "targetValue": 5}])

    found, _ = made(metric("A", "B"))

    assert changes({MAIN: metric("B", "A")}, found, {}) == ()


def test_what_is_remembered_is_read_as_it_was_written() -> None:
    _, ours = made(asked(targetTracking=[LOAD], scheduled=[NIGHT]))

    assert memory.remembered({"scaling": [one.entry for one in ours.values()]}) == ours


def test_what_is_planned_keeps_what_was_and_does_not_yet_vouch_for_what_comes() -> None:
    _, ours = made(asked(targetTracking=[LOAD]))

    plan = memory.planned(ours, {MAIN: asked(step=[WAKE])})

    assert plan[MAIN].policies == {**ours[MAIN].policies, "wake": ""}


_METRICS = st.sampled_from([INVOCATIONS, "SageMakerVariantConcurrentRequestsPerModelHighResolution"])
_NAMES = st.sampled_from(["a", "b", "c"])
_TRACKING = st.lists(
    st.fixed_dictionaries(
        {"name": _NAMES, "predefinedMetric": _METRICS, "targetValue": st.integers(1, 3)},
        optional={"scaleInCooldown": st.integers(0, 2)},
    ),
    max_size=2,
    unique_by=(lambda one: one["name"], lambda one: one["predefinedMetric"]),
)
_STEPS = st.lists(
    st.builds(lambda name: {**WAKE, "name": f"step-{name}"}, _NAMES), max_size=2, unique_by=lambda one: one["name"]
)
_ACTIONS = st.lists(
    st.builds(lambda name, most: {**NIGHT, "name": name, "maxCapacity": most}, _NAMES, st.integers(1, 3)),
    max_size=2,
    unique_by=lambda one: one["name"],
)
_ASKED = st.none() | st.builds(
    lambda most, tracking, step, actions: asked(
        maxCapacity=most, targetTracking=tracking, step=step, scheduled=actions
    ),
    st.integers(1, 3),
    _TRACKING,
    _STEPS,
    _ACTIONS,
)


@settings(max_examples=300, deadline=None)
@given(before=_ASKED, then=_ASKED, dies_after=st.integers(0, 6))
def test_whatever_is_edited_and_wherever_it_stops_it_ends_as_wanted_and_never_tracks_a_metric_twice(
    before: Wanted | None, then: Wanted | None, dies_after: int
) -> None:
    theirs: dict[str, Mapping[str, Any]] = {"theirs": {"PolicyType": "StepScaling"}}
    found, ours = made(before) if before is not None else ({MAIN: Found()}, {})
    if before is not None:
        found = {MAIN: replace(found[MAIN], policies={**found[MAIN].policies, **theirs})}
    wish = {MAIN: then} if then is not None else {}
    plan = memory.planned(ours, wish)

    for call in changes(wish, found, ours)[:dies_after]:
        found = {MAIN: carried_out(found[MAIN], (call,))}
        _tracked_once(found[MAIN])
    for call in changes(wish, found, plan):
        found = {MAIN: carried_out(found[MAIN], (call,))}
        _tracked_once(found[MAIN])

    assert changes(wish, found, memory.done(wish)) == ()
    kept = {*found[MAIN].policies} - {"theirs"}
    assert kept == ({*then.policies} if then is not None else set())
    assert before is None or "theirs" in found[MAIN].policies


def _tracked_once(found: Found) -> None:
    tracked = [
        one["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"]["PredefinedMetricType"]
        for one in found.policies.values()
        if one["PolicyType"] == "TargetTrackingScaling"
    ]
    assert len(tracked) == len({*tracked})
