"""Endpoints whose instance counts change beside their configuration, and maintenance out of the blue."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from tests.emulator.asking import arn, refused, serving_endpoint

from sagemaker_local.emulator import Emulator

BUSY = ("ValidationException", f'Cannot update in-progress endpoint "{arn("endpoint/digits")}".')


def describe(client: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.describe_endpoint(EndpointName="digits")
    return answer


def counts(client: Any) -> tuple[int, int]:
    """Current and desired instances."""
    shown = describe(client)["ProductionVariants"][0]
    return shown["CurrentInstanceCount"], shown["DesiredInstanceCount"]


def want(client: Any, **change: Any) -> None:
    wanted = [{"VariantName": "AllTraffic", **change}]
    client.update_endpoint_weights_and_capacities(EndpointName="digits", DesiredWeightsAndCapacities=wanted)


@pytest.fixture
def serving(sagemaker: Emulator, client: Any) -> None:
    serving_endpoint(sagemaker, client)


@pytest.fixture
def scalable(sagemaker: Emulator, serving: None) -> Iterator[Any]:
    """An autoscaled variant."""
    client = sagemaker.client("application-autoscaling")
    client.register_scalable_target(
        ServiceNamespace="sagemaker", ResourceId="endpoint/digits/variant/AllTraffic",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount", MinCapacity=1, MaxCapacity=4,
    )  # fmt: skip
    yield client
    client.close()


def test_the_autoscaler_changes_counts_outside_of_the_configuration(
    sagemaker: Emulator, scalable: Any, client: Any
) -> None:
    sagemaker.scale("digits", "AllTraffic", 3)

    during = describe(client)
    sagemaker.clock.advance(180)

    assert during["EndpointStatus"] == "Updating"
    status = during["ProductionVariants"][0]["VariantStatus"][0]
    assert (status["Status"], status["StatusMessage"]) == ("Updating", "Scaling out desired instance count to 3.")
    assert counts(client) == (3, 3)
    assert describe(client)["EndpointConfigName"] == "first"
    assert sagemaker.journal.count("UpdateEndpointWeightsAndCapacities") == 0


def test_the_autoscaler_stays_within_its_capacities(sagemaker: Emulator, scalable: Any) -> None:
    with pytest.raises(ValueError, match="may have 1 to 4 instances, not 5"):
        sagemaker.scale("digits", "AllTraffic", 5)


def test_only_registered_variants_of_endpoints_that_exist_are_scaled(sagemaker: Emulator, serving: None) -> None:
    with pytest.raises(ValueError, match="not registered"):
        sagemaker.scale("digits", "AllTraffic", 2)
    with pytest.raises(ValueError, match="no endpoint 'other'"):
        sagemaker.scale("other", "AllTraffic", 2)


def test_an_endpoint_in_progress_is_not_scaled(sagemaker: Emulator, scalable: Any) -> None:
    sagemaker.scale("digits", "AllTraffic", 2)

    with pytest.raises(ValueError, match="Cannot update in-progress endpoint"):
        sagemaker.scale("digits", "AllTraffic", 3)


def test_scaling_that_fails_rolls_back_when_autoscaled(sagemaker: Emulator, scalable: Any, client: Any) -> None:
    sagemaker.scenarios.fail("Endpoint", "digits", reason="CapacityError: no capacity.", at="Updating", times=1)
    sagemaker.scale("digits", "AllTraffic", 4)

    sagemaker.clock.advance(180)
    during = describe(client)["EndpointStatus"]
    busy = refused(client.delete_endpoint, EndpointName="digits")
    sagemaker.clock.advance(60)

    assert (during, busy) == ("RollingBack", BUSY)
    assert describe(client)["EndpointStatus"] == "InService"
    assert describe(client)["FailureReason"] == "CapacityError: no capacity."
    assert counts(client) == (1, 1)


def test_scaling_by_hand_that_fails_leaves_the_endpoint_as_it_was(
    sagemaker: Emulator, serving: None, client: Any
) -> None:
    sagemaker.scenarios.fail("Endpoint", "digits", reason="CapacityError: no capacity.", at="Updating", times=1)
    want(client, DesiredInstanceCount=4, DesiredWeight=2)

    sagemaker.clock.advance(180)

    assert describe(client)["EndpointStatus"] == "InService"
    assert counts(client) == (1, 1)
    assert describe(client)["ProductionVariants"][0]["DesiredWeight"] == 1.0


@pytest.mark.parametrize(
    ("excluded", "left"),
    [((), (3, 5.0)), (("DesiredInstanceCount",), (1, 5.0)), (("DesiredWeight",), (3, 1.0))],
)
def test_an_update_keeps_what_it_retains_and_does_not_exclude(
    sagemaker: Emulator, serving: None, client: Any, excluded: tuple[str, ...], left: tuple[int, float]
) -> None:
    want(client, DesiredInstanceCount=3, DesiredWeight=5)
    sagemaker.clock.advance(180)

    client.update_endpoint(
        EndpointName="digits", EndpointConfigName="second", RetainAllVariantProperties=True,
        ExcludeRetainedVariantProperties=[{"VariantPropertyType": name} for name in excluded],
    )  # fmt: skip
    pending = describe(client)["PendingDeploymentSummary"]["ProductionVariants"][0]
    sagemaker.clock.advance(300)

    assert (pending["DesiredInstanceCount"], pending["DesiredWeight"]) == left
    shown = describe(client)["ProductionVariants"][0]
    assert (shown["CurrentInstanceCount"], shown["CurrentWeight"]) == left
    assert pending["VariantStatus"][0]["StatusMessage"] == f"Launching {left[0]} instance(s)."


def test_a_retained_deployment_configuration_is_used_again(sagemaker: Emulator, serving: None, client: Any) -> None:
    waiting = {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0},
            "TerminationWaitInSeconds": 500,
        }
    }
    client.update_endpoint(EndpointName="digits", EndpointConfigName="second", DeploymentConfig=waiting)
    sagemaker.clock.advance(800)
    client.update_endpoint(EndpointName="digits", EndpointConfigName="first", RetainDeploymentConfig=True)

    sagemaker.clock.advance(799)
    during = describe(client)["EndpointStatus"]
    sagemaker.clock.advance(1)

    assert during == "Updating"
    assert describe(client)["EndpointConfigName"] == "first"
    assert describe(client)["LastDeploymentConfig"] == waiting


def test_maintenance_comes_out_of_the_blue_and_locks_the_endpoint(
    sagemaker: Emulator, serving: None, client: Any
) -> None:
    sagemaker.scenarios.maintain("Endpoint", "dig", seconds=900)

    during = describe(client)
    said = [
        refused(client.delete_endpoint, EndpointName="digits"),
        refused(client.update_endpoint, EndpointName="digits", EndpointConfigName="second"),
        refused(
            client.update_endpoint_weights_and_capacities,
            EndpointName="digits",
            DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredWeight": 2}],
        ),
    ]
    sagemaker.clock.advance(899)
    late = describe(client)["EndpointStatus"]
    sagemaker.clock.advance(1)

    assert (during["EndpointStatus"], late, said) == ("SystemUpdating", "SystemUpdating", [BUSY] * 3)
    assert describe(client)["EndpointStatus"] == "InService"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("Model", "digits", 1.0), "AWS does no maintenance on 'Model'"),
        (("Endpoint", "other", 1.0), "no Endpoint that is settled"),
        (("Endpoint", "(", 1.0), "is not a regular expression"),
        (("Endpoint", "digits", -1.0), "0 seconds or more"),
    ],
)
def test_maintenance_that_makes_no_sense_is_refused(
    sagemaker: Emulator, serving: None, asked: tuple[str, str, float], words: str
) -> None:
    kind, match, seconds = asked
    with pytest.raises(ValueError, match=words):
        sagemaker.scenarios.maintain(kind, match, seconds=seconds)


def test_the_control_api_scales_and_maintains(sagemaker: Emulator, scalable: Any, client: Any) -> None:
    def post(path: str, **body: Any) -> None:
        request = urllib.request.Request(
            f"{sagemaker.url}/_sagemaker-local/{path}", json.dumps(body).encode(), method="POST"
        )
        urllib.request.urlopen(request).close()

    post("scaling", endpoint="digits", variant="AllTraffic", count=2)
    sagemaker.clock.advance(180)
    post("maintenance", kind="Endpoint", match="digits", seconds=10)

    assert counts(client) == (2, 2)
    assert describe(client)["EndpointStatus"] == "SystemUpdating"
