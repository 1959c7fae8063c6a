"""Liquid, as far as worker task templates use it: outputs with filters, if, unless, for, assign, comment and raw.

After the language's public documentation and the filters that Ground Truth adds. What it does not know is an error that names it.
Not here: case, cycle, tablerow, include; and who may read what a template shows.
"""

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

Scope = dict[str, Any]

DEEPEST: Final = 50
"""How many blocks may be inside of each other."""
LONGEST: Final = 100_000
"""How many pieces a rendering may take, loops counted as often as they go round."""
LARGEST: Final = 1_000_000
"""How many characters a page may have."""
MOST_TAGS: Final = 5_000
LONGEST_TAG: Final = 2_000
LONGEST_VALUE: Final = 130_000
LONGEST_ARGUMENT: Final = 1_000
TOO_MUCH: Final = "Memory limits exceeded"

_TOKEN: Final = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
_RAW: Final = re.compile(r"\{%-?\s*raw\s*-?%\}(.*?)\{%-?\s*endraw\s*-?%\}", re.DOTALL)
_PIECE: Final = re.compile(r"""'[^']*'|"[^"]*"|\||[^|'"]+|['"]""")
_ARGUMENT: Final = re.compile(r"""'[^']*'|"[^"]*"|[^,\s]+""")
_COMPARED: Final = re.compile(r"(.+?)\s*(==|!=|>=|<=|>|<|\bcontains\b)\s*(.+)", re.DOTALL)
_FOR: Final = re.compile(r"(\w+)\s+in\s+(.+)", re.DOTALL)
_ASSIGN: Final = re.compile(r"(\w+)\s*=\s*(.+)", re.DOTALL)
_STEP: Final = re.compile(r"""\.?([A-Za-z_][\w-]*)|\[\s*(\d+|'[^']*'|"[^"]*")\s*\]""")
_WORDS: Final[dict[str, Any]] = {"true": True, "false": False, "nil": None, "null": None, "empty": "", "blank": ""}
_BLOCKS: Final = frozenset({"if", "unless", "for", "comment"})
_ALTERNATIVES: Final = frozenset({"else", "elsif"})


class LiquidError(Exception):
    """A template that cannot be rendered; the text says why."""


@dataclass(slots=True)
class Node:
    """A piece of a template.

    Attributes:
        kind: text, output, or the name of a tag.
        text: the text, or what the tag says after its name.
        body: what is between the tag and its end.
        other: what is after `else` or `elsif`.
    """

    kind: str
    text: str
    body: list["Node"] = field(default_factory=list)
    other: list["Node"] = field(default_factory=list)


def parse(template: str) -> list[Node]:
    """The pieces of a template. Raises LiquidError if a tag is unknown, not closed or not opened."""
    if template.count("{{") + template.count("{%") > MOST_TAGS:
        raise LiquidError(TOO_MUCH)
    pieces: list[Node] = []
    for index, text in enumerate(_RAW.split(template)):
        pieces += [Node("text", text)] if index % 2 else list(_tokens(text))
    nodes, _ = _nested(pieces, 0, "", 0)
    return nodes


def _tokens(text: str) -> Iterator[Node]:
    for part in _TOKEN.split(text):
        if part.startswith(("{{", "{%")) and len(part) > LONGEST_TAG:
            raise LiquidError(TOO_MUCH)
        if part.startswith("{{") and part.endswith("}}"):
            yield Node("output", part[2:-2].strip("- \n\t"))
        elif part.startswith("{%") and part.endswith("%}"):
            name, _, rest = part[2:-2].strip("- \n\t").partition(" ")
            yield Node(name, rest.strip())
        elif "{{" in part or "{%" in part:
            raise LiquidError(f"'{'{{' if '{{' in part else '{%'}' was not properly terminated")
        elif part:
            yield Node("text", part)


