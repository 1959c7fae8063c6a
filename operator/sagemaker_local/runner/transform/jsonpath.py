"""The JSONPath that InputFilter and OutputFilter of a transform job understand: SageMaker's documented subset, and no more.

    $                        the root
    .name  ['name']          a member
    ['a','b']                several members: an object of them
    [0]  [-1]  [0,2,5:]      items of an array; several of them are an array again
    [2:5]  [:5]  [2:]        a slice
    .*  [*]                  everything in it, as an array

A member in brackets may have a dot before it. The table of operators is SageMaker's
(https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html#data-processing-operators). General JSONPath
libraries answer a list of matches, in which an object of several members is lost; that is why this is not one of them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Step: TypeAlias = "Member | Members | Items | Everything"

_NAME: Final = re.compile(r"\.([A-Za-z_][\w-]*)")
_WILDCARD: Final = re.compile(r"\.?\[\s*\*\s*\]|\.\*")
_BRACKET: Final = re.compile(r"\.?\[((?:'[^']*'|\"[^\"]*\"|[^\]'\"])*)\]")
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_ALL_QUOTED: Final = re.compile(rf"\s*(?:{_QUOTED.pattern})\s*(?:,\s*(?:{_QUOTED.pattern})\s*)*")
_PICK: Final = re.compile(r"\s*(?:(-?\d+)|(-?\d+)?\s*:\s*(-?\d+)?)\s*")


class BadPath(ValueError):
    """A text that is no path, or none that SageMaker understands."""


class NoMatch(LookupError):
    """A path that leads nowhere in this record."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an object."""

    name: str


@dataclass(frozen=True, slots=True)
class Members:
    """Several members of an object."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """Items of an array; `single` where the path is one index, which stands for the item itself."""

    picks: tuple[int | slice, ...]
    single: bool


@dataclass(frozen=True, slots=True)
class Everything:
    """All values of an object or an array."""


@dataclass(frozen=True, slots=True)
class Path:
    """A path that can be applied to records.

    Attributes:
        text: as it was written.
        steps: what it does, in order; none for the root.
    """

    text: str
    steps: tuple[Step, ...]

    @property
    def whole(self) -> bool:
        """Whether it selects all of a record."""
        return not self.steps

    def select(self, value: Any) -> Any:
        """What the path selects from a record. Raises NoMatch."""
        return _follow(self.steps, value, self.text)


def parse(text: str) -> Path:
    """Read a path; an empty one is the root, as the service's default. Raises BadPath."""
    if not text:
        return Path("$", ())
    if not text.startswith("$"):
        raise BadPath(f"{text!r} is not a JSONPath: it has to begin with $.")
    return Path(text, tuple(_steps(text)))


def _steps(text: str) -> Iterator[Step]:
    position = 1
    while position < len(text):
        for pattern, made in _READERS:
            found = pattern.match(text, position)
            if found is not None:
                yield made(found, text)
                position = found.end()
                break
        else:
            raise BadPath(f"{text!r} is not a JSONPath that batch transform supports, from {text[position:]!r} on.")


def _bracket(found: re.Match[str], text: str) -> Step:
    inside = found[1]
    if inside.lstrip()[:1] in ("'", '"'):
        if _ALL_QUOTED.fullmatch(inside) is None:
            raise BadPath(f"{text!r} has names in [{inside}] that are not quoted and separated by commas.")
        names = tuple(name[1:-1] for name in _QUOTED.findall(inside))
        return Member(names[0]) if len(names) == 1 else Members(names)
    picks = tuple(_pick(part, text) for part in inside.split(","))
    return Items(picks, single=len(picks) == 1 and isinstance(picks[0], int))


def _pick(part: str, text: str) -> int | slice:
    found = _PICK.fullmatch(part)
    if found is None:
        raise BadPath(f"{text!r} has {part.strip()!r} where an index or a slice belongs.")
    index, start, end = (None if number is None else int(number) for number in found.groups())
    return slice(start, end) if index is None else index


_READERS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], Step]], ...]] = (
    (_WILDCARD, lambda _, __: Everything()),
    (_NAME, lambda found, _: Member(found[1])),
    (_BRACKET, _bracket),
)


def _follow(steps: tuple[Step, ...], value: Any, text: str) -> Any:
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    selected = _one(step, value, text)
    many = isinstance(step, Everything) or (isinstance(step, Items) and not step.single)
    return [_follow(rest, item, text) for item in selected] if many and rest else _follow(rest, selected, text)


def _one(step: Step, value: Any, text: str) -> Any:
    match step, value:
        case Member(name), dict() if name in value:
            return value[name]
        case Members(names), dict() if all(name in value for name in names):
            return {name: value[name] for name in names}
        case Items(picks, single), list():
            picked = [item for pick in picks for item in _items(value, pick, text)]
            return picked[0] if single else picked
        case Everything(), dict():
            return list(value.values())
        case Everything(), list():
            return list(value)
    raise NoMatch(f"{text} leads nowhere in {_short(value)}.")


def _items(value: list[Any], pick: int | slice, text: str) -> list[Any]:
    """The items of a pick; one outside of the array is an error (API reference, DataProcessing.OutputFilter).

    The end of a slice does not belong to it: the guide's table says "the array slice() method", and public examples drop a last
    column by `$[0:-1]`; one paragraph of the guide says otherwise.
    """
    found = value[pick] if isinstance(pick, slice) else value[pick : pick + 1 or None]
    if not found or (isinstance(pick, int) and not -len(value) <= pick < len(value)):
        raise NoMatch(f"{text} asks for items beyond the {len(value)} that there are.")
    return found


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
