"""Updates of endpoints in steps: canary, linear and rolling, baking, and the way back when an alarm is tripped."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.emulator.asking import endpoint_config, model, refused, variant

from sagemaker_local.emulator import Emulator

COUNT = "INSTANCE_COUNT"
PERCENT = "CAPACITY_PERCENT"


def size(value: int, kind: str = PERCENT) -> dict[str, Any]:
    return {"Type": kind, "Value": value}


def blue_green(kind: str, *, wait: int = 0, termination: int = 0, alarm: str = "", **routing: Any) -> dict[str, Any]:
    shifting = {"Type": kind, "WaitIntervalInSeconds": wait, **routing}
    policy = {"TrafficRoutingConfiguration": shifting, "TerminationWaitInSeconds": termination}
    return {"BlueGreenUpdatePolicy": policy, **alarms(alarm)}


def rolling(value: int, *, wait: int = 0, alarm: str = "", **policy: Any) -> dict[str, Any]:
    batches = {"MaximumBatchSize": size(value), "WaitIntervalInSeconds": wait, **policy}
    return {"RollingUpdatePolicy": batches, **alarms(alarm)}


def alarms(name: str) -> dict[str, Any]:
    return {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": name}]}} if name else {}


def canary(value: int = 25, **settings: Any) -> dict[str, Any]:
    return blue_green("CANARY", CanarySize=size(value), **settings)


def describe(client: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.describe_endpoint(EndpointName="digits")
    return answer


def progress(client: Any) -> tuple[str, str, int]:
    """Status, message and count of the new fleet."""
    shown = describe(client)["PendingDeploymentSummary"]["ProductionVariants"][0]
    return (
        shown["VariantStatus"][0]["Status"],
        shown["VariantStatus"][0]["StatusMessage"],
        shown["CurrentInstanceCount"],
    )


def update(client: Any, deployment: dict[str, Any], **members: Any) -> None:
    client.update_endpoint(EndpointName="digits", EndpointConfigName="second", DeploymentConfig=deployment, **members)


@pytest.fixture
def serving(sagemaker: Emulator, client: Any) -> None:
    """Four instances of `first` are in service; `second` wants four as well."""
    client.create_model(**model())
    for name in ("first", "second"):
        client.create_endpoint_config(**endpoint_config(name, ProductionVariants=[variant(InitialInstanceCount=4)]))
    client.create_endpoint(EndpointName="digits", EndpointConfigName="first")
    sagemaker.clock.advance(240)


@pytest.fixture
def cloudwatch(sagemaker: Emulator) -> Iterator[Any]:
    client = sagemaker.client("cloudwatch")
    yield client
    client.close()


def make_alarm(cloudwatch: Any, state: str = "OK") -> None:
    cloudwatch.put_metric_alarm(
        AlarmName="errors", ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1, MetricName="Errors",
        Namespace="AWS/SageMaker", Period=60, Threshold=1, Statistic="Sum",
    )  # fmt: skip
    trip(cloudwatch, state)


def trip(cloudwatch: Any, state: str = "ALARM") -> None:
    cloudwatch.set_alarm_state(AlarmName="errors", StateValue=state, StateReason="a test says so")


def test_a_canary_bakes_before_the_rest_follows(sagemaker: Emulator, serving: None, client: Any) -> None:
    update(client, canary(wait=600, termination=300))

    seen = [progress(client)]
    for seconds in (240, 30, 600, 30, 300):
        sagemaker.clock.advance(seconds)
        seen.append(progress(client))
    sagemaker.clock.advance(30)

    assert seen == [
        ("Creating", "Launching 4 instance(s).", 0),
        ("ActivatingTraffic", "Activating traffic on canary capacity of 1 instance(s).", 1),
        (
            "Baking",
            "Baking for 600 seconds (TerminationWaitInSeconds) with traffic enabled on canary capacity of 1 instance(s).",
            1,
        ),
        ("ActivatingTraffic", "Activating traffic on full capacity of 4 instance(s).", 4),
        (
            "Baking",
            "Baking for 300 seconds (TerminationWaitInSeconds) with traffic enabled on full capacity of 4 instance(s).",
            4,
        ),
        ("Deleting", "Terminating 4 instance(s).", 4),
    ]
    assert (describe(client)["EndpointStatus"], describe(client)["EndpointConfigName"]) == ("InService", "second")


def test_the_old_configuration_serves_while_the_canary_bakes(sagemaker: Emulator, serving: None, client: Any) -> None:
    update(client, canary(wait=600))

    sagemaker.clock.advance(300)

    shown = describe(client)
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("Updating", "first")
    assert shown["ProductionVariants"][0]["CurrentInstanceCount"] == 4
    assert shown["PendingDeploymentSummary"]["EndpointConfigName"] == "second"


def test_linear_steps_are_as_large_as_asked(sagemaker: Emulator, serving: None, client: Any) -> None:
    update(client, blue_green("LINEAR", wait=120, LinearStepSize=size(1, COUNT)))

    sagemaker.clock.advance(240)
    counts = []
    for _ in range(4):
        counts.append(progress(client)[2])
        sagemaker.clock.advance(150)

    assert counts == [1, 2, 3, 4]
    assert describe(client)["EndpointStatus"] == "InService"


def test_a_rolling_update_replaces_batch_by_batch(sagemaker: Emulator, serving: None, client: Any) -> None:
    update(client, rolling(50))

    first = progress(client)
    sagemaker.clock.advance(300)
    shown = describe(client)
    sagemaker.clock.advance(300)

    assert first == ("Creating", "Launching 2 instance(s).", 0)
    assert shown["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    assert shown["PendingDeploymentSummary"]["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    after = describe(client)
    assert (after["EndpointConfigName"], after["ProductionVariants"][0]["CurrentInstanceCount"]) == ("second", 4)


def test_an_alarm_brings_the_old_configuration_back(
    sagemaker: Emulator, serving: None, client: Any, cloudwatch: Any
) -> None:
    make_alarm(cloudwatch)
    update(client, canary(wait=600, alarm="errors"))
    sagemaker.clock.advance(300)
    trip(cloudwatch)

    sagemaker.clock.advance(60)

    shown = describe(client)
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("InService", "first")
    assert "errors" in shown["FailureReason"]
    assert "PendingDeploymentSummary" not in shown
    assert "VariantStatus" not in shown["ProductionVariants"][0]


def test_an_alarm_that_is_fine_or_missing_stops_nothing(
    sagemaker: Emulator, serving: None, client: Any, cloudwatch: Any
) -> None:
    make_alarm(cloudwatch, "INSUFFICIENT_DATA")
    deployment = canary(wait=600)
    deployment["AutoRollbackConfiguration"] = {"Alarms": [{"AlarmName": "errors"}, {"AlarmName": "nobody-made-it"}]}
    update(client, deployment)

    sagemaker.clock.advance(930)

    assert describe(client)["EndpointConfigName"] == "second"
    assert describe(client)["LastDeploymentConfig"] == deployment


def test_an_alarm_of_another_region_or_account_is_not_ours(sagemaker: Emulator, serving: None, client: Any) -> None:
    elsewhere = sagemaker.client("cloudwatch", region="eu-west-1")
    other = sagemaker.client("cloudwatch", account="999999999999")
    make_alarm(elsewhere, "ALARM")
    make_alarm(other, "ALARM")
    update(client, canary(wait=60, alarm="errors"))

    sagemaker.clock.advance(390)

    assert describe(client)["EndpointConfigName"] == "second"


def test_a_scenario_fails_the_canary_while_it_bakes(sagemaker: Emulator, serving: None, client: Any) -> None:
    sagemaker.scenarios.fail("Endpoint", "digits", reason="The canary is ill.", at="Baking", times=1)
    update(client, canary(wait=600))

    sagemaker.clock.advance(870)

    shown = describe(client)
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("InService", "first")
    assert shown["FailureReason"] == "The canary is ill."


def test_a_rolling_update_rolls_back_in_batches(
    sagemaker: Emulator, serving: None, client: Any, cloudwatch: Any
) -> None:
    make_alarm(cloudwatch)
    update(client, rolling(25, wait=60, alarm="errors", RollbackMaximumBatchSize=size(50)))
    sagemaker.clock.advance(500)
    trip(cloudwatch)
    sagemaker.clock.advance(120)
    during = describe(client)
    sagemaker.clock.advance(480)

    assert during["EndpointStatus"] == "Updating"
    assert during["ProductionVariants"][0]["CurrentInstanceCount"] == 3
    after = describe(client)
    assert (after["EndpointStatus"], after["EndpointConfigName"]) == ("InService", "first")
    assert after["ProductionVariants"][0]["CurrentInstanceCount"] == 4
    assert "errors" in after["FailureReason"]


def test_a_rollback_that_fails_as_well_leaves_both_configurations(
    sagemaker: Emulator, serving: None, client: Any
) -> None:
    sagemaker.scenarios.fail("Endpoint", "digits", reason="The new image is ill.", at="Terminating", times=1)
    sagemaker.scenarios.fail("Endpoint", "digits", reason="No capacity for the old fleet.", at="RollingBack")
    update(client, rolling(25))

    sagemaker.clock.advance(1500)
    shown = describe(client)

    assert (shown["EndpointStatus"], shown["FailureReason"]) == (
        "UpdateRollbackFailed",
        "No capacity for the old fleet.",
    )
    client.update_endpoint(EndpointName="digits", EndpointConfigName="second")
    sagemaker.clock.advance(300)
    assert describe(client)["EndpointConfigName"] == "second"


def test_an_update_that_takes_too_long_is_rolled_back(sagemaker: Emulator, serving: None, client: Any) -> None:
    slow = rolling(25, wait=100, MaximumExecutionTimeoutInSeconds=900)
    update(client, slow)

    sagemaker.clock.advance(1500)

    shown = describe(client)
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("InService", "first")
    assert "longer than 900 seconds" in shown["FailureReason"]


@pytest.mark.parametrize(
    ("deployment", "words"),
    [
        ({**canary(), **rolling(50)}, "Only one of"),
        (canary(51), "at most 50 percent"),
        (blue_green("CANARY", CanarySize=size(3, COUNT)), "at most 50 percent"),
        (blue_green("LINEAR", LinearStepSize=size(5)), "10 to 50 percent"),
        (blue_green("LINEAR", LinearStepSize=size(3, COUNT)), "10 to 50 percent"),
        (rolling(4), "5 to 50 percent"),
        (rolling(50, RollbackMaximumBatchSize=size(101)), "at most 100 percent"),
        (blue_green("CANARY"), "CanarySize must be specified"),
        (blue_green("LINEAR"), "LinearStepSize must be specified"),
        (rolling(50, wait=400, MaximumExecutionTimeoutInSeconds=800), "larger than the total waiting time of 800"),
    ],
)
def test_unsound_deployments_are_refused(serving: None, client: Any, deployment: dict[str, Any], words: str) -> None:
    request = {"EndpointName": "digits", "EndpointConfigName": "second", "DeploymentConfig": deployment}

    code, text = refused(client.update_endpoint, **request)

    assert (code, words in text) == ("ValidationException", True), text
    assert describe(client)["EndpointStatus"] == "InService"


def test_traffic_is_not_shifted_to_serverless_or_renamed_variants(serving: None, client: Any) -> None:
    serverless = {
        "VariantName": "AllTraffic",
        "ModelName": "digits",
        "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1},
    }
    others = {"serverless": [serverless], "renamed": [variant("Other")], "two": [variant(), variant("Other")]}
    for name, variants in others.items():
        client.create_endpoint_config(**endpoint_config(name, ProductionVariants=variants))

    said = {
        name: refused(
            client.update_endpoint, EndpointName="digits", EndpointConfigName=name, DeploymentConfig=rolling(50)
        )
        for name in others
    }

    assert "serverless" in said["serverless"][1]
    assert "same variant names" in said["renamed"][1]
    assert "more than one variant" in said["two"][1]


def test_inferentia_is_updated_all_at_once(sagemaker: Emulator, serving: None, client: Any) -> None:
    client.create_endpoint_config(
        **endpoint_config("third", ProductionVariants=[variant(InstanceType="ml.inf1.xlarge")])
    )

    client.update_endpoint(EndpointName="digits", EndpointConfigName="third", DeploymentConfig=canary(wait=3000))
    sagemaker.clock.advance(300)

    assert describe(client)["EndpointConfigName"] == "third"
