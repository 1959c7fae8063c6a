"""What SageMaker says when it refuses, each text with the evidence for it.

A `Refusal` is a row of data; `ServiceError` is one refusal on its way to a caller. Texts that no public source confirms carry
`UNVERIFIED` and are listed in docs/emulator.md, so that nobody mistakes a guess for a fact. Not here: how an error travels over
HTTP (see `wire`), or when something is refused (see `families`).
"""

from dataclasses import dataclass, field
from typing import Final

UNVERIFIED: Final = "unverified"

# Exceptions that SageMaker declares in its service model; they alone spell their text member "Message".
DECLARED: Final = frozenset(
    {
        "ConflictException",
        "ResourceAlreadyExists",
        "ResourceInUse",
        "ResourceLimitExceeded",
        "ResourceNotFound",
    }
)
VALIDATION: Final = "ValidationException"


class ServiceError(Exception):
    """An answer that is an error: a code, a text and an HTTP status, as AWS sends them."""

    def __init__(self, code: str, text: str, *, status: int = 400) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
        self.status = status


@dataclass(frozen=True, slots=True)
class Refusal:
    """One way in which SageMaker says no.

    Attributes:
        code: the error code, as in `ClientError.response["Error"]["Code"]`.
        text: the message, with `{arn}`, `{name}`, `{status}` … to be filled in.
        evidence: where the text was seen, or `UNVERIFIED`.
        status: the HTTP status.
    """

    code: str
    text: str
    evidence: str = field(kw_only=True)
    status: int = field(default=400, kw_only=True)

    def error(self, **facts: object) -> ServiceError:
        """This refusal with its blanks filled in, ready to be raised."""
        return ServiceError(self.code, self.text.format(**facts), status=self.status)
