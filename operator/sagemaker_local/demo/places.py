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
    """Directories, as kubectl takes them: the CRDs, and an example."""

    crds: Path
    example: Path

    @property
    def update(self) -> Path:
        """The change to the example."""
        return self.example / "update"


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
    return Manifests(_crds(), _first("the digits example", _CHECKOUT / "examples" / "digits", _HERE / "digits"))


def drift() -> Manifests:
    """The same for the example of drift. Raises as `find`."""
    return Manifests(
        _crds(), _first("the drift example", _CHECKOUT / "examples" / "drift", _HERE / "drift" / "example")
    )


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


def _crds() -> Path:
    return _first("the CRDs", _CHECKOUT / "crds", *(place / "crds" for place in _operator()))


def _operator() -> tuple[Path, ...]:
    spec = importlib.util.find_spec("sagemaker_operator")
    return tuple(map(Path, spec.submodule_search_locations or ())) if spec else ()


def _first(what: str, *places: Path) -> Path:
    for place in places:
        if any(place.glob("*.yaml")):
            return place
    raise NotSeen(f"{what}: there are no manifests in {' or '.join(map(str, places))}")
