"""Tags of resources, in every family the same way: AddTags, DeleteTags, ListTags, and tags given at creation."""

from typing import Final

from sagemaker_local.emulator.paging import Page, cut
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

LIMIT: Final = 50
PAGE: Final = 50

RESERVED: Final = Refusal(
    VALIDATION,
    "aws: prefixed tag key names are not allowed for external use.",
    evidence=UNVERIFIED,
)
TOO_MANY: Final = Refusal(
    "ResourceLimitExceeded",
    "The number of tags on resource {arn} would be {count}; the limit is 50.",
    evidence=UNVERIFIED,
)
NOT_TAGGABLE: Final = Refusal(
    VALIDATION,
    "Could not find resource {arn}.",
    evidence=UNVERIFIED,
)


def read(request: Json, *, arn: str) -> dict[str, str]:
    """The tags of a request, checked. Lengths are the shape's business."""
    given: dict[str, str] = {tag["Key"]: tag["Value"] for tag in request.get("Tags", ())}
    if any(key.lower().startswith("aws:") for key in given):
        raise RESERVED.error()
    if len(given) > LIMIT:
        raise TOO_MANY.error(arn=arn, count=len(given))
    return given


def add(call: Call, world: World) -> Json:
    """AddTags: answers with all tags of the resource."""
    resource = _resource(call, world)
    merged = {**resource.tags, **read(call.request, arn=resource.arn)}
    if len(merged) > LIMIT:
        raise TOO_MANY.error(arn=resource.arn, count=len(merged))
    resource.tags = merged
    return {"Tags": _rows(resource)}


def delete(call: Call, world: World) -> Json:
    """DeleteTags: keys that are not there are no error."""
    resource = _resource(call, world)
    for key in call.request["TagKeys"]:
        resource.tags.pop(key, None)
    return {}


def listed(call: Call, world: World) -> Json:
    """ListTags, in pages of at least 50."""
    rows = _rows(_resource(call, world))
    page: Page[Json] = cut(rows, call, size=PAGE)
    return {"Tags": page.items, **page.token}


def _resource(call: Call, world: World) -> Resource:
    resource = world.store.find_arn(call.request["ResourceArn"])
    if resource is None or resource.place != call.place:
        raise NOT_TAGGABLE.error(arn=call.request["ResourceArn"])
    return resource


def _rows(resource: Resource) -> list[Json]:
    return [{"Key": key, "Value": value} for key, value in resource.tags.items()]
