"""What the API server does to an object by the schema of its CRD: unknown fields go, defaults come, and faults are named.

Of the CEL rules those are kept that compare with the object as it was, as they guard what cannot change. All others are for the
tests with a real API server. A schema is compiled once into closures, because thousands of objects are written.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

import re2

from sagemaker_operator.composites.composite import Composite
from sagemaker_operator.composites.table import ALL_KINDS
from sagemaker_operator.generate import composites, crds
from sagemaker_operator.kinds import AnyKind, Kind

# Takes a value, what stood in its place before, the way to it, and a list of faults; gives the value as it is stored.
_Read = Callable[[Any, Any, str, list[str]], Any]
_NOTHING: Any = object()
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "object": (dict,),
    "array": (list,),
}
# The same few values are written again and again, and some patterns are slow.
_REMEMBERED = 64
_COME_OR_GONE = re.compile(r"has\(self\.(\w+)\) == has\(oldSelf\.\1\)")


def stored(kind: AnyKind, part: str, value: Any, before: Any = _NOTHING) -> tuple[Any, list[str]]:
    """A spec or a status as the API server keeps it, and what is wrong with it.

    Args:
        kind: its kind.
        part: ``spec`` or ``status``.
        value: as somebody wants to write it; None if it is left out.
        before: as it was, for what cannot change; left out if the object is new.
    """
    schema, read = _compiled(kind.name, part)
    if value is None:
        value = schema.get("default")
    if value is None:
        return None, []
    wrong: list[str] = []
    return read(value, before, part, wrong), wrong


@cache
def _compiled(name: str, part: str) -> tuple[Mapping[str, Any], _Read]:
    schema = _whole(name)[part]
    return schema, _reader(schema)


@cache
def _whole(name: str) -> Mapping[str, Any]:
    kind = ALL_KINDS[name]
    assert isinstance(kind, Kind | Composite)
    definition = crds.crd(kind) if isinstance(kind, Kind) else composites.crd(kind)
    found: Mapping[str, Any] = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
    return found


def _reader(schema: Mapping[str, Any]) -> _Read:
    kind = schema["type"]
    of_kind = {"object": _object, "array": _array, "string": _string}.get(kind, _number)(schema)
    types, enum = _TYPES[kind], schema.get("enum")
    rules = [one["rule"] for one in schema.get("x-kubernetes-validations", ())]
    fixed = "self == oldSelf" in rules
    together: set[str] = {name for rule in rules for name in _COME_OR_GONE.findall(rule)}

    def read(value: Any, before: Any, at: str, wrong: list[str]) -> Any:
        if not isinstance(value, types) or (kind != "boolean" and isinstance(value, bool)):
            wrong.append(f"{at}: must be of type {kind}: {value!r}")
            return value
        if enum is not None and value not in enum:
            wrong.append(f"{at}: unsupported value {value!r}")
        kept = of_kind(value, before, at, wrong)
        if before is not _NOTHING:
            if fixed and kept != before:
                wrong.append(f"{at}: is immutable")
            wrong += [f"{at}.{name}: is immutable" for name in sorted(together) if (name in kept) != (name in before)]
        return kept

    return read


def _object(schema: Mapping[str, Any]) -> _Read:
    if "additionalProperties" in schema:
        return _map(_reader(schema["additionalProperties"]))
    fields = schema.get("properties", {})
    readers = {name: _reader(one) for name, one in fields.items()}
    defaults = {name: one["default"] for name, one in fields.items() if "default" in one}
    required = schema.get("required", ())

    def read(value: Any, before: Any, at: str, wrong: list[str]) -> Any:
        old = before if isinstance(before, dict) else {}
        given = {**{n: d for n, d in defaults.items() if n not in value}, **value} if defaults else value
        wrong += [f"{at}.{name}: Required value" for name in required if given.get(name) is None]
        return {
            name: readers[name](one, old.get(name, _NOTHING), f"{at}.{name}", wrong)
            for name, one in given.items()
            if name in readers and one is not None
        }

    return read


def _map(item: _Read) -> _Read:
    def read(value: Any, before: Any, at: str, wrong: list[str]) -> Any:
        old = before if isinstance(before, dict) else {}
        return {name: item(one, old.get(name, _NOTHING), f"{at}.{name}", wrong) for name, one in value.items()}

    return read


def _array(schema: Mapping[str, Any]) -> _Read:
    item, low, high = _reader(schema["items"]), schema.get("minItems", 0), schema.get("maxItems")
    keys = tuple(schema.get("x-kubernetes-list-map-keys", ()))
    unique = schema.get("x-kubernetes-list-type") in ("set", "map")

    def key(one: Any) -> Any:
        return tuple(one.get(name) for name in keys) if keys and isinstance(one, dict) else repr(one)

    def read(value: Any, before: Any, at: str, wrong: list[str]) -> Any:
        _within(len(value), low, high, f"{at}: has {len(value)} items", wrong)
        if unique and len({key(one) for one in value}) < len(value):
            wrong.append(f"{at}: Duplicate value")
        old = {key(one): one for one in before} if keys and isinstance(before, list) else {}
        return [item(one, old.get(key(one), _NOTHING), f"{at}[{i}]", wrong) for i, one in enumerate(value)]

    return read


def _string(schema: Mapping[str, Any]) -> _Read:
    low, high = schema.get("minLength", 0), schema.get("maxLength")
    pattern = lru_cache(_REMEMBERED)(re2.compile(schema["pattern"]).search) if "pattern" in schema else None

    def read(value: Any, before: Any, at: str, wrong: list[str]) -> Any:
        _within(len(value), low, high, f"{at}: has {len(value)} characters", wrong)
        if pattern is not None and not pattern(value):
            wrong.append(f"{at}: {value!r} does not match {schema['pattern']}")
        return value

    return read


def _number(schema: Mapping[str, Any]) -> _Read:
    low, high = schema.get("minimum"), schema.get("maximum")

    def read(value: Any, before: Any, at: str, wrong: list[str]) -> Any:
        _within(value, low, high, f"{at}: is {value}", wrong)
        return value

    return read


def _within(value: float, low: float | None, high: float | None, told: str, wrong: list[str]) -> None:
    if (low is not None and value < low) or (high is not None and value > high):
        wrong.append(f"{told}, not {low} to {high}")
