"""Effects that several families share."""

from sagemaker_local.emulator.resource import Resource
from sagemaker_local.emulator.world import World


def gone(resource: Resource, world: World, _: float) -> None:
    """The resource no longer exists, and its name is free."""
    world.store.remove(resource)
