"""Who belongs to a facet, and which outcome is favourable: values, or an interval above a threshold.

Clarify's documentation says that one number is the lower bound of a numeric column, and shows columns of 0 and 1 with the value
1, which it is not of those. Here one number is a bound if the column has fractions, or more than ten different numbers; a text is
always a value, so that "3" is one where 3 would be a bound. A baseline that has an interval decides.
"""

from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from sagemaker_analyzer.bias.records import Records, Shape
from sagemaker_analyzer.contract.config import Literal

_FEW = 10


@dataclass(frozen=True, slots=True)
class Group:
    """Values as they are written, or the bound above which numbers are. `name` is what files say of it."""

    name: str
    values: tuple[str, ...] = ()
    above: float | None = None

    def has(self, records: Records, data: ir.Table, column: str) -> Any:
        """Whether records are of the group, in a query; null where the column has no value."""
        if self.above is not None:
            return records.number(data, column) > self.above
        return self.has_written(records.written(data, column))

    def has_written(self, written: Any) -> Any:
        """The same for values that are written as texts."""
        return written.isin(self.values)


def group(values: tuple[Literal, ...], shape: Shape, *, continuous: bool = False) -> Group:
    """The group of such values, in a column of that shape; `continuous` says that one number is a bound whatever the shape."""
    only = values[0]
    if len(values) == 1 and not isinstance(only, str) and (continuous or _is_continuous(shape)):
        top = max(shape.maximum, only)
        return Group(f"({_number(only, shape)}, {_number(top, shape)}]", above=float(only))
    texts = tuple(written(value) for value in values)
    return Group(",".join(texts), texts)


def configured(values: tuple[Literal, ...]) -> str:
    """The values as the configuration has them, by which violations name a facet."""
    return ",".join(written(value) for value in values)


def written(value: Literal) -> str:
    """A value as a text, whole numbers without a fraction."""
    if isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def is_interval(name: str) -> bool:
    """Whether files speak of an interval, as in "(40, 80]"."""
    return name.startswith("(") and name.endswith("]")


def same(name: str, baseline: str) -> bool:
    """Whether two names are of the same group: intervals are by their bound, since their end is the greatest number there was."""
    if is_interval(name) and is_interval(baseline):
        return _bound(name) == _bound(baseline)
    return name == baseline or set(name.split(",")) == {_whole(part) for part in baseline.split(",")}


def _bound(name: str) -> float | str:
    text = name[1:].partition(",")[0].strip()
    try:
        return float(text)
    except ValueError:
        return text


def _whole(text: str) -> str:
    try:
        return written(float(text))
    except ValueError:
        return text


def _is_continuous(shape: Shape) -> bool:
    return bool(shape.numbers and not shape.texts and (shape.fractions or shape.distinct > _FEW))


def _number(value: float, shape: Shape) -> str:
    """As Clarify writes it: with a fraction where the column has any."""
    return repr(float(value)) if shape.fractions else written(value)
