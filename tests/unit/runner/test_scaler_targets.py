"""The scaler over hours of a virtual clock: traffic comes and goes, alarms ring, actions come true, and counts follow."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sagemaker_local.emulator.core import Core
from sagemaker_local.emulator.resource import Json, Place
from sagemaker_local.runner.scaler import Scaler
from sagemaker_local.runner.telemetry import Series, Telemetry

HOME = Place("123456789012", "us-east-1")
VARIANT = "endpoint/digits/variant/AllTraffic"
DIMENSION = "sagemaker:variant:DesiredInstanceCount"
COPIES = "sagemaker:inference-component:DesiredCopyCount"
ROLE = "arn:aws:iam::123456789012:role/sagemaker"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/digits:1"
PER_INSTANCE = {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}


class Day:
    """An emulator on a virtual clock, its scaler, and traffic."""

    def __init__(self, core: Core) -> None:
        self.core, self.clock = core, core.service.world.clock
        self.telemetry = Telemetry(core.neighbours, self.clock.now)
        self.scaler = Scaler(
            core.service, core.targets, core.neighbours, self.telemetry, now=self.clock.now, speed=self.clock.speed
        )

    def call(self, operation: str, **request: Any) -> Json:
        return self.core.service.call(operation, request, HOME)

    def serve(self, count: int = 1) -> None:
        self.call("CreateModel", ModelName="digits", PrimaryContainer={"Image": IMAGE}, ExecutionRoleArn=ROLE)
        variant = {"VariantName": "AllTraffic", "ModelName": "digits", "InstanceType": "ml.m5.large"}
        one = {**variant, "InitialInstanceCount": count}
        self.call("CreateEndpointConfig", EndpointConfigName="digits", ProductionVariants=[one])
        self.call("CreateEndpoint", EndpointName="digits", EndpointConfigName="digits")
        self.core.time.advance(300)

    def register(self, least: int, most: int, **more: Any) -> None:
        self.scaling("register", MinCapacity=least, MaxCapacity=most, **more)

    def scaling(self, what: str, **members: Any) -> Any:
        address = {"ServiceNamespace": "sagemaker", "ResourceId": VARIANT, "ScalableDimension": DIMENSION}
        return getattr(self.core.targets, what)({**address, **members}, HOME)

    def track(self, name: str = "p", target: float = 70, **members: Any) -> None:
        config = {"TargetValue": target, "PredefinedMetricSpecification": PER_INSTANCE, **members}
        self.scaling(
            "put_policy",
            PolicyName=name,
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=config,
        )

    def counts(self) -> tuple[int, int]:
        (variant,) = self.call("DescribeEndpoint", EndpointName="digits")["ProductionVariants"]
        return variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]

    def minutes(self, number: int, *, invocations: int = 0) -> None:
        """Let minutes pass in which the variant gets so many requests each."""
        for _ in range(number):
            self.core.time.advance(30)
            current = max(1, self.counts()[0])
            dimensions = {"EndpointName": "digits", "VariantName": "AllTraffic"}
            for _ in range(invocations):
                self.telemetry.put(HOME, "AWS/SageMaker", "InvocationsPerInstance", 1 / current, dimensions)
            self.core.time.advance(30)
            self.scaler.look()

    def until(self, holds: Callable[[], bool], most: int, *, invocations: int = 0) -> int:
        """How many minutes of traffic pass until something holds."""
        for minute in range(1, most + 1):
            self.minutes(1, invocations=invocations)
            if holds():
                return minute
        raise AssertionError(f"it did not hold within {most} minutes; counts are {self.counts()}")


@pytest.fixture
def day() -> Iterator[Day]:
    core = Core(speed=1, virtual=True, latency=0, seed=0, check_s3=False)
    yield Day(core)
    core.moto.stop()


def test_traffic_brings_instances_within_minutes_and_its_end_takes_them_away_slowly(day: Day) -> None:
    day.serve()
    day.register(1, 4)
    day.track()
    out = day.until(lambda: day.counts()[1] == 3, 10, invocations=200)
    assert 3 <= out <= 5
    day.minutes(20, invocations=200)
    assert day.counts() == (3, 3)
    gone = day.until(lambda: day.counts()[1] == 1, 40)
    assert 15 <= gone <= 22
    day.minutes(5)
    assert day.counts() == (1, 1)
    told = [
        (one["StatusCode"], one["Description"], one["Cause"].split("-Alarm")[1][:4])
        for one in day.scaling("activities")
    ]
    assert told == [
        ("Successful", "Setting desired instance count to 1.", "Low-"),
        ("Successful", "Setting desired instance count to 3.", "High"),
    ]


def test_bounds_hold_and_what_is_suspended_does_not_happen(day: Day) -> None:
    day.serve()
    day.register(1, 2, SuspendedState={"DynamicScalingOutSuspended": True})
    day.track()
    day.minutes(10, invocations=500)
    assert day.counts() == (1, 1)
    day.register(1, 2, SuspendedState={"DynamicScalingOutSuspended": False, "DynamicScalingInSuspended": True})
    day.until(lambda: day.counts() == (2, 2), 10, invocations=500)
    day.minutes(40)
    assert day.counts() == (2, 2)


def test_a_policy_of_ones_own_metric_looks_at_what_anybody_put_into_cloudwatch(day: Day) -> None:
    day.serve()
    day.register(1, 5)
    metric = {
        "MetricName": "Queue",
        "Namespace": "Mine",
        "Dimensions": [{"Name": "Of", "Value": "us"}],
        "Statistic": "Average",
    }
    config = {"TargetValue": 10.0, "CustomizedMetricSpecification": metric}
    day.scaling(
        "put_policy",
        PolicyName="own",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=config,
    )
    for _ in range(6):
        day.telemetry.put(HOME, "Mine", "Queue", 40, {"Of": "us"})
        day.telemetry.write()
        day.minutes(1)
    assert day.counts()[1] == 4


def test_requests_under_way_bring_instances_within_a_minute(day: Day) -> None:
    day.serve()
    day.register(1, 4)
    high = {"PredefinedMetricType": "SageMakerVariantConcurrentRequestsPerModelHighResolution"}
    day.track(target=4, PredefinedMetricSpecification=high)
    dimensions = {"EndpointName": "digits", "VariantName": "AllTraffic"}
    waited = 0
    while day.counts()[1] == 1:
        waited += 10
        assert waited <= 60
        for _ in range(10):
            day.core.time.advance(1)
            day.telemetry.put(HOME, "AWS/SageMaker", "ConcurrentRequestsPerModel", 8, dimensions, "Count")
        day.scaler.look()
    assert day.counts()[1] == 2


def test_a_queue_per_instance_of_an_asynchronous_endpoint_is_kept_at_its_target(day: Day) -> None:
    day.serve()
    day.register(0, 5)
    metric = {
        "MetricName": "ApproximateBacklogSizePerInstance",
        "Namespace": "AWS/SageMaker",
        "Dimensions": [{"Name": "EndpointName", "Value": "digits"}],
        "Statistic": "Average",
    }
    day.scaling(
        "put_policy",
        PolicyName="queue",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={"TargetValue": 5.0, "CustomizedMetricSpecification": metric},
    )

    def wait(number: int, backlog: float) -> None:
        for _ in range(number):
            day.telemetry.put(
                HOME, "AWS/SageMaker", "ApproximateBacklogSizePerInstance", backlog, {"EndpointName": "digits"}
            )
            day.minutes(1)

    wait(6, 20)
    assert day.counts()[1] == 4
    wait(20, 5)
    assert day.counts() == (4, 4)
    wait(25, 0)
    assert day.counts() == (0, 0)


def test_copies_of_a_component_follow_its_requests(day: Day) -> None:
    day.call("CreateModel", ModelName="digits", PrimaryContainer={"Image": IMAGE}, ExecutionRoleArn=ROLE)
    bare = {"VariantName": "AllTraffic", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    day.call("CreateEndpointConfig", EndpointConfigName="digits", ProductionVariants=[bare], ExecutionRoleArn=ROLE)
    day.call("CreateEndpoint", EndpointName="digits", EndpointConfigName="digits")
    day.core.time.advance(300)
    day.call(
        "CreateInferenceComponent",
        InferenceComponentName="one",
        EndpointName="digits",
        VariantName="AllTraffic",
        Specification={"ModelName": "digits", "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 128}},
        RuntimeConfig={"CopyCount": 1},
    )
    day.core.time.advance(300)
    about = {"ResourceId": "inference-component/one", "ScalableDimension": COPIES}
    day.scaling("register", MinCapacity=1, MaxCapacity=3, **about)
    metric = {"PredefinedMetricType": "SageMakerInferenceComponentInvocationsPerCopy"}
    config = {"TargetValue": 50.0, "PredefinedMetricSpecification": metric}
    day.scaling(
        "put_policy",
        PolicyName="copies",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=config,
        **about,
    )
    for _ in range(6):
        for _ in range(90):
            day.telemetry.put(HOME, "AWS/SageMaker", "InvocationsPerCopy", 1, {"InferenceComponentName": "one"})
        day.minutes(1)
    shown = day.call("DescribeInferenceComponent", InferenceComponentName="one")["RuntimeConfig"]
    assert shown["DesiredCopyCount"] == 2


def test_a_backlog_without_capacity_brings_the_first_instance(day: Day) -> None:
    day.serve()
    day.register(0, 2)
    day.core.scale("digits", "AllTraffic", 0)
    day.core.time.advance(300)
    arn = day.scaling(
        "put_policy",
        PolicyName="from-zero",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "Cooldown": 300,
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
        },
    )["PolicyARN"]
    day.core.moto.load()
    put_alarm(arn, "HasBacklogWithoutCapacity", threshold=1, periods=2)
    for _ in range(4):
        day.telemetry.put(HOME, "AWS/SageMaker", "HasBacklogWithoutCapacity", 1, {"EndpointName": "digits"})
        day.minutes(1)
    assert day.counts()[1] == 1
    assert day.core.neighbours.alarm(HOME, "HasBacklogWithoutCapacity") == "ALARM"
    assert "triggered policy from-zero" in day.scaling("activities")[0]["Cause"]
    day.telemetry.put(HOME, "AWS/SageMaker", "HasBacklogWithoutCapacity", 0, {"EndpointName": "digits"})
    day.minutes(1)
    assert day.core.neighbours.alarm(HOME, "HasBacklogWithoutCapacity") == "OK"


def put_alarm(action: str, metric: str, *, threshold: float, periods: int) -> None:
    """An alarm over a metric of the endpoint `digits`, as PutMetricAlarm makes it."""
    from moto.cloudwatch.models import cloudwatch_backends  # noqa: PLC0415 slow to import, and only needed here

    cloudwatch_backends[HOME.account][HOME.region].put_metric_alarm(
        name=metric,
        namespace="AWS/SageMaker",
        metric_name=metric,
        comparison_operator="GreaterThanOrEqualToThreshold",
        evaluation_periods=periods,
        period=60,
        threshold=threshold,
        statistic="Average",
        description="",
        dimensions=[{"Name": "EndpointName", "Value": "digits"}],
        alarm_actions=[action],
    )


def test_an_alarm_without_values_keeps_the_state_that_a_test_has_set(day: Day) -> None:
    day.serve()
    day.core.moto.load()
    put_alarm("arn:aws:sns:us-east-1:123456789012:nobody", "Invocation5XXErrors", threshold=1, periods=1)
    (alarm,) = day.core.neighbours.alarms()
    alarm.enter("ALARM", "set")
    day.minutes(5)
    assert day.core.neighbours.alarm(HOME, "Invocation5XXErrors") == "ALARM"


def test_scheduled_actions_move_the_bounds_and_the_count_with_them(day: Day) -> None:
    day.serve()
    day.register(1, 4)
    day.scaling(
        "put_action",
        ScheduledActionName="morning",
        Schedule="rate(1 hour)",
        ScalableTargetAction={"MinCapacity": 3},
    )
    day.minutes(50)
    assert day.counts() == (1, 1)
    day.minutes(15)
    assert day.counts() == (3, 3)
    assert "scheduled action name morning was triggered" in day.scaling("activities")[0]["Cause"]


def test_what_sagemaker_refuses_is_an_activity_that_failed(day: Day) -> None:
    day.serve()
    day.register(1, 4)
    day.track()
    family = day.core.service.family("Endpoint")
    refusal = next(one for one in family.actions if one.operation == "UpdateEndpointWeightsAndCapacities").refused
    assert refusal is not None

    def refuse(*_: object) -> Json:
        raise refusal.error(arn="it")

    day.core.service._handlers["UpdateEndpointWeightsAndCapacities"] = refuse
    day.minutes(5, invocations=200)
    (told, *_) = day.scaling("activities")
    assert told["StatusCode"] == "Failed"
    assert 'Cannot update in-progress endpoint "it".' in told["StatusMessage"]
    assert day.counts() == (1, 1)


def test_a_policy_whose_metric_is_not_measured_changes_nothing_and_says_so_once(
    day: Day, caplog: pytest.LogCaptureFixture
) -> None:
    day.serve()
    day.register(1, 4)
    day.track(
        PredefinedMetricSpecification={"PredefinedMetricType": "SageMakerVariantProvisionedConcurrencyUtilization"}
    )
    day.minutes(20, invocations=500)
    assert day.counts() == (1, 1)
    assert caplog.text.count("tracks a metric that is not measured here") == 1


def test_a_target_that_goes_is_looked_at_no_more(day: Day) -> None:
    day.serve()
    day.register(1, 4)
    day.track()
    day.minutes(1)
    day.scaling("deregister")
    day.minutes(1)
    series = Series.of(
        HOME, "AWS/SageMaker", "InvocationsPerInstance", {"EndpointName": "digits", "VariantName": "AllTraffic"}
    )
    assert series not in day.telemetry._watches
