"""What keeps an endpoint from being deleted: inference components on it, and scalable targets that the caller may not deregister.

Whether the caller may is what a scenario says, because callers have no permissions here: `fail("Endpoint", …,
at="DeregisterScalableTarget")`.
"""

from typing import Final

from sagemaker_local.emulator.families.hosting.scaling import is_autoscaled
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
