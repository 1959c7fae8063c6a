"""From what a model says to a reply: statuses, bodies, and the errors of a handler."""

import json
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import chain
from typing import Any

from .contract import BadInput, Model, NotAcceptable, Unsupported

_FAULTS = {
    BadInput: HTTPStatus.BAD_REQUEST,
    Unsupported: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply to an HTTP request; an iterator is sent piece by piece."""

    status: HTTPStatus
    body: bytes | Iterator[bytes] = b""
    content_type: str = "text/plain; charset=utf-8"


def text(status: HTTPStatus, said: str) -> Answer:
    """A reply in words."""
    return Answer(status, said.encode())


def document(status: HTTPStatus, said: Any) -> Answer:
    """A reply in JSON."""
    return Answer(status, json.dumps(said).encode(), "application/json")


def of_model(model: Model, body: bytes, content_type: str, accept: str) -> Answer:
    """What a model answers; the trace of what goes wrong in it is written to stderr."""
    try:
        said, its_type = model.invoke(body, content_type, accept)
        return Answer(HTTPStatus.OK, said if isinstance(said, bytes) else _begun(said), its_type)
    except (BadInput, Unsupported, NotAcceptable) as fault:
        return text(_FAULTS[type(fault)], str(fault))
    except Exception as error:  # noqa: BLE001 whatever a model does, the server goes on
        traceback.print_exc()
        return text(HTTPStatus.INTERNAL_SERVER_ERROR, f"{type(error).__name__}: {error}")


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces; the first is there already, so that what fails before it is still a status."""
    pieces = iter(pieces)
    first = next(pieces, b"")
    return chain((first,), pieces)
