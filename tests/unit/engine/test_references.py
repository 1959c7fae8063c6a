"""Fields that name other custom resources."""

from typing import Any

from making import facts, resource

from sagemaker_operator.engine.decide import decide
from sagemaker_operator.engine.references import pointers, resolve, value
from sagemaker_operator.engine.resource import Key
from sagemaker_operator.engine.steps import Intend
from sagemaker_operator.kinds import KINDS

VARIANTS: dict[str, Any] = {
    "productionVariants": [{"variantName": "a", "modelRef": {"name": "m"}}, {"variantName": "b", "modelName": "plain"}]
}


def test_references_are_found_in_lists_and_point_into_their_own_namespace() -> None:
    found = pointers(KINDS["EndpointConfig"], VARIANTS, "team-a")

    assert [pointer.target for pointer in found] == [Key("Model", "team-a", "m")]


def test_a_value_takes_the_place_of_its_reference_and_the_manifest_stays_as_it_is() -> None:
    (pointer,) = pointers(KINDS["EndpointConfig"], VARIANTS, "team-a")

    resolved = resolve(VARIANTS, {pointer: "team-a-m-abc"})

    assert [variant.get("modelName") for variant in resolved["productionVariants"]] == ["team-a-m-abc", "plain"]
    assert "modelName" not in VARIANTS["productionVariants"][0]


def test_a_reference_deep_in_the_spec_is_found() -> None:
    spec = {"dataQualityJobInput": {"endpointInput": {"endpointRef": {"name": "e"}, "localPath": "/x"}}}

    (pointer,) = pointers(KINDS["DataQualityJobDefinition"], spec, "d")

    resolved = resolve(spec, {pointer: "e-1"})
    assert resolved["dataQualityJobInput"]["endpointInput"]["endpointName"] == "e-1"


def test_a_list_of_structures_can_be_taken_from_another_resource() -> None:
    spec = {"containersRef": {"name": "autopilot"}}
    containers = [{"image": "image", "modelDataURL": "s3://bucket/model.tar.gz"}]

    (pointer,) = pointers(KINDS["Model"], spec, "team-a")

    found = value(pointer.reference, {"bestCandidate": {"inferenceContainers": containers}})
    assert resolve(spec, {pointer: found or ""})["containers"] == containers


def test_a_manifest_without_references_needs_nothing_resolved() -> None:
    assert isinstance(decide(facts(about=resource("Model"))), Intend)
