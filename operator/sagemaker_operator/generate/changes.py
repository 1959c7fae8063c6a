"""Which fields of a spec can change after the create, and which exclude each other: what a row says, in fields."""

from collections.abc import Sequence

from sagemaker_operator.kinds import Kind
from sagemaker_operator.model.names import field
from sagemaker_operator.model.schema import Schema

from . import controls, inline, paths, rules, scaling, standins


def immutable_fields(kind: Kind, spec: Schema) -> list[str]:
    """The top-level fields of a spec that cannot change after the create; a stand-in is as mutable as what it sets."""
    mutable = {field(member) for member in {*kind.mutable, *kind.family.parting}} | controls.always_mutable(kind)
    mutable |= {*inline.fields(kind), *scaling.fields(kind)}
    for way, sets, fields in standins.groups(kind):
        if not way and sets in mutable:
            mutable |= set(fields)
    return [name for name in spec["properties"] if name not in mutable]


def immutable_within(kind: Kind) -> list[list[str]]:
    """The ways to fields that cannot change although others beside them can; what stands in for one is among them.

    Raises:
        ValueError: if a whole member cannot change anyhow.
    """
    found = []
    for path in sorted(kind.fixed_within):
        if path.split(".", 1)[0] not in kind.mutable:
            raise ValueError(f"{kind.name}: {path} need not be fixed, as nothing around it can change")
        *way, sets = paths.of_members(path)
        found.append([*way, sets])
        for other, value, fields in standins.groups(kind):
            if value == sets and [step.removesuffix("[]") for step in other] == way:
                found += [[*way, own] for own in fields]
    return found


def exclude(spec: Schema, kind: Kind) -> None:
    """Add the row's sets of members that exclude each other to the schemas of their structures.

    Raises:
        ValueError: if one of them is not there, demanded always, or of another structure.
    """
    for sets, required in ((kind.exactly_one, True), (kind.at_most_one, False)):
        for members in sets:
            ways = [paths.of_members(member) for member in members]
            around = ways[0][:-1]
            if any(way[:-1] != around for way in ways):
                raise ValueError(f"{kind.name}: {', '.join(members)} are of different structures")
            parent = paths.at(spec, around)
            alternatives = [_or_instead(parent, kind, way) for way in ways]
            rules.add(parent, rules.one_of(alternatives, required=required))


def _or_instead(parent: Schema, kind: Kind, way: Sequence[str]) -> Sequence[str]:
    *around, name = way
    if name not in parent["properties"] or name in parent.get("required", []):
        raise ValueError(f"{kind.name}: {name} is no field that may be left out")
    instead = (
        own
        for other, sets, fields in standins.groups(kind)
        if sets == name and [step.removesuffix("[]") for step in other] == around
        for own in fields
    )
    return [name, *instead]


def unordered(spec: Schema, kind: Kind) -> None:
    """Make the lists of plain values whose order means nothing sets, which are equal in any order.

    Raises:
        ValueError: if one is no list of plain values.
    """
    for path in sorted(kind.unordered):
        schema = paths.outer(spec, paths.of_members(path))
        if schema["type"] != "array" or schema["items"]["type"] in ("array", "object"):
            raise ValueError(f"{kind.name}: {path} is no list of plain values")
        schema["x-kubernetes-list-type"] = "set"
