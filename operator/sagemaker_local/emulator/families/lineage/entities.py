"""Actions, artifacts and contexts: the entities of lineage beside trial components."""

from typing import Final

from sagemaker_local.emulator.effects import AT_ONCE, REMOVE, merge
from sagemaker_local.emulator.families.lineage import associations, search
from sagemaker_local.emulator.family import Action, Apply, Extra, Family
from sagemaker_local.emulator.lists import within
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

_ABSENT: Final = "ResourceNotFound is declared; the text is unverified"

NO_ACTION: Final = Refusal("ResourceNotFound", "Action '{arn}' does not exist.", evidence=_ABSENT)
NO_ARTIFACT: Final = Refusal("ResourceNotFound", "Artifact '{arn}' does not exist.", evidence=_ABSENT)
NO_CONTEXT: Final = Refusal("ResourceNotFound", "Context '{arn}' does not exist.", evidence=_ABSENT)
ACTION_EXISTS: Final = Refusal(VALIDATION, "Action with name ({name}) already exists.", evidence=UNVERIFIED)
ARTIFACT_EXISTS: Final = Refusal(VALIDATION, "Artifact '{arn}' already exists.", evidence=UNVERIFIED)
CONTEXT_EXISTS: Final = Refusal(VALIDATION, "Context with name ({name}) already exists.", evidence=UNVERIFIED)
ARN_OR_SOURCE: Final = Refusal(
    VALIDATION,
    "Exactly one of ArtifactArn and Source must be given.",
    evidence=UNVERIFIED,
)


def change(*members: str) -> Apply:
    """An update whose Properties are merged, less those in PropertiesToRemove."""

    def apply(call: Call, resource: Resource, world: World) -> None:
        merge(*members)(call, resource, world)
        properties = {**resource.spec.get("Properties", {}), **call.request.get("Properties", {})}
        for name in call.request.get("PropertiesToRemove", ()):
            properties.pop(name, None)
        if properties or "Properties" in resource.spec:
            resource.spec["Properties"] = properties

    return apply


def lineage_group(resource: Resource) -> Json:
    """Every entity belongs to the one lineage group of its account and region."""
    return {"LineageGroupArn": resource.place.arn("lineage-group", "sagemaker-default-lineage-group")}


def new_artifact(_: Call, world: World) -> str:
    """AWS names artifacts by a digest."""
    return f"{world.random.getrandbits(128):032x}"


def delete_artifact(call: Call, world: World) -> Json:
    """DeleteArtifact, by its ARN or by its source."""
    arn, source = call.request.get("ArtifactArn"), call.request.get("Source")
    if (arn is None) == (source is None):
        raise ARN_OR_SOURCE.error()
    artifacts = world.store.of_kind(call.place, "Artifact").values()
    found = next((a for a in artifacts if a.arn == arn or (source and a.spec["Source"] == source)), None)
    if found is None:
        raise NO_ARTIFACT.error(arn=arn or (source or {})["SourceUri"])
    world.store.remove(found)
    world.notice(found, call.now)
    return {"ArtifactArn": found.arn}


_BY_SOURCE: Final = {"SourceUri": within(("Source", "SourceUri"))}

ACTION: Final = Family(
    kind="Action",
    path="action",
    create=AT_ONCE,
    missing=NO_ACTION,
    exists=ACTION_EXISTS,
    view=lineage_group,
    filters=_BY_SOURCE,
    actions=(
        Action(operation="UpdateAction", apply=change("Description", "Status")),
        Action(operation="DeleteAction", timeline=REMOVE),
    ),
)

ARTIFACT: Final = Family(
    kind="Artifact",
    path="artifact",
    create=AT_ONCE,
    missing=NO_ARTIFACT,
    exists=ARTIFACT_EXISTS,
    new_id=new_artifact,
    name_member="ArtifactName",
    view=lineage_group,
    filters=_BY_SOURCE,
    actions=(Action(operation="UpdateArtifact", apply=change("ArtifactName")),),
    extras=(Extra("DeleteArtifact", delete_artifact),),
)

CONTEXT: Final = Family(
    kind="Context",
    path="context",
    create=AT_ONCE,
    missing=NO_CONTEXT,
    exists=CONTEXT_EXISTS,
    view=lineage_group,
    filters=_BY_SOURCE,
    actions=(
        Action(operation="UpdateContext", apply=change("Description")),
        Action(operation="DeleteContext", timeline=REMOVE),
    ),
    extras=(*associations.EXTRAS, *search.EXTRAS),
)
