"""Event patterns as EventBridge matches them, compiled once.

A pattern is a function of a whole event. Fields of a pattern must all match; the values of one field are alternatives; an array
in an event matches if one of its elements does, and the fields below an array must match in the same element. Not here: what
single values accept (see `matchers`).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sagemaker_local.emulator.events.matchers import OPERATORS, PatternError, exactly, expression
from sagemaker_local.emulator.resource import Json

DEEPEST: Final = 100
"""Levels of a pattern. AWS does not publish its own limit."""
_ABSENT: Final = object()
_ENVELOPE: Final = ("source", "detail-type", "account", "region")

Test = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern.

    Attributes:
        matches: whether it accepts an event.
        may_match: whether it could accept an event of which only source, detail-type, account and region are known.
    """

    matches: Callable[[Json], bool]
    may_match: Callable[[Json], bool]


def compiled(text: str) -> Pattern:
    """The pattern that a JSON text describes.

    Raises:
        PatternError: it is none; says why.
    """
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise PatternError("Invalid JSON") from None
    if type(given) is not dict:
        raise PatternError("Filter is not an object")
    if not given:
        raise PatternError("Empty objects are not allowed")
    known = {name: value for name, value in given.items() if name in _ENVELOPE}
    return Pattern(_object(given, 1), _object(known, 1))


def _object(given: dict[str, Any], depth: int) -> Test:
    if depth > DEEPEST:
        raise PatternError("Rule is too complex - it is nested too deeply")
    tests: list[tuple[str, Test]] = []
    choices: list[list[Test]] = []
    for name, wanted in given.items():
        if name == "$or" and _is_choice(wanted):
            choices.append([_object(choice, depth + 1) for choice in wanted])
        else:
            tests.append((name, _below(name, wanted, depth)))

    def match(value: Any) -> bool:
        if type(value) is list:
            objects = [item for item in value if type(item) in {dict, list}]
            return any(match(item) for item in objects) if objects else match(_ABSENT)
        found: dict[str, Any] = value if type(value) is dict else {}
        for name, test in tests:
            if not test(found.get(name, _ABSENT)):
                return False
        return all(any(test(found) for test in choice) for choice in choices)

    return match


def _below(name: str, wanted: Any, depth: int) -> Test:
    if type(wanted) is list:
        return _field(wanted)
    if type(wanted) is not dict:
        raise PatternError(f'"{name}" must be an object or an array')
    if not wanted:
        raise PatternError("Empty objects are not allowed")
    return _object(wanted, depth + 1)


def _is_choice(wanted: Any) -> bool:
    """Whether `$or` means a choice here, rather than being the name of a field."""
    return (
        type(wanted) is list
        and len(wanted) > 1
        and all(type(choice) is dict and choice and not OPERATORS.intersection(choice) for choice in wanted)
    )


def _field(wanted: list[Any]) -> Test:
    if not wanted:
        raise PatternError("Empty arrays are not allowed")
    if any(type(value) is list for value in wanted):
        raise PatternError("Match value must be String, number, true, false, or null")
    scalars = [value for value in wanted if type(value) is not dict]
    expressions = [value for value in wanted if type(value) is dict]
    existence = {_exists(value) for value in expressions if "exists" in value}
    present, absent = True in existence, False in existence
    matches = [exactly(scalars), *(expression(value) for value in expressions if "exists" not in value)]

    def match(value: Any) -> bool:
        if type(value) is dict:
            return absent
        if type(value) is list:
            leaves = _leaves(value)
            return any(match(leaf) for leaf in leaves) if leaves else absent
        if value is _ABSENT:
            return absent
        return present or any(accepts(value) for accepts in matches)

    return match


def _exists(value: dict[str, Any]) -> bool:
    if type(value["exists"]) is not bool:
        raise PatternError("exists match pattern must be either true or false.")
    if len(value) > 1:
        raise PatternError("Only one key allowed in match expression")
    wanted: bool = value["exists"]
    return wanted


def _leaves(values: list[Any]) -> list[Any]:
    """The scalars of an array and of the arrays in it."""
    found: list[Any] = []
    for value in values:
        if type(value) is list:
            found.extend(_leaves(value))
        elif type(value) is not dict:
            found.append(value)
    return found
