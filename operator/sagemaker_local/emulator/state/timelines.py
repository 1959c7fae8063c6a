"""Timelines as JSON, with effects by the names of their functions.

A file can only name functions of the emulator itself, so that reading one runs nothing else.
"""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, Final

from sagemaker_local.emulator.resource import Json
from sagemaker_local.emulator.timeline import Effect, Step, Timeline

PACKAGE: Final = "sagemaker_local.emulator."


class Unreadable(ValueError):
    """A file does not hold what this version of the emulator can take up again."""


def dump(timeline: Timeline) -> Json:
    """A timeline as plain JSON."""
    return {
        "steps": [_dump_step(step) for step in timeline.steps],
        "failed": _dump_step(timeline.failed) if timeline.failed else None,
        "evidence": timeline.evidence,
    }


def load(saved: Json) -> Timeline:
    """The timeline that was dumped. Raises Unreadable."""
    failed = saved["failed"]
    steps = tuple(_load_step(step) for step in saved["steps"])
    return Timeline(steps, failed=_load_step(failed) if failed else None, evidence=saved["evidence"])


def name_of(effect: Effect) -> Json:
    """An effect by its function's name and its arguments."""
    if isinstance(effect, partial):
        return {**name_of(effect.func), "args": list(effect.args), "kwargs": dict(effect.keywords)}
    return {"function": f"{effect.__module__.removeprefix(PACKAGE)}:{effect.__qualname__}"}


def effect_of(saved: Json) -> Effect:
    """The effect of that name. Raises Unreadable if the emulator has none."""
    module, _, name = saved["function"].partition(":")
    try:
        function: Callable[..., Any] = getattr(import_module(PACKAGE + module), name)
    except (ImportError, AttributeError, ValueError):
        raise Unreadable(f"this version of the emulator has no {saved['function']}") from None
    if getattr(function, "__module__", None) != PACKAGE + module or not callable(function):
        raise Unreadable(f"{saved['function']} is not a function of the emulator")
    if "args" in saved:
        return partial(function, *saved["args"], **saved["kwargs"])
    return function


def _dump_step(step: Step) -> Json:
    saved: Json = {"after": step.after}
    for member in ("status", "detail", "message", "reason"):
        if getattr(step, member) is not None:
            saved[member] = getattr(step, member)
    if step.effect is not None:
        saved["effect"] = name_of(step.effect)
    return saved


def _load_step(saved: Json) -> Step:
    effect = saved.get("effect")
    return Step(
        saved["after"],
        saved.get("status"),
        saved.get("detail"),
        saved.get("message"),
        effect_of(effect) if effect else None,
        saved.get("reason"),
    )
