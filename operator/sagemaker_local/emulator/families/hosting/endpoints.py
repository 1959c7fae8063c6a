"""Endpoints: created, updated, re-scaled and deleted, with what is known about updates that fail.

A failed update leaves a healthy endpoint InService on its old configuration, with a FailureReason; a failed creation leaves an
endpoint that can only be deleted. Not here: taking on a configuration (`deployment`), its stages (`rollouts`, `fleets`), scaling.
"""

from typing import Final

from sagemaker_local.emulator.effects import gone
from sagemaker_local.emulator.families.hosting.attachments import (
    DEREGISTERING,
    deregister,
    leaves_scaled_variants,
    may_deregister,
    no_components,
)
from sagemaker_local.emulator.families.hosting.deployment import (
    deploy,
    instances,
    prepare_update,
    roll_back_creation,
    roll_out,
    serve,
    update_course,
    update_course_of,
)
from sagemaker_local.emulator.families.hosting.fleets import restore
from sagemaker_local.emulator.families.hosting.guardrails import creation_fits, update_fits
from sagemaker_local.emulator.families.hosting.models import NO_CONFIG
from sagemaker_local.emulator.families.hosting.policies import POLICY_ACTIONS, SCALING_ADVICE
from sagemaker_local.emulator.families.hosting.rollouts import ALL_AT_ONCE
from sagemaker_local.emulator.families.hosting.scaling import SCALE, prepare_scaling
from sagemaker_local.emulator.families.hosting.variants import COMING, LISTS
from sagemaker_local.emulator.family import Action, Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Json, Resource
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


def shown(resource: Resource) -> Json:
    """The deployment configuration of an update, from its beginning (sagemaker-controller, update_deployment_config.json)."""
    asked = (resource.pending or {}).get("DeploymentConfig")
    return {} if asked is None else {"LastDeploymentConfig": asked}


def again(endpoint: Resource, world: World) -> Timeline | None:
    """The course of a creation, an update or a change of capacity, from its beginning."""
    if endpoint.status == "Creating":
        return CREATE
    if endpoint.status != "Updating" or endpoint.pending is None:
        return None
    if endpoint.detail == "RollingBack":
        return Timeline((at(0, "InService", effect=restore),))
    return update_course_of(endpoint, world) if COMING in endpoint.facts else SCALE


SETTLED: Final = frozenset({"InService", "UpdateRollbackFailed", "OutOfService"})
CREATE: Final = Timeline(
    (at(0, "Creating", effect=deploy), at(240, "InService", effect=serve)),
    failed=at(0, "Failed", effect=roll_back_creation),
)
UPDATE: Final = roll_out(ALL_AT_ONCE, {})
MAINTAIN: Final = Timeline((at(0, "SystemUpdating"), at(600, "InService")))
DELETE: Final = Timeline((at(0, "Deleting"), at(10, None, effect=gone)))

ENDPOINT: Final = Family(
    kind="Endpoint",
    path="endpoint",
    status="EndpointStatus",
    any_case=True,
    create=CREATE,
    missing=MISSING,
    exists=EXISTS,
    checks=(config_exists, creation_fits),
    usage=instances,
    view=shown,
    again=again,
    maintenance=MAINTAIN,
    stages=frozenset({"Baking", "RollingBack", DEREGISTERING}),
    occupies=frozenset({"Creating", "Updating", "InService", "UpdateRollbackFailed"}),
    actions=(
        Action(
            operation="UpdateEndpoint",
            accepts=SETTLED | {"Failed"},
            refused=BUSY,
            guards=(not_failed, new_config_exists, leaves_scaled_variants, update_fits, within_quota),
            apply=prepare_update,
            timeline=UPDATE,
            course=update_course,
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
            guards=(no_components, may_deregister),
            apply=deregister,
            timeline=DELETE,
        ),
        *POLICY_ACTIONS,
    ),
    extras=(SCALING_ADVICE,),
)
