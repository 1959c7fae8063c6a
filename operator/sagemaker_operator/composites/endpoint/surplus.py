"""Which of the objects that an Endpoint has made are not needed any more."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sagemaker_operator.composites.child import Child
from sagemaker_operator.composites.plan import Wanted
from sagemaker_operator.engine.revisions import in_use
from sagemaker_operator.kinds.inline import Inline


def surplus(
    row: Inline,
    children: Iterable[Child],
    *,
    wanted: Iterable[Wanted],
    status: Mapping[str, Any],
    refers_to: Callable[[Child], Iterable[str]],
) -> tuple[Child, ...]:
    """The children to delete, in that order.

    Args:
        row: what is described in place.
        children: all that the endpoint has made.
        wanted: those that its manifest asks for.
        status: of the endpoint, as reported last: what is in use, and the revisions to keep.
        refers_to: the names of the inner objects that a child refers to.
    """
    there, names = tuple(children), {one.name for one in wanted}
    names |= {str(one["name"]) for one in status.get("revisions") or ()}
    used = in_use(status)
    kept = [c for c in there if c.kind == row.kind and (c.name in names or c.identity in used)]
    inner = names.union(*(refers_to(child) for child in kept))
    gone = [child for child in there if child.kind == row.kind and child not in kept]
    gone += [child for child in there if child.kind == row.inner and child.name not in inner]
    return tuple(child for child in gone if not child.deleting)
