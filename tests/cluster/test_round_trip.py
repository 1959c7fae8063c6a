"""Specs made from the service model go through the API server and come back as they were."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.cluster.api import Api
from tests.emulator.test_no_false_drift import request_of

from sagemaker_local.cluster import Cluster
from sagemaker_operator.kinds import GROUP, KINDS, VERSION, Kind
from sagemaker_operator.model.convert import from_reply

# What SageMaker demands of a structure and its model does not tell.
DEMANDED = {("EndpointConfig", "ProductionVariants"): {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}}
CASES = [
    pytest.param(kind, size, id=f"{kind.name}-{size}") for kind in KINDS.values() for size in ("minimal", "maximal")
]


def one_of_each(kind: Kind, request: dict[str, Any]) -> dict[str, Any]:
    """The request with one member of each set of which there must be exactly one, which the service model does not tell."""
    for members in kind.exactly_one:
        if all("." not in member for member in members):
            first = next((member for member in members if member in request), members[0])
            request.setdefault(first, request_of(kind, "maximal").get(first))
            request = {name: value for name, value in request.items() if name == first or name not in members}
    for (name, member), demanded in DEMANDED.items():
        if kind.name == name and member in request:
            request[member] = [{**demanded, **item} for item in request[member]]
    return request


@pytest.fixture(scope="module")
def api(cluster: Cluster, crds: None) -> Iterator[Api]:
    with Api(cluster, "default") as opened:
        yield opened


@pytest.mark.parametrize(("kind", "size"), CASES)
def test_a_generated_spec_comes_back_as_it_was(api: Api, kind: Kind, size: str) -> None:
    spec = from_reply(kind.family.spec_members, one_of_each(kind, request_of(kind, size)))
    manifest: dict[str, Any] = {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": kind.name,
        "metadata": {"name": "sample"},
        "spec": spec,
    }

    kept = api.create(kind, manifest, dry=True)

    assert kept.code == 201, kept.message
    assert kept.body["spec"] == spec
