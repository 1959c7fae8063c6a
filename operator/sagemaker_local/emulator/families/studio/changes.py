"""Updates that take members away as well as setting them: noted when asked for, made once they are through."""

from collections.abc import Iterable
from copy import deepcopy

from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import World


def note(resource: Resource, *, drop: Iterable[str], take: Json) -> None:
    """Keep what an update asks for until it is through; a new attempt has no FailureReason yet."""
    resource.pending = {"drop": list(drop), "take": deepcopy(take)}
    resource.reason = None


def make(resource: Resource, _: World, __: float) -> None:
    """The update is through: what is to go goes before what is new comes."""
    pending = resource.pending or {"drop": [], "take": {}}
    for member in pending["drop"]:
        resource.spec.pop(member, None)
    resource.spec.update(pending["take"])
    resource.pending = None
