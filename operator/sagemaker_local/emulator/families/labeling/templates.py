"""Worker task templates rendered: python-liquid with Ground Truth's filters, and limits for templates of strangers.

The library keeps to the language and has no access to files; it limits depth, output and variables. Added here is what it leaves
open: tags that its scanner would read over and over, long ranges, and the work of all loops and filters together.
Not here: RenderUiTemplate, and who may read what a template shows. The library takes a quarter of a second to load, so this
module is imported when the first template is rendered.
"""

import json
import re
from collections.abc import Callable, Sized
from typing import Any, Final, TextIO, cast
from urllib.parse import quote

from liquid import Environment, Markup, RenderContext
from liquid.builtin.expressions import LoopExpression
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags.for_tag import ForNode, ForTag
from liquid.builtin.tags.tablerow_tag import TablerowNode, TablerowTag
from liquid.exceptions import FilterError, LiquidError, ResourceLimitError
from liquid.filter import with_context
from liquid.stringify import to_liquid_string
from liquid.template import BoundTemplate
from liquid.undefined import is_undefined

MOST_TAGS: Final = 2_000
LONGEST_TAG: Final = 2_000
LONGEST_BLANK: Final = 100
"""How many blanks a tag may have in a row."""
LONGEST_VALUE: Final = 130_000
"""How many characters or items a value may have: about what a task's input may."""
LONGEST_ARGUMENT: Final = 1_000
MOST_WORK: Final = 500_000
"""How much loops and filters may do in all: tags of the template per round, and characters per filter, of which
twenty are as much work as a tag."""
LARGEST: Final = 1_000_000
"""How many bytes a page may have, and all of a template's variables."""
TOO_MUCH: Final = "memory limit reached"

BAD_TEMPLATE: Final = "LiquidError"
BAD_VALUE: Final = "InvalidParameters"
"""The code for a filter's bad input: amazon-a2i-sample-task-uis#8."""

_OPENED: Final = re.compile(r"\{\{|\{%-?\s*(\w*)")
_BLANK: Final = re.compile(rf"\s{{{LONGEST_BLANK}}}")
_UNREAD: Final = ("raw", "doc")
_S3: Final = re.compile(r"s3://([^/\s]+)/(\S.*)")


