"""Which servers an endpoint needs, and who takes which share, at every stage of what happens to it."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.runner.models import IMAGE, ROLE, variant

from sagemaker_local.emulator import Emulator
from sagemaker_local.emulator.resource import Place, Resource
from sagemaker_local.runner.serving.wanted import Group, of_component, of_endpoint

HERE = Place("123456789012", "us-east-1")


class Stage:
    """An emulator on a virtual clock, where nothing runs: what would be wanted of whoever runs it."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.client = emulator.client()
        for name in ("first", "second"):
            container = {"Image": IMAGE, "ModelDataUrl": f"s3://bucket/{name}.tar.gz"}
            self.client.create_model(ModelName=name, PrimaryContainer=container, ExecutionRoleArn=ROLE)

    def config(self, name: str, *variants: dict[str, Any]) -> None:
        self.client.create_endpoint_config(EndpointConfigName=name, ProductionVariants=list(variants))

    def serve(self, *variants: dict[str, Any]) -> None:
        self.config("first", *variants)
        self.client.create_endpoint(EndpointName="digits", EndpointConfigName="first")
        self.emulator.clock.advance(240)

    def update(self, *variants: dict[str, Any], **members: Any) -> None:
        self.config("second", *variants)
        self.client.update_endpoint(EndpointName="digits", EndpointConfigName="second", **members)

    def advance(self, seconds: float) -> tuple[Group, ...]:
        self.emulator.clock.advance(seconds)
        return self.groups()

    def groups(self) -> tuple[Group, ...]:
        return of_endpoint(self.found("Endpoint", "digits"))

    def found(self, kind: str, key: str) -> Resource:
        resource = self.emulator._core.service.world.find(HERE, kind, key)
        assert resource is not None
        return resource


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Emulator.start(virtual=True, check_s3=False) as emulator:
        made = Stage(emulator)
        yield made
        made.client.close()


def sizes(groups: tuple[Group, ...]) -> dict[str, int]:
    """Instances by model."""
    return {(group.model or {})["ModelName"]: group.instances for group in groups}


def weights(groups: tuple[Group, ...]) -> dict[str, float]:
    """The share of the requests by model."""
    total = sum(group.weight for group in groups if not group.shadow)
    return {(group.model or {})["ModelName"]: round(group.weight / total, 3) for group in groups}


def rolling(size: int) -> dict[str, Any]:
    batch = {"Type": "INSTANCE_COUNT", "Value": size}
    return {"RollingUpdatePolicy": {"MaximumBatchSize": batch, "WaitIntervalInSeconds": 100}}


def canary() -> dict[str, Any]:
    routing = {
        "Type": "CANARY",
        "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1},
        "WaitIntervalInSeconds": 100,
    }
    return {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}}


def test_a_new_endpoint_wants_its_whole_fleet_before_it_takes_requests(stage: Stage) -> None:
    stage.config("first", variant("first", InitialInstanceCount=3))
    stage.client.create_endpoint(EndpointName="digits", EndpointConfigName="first")

    (group,) = stage.groups()
    assert (group.instances, group.weight, group.coming) == (3, 0.0, True)
    (served,) = stage.advance(240)
    assert (served.instances, served.weight, served.coming) == (3, 1.0, False)
    assert served.deployment == group.deployment


def test_a_configuration_that_is_deleted_is_still_served(stage: Stage) -> None:
    stage.serve(variant("first"))
    stage.client.delete_endpoint_config(EndpointConfigName="first")
    stage.client.delete_model(ModelName="first")

    (group,) = stage.groups()

    assert group.model is not None
    assert group.model["PrimaryContainer"]["ModelDataUrl"] == "s3://bucket/first.tar.gz"


def test_all_at_once_the_old_fleet_serves_until_the_new_one_does(stage: Stage) -> None:
    stage.serve(variant("first", InitialInstanceCount=2))
    stage.update(variant("second", InitialInstanceCount=4))

    assert sizes(stage.groups()) == {"first": 2, "second": 4}
    assert weights(stage.groups()) == {"first": 1.0, "second": 0.0}
    assert weights(stage.advance(241)) == {"first": 0.0, "second": 1.0}
    assert sizes(stage.advance(100)) == {"second": 4}


