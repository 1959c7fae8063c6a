"""Which image is meant: by name, version, region and what it runs on. What does not exist is told with what does."""

import re
from collections.abc import Iterable

from . import table
from .overrides import NONE, Overrides
from .table import Image

_ALIASES = {"scikit-learn": "sklearn", "deepar": "forecasting-deepar", "random-cut-forest": "randomcutforest"}


class Unknown(Exception):
    """There is no such image; the message lists what there is."""


def resolve(
    name: str,
    version: str | None,
    region: str,
    instance_type: str | None,
    *,
    processor: str | None = None,
    python: str | None = None,
    scope: str,
    overrides: Overrides = NONE,
) -> str:
    """The URI of an image.

    Args:
        name: of the algorithm or framework, as the SageMaker Python SDK calls it.
        version: of it; may be left out where there is one.
        region: where it is to run.
        instance_type: on what it is to run, ``ml.m5.large``; None if that is not known.
        processor: ``cpu``, ``gpu`` or ``graviton``, instead of what the instance type says.
        python: ``py310``; the newest if it is left out.
        scope: ``training``, ``inference`` or ``processing``.
        overrides: what goes before the shipped table.

    Raises:
        Unknown: if there is none.
    """
    if said := overrides.image(name, version, region):
        return said
    known = _ALIASES.get(name, name)
    every = table.images(known, _version(name, known, version, scope, overrides), scope)
    called = f"{name} {version}" if version else name
    image = _with(_on(every, called, processor, _processor(instance_type), instance_type), called, python)
    if registry := overrides.registry(region):
        return f"{registry}/{image.path}"
    account = image.accounts.get(region)
    if account is None:
        raise Unknown(f"{called} has no image in {region}; it has in {_listed(sorted(image.accounts))}")
    return f"{account}.dkr.ecr.{region}.{table.domain(region)}/{image.path}"


def _version(name: str, known: str, version: str | None, scope: str, overrides: Overrides) -> str:
    added = overrides.images.get(name, {})
    there = table.versions(known, scope)
    if not there and not added:
        if others := table.scopes(known):
            raise Unknown(f"{name} has no image for {scope}, only for {_listed(others)}")
        everything = sorted({*table.names(scope), *overrides.images})
        raise Unknown(f"there is no built-in image {name} for {scope}; there are {_listed(everything)}")
    if version is not None and table.images(known, version, scope):
        return version
    if version is None and len(there) == 1 and not added:
        return there[0]
    lacks = f"has no version {version}" if version else "has several versions: set one"
    raise Unknown(
        f"{name} {lacks}; for {scope} there are {_listed([*added, *(one for one in there if one not in added)])}"
    )


def _processor(instance_type: str | None) -> str | None:
    """What an instance type has: families with GPUs begin with g or p, those of Graviton have a g behind their number."""
    if instance_type is None:
        return None
    family = instance_type.removeprefix("ml.").split(".", maxsplit=1)[0]
    if family.startswith(("inf", "trn")):
        return "neuron"
    if family.startswith(("g", "p")):
        return "gpu"
    return "graviton" if re.match(r"[a-z]+\d+g", family) else "cpu"


def _on(
    images: Iterable[Image], called: str, wanted: str | None, runs: str | None, instance_type: str | None
) -> list[Image]:
    """Those for a processor: the one that is asked for, or that the instance type has."""
    by_processor: dict[str, list[Image]] = {}
    for image in images:
        by_processor.setdefault(image.processor, []).append(image)
    there = [one or "any but graviton" for one in by_processor]
    plain = [one for one in by_processor if one != "graviton"]
    if wanted is None and runs is None:
        likely = plain or list(by_processor)
        if len(likely) != 1:
            raise Unknown(f"{called} has images for {_listed(there)}: set processor to one of them")
        return by_processor[likely[0]]
    asked = wanted or runs or ""
    if asked in by_processor:
        return by_processor[asked]
    if asked not in ("graviton", "neuron") and "" in by_processor:
        return by_processor[""]
    if wanted is None and runs == "gpu" and plain == ["cpu"]:
        return by_processor["cpu"]  # an instance with a GPU has a CPU too
    why = f"{instance_type} ({asked})" if wanted is None else f"processor {asked}"
    raise Unknown(f"{called} has no image for {why}; it has for {_listed(there)}")


def _with(images: list[Image], called: str, python: str | None) -> Image:
    """The one with a Python, or with the newest."""
    if python is None:
        return max(images, key=lambda image: _release(image.python))
    for image in images:
        if image.python == python:
            return image
    there = sorted(image.python for image in images if image.python)
    raise Unknown(
        f"{called} has no image with {python}; {f'there are {_listed(there)}' if there else 'leave python out'}"
    )


def _release(python: str) -> tuple[int, int]:
    """The release that py310 means: 3 and 10; py3 is older than all of which more is known."""
    digits = python.removeprefix("py")
    return int(digits[:1] or 0), int(digits[1:] or -1)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
