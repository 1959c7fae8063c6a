"""Worker task templates (human task UIs): kept by their hash, and rendered for a preview."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from sagemaker_local.emulator.effects import REMOVE
from sagemaker_local.emulator.family import Action, Extra, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal(
    "ResourceNotFound",
    "The human task UI {name} does not exist.",
    evidence=f"the code: terraform-provider-aws; the text: {UNVERIFIED}",
)
EXISTS: Final = Refusal("ResourceInUse", "The human task UI {name} already exists ({arn}).", evidence=UNVERIFIED)
ONE_TEMPLATE: Final = Refusal(VALIDATION, "Provide either UiTemplate or HumanTaskUiArn.", evidence=UNVERIFIED)
BAD_INPUT: Final = "InvalidTaskInput"


def shown(page: Resource) -> Mapping[str, Any]:
    """A template is shown by its hash and where it can be fetched, not by its content."""
    content: str = page.spec["UiTemplate"]["Content"]
    digest = sha256(content.encode()).hexdigest()
    host = f"s3.{page.place.region}.amazonaws.com"
    url = f"https://{host}/sagemaker-human-task-ui-{page.place.region}/{page.place.account}/{page.name}/{digest}"
    return {"UiTemplate": {"Url": url, "ContentSha256": digest}}


def preview(call: Call, world: World) -> Json:
    """RenderUiTemplate: what a worker would see; a template or an input that is wrong is told in Errors."""
    from sagemaker_local.emulator.families.labeling.templates import NotRenderable, render  # noqa: PLC0415 loaded when used

    content = _content(call, world)
    try:
        task = json.loads(call.request["Task"]["Input"])
    except (ValueError, RecursionError) as wrong:
        return _failed(BAD_INPUT, f"The task input is not JSON: {wrong}")
    try:
        return {"RenderedContent": render(content, task), "Errors": []}
    except NotRenderable as wrong:
        return _failed(wrong.code, str(wrong))


def _content(call: Call, world: World) -> str:
    request = call.request
    if ("UiTemplate" in request) == ("HumanTaskUiArn" in request):
        raise ONE_TEMPLATE.error()
    if "UiTemplate" in request:
        return str(request["UiTemplate"]["Content"])
    arn = request["HumanTaskUiArn"]
    page = world.store.find_arn(arn)
    if page is None or page.place != call.place:
        raise MISSING.error(name=arn)
    return str(page.spec["UiTemplate"]["Content"])


def _failed(code: str, text: str) -> Json:
    return {"RenderedContent": "", "Errors": [{"Code": code, "Message": text}]}


HUMAN_TASK_UI: Final = Family(
    kind="HumanTaskUi",
    path="human-task-ui",
    status="HumanTaskUiStatus",
    create=Timeline((at(0, "Active"),)),
    missing=MISSING,
    exists=EXISTS,
    view=shown,
    actions=(Action(operation="DeleteHumanTaskUi", timeline=REMOVE),),
    extras=(Extra("RenderUiTemplate", preview),),
)