def test_a_canary_takes_its_part_of_the_capacity(stage: Stage) -> None:
    stage.serve(variant("first", InitialInstanceCount=4))
    stage.update(variant("second", InitialInstanceCount=4), DeploymentConfig=canary())

    assert sizes(stage.groups()) == {"first": 4, "second": 4}
    assert weights(stage.advance(241)) == {"first": 0.75, "second": 0.25}
    assert weights(stage.advance(130)) == {"first": 0.0, "second": 1.0}


def test_a_rolling_update_launches_and_ends_batch_by_batch(stage: Stage) -> None:
    stage.serve(variant("first", InitialInstanceCount=2))
    stage.update(variant("second", InitialInstanceCount=2), DeploymentConfig=rolling(1))

    assert sizes(stage.groups()) == {"first": 2, "second": 1}
    assert weights(stage.advance(241)) == {"first": 0.5, "second": 0.5}
    assert sizes(stage.advance(135)) == {"first": 1, "second": 1}
    assert sizes(stage.advance(30)) == {"first": 1, "second": 2}
    assert weights(stage.advance(241)) == {"first": 0.0, "second": 1.0}


def test_weights_of_two_fleets_are_compared_by_their_shares(stage: Stage) -> None:
    stage.serve(variant("first", InitialVariantWeight=100, InitialInstanceCount=2))
    stage.update(variant("second", InitialVariantWeight=1, InitialInstanceCount=2), DeploymentConfig=canary())

    assert weights(stage.advance(241)) == {"first": 0.5, "second": 0.5}


def test_a_failed_update_wants_the_old_fleet_alone(stage: Stage) -> None:
    stage.serve(variant("first"))
    stage.emulator.scenarios.fail("Endpoint", "digits", reason="it broke", at="Updating")
    stage.update(variant("second"))

    assert sizes(stage.advance(400)) == {"first": 1}


def test_what_is_wanted_of_capacity_is_wanted_at_once(stage: Stage) -> None:
    stage.serve(variant("first"))
    wanted = [{"VariantName": "AllTraffic", "DesiredInstanceCount": 3}]
    stage.client.update_endpoint_weights_and_capacities(EndpointName="digits", DesiredWeightsAndCapacities=wanted)

    assert sizes(stage.groups()) == {"first": 3}


def test_what_is_being_deleted_wants_nothing(stage: Stage) -> None:
    stage.serve(variant("first"))
    stage.client.delete_endpoint(EndpointName="digits")

    assert stage.groups() == ()


def test_a_component_that_takes_on_another_model_has_both_until_it_has(stage: Stage) -> None:
    stage.client.create_endpoint_config(
        EndpointConfigName="first", ProductionVariants=[variant(None)], ExecutionRoleArn=ROLE
    )
    stage.client.create_endpoint(EndpointName="digits", EndpointConfigName="first")
    stage.emulator.clock.advance(240)
    stage.client.create_inference_component(
        InferenceComponentName="one",
        EndpointName="digits",
        Specification={"ModelName": "first"},
        RuntimeConfig={"CopyCount": 2},
    )
    models = {name: {"ModelName": name} for name in ("first", "second")}

    before = of_component(stage.found("InferenceComponent", "one"), models)
    stage.emulator.clock.advance(200)
    stage.client.update_inference_component(InferenceComponentName="one", Specification={"ModelName": "second"})
    meanwhile = of_component(stage.found("InferenceComponent", "one"), models)
    stage.emulator.clock.advance(300)
    after = of_component(stage.found("InferenceComponent", "one"), models)

    assert sizes(before) == {"first": 2}
    assert [(group.instances, group.weight, group.coming) for group in meanwhile] == [(2, 1.0, False), (2, 0.0, True)]
    assert sizes(after) == {"second": 2}
    assert after[0].deployment == meanwhile[1].deployment
