"""What one value of an event pattern accepts: exact values, prefix, suffix, anything-but, numeric, exists, wildcard, cidr …

Each matcher is made once and is then a function of one JSON scalar. Rules and texts are those of EventBridge's own engine,
which is public: aws/event-ruler, `JsonRuleCompiler`. Not here: how patterns nest (see `patterns`).
"""

import ipaddress
import math
from collections.abc import Callable
from typing import Any, Final

Match = Callable[[Any], bool]

_RANGE_OPERATORS: Final[dict[str, Callable[[float, float], bool]]] = {
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
}


class PatternError(ValueError):
    """Why something is no event pattern, in the words of aws/event-ruler."""


def exactly(values: list[Any]) -> Match:
    """Accepts any of these scalars; numbers are equal by value, and true is no number."""
    texts = frozenset(v for v in values if type(v) is str)
    numbers = frozenset(v for v in values if _is_number(v))
    constants = tuple(v for v in values if v is None or type(v) is bool)

    def match(value: Any) -> bool:
        if type(value) is str:
            return value in texts
        if value is None or type(value) is bool:
            return any(value is constant for constant in constants)
        return value in numbers

    return match


def expression(given: dict[str, Any]) -> Match:
    """The matcher of a match expression such as {"prefix": "a"}; `exists` is the business of `patterns`.

    Raises:
        PatternError: it is none.
    """
    if not given:
        raise PatternError("Match expression name not found")
    name, operand = next(iter(given.items()))
    make = _EXPRESSIONS.get(name)
    if make is None:
        raise PatternError(f"Unrecognized match type {name}")
    made = make(operand)
    if len(given) > 1:
        raise PatternError("Only one key allowed in match expression")
    return made


def wildcard(text: Any) -> Match:
    """Accepts texts in which each `*` stands for anything; a backslash takes the meaning from a star or backslash."""
    if type(text) is not str:
        raise PatternError("wildcard match pattern must be a string")
    first, *rest = _pieces(text)

    def match(value: Any) -> bool:
        if type(value) is not str:
            return False
        if not rest:
            return value == first
        last = rest[-1]
        if len(value) < len(first) + len(last) or not value.startswith(first) or not value.endswith(last):
            return False
        at, end = len(first), len(value) - len(last)
        for piece in rest[:-1]:
            at = value.find(piece, at, end)
            if at < 0:
                return False
            at += len(piece)
        return at <= end

    return match


def _pieces(text: str) -> list[str]:
    """The literal texts between the stars."""
    pieces, position = [""], 0
    while position < len(text):
        char = text[position]
        if char == "\\":
            escaped = text[position + 1 : position + 2]
            if escaped not in {"*", "\\"} or not escaped:
                raise PatternError(f"Invalid escape character at pos {position + 1}")
            pieces[-1] += escaped
            position += 1
        elif char == "*":
            if text[position + 1 : position + 2] == "*":
                raise PatternError(f"Consecutive wildcard characters at pos {position + 1}")
            pieces.append("")
        else:
            pieces[-1] += char
        position += 1
    return pieces


def _prefix(operand: Any) -> Match:
    text, fold = _affix("prefix", operand)
    return lambda value: type(value) is str and fold(value).startswith(text)


def _suffix(operand: Any) -> Match:
    text, fold = _affix("suffix", operand)
    return lambda value: type(value) is str and fold(value).endswith(text)


def _affix(name: str, operand: Any) -> tuple[str, Callable[[str], str]]:
    """The text of a prefix or suffix, and how values are folded before they are compared with it."""
    if type(operand) is str:
        return operand, str
    if type(operand) is not dict:
        raise PatternError(f"{name} match pattern must be a string")
    if not operand:
        raise PatternError(f"{name.capitalize()} expression name not found")
    inner, text = next(iter(operand.items()))
    if inner != "equals-ignore-case":
        raise PatternError(f"Unsupported {name} pattern: {inner}")
    if type(text) is not str:
        raise PatternError("equals-ignore-case match pattern must be a string")
    if len(operand) > 1:
        raise PatternError("Only one key allowed in match expression")
    return text.lower(), str.lower


def _equals_ignore_case(operand: Any) -> Match:
    if type(operand) is not str:
        raise PatternError("equals-ignore-case match pattern must be a string")
    wanted = operand.lower()
    return lambda value: type(value) is str and value.lower() == wanted


