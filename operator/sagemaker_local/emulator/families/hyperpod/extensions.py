"""Extensions of HyperPod clusters, for example sagemaker-observability."""

import re
from collections.abc import Mapping
from typing import Any, Final

from sagemaker_local.emulator.effects import give_up, gone, prepare, take_on
from sagemaker_local.emulator.families.hyperpod import groups, records
from sagemaker_local.emulator.family import Action, Extra, Family, Timeline, at
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

VERSIONS: Final = ("1.0.0", "1.1.0")
"""Which versions AWS has of an extension is not public; the last is taken where a request names none."""

MISSING: Final = Refusal("ResourceNotFound", "The cluster extension {arn} does not exist.", evidence=UNVERIFIED)
EXISTS: Final = Refusal(
    "ResourceInUse",
    "The cluster {cluster} already has an extension named {name}.",
    evidence=f"the rule: CreateClusterExtension's documentation; the code and the text: {UNVERIFIED}",
)
ID_TAKEN: Final = Refusal("ResourceInUse", "The extension {arn} already exists.", evidence=UNVERIFIED)
NOT_CONTINUOUS: Final = Refusal(
    VALIDATION,
    "Extensions need a cluster whose NodeProvisioningMode is Continuous.",
    evidence=f"the rule: CreateClusterExtension's documentation; the text: {UNVERIFIED}",
)
NO_SUCH_EXTENSION: Final = Refusal(
    "ResourceNotFound",
    "There is no extension named {name}.",
    evidence=f"that names begin so: the pattern of ExtensionArn; the code and the text: {UNVERIFIED}",
)
BUSY: Final = Refusal("ConflictException", "The extension {arn} is in status {status}.", evidence=UNVERIFIED)
_NAME: Final = re.compile(r"(sagemaker|eks|pcs)-[a-z0-9-]+")
SETTLED: Final = frozenset({"Active", "Degraded", "CreateFailed", "UpdateFailed", "DeleteFailed"})


def fits_the_cluster(call: Call, world: World) -> None:
    """The cluster provisions continuously and has no extension of that name yet (CreateClusterExtension's documentation)."""
    name = call.request["ExtensionName"]
    if not _NAME.fullmatch(name):
        raise NO_SUCH_EXTENSION.error(name=name)
    cluster = records.cluster_of(call, world)
    if not records.continuous(cluster):
        raise NOT_CONTINUOUS.error()
    for other in world.store.of_kind(call.place, "ClusterExtension").values():
        if (other.spec["ClusterArn"], other.name) == (cluster.arn, name):
            raise EXISTS.error(cluster=cluster.name, name=other.name)


def of_this_cluster(call: Call, extension: Resource, _: World) -> None:
    """An extension is found under its own cluster alone."""
    if call.request["ClusterArn"] != extension.spec["ClusterArn"]:
        raise MISSING.error(arn=call.request["ExtensionArn"])


def cluster_exists(call: Call, world: World) -> None:
    """Lists are about a cluster that there is."""
    records.cluster_of(call, world)


def described(call: Call, extension: Resource, world: World, _: Json) -> Json:
    """What DescribeClusterExtension answers: the extension, and on how many nodes it runs."""
    of_this_cluster(call, extension, world)
    cluster = world.store.find_arn(extension.spec["ClusterArn"])
    count = len(groups.nodes(cluster)) if cluster is not None else 0
    kept = ("ClusterArn", "ExtensionName", "ExtensionVersion", "ConfigurationValues")
    return {
        "ExtensionDetails": {
            **{name: extension.spec[name] for name in kept if name in extension.spec},
            "ExtensionArn": extension.arn,
            "Status": extension.status,
            "CreationTime": extension.created,
            "LastModifiedTime": extension.modified,
        },
        "NodeSummary": {"TotalCount": count, "ActiveCount": count if extension.status == "Active" else 0},
        "Health": {"Issues": _issues(extension, count)},
    }


def _issues(extension: Resource, count: int) -> list[Json]:
    if extension.reason is None:
        return []
    return [{"Code": "ExtensionUnhealthy", "Message": extension.reason, "NodeCount": count}]


def list_versions(call: Call, _: World) -> Json:
    """ListClusterExtensionVersions."""
    page = cut([{"ExtensionVersion": version} for version in VERSIONS], call)
    return {"ExtensionVersions": page.items, **page.token}


def _tail(key: str, request: Mapping[str, Any]) -> str:
    return f"extension/{request.get('ExtensionName', 'sagemaker-extension')}/{key}"


CLUSTER_EXTENSION: Final = Family(
    kind="ClusterExtension",
    path="extension",
    status="Status",
    create=Timeline((at(0, "Creating"), at(120, "Active")), failed=at(0, "CreateFailed")),
    missing=MISSING,
    exists=ID_TAKEN,
    identified_by=("ClusterArn", "ExtensionArn"),
    new_id=lambda _, world: world.new_id(12),
    arn_member="ExtensionArn",
    arn_tail=_tail,
    name_member="ExtensionName",
    token="ClientToken",  # noqa: S106 the name of a member
    checks=(fits_the_cluster,),
    list_checks=(cluster_exists,),
    defaults=(("ExtensionVersion", VERSIONS[-1]),),
    describe=described,
    actions=(
        Action(
            operation="UpdateClusterExtension",
            accepts=SETTLED,
            refused=BUSY,
            guards=(of_this_cluster,),
            apply=prepare("ExtensionVersion", "ConfigurationValues"),
            timeline=Timeline(
                (at(0, "Updating"), at(120, "Active", effect=take_on)),
                failed=at(0, "UpdateFailed", effect=give_up),
            ),
        ),
        Action(
            operation="DeleteClusterExtension",
            accepts=SETTLED,
            tolerates=frozenset({"Deleting"}),
            refused=BUSY,
            guards=(of_this_cluster,),
            timeline=Timeline((at(0, "Deleting"), at(60, None, effect=gone)), failed=at(0, "DeleteFailed")),
        ),
    ),
    extras=(Extra("ListClusterExtensionVersions", list_versions),),
)
