"""REST-JSON of sagemaker-runtime: which operation a request is, its members from path and headers, and how errors look.

Read from botocore's service model: where it puts a member is where it is looked for. Not here: what an operation does.
"""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final
from urllib.parse import unquote

from sagemaker_local.emulator import model
from sagemaker_local.emulator.refusal import ServiceError
from sagemaker_local.emulator.resource import Json
from sagemaker_local.emulator.validation import complaints
from sagemaker_local.runner.runtime.refusals import BIDIRECTIONAL, INVALID_REQUEST, UNKNOWN_PATH, ModelError

SERVICE: Final = "sagemaker-runtime"
_BIDIRECTIONAL: Final = re.compile(r"/endpoints/[^/]+/invocations-bidirectional-stream")
"""The path of InvokeEndpointWithBidirectionalStream in the model of its own service, SageMaker Runtime HTTP2."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: its path, its input shape, and the header of each member of input and output that has one."""

    name: str
    path: "re.Pattern[str]"
    shape: str
    headers: Mapping[str, str]
    numbers: frozenset[str]
    answers: Mapping[str, str]


@cache
def operations() -> tuple[Operation, ...]:
    """All of them."""
    return tuple(map(_operation, model.service_model(SERVICE).operation_names))


def understood(method: str, path: str, headers: Mapping[str, str]) -> tuple[Operation, Json]:
    """The operation that a request asks for, and its members but for the body.

    Args:
        method: of HTTP.
        path: as it was sent, without a query.
        headers: by name in any case.

    Raises:
        ServiceError: there is no such operation, or a member does not fit the model.
    """
    if _BIDIRECTIONAL.fullmatch(path):
        raise BIDIRECTIONAL.error()
    for operation in operations():
        found = operation.path.fullmatch(path)
        if found is not None and method == "POST":
            return operation, _members(operation, unquote(found[1]), headers)
    raise UNKNOWN_PATH.error(method=method, path=path)


def checked(operation: Operation, members: Json) -> None:
    """Raise what is answered to members that break a constraint of the model."""
    # The body is no JSON, and is measured where it is read.
    wrong = [one for one in complaints(operation.shape, members, service=SERVICE) if "at 'body'" not in one]
    if wrong:
        raise INVALID_REQUEST.error(count=len(wrong), plural="s" if len(wrong) > 1 else "", complaints="; ".join(wrong))


def answer_headers(operation: Operation, members: Mapping[str, str | None]) -> dict[str, str]:
    """The headers of an answer with these members."""
    return {operation.answers[name]: value for name, value in members.items() if value is not None}


def error_body(error: ServiceError) -> bytes:
    """The body of an error; throttling has a message that is null, as SDKs show."""
    extra = error.members() if isinstance(error, ModelError) else {}
    member = "Message" if extra else "message"
    return json.dumps({**extra, member: error.text or None}).encode()


def error_headers(error: ServiceError) -> dict[str, str]:
    """The headers of an error."""
    made = {"x-amzn-RequestId": str(uuid.uuid4()), "Content-Type": "application/json"}
    if not error.code.isdigit():  # what the load balancer refuses has no code: SDKs show its status instead
        made["x-amzn-ErrorType"] = error.code
    return made


def _operation(name: str) -> Operation:
    shape = model.service_model(SERVICE).operation_model(name)
    assert shape.input_shape is not None
    assert shape.output_shape is not None
    members = shape.input_shape.members
    headers = {n: m.serialization["name"] for n, m in members.items() if m.serialization.get("location") == "header"}
    return Operation(
        name=name,
        path=re.compile(re.sub(r"\{\w+\}", "([^/]+)", shape.http["requestUri"])),
        shape=shape.input_shape.name,
        headers=headers,
        numbers=frozenset(n for n in headers if members[n].type_name == "integer"),
        answers={
            n: m.serialization["name"]
            for n, m in shape.output_shape.members.items()
            if m.serialization.get("location") == "header"
        },
    )


def _members(operation: Operation, endpoint: str, headers: Mapping[str, str]) -> Json:
    found: Json = {"EndpointName": endpoint}
    for name, header in operation.headers.items():
        value = headers.get(header)
        if value is not None:
            found[name] = int(value) if name in operation.numbers and value.isdigit() else value
    return found
