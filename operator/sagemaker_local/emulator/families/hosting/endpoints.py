"""Endpoints: created, updated, re-scaled and deleted, with what is known about updates that fail.

A failed update leaves a healthy endpoint InService on its old configuration, with a FailureReason; a failed creation leaves an
endpoint that can only be deleted. Not here yet: traffic shifting in steps, rollback by alarms, autoscaling, maintenance.
"""

from typing import Final

from sagemaker_local.emulator.effects import gone
from sagemaker_local.emulator.families.hosting.models import NO_CONFIG
from sagemaker_local.emulator.families.hosting.variants import (
    LISTS,
    data_capture,
    desire,
    fulfil,
    launching,
    retain,
    serving,
)
from sagemaker_local.emulator.family import Action, Family, Timeline, at
from sagemaker_local.emulator.quotas import ACROSS_ENDPOINTS
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Place, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal(
    VALIDATION,
    'Could not find endpoint "{arn}".',
    evidence="ACK generator.yaml, public issues",
)
EXISTS: Final = Refusal(
    VALIDATION,
    'Cannot create already existing endpoint "{arn}".',
    evidence="public issues and Terraform modules",
)
BUSY: Final = Refusal(
    VALIDATION,
    'Cannot update in-progress endpoint "{arn}".',
    evidence="public issues; the same for update, delete and weights",
)
FAILED: Final = Refusal(
    VALIDATION,
    'Cannot update failed endpoint "{arn}". DeleteEndpoint is the only operation that can be performed on it.',
    evidence=UNVERIFIED,
)
NO_VARIANT: Final = Refusal(
    VALIDATION,
    'Could not find variant "{variant}" of endpoint "{arn}".',
    evidence=UNVERIFIED,
)


def config_exists(call: Call, world: World) -> None:
    """The configuration that an endpoint is created from exists."""
    name = call.request["EndpointConfigName"]
    if world.find(call.place, "EndpointConfig", name) is None:
        raise NO_CONFIG.error(arn=call.place.arn("endpoint-config", name))


def new_config_exists(call: Call, _: Resource, world: World) -> None:
    """The configuration that an endpoint is updated to exists."""
    config_exists(call, world)


def not_failed(_: Call, resource: Resource, __: World) -> None:
    """Only deletion is possible for a failed endpoint (EndpointStatus' documentation)."""
    if resource.status == "Failed":
        raise FAILED.error(arn=resource.arn)


def variants_exist(call: Call, resource: Resource, _: World) -> None:
    """Every variant to be re-scaled is one of the endpoint's."""
    known = {v["VariantName"] for name in LISTS for v in resource.facts.get(name, ())}
    for change in call.request["DesiredWeightsAndCapacities"]:
        if change["VariantName"] not in known:
            raise NO_VARIANT.error(variant=change["VariantName"], arn=resource.arn)


def within_quota(call: Call, resource: Resource, world: World) -> None:
    """A blue/green update needs the new fleet beside the old one."""
    world.quotas.check(world.store, resource.place, instances(call.request, resource.place, world))


def prepare_update(call: Call, resource: Resource, _: World) -> None:
    """What the endpoint becomes if the update succeeds."""
    resource.pending = {k: v for k, v in call.request.items() if k != "EndpointName"}


def prepare_scaling(call: Call, resource: Resource, _: World) -> None:
    """Desired weights and counts show at once, current ones later."""
    desire(resource, call.request["DesiredWeightsAndCapacities"])


def instances(request: Json, place: Place, world: World) -> dict[str, int]:
    """Instances that an endpoint needs, by quota name."""
    config = world.find(place, "EndpointConfig", request["EndpointConfigName"])
    wanted: dict[str, int] = {}
    for variant in config.spec["ProductionVariants"] if config else ():
        if "InstanceType" in variant:
            count = int(variant.get("InitialInstanceCount", 1))
            for quota in (f"{variant['InstanceType']} for endpoint usage", ACROSS_ENDPOINTS):
                wanted[quota] = wanted.get(quota, 0) + count
    return wanted


def deploy(endpoint: Resource, world: World, now: float) -> None:
    """Show what is being launched."""
    config = world.find(endpoint.place, "EndpointConfig", _target(endpoint))
    if config is not None:
        endpoint.facts["PendingDeploymentSummary"] = launching(config.spec, now=now)


