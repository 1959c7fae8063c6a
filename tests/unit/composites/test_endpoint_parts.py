"""What an Endpoint is made of: which objects, what they are called, and which of them may go."""

from typing import Any

from sagemaker_operator.composites.child import Child
from sagemaker_operator.composites.endpoint.children import Described, describe
from sagemaker_operator.composites.endpoint.sizes import sizes
from sagemaker_operator.composites.endpoint.surplus import surplus
from sagemaker_operator.composites.plan import Wanted
from sagemaker_operator.engine.resource import Resource
from sagemaker_operator.kinds import KINDS, Kind
from sagemaker_operator.kinds.inline import Inline

ENDPOINT: Kind = KINDS["Endpoint"]
assert ENDPOINT.inline is not None
ROW: Inline = ENDPOINT.inline


def spec(image: str = "one", *, weight: int = 1, count: int = 1, **more: Any) -> dict[str, Any]:
    variant = {"variantName": "main", "model": {"primaryContainer": {"image": image}}, "instanceType": "ml.m5.large"}
    return {
        "productionVariants": [{**variant, "initialVariantWeight": weight, "initialInstanceCount": count}],
        **more,
    }


def made(of: dict[str, Any]) -> Described:
    body = {"metadata": {"name": "web", "namespace": "a", "uid": "1", "resourceVersion": "1"}, "spec": of}
    return describe(Resource.read(ENDPOINT, body), of)


def canary(share: int) -> dict[str, Any]:
    return spec(canary={"trafficPercent": share, "model": {"primaryContainer": {"image": "two"}}})


def config(described: Described) -> Wanted:
    (found,) = (one for one in described.children if one.kind == "EndpointConfig")
    return found


def test_the_same_content_is_the_same_object() -> None:
    assert made(spec()).config == made(spec()).config
    assert made(spec()).config != made(spec("two")).config


def test_another_size_is_no_other_content() -> None:
    assert made(spec()).config == made(spec(weight=7, count=3)).config
    assert sizes(ROW, spec(weight=7, count=3)) == {"main": {"DesiredWeight": 7, "DesiredInstanceCount": 3}}


def test_a_canary_is_one_content_whatever_its_share_and_dark_in_it() -> None:
    shares = {made(canary(share)).config for share in (0, 10, 100)}

    assert len(shares) == 1
    variants = config(made(canary(10))).spec["productionVariants"]
    assert [(one["variantName"], one["initialVariantWeight"]) for one in variants] == [("main", 100), ("canary", 0)]
    assert {name: told["DesiredWeight"] for name, told in sizes(ROW, canary(10)).items()} == {"main": 90, "canary": 10}


def test_models_come_before_the_configuration_that_refers_to_them() -> None:
    described = made(canary(10))

    assert [one.kind for one in described.children] == ["Model", "Model", "EndpointConfig"]
    named = {one["modelRef"]["name"] for one in config(described).spec["productionVariants"]}
    assert named == {one.name for one in described.children if one.kind == "Model"}


def child(kind: str, name: str, **more: Any) -> Child:
    return Child(kind, name, f"uid-{name}", "2026-01-01T00:00:00Z", identity=f"sagemaker-{name}", **more)


THERE = (
    *(child("EndpointConfig", name) for name in ("c1", "c2", "c3", "c4")),
    *(child("Model", name) for name in ("m1", "m2", "m3", "m4")),
)


def gone(status: dict[str, Any], *, wanted: str = "c4", there: tuple[Child, ...] = THERE) -> list[str]:
    found = surplus(
        ROW,
        there,
        wanted=[Wanted("EndpointConfig", wanted, {})],
        status=status,
        refers_to=lambda one: (one.name.replace("c", "m"),),
    )
    return [one.name for one in found]


def test_what_is_wanted_remembered_or_in_use_stays_with_its_models() -> None:
    assert gone({}) == ["c1", "c2", "c3", "m1", "m2", "m3"]
    assert gone({"endpointConfigName": "sagemaker-c1"}) == ["c2", "c3", "m2", "m3"]
    assert gone({"pendingDeploymentSummary": {"endpointConfigName": "sagemaker-c2"}}) == ["c1", "c3", "m1", "m3"]
    assert gone({"revisions": [{"name": "c3", "outcome": "Superseded"}]}) == ["c1", "c2", "m1", "m2"]


def test_what_is_on_its_way_is_not_asked_to_go_again() -> None:
    there = (child("EndpointConfig", "c1", deleting=True), *THERE[1:])

    assert gone({}, there=there) == ["c2", "c3", "m1", "m2", "m3"]
