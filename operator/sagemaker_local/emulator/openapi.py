"""The control API as an OpenAPI description, made from its routes and the forms of their bodies."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Final

Form = Mapping[str, tuple[type, ...]]

# What each path is about; a path without an entry here has no place in the control API (a test says so).
ABOUT: Final[Mapping[str, str]] = {
    "faults": "What goes wrong with requests: throttling, errors, denials, silence, lost replies",
    "scenarios": "What goes wrong with resources, and how long their work takes",
    "maintenance": "Maintenance by AWS, which begins at once",
    "interruptions": "The spot capacity of a training job that is really at work, taken away",
    "scaling": "The instance count of an endpoint's variant, as an autoscaler sets it",
    "closures": "Kinds of which AWS takes no new ones",
    "events": "How imperfectly EventBridge delivers to queues",
    "notifications": "The latest messages that were published to topics of SNS",
    "roles": "Roles that SageMaker cannot assume",
    "journal": "Every request so far, and how it ended",
    "journal/count": "How many requests there were, by operation and outcome",
    "clock": "The time, and moving a virtual clock",
    "latency": "Seconds by which every answer is delayed",
    "accounts": "Whether trust policies and the age of credentials count",
    "lags": "Seconds by which reads and lists lag behind what was done",
    "rates": "How many requests per second are allowed",
    "quotas": "How many instances are allowed",
    "resources": "What exists: names of one kind, or counts of all",
    "operations": "The operations that have behaviour",
    "reset": "Forgetting everything",
    "openapi.json": "This description",
    "state": "All that exists, as a file",
}
_TYPES: Final = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array", dict: "object"}
_JSON: Final = "application/json"
_ANSWER: Final = {"description": "Done", "content": {_JSON: {}}}
_REFUSED: Final = {
    "description": "Refused, with what there is",
    "content": {_JSON: {"schema": {"type": "object", "properties": {"error": {"type": "string"}}}}},
}


def describe(routes: Mapping[tuple[str, str], Form], *, prefix: str, state: str) -> dict[str, Any]:
    """The description of routes.

    Args:
        routes: method and path to the members of its body or query.
        prefix: of all paths.
        state: the path whose body is a file and not JSON.
    """
    paths: dict[str, dict[str, Any]] = {}
    for (method, name), form in routes.items():
        paths.setdefault(f"{prefix}/{name}", {})[method.lower()] = _operation(method, name, form)
    paths[f"{prefix}/{state}"] = _file(state)
    title = {"title": "sagemaker-local control API", "version": version("sagemaker-operator")}
    return {"openapi": "3.1.0", "info": title, "paths": paths}


def _operation(method: str, name: str, form: Form) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": ABOUT[name],
        "operationId": f"{method.lower()}-{name.replace('/', '-')}",
        "responses": {"200": _ANSWER, "400": _REFUSED},
    }
    members = {member.removesuffix("!"): _schema(types) for member, types in form.items()}
    required = [member.removesuffix("!") for member in form if member.endswith("!")]
    if method == "GET":
        operation["parameters"] = [
            {"name": member, "in": "query", "required": member in required, "schema": schema}
            for member, schema in members.items()
        ]
    elif members:
        schema = {"type": "object", "properties": members, "required": required, "additionalProperties": False}
        operation["requestBody"] = {"required": bool(required), "content": {_JSON: {"schema": schema}}}
    return operation


def _schema(types: tuple[type, ...]) -> dict[str, Any]:
    return {"type": "number" if float in types else _TYPES[types[0]]}


def _file(state: str) -> dict[str, Any]:
    zipped = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
    fetched = {"description": "The file", "content": zipped}
    return {
        "get": {"summary": ABOUT[state], "operationId": "get-state", "responses": {"200": fetched}},
        "post": {
            "summary": "Take up a file, in place of what exists",
            "operationId": "post-state",
            "requestBody": {"required": True, "content": zipped},
            "responses": {"200": _ANSWER, "400": _REFUSED},
        },
    }
