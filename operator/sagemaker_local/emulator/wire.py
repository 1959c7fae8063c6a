"""AWS JSON 1.1: who signed a request, what it asks, and how answers and errors look.

Signatures are not verified: there are no secrets here. Their credential scope says which account and region a request is for.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NoReturn
from urllib.parse import parse_qs

from sagemaker_local.emulator.refusal import DECLARED, UNVERIFIED, Refusal, ServiceError
from sagemaker_local.emulator.resource import Json

CONTENT_TYPE: Final = "application/x-amz-json-1.1"
TARGET: Final = "SageMaker."
LARGEST_REQUEST: Final = 4 * 1024 * 1024
"""Bytes of the largest request that is read. AWS does not publish its own limit."""

UNSIGNED: Final = Refusal(
    "MissingAuthenticationTokenException",
    "Request is missing Authentication Token",
    evidence="Common Errors of the SageMaker API Reference; wording of AWS's JSON services",
)
MALFORMED_SIGNATURE: Final = Refusal(
    "IncompleteSignatureException",
    "Authorization header requires 'Credential' parameter with the scope <date>/<region>/sagemaker/aws4_request.",
    evidence="Common Errors of the SageMaker API Reference; the tail of the text is this project's own",
)
WRONG_SERVICE: Final = Refusal(
    "InvalidSignatureException",
    "Credential should be scoped to correct service: 'sagemaker'.",
    evidence="wording of AWS's JSON services",
)
NO_TARGET: Final = Refusal(
    "UnknownOperationException",
    "The header X-Amz-Target must be SageMaker.<operation>, not {target!r}.",
    evidence="code of AWS's JSON services; the text is this project's own",
)
INVALID_JSON: Final = Refusal(
    "SerializationException",
    "The body is not a JSON object: {problem}",
    evidence="code of AWS's JSON services; the text is this project's own",
)
TOO_LARGE: Final = Refusal(
    "RequestEntityTooLargeException",
    "The request has more than {limit} bytes.",
    evidence=UNVERIFIED,
    status=413,
)

_SCOPE: Final = re.compile(r"Credential=([^/,\s]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a signature says of itself."""

    access_key: str
    region: str
    service: str


def scope(headers: Mapping[str, str]) -> Scope | None:
    """The credential scope of a signed request; None if there is none to be read."""
    found = _SCOPE.search(headers.get("Authorization", ""))
    return Scope(found[1], found[3], found[4]) if found else None


def presigned(query: str) -> Scope | None:
    """The credential scope in the query of a presigned URL, if there is one."""
    credential = parse_qs(query).get("X-Amz-Credential", [""])[0]
    found = _SCOPE.search(f"Credential={credential}")
    return Scope(found[1], found[3], found[4]) if found else None


def signed_for_sagemaker(headers: Mapping[str, str]) -> Scope:
    """The scope of a request to SageMaker, or AWS's error for one that is not signed so."""
    found = scope(headers)
    if found is None:
        raise (MALFORMED_SIGNATURE if "Authorization" in headers else UNSIGNED).error()
    if found.service != "sagemaker":
        raise WRONG_SERVICE.error()
    return found


def operation(headers: Mapping[str, str]) -> str:
    """The operation that X-Amz-Target names."""
    target = headers.get("X-Amz-Target", "")
    if not target.startswith(TARGET):
        raise NO_TARGET.error(target=target)
    return target.removeprefix(TARGET)


def decode(body: bytes) -> Json:
    """The request in a body; an empty body is an empty request."""
    if len(body) > LARGEST_REQUEST:
        raise TOO_LARGE.error(limit=LARGEST_REQUEST)
    try:
        request = json.loads(body or b"{}", parse_constant=_refuse_constant)
    except RecursionError:
        raise INVALID_JSON.error(problem="it is nested too deeply") from None
    except ValueError as problem:
        raise INVALID_JSON.error(problem=problem) from None
    if not isinstance(request, dict):
        raise INVALID_JSON.error(problem=f"it is a {type(request).__name__}")
    return request


def encode(answer: Json) -> bytes:
    """The body of an answer."""
    return json.dumps(answer, separators=(",", ":")).encode()


def encode_error(error: ServiceError) -> bytes:
    """The body of an error; declared exceptions spell their text `Message`, all others `message`."""
    member = "Message" if error.code in DECLARED else "message"
    return encode({"__type": error.code, member: error.text})


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
