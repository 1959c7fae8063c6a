"""Which lists of a structure have no order, and what tells their items apart.

The same knowledge makes them merge in server-side apply (`schema`) and keeps another order from being taken for a difference.
"""

from collections.abc import Iterator, Mapping

from botocore.model import ListShape, MapShape, Shape, StructureShape

# Structures that are unique in their list by this member, so that lists of them have no order.
KEYS: Mapping[str, str] = {
    "AdditionalModelDataSource": "ChannelName",
    "Channel": "ChannelName",
    "DebugRuleConfiguration": "RuleConfigurationName",
    "InstanceGroup": "InstanceGroupName",
    "MetricDefinition": "Name",
    "ProcessingInput": "InputName",
    "ProcessingOutput": "OutputName",
    "ProductionVariant": "VariantName",
    "ProfilerRuleConfiguration": "RuleConfigurationName",
    "Tag": "Key",
}
# Lists of plain values in which none occurs twice.
SETS = frozenset(("Subnets", "VpcSecurityGroupIds"))


def without_order(members: Mapping[str, Shape]) -> dict[str, str]:
    """The lists without an order within members: by path, the member that tells items apart, or "" for plain values."""
    return {path: key for name, shape in members.items() for path, key in _within(shape, name, ())}


def _within(shape: Shape, path: str, inside: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if shape.name in inside:
        return
    inside = (*inside, shape.name)
    match shape:
        case StructureShape():
            for name, member in shape.members.items():
                yield from _within(member, f"{path}.{name}", inside)
        case ListShape():
            if (key := KEYS.get(shape.member.name)) is not None or shape.name in SETS:
                yield path, key or ""
            yield from _within(shape.member, path, inside)
        case MapShape():
            yield from _within(shape.value, path, inside)
