"""Inference routers: targets with destinations, in this account or another.

Whether a destination can be reached is looked up at each Describe; what lies in another region or account, and cannot be seen
from here, is Unknown.
"""

from typing import Any, Final

from sagemaker_local.emulator.effects import gone, prepare, replace_by
from sagemaker_local.emulator.family import Action, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal("ResourceNotFound", "Inference router {name} does not exist.", evidence=UNVERIFIED)
EXISTS: Final = Refusal("ResourceAlreadyExists", "Inference router {name} already exists.", evidence=UNVERIFIED)
BUSY: Final = Refusal(
    "ConflictException",
    "Inference router {name} is in status {status}. Describe the router, and then send the request again.",
    evidence=UNVERIFIED,
)
SAME_NAMES: Final = Refusal(VALIDATION, "Two routing targets are called {target}.", evidence=UNVERIFIED)
WRONG_TYPE: Final = Refusal(
    VALIDATION,
    "Routing target {target} needs {wanted} endpoints, and {arn} is not one.",
    evidence=UNVERIFIED,
)


def targets_make_sense(call: Call, world: World) -> None:
    """Targets have names of their own, and each endpoint that can be seen is of the type that its target requires."""
    seen: set[str] = set()
    for target in call.request["RoutingTargets"]:
        if target["Name"] in seen:
            raise SAME_NAMES.error(target=target["Name"])
        seen.add(target["Name"])
        wanted = "AsyncInferenceConfig" in target
        for destination in target["Destinations"]:
            endpoint = world.store.find_arn(destination["ResourceArn"])
            if endpoint is None or endpoint.kind != "Endpoint" or endpoint.place.account != call.place.account:
                continue
            if endpoint.status == "InService" and _is_async(endpoint) != wanted:
                name = "asynchronous" if wanted else "real-time"
                raise WRONG_TYPE.error(target=target["Name"], wanted=name, arn=endpoint.arn)


def new_targets_make_sense(call: Call, _: Resource, world: World) -> None:
    """The same for an update."""
    targets_make_sense(call, world)


def with_routing_status(call: Call, router: Resource, world: World, answer: Json) -> Json:
    """Each destination with what the caller can know of it now."""
    targets: list[Any] = [
        {**target, "Destinations": [_routed(call, one, world) for one in target["Destinations"]]}
        for target in router.spec["RoutingTargets"]
    ]
    return {**answer, "RoutingTargets": targets}


def _routed(call: Call, destination: Json, world: World) -> Json:
    arn = destination["ResourceArn"]
    if arn.split(":")[4] != call.place.account:
        return {**destination, "RoutingStatus": "Unknown"}
    found = world.store.find_arn(arn)
    serves = found is not None and found.status in ("InService", "Updating", "SystemUpdating", "RollingBack")
    return {**destination, "RoutingStatus": "Routable" if serves else "Unroutable"}


def _is_async(endpoint: Resource) -> bool:
    return endpoint.facts.get("AsyncInferenceConfig") is not None


SETTLED: Final = frozenset({"InService", "Failed"})
UPDATES: Final = "about 2 minutes: documentation of UpdateInferenceRouter"

INFERENCE_ROUTER: Final = Family(
    kind="InferenceRouter",
    path="inference-router",
    status="Status",
    create=Timeline((at(0, "Creating"), at(60, "InService")), failed=at(0, "Failed")),
    missing=MISSING,
    exists=EXISTS,
    token="ClientToken",  # noqa: S106 the name of a member
    checks=(targets_make_sense,),
    describe=with_routing_status,
    actions=(
        Action(
            operation="UpdateInferenceRouter",
            accepts=SETTLED,
            refused=BUSY,
            guards=(new_targets_make_sense,),
            apply=prepare("RoutingTargets"),
            timeline=Timeline((at(0, "Updating"), at(120, "InService", effect=replace_by)), evidence=UPDATES),
        ),
        Action(
            operation="DeleteInferenceRouter",
            accepts=SETTLED,
            refused=BUSY,
            timeline=Timeline((at(0, "Deleting"), at(30, None, effect=gone))),
        ),
    ),
)
