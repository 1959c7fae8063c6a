"""A pipeline definition: what its JSON says, checked and flattened. Pure: nothing here runs.

The schema is the public one of version 2020-12-01. Steps inside the branches of a condition stand beside all others and know the
branch that they are in. What a step means is in `steps`, what a reference stands for in `expressions`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sagemaker_local.emulator.refusal import UNVERIFIED, VALIDATION, Refusal

VERSION: Final = "2020-12-01"
PARAMETER_TYPES: Final = ("String", "Integer", "Float", "Boolean")

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")

INVALID: Final = Refusal(VALIDATION, "Unable to parse pipeline definition. {problem}", evidence=UNVERIFIED)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a pipeline.

    Attributes:
        default: None if an execution has to give it.
        allowed: the values that it may have; empty for any.
    """

    name: str
    type: str
    default: Any = None
    allowed: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step as the definition has it.

    Attributes:
        type: Training, Condition …
        body: the step's own JSON, with Arguments.
        needs: the steps that have to be through before.
        gate: the condition step and the outcome (`True` or `False`) on which it runs.
    """

    name: str
    type: str
    body: Mapping[str, Any]
    needs: frozenset[str]
    gate: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition that makes sense.

    Attributes:
        experiment: the PipelineExperimentConfig, with expressions in it.
    """

    parameters: Mapping[str, Parameter]
    steps: Mapping[str, PlannedStep]
    experiment: Mapping[str, Any] | None = None


@lru_cache(maxsize=256)
def parse(text: str) -> Definition:
    """Read and check a definition. Raises ServiceError that says what is wrong with it."""
    try:
        document = json.loads(text)
    except ValueError as wrong:
        raise INVALID.error(problem=f"It is not JSON: {wrong}") from None
    if not isinstance(document, dict):
        raise INVALID.error(problem="It is not a JSON object.")
    if document.get("Version") != VERSION:
        raise INVALID.error(problem=f"Version must be {VERSION}.")
    if not isinstance(document.get("Steps"), list):
        raise INVALID.error(problem="Steps must be a list.")
    experiment = document.get("PipelineExperimentConfig")
    definition = Definition(
        _parameters(document), _steps(document["Steps"]), experiment if isinstance(experiment, dict) else None
    )
    _check_references(definition)
    _check_order(definition)
    return definition


def references(node: Any) -> Iterator[str]:
    """Every reference `{"Get": …}` inside of arguments."""
    if isinstance(node, dict):
        if set(node) == {"Get"} and isinstance(node["Get"], str):
            yield node["Get"]
        else:
            for value in node.values():
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def step_of(reference: str) -> str | None:
    """The step that a reference is about, if it is about one: `Steps.Train.ModelArtifacts` is about Train."""
    if not reference.startswith("Steps."):
        return None
    rest = reference.removeprefix("Steps.")
    return rest.split(".", 1)[0].split("[", 1)[0]


def _parameters(document: Mapping[str, Any]) -> dict[str, Parameter]:
    listed = document.get("Parameters", [])
    if not isinstance(listed, list):
        raise INVALID.error(problem="Parameters must be a list.")
    found: dict[str, Parameter] = {}
    for entry in listed:
        name, kind = (entry.get("Name"), entry.get("Type")) if isinstance(entry, dict) else (None, None)
        if not isinstance(name, str) or kind not in PARAMETER_TYPES:
            raise INVALID.error(problem=f"A parameter needs a Name and a Type of {', '.join(PARAMETER_TYPES)}.")
        if name in found:
            raise INVALID.error(problem=f"Parameter {name} is defined twice.")
        found[name] = Parameter(name, kind, entry.get("DefaultValue"), tuple(entry.get("EnumValues") or ()))
    return found


def _steps(listed: list[Any]) -> dict[str, PlannedStep]:
    found: dict[str, PlannedStep] = {}
    for step in _flat(listed, None):
        if step.name in found:
            raise INVALID.error(problem=f"Step {step.name} is defined twice.")
        found[step.name] = step
    return found


def _flat(listed: Any, gate: tuple[str, str] | None) -> Iterator[PlannedStep]:
    if not isinstance(listed, list):
        raise INVALID.error(problem="The branches of a condition must be lists of steps.")
    for body in listed:
        name, kind = (body.get("Name"), body.get("Type")) if isinstance(body, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(kind, str):
            raise INVALID.error(problem="Every step needs a Name and a Type.")
        if _NAME.fullmatch(name) is None:
            raise INVALID.error(problem=f"Step name {name!r} is not 1 to 64 letters, digits, hyphens and underscores.")
        arguments = body.get("Arguments", {})
        if not isinstance(arguments, dict):
            raise INVALID.error(problem=f"The Arguments of step {name} must be an object.")
        yield PlannedStep(name, kind, body, _needs(body, gate), gate)
        if kind == "Condition":
            yield from _flat(arguments.get("IfSteps", []), (name, "True"))
            yield from _flat(arguments.get("ElseSteps", []), (name, "False"))


def _needs(body: Mapping[str, Any], gate: tuple[str, str] | None) -> frozenset[str]:
    arguments = dict(body.get("Arguments", {}))
    if body["Type"] == "Condition":
        arguments = {"Conditions": arguments.get("Conditions", [])}
    named = {
        step for reference in references([arguments, body.get("OutputParameters")]) if (step := step_of(reference))
    }
    depends = body.get("DependsOn", [])
    if not isinstance(depends, list) or not all(isinstance(name, str) for name in depends):
        raise INVALID.error(problem=f"DependsOn of step {body['Name']} must be a list of step names.")
    return frozenset({*named, *depends, *({gate[0]} if gate else ())})


def _check_references(definition: Definition) -> None:
    for step in definition.steps.values():
        for needed in sorted(step.needs - set(definition.steps)):
            raise INVALID.error(problem=f"Step {step.name} refers to step {needed}, which does not exist.")
        for reference in references(step.body.get("Arguments", {})):
            head, _, rest = reference.partition(".")
            if head == "Parameters" and rest not in definition.parameters:
                raise INVALID.error(problem=f"Step {step.name} refers to parameter {rest}, which does not exist.")


def _check_order(definition: Definition) -> None:
    left = dict(definition.steps)
    while left:
        free = [name for name, step in left.items() if not step.needs & set(left)]
        if not free:
            raise INVALID.error(problem=f"These steps wait for each other: {', '.join(sorted(left))}.")
        for name in free:
            del left[name]
