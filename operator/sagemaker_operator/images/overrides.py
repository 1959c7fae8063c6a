"""What an installation says about images instead of the shipped table: mirrors, new regions, new versions.

It is a file of YAML, which a ConfigMap can hold:

    registries:
      cn-north-1: 111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/mirror
      "*": 111122223333.dkr.ecr.{region}.amazonaws.com
    images:
      xgboost:
        "4.0-1": 111122223333.dkr.ecr.{region}.amazonaws.com/sagemaker-xgboost:4.0-1
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml


class Unusable(Exception):
    """The file says something that cannot be meant; the message tells where."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """What goes before the shipped table; ``{region}`` in a value stands for the region.

    Attributes:
        registries: what stands before repository and tag, by region; ``*`` for all others.
        images: whole images by name and version.
    """

    registries: Mapping[str, str] = field(default_factory=dict)
    images: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def registry(self, region: str) -> str | None:
        """Where the images of a region are, if that is said."""
        found = self.registries.get(region) or self.registries.get("*")
        return found and found.replace("{region}", region).rstrip("/")

    def image(self, name: str, version: str | None, region: str) -> str | None:
        """The image of a version, if it is said; without a version the only one."""
        known = self.images.get(name, {})
        found = next(iter(known.values())) if version is None and len(known) == 1 else known.get(version or "")
        return found and found.replace("{region}", region)


NONE = Overrides()


def parse(text: str) -> Overrides:
    """The overrides in the text of a file.

    Raises:
        Unusable: if it is no YAML, or says something else than registries and images.
    """
    try:
        said = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise Unusable(f"it is no YAML: {error}") from None
    if not isinstance(said, Mapping) or said.keys() - {"registries", "images"}:
        raise Unusable("it must be a map with the keys registries and images, and no others")
    images = _mapping(said.get("images"), "images")
    return Overrides(
        _texts(said.get("registries"), "registries"),
        {name: _texts(known, f"images.{name}") for name, known in images.items()},
    )


def _mapping(said: Any, where: str) -> Mapping[str, Any]:
    if said is None:
        return {}
    if not isinstance(said, Mapping):
        raise Unusable(f"{where} must be a map")
    if odd := [key for key in said if not isinstance(key, str)]:
        raise Unusable(f'{where}: {odd[0]} must be a text: put it in quotation marks, "{odd[0]}"')
    return said


def _texts(said: Any, where: str) -> Mapping[str, str]:
    found = _mapping(said, where)
    if odd := [key for key, value in found.items() if not isinstance(value, str) or not value]:
        raise Unusable(f"{where}.{odd[0]} must be a text")
    return found
