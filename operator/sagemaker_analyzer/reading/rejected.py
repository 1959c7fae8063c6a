"""Records that cannot be read: counted by kind and file, so that the rest can be analysed and nobody is left in the dark."""

from dataclasses import dataclass, field
from enum import StrEnum

from sagemaker_analyzer.model import Rejected

_LONGEST = 160


class Kind(StrEnum):
    """Why records are left out."""

    NOT_UTF8 = "NotUtf8"
    NOT_JSON = "NotJson"
    TRUNCATED = "Truncated"
    NOT_A_CAPTURE = "NotACapture"
    NO_TIME = "NoTime"
    UNDECODABLE = "Undecodable"
    UNSUPPORTED_CONTENT = "UnsupportedContent"
    UNEQUAL_ROWS = "UnequalRows"
    OTHER_COLUMNS = "OtherColumns"
    UNREADABLE_FILE = "UnreadableFile"
    SCRIPT_FAILED = "ScriptFailed"
    NOT_A_TRUTH = "NotATruth"
    NO_ID = "NoId"
    NO_ATTRIBUTE = "NoAttribute"
    NOT_A_LABEL = "NotALabel"
    NO_TRUTH = "NoGroundTruth"
    NO_PREDICTION = "NoPrediction"
    DUPLICATE_ID = "DuplicateId"


class Unreadable(Exception):
    """A record is left out, for one of the kinds of reasons."""

    def __init__(self, kind: Kind, text: str) -> None:
        super().__init__(text)
        self.kind = kind


@dataclass(slots=True)
class Tally:
    """The count of what was left out. Not safe for several threads."""

    _counts: dict[tuple[Kind, str], int] = field(default_factory=dict)
    _examples: dict[tuple[Kind, str], str] = field(default_factory=dict)

    def add(self, kind: Kind, file: str, example: str = "", records: int = 1) -> None:
        """Counts records of a file; the first example of its kind is kept."""
        key = (kind, file)
        self._counts[key] = self._counts.get(key, 0) + records
        self._examples.setdefault(key, example[:_LONGEST])

    def take(self, other: "Tally") -> None:
        """Counts what the other has counted."""
        for key, records in other._counts.items():  # noqa: SLF001 - of the same class
            self.add(*key, other._examples[key], records)  # noqa: SLF001

    def rejected(self) -> tuple[Rejected, ...]:
        """What was left out, by file and kind."""
        return tuple(
            Rejected(kind, file, records, self._examples[kind, file])
            for (kind, file), records in sorted(self._counts.items(), key=lambda item: (item[0][1], item[0][0]))
        )
