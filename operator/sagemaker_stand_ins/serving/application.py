"""The paths of an inference container, as a WSGI application. Not here: sockets and threads (see `server`)."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from .answers import Answer, document, of_model, text
from .contract import Model
from .models import Models

Environ = Mapping[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Application:
    """Answers /ping, /invocations and, with several models, /models.

    Args:
        model: of a server of one model; None with several.
        models: of a server of several.
        parameters: what /execution-parameters answers; None if there is no such path.
        largest: bytes of a body; more is answered with 413.
    """

    def __init__(
        self, *, model: Model | None, models: Models | None, parameters: Mapping[str, Any] | None, largest: int
    ) -> None:
        self._model, self._models, self._parameters, self._largest = model, models, parameters, largest

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        begun = time.monotonic()
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        answer = self._answer(method, path, environ)
        headers = [("Content-Type", answer.content_type)]
        if isinstance(answer.body, bytes):
            headers.append(("Content-Length", str(len(answer.body))))
        start_response(f"{answer.status.value} {answer.status.phrase}", headers)
        if path != "/ping":
            took = (time.monotonic() - begun) * 1000
            print(f"{method} {path} {answer.status.value} {took:.1f} ms", flush=True)  # noqa: T201 the container's log
        return [answer.body] if isinstance(answer.body, bytes) else answer.body

    def _answer(self, method: str, path: str, environ: Environ) -> Answer:
        if int(environ.get("CONTENT_LENGTH") or 0) > self._largest:
            return text(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body has at most {self._largest} bytes")
        match method, path.strip("/").split("/"):
            case "GET", ["ping"]:
                return text(HTTPStatus.OK, "")
            case "POST", ["invocations"] if self._model is not None:
                return of_model(self._model, *_request(environ))
            case "GET", ["execution-parameters"] if self._parameters is not None:
                return document(HTTPStatus.OK, self._parameters)
            case _, ["models", *rest] if self._models is not None:
                return _of_models(self._models, method, rest, environ)
            case _, ["ping" | "invocations"] if self._models is None:
                return text(HTTPStatus.METHOD_NOT_ALLOWED, f"{method} is not answered at {path}")
            case _:
                return text(HTTPStatus.NOT_FOUND, f"there is no {path}")


def _of_models(models: Models, method: str, rest: list[str], environ: Environ) -> Answer:
    """What lies below /models; names may have slashes, which WSGI does not tell from those between."""
    match method, rest:
        case "GET", []:
            return models.listed()
        case "POST", []:
            return _load(models, environ["wsgi.input"].read())
        case "GET", name:
            return models.describe("/".join(name))
        case "DELETE", name:
            return models.unload("/".join(name))
        case "POST", [*name, "invoke"]:
            return models.invoke("/".join(name), *_request(environ))
        case _:
            return text(HTTPStatus.NOT_FOUND, f"there is no {method} /models/{'/'.join(rest)}")


def _load(models: Models, body: bytes) -> Answer:
    try:
        said = json.loads(body)
        name, url = str(said["model_name"]), str(said["url"])
    except (ValueError, TypeError, KeyError):
        return text(HTTPStatus.BAD_REQUEST, 'the body must be {"model_name": NAME, "url": DIRECTORY}')
    return models.load(name, url)


def _request(environ: Environ) -> tuple[bytes, str, str]:
    body: bytes = environ["wsgi.input"].read()
    return body, environ.get("CONTENT_TYPE", ""), environ.get("HTTP_ACCEPT", "") or "*/*"
