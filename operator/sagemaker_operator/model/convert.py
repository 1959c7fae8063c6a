"""Values between custom resources and SageMaker: field names, time stamps, and nothing else about them.

    >>> from sagemaker_operator.model.service import input_shape
    >>> to_request(input_shape("CreateModel").members, {"executionRoleARN": "arn:…", "deletionPolicy": "Retain"})
    {'ExecutionRoleArn': 'arn:…'}

A set of members is compiled once into a tree of small functions, as botocore rebuilds shapes on every access; ready-made strings,
numbers and booleans are passed through untouched. Callers therefore pass the same mapping of members each time, such as
`Family.spec_members`.

Not here: which members there are (`families`), and whether a value is valid: that is for the schema, and finally for AWS. A value
of the wrong type is handed on as it is, so that the one who checks can name it.
"""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache

from botocore.model import ListShape, MapShape, Shape, StructureShape

from .names import field

# Turns one value; None stands for "leave it as it is" and saves most of the calls.
_Turn = Callable[[object], object] | None


def to_request(members: Mapping[str, Shape], spec: Mapping[str, object]) -> dict[str, object]:
    """What a spec says, as an input for botocore.

    Fields that stand for no member (control fields, references) and null values are dropped; RFC 3339 strings become datetimes.

    Args:
        members: the members of the input by name; the same object on every call.
        spec: the spec of a custom resource, or a part of it.
    """
    return _structure(_request_plan(_Same(members)), spec)


def from_reply(members: Mapping[str, Shape], reply: Mapping[str, object]) -> dict[str, object]:
    """What a reply of botocore says, as fields of a custom resource that can be written as JSON.

    Unlisted members (``ResponseMetadata``), nulls and numbers that JSON cannot hold are dropped; datetimes become RFC 3339
    strings in UTC, with milliseconds only where there are some.

    Args:
        members: the members wanted from the reply; the same object on every call.
        reply: a reply of botocore, or a part of it.
    """
    return _structure(_reply_plan(_Same(members)), reply)


class _Same:
    """A mapping of members as a cache key: by identity, and keeping it alive so that the identity stays its own."""

    __slots__ = ("members",)

    def __init__(self, members: Mapping[str, Shape]) -> None:
        self.members = members

    def __hash__(self) -> int:
        return id(self.members)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.members is self.members


# By the name that a value comes with: the name that it leaves with, and its turn.
_Plan = dict[str, tuple[str, _Turn]]


@lru_cache(maxsize=512)
def _request_plan(same: _Same) -> _Plan:
    return _Compiler(lambda name: (field(name), name), _request_scalar).plan(same.members, {})


@lru_cache(maxsize=512)
def _reply_plan(same: _Same) -> _Plan:
    return _Compiler(lambda name: (name, field(name)), _reply_scalar).plan(same.members, {})


class _Compiler:
    """Compiles the members of one service model in one direction.

    Attributes:
        rename: from a member to the names that it comes and leaves with.
        scalar: the turn of a shape without parts.
        known: the plans of structures by name; a structure may occur often, and in itself.
    """

    def __init__(self, rename: Callable[[str], tuple[str, str]], scalar: Callable[[Shape], _Turn]) -> None:
        self.rename = rename
        self.scalar = scalar
        self.known: dict[str, _Plan] = {}

    def plan(self, members: Mapping[str, Shape], into: _Plan) -> _Plan:
        for name, shape in members.items():
            here, there = self.rename(name)
            into[here] = (there, self.turn(shape))
        return into

    def turn(self, shape: Shape) -> _Turn:
        if isinstance(shape, StructureShape):
            plan = self.known.get(shape.name)
            if plan is None:
                plan = self.known[shape.name] = {}
                self.plan(shape.members, plan)
            return lambda value: _structure(plan, value) if isinstance(value, Mapping) else value
        if isinstance(shape, ListShape):
            each = self.turn(shape.member)
            return lambda value: _list(each, value) if isinstance(value, list | tuple) else value
        if isinstance(shape, MapShape):
            each = self.turn(shape.value)
            return lambda value: _map(each, value) if isinstance(value, Mapping) else value
        return self.scalar(shape)


def _structure(plan: _Plan, value: Mapping[str, object]) -> dict[str, object]:
    turned: dict[str, object] = {}
    for name, said in value.items():
        if said is None or (step := plan.get(name)) is None:
            continue
        there, turn = step
        if turn is not None and (said := turn(said)) is None:
            continue
        turned[there] = said
    return turned


def _list(each: _Turn, value: list[object] | tuple[object, ...]) -> list[object]:
    if each is None:
        return [item for item in value if item is not None]
    return [turned for item in value if item is not None and (turned := each(item)) is not None]


def _map(each: _Turn, value: Mapping[str, object]) -> dict[str, object]:
    if each is None:
        return {key: item for key, item in value.items() if item is not None}
    return {key: turned for key, item in value.items() if item is not None and (turned := each(item)) is not None}


def _request_scalar(shape: Shape) -> _Turn:
    return _time_from_text if shape.type_name == "timestamp" else None


def _reply_scalar(shape: Shape) -> _Turn:
    if shape.type_name == "timestamp":
        return _text_from_time
    return _finite if shape.type_name in ("float", "double") else None


def _time_from_text(value: object) -> object:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _text_from_time(value: object) -> object:
    if not isinstance(value, datetime):
        return value
    moment = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    precision = "milliseconds" if moment.microsecond >= 1000 else "seconds"
    return moment.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def _finite(value: object) -> object:
    # The metric of a diverged training is NaN, which no API server accepts.
    return None if isinstance(value, float) and not math.isfinite(value) else value
