"""What a page is made of: sections of figures and tables, in which a chart always stands before its numbers."""

from dataclasses import dataclass
from typing import Any

Spec = dict[str, Any]
"""A chart as Vega-Lite has it: https://vega.github.io/vega-lite/docs/spec.html."""

Cell = str | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts and numbers; those whose index is in `marked` tell of something that is wrong."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    marked: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its numbers. `label` tells those who do not see it what it shows; `wrong` marks a violation."""

    title: str
    label: str
    spec: Spec
    table: Table
    note: str = ""
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """What a colour stands for; `swatch` is a class of the style sheet."""

    swatch: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page, under a heading that can be jumped to. Tables in `folded` are opened by a click."""

    name: str
    title: str
    intro: str = ""
    keys: tuple[Key, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    folded: tuple[Table, ...] = ()