class NotRenderable(Exception):
    """A template that cannot be rendered.

    Attributes:
        code: as in RenderUiTemplate's Errors.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class _Context(RenderContext):
    """A rendering, which may do so much and no more.

    Attributes:
        tags: how many the template has: at most so many are done in a round of a loop.
        left: how much it may still do.
    """

    __slots__ = ("left", "tags")

    def __init__(self, template: BoundTemplate, *, tags: int, **settings: Any) -> None:
        super().__init__(template, **settings)
        self.tags = tags
        self.left = MOST_WORK

    def spend(self, work: int) -> None:
        self.left -= work
        if self.left < 0:
            raise ResourceLimitError(TOO_MUCH, token=None)

    def assign(self, key: str, val: Any) -> None:
        self.spend(len(self.locals))  # the library adds up the sizes of all of them
        super().assign(key, val)

    def enter(self, loop: LoopExpression) -> None:
        items = loop.iterable.evaluate(self)
        self.spend(self.tags * len(items) if isinstance(items, Sized) and not isinstance(items, str) else 1)


class _Shown(OutputNode):
    """A literal is escaped like any other text (Ground Truth's documentation); the library would trust it."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        context.autoescape = False
        try:
            value = self.expression.evaluate(context)
        finally:
            context.autoescape = True
        return buffer.write(to_liquid_string(value, autoescape=True))


class _For(ForNode):
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        cast("_Context", context).enter(self.expression)
        return super().render_to_output(context, buffer)


class _Tablerow(TablerowNode):
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        cast("_Context", context).enter(self.expression)
        return super().render_to_output(context, buffer)


class _OutputTag(Output):
    node_class = _Shown


class _ForTag(ForTag):
    node_class = _For


class _TablerowTag(TablerowTag):
    node_class = _Tablerow


def _size(value: object) -> int:
    match value:
        case str() | range():
            return len(value)
        case list() | tuple():
            return sum(_size(one) if isinstance(one, str) else 1 for one in value)
        case int():
            return value.bit_length() // 8
        case _:
            return 1


def _bounded(known: Callable[..., Any], *, with_environment: bool) -> Callable[..., Any]:
    """A filter that takes and gives values of a bounded size."""

    @with_context
    def bounded(value: object, *given: object, context: _Context, **named: object) -> object:
        arguments = [*given, *named.values()]
        if max(map(_size, arguments), default=0) > LONGEST_ARGUMENT:
            raise ResourceLimitError(TOO_MUCH, token=None)
        context.spend(_size(value) // 20 + 1)
        if with_environment:
            named["environment"] = context.env
        result = known(value, *given, **named)
        if _size(result) > LONGEST_VALUE:
            raise ResourceLimitError(TOO_MUCH, token=None)
        return result

    return bounded


def _to_json(value: object) -> Markup:
    return Markup(json.dumps(value, default=lambda other: None if is_undefined(other) else str(other)))


def _skip_autoescape(value: object) -> Markup:
    return Markup(to_liquid_string(value, autoescape=False))


def _grant_read_access(value: object) -> str:
    """An address in S3 as a URL, in the form of Ground Truth's documentation; its token opens nothing."""
    text = to_liquid_string(value, autoescape=False)
    found = _S3.fullmatch(text)
    if found is None:
        # The text: amazon-a2i-sample-task-uis#8.
        raise FilterError(f'"grant_read_access" input is not a valid S3 URI: "{text}".', token=None)
    return f"https://s3.amazonaws.com/{found[1]}/{quote(found[2])}?X-Amz-Security-Token=emulated"


class _Templates(Environment):
    block_nesting_limit = 50
    loop_iteration_limit = MOST_WORK
    output_stream_limit = LARGEST
    local_namespace_limit = LARGEST
    suppress_blank_control_flow_blocks = False

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        for tag in (_OutputTag, _ForTag, _TablerowTag):
            self.add_tag(tag)
        for loading in ("include", "render"):
            del self.tags[loading]
        self.filters |= {
            "to_json": _to_json,
            "skip_autoescape": _skip_autoescape,
            "grant_read_access": _grant_read_access,
            "s3_presign": _grant_read_access,
        }
        for name, known in self.filters.items():
            self.filters[name] = _bounded(known, with_environment=hasattr(known, "with_environment"))


_TEMPLATES: Final = _Templates(autoescape=True)


def render(template: str, task: object) -> str:
    """A template with a task's input filled in. Raises NotRenderable."""
    tags = _scanned(template)
    try:
        parsed = _TEMPLATES.from_string(template)
        context = _Context(parsed, tags=tags, globals=parsed.make_globals({"task": {"input": task}}))
        page = context.get_buffer()
        parsed.render_with_context(context, page)
    except FilterError as wrong:
        raise NotRenderable(BAD_VALUE, str(wrong.message)) from None
    except LiquidError as wrong:
        raise NotRenderable(BAD_TEMPLATE, _told(wrong)) from None
    except RecursionError:
        raise NotRenderable(BAD_TEMPLATE, "expression nesting limit reached") from None
    except (TypeError, ValueError, LookupError, ArithmeticError, AttributeError) as wrong:
        raise NotRenderable(BAD_TEMPLATE, f"A filter cannot be applied: {wrong}") from None
    return page.getvalue()


def _scanned(template: str) -> int:
    """How many tags there are. Raises NotRenderable for what the library's scanner would take minutes to refuse."""
    position = tags = 0
    while (opened := _OPENED.search(template, position)) is not None:
        tags += 1
        mark = opened[0][:2]
        end = template.find("}}" if mark == "{{" else "%}", opened.end())
        if end >= 0 and opened[1] in _UNREAD:
            closed = re.compile(rf"\{{%-?\s*end{opened[1]}\s*-?%\}}").search(template, end)
            end, position = (closed.start(), closed.end()) if closed else (-1, 0)
        else:
            position = end + 2
            if tags > MOST_TAGS or end - opened.start() > LONGEST_TAG or _BLANK.search(template, opened.start(), end):
                raise NotRenderable(BAD_TEMPLATE, TOO_MUCH)
        if end < 0:
            raise NotRenderable(BAD_TEMPLATE, f"'{mark}' was not properly terminated")
    return tags


def _told(wrong: LiquidError) -> str:
    """What is wrong, and in which line."""
    if wrong.token is None or wrong.token.start_index < 0:
        return str(wrong.message)
    return f"{wrong.message} (line {wrong.token.source.count(chr(10), 0, wrong.token.start_index) + 1})"
