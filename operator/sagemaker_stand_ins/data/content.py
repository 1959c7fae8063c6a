"""The formats by their MIME types, as users write them on channels and requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Final

CSV: Final = "csv"
LIBSVM: Final = "libsvm"
PARQUET: Final = "parquet"
RECORDIO: Final = "recordio-protobuf"
JSON: Final = "json"
JSON_LINES: Final = "jsonlines"

_KNOWN: Final[Mapping[str, str]] = {
    "csv": CSV,
    "text/csv": CSV,
    "libsvm": LIBSVM,
    "text/libsvm": LIBSVM,
    "text/x-libsvm": LIBSVM,
    "parquet": PARQUET,
    "application/x-parquet": PARQUET,
    "recordio-protobuf": RECORDIO,
    "application/x-recordio-protobuf": RECORDIO,
    "json": JSON,
    "application/json": JSON,
    "jsonlines": JSON_LINES,
    "application/jsonlines": JSON_LINES,
}


@dataclass(frozen=True, slots=True)
class ContentType:
    """A MIME type and its parameters, in lower case."""

    name: str
    parameters: Mapping[str, str]

    @classmethod
    def of(cls, text: str) -> "ContentType":
        """`text/csv;label_size=0` in its parts."""
        said = Message()
        said["Content-Type"] = text.lower()
        (name, _), *parameters = said.get_params(failobj=[("", "")])
        return cls(name.strip(), dict(parameters))

    @property
    def format(self) -> str | None:
        """One of the names above; None for another type."""
        return _KNOWN.get(self.name)