def _nested(pieces: list[Node], start: int, block: str, depth: int) -> tuple[list[Node], int]:
    """The nodes from `start` to the end of a block or to its alternative, and where that is."""
    if depth > DEEPEST:
        raise LiquidError("Nesting too deep")
    nodes: list[Node] = []
    index = start
    while index < len(pieces):
        node = pieces[index]
        if block and (node.kind == f"end{block}" or node.kind in _ALTERNATIVES):
            return nodes, index
        if node.kind in _BLOCKS:
            index = _fill(pieces, index, node, node.kind, depth + 1)
        elif node.kind not in ("text", "output", "assign"):
            raise LiquidError(f"Unknown tag '{node.kind}'")
        nodes.append(node)
        index += 1
    if block:
        raise LiquidError(f"'{block}' tag was never closed")
    return nodes, index


def _fill(pieces: list[Node], index: int, node: Node, block: str, depth: int) -> int:
    """Give a node its body and its alternative; returns the index of the block's end."""
    node.body, index = _nested(pieces, index + 1, block, depth)
    if pieces[index].kind == "elsif":
        again = Node("if", pieces[index].text)
        node.other = [again]
        return _fill(pieces, index, again, block, depth + 1)
    if pieces[index].kind == "else":
        node.other, index = _nested(pieces, index + 1, block, depth)
        if pieces[index].kind in _ALTERNATIVES:
            raise LiquidError(f"Unknown tag '{pieces[index].kind}'")
    return index


def render(template: str, scope: Scope) -> str:
    """A template filled in. Raises LiquidError."""
    parts: list[str] = []
    length = 0
    for part in _Rendering().pieces(parse(template), dict(scope)):
        length += len(part)
        if length > LARGEST:
            raise LiquidError(TOO_MUCH)
        parts.append(part)
    return "".join(parts)


@dataclass(slots=True)
class _Rendering:
    """One rendering, which takes a bounded number of steps."""

    left: int = LONGEST

    def pieces(self, nodes: list[Node], scope: Scope) -> Iterator[str]:
        for node in nodes:
            self.left -= 1
            if self.left < 0:
                raise LiquidError(TOO_MUCH)
            match node.kind:
                case "text":
                    yield node.text
                case "output":
                    yield _output(node.text, scope)
                case "assign":
                    name, value = _matched(_ASSIGN, node)
                    scope[name] = _value(value, scope)
                case "for":
                    yield from self._each(node, scope)
                case "if" | "unless":
                    holds = _holds(node.text, scope) is (node.kind == "if")
                    yield from self.pieces(node.body if holds else node.other, scope)

    def _each(self, node: Node, scope: Scope) -> Iterator[str]:
        name, source = _matched(_FOR, node)
        items = _value(source, scope)
        rows = list(items.items()) if isinstance(items, dict) else items if isinstance(items, list) else []
        for number, item in enumerate(rows):
            self.left -= 1
            about = {"index": number + 1, "index0": number, "first": number == 0, "last": number == len(rows) - 1}
            yield from self.pieces(node.body, {**scope, name: item, "forloop": about})
        if not rows:
            yield from self.pieces(node.other, scope)


def _matched(pattern: re.Pattern[str], node: Node) -> tuple[str, str]:
    found = pattern.fullmatch(node.text)
    if found is None:
        raise LiquidError(f"Syntax error in tag '{node.kind}': {node.text}")
    return found[1], found[2]


def _output(expression: str, scope: Scope) -> str:
    """A value as it appears on the page: escaped, unless its filters say otherwise (Ground Truth's documentation)."""
    text = _text(_value(expression, scope))
    filters = {part.partition(":")[0].strip() for part in _parts(expression)[1:]}
    return text if filters & _ESCAPING else html.escape(text)


def _holds(condition: str, scope: Scope) -> bool:
    for word, decide in ((" or ", any), (" and ", all)):
        if word in condition:
            return decide(_holds(part, scope) for part in condition.split(word))
    compared = _COMPARED.fullmatch(condition.strip())
    if compared is None:
        return _value(condition, scope) not in (None, False)
    try:
        return bool(_COMPARISONS[compared[2]](_value(compared[1], scope), _value(compared[3], scope)))
    except TypeError:
        return False


