"""The functions of a user's script as a model to serve.

    model_fn(model_dir)  →  transform_fn(model, body, content_type, accept)
                         →  input_fn(body, content_type), predict_fn(data, model), output_fn(prediction, accept)

A script has `transform_fn` or some of the other three; what it has not is done by the image's `Defaults`. As in AWS's images,
JSON and CSV come as texts and everything else as bytes, and a request that leaves the type of its answer open gets JSON.

The script is SAGEMAKER_PROGRAM (`inference.py` unless said) in SAGEMAKER_SUBMIT_DIRECTORY, in the model's `code/`, or in
/opt/ml/code. Source: the READMEs of sagemaker-scikit-learn-container and sagemaker-python-sdk, "Serve a model".
"""

import importlib.util
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from sagemaker_stand_ins.serving import BadInput, NotAcceptable, Unsupported
from sagemaker_stand_ins.training.job import base_directory

from . import source
from .encoding import JSON, TEXTS, Unknown

_HTML: Final = "text/html; charset=utf-8"  # what Flask says of a text that comes without a type


class Unusable(Exception):
    """The script is not there or does not fit the contract; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What an image does where the script has no function."""

    input_fn: Callable[[Any, str], Any]
    predict_fn: Callable[[Any, Any], Any]
    output_fn: Callable[[Any, str], Any]
    untyped: str | None = _HTML  # the content type of an answer that names none; None: what was asked for


@dataclass(frozen=True, slots=True)
class Scripted:
    """A model that the user's functions have loaded, and that they ask."""

    model: Any
    transform: Callable[[Any, Any, str, str], Any]
    untyped: str | None

    def invoke(self, body: bytes, content_type: str, accept: str) -> tuple[bytes | Iterator[bytes], str]:
        """What the functions answer.

        Raises:
            Unsupported: if no function knows the content type of the body.
            NotAcceptable: if none knows the one that is asked for.
            BadInput: if the body is not of its type.
        """
        kind = content_type or JSON
        wanted = accept if accept not in {"", "*/*"} else os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", JSON)
        content = body.decode("utf-8", errors="replace") if kind in TEXTS else body
        try:
            said = self.transform(self.model, content, kind, wanted)
        except Unknown as error:
            raise Unsupported(str(error)) from None
        return _answer(said, self.untyped or wanted)


def load(model_dir: Path, defaults: Defaults) -> Scripted:
    """The model of a directory, by the functions of the script that belongs to it.

    Raises:
        Unusable: if there is no script, or not the functions that it must have.
    """
    module = _module(model_dir)
    own = {name: getattr(module, name, None) for name in ("input_fn", "predict_fn", "output_fn")}
    transform = getattr(module, "transform_fn", None)
    if transform is not None and any(own.values()):
        raise Unusable("Cannot use transform_fn implementation with input_fn, predict_fn, and/or output_fn")
    model_fn = getattr(module, "model_fn", None)
    if model_fn is None:
        raise Unusable(
            "Please provide a model_fn implementation.\n"
            "See documentation for model_fn at https://github.com/aws/sagemaker-python-sdk"
        )
    steps = _steps(
        own["input_fn"] or defaults.input_fn,
        own["predict_fn"] or defaults.predict_fn,
        own["output_fn"] or defaults.output_fn,
    )
    return Scripted(model_fn(str(model_dir)), transform or steps, defaults.untyped)


def _steps(
    input_fn: Callable[[Any, str], Any], predict_fn: Callable[[Any, Any], Any], output_fn: Callable[[Any, str], Any]
) -> Callable[[Any, Any, str, str], Any]:
    def transform(model: Any, content: Any, content_type: str, accept: str) -> Any:
        prediction = predict_fn(input_fn(content, content_type), model)
        try:
            return output_fn(prediction, accept)
        except Unknown as error:
            raise NotAcceptable(str(error)) from None

    return transform


def _answer(said: Any, untyped: str) -> tuple[bytes | Iterator[bytes], str]:
    """An answer as Flask takes it: a text, bytes, a document, pieces, or one of these with its content type."""
    if isinstance(said, tuple) and len(said) == 2 and isinstance(said[1], str):
        said, untyped = said
        if untyped.startswith("text/") and ";" not in untyped:
            untyped = f"{untyped}; charset=utf-8"
    if callable(getattr(said, "get_data", None)):  # a response, as Flask has them
        if said.status_code >= HTTPStatus.BAD_REQUEST:
            raise _fault(said.status_code)(said.get_data().decode(errors="replace"))
        return bytes(said.get_data()), str(said.content_type)
    if isinstance(said, str):
        return said.encode(), untyped
    if isinstance(said, bytes | bytearray | memoryview):
        return bytes(said), untyped
    if isinstance(said, dict | list):
        return json.dumps(said).encode(), JSON
    if isinstance(said, Iterator):
        return (piece.encode() if isinstance(piece, str) else bytes(piece) for piece in said), untyped
    raise TypeError(
        f"output_fn or transform_fn returned {type(said).__name__}; it must be a text or bytes, alone or with its content type"
    )


def _fault(status: int) -> type[Exception]:
    """By which error the server answers with a status, or one like it."""
    known: dict[int, type[Exception]] = {
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE: Unsupported,
        HTTPStatus.NOT_ACCEPTABLE: NotAcceptable,
    }
    return known.get(status, BadInput if status < HTTPStatus.INTERNAL_SERVER_ERROR else RuntimeError)


def _module(model_dir: Path) -> Any:
    """The script, imported under a name of its own, so that each model of a server may have another."""
    directory = _directory(model_dir)
    name = os.environ.get("SAGEMAKER_PROGRAM") or "inference.py"
    file = directory / (name if name.endswith(".py") else f"{name}.py")
    if not file.is_file():
        raise Unusable(
            f"there is no {file.name} in {directory}: put the script into code/ of model.tar.gz, or name it with "
            "SAGEMAKER_PROGRAM and its archive in S3 with SAGEMAKER_SUBMIT_DIRECTORY"
        )
    source.require(directory)
    source.compatible()
    sys.path.insert(0, str(directory))
    spec = importlib.util.spec_from_file_location(f"{file.stem}_{sha256(str(file).encode()).hexdigest()[:8]}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Under its own name too, as what it pickled in training says where its classes are.
    sys.modules[spec.name] = module
    sys.modules.setdefault(file.stem, module)
    spec.loader.exec_module(module)
    return module


def _directory(model_dir: Path) -> Path:
    submitted = os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY")
    code = base_directory() / "code"
    if submitted:
        return source.submitted(submitted, code)
    return model_dir / "code" if (model_dir / "code").is_dir() else code
