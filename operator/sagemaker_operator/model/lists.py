"""What the shapes tell about comparing values: which lists have no order, and what a reply never shows.

What tells the items of a list apart also makes them merge in server-side apply (`schema`). Paths are of members, without indices.
"""

from collections.abc import Iterator, Mapping

from botocore.model import ListShape, MapShape, Shape, StructureShape

# Structures that are unique in their list by this member, so that lists of them have no order.
KEYS: Mapping[str, str] = {
    "AdditionalModelDataSource": "ChannelName",
    "Channel": "ChannelName",
    "ClusterInstanceGroupSpecification": "InstanceGroupName",
    "ClusterRestrictedInstanceGroupSpecification": "InstanceGroupName",
    "DebugRuleConfiguration": "RuleConfigurationName",
    "InstanceGroup": "InstanceGroupName",
    "MetricDefinition": "Name",
    "ModelVariantConfig": "VariantName",
    "PriorityClass": "Name",
    "ProcessingInput": "InputName",
    "ProcessingOutput": "OutputName",
    "ProductionVariant": "VariantName",
    "ProfilerRuleConfiguration": "RuleConfigurationName",
    "RoutingTarget": "Name",
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


def not_in(shown: Mapping[str, Shape], asked: Mapping[str, Shape]) -> set[str]:
    """The members that are asked for within what is shown, and are not shown themselves: passwords, mostly."""
    return {path for name, shape in asked.items() if name in shown for path in _missing(shape, shown[name], name, ())}


def _missing(asked: Shape, shown: Shape, path: str, inside: tuple[str, ...]) -> Iterator[str]:
    if asked.name == shown.name or asked.name in inside:
        return
    inside = (*inside, asked.name)
    match asked, shown:
        case StructureShape(), StructureShape():
            for name, member in asked.members.items():
                if name not in shown.members:
                    yield f"{path}.{name}"
                else:
                    yield from _missing(member, shown.members[name], f"{path}.{name}", inside)
        case ListShape(), ListShape():
            yield from _missing(asked.member, shown.member, path, inside)
        case MapShape(), MapShape():
            yield from _missing(asked.value, shown.value, path, inside)
