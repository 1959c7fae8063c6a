"""Checks a request against the shapes of the service model, and says what is wrong in AWS's words.

Each shape is compiled once into a closure, so that a typical CreateTrainingJob is checked in about 100 µs. A value of the wrong
JSON type ends the check at once with a SerializationException, as AWS's front end does; broken constraints are collected into one
ValidationException. Members that the model does not know and nulls are removed from the request in place: AWS ignores them.
Not here: checks against other resources (see `families.checks`).
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import regex

from sagemaker_local.emulator import model
from sagemaker_local.emulator.refusal import VALIDATION, Refusal, ServiceError

# Where a value stands, as a chain that is only rendered when there is something to complain about.
Path = tuple[Any, ...]
Check = Callable[[Any, Path, list[str]], None]

INVALID: Final = Refusal(
    VALIDATION,
    "{count} validation error{plural} detected: {complaints}",
    evidence="quoted in many public issues, for enum, pattern, length, bound and null",
)
ONE_OF_UNION: Final = "Exactly one member of the union must be set"
"""What AWS says of a tagged union is unverified."""
_FRONT_END: Final = "wording of the front end of AWS's JSON services, quoted in issues of several of them"
STRUCTURE_FOUND: Final = Refusal(
    "SerializationException", "Start of structure or map found where not expected.", evidence=_FRONT_END
)
LIST_FOUND: Final = Refusal("SerializationException", "Start of list found where not expected", evidence=_FRONT_END)
NO_LIST: Final = Refusal("SerializationException", "Expected list or null", evidence=_FRONT_END)
MISTYPED: Final = Refusal("SerializationException", "{word} can not be converted to {wanted}", evidence=_FRONT_END)
_WORDS: Final = {int: "NUMBER_VALUE", float: "NUMBER_VALUE", str: "STRING_VALUE"}
_ROOT: Final[Path] = ()


def validate(operation: str, request: Mapping[str, Any]) -> None:
    """Raise what AWS answers to a request that does not fit the operation's input shape.

    Raises:
        ServiceError: SerializationException for wrong JSON types, ValidationException listing every broken constraint.
    """
    shape = model.operation(operation).input_shape
    if shape is None:
        return
    refuse(complaints(shape.name, request))


def refuse(wrong: list[str]) -> None:
    """Raise a ValidationException that lists broken constraints, if there are any."""
    if wrong:
        plural = "s" if len(wrong) > 1 else ""
        raise INVALID.error(count=len(wrong), plural=plural, complaints="; ".join(wrong))


def complaints(shape: str, value: Any, *, service: str = "sagemaker") -> list[str]:
    """Every broken constraint of a value, in the words of AWS; removes unknown members and nulls in place.

    Args:
        shape: the name of a shape.
        value: JSON.
        service: whose shape it is.

    Raises:
        ServiceError: SerializationException for wrong JSON types.
    """
    wrong: list[str] = []
    _compiled(shape, service)(value, _ROOT, wrong)
    return wrong


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern of the model describes the whole text, as AWS matches it."""
    return bool(_pattern(pattern).fullmatch(text))


@cache
def _pattern(pattern: str) -> "regex.Pattern[str]":
    # Java's spelling: \p{Alnum} is a POSIX class, and surrogate pairs stand for everything beyond the first plane.
    translated = pattern.replace(r"\p{Alnum}", "a-zA-Z0-9").replace(
        r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF"
    )
    return regex.compile(translated, regex.V0)


@cache
def _compiled(shape_name: str, service: str) -> Check:
    return _compile(model.service_model(service).shape_for(shape_name), service)


def _compile(shape: Any, service: str) -> Check:
    match shape.type_name:
        case "structure":
            return _structure(shape, service)
        case "list":
            return _list(shape, service)
        case "map":
            return _map(shape, service)
        case "string" | "blob":  # the wire form of a blob is Base64
            return _string(shape)
        case "integer" | "long":
            return _number(shape, whole=True)
        case "boolean":
            return _boolean
        case _:  # float, double, timestamp: the wire form of each is a number
            return _number(shape, whole=False)


