"""Fields that name one of SageMaker's own images in place of its URI, and what becomes of them.

What an image was resolved to is remembered in the status: a later release, or other overrides, mean the objects that come after.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sagemaker_operator import images
from sagemaker_operator.kinds import BuiltIn, Kind

from .references import Path, put, walk
from .resource import Resource


@dataclass(frozen=True, slots=True)
class Named:
    """One use of such a field in one manifest.

    Attributes:
        row: the row's entry that it follows.
        parent: where the structure that holds it stands in the spec.
        said: its value: name, version, processor, python.
        instance_type: on which the image is to run, if the manifest says so.
    """

    row: BuiltIn
    parent: Path
    said: Mapping[str, Any]
    instance_type: str | None

    def __str__(self) -> str:
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.parent)
        return f"spec{''.join(steps)}.{self.row.field.rsplit('.', 1)[-1]}"


def named(kind: Kind, spec: Mapping[str, Any]) -> tuple[Named, ...]:
    """The built-in images that a spec makes use of."""
    found = []
    for row in kind.images:
        *way, last, own = row.field.split(".")
        for path, around in walk(spec, way, ()):
            for parent, holder in walk(around, [last], path):
                if said := holder.get(own):
                    found.append(Named(row, parent, said, _instance_type(row, around)))
    return tuple(found)


def resolve(
    resource: Resource, spec: Mapping[str, Any], *, region: str, overrides: images.Overrides
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A spec with each image in the field that its name stands in for, and the images.

    Args:
        resource: the custom resource; what its status remembers is not asked again.
        spec: its spec.
        region: where it is to run.
        overrides: what goes before the shipped table.

    Raises:
        images.Unknown: if there is no such image; the message begins with the field.
    """
    there = named(resource.kind, spec)
    known = remembered(resource.status)
    found = known if len(known) == len(there) else tuple(_image(one, region, overrides) for one in there)
    filled: Any = spec
    for one, image in zip(there, found, strict=True):
        filled = put(filled, one.parent, one.row.sets, image)
    return dict(filled), found


def remembered(status: Mapping[str, Any]) -> tuple[str, ...]:
    """The images that a status tells."""
    one = status.get("resolvedImage")
    return (one,) if one else tuple(status.get("resolvedImages") or ())


def told(found: tuple[str, ...]) -> dict[str, Any]:
    """What a status tells about images: one, or several."""
    if len(found) == 1:
        return {"resolvedImage": found[0]}
    return {"resolvedImages": list(found)} if found else {}


def _image(one: Named, region: str, overrides: images.Overrides) -> str:
    try:
        return images.resolve(
            one.said["name"],
            one.said.get("version"),
            region,
            one.instance_type,
            processor=one.said.get("processor"),
            python=one.said.get("python"),
            scope=one.row.scope,
            overrides=overrides,
        )
    except images.Unknown as unknown:
        raise images.Unknown(f"{one}: {unknown}") from None


def _instance_type(row: BuiltIn, around: Mapping[str, Any]) -> str | None:
    """The first that is said."""
    for place in row.instances:
        *way, last = place.split(".")
        for _, holder in walk(around, way, ()):
            if found := holder.get(last):
                return str(found)
    return None
