"""What references and functions in a step's arguments stand for, once an execution runs.

`{"Get": "Parameters.X"}`, `{"Get": "Execution.PipelineName"}`, `{"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}`,
`{"Std:Join": {"On": "/", "Values": […]}}` and `{"Std:JsonGet": {"PropertyFile": …, "Path": "metrics.mse.value"}}`, which has an
`S3Uri` instead where the SageMaker SDK built it for a function step, and the conditions of condition steps. Pure but for the
`Source` that knows the values.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

_PART: Final = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]|\[['\"]([^'\"]*)['\"]\]")


class Unresolvable(Exception):
    """An expression that stands for nothing; the text says which and why."""


class Source(Protocol):
    """Where values come from."""

    def root(self, reference: str) -> tuple[Any, str]:
        """What the head of a reference stands for, and the path that is left. Raises Unresolvable."""

    def property_file(self, reference: str) -> Any:
        """The JSON in the property file `Steps.<step>.PropertyFiles.<name>`. Raises Unresolvable."""

    def document(self, uri: str) -> Any:
        """The JSON in an object of S3. Raises Unresolvable."""


def resolve(node: Any, source: Source) -> Any:
    """Arguments with every expression replaced by its value. Raises Unresolvable."""
    if isinstance(node, list):
        return [resolve(item, source) for item in node]
    if not isinstance(node, dict):
        return node
    if len(node) == 1:
        (function, given), *_ = node.items()
        if function == "Get" and isinstance(given, str):
            value, path = source.root(given)
            return reach(value, path, given)
        if function.startswith("Std:"):
            return _call(function, given, source)
    return {name: resolve(value, source) for name, value in node.items()}


def reach(value: Any, path: str, whole: str) -> Any:
    """What a path leads to: members, `[0]`, and `['name']`, which in a list is the item of that name."""
    position = 0
    while position < len(path):
        part = _PART.match(path, position)
        if part is None:
            raise Unresolvable(f"{whole} is not a path.")
        member, index, name = part.groups()
        position = part.end()
        value = _at(value, int(index)) if index is not None else _under(value, name if name is not None else member)
        if value is None:
            raise Unresolvable(f"{whole} has no value.")
    return value


def _at(value: Any, index: int) -> Any:
    return value[index] if isinstance(value, list) and index < len(value) else None


def _under(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, list):
        named = (item for item in value if isinstance(item, Mapping) and name in _names(item))
        return next(named, None)
    return None


def _names(item: Mapping[str, Any]) -> list[Any]:
    return [value for member, value in item.items() if member.endswith("Name")]


def _call(function: str, given: Any, source: Source) -> Any:
    if not isinstance(given, dict):
        raise Unresolvable(f"{function} needs an object.")
    if function == "Std:Join":
        values = resolve(given.get("Values", []), source)
        return str(given.get("On", "")).join(_text(value) for value in values)
    if function == "Std:JsonGet":
        path = str(resolve(given.get("Path", ""), source))
        return reach(_document(given, source), path, path)
    raise Unresolvable(f"sagemaker-local does not know the function {function}.")


def _document(given: Mapping[str, Any], source: Source) -> Any:
    """What Std:JsonGet reads from."""
    if "S3Uri" in given:
        return source.document(str(resolve(given["S3Uri"], source)))
    file = given.get("PropertyFile")
    reference = file.get("Get") if isinstance(file, dict) else None
    if not isinstance(reference, str):
        raise Unresolvable("Std:JsonGet needs a PropertyFile or an S3Uri.")
    return source.property_file(reference)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "Equals": lambda left, right: bool(left == right),
    "GreaterThan": lambda left, right: bool(left > right),
    "GreaterThanOrEqualTo": lambda left, right: bool(left >= right),
    "LessThan": lambda left, right: bool(left < right),
    "LessThanOrEqualTo": lambda left, right: bool(left <= right),
}


def holds(condition: Mapping[str, Any], source: Source) -> bool:
    """Whether a condition of a condition step is true. Raises Unresolvable."""
    kind = condition.get("Type")
    if kind == "Not":
        return not holds(condition.get("Expression", {}), source)
    if kind == "Or":
        return any(holds(inner, source) for inner in condition.get("Conditions", ()))
    if kind == "In":
        return bool(resolve(condition.get("QueryValue"), source) in resolve(condition.get("Values", []), source))
    compare = _COMPARISONS.get(str(kind))
    if compare is None:
        raise Unresolvable(f"sagemaker-local does not know the condition {kind}.")
    left, right = resolve(condition.get("LeftValue"), source), resolve(condition.get("RightValue"), source)
    try:
        return compare(left, right)
    except TypeError:
        raise Unresolvable(f"{left!r} and {right!r} cannot be compared by {kind}.") from None