def _numeric(operand: Any) -> Match:
    if type(operand) is not list:
        raise PatternError("Value of numeric must be an array.")
    if not operand or type(operand[0]) is not str:
        raise PatternError(f"Invalid member in numeric match: {operand[0] if operand else ']'}")
    operator, *rest = operand
    if operator == "=":
        bound = _bound("equals", rest)
        if len(rest) > 1:
            raise PatternError("Too many elements in numeric expression")
        return lambda value: _is_number(value) and bool(value == bound)
    if operator not in _RANGE_OPERATORS:
        raise PatternError(f"Unrecognized numeric range operator: {operator}")
    limits = [(_RANGE_OPERATORS[operator], _bound(operator, rest)), *_upper_limit(operator, rest[1:])]
    return lambda value: _is_number(value) and all(holds(value, limit) for holds, limit in limits)


def _upper_limit(operator: str, rest: list[Any]) -> list[tuple[Callable[[float, float], bool], float]]:
    """The second half of a range: only after > or >=, and only < or <=."""
    if not rest:
        return []
    if operator in {"<", "<="}:
        raise PatternError("Too many elements in numeric expression")
    second, *bounds = rest
    if type(second) is not str:
        raise PatternError(f"Bad value in numeric range: {second}")
    if second not in {"<", "<="}:
        raise PatternError(f"Bad numeric range operator: {second}")
    limit = _bound(second, bounds)
    if len(bounds) > 1:
        raise PatternError("Too many terms in numeric range expression")
    return [(_RANGE_OPERATORS[second], limit)]


def _bound(operator: str, rest: list[Any]) -> float:
    if not rest or not _is_number(rest[0]):
        raise PatternError(f"Value of {operator} must be numeric")
    return float(rest[0])


def _anything_but(operand: Any) -> Match:
    if type(operand) is dict:
        refused = _inside_anything_but(operand)
    elif type(operand) is str or _is_number(operand):
        refused = exactly([operand])
    elif type(operand) is list:
        refused = exactly(_of_one_type(operand))
    else:
        raise PatternError("Value of anything-but must be an array or single string/number value.")
    return lambda value: not refused(value)


def _of_one_type(operand: list[Any]) -> list[Any]:
    if not all(type(v) is str or _is_number(v) for v in operand):
        raise PatternError("Inside anything but list, start|null|boolean is not supported.")
    if len({type(v) is str for v in operand}) != 1:
        raise PatternError(
            "Inside anything but list, either all values are number or string, mixed type is not supported"
        )
    return operand


def _inside_anything_but(operand: dict[str, Any]) -> Match:
    if not operand:
        raise PatternError("Anything-But expression name not found")
    name, values = next(iter(operand.items()))
    make = _REFUSABLE.get(name)
    if make is None:
        raise PatternError(f"Unsupported anything-but pattern: {name}")
    if type(values) not in {list, str} and not _is_number(values):
        raise PatternError("Value of anything-but must be an array or single string/number value.")
    listed = values if type(values) is list else [values]
    for text in listed:
        if type(text) is not str:
            raise PatternError(_NOT_TEXT.get(name, "prefix/suffix match pattern must be a string"))
        if not text and name in {"prefix", "suffix"}:
            raise PatternError("Null prefix/suffix not allowed")
    if len(operand) > 1:
        raise PatternError("Too many elements in numeric expression")
    matches = [make(text) for text in listed]
    return lambda value: any(match(value) for match in matches)


def _cidr(operand: Any) -> Match:
    if type(operand) is not str:
        raise PatternError("prefix match pattern must be a string")
    try:
        network = ipaddress.ip_network(operand, strict=False)
    except ValueError:
        raise PatternError(f"Malformed CIDR, one '/' required: {operand}") from None

    def match(value: Any) -> bool:
        try:
            return type(value) is str and ipaddress.ip_address(value) in network
        except ValueError:
            return False

    return match


def _is_number(value: Any) -> bool:
    return type(value) is int or (type(value) is float and math.isfinite(value))


_NOT_TEXT: Final = {
    "equals-ignore-case": "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.",
    "wildcard": "wildcard match pattern must be a string",
}
_REFUSABLE: Final[dict[str, Callable[[Any], Match]]] = {
    "prefix": _prefix, "suffix": _suffix, "equals-ignore-case": _equals_ignore_case, "wildcard": wildcard,
}  # fmt: skip
_EXPRESSIONS: Final[dict[str, Callable[[Any], Match]]] = {
    **_REFUSABLE, "numeric": _numeric, "anything-but": _anything_but, "cidr": _cidr,
}  # fmt: skip
OPERATORS: Final = frozenset(_EXPRESSIONS) | {"exists", "exactly"}
"""Names that cannot be fields below `$or`."""
