"""Where in a record a label or a probability is: the name or the index of a column, or a JSON path.

The forms are those of the SDK ("Index or JSONpath to locate predicted label(s)", `sagemaker.model_monitor.EndpointInput`) and,
of datasets with a header, names. Of JSONPath (RFC 9535) there is what points at values: names, indexes and `[*]`.
"""

import csv
import re
from dataclasses import dataclass

from sagemaker_analyzer.errors import BadTask
from sagemaker_analyzer.reading.payloads import documents_of, rows_of
from sagemaker_analyzer.reading.rejected import Kind, Unreadable
from sagemaker_analyzer.reading.rows import Row
from sagemaker_analyzer.reading.stage import Column, Table

_STEP = re.compile(
    r"""\.(?P<name>[^.\[\]*]+)|\[(?P<index>\d+)\]|\[(?P<quote>['"])(?P<quoted>.+?)(?P=quote)\]|(?P<all>\[\*\]|\.\*)"""
)

Step = str | int | None
"""A name, an index, or None for all items."""

Fields = list[object] | dict[str, object]
"""The values of a row, by position or by name."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """Where a value is: `text` is what was written in `variable`; of a JSON path there are the steps, of a column the index."""

    variable: str
    text: str
    steps: tuple[Step, ...] | None = None
    index: int | None = None


def attribute(variable: str, text: str) -> Attribute:
    """What a variable says. Raises BadTask if it is a JSON path of which not every step is known."""
    if not text.startswith("$"):
        return Attribute(variable, text, index=int(text) if text.isdecimal() else None)
    steps: list[Step] = []
    at = 1
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None:
            raise BadTask(
                f"{variable} is {text!r}; of JSON paths, only names, indexes and [*] are understood: $.predictions[*].label"
            )
        named = found["name"] or found["quoted"]
        steps.append(int(found["index"]) if found["index"] else named)
        at = found.end()
    return Attribute(variable, text, tuple(steps))


def column_of(place: Attribute, table: Table) -> Column:
    """The column of a dataset. Raises BadTask with the columns that there are."""
    name = place.text if place.steps is None else ".".join(str(step) for step in place.steps)
    for column in table.columns:
        if column.name == name:
            return column
    if place.index is not None and place.index < len(table.columns):
        return table.columns[place.index]
    names = ", ".join(column.name for column in table.columns[:20])
    raise BadTask(f"{place.variable} is {place.text!r}, and the dataset has no such column; it has {names}")


def values_of(place: Attribute, side: object) -> list[object]:
    """The values that a captured side, or ground truth, has there: one for each of its rows. Raises Unreadable."""
    if place.steps is None:
        return [value_of(place, fields) for fields in map(fields_of, rows_of(side))]
    found = [value for document in documents_of(side) for value in _at(document, place.steps, place)]
    if len(found) == 1 and isinstance(found[0], list):
        found = found[0]
    return [_scalar(value, place) for value in found]


def fields_of(row: Row) -> Fields:
    """The values of a row: of a line of CSV, its fields."""
    if not isinstance(row, str):
        return row
    return list(next(csv.reader([row]), [])) if '"' in row else list(row.split(","))


def value_of(place: Attribute, fields: Fields) -> object:
    """The value that a row has there. Raises Unreadable."""
    if isinstance(fields, dict):
        name = place.text if place.steps is None else ".".join(str(step) for step in place.steps)
        if name in fields:
            return _scalar(fields[name], place)
    elif place.index is not None and place.index < len(fields):
        return _scalar(fields[place.index], place)
    there = f"names {', '.join(map(str, fields))}" if isinstance(fields, dict) else f"{len(fields)} columns, no names"
    raise Unreadable(Kind.NO_ATTRIBUTE, f"{place.variable} is {place.text!r}, and a row has {there}")


def _at(value: object, steps: tuple[Step, ...], place: Attribute) -> list[object]:
    if not steps:
        return [value]
    step, rest = steps[0], steps[1:]
    if step is None and isinstance(value, list | dict):
        items = value if isinstance(value, list) else list(value.values())
        return [found for item in items for found in _at(item, rest, place)]
    if isinstance(step, str) and isinstance(value, dict) and step in value:
        return _at(value[step], rest, place)
    if isinstance(step, int) and isinstance(value, list) and step < len(value):
        return _at(value[step], rest, place)
    raise Unreadable(Kind.NO_ATTRIBUTE, f"{place.variable} is {place.text!r}, and a record has nothing there")


def _scalar(value: object, place: Attribute) -> object:
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, (list, dict)):
        raise Unreadable(
            Kind.NO_ATTRIBUTE, f"{place.variable} is {place.text!r}, and there is {str(value)[:60]}, which is no value"
        )
    return value
