"""What several families do in the same way: vanish, and take on what an update asks for.

`merge` changes a resource at once; `prepare` and `take_on` do so once the update is through, and `give_up` forgets it.
"""

from collections.abc import Iterable
from copy import deepcopy
from typing import Final

from sagemaker_local.emulator.family import Apply, Timeline, at
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World


def gone(resource: Resource, world: World, _: float) -> None:
    """The resource no longer exists, and its name is free."""
    world.store.remove(resource)


AT_ONCE: Final = Timeline((at(0, None),))
"""A resource that is there as soon as it was asked for."""
REMOVE: Final = Timeline((at(0, None, effect=gone),))
"""A resource that is gone as soon as that was asked for."""


def merge(*members: str, deep: bool = False) -> Apply:
    """Let members of the request take the place of those of the resource, at once.

    Args:
        members: which; those that a request does not have stay.
        deep: whether structures are merged member by member instead of replaced.
    """

    def apply(call: Call, resource: Resource, _: World) -> None:
        _take(resource.spec, _asked(call, members), deep=deep)
        resource.modified = call.now

    return apply


def prepare(*members: str) -> Apply:
    """Note members of the request for `take_on`."""

    def apply(call: Call, resource: Resource, _: World) -> None:
        resource.pending = _asked(call, members)

    return apply


def take_on(resource: Resource, _: World, __: float) -> None:
    """The update is through: structures are merged member by member."""
    _take(resource.spec, resource.pending or {}, deep=True)
    resource.pending = None


def replace_by(resource: Resource, _: World, __: float) -> None:
    """The update is through: each member takes the place of the old one as a whole."""
    _take(resource.spec, resource.pending or {}, deep=False)
    resource.pending = None


def give_up(resource: Resource, _: World, __: float) -> None:
    """The update failed and changes nothing."""
    resource.pending = None


def _asked(call: Call, members: Iterable[str]) -> Json:
    return {name: deepcopy(call.request[name]) for name in members if name in call.request}


def _take(spec: Json, asked: Json, *, deep: bool) -> None:
    for name, value in asked.items():
        if deep and isinstance(value, dict) and isinstance(spec.get(name), dict):
            _take(spec[name], value, deep=True)
        else:
            spec[name] = value
