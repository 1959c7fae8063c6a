"""Compares what we know with what is in the cluster, to find what the watch never told.

A watch that was cut for too long starts over with a list, and a list does not name what is gone: without this, objects deleted
meanwhile would be worked on for ever. One list of metadata per kind every few minutes is enough.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sagemaker_operator.kinds import AnyKind

from .client import KubeClient, ObjectMeta
from .errors import KubeError

Place = tuple[str, str]
"""Namespace and name."""
Known = Mapping[Place, tuple[str, str]]
"""Uid and resourceVersion of each object that we know, by its place."""
OnDifference = Callable[[AnyKind, str, str], None]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Difference:
    """What we know wrongly.

    Attributes:
        missing: places of objects that we know and that are not there (another object may be).
        changed: places of objects that are there, and that we do not know or know in another version.
    """

    missing: tuple[Place, ...] = ()
    changed: tuple[Place, ...] = ()


def difference(*, before: Known, after: Known, listed: Sequence[ObjectMeta]) -> Difference:
    """What we knew wrongly both before and after a list was taken; what changed meanwhile, the watch has told.

    Args:
        before: what we knew when the list was asked for.
        after: what we know now that it has come.
        listed: what is there.
    """
    there = {(found.namespace, found.name): found for found in listed}
    unmoved = {place for place, object_ in before.items() if after.get(place) == object_}
    missing = tuple(place for place in unmoved if (found := there.get(place)) is None or found.uid != before[place][0])
    changed = tuple(
        place
        for place, found in there.items()
        if (place in unmoved or (place not in before and place not in after))
        and before.get(place) != (found.uid, found.resource_version)
    )
    return Difference(missing, changed)


async def sweep(
    client: KubeClient,
    kinds: Sequence[AnyKind],
    known: Callable[[AnyKind], Known],
    *,
    on_missing: OnDifference,
    on_changed: OnDifference,
    namespaces: Sequence[str] = (),
) -> int:
    """Goes over all objects of some kinds once; a kind that cannot be listed is left for the next time.

    Args:
        client: lists the objects.
        kinds: the kinds that are watched.
        known: what we know of a kind at the moment.
        on_missing: gets the kind, namespace and name of an object that we believe in and that is gone.
        on_changed: gets those of an object that we have not seen like this; the watch may still tell it.
        namespaces: where we watch; none means everywhere.

    Returns:
        How many differences there were. A watch that works leaves hardly any, so many in a row mean that it does not.
    """
    found = 0
    for kind in kinds:
        before = dict(known(kind))
        try:
            listed = [meta for scope in namespaces or (None,) for meta in await client.list_metadata(kind, scope)]
        except KubeError as error:
            _log.warning("%s could not be compared with the cluster: %s", kind.plural, error)
            continue
        told = difference(before=before, after=known(kind), listed=listed)
        for namespace, name in told.missing:
            on_missing(kind, namespace, name)
        for namespace, name in told.changed:
            on_changed(kind, namespace, name)
        found += len(told.missing) + len(told.changed)
    return found
