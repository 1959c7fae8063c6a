"""Answers (sagemaker_containers/_worker.py)."""

from collections.abc import Mapping
from http import HTTPStatus

_JSON = "application/json"


class Response:
    """An answer with its status and its content type; what Flask has beyond that is not here."""

    def __init__(
        self,
        response: str | bytes | None = None,
        accept: str | None = None,
        status: int = HTTPStatus.OK,
        headers: Mapping[str, str] | None = None,
        mimetype: str | None = None,
    ) -> None:
        self.data = response.encode() if isinstance(response, str) else response or b""
        self.status_code = int(status)
        self.headers = dict(headers or {})
        self.mimetype = mimetype or accept or _JSON

    @property
    def content_type(self) -> str:
        """With the character set, where it is a text."""
        return f"{self.mimetype}; charset=utf-8" if self.mimetype.startswith("text/") else self.mimetype

    def get_data(self) -> bytes:
        """The body."""
        return self.data
