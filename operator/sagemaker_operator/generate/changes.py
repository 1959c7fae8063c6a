"""Which fields of a spec can change after the create, and which exclude each other: what a row says, in fields."""

from collections.abc import Sequence

from sagemaker_operator.kinds import Kind
from sagemaker_operator.model.names import field
from sagemaker_operator.model.schema import Schema

from . import controls, paths, rules, standins


def immutable_fields(kind: Kind, spec: Schema) -> list[str]:
    """The top-level fields of a spec that cannot change after the create; a stand-in is as mutable as what it sets."""
    mutable = {field(member) for member in kind.mutable} | set(controls.ALWAYS_MUTABLE)
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
    for path in sorted(path for path in kind.fixed if "." in path):
        if path.split(".", 1)[0] not in kind.mutable:
            raise ValueError(f"{kind.name}: {path} need not be fixed, as nothing around it can change")
        *way, sets = paths.of_members(path)
        found.append([*way, sets])
        for other, value, fields in standins.groups(kind):
            if value == sets and [step.removesuffix("[]") for step in other] == way:
                found += [[*way, own] for own in fields]
    return found


def exclude(spec: Schema, kind: Kind) -> None:
    """Add the row's sets of members that exclude each other to the schema of a spec.

    Raises:
        ValueError: if one of them is not there, or demanded always.
    """
    for sets, required in ((kind.exactly_one, True), (kind.at_most_one, False)):
        for members in sets:
            rules.add(spec, rules.one_of([_or_instead(spec, kind, field(m)) for m in members], required=required))


def _or_instead(spec: Schema, kind: Kind, name: str) -> Sequence[str]:
    if name not in spec["properties"] or name in spec["required"]:
        raise ValueError(f"{kind.name}: {name} is no field that may be left out")
    return [name, *(own for way, sets, fields in standins.groups(kind) if not way and sets == name for own in fields)]


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