def _structure(shape: Any, service: str) -> Check:
    required = tuple((name, _lower_first(name)) for name in shape.required_members)
    # Children are compiled at first use: shapes may contain themselves.
    members = {n: (_lower_first(n), s.name) for n, s in shape.members.items()}
    union = bool(getattr(shape, "is_tagged_union", False))
    checks: dict[str, tuple[str, Check]] = {}

    def check(value: Any, path: Path, wrong: list[str]) -> None:
        if type(value) is not dict:
            raise _mistyped_structure(value)
        for name in [n for n, v in value.items() if v is None or n not in members]:
            del value[name]
        for name, label in required:
            if name not in value:
                wrong.append(_complaint(None, (path, label), "Member must not be null"))
        if union and len(value) != 1:
            wrong.append(_complaint(value, path, ONE_OF_UNION))
        for name, child in value.items():
            entry = checks.get(name)
            if entry is None:
                label, shape_name = members[name]
                entry = checks[name] = (label, _compiled(shape_name, service))
            entry[1](child, (path, entry[0]), wrong)

    return check


def _list(shape: Any, service: str) -> Check:
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max")
    item_shape = shape.member.name

    def check(value: Any, path: Path, wrong: list[str]) -> None:
        if type(value) is not list:
            raise _mistyped_list(value)
        _length(value, path, wrong, low=low, high=high)
        item = _compiled(item_shape, service)
        for number, child in enumerate(value, 1):
            item(child, (path, f"{number}.member"), wrong)

    return check


def _map(shape: Any, service: str) -> Check:
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max")
    key_shape, value_shape = shape.key.name, shape.value.name

    def check(value: Any, path: Path, wrong: list[str]) -> None:
        if type(value) is not dict:
            raise _mistyped_structure(value)
        _length(value, path, wrong, low=low, high=high)
        key_check, value_check = _compiled(key_shape, service), _compiled(value_shape, service)
        for key, child in value.items():
            key_check(key, (path, "key"), wrong)
            value_check(child, (path, f"{key}.member"), wrong)

    return check


def _string(shape: Any) -> Check:
    values = getattr(shape, "enum", None) or ()
    enum, allowed = frozenset(values), ", ".join(values)
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max")
    pattern = shape.metadata.get("pattern")
    free = pattern in (None, ".*", r"[\S\s]*")

    def check(value: Any, path: Path, wrong: list[str]) -> None:
        if type(value) is not str:
            raise _mistyped(value, "String")
        if enum and value not in enum:
            wrong.append(_complaint(value, path, f"Member must satisfy enum value set: [{allowed}]"))
        _length(value, path, wrong, low=low, high=high)
        if not free and not _pattern(pattern).fullmatch(value):
            wrong.append(_complaint(value, path, f"Member must satisfy regular expression pattern: {pattern}"))

    return check


def _number(shape: Any, *, whole: bool) -> Check:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    name = {"integer": "Integer", "long": "Long"}.get(shape.type_name, "Double")

    def check(value: Any, path: Path, wrong: list[str]) -> None:
        if type(value) is not int and (whole or type(value) is not float):
            raise _mistyped(value, name)
        if low is not None and value < low:
            wrong.append(_complaint(value, path, f"Member must have value greater than or equal to {low}"))
        if high is not None and value > high:
            wrong.append(_complaint(value, path, f"Member must have value less than or equal to {high}"))

    return check


def _boolean(value: Any, path: Path, wrong: list[str]) -> None:  # noqa: ARG001 one signature for all checks
    if type(value) is not bool:
        raise _mistyped(value, "Boolean")


def _length(value: Any, path: Path, wrong: list[str], *, low: int, high: int | None) -> None:
    if len(value) < low:
        wrong.append(_complaint(value, path, f"Member must have length greater than or equal to {low}"))
    if high is not None and len(value) > high:
        wrong.append(_complaint(value, path, f"Member must have length less than or equal to {high}"))


def _complaint(value: Any, path: Path, constraint: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{_render(path)}' failed to satisfy constraint: {constraint}"


def _render(path: Path) -> str:
    segments: list[str] = []
    while path:
        path, segment = path
        segments.append(segment)
    return ".".join(reversed(segments))


def _lower_first(name: str) -> str:
    return name[:1].lower() + name[1:]


def _mistyped_structure(value: Any) -> ServiceError:
    if isinstance(value, list):
        return LIST_FOUND.error()
    return MISTYPED.error(word=_word(value), wanted="a structure or map")


def _mistyped_list(value: Any) -> ServiceError:
    return (STRUCTURE_FOUND if isinstance(value, dict) else NO_LIST).error()


def _mistyped(value: Any, wanted: str) -> ServiceError:
    if isinstance(value, dict):
        return STRUCTURE_FOUND.error()
    if isinstance(value, list):
        return LIST_FOUND.error()
    return MISTYPED.error(word=_word(value), wanted=_article(wanted))


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return f"{str(value).upper()}_VALUE"
    return _WORDS.get(type(value), "null")


def _article(wanted: str) -> str:
    return f"an {wanted}" if wanted[0] in "AEIOU" else f"a {wanted}"
