"""Scaling of serverless variants and inference components, and the operator killed at each moment."""

from typing import Any

import pytest
from tests.rehearsal.moments import at_each_moment
from tests.rehearsal.scaled import in_step, scaled, targets, web
from tests.rehearsal.stage import Rehearsal
from tests.rehearsal.test_rehearsed_endpoints import endpoint, serving

from sagemaker_operator.kinds import GROUP, VERSION


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
