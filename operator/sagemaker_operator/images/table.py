"""The table of images as it is shipped, and what it says about a name. Not here: which of several images is meant."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from botocore.loaders import create_loader

SCOPES = ("training", "inference", "processing")


@dataclass(frozen=True, slots=True)
class Image:
    """One image of a version.

    Attributes:
        processor: what it runs on: ``cpu``, ``gpu``, ``graviton``; "" is any but Graviton.
        python: its Python, ``py310``; "" if it has no say in that.
        path: repository and tag.
        accounts: the account that holds it, by region.
    """

    processor: str
    python: str
    path: str
    accounts: Mapping[str, str]


@cache
def shipped() -> Mapping[str, Any]:
    """The file; ``source`` and ``date`` say where it is from."""
    found: Mapping[str, Any] = json.loads((files(__package__) / "table.json").read_text(encoding="utf-8"))
    return found


def names(scope: str) -> list[str]:
    """The names that have images for a scope."""
    return [name for name in shipped()["images"] if _rows(name, scope) is not None]


def scopes(name: str) -> list[str]:
    """The scopes that a name has images for."""
    return [scope for scope in SCOPES if _rows(name, scope) is not None]


def versions(name: str, scope: str) -> list[str]:
    """The versions of a name for a scope, the newest first."""
    rows = _rows(name, scope)
    return sorted(rows["versions"], key=_parts, reverse=True) if rows else []


def images(name: str, version: str, scope: str) -> tuple[Image, ...]:
    """The images of a version, or of the one that it is short for; none if it is unknown."""
    rows = _rows(name, scope)
    if rows is None:
        return ()
    found = rows["versions"].get(rows["aliases"].get(version, version), ())
    accounts = shipped()["accounts"]
    return tuple(Image(processor, python, path, accounts[int(number)]) for processor, python, path, number in found)


@cache
def domain(region: str) -> str:
    """The domain of a region's partition: ``amazonaws.com``."""
    partitions = create_loader().load_data("partitions")["partitions"]
    for partition in partitions:
        if region in partition["regions"] or re.match(partition["regionRegex"], region):
            found: str = partition["outputs"]["dnsSuffix"]
            return found
    return "amazonaws.com"


def _rows(name: str, scope: str) -> Mapping[str, Any] | None:
    """What processes data is what trains, where there is nothing of its own for it."""
    known = shipped()["images"].get(name, {})
    found: Mapping[str, Any] | None = known.get(scope) or (known.get("training") if scope == "processing" else None)
    return found


def _parts(version: str) -> list[tuple[int, str]]:
    """A key that puts 1.10 after 1.9."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", version)]
