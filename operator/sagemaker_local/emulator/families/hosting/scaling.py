"""Weights and instance counts that are changed beside the configuration, by UpdateEndpointWeightsAndCapacities or an autoscaler.

What is wanted shows at once, what is reached later. If it cannot be reached, an endpoint with a scalable target passes through
RollingBack (documentation of EndpointStatus); another one is as before at once.
"""

from copy import deepcopy
from typing import Final

from sagemaker_local.emulator.families.hosting.fleets import restore
from sagemaker_local.emulator.families.hosting.variants import LISTS, desire, fulfil
from sagemaker_local.emulator.family import Timeline, at
from sagemaker_local.emulator.resource import Resource
from sagemaker_local.emulator.world import Call, World


def resource_id(endpoint: Resource, variant: str) -> str:
    """The name of a variant in Application Auto Scaling."""
    return f"endpoint/{endpoint.name}/variant/{variant}"


def is_autoscaled(endpoint: Resource, world: World) -> bool:
    """Whether any variant is a registered scalable target."""
    services = world.services
    names = [variant["VariantName"] for variant in endpoint.facts.get("ProductionVariants", ())]
    return services is not None and any(
        services.scalable(endpoint.place, resource_id(endpoint, name)) for name in names
    )


def prepare_scaling(call: Call, endpoint: Resource, _: World) -> None:
    """Show what is wanted, and what is done for it, as in "Endpoint deployment state change" of the developer guide."""
    before = {name: deepcopy(endpoint.facts[name]) for name in LISTS if name in endpoint.facts}
    endpoint.pending = {"Before": before, "EndpointConfigName": endpoint.spec["EndpointConfigName"]}
    endpoint.reason = None
    desire(endpoint, call.request["DesiredWeightsAndCapacities"])
    for variant in (v for name in LISTS for v in endpoint.facts.get(name, ())):
        wanted, current = variant.get("DesiredInstanceCount"), variant.get("CurrentInstanceCount")
        if wanted != current:
            message = f"Scaling {'out' if wanted > current else 'in'} desired instance count to {wanted}."
            variant["VariantStatus"] = [{"Status": "Updating", "StatusMessage": message, "StartTime": call.now}]


def rescale(endpoint: Resource, _: World, __: float) -> None:
    """The wanted weights and counts are reached."""
    fulfil(endpoint)
    for variant in (v for name in LISTS for v in endpoint.facts.get(name, ())):
        variant.pop("VariantStatus", None)
    endpoint.pending = None


def give_up(endpoint: Resource, world: World, now: float) -> None:
    """Return to the weights and counts of before."""
    if is_autoscaled(endpoint, world):
        world.stage.begin(endpoint, ROLL_BACK, now=now)
        return
    restore(endpoint, world, now)
    endpoint.status = "InService"


ROLL_BACK: Final = Timeline((at(0, "RollingBack"), at(60, "InService", effect=restore)))
SCALE: Final = Timeline(
    (at(0, "Updating"), at(180, "InService", effect=rescale)),
    failed=at(0, None, effect=give_up),
)
