"""What a row says about counts that Application Auto Scaling can change."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# The field in which a manifest asks for it.
FIELD = "autoscaling"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scalable:
    """A count that can be scaled, of the resource itself or of each item of a list in its spec.

    Attributes:
        resource: the resource id, with ``{name}`` for the resource's name and ``{item}`` for the item's.
        dimension: which count it is, as Application Auto Scaling calls it.
        count: what is counted, for people: ``instances``.
        metrics: the predefined metrics that can be tracked.
        items: the field with the list, whose items are told apart by `key`; "" for the resource itself.
        key: the field that names an item.
        instead: other dimensions, by the field of an item with which they apply.
        found: the member of the Describe reply with the items; "" for the reply itself.
        current: where in one of these the count at present stands: the first path that leads to one.
        desired: the same of the count that is wanted.
        zero_with: the field of the spec with which the count may be 0; "" where it always may.
        dimensions: the dimensions of CloudWatch's metrics about it, with ``{name}`` and ``{item}``.
        sets: the member of the spec that holds the count, which only says how many there are at first while it is scaled.
    """

    resource: str
    dimension: str
    count: str
    metrics: tuple[str, ...]
    items: str = ""
    key: str = ""
    instead: Mapping[str, str] = field(default_factory=dict)
    found: str = ""
    current: tuple[str, ...] = ()
    desired: tuple[str, ...] = ()
    zero_with: str = ""
    dimensions: Mapping[str, str] = field(default_factory=dict)
    sets: str = ""
