"""What a target receives of an event: all of it, a part (InputPath), a constant (Input), or a text (InputTransformer).

Made once per target, from the target as PutTargets gave it. Paths are the part of JSONPath that EventBridge takes: `$`, names
after dots or in brackets, and indices.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from sagemaker_local.emulator.resource import Json

Render = Callable[[Json, str], str]
"""From an event and its JSON text to the text that the target receives."""

_STEP: Final = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\['([^']+)'\]")
_BLANK: Final = re.compile(r'"<([A-Za-z0-9_.-]+)>"|<([A-Za-z0-9_.-]+)>')
_EVENT: Final = "aws.events.event"
_EVENT_JSON: Final = "aws.events.event.json"


class InputError(ValueError):
    """Why a target's input is not valid."""


def rendering(target: Json) -> Render:
    """How a target wants its events.

    Raises:
        InputError: a path or template is not valid, or there is more than one way.
    """
    given = [name for name in ("Input", "InputPath", "InputTransformer") if name in target]
    if len(given) > 1:
        raise InputError("Only one of Input, InputPath, or InputTransformer must be provided")
    if not given:
        return lambda _, text: text
    wanted = target[given[0]]
    match given[0]:
        case "Input":
            _check_json(wanted)
            return lambda _, __: str(wanted)
        case "InputPath":
            path = _path(wanted)
            return lambda event, _: json.dumps(_found(event, path))
        case _:
            return _transformer(wanted)


def _check_json(text: str) -> None:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        raise InputError("Input is not valid JSON") from None


def _path(text: str) -> tuple[str | int, ...]:
    steps: list[str | int] = []
    position = 1
    if not text.startswith("$"):
        raise InputError(f"JSON path {text} must begin with $")
    while position < len(text):
        step = _STEP.match(text, position)
        if step is None:
            raise InputError(f"JSON path {text} is not valid at position {position}")
        steps.append(int(step[2]) if step[2] else step[1] or step[3])
        position = step.end()
    return tuple(steps)


def _found(event: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        if isinstance(step, int):
            event = event[step] if type(event) is list and step < len(event) else None
        else:
            event = event.get(step) if type(event) is dict else None
    return event


def _transformer(transformer: Json) -> Render:
    paths = {name: _path(path) for name, path in transformer.get("InputPathsMap", {}).items()}
    template = transformer["InputTemplate"]
    for quoted, bare in _BLANK.findall(template):
        name = quoted or bare
        if name not in paths and not name.startswith("aws.events."):
            raise InputError(f"InputTemplate for target contains placeholder {name}, which is not in InputPathsMap")

    def render(event: Json, text: str) -> str:
        return _BLANK.sub(lambda blank: _filled(blank, event, text, paths), template)

    return render


def _filled(blank: "re.Match[str]", event: Json, text: str, paths: Mapping[str, tuple[str | int, ...]]) -> str:
    """What stands in place of a placeholder: texts bare inside quotes, everything else as JSON."""
    name = blank[1] or blank[2]
    if name in {_EVENT_JSON, _EVENT}:
        return text
    value = _found(event, paths[name]) if name in paths else None
    if blank[1] and not isinstance(value, dict | list):
        return json.dumps(value if isinstance(value, str) else json.dumps(value))
    if isinstance(value, str) and _inside_text(blank):
        return json.dumps(value)[1:-1]
    return json.dumps(value)


def _inside_text(blank: "re.Match[str]") -> bool:
    """Whether a placeholder stands within a quoted text of the template."""
    return blank.string.count('"', 0, blank.start()) % 2 == 1
