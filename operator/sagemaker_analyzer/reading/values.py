"""Values of a column: those that are numbers as numbers, the others as texts.

A literal is a number if it is one in decimal notation. An empty text and NaN are missing values; an infinity is a text, as no
mean or distribution could be given with it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_WHOLE = r"^[+-]?\d+$"
_MISSING = r"^(?i:nan)?$"


@dataclass(frozen=True, slots=True)
class Values:
    """Of each record the number or the text, or neither if it is missing.

    `fractional` tells whether a number was written as a fraction (`1.0` is, `1` is not).
    """

    numbers: pa.Array
    texts: pa.Array
    fractional: bool

    @property
    def has_texts(self) -> bool:
        """Whether one of the values is no number."""
        return bool(len(self.texts) > self.texts.null_count)

    def __len__(self) -> int:
        return len(self.numbers)


def of_texts(array: pa.Array) -> Values:
    """The values of an array of strings."""
    for kind in (pa.int64(), pa.float64()):
        try:
            numbers = pc.cast(array, kind)
        except pa.ArrowInvalid:
            continue
        if kind == pa.int64():
            return Values(
                pc.cast(numbers, pa.float64(), safe=False), pa.nulls(len(array), pa.string()), fractional=False
            )
        if pc.all(pc.is_finite(numbers)).as_py() is not False:
            return Values(numbers, pa.nulls(len(array), pa.string()), fractional=True)
    return _one_by_one(array)


def of_finite(numbers: pa.Array) -> Values | None:
    """The values of a column of doubles if all are finite and one of them has a fraction; of others more has to be known."""
    found = numbers.drop_null().to_numpy(zero_copy_only=False)
    if not np.isfinite(found).all() or (found == np.floor(found)).all():
        return None
    return Values(numbers, pa.nulls(len(numbers), pa.string()), fractional=True)


def _one_by_one(array: pa.Array) -> Values:
    trimmed = pc.utf8_trim_whitespace(array)
    trimmed = pc.if_else(pc.match_substring_regex(trimmed, _MISSING), pa.scalar(None, pa.string()), trimmed)
    is_number = pc.match_substring_regex(trimmed, _NUMBER)
    literals = pc.if_else(is_number, trimmed, pa.scalar(None, pa.string()))
    # Arrow's conversion knows no plus sign.
    numbers = pc.cast(pc.replace_substring_regex(literals, r"^\+", ""), pa.float64())
    # A number too large for a double has become an infinity.
    finite = pc.is_finite(numbers)
    numbers = pc.if_else(finite, numbers, pa.scalar(None, pa.float64()))
    texts = pc.if_else(pc.fill_null(finite, fill_value=False), pa.scalar(None, pa.string()), trimmed)
    whole = pc.match_substring_regex(literals, _WHOLE)
    return Values(numbers, texts, fractional=pc.any(pc.invert(whole)).as_py() or False)


def of_objects(values: Sequence[object]) -> Values:
    """The values of a column as JSON has them; of what is neither number nor string, its JSON text."""
    try:
        array = pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return of_texts(pa.array([_text(value) for value in values], pa.string()))
    if pa.types.is_struct(array.type) or pa.types.is_list(array.type):
        return of_texts(pa.array([_text(value) for value in values], pa.string()))
    return of_arrow(array)


def of_arrow(array: pa.Array) -> Values:
    """The values of a column of any type that Arrow can write as text."""
    kind = array.type
    if pa.types.is_null(kind):
        return Values(pc.cast(array, pa.float64()), pc.cast(array, pa.string()), fractional=False)
    if pa.types.is_integer(kind):
        numbers = pc.cast(array, pa.float64(), safe=False)
        return Values(numbers, pa.nulls(len(array), pa.string()), fractional=False)
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _of_floats(pc.cast(array, pa.float64()))
    return of_texts(pc.cast(array, pa.string()))


def _of_floats(numbers: pa.Array) -> Values:
    found = numbers.drop_null().to_numpy(zero_copy_only=False)
    if np.isfinite(found).all():
        return Values(numbers, pa.nulls(len(numbers), pa.string()), fractional=True)
    finite = pc.if_else(pc.is_finite(numbers), numbers, pa.scalar(None, pa.float64()))
    infinite = pc.if_else(pc.is_inf(numbers), numbers, pa.scalar(None, pa.float64()))
    return Values(finite, pc.cast(infinite, pa.string()), fractional=True)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return re.sub(r"\s+", " ", str(value))
