"""AWS's Query protocol: requests as forms, answers and errors as XML, by the shapes of a service model.

https://smithy.io/2.0/aws/protocols/aws-query-protocol.html. Not here: what is asked (see `topics`).
"""

import uuid
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from sagemaker_local.emulator.refusal import ServiceError
from sagemaker_local.emulator.resource import Json

CONTENT_TYPE: Final = "text/xml"
_TRUE: Final = "true"


def form(text: str) -> dict[str, str]:
    """The members of a form or of a URL's query, by their dotted names."""
    return dict(parse_qsl(text, keep_blank_values=True))


def read(given: Mapping[str, str], shape: Shape, name: str = "") -> Any:
    """What a form says of a shape, as JSON would; None if nothing.

    Args:
        name: of the member in the form; everything about it begins so.
    """
    match shape:
        case StructureShape():
            members = {key: read(given, inner, _below(name, key)) for key, inner in shape.members.items()}
            return {key: value for key, value in members.items() if value is not None} or (None if name else {})
        case ListShape():
            return _several(given, shape.member, f"{name}.member") or _empty(given, name, [])
        case MapShape():
            parts = ((shape.key, "key"), (shape.value, "value"))
            tails = [f".{part.serialization.get('name', usual)}" for part, usual in parts]
            both = (_several(given, part, f"{name}.entry", tail) for (part, _), tail in zip(parts, tails, strict=True))
            pairs = zip(*both, strict=False)
            return dict(pairs) or _empty(given, name, {})
        case _:
            text = given.get(name)
            return text if text is None or shape.type_name != "boolean" else text == _TRUE


def answer(operation: OperationModel, reply: Json) -> bytes:
    """The body of an answer."""
    name, namespace = operation.name, operation.service_model.metadata["xmlNamespace"]
    result = f"<{name}Result>{_inside(reply)}</{name}Result>" if operation.output_shape is not None else ""
    about = f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata>"
    return f'<{name}Response xmlns="{namespace}">{result}{about}</{name}Response>'.encode()


def error(refused: ServiceError, namespace: str) -> bytes:
    """The body of an error, in the form that ex-aws/ex_aws#402 quotes."""
    kind = "Receiver" if refused.status >= 500 else "Sender"
    said = f"<Type>{kind}</Type><Code>{escape(refused.code)}</Code><Message>{escape(refused.text)}</Message>"
    inside = f"<Error>{said}</Error><RequestId>{uuid.uuid4()}</RequestId>"
    return f'<ErrorResponse xmlns="{namespace}">{inside}</ErrorResponse>'.encode()


def _below(name: str, member: str) -> str:
    return f"{name}.{member}" if name else member


def _several(given: Mapping[str, str], shape: Shape, name: str, tail: str = "") -> list[Any]:
    found: list[Any] = []
    while (value := read(given, shape, f"{name}.{len(found) + 1}{tail}")) is not None:
        found.append(value)
    return found


def _empty(given: Mapping[str, str], name: str, nothing: Any) -> Any:
    return nothing if given.get(name) == "" else None


def _inside(value: Any) -> str:
    match value:
        case dict():
            return "".join(f"<{name}>{_inside_of(inner)}</{name}>" for name, inner in value.items())
        case bool():
            return str(value).lower()
        case _:
            return escape(str(value))


def _inside_of(value: Any) -> str:
    """What stands in a member: lists and maps have elements of their own for their items."""
    match value:
        case list():
            return "".join(f"<member>{_inside(item)}</member>" for item in value)
        case dict():
            pairs = ((escape(str(key)), _inside(inner)) for key, inner in value.items())
            return "".join(f"<entry><key>{key}</key><value>{inner}</value></entry>" for key, inner in pairs)
        case _:
            return _inside(value)
