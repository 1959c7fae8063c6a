"""The parameters of an execution: checked against the pipeline's definition, and as values of their types."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sagemaker_local.emulator.families.pipelines.definition import Definition, Parameter
from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal

UNKNOWN: Final = Refusal(
    VALIDATION,
    "The pipeline has no parameter called {name}. It has: {known}.",
    evidence=UNVERIFIED,
)
MISSING: Final = Refusal(
    VALIDATION,
    "Parameter {name} has no default value and must be given.",
    evidence=UNVERIFIED,
)
WRONG_TYPE: Final = Refusal(VALIDATION, "Parameter {name} must be of type {type}, not {value!r}.", evidence=UNVERIFIED)
NOT_ALLOWED: Final = Refusal(
    VALIDATION,
    "Parameter {name} must be one of {allowed}, not {value!r}.",
    evidence=UNVERIFIED,
)


def values(definition: Definition, given: list[Mapping[str, str]]) -> dict[str, Any]:
    """The value of every parameter by name. Raises ServiceError for unknown, missing and ill-typed ones."""
    asked = {entry["Name"]: entry["Value"] for entry in given}
    for name in asked:
        if name not in definition.parameters:
            known = ", ".join(definition.parameters) or "none"
            raise UNKNOWN.error(name=name, known=known)
    return {name: _value(parameter, asked.get(name)) for name, parameter in definition.parameters.items()}


def as_texts(found: Mapping[str, Any]) -> list[dict[str, str]]:
    """Parameters as ListPipelineParametersForExecution shows them."""
    return [{"Name": name, "Value": _text(value)} for name, value in found.items()]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(parameter: Parameter, given: str | None) -> Any:
    if given is None:
        if parameter.default is None:
            raise MISSING.error(name=parameter.name)
        return parameter.default
    try:
        value = _READ[parameter.type](given)
    except ValueError:
        raise WRONG_TYPE.error(name=parameter.name, type=parameter.type, value=given) from None
    if parameter.allowed and value not in parameter.allowed:
        raise NOT_ALLOWED.error(name=parameter.name, allowed=", ".join(map(str, parameter.allowed)), value=given)
    return value


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


_READ: Final[Mapping[str, Callable[[str], Any]]] = {"String": str, "Integer": int, "Float": float, "Boolean": _boolean}
