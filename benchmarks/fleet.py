"""Many custom resources of ten kinds, some of which refer to others: what they look like, and how they come into the cluster.

They are applied over the API server's HTTP, as kubectl would take longer than the operator.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from burst import job

from sagemaker_operator.kinds import GROUP, KINDS, VERSION
from sagemaker_operator.kube.client import KubeClient, path_of

_ROLE = "arn:aws:iam::123456789012:role/sagemaker"
_IMAGE = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1"
_CONNECTIONS = 16
_PAGE = 500
Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fleet:
    """What the API server shows of all objects.

    Attributes:
        versions: the resourceVersion of each, by kind and name.
        ready: how many are ready.
    """

    versions: Mapping[tuple[str, str], str]
    ready: int


def _model(name: str) -> Manifest:
    container = {"image": _IMAGE, "modelDataURL": f"s3://bucket/models/{name}/model.tar.gz"}
    return {"executionRoleARN": _ROLE, "primaryContainer": container}


def _config(name: str) -> Manifest:
    variant = {"variantName": "main", "instanceType": "ml.m5.large", "initialInstanceCount": 1}
    return {"productionVariants": [{**variant, "modelRef": {"name": name}}]}


def _action(name: str) -> Manifest:
    return {"actionName": name, "actionType": "ModelDeployment", "source": {"sourceURI": f"s3://bucket/{name}"}}


def _context(name: str) -> Manifest:
    return {"contextName": name, "contextType": "Project", "source": {"sourceURI": f"https://example.com/{name}"}}


def _features(name: str) -> Manifest:
    types = {"id": "String", "time": "String", "label": "Integral"}
    return {
        "featureGroupName": name,
        "recordIdentifierFeatureName": "id",
        "eventTimeFeatureName": "time",
        "featureDefinitions": [{"featureName": at, "featureType": type_} for at, type_ in types.items()],
        "onlineStoreConfig": {"enableOnlineStore": True},
        "roleARN": _ROLE,
    }


SPECS: Mapping[str, Callable[[str], Manifest]] = {
    "Model": _model,
    "EndpointConfig": _config,
    "TrainingJob": lambda name: dict(job(name)["spec"]),
    "Experiment": lambda name: {"experimentName": name, "displayName": name},
    "Trial": lambda name: {"trialName": name, "experimentRef": {"name": name}},
    "Action": _action,
    "Context": _context,
    "FeatureGroup": _features,
    "Image": lambda name: {"displayName": name, "roleARN": _ROLE},
    "ModelPackageGroup": lambda name: {"modelPackageGroupName": name, "modelPackageGroupDescription": "Digits"},
}
"""The spec of an object of each kind, by its name."""


def manifest(kind: str, name: str) -> Manifest:
    """A custom resource that is accepted."""
    metadata = {"name": name, "namespace": "default"}
    return {"apiVersion": f"{GROUP}/{VERSION}", "kind": kind, "metadata": metadata, "spec": SPECS[kind](name)}


def names(count: int) -> list[tuple[str, str]]:
    """Kind and name of that many objects, as many of each kind."""
    kinds = tuple(SPECS)
    return [(kinds[number % len(kinds)], f"digits-{number // len(kinds):05d}") for number in range(count)]


async def apply(client: KubeClient, objects: Iterable[tuple[str, str]]) -> None:
    """Create objects, as many at once as there are connections."""
    slots = asyncio.Semaphore(_CONNECTIONS)

    async def create(kind: str, name: str) -> None:
        async with slots:
            await client.request("POST", path_of(KINDS[kind], "default"), manifest(kind, name))

    async with asyncio.TaskGroup() as tasks:
        for kind, name in objects:
            tasks.create_task(create(kind, name))


async def look(client: KubeClient) -> Fleet:
    """All objects of these kinds as the API server has them."""
    versions: dict[tuple[str, str], str] = {}
    ready = 0
    for kind in SPECS:
        query = {"limit": str(_PAGE)}
        while True:
            page = await client.request("GET", path_of(KINDS[kind]), query=query, missing=False)
            assert page is not None
            for item in page["items"]:
                versions[kind, item["metadata"]["name"]] = item["metadata"]["resourceVersion"]
                ready += _is_ready(item)
            if not (token := page["metadata"].get("continue")):
                break
            query = {"limit": str(_PAGE), "continue": token}
    return Fleet(versions, ready)


async def has_status(client: KubeClient, kind: str, name: str) -> bool:
    """Whether the operator has written what it thinks of an object."""
    found = await client.get(KINDS[kind], "default", name)
    return bool(found and found.get("status", {}).get("conditions"))


def _is_ready(item: Mapping[str, Any]) -> bool:
    conditions = item.get("status", {}).get("conditions") or ()
    return any(told["type"] == "Ready" and told["status"] == "True" for told in conditions)
