"""Where the manifests are: at the top of a source checkout, or inside the wheel.

Not here: what is in them, apart from the objects' kinds and names.
"""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import yaml

from sagemaker_local.demo.errors import NotSeen

_HERE = Path(__file__).parent
_CHECKOUT = _HERE.parents[2]


@dataclass(frozen=True, slots=True)
class Manifests:
    """Three directories, as kubectl takes them: the CRDs, the example, and the change to the example."""

    crds: Path
    example: Path
    update: Path


@dataclass(frozen=True, slots=True, order=True)
class Named:
    """An object by kind and name."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


def find() -> Manifests:
    """The manifests that belong to this installation.

    Raises:
        NotSeen: they are not there.
    """
    example = _first("the digits example", _CHECKOUT / "examples" / "digits", _HERE / "digits")
    crds = _first("the CRDs", _CHECKOUT / "crds", *(place / "crds" for place in _operator()))
    return Manifests(crds=crds, example=example, update=example / "update")


def named(directory: Path) -> tuple[Named, ...]:
    """The objects of a directory in the order of its files, not looking into directories below: as kubectl reads it."""
    return tuple(
        Named(document["kind"], document["metadata"]["name"])
        for file in sorted(directory.glob("*.yaml"))
        for document in yaml.safe_load_all(file.read_text())
    )


def shown(path: Path) -> str:
    """The path as one would type it here."""
    return f"{path.relative_to(Path.cwd())}/" if path.is_relative_to(Path.cwd()) else str(path)


def _operator() -> tuple[Path, ...]:
    spec = importlib.util.find_spec("sagemaker_operator")
    return tuple(map(Path, spec.submodule_search_locations or ())) if spec else ()


def _first(what: str, *places: Path) -> Path:
    for place in places:
        if any(place.glob("*.yaml")):
            return place
    raise NotSeen(f"{what}: there are no manifests in {' or '.join(map(str, places))}")