def _value(expression: str, scope: Scope) -> Any:
    """The value of a path or a literal, through its filters."""
    first, *filters = _parts(expression)
    value = _plain(first, scope)
    for part in filters:
        name, _, arguments = (text.strip() for text in part.partition(":"))
        known = FILTERS.get(name)
        if known is None:
            raise LiquidError(f"Unknown filter '{name}'")
        given = [_plain(argument, scope) for argument in _ARGUMENT.findall(arguments)]
        if any(isinstance(one, str) and len(one) > LONGEST_ARGUMENT for one in given):
            raise LiquidError(TOO_MUCH)
        try:
            value = known(value, *given)
        except (TypeError, ValueError, LookupError) as wrong:
            raise LiquidError(f"Filter '{name}' cannot be applied: {wrong}") from None
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            raise LiquidError(TOO_MUCH)
    return value


def _parts(expression: str) -> list[str]:
    """An expression at those bars that are not in quotes."""
    parts = [""]
    for piece in _PIECE.findall(expression):
        if piece == "|":
            parts.append("")
        else:
            parts[-1] += piece
    return [part.strip() for part in parts]


def _plain(text: str, scope: Scope) -> Any:
    """A literal, or what a path leads to; nothing if it leads nowhere."""
    if text in _WORDS:
        return _WORDS[text]
    if text[:1] in ("'", '"') and text[-1:] == text[:1] and len(text) > 1:
        return text[1:-1]
    try:
        return json.loads(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else _follow(text, scope)
    except ValueError:
        raise LiquidError(f"Syntax error: {text}") from None


def _follow(path: str, scope: Scope) -> Any:
    value: Any = scope
    position = 0
    while position < len(path):
        step = _STEP.match(path, position)
        if step is None:
            raise LiquidError(f"Syntax error: {path}")
        position = step.end()
        key = step[1] or step[2].strip("'\"")
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isdecimal():
            value = value[int(key)] if int(key) < len(value) else None
        elif key == "size" and isinstance(value, str | list):
            value = len(value)
        else:
            return None
    return value if position else None


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return "".join(map(_text, value))
        case dict():
            return json.dumps(value)
        case _:
            return str(value)


def _same(value: Any) -> Any:
    return value


_COMPARISONS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    ">": lambda left, right: left > right,
    "<": lambda left, right: left < right,
    ">=": lambda left, right: left >= right,
    "<=": lambda left, right: left <= right,
    "contains": lambda left, right: right in left,
}
_ESCAPING: Final = frozenset({"escape", "escape_once", "skip_autoescape", "to_json"})

FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "to_json": json.dumps,
    "escape": lambda value: html.escape(_text(value)),
    "escape_once": lambda value: html.escape(html.unescape(_text(value))),
    "skip_autoescape": _same,
    "grant_read_access": _same,
    "s3_presign": _same,
    "upcase": lambda value: _text(value).upper(),
    "downcase": lambda value: _text(value).lower(),
    "capitalize": lambda value: _text(value).capitalize(),
    "strip": lambda value: _text(value).strip(),
    "size": lambda value: len(value) if isinstance(value, str | list | dict) else 0,
    "first": lambda value: value[0] if value else None,
    "last": lambda value: value[-1] if value else None,
    "default": lambda value, other: other if value in (None, False, "", []) else value,
    "append": lambda value, other: _text(value) + _text(other),
    "prepend": lambda value, other: _text(other) + _text(value),
    "replace": lambda value, old, new: _text(value).replace(_text(old), _text(new)),
    "split": lambda value, by: _text(value).split(_text(by)),
    "join": lambda value, by=" ": _text(by).join(map(_text, value)),
}
"""Those of Ground Truth (to_json, skip_autoescape, grant_read_access, s3_presign) and the usual ones of the language."""
