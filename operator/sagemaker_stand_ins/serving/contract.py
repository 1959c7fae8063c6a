"""What a handler is to the server, and the errors by which it says whose fault something is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol


class BadInput(Exception):
    """The body cannot be meant: 400, with the message as the body."""


class Unsupported(Exception):
    """The content type of the body is none that the model knows: 415, with the message as the body."""


class NotAcceptable(Exception):
    """The content type that is asked for is none that the model can answer with: 406, with the message as the body."""


class Model(Protocol):
    """A loaded model; several threads ask it at once."""

    def invoke(self, body: bytes, content_type: str, accept: str) -> tuple[bytes | Iterator[bytes], str]:
        """The answer to a request, and its content type; an iterator is sent piece by piece.

        Args:
            body: of the request, as it came.
            content_type: of the body, with its parameters; "" if the request has none.
            accept: what is asked for; "*/*" if the request leaves it open.

        Raises:
            BadInput: if the body cannot be meant.
            Unsupported: if the content type of the body is not known.
            NotAcceptable: if there is no answer of the type that is asked for.
        """
        ...


class Handler(Protocol):
    """The module that `--handler` names."""

    def load(self, model_dir: Path) -> Model:
        """The model in a directory, which holds what model.tar.gz was unpacked to."""
        ...
