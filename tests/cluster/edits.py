"""Another valid value for a value that a manifest has, read off the service model.

An edit is a JSON merge patch of the member: of a structure every leaf that is set gets another value, and the rest stays. What
is not set yet gets the fullest value that the model allows (`tests.emulator.generated`). Whether an edit makes sense beyond its
shape the model does not tell: the scenario of a kind says so (`tests.cluster.scenario`).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from tests.emulator import generated

from sagemaker_local.emulator.validation import matches


def another(shape: Shape, path: str, value: Any, *, fixed: frozenset[str] = frozenset()) -> Any:
    """A value that fits the shape and differs from the one given.

    Args:
        shape: of the value.
        path: where it stands, as members and dots.
        value: the one that there is; None if there is none.
        fixed: the paths of what has to stay as it is.
    """
    member = path.rpartition(".")[2]
    if value is None:
        made = generated.value(shape, member)
        # The first value of an enumeration is often the one that SageMaker takes anyhow.
        return another(shape, path, made) if shape.metadata.get("enum") else made
    match shape:
        case StructureShape():
            ways = {name: f"{path}.{name}" for name in shape.members if name in value}
            changed = [(name, at, value[name]) for name, at in ways.items() if at not in fixed]
            return {name: another(shape.members[name], at, held, fixed=fixed) for name, at, held in changed}
        case ListShape():
            return [another(shape.member, path, item, fixed=fixed) for item in value] or generated.value(shape, member)
        case MapShape():
            return {key: another(shape.value, path, held, fixed=fixed) for key, held in value.items()}
    match value:
        case bool():
            return not value
        case int() | float():
            return _number(shape, value)
        case datetime():
            return value + timedelta(days=1)
        case _:
            return _text(shape, member, str(value))


def says_something(value: Any) -> bool:
    """Whether a patch changes anything."""
    if isinstance(value, dict):
        return any(says_something(held) for held in value.values())
    return True


def _number(shape: Shape, value: float) -> float:
    return value + 1 if value + 1 <= shape.metadata.get("max", value + 1) else value - 1


def _text(shape: Shape, member: str, text: str) -> str:
    if enum := shape.metadata.get("enum"):
        return str(enum[(enum.index(text) + 1) % len(enum)])
    return next(other for other in _texts(shape, member, text) if other != text and _fits(shape, other))


def _texts(shape: Shape, member: str, text: str) -> Iterator[str]:
    yield f"{text}2"
    yield f"{text[:-1]}{'3' if text.endswith('2') else '2'}"
    yield str(generated.value(shape, member))


def _fits(shape: Shape, text: str) -> bool:
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", 1024)
    pattern = shape.metadata.get("pattern")
    return low <= len(text) <= high and (pattern is None or matches(pattern, text))
