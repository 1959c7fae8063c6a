"""Model cards: JSON documents about models, in versions. Their status is what people say it is."""

import json
from typing import Any, Final

from sagemaker_local.emulator.effects import gone
from sagemaker_local.emulator.family import Action, Extra, Family, Timeline, at
from sagemaker_local.emulator.lists import in_period, newest_first
from sagemaker_local.emulator.paging import cut
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal("ResourceNotFound", "Modelcard {name} does not exist.", evidence="moto 5.2.5")
NO_VERSION: Final = Refusal(
    "ResourceNotFound",
    "Modelcard with name {name} and version: {version} does not exist",
    evidence="moto 5.2.5",
)
EXISTS: Final = Refusal("ConflictException", "Modelcard {name} already exists", evidence="moto 5.2.5")
NOT_JSON: Final = Refusal(
    VALIDATION,
    "Content must be a JSON object in the schema of model cards: {problem}",
    evidence="CreateModelCard's documentation says so; the text: " + UNVERIFIED,
)
ONE_AT_A_TIME: Final = Refusal(
    VALIDATION,
    "Content and ModelCardStatus cannot be updated in one call.",
    evidence="UpdateModelCard's documentation says so; the text: " + UNVERIFIED,
)


def content_is_json(call: Call, _: World) -> None:
    """The content is a JSON object; its schema is not checked."""
    if "Content" not in call.request:
        return
    try:
        content = json.loads(call.request["Content"])
    except ValueError as wrong:
        raise NOT_JSON.error(problem=wrong) from None
    if not isinstance(content, dict):
        raise NOT_JSON.error(problem="it is not an object")


def update_is_sound(call: Call, _: Resource, world: World) -> None:
    """An update brings content or a status, not both."""
    if "Content" in call.request and "ModelCardStatus" in call.request:
        raise ONE_AT_A_TIME.error()
    content_is_json(call, world)


def first_version(card: Resource, _: World, now: float) -> None:
    """A new card is its own first version."""
    _keep_version(card, now)


def _keep_version(card: Resource, now: float) -> None:
    versions: list[Json] = card.facts.setdefault("Versions", [])
    version = {"ModelCardVersion": len(versions) + 1, "CreationTime": now, "LastModifiedTime": now}
    versions.append({**version, "Content": card.spec["Content"], "ModelCardStatus": card.spec["ModelCardStatus"]})
    card.facts["ModelCardVersion"] = len(versions)


def update(call: Call, card: Resource, _: World) -> None:
    """New content makes a new version; a new status is one of the newest version."""
    card.modified = call.now
    if "Content" in call.request:
        card.spec["Content"] = call.request["Content"]
        _keep_version(card, call.now)
    if "ModelCardStatus" in call.request:
        card.spec["ModelCardStatus"] = call.request["ModelCardStatus"]
        card.facts["Versions"][-1].update(ModelCardStatus=call.request["ModelCardStatus"], LastModifiedTime=call.now)


def find(place: Place, identifier: str, world: World) -> Resource:
    """A model card by name or ARN. Raises ServiceError if there is none here."""
    name = identifier.rpartition("/")[2] if identifier.startswith("arn:") else identifier
    found = world.find(place, "ModelCard", name)
    if found is None:
        raise MISSING.error(name=name)
    return found


def version_of(card: Resource, number: int | None) -> Json:
    """One version of a card, by default the newest. Raises ServiceError if there is none of that number."""
    versions: list[Json] = card.facts["Versions"]
    if number is None:
        return versions[-1]
    if not 1 <= number <= len(versions):
        raise NO_VERSION.error(name=card.name, version=number)
    return versions[number - 1]


def describe(call: Call, card: Resource, _: World, answer: Json) -> Json:
    """What DescribeModelCard answers about the version that is asked for."""
    version = version_of(card, call.request.get("ModelCardVersion"))
    return {**answer, **version, "CreationTime": card.created, "CreatedBy": {}}


def list_versions(call: Call, world: World) -> Json:
    """ListModelCardVersions."""
    request = call.request
    card = find(call.place, request["ModelCardName"], world)
    whole = {"ModelCardName": card.name, "ModelCardArn": card.arn}
    found = [
        {**whole, **_without_content(version)} for version in card.facts["Versions"] if _asked_for(version, request)
    ]
    page = cut(newest_first(found, request), call)
    return {"ModelCardVersionSummaryList": page.items, **page.token}


def _asked_for(version: Json, request: Json) -> bool:
    return request.get("ModelCardStatus") in (None, version["ModelCardStatus"]) and in_period(
        request, "CreationTime", version["CreationTime"]
    )


def _without_content(version: Json) -> dict[str, Any]:
    return {name: value for name, value in version.items() if name != "Content"}


def begin_deletion(card: Resource, _: World, __: float) -> None:
    """The card can still be described for a while."""
    card.facts["ModelCardProcessingStatus"] = "DeleteInProgress"


def gone_with_exports(card: Resource, world: World, now: float) -> None:
    """Its export jobs are deleted with a card (ModelCardProcessingStatus has a value for that)."""
    jobs = world.store.of_kind(card.place, "ModelCardExportJob").values()
    for job in [job for job in jobs if job.spec["ModelCardName"] == card.name]:
        gone(job, world, now)
    gone(card, world, now)


MODEL_CARD: Final = Family(
    kind="ModelCard",
    path="model-card",
    create=Timeline((at(0, None, effect=first_version),)),
    missing=MISSING,
    exists=EXISTS,
    checks=(content_is_json,),
    describe=describe,
    actions=(
        Action(operation="UpdateModelCard", guards=(update_is_sound,), apply=update),
        Action(
            operation="DeleteModelCard",
            timeline=Timeline((at(0, None, effect=begin_deletion), at(2, None, effect=gone_with_exports))),
        ),
    ),
    extras=(Extra("ListModelCardVersions", list_versions),),
)
