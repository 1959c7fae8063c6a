"""Fields that name other custom resources, and what becomes of them.

`pointers` finds them in a manifest; the controller looks their targets up; `resolve` puts the values in their places. A manifest
whose targets are not ready waits for them by name, and is worked on again when one of them changes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sagemaker_operator.kinds import Kind, Reference

from .resource import Key

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Pointer:
    """One reference in one manifest.

    Attributes:
        reference: the row's entry that it follows.
        parent: where the structure that holds it stands in the spec.
        target: the custom resource that it names.
        at: its place in a list of references.
    """

    reference: Reference
    parent: Path
    target: Key
    at: int = 0


def pointers(kind: Kind, spec: Mapping[str, Any], namespace: str) -> tuple[Pointer, ...]:
    """The references that a spec makes use of; they point into its own namespace."""
    found = []
    for reference in kind.references:
        *steps, last = reference.field.split(".")
        for parent, holder in walk(spec, steps, ()):
            named = holder.get(last.removesuffix("[]"))
            for at, one in enumerate(named if isinstance(named, list) else [named]):
                if isinstance(one, Mapping) and one.get("name"):
                    found.append(Pointer(reference, parent, Key(reference.kind, namespace, one["name"]), at))
    return tuple(found)


def value(reference: Reference, status: Mapping[str, Any]) -> str | list[Any] | None:
    """What a target's status offers to those who refer to it."""
    at: Any = status
    for step in reference.reads.split("."):
        at = at.get(step) if isinstance(at, Mapping) else None
    return at if isinstance(at, str | list) else None


def resolve(spec: Mapping[str, Any], values: Mapping[Pointer, str | list[Any]]) -> dict[str, Any]:
    """The spec with each reference's value in the field that it stands in for; the spec itself stays as it is."""
    resolved: Any = spec
    lists: dict[tuple[Path, str], list[Any]] = {}
    for pointer, found in values.items():
        sets: Any = found
        if pointer.reference.field.endswith("[]"):
            sets = lists.setdefault((pointer.parent, pointer.reference.sets), [])
            sets.append(found)
        resolved = put(resolved, pointer.parent, pointer.reference.sets, sets)
    return dict(resolved)


def walk(node: Any, steps: list[str], path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The structures of a spec that a way leads to, with where they stand."""
    if not isinstance(node, Mapping):
        return
    if not steps:
        yield path, node
        return
    step = steps[0].removesuffix("[]")
    child = node.get(step)
    if steps[0].endswith("[]"):
        for at, item in enumerate(child or ()):
            yield from walk(item, steps[1:], (*path, step, at))
    else:
        yield from walk(child, steps[1:], (*path, step))


def put(node: Any, path: Path, field: str, found: Any) -> Any:
    """A spec with a field of one of its structures set; the spec itself stays as it is."""
    if not path:
        return {**node, field: found}
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        return [put(item, rest, field, found) if at == step else item for at, item in enumerate(node)]
    return {**node, step: put(node[step], rest, field, found)}
