"""What is attached to an endpoint, and keeps it from being deleted or updated: inference components, and scalable targets.

A deletion deregisters scalable targets, if the caller may. An update is refused if it removes a variant that is scaled, or gives
it another instance type.

Whether the caller may is what a scenario says, because callers have no permissions here: `fail("Endpoint", …,
at="DeregisterScalableTarget")`.
"""

from typing import Final

from sagemaker_local.emulator.families.hosting.scaling import is_autoscaled, resource_id
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal
from sagemaker_local.emulator.resource import Resource
from sagemaker_local.emulator.world import Call, World

HAS_COMPONENTS: Final = Refusal(
    VALIDATION,
    'Cannot delete endpoint "{arn}" because it hosts inference components: {components}. Delete them first.',
    evidence=f"that they go first: amazon-sagemaker-examples#3432, amazon-sagemaker-feedback#49; {UNVERIFIED} text",
)
SCALABLE: Final = Refusal(
    VALIDATION,
    "An Application AutoScaling scalable target exists for a variant being deleted, and the IAM identity used to invoke "
    "DeleteEndpoint does not have application-autoscaling:DeregisterScalableTarget permission to deregister the scalable target.",
    evidence="the text: stable-diffusion-aws-extension#161; the code: unverified",
)
SCALED: Final = Refusal(
    VALIDATION,
    'The variant(s) "[{variants}]" must be deregistered as scalable targets with AWS Auto Scaling before they can be removed '
    "or have their instance type updated.",
    evidence=f"the rule: endpoint-scaling-update.html of the developer guide; {UNVERIFIED} text",
)
DEREGISTERING: Final = "DeregisterScalableTarget"


def no_components(_: Call, endpoint: Resource, world: World) -> None:
    """Inference components go before their endpoint."""
    components = world.store.of_kind(endpoint.place, "InferenceComponent").values()
    there = sorted(component.name for component in components if component.facts["EndpointArn"] == endpoint.arn)
    if there:
        raise HAS_COMPONENTS.error(arn=endpoint.arn, components=", ".join(there))


def may_deregister(_: Call, endpoint: Resource, world: World) -> None:
    """Deleting an autoscaled endpoint deregisters its targets, if the caller may."""
    if is_autoscaled(endpoint, world) and world.scenarios.forbids(endpoint.kind, endpoint.name, DEREGISTERING):
        raise SCALABLE.error()


def deregister(_: Call, endpoint: Resource, world: World) -> None:
    """What is deleted is scaled no more: endpoint-delete-with-scaling.html of the developer guide."""
    for variant in endpoint.facts.get("ProductionVariants", ()):
        if world.services is not None:
            world.services.deregister(endpoint.place, resource_id(endpoint, variant["VariantName"]))


def leaves_scaled_variants(call: Call, endpoint: Resource, world: World) -> None:
    """A variant that is scaled stays, and keeps its instance type."""
    before, after = (
        world.find(call.place, "EndpointConfig", name)
        for name in (endpoint.spec["EndpointConfigName"], call.request["EndpointConfigName"])
    )
    if world.services is None or after is None:
        return
    types = {one["VariantName"]: one.get("InstanceType") for one in after.spec["ProductionVariants"]}
    old = before.spec["ProductionVariants"] if before is not None else []
    changed = sorted(
        one["VariantName"]
        for one in old
        if (one["VariantName"] not in types or types[one["VariantName"]] != one.get("InstanceType"))
        and world.services.scalable(endpoint.place, resource_id(endpoint, one["VariantName"]))
    )
    if changed:
        raise SCALED.error(variants=", ".join(changed))
