"""Fills in what AWS fills in, from rows of (path, value)."""

import copy
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sagemaker_local.emulator.resource import Json


def fill(document: Json, rows: Sequence[tuple[str, Any]]) -> None:
    """Add each value where its parent exists and it does not, in place.

    A path is members joined by dots; `Inputs[].Mode` is the member Mode of each item of the list Inputs.
    """
    for path, value in rows:
        parents, leaf = _split(path)
        for parent in _reach([document], parents):
            if leaf not in parent:
                parent[leaf] = copy.deepcopy(value)


@cache
def _split(path: str) -> tuple[tuple[str, ...], str]:
    """The parents and the leaf; always the same texts, because each resource keeps the leaf as a name of its own."""
    *parents, leaf = path.split(".")
    return tuple(parents), leaf


def _reach(nodes: Sequence[Json], members: Sequence[str]) -> Iterator[Json]:
    if not members:
        yield from nodes
        return
    head, rest = members[0], members[1:]
    name = head.removesuffix("[]")
    for node in nodes:
        child = node.get(name)
        if head.endswith("[]") and isinstance(child, list):
            yield from _reach([item for item in child if isinstance(item, dict)], rest)
        elif isinstance(child, dict):
            yield from _reach([child], rest)