def serve(endpoint: Resource, world: World, now: float) -> str | None:
    """Take on the new configuration; needs the old and the new one (terraform-provider-aws#40048)."""
    for name in (endpoint.spec["EndpointConfigName"], _target(endpoint)):
        if world.find(endpoint.place, "EndpointConfig", name) is None:
            return NO_CONFIG.text.format(arn=endpoint.place.arn("endpoint-config", name))
    config = world.find(endpoint.place, "EndpointConfig", _target(endpoint))
    assert config is not None
    update = endpoint.pending or {}
    fresh = serving(config.spec, _images(endpoint.place, config.spec, world), now=now)
    excluded = [p["VariantPropertyType"] for p in update.get("ExcludeRetainedVariantProperties", ())]
    if update.get("RetainAllVariantProperties"):
        retain(fresh, endpoint.facts, without=excluded)
    deployment = _deployment(endpoint)
    for name in (*LISTS, "PendingDeploymentSummary", "DataCaptureConfig"):
        endpoint.facts.pop(name, None)
    endpoint.facts.update(fresh, DataCaptureConfig=data_capture(config.spec), LastDeploymentConfig=deployment)
    for name in ("AsyncInferenceConfig", "ExplainerConfig"):
        endpoint.facts[name] = config.spec.get(name)
    endpoint.spec["EndpointConfigName"] = config.name
    endpoint.usage = instances(endpoint.spec, endpoint.place, world)
    endpoint.pending = endpoint.reason = None
    return None


def roll_back(endpoint: Resource, _: World, __: float) -> None:
    """Stay on the old configuration."""
    endpoint.pending = None
    endpoint.facts.pop("PendingDeploymentSummary", None)


def rescale(endpoint: Resource, _: World, __: float) -> None:
    """The desired weights and counts are reached."""
    fulfil(endpoint)


def _target(endpoint: Resource) -> str:
    wanted: str = (endpoint.pending or endpoint.spec)["EndpointConfigName"]
    return wanted


def _deployment(endpoint: Resource) -> Json | None:
    """LastDeploymentConfig after what is under way: the one that came with it, or the last one if that is retained."""
    asked = endpoint.spec if endpoint.pending is None else endpoint.pending
    last: Json | None = endpoint.facts.get("LastDeploymentConfig")
    return asked.get("DeploymentConfig") or (last if asked.get("RetainDeploymentConfig") else None)


def _images(place: Place, config: Json, world: World) -> dict[str, str]:
    """Model name to the image of its first container, for the models that still exist."""
    images: dict[str, str] = {}
    for variant in (v for name in LISTS for v in config.get(name, ())):
        model = world.find(place, "Model", variant.get("ModelName", ""))
        if model is not None:
            container = model.spec.get("PrimaryContainer") or model.spec["Containers"][0]
            if "Image" in container:
                images[model.name] = container["Image"]
    return images


SETTLED: Final = frozenset({"InService", "UpdateRollbackFailed", "OutOfService"})
CREATE: Final = Timeline(
    (at(0, "Creating", effect=deploy), at(240, "InService", effect=serve)),
    failed=at(0, "Failed", effect=roll_back),
)
UPDATE: Final = Timeline(
    (at(0, "Updating", effect=deploy), at(300, "InService", effect=serve)),
    failed=at(0, "InService", effect=roll_back),
)
SCALE: Final = Timeline(
    (at(0, "Updating"), at(180, "InService", effect=rescale)),
    failed=at(0, "InService"),
)
DELETE: Final = Timeline((at(0, "Deleting"), at(10, None, effect=gone)))

ENDPOINT: Final = Family(
    kind="Endpoint",
    path="endpoint",
    status="EndpointStatus",
    any_case=True,
    create=CREATE,
    missing=MISSING,
    exists=EXISTS,
    checks=(config_exists,),
    usage=instances,
    occupies=frozenset({"Creating", "Updating", "InService", "UpdateRollbackFailed"}),
    actions=(
        Action(
            operation="UpdateEndpoint",
            accepts=SETTLED | {"Failed"},
            refused=BUSY,
            guards=(not_failed, new_config_exists, within_quota),
            apply=prepare_update,
            timeline=UPDATE,
        ),
        Action(
            operation="UpdateEndpointWeightsAndCapacities",
            accepts=SETTLED | {"Failed"},
            refused=BUSY,
            guards=(not_failed, variants_exist),
            apply=prepare_scaling,
            timeline=SCALE,
        ),
        Action(
            operation="DeleteEndpoint",
            accepts=SETTLED | {"Failed"},
            refused=BUSY,
            timeline=DELETE,
        ),
    ),
)
